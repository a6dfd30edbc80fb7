"""Where a unit was while its phone had no network: many fixes at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from anlan.gateway.positions import Fix
from anlan.service.patrol.domain.shifts import duty_of, last_change
from anlan.service.patrol.positions import CLOCK_SKEW, Arrival, check_crew, keep, keep_past

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from anlan.service.staff.models import Account, Unit

    Point = tuple[datetime, float, float]


def record_track(unit: Unit, points: Sequence[Point], actor: Account | None) -> int:
    """Keep the fixes (time, lon, lat) that lie on duty and on Earth; sent twice they are kept once.

    Those that no unit can have reached are kept aside. Returns how many were good.

    Raises:
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    latest = timezone.now() + CLOCK_SKEW
    was_on, last = duty_of(unit), last_change(unit)
    good = sorted(one for one in points if on_earth(one) and one[0] <= latest and was_on(one[0]))
    earlier = [one for one in good if last is not None and one[0] < last]
    with transaction.atomic():
        keep([arrival(unit, one) for one in good[len(earlier) :]])
        keep_past(unit, [arrival(unit, one) for one in earlier])
    return len(good)


def arrival(unit: Unit, point: Point) -> Arrival:
    """Return a fix as the stream of positions takes it, which judges it for jumps."""
    at, lon, lat = point
    return Arrival(unit.pk, Fix(lon, lat, at.timestamp()), timezone.now().timestamp())


def on_earth(point: Point) -> bool:
    """Whether a fix is a WGS-84 position."""
    _at, lon, lat = point
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
