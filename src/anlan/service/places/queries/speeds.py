"""How fast roads are taken to be, and where that comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.geo.roads import CLASSES, HourClass, default_factors, default_waits
from anlan.engine.geo.roads.connect import road_km
from anlan.service.places.models import Calibration
from anlan.service.scope import scope_q

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.engine.geo.roads import RoadGraph
    from anlan.service.staff.models import Account


@dataclass(frozen=True)
class ClassSpeeds:
    """One road class of a network: its length, mean free-flow speed, and factor and speed by hour class."""

    name: str
    km: float
    free_kmh: float
    factors: tuple[float, ...]
    kmh: tuple[float, ...]


def class_speeds(graph: RoadGraph) -> list[ClassSpeeds]:
    """Return the road classes that the network has, in their order."""
    km = road_km(graph.tail, graph.head, graph.length_m)
    found = []
    for kind, name in enumerate(CLASSES):
        mine = graph.road_class == kind
        if mine.any():
            free = float(graph.length_m[mine].sum() / graph.seconds[mine].sum() * 3.6)
            factors = tuple(float(factor) for factor in graph.factors[:, kind])
            found.append(
                ClassSpeeds(name, float(km[mine].sum()), free, factors, tuple(free / one for one in factors))
            )
    return found


def speed_origin(graph: RoadGraph) -> dict[str, Any]:
    """Return where the factors in use come from: `from` is default, imported, edited or calibrated."""
    known = graph.facts.get("speeds")
    if known:
        return dict(known)
    waits = default_waits() if graph.waits is None else graph.waits
    default = np.allclose(graph.factors, default_factors()) and np.allclose(waits, default_waits())
    return {"from": "default" if default else "imported"}


def has_lights(graph: RoadGraph) -> bool:
    """Whether the network knows of traffic lights."""
    return graph.signals is not None and bool(graph.signals.any())


def calibrations(county6: str, account: Account | None = None) -> QuerySet[Calibration]:
    """Return what was learnt from trips, newest first."""
    rows = Calibration.objects.in_county(county6).select_related("made_by")
    if account is None:
        return rows
    return rows.filter(scope_q(tuple(prefix[:6] for prefix in account.area_prefixes())))


HOUR_NAMES = tuple(hour.name.lower() for hour in HourClass)
