"""What a crew's actions start with: is the actor of the crew, is the place one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.errors import Refused

if TYPE_CHECKING:
    from anlan.service.staff.models import Account, Unit


def check_crew(unit: Unit, actor: Account | None) -> None:
    """Raise PermissionDenied unless the actor is of the unit's crew; None is the system."""
    if actor is not None and not (actor.has_perm("patrol.duty") and unit.crew.filter(pk=actor.pk).exists()):
        raise PermissionDenied(str(_("You are not of this unit's crew.")))


def check_place(lon: float, lat: float) -> None:
    """Refuse what is no WGS-84 position."""
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise Refused(_("The position is not a WGS-84 longitude and latitude; are they swapped?"), "lon")
