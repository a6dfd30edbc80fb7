"""Checking in at patrol places: by a tap, the printed code, the phone's position or a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo.crs import LocalPlane
from anlan.engine.planning.adherence import Rules
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.pictures import keep_picture
from anlan.service.patrol.domain.shifts import check_on_duty
from anlan.service.patrol.models import CheckIn
from anlan.service.patrol.place_codes import code_of
from anlan.service.patrol.positions import check_crew, check_place
from anlan.service.places.models import Grid, PatrolLine, PatrolPoint, StandbyPost

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from anlan.service.staff.models import Account, Unit

RADIUS_M = Rules().radius_m
"""Nearer than this one is there; the same figure by which patrols are judged."""


@dataclass(frozen=True)
class Shown:
    """How a crew shows that it is there: the method and what that needs."""

    method: str = CheckIn.Method.BUTTON
    lon: float | None = None
    lat: float | None = None
    code: str = ""
    picture: bytes = b""
    confirmed: bool = False


def check_in(
    unit: Unit,
    place_code: str,
    client_key: uuid.UUID,
    actor: Account | None,
    *,
    at: datetime | None = None,
    shown: Shown | None = None,
) -> CheckIn:
    """Record that the unit was at a patrol point, line, post or hot spot; the same key again changes nothing.

    Raises:
        Refused: no such place, the unit was off duty, or what was shown does not show it.
        NeedsConfirmation: the position is farther from the place than `RADIUS_M`.
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    proof, place = shown or Shown(), place_of(place_code)
    visit = CheckIn(
        client_key=client_key, unit=unit, place_code=place_code, at=at or timezone.now(), lon=proof.lon,
        lat=proof.lat, method=proof.method, area_code=place.area_code,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return recorded(visit) or record_visit(visit, place, proof, actor)
    except IntegrityError:
        again = recorded(visit)
        if again is None:
            raise
        return again


def recorded(visit: CheckIn) -> CheckIn | None:
    """Return what the same key recorded before."""
    return CheckIn.objects.filter(client_key=visit.client_key, unit=visit.unit).first()


def record_visit(visit: CheckIn, place: Any, shown: Shown, actor: Account | None) -> CheckIn:
    """Write the check-in and its event."""
    check_on_duty(visit.unit, visit.at)
    check_shown(place, shown)
    if shown.picture:
        visit.picture = keep_picture(
            visit.unit, shown.picture, visit.client_key, actor, at=visit.at, area_code=visit.area_code
        )
    visit.save()
    data = {
        "unit": visit.unit.call_sign, "unit_id": visit.unit_id, "place": visit.place_code,
        "how": str(visit.method),
    }  # fmt: skip
    log.append(Verb.CHECKED_IN, visit, actor=actor, area_code=visit.area_code, data=data, at=visit.at)
    return visit


def check_shown(place: Any, shown: Shown) -> None:
    """Refuse a method without what it needs; ask where the position is too far away."""
    if shown.method not in CheckIn.Method.values:
        raise Refused(_("Check in by button, code, position or picture."), "method")
    if (shown.lon is None) != (shown.lat is None):
        raise Refused(_("A position needs lon and lat."), "lon")
    if shown.lon is not None and shown.lat is not None:
        check_place(shown.lon, shown.lat)
    if shown.method == CheckIn.Method.CODE and code_of(shown.code) != place.code:
        raise Refused(_("The code is of another place than %(place)s.") % {"place": place.label}, "code")
    if shown.method == CheckIn.Method.PICTURE and not shown.picture:
        raise Refused(_("Take a picture of the place."), "picture")
    if shown.method == CheckIn.Method.POSITION:
        check_distance(place, shown)


def check_distance(place: Any, shown: Shown) -> None:
    """Ask for a confirmation where the position is not at the place."""
    if shown.lon is None or shown.lat is None:
        raise Refused(_("Your phone gave no position. Check in in another way."), "lon")
    far = distance_m(place, shown.lon, shown.lat)
    if far is not None and far > RADIUS_M and not shown.confirmed:
        text = _("You are %(metres)s m from %(place)s. Check in all the same?")
        raise NeedsConfirmation([text % {"metres": round(far), "place": place.label}])


def distance_m(place: Any, lon: float, lat: float) -> float | None:
    """Return how far a position is from a place, or a line's nearest stretch; None: not known where."""
    plane = LocalPlane(lon, lat)
    if isinstance(place, PatrolLine) and place.shape is not None:
        course = shapely.transform(place.shape, lambda at: np.column_stack(plane.metres(*at.T)))
        return float(shapely.distance(course, shapely.Point(0, 0)))
    if place.lon is None or place.lat is None:
        return None
    return float(np.hypot(*plane.metres(place.lon, place.lat)))


def place_of(place_code: str) -> Any:
    """Return the patrol point, line, post or grid (a hot spot) with the code."""
    for kind in (PatrolPoint, PatrolLine, StandbyPost, Grid):
        place = kind.objects.filter(code=place_code).first()
        if place is not None:
            return place
    raise Refused(_("There is no patrol place with the code %(code)s.") % {"code": place_code}, "place")
