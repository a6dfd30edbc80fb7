"""Which roads are closed or slowed, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils import timezone

from anlan.engine.geo import codes
from anlan.service.places.models import RoadClosure
from anlan.service.scope import scope_q

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


def closures(county6: str, account: Account | None = None) -> QuerySet[RoadClosure]:
    """Return the county's closures, newest begin first; no secret to anyone posted in the county."""
    rows = RoadClosure.objects.in_county(county6).order_by("-starts_at", "-pk")
    if account is None:
        return rows
    return rows.filter(scope_q(tuple(prefix[:6] for prefix in account.area_prefixes())))


def real(rows: QuerySet[RoadClosure]) -> QuerySet[RoadClosure]:
    """Leave out closures that were called off before they began."""
    return rows.exclude(ends_at__lte=F("starts_at"))


def in_force(rows: QuerySet[RoadClosure], moment: datetime | None = None) -> QuerySet[RoadClosure]:
    """Return those that hold at a moment, now without one."""
    at = moment or timezone.now()
    return real(rows).filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


def closures_at(county6: str, moment: datetime | None = None) -> QuerySet[RoadClosure]:
    """Return the closures in force at a moment, now without one, oldest first."""
    return in_force(RoadClosure.objects.in_county(county6), moment).order_by("pk")


def closures_within(county6: str, start: datetime, end: datetime) -> QuerySet[RoadClosure]:
    """Return the closures that hold during some part of [start, end), oldest first."""
    rows = real(RoadClosure.objects.in_county(county6)).filter(starts_at__lt=end)
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=start)).order_by("pk")


def coming(rows: QuerySet[RoadClosure]) -> QuerySet[RoadClosure]:
    """Return those that have not begun, the next first."""
    return real(rows).filter(starts_at__gt=timezone.now()).order_by("starts_at", "pk")


def ended(rows: QuerySet[RoadClosure]) -> QuerySet[RoadClosure]:
    """Return those that are over or were called off, the last first."""
    return rows.filter(ends_at__lte=timezone.now()).order_by("-ends_at", "-pk")


def closures_version(county6: str) -> list[tuple[int, datetime | None]]:
    """Return what changes whenever another closure is in force."""
    return list(closures_at(codes.county(county6)).values_list("pk", "ends_at"))
