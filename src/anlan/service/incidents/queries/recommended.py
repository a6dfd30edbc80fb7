"""Which units to send: the engine's ranking over the road graph, with what leaves the cover behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from anlan.engine.dispatch.choice import Choice, chooser
from anlan.engine.dispatch.recommend import Cover, Demand, Recommendation, UnitTable, covers, recommend
from anlan.engine.geo.roads import Hours
from anlan.service.incidents.domain.numbers import county_zone
from anlan.service.incidents.queries.board import AVAILABLE, UnitState, unit_states
from anlan.service.places import network
from anlan.service.places import queries as places
from anlan.service.planning.dispatch_rule import rule_in_force

if TYPE_CHECKING:
    from anlan.service.incidents.models import Incident
    from anlan.service.staff.models import Account, Unit

SHOWN = 6


@dataclass(frozen=True)
class Option:
    """A unit that could go; `suggested` if the rule in force sends it for what the type asks for.

    `spared`: it is closer, and the rule keeps it where it is because its leaving would cost more.

    `seconds` is None where the unit's position is unknown; cover is None where it could not be checked.
    """

    state: UnitState
    seconds: float | None
    basis: str
    lacks: tuple[str, ...]
    suggested: bool
    spared: bool
    cover_before: Cover | None
    cover_after: Cover | None


def recommended(incident: Incident, account: Account) -> list[Option]:
    """Return the units to choose from, the suggested first, then by travel time."""
    free = [state for state in unit_states(incident.county, account) if state.state == AVAILABLE]
    if not free or incident.lon is None or incident.lat is None:
        return [option(state, None, incident, suggested=False) for state in free[:SHOWN]]
    table = unit_table(free)
    graph = network.road_graph(incident.county)
    ranked = recommend(
        graph, incident.lon, incident.lat, table, (), len(free), hour_class=hour_class(incident)
    )
    chosen, spared = suggestions(ranked, graph, table, free, incident)
    shown = [one for one in ranked if one.unit_index in chosen]
    shown += [one for one in ranked if one.unit_index not in chosen][: max(SHOWN - len(shown), 0)]
    cover = cover_of(graph, table, incident, shown)
    return [
        option(
            free[one.unit_index],
            one,
            incident,
            suggested=one.unit_index in chosen,
            spared=one.unit_index in spared,
            cover=pair,
        )
        for one, pair in zip(shown, cover, strict=True)
    ]


def hour_class(incident: Incident) -> Any:
    """Return the time-of-day class now, on the county's clock."""
    local = timezone.now().astimezone(county_zone(incident.county))
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
    ranked: list[Recommendation], graph: Any, table: UnitTable, states: list[UnitState], incident: Incident
) -> tuple[set[int], set[int]]:
    """Return whom the rule in force sends, and whom it spares who would go by the closest unit."""
    there = [row.unit for row in incident.assignments.filter(ended_at=None).select_related("unit")]
    rule = rule_in_force(incident.county)
    choice = chooser(rule, incident.priority, ranked, graph, table, hour_class(incident))
    chosen = suggestion(choice, states, incident, there)
    if not rule.spares(incident.priority):
        return chosen, set()
    return chosen, suggestion(Choice(ranked), states, incident, there) - chosen


def suggestion(choice: Choice, states: list[UnitState], incident: Incident, there: list[Unit]) -> set[int]:
    """Return the units that with those under way have the capabilities and the number the type asks for."""
    have = {name for unit in there for name in unit.capabilities}
    chosen: set[int] = set()
    for need in incident.type.capabilities:
        able = {place for place, state in enumerate(states) if need in state.unit.capabilities}
        one = None if need in have else choice.pick(able)
        if one is not None:
            chosen.add(one)
            have.update(states[one].unit.capabilities)
    while len(chosen) + len(there) < incident.type.units_needed:
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
    before, after = covers(
        graph, table, demand, [(one.unit_index,) for one in shown], hour_class=hour_class(incident)
    )
    return [(before, left) for left in after]


def option(
    state: UnitState,
    one: Recommendation | None,
    incident: Incident,
    *,
    suggested: bool,
    spared: bool = False,
    cover: tuple[Cover | None, Cover | None] = (None, None),
) -> Option:
    """Return one line of the list."""
    lacks = tuple(name for name in incident.type.capabilities if name not in state.unit.capabilities)
    return Option(
        state=state,
        seconds=None if one is None else one.seconds,
        basis="unknown" if one is None else str(one.basis),
        lacks=lacks,
        suggested=suggested,
        spared=spared,
        cover_before=cover[0],
        cover_after=cover[1],
    )
