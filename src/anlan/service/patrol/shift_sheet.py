"""The summary of a shift, from what was recorded: places, stays, incidents, reports, the crew's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.service.patrol.models import CheckIn, PlaceReport, ShiftEntry, Stay
from anlan.service.places.models import Grid, PatrolLine, PatrolPoint, StandbyPost

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.patrol.models import Shift


def sheet(shift: Shift, *, until: datetime | None = None) -> dict[str, Any]:
    """Return the summary as JSON; times are ISO 8601. A shift that runs is summed up `until` now.

    Raises:
        ValueError: the shift runs, and no `until` is given.

    """
    begin, end = shift.begun_at, shift.ended_at or until
    if end is None:
        raise ValueError("until: the shift has not ended")
    span = {"unit_id": shift.unit_id, "at__gte": begin, "at__lte": end}
    visits = list(CheckIn.objects.filter(**span).order_by("at"))
    stays = list(
        Stay.objects.filter(unit_id=shift.unit_id, begun_at__gte=begin, begun_at__lte=end).order_by(
            "begun_at"
        )
    )
    names = place_names({one.place_code for one in [*visits, *stays]})
    tasks = shift.unit.assignments.filter(assigned_at__lte=end).exclude(ended_at__lt=begin)
    reports = PlaceReport.objects.filter(**span).order_by("at")
    return {
        "visits": [
            {"at": one.at.isoformat(), "place": names.get(one.place_code, one.place_code), "how": one.method}
            for one in visits
        ],
        "stays": [
            {"from": one.begun_at.isoformat(), "s": seconds(one.begun_at, one.ended_at or end),
             "planned_s": one.planned_s, "place": names.get(one.place_code, one.place_code)}
            for one in stays
        ],
        "tasks": [
            {"number": one.incident.number, "status": one.status, "from": one.assigned_at.isoformat(),
             "s": seconds(max(one.assigned_at, begin), min(one.ended_at or end, end))}
            for one in tasks.select_related("incident").order_by("assigned_at")
        ],
        "reports": [{"at": one.at.isoformat(), "kind": one.kind, "where": one.where} for one in reports],
        "entries": [
            {"at": one.at.isoformat(), "text": one.text}
            for one in ShiftEntry.objects.filter(**span).order_by("at", "pk")
        ],
    }  # fmt: skip


def seconds(begin: datetime, end: datetime) -> int:
    """Return how long it took."""
    return max(0, round((end - begin).total_seconds()))


def place_names(codes: set[str]) -> dict[str, str]:
    """Return the names of patrol points, lines, posts and hot spots by code."""
    found: dict[str, str] = {}
    for kind in (Grid, StandbyPost, PatrolLine, PatrolPoint):
        found |= {one.code: one.label for one in kind.objects.filter(code__in=codes).defer("geometry")}
    return found
