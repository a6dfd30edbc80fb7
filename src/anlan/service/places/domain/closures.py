"""Closing and reopening roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.places.domain.bulk import known_county, labelled
from anlan.service.places.models import RoadClosure

if TYPE_CHECKING:
    from datetime import datetime

    from shapely.geometry.base import BaseGeometry

    from anlan.service.staff.models import Account

PERMISSION = "places.close_roads"


def add_closure(
    county6: str,
    name: str,
    shape: BaseGeometry,
    starts_at: datetime,
    actor: Account | None,
    *,
    ends_at: datetime | None = None,
    slowdown: float | None = None,
) -> RoadClosure:
    """Close the roads along a line, in a polygon or at a point (WGS-84), or slow them `slowdown` times.

    The same closure again (name, shape, begin) changes nothing.

    Raises:
        PermissionDenied: the actor may not close roads of the county.
        ValidationError: by field: an empty or broken shape, an end before the begin, a slowdown below 1.
        PlaceError: unknown county.

    """
    county = known_county(county6)
    _allowed(actor, county)
    _check(shape, starts_at, ends_at, slowdown)
    facts = labelled(shape)
    with transaction.atomic():
        closure, new = RoadClosure.objects.get_or_create(
            area_code=county.code, name=name, starts_at=starts_at, geometry=facts["geometry"],
            defaults=facts | {"ends_at": ends_at, "slowdown": slowdown},
        )  # fmt: skip
        if new:
            data = {"name": name, "from": starts_at, "until": ends_at, "slowdown": slowdown}
            append(Verb.CLOSURE_ADDED, closure, actor=actor, area_code=county.code, data=data)
    return closure


def _allowed(actor: Account | None, record: Any) -> None:
    if actor is not None and not actor.has_perm(PERMISSION, record):
        raise PermissionDenied(PERMISSION)


def _check(
    shape: BaseGeometry, starts_at: datetime, ends_at: datetime | None, slowdown: float | None
) -> None:
    bounds = shapely.bounds(shape)
    if shape.is_empty or not shape.is_valid or abs(bounds).max() > 180:
        raise ValidationError({"shape": _("Draw a line, an area or a point in longitude and latitude.")})
    if ends_at is not None and ends_at <= starts_at:
        raise ValidationError({"ends_at": _("The end lies before the begin.")})
    if slowdown is not None and not 1 < slowdown <= 20:
        raise ValidationError(
            {"slowdown": _("A slowdown is above 1 and at most 20; leave it empty to close.")}
        )


def end_closure(closure: RoadClosure, actor: Account | None) -> RoadClosure:
    """Reopen a road now; one that has not begun is called off, one that has ended stays as it is.

    Raises:
        PermissionDenied: the actor may not close roads of the county.

    """
    _allowed(actor, closure)
    now = timezone.now()
    with transaction.atomic():
        open_ = RoadClosure.objects.select_for_update().filter(pk=closure.pk)
        open_ = open_.exclude(ends_at__lte=now).exclude(ends_at__lte=F("starts_at"))
        if open_.update(ends_at=Greatest(Value(now), "starts_at")):
            data = {"name": closure.name}
            append(Verb.CLOSURE_ENDED, closure, actor=actor, area_code=closure.area_code, data=data)
    closure.refresh_from_db()
    return closure
