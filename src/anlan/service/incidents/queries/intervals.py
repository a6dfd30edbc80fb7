"""How long the parts of each assignment took: turnout, travel, on scene, and all of it until clear.

    turnout   dispatched → en route
    travel    en route → on scene
    on scene  on scene → cleared
    clear     dispatched → cleared

An interval whose begin or end was not recorded is None, never a guess: a crew that went on scene without
saying "en route" has no turnout and no travel. What was called off has only what it had reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anlan.service.incidents.models import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


@dataclass(frozen=True)
class Intervals:
    """The parts of one assignment in seconds; None where not recorded or not over."""

    turnout_s: float | None
    travel_s: float | None
    on_scene_s: float | None
    clear_s: float | None


@dataclass(frozen=True)
class IntervalRow:
    """One assignment with what a report groups by; `at` is when it was given, `cleared` whether it was worked
    to its end (not called off)."""

    assignment_id: int
    incident_id: int
    number: str
    unit: str
    type_code: str
    category: str
    priority: int
    beat_code: str
    area_code: str
    at: datetime
    cleared: bool
    expected_s: int | None
    intervals: Intervals


def between(begin: datetime | None, end: datetime | None) -> float | None:
    """Return the seconds from one moment to the other; None where one is not known."""
    return None if begin is None or end is None else (end - begin).total_seconds()


def intervals_of(assignment: Assignment) -> Intervals:
    """Return the intervals of one assignment."""
    cleared = assignment.ended_at if assignment.status == Assignment.Status.CLEARED else None
    return Intervals(
        turnout_s=between(assignment.assigned_at, assignment.en_route_at),
        travel_s=between(assignment.en_route_at, assignment.on_scene_at),
        on_scene_s=between(assignment.on_scene_at, cleared),
        clear_s=between(assignment.assigned_at, cleared),
    )


def interval_rows(county: str, account: Account, since: datetime, until: datetime) -> Iterator[IntervalRow]:
    """Yield the assignments given in a county from `since` to before `until`, oldest first, in one query."""
    rows = assignments_between(county, account, since, until)
    for row in rows.iterator(chunk_size=2000):
        yield interval_row(row)


def assignments_between(
    county: str, account: Account, since: datetime, until: datetime
) -> QuerySet[Assignment, Any]:
    """Return the assignments given in that time which the account may see."""
    visible: QuerySet[Assignment, Any] = Assignment.objects.in_county(county).visible_to(account)
    given = visible.filter(assigned_at__gte=since, assigned_at__lt=until)
    return given.select_related("unit", "incident__type").order_by("assigned_at", "pk")


def interval_row(row: Assignment) -> IntervalRow:
    """Return one line of the report."""
    incident = row.incident
    return IntervalRow(
        assignment_id=row.pk,
        incident_id=incident.pk,
        number=incident.number,
        unit=row.unit.call_sign,
        type_code=incident.type.code,
        category=incident.type.category,
        priority=incident.priority,
        beat_code=incident.beat_code,
        area_code=row.area_code,
        at=row.assigned_at,
        cleared=row.status == Assignment.Status.CLEARED,
        expected_s=row.expected_seconds,
        intervals=intervals_of(row),
    )
