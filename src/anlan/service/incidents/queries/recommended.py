"""Which units to send: the engine's ranking over the road graph, with what leaves the cover behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from anlan.engine.dispatch.choice import Choice, chooser
from anlan.engine.dispatch.recommend import (
    Cover,
    Demand,
    Recommendation,
    UnitTable,
    covers,
    recommend,
    rested_first,
)
from anlan.engine.geo.roads import HourClass, Hours
from anlan.service.incidents.domain.numbers import county_zone
from anlan.service.incidents.domain.run_cards import Needs, needs_of
from anlan.service.incidents.queries.board import AVAILABLE, UnitState, unit_states
from anlan.service.incidents.rest import UNKNOWN_REST, Rest, rests_of
from anlan.service.places import network
from anlan.service.places import queries as places
from anlan.service.planning.dispatch_rule import rule_in_force
from anlan.service.planning.standards import standards_of
from anlan.service.staff.models import Capability

if TYPE_CHECKING:
    from anlan.service.incidents.models import Incident
    from anlan.service.staff.models import Account, Unit

SHOWN = 6


@dataclass(frozen=True)
class Option:
    """A unit that could go; `suggested` if the rule in force sends it for what the type asks for.

    `spared`: it is closer, and the rule keeps it where it is because its leaving would cost more.

    `seconds` is None where the unit's position is unknown; cover is None where it could not be checked.
    `rest` says how long the crew has been on duty, as far as it is known.
    """

    state: UnitState
    seconds: float | None
    basis: str
    lacks: tuple[str, ...]
    suggested: bool
    spared: bool
    cover_before: Cover | None
    cover_after: Cover | None
    rest: Rest = UNKNOWN_REST

    @property
    def lacks_words(self) -> list[str]:
        """What the unit lacks, in the reader's words."""
        labels = dict(Capability.choices)
        return [str(labels.get(name, name)) for name in self.lacks]


@dataclass(frozen=True)
class Busy:
    """A unit at work elsewhere and its seconds by road, None where they are not known."""

    state: UnitState
    seconds: float | None


def recommended(incident: Incident, account: Account) -> list[Option]:
    """Return the units to choose from, the suggested first, then by travel time.

    A crew whose rest is due counts as farther away than it is, by what the county's standards say.
    """
    free = free_for(incident, account)
    needs = needs_of(incident)
    rests = rests_of([state.unit for state in free])
    if not free or incident.lon is None or incident.lat is None:
        return [
            option(state, None, needs, suggested=False, rest=rests[state.unit.pk])
            for state in sorted(free, key=lambda state: rests[state.unit.pk].due)[:SHOWN]
        ]
    table = unit_table(free)
    graph = network.road_graph(incident.county)
    ranked = recommend(
        graph, incident.lon, incident.lat, table, (), len(free), hour_class=hour_class(incident.county)
    )
    due = {place for place, state in enumerate(free) if rests[state.unit.pk].due}
    counted = rested_first(ranked, due, standards_of(incident.county).duty_room.rest_s)
    chosen, spared = suggestions(counted, graph, table, free, incident, needs)
    shown = first_shown(ranked, counted, chosen)
    cover = cover_of(graph, table, incident, shown)
    return [
        option(
            free[one.unit_index],
            one,
            needs,
            suggested=one.unit_index in chosen,
            spared=one.unit_index in spared,
            cover=pair,
            rest=rests[free[one.unit_index].unit.pk],
        )
        for one, pair in zip(shown, cover, strict=True)
    ]


def first_shown(
    ranked: list[Recommendation], counted: list[Recommendation], chosen: set[int]
) -> list[Recommendation]:
    """Return the units to show with the times that they take, in the order in which they count."""
    true = {one.unit_index: one for one in ranked}
    order = [true[one.unit_index] for one in counted]
    shown = [one for one in order if one.unit_index in chosen]
    return shown + [one for one in order if one.unit_index not in chosen][: max(SHOWN - len(shown), 0)]


def free_for(incident: Incident, account: Account) -> list[UnitState]:
    """Return the free units that may be sent; whoever calls for help does not come to its own."""
    caller = getattr(incident, "emergency", None)
    states = [state for state in unit_states(incident.county, account) if state.state == AVAILABLE]
    return [state for state in states if caller is None or state.unit.pk != caller.unit_id]


def busy_near(incident: Incident, account: Account) -> list[Busy]:
    """Return the busy units nearest by road, who could be taken off or have the incident next."""
    states = [
        state
        for state in unit_states(incident.county, account)
        if state.assignment is not None and state.assignment.incident_id != incident.pk
    ]
    if not states or incident.lon is None or incident.lat is None:
        return [Busy(state, None) for state in states[:SHOWN]]
    graph = network.road_graph(incident.county)
    table = unit_table(states)
    hour = hour_class(incident.county)
    ranked = recommend(graph, incident.lon, incident.lat, table, (), SHOWN, hour_class=hour)
    return [Busy(states[one.unit_index], one.seconds) for one in ranked]


def hour_class(county: str) -> HourClass:
    """Return the time-of-day class now, on the county's clock."""
    local = timezone.now().astimezone(county_zone(county))
    return Hours().of(local.hour, local.weekday())


def unit_table(states: list[UnitState]) -> UnitTable:
    """Turn units into the engine's columns; NaN where there is no position."""
    now = timezone.now()
    nowhere = (np.nan, np.nan)
    spots = np.array([state.lon_lat or nowhere for state in states], np.float64).reshape(-1, 2)
    ages = [(now - state.reported_at).total_seconds() if state.reported_at else np.nan for state in states]
    return UnitTable(
        lon=spots[:, 0],
        lat=spots[:, 1],
        age_s=np.array(ages, np.float64),
        capabilities=[frozenset(state.unit.capabilities) for state in states],
        available=np.ones(len(states), np.bool_),
    )


def suggestions(
    ranked: list[Recommendation],
    graph: Any,
    table: UnitTable,
    states: list[UnitState],
    incident: Incident,
    needs: Needs,
) -> tuple[set[int], set[int]]:
    """Return whom the rule in force sends, and whom it spares who would go by the closest unit."""
    there = [row.unit for row in incident.assignments.filter(ended_at=None).select_related("unit")]
    rule = rule_in_force(incident.county)
    choice = chooser(rule, incident.priority, ranked, graph, table, hour_class(incident.county))
    chosen = suggestion(choice, states, needs, there)
    if not rule.spares(incident.priority):
        return chosen, set()
    return chosen, suggestion(Choice(ranked), states, needs, there) - chosen


def suggestion(choice: Choice, states: list[UnitState], needs: Needs, there: list[Unit]) -> set[int]:
    """Return the units that with those under way have the capabilities and the numbers asked for."""
    chosen: set[int] = set()
    for name, count in needs.capabilities.items():
        able = {place for place, state in enumerate(states) if name in state.unit.capabilities}
        have = sum(name in unit.capabilities for unit in there) + len(able & chosen)
        for _more in range(count - have):
            one = choice.pick(able - chosen)
            if one is not None:
                chosen.add(one)
    while len(chosen) + len(there) < needs.units:
        one = choice.pick(range(len(states)))
        if one is None:
            break
        chosen.add(one)
    return chosen


def cover_of(
    graph: Any, table: UnitTable, incident: Incident, shown: list[Recommendation]
) -> list[tuple[Cover | None, Cover | None]]:
    """Return cover before and after each unit leaves; None where there are no roads or no people to count."""
    cells = places.grid_table(incident.county)
    weight = np.nan_to_num(np.asarray(cells.population, np.float64))
    if graph is None or not weight.sum() > 0:
        return [(None, None)] * len(shown)
    demand = Demand(cells.lon, cells.lat, weight)
    rings = standards_of(incident.county).rings
    before, after = covers(
        graph,
        table,
        demand,
        [(one.unit_index,) for one in shown],
        hour_class=hour_class(incident.county),
        ring_s=rings.ring_s,
        support_s=rings.support_s,
    )
    return [(before, left) for left in after]


def option(
    state: UnitState,
    one: Recommendation | None,
    needs: Needs,
    *,
    suggested: bool,
    spared: bool = False,
    cover: tuple[Cover | None, Cover | None] = (None, None),
    rest: Rest = UNKNOWN_REST,
) -> Option:
    """Return one line of the list."""
    lacks = tuple(name for name in needs.capabilities if name not in state.unit.capabilities)
    return Option(
        state=state,
        seconds=None if one is None else one.seconds,
        basis="unknown" if one is None else str(one.basis),
        lacks=lacks,
        suggested=suggested,
        spared=spared,
        cover_before=cover[0],
        cover_after=cover[1],
        rest=rest,
    )
