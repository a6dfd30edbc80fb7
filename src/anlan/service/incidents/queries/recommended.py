"""Which units to send: the engine's ranking over the road graph, with what leaves the cover behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from anlan.engine.dispatch.recommend import Cover, Demand, Recommendation, UnitTable, covers, recommend
from anlan.engine.geo.roads import Hours
from anlan.service.incidents.domain.numbers import county_zone
from anlan.service.incidents.queries.board import AVAILABLE, UnitState, unit_states
from anlan.service.places import network
from anlan.service.places import queries as places

if TYPE_CHECKING:
    from anlan.service.incidents.models import Incident
    from anlan.service.staff.models import Account

SHOWN = 6


@dataclass(frozen=True)
class Option:
    """A unit that could go; `suggested` if it is part of the shortest list that has what the type asks for.

    `seconds` is None where the unit's position is unknown; cover is None where it could not be checked.
    """

    state: UnitState
    seconds: float | None
    basis: str
    lacks: tuple[str, ...]
    suggested: bool
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
    chosen = suggestion(ranked, free, incident)
    shown = [one for one in ranked if one.unit_index in chosen]
    shown += [one for one in ranked if one.unit_index not in chosen][: max(SHOWN - len(shown), 0)]
    cover = cover_of(graph, table, incident, shown)
    return [
        option(free[one.unit_index], one, incident, suggested=one.unit_index in chosen, cover=pair)
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


def suggestion(ranked: list[Recommendation], states: list[UnitState], incident: Incident) -> set[int]:
    """Return the nearest units that together have the capabilities and the number that the type asks for."""
    open_units = [row.unit for row in incident.assignments.filter(ended_at=None).select_related("unit")]
    have = {name for unit in open_units for name in unit.capabilities}
    chosen: list[int] = []
    for need in incident.type.capabilities:
        if need in have:
            continue
        for one in ranked:
            capabilities = states[one.unit_index].unit.capabilities
            if need in capabilities and one.seconds is not None:
                chosen.append(one.unit_index)
                have.update(capabilities)
                break
    for one in ranked:
        if len(set(chosen)) + len(open_units) >= incident.type.units_needed:
            break
        if one.seconds is not None:
            chosen.append(one.unit_index)
    return set(chosen)


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
        cover_before=cover[0],
        cover_after=cover[1],
    )
