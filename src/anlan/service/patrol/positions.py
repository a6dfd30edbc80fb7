"""Where units are and where they have been: a stream of its own, kept for duty hours only."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.environment import environment
from anlan.service.incidents.errors import Refused
from anlan.service.patrol.models import Fix, Position
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.staff.models import Account

CLOCK_SKEW = timedelta(minutes=2)


def check_crew(unit: Unit, actor: Account | None) -> None:
    """Raise PermissionDenied unless the actor is of the unit's crew; None is the system."""
    if actor is not None and not (actor.has_perm("patrol.duty") and unit.crew.filter(pk=actor.pk).exists()):
        raise PermissionDenied(str(_("You are not of this unit's crew.")))


def check_place(lon: float, lat: float) -> None:
    """Refuse what is no WGS-84 position."""
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise Refused(_("The position is not a WGS-84 longitude and latitude; are they swapped?"), "lon")


def record_position(
    unit: Unit, lon: float, lat: float, at: datetime | None = None, actor: Account | None = None
) -> bool:
    """Keep the unit's latest fix; return False where a newer one is known already.

    Raises:
        Refused: the unit is off duty, the fix lies in the future or is no place on Earth.
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    check_place(lon, lat)
    fixed_at = at or timezone.now()
    if fixed_at > timezone.now() + CLOCK_SKEW:
        raise Refused(_("The time of the fix lies in the future; check the phone's clock."), "at")
    with transaction.atomic():
        if not Unit.objects.filter(pk=unit.pk, on_duty=True).exists():
            raise Refused(_("%(unit)s is off duty: no position is kept.") % {"unit": unit.call_sign})
        return store_fix(unit, lon, lat, fixed_at)


def store_fix(unit: Unit, lon: float, lat: float, at: datetime) -> bool:
    """Keep the fix among the unit's, and as its position unless a newer one stands; twice is once."""
    fix = {"lon": lon, "lat": lat, "at": at}
    Fix.objects.bulk_create([Fix(unit=unit, **fix)], ignore_conflicts=True)
    if Position.objects.filter(unit=unit, at__lt=at).update(**fix):
        return True
    _kept, made = Position.objects.get_or_create(unit=unit, defaults=fix)
    return made


def purge_fixes() -> int:
    """Delete the fixes that are older than `ANLAN_POSITION_DAYS`; return how many."""
    last = timezone.now() - timedelta(days=environment().position_days)
    return Fix.objects.filter(at__lt=last).delete()[0]
