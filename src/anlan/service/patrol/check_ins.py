"""Check-ins of crews at the places of their beat."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.errors import Refused
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.guard import check_crew, check_place
from anlan.service.patrol.models import CheckIn
from anlan.service.places.models import Grid, PatrolLine, PatrolPoint, StandbyPost
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.staff.models import Account


def check_in(
    unit: Unit,
    place_code: str,
    client_key: uuid.UUID,
    actor: Account | None,
    *,
    at: datetime | None = None,
    lon: float | None = None,
    lat: float | None = None,
) -> CheckIn:
    """Record that the unit was at a patrol point, line or post; the same key again changes nothing.

    Raises:
        Refused: no such place, the unit is off duty, or the position is no place on Earth.
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    if lon is not None and lat is not None:
        check_place(lon, lat)
    visit = CheckIn(
        client_key=client_key, unit=unit, place_code=place_code, at=at or timezone.now(), lon=lon, lat=lat,
        area_code=area_of(place_code),
    )  # fmt: skip
    try:
        with transaction.atomic():
            return recorded(visit) or record_visit(visit, actor)
    except IntegrityError:
        again = recorded(visit)
        if again is None:
            raise
        return again


def recorded(visit: CheckIn) -> CheckIn | None:
    """Return what the same key recorded before."""
    return CheckIn.objects.filter(client_key=visit.client_key, unit=visit.unit).first()


def record_visit(visit: CheckIn, actor: Account | None) -> CheckIn:
    """Write the check-in and its event."""
    if not Unit.objects.filter(pk=visit.unit_id, on_duty=True).exists():
        raise Refused(_("%(unit)s is off duty: come on duty first.") % {"unit": visit.unit.call_sign})
    visit.save()
    data = {"unit": visit.unit.call_sign, "unit_id": visit.unit_id, "place": visit.place_code}
    log.append(Verb.CHECKED_IN, visit, actor=actor, area_code=visit.area_code, data=data, at=visit.at)
    return visit


def area_of(place_code: str) -> str:
    """Return the area of the patrol point, line, post or grid (a hot spot) with the code."""
    for kind in (PatrolPoint, PatrolLine, StandbyPost, Grid):
        place = kind.objects.filter(code=place_code).only("area_code").first()
        if place is not None:
            return str(place.area_code)
    raise Refused(_("There is no patrol place with the code %(code)s.") % {"code": place_code}, "place")
