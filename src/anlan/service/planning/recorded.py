"""How long calls took here: seconds from arrival until the unit was free again, by priority."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from anlan.service.incidents.models import Assignment
from anlan.service.patrol.evidence import zone_of
from anlan.service.places.queries import county_area

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

DAYS, ENOUGH, MOST = 180, 30, 2000
LONGEST_S = 6 * 3600


def seconds_on_scene(county6: str, date: Date) -> dict[int, list[float]]:
    """Return the recorded seconds by priority, for priorities with at least 30 in the half year before."""
    end = datetime.combine(date, time(), ZoneInfo(zone_of(county_area(county6))))
    rows = Assignment.objects.filter(
        area_code__startswith=county6, on_scene_at__isnull=False, ended_at__isnull=False,
        assigned_at__gte=end - timedelta(days=DAYS), assigned_at__lt=end,
    ).order_by("-assigned_at")  # fmt: skip
    found: dict[int, list[float]] = {}
    for priority, came, left in rows.values_list("incident__priority", "on_scene_at", "ended_at")[:MOST]:
        seconds = (left - came).total_seconds()
        if 0 < seconds <= LONGEST_S:
            found.setdefault(priority, []).append(seconds)
    return {priority: seen for priority, seen in found.items() if len(seen) >= ENOUGH}
