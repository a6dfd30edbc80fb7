"""Where a unit was while its phone had no network: many fixes at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from anlan.service.patrol.domain.shifts import duty_of
from anlan.service.patrol.models import Fix
from anlan.service.patrol.positions import CLOCK_SKEW, check_crew, store_fix
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from anlan.service.staff.models import Account

    Point = tuple[datetime, float, float]


def record_track(unit: Unit, points: Sequence[Point], actor: Account | None) -> int:
    """Keep the fixes (time, lon, lat) that lie on duty and on Earth; sent twice they are kept once.

    Returns how many were good.

    Raises:
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    latest = timezone.now() + CLOCK_SKEW
    was_on = duty_of(unit)
    good = sorted(one for one in points if on_earth(one) and one[0] <= latest and was_on(one[0]))
    with transaction.atomic():
        fixes = [Fix(unit=unit, at=at, lon=lon, lat=lat) for at, lon, lat in good]
        Fix.objects.bulk_create(fixes, ignore_conflicts=True)
        if good and Unit.objects.filter(pk=unit.pk, on_duty=True).exists():
            store_fix(unit, good[-1][1], good[-1][2], good[-1][0])
    return len(good)


def on_earth(point: Point) -> bool:
    """Whether a fix is a WGS-84 position."""
    _at, lon, lat = point
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
