"""Which roads are closed or slowed, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from anlan.service.places.models import RoadClosure

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


def closures_at(county6: str, moment: datetime | None = None) -> QuerySet[RoadClosure]:
    """Return the closures in force at a moment, now without one, oldest first."""
    at = moment or timezone.now()
    rows = RoadClosure.objects.in_county(county6).filter(starts_at__lte=at)
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=at)).order_by("pk")


def closures_within(county6: str, start: datetime, end: datetime) -> QuerySet[RoadClosure]:
    """Return the closures that hold during some part of [start, end), oldest first."""
    rows = RoadClosure.objects.in_county(county6).filter(starts_at__lt=end)
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=start)).order_by("pk")
