"""A county's recorded trips: where a unit came from when it was sent, where it went, how long that took.

Where a unit was when it was sent is not kept. It is taken to come from the incident that it left within the
last five minutes, else from its post as it is today; if it was sent up to half an hour after an incident it
was somewhere on its way, and the trip is left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from anlan.engine.geo.roads.calibration import Trips, hour_classes
from anlan.service.incidents.models import Assignment
from anlan.service.patrol.evidence import zone_of
from anlan.service.places.queries import county_area

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DAYS, MOST = 365, 20_000
THERE, BACK = timedelta(minutes=5), timedelta(minutes=30)


@dataclass(frozen=True)
class Recorded:
    """Trips, and how many records make none, by reason."""

    trips: Trips
    left_out: dict[str, int]


@dataclass(frozen=True)
class _Left:
    """Where and when a unit was done last."""

    lon: float | None
    lat: float | None
    at: datetime


def recorded_trips(county6: str, now: datetime | None = None) -> Recorded:
    """Return the trips of the last year, 20,000 at most, each from when the unit set off to its arrival."""
    rows = Assignment.objects.filter(
        area_code__startswith=county6, on_scene_at__isnull=False,
        assigned_at__gte=(now or timezone.now()) - timedelta(days=DAYS),
    ).select_related("incident", "unit")  # fmt: skip
    return of_assignments(
        sorted(rows.order_by("-assigned_at")[:MOST], key=lambda row: row.assigned_at), county6
    )


def of_assignments(rows: Iterable[Assignment], county6: str) -> Recorded:
    """Return the trips that assignments, in the order in which they were given, make."""
    zone = ZoneInfo(zone_of(county_area(county6)))
    left: dict[int, _Left] = {}
    columns: list[tuple[float, float, float, float, datetime, float]] = []
    why: Counter[str] = Counter()
    for row in rows:
        origin = _origin(row, left.get(row.unit_id))
        if row.ended_at is not None:
            left[row.unit_id] = _Left(row.incident.lon, row.incident.lat, row.ended_at)
        else:
            left.pop(row.unit_id, None)
        if row.incident.lon is None or row.incident.lat is None:
            why["no_pin"] += 1
        elif isinstance(origin, str):
            why[origin] += 1
        else:
            begin = row.en_route_at or row.assigned_at
            seconds = (row.on_scene_at - begin).total_seconds()
            columns.append((*origin, row.incident.lon, row.incident.lat, begin.astimezone(zone), seconds))
    return Recorded(_table(columns), dict(why))


def _origin(row: Assignment, last: _Left | None) -> tuple[float, float] | str:
    """Where the unit set off, or why that is not known."""
    since = None if last is None else row.assigned_at - last.at
    if last is not None and since is not None and since < BACK:
        if since <= THERE and last.lon is not None and last.lat is not None:
            return last.lon, last.lat
        return "under_way"
    if row.unit.post_lon is None or row.unit.post_lat is None:
        return "no_post"
    return row.unit.post_lon, row.unit.post_lat


def _table(columns: list[tuple[float, float, float, float, datetime, float]]) -> Trips:
    if not columns:
        return Trips.of([], [], [], [], [], [])
    from_lon, from_lat, to_lon, to_lat, begin, seconds = zip(*columns, strict=True)
    hours = hour_classes([moment.hour for moment in begin], [moment.weekday() for moment in begin])
    return Trips.of(from_lon, from_lat, to_lon, to_lat, hours, seconds)
