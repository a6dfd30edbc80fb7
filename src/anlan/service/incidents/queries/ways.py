"""How long it takes by road from one place to another, at this time of day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.dispatch.recommend import Basis, UnitTable, recommend
from anlan.service.incidents.queries.recommended import hour_class
from anlan.service.places import network

if TYPE_CHECKING:
    from anlan.service.incidents.models import Incident

    Spot = tuple[float | None, float | None]


def road_seconds(county: str, start: Spot | None, end: Spot) -> float | None:
    """Return the seconds by road; None where a place is not known or no way is found, never a guess."""
    graph = network.road_graph(county)
    lon, lat = end
    if graph is None or start is None or None in start or lon is None or lat is None:
        return None
    there = np.array([start], np.float64)
    table = UnitTable(there[:, 0], there[:, 1], np.zeros(1), (frozenset(),), np.ones(1, np.bool_))
    (found,) = recommend(graph, lon, lat, table, count=1, hour_class=hour_class(county))
    return found.seconds if found.basis is Basis.ROAD else None


def place_of(incident: Incident) -> Spot:
    """Return the incident's pin."""
    return incident.lon, incident.lat
