"""Which free unit should stand by where while the response ring is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.dispatch.move_up import Ground, MoveUp, Terms
from anlan.engine.dispatch.move_up import move_ups as best_moves
from anlan.engine.dispatch.recommend import Demand, UnitTable
from anlan.service.incidents.queries.board import AVAILABLE, UnitState, unit_states
from anlan.service.incidents.queries.recommended import hour_class, unit_table
from anlan.service.places import network
from anlan.service.places import queries as places
from anlan.service.places.models import StandbyPost
from anlan.service.planning.standards import standards_of

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


@dataclass(frozen=True)
class Suggestion:
    """One move in the order to be given."""

    state: UnitState
    post: StandbyPost
    move: MoveUp


@dataclass(frozen=True)
class Openings:
    """Share of people in the response ring now and the share owed; the moves that would mend it.

    `share` None: could not be checked, for want of roads, posts or a population.
    """

    share: float | None
    owed: float
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def open(self) -> bool:
        """Whether fewer people are in the ring than are owed to be."""
        return self.share is not None and self.share < self.owed


def openings(county: str, account: Account) -> Openings:
    """Return how open the ring is and what to do about it; the county's standards say what is owed."""
    rings = standards_of(county).rings
    graph = network.road_graph(county)
    cells = places.grid_table(county)
    weight = np.nan_to_num(np.asarray(cells.population, np.float64))
    posts = list(
        StandbyPost.objects.in_county(county).filter(active=True, lon__isnull=False).defer("geometry")
    )
    states = [state for state in unit_states(county, account) if state.state == AVAILABLE]
    if graph is None or not posts or not weight.sum() > 0:
        return Openings(None, rings.alpha)
    demand = Demand(cells.lon, cells.lat, weight)
    where = np.array([(post.lon, post.lat) for post in posts], np.float64).T
    ground = Ground(graph, demand, *where, rings.ring_s, hour_class(county))
    terms = Terms(threshold=rings.alpha, ring_s=rings.ring_s, longest_s=rings.support_s)
    fixed = [place for place, state in enumerate(states) if state.moving is not None]
    found = best_moves(ground, at_their_posts(states), terms, fixed)
    made = tuple(Suggestion(states[one.unit_index], posts[one.post_index], one) for one in found.moves)
    return Openings(found.share, rings.alpha, made)


def at_their_posts(states: list[UnitState]) -> UnitTable:
    """Return the units where they are, those ordered to a post there: they are on their way."""
    table = unit_table(states)
    for place, state in enumerate(states):
        if state.moving is not None:
            table.lon[place], table.lat[place] = state.moving.lon, state.moving.lat
    return table
