"""Keeping pictures of places, and deleting them in time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.gateway.pictures import redrawn
from anlan.service.environment import environment
from anlan.service.incidents.errors import Refused
from anlan.service.patrol.models import Picture, PlaceReport

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from anlan.service.staff.models import Account, Unit

LARGEST = 1_500_000


def keep_picture(
    unit: Unit, content: bytes, key: uuid.UUID, actor: Account | None, *, at: datetime, area_code: str
) -> Picture:
    """Keep a picture in the caller's transaction, drawn anew so that nothing but its pixels stays.

    Raises:
        Refused: it is too large, or no picture.

    """
    if len(content) > LARGEST:
        raise Refused(_("The picture is larger than 1.5 MB."), "picture")
    try:
        drawn = redrawn(content)
    except ValueError as error:
        raise Refused(_("The picture cannot be read. Send a JPEG, PNG or WebP."), "picture") from error
    return Picture.objects.create(
        client_key=key, unit=unit, by=actor, area_code=area_code, at=at, width=drawn.width,
        height=drawn.height, content=drawn.content,
    )  # fmt: skip


def purge_pictures() -> int:
    """Delete pictures older than `ANLAN_PICTURE_DAYS`, but none of a report that is still open."""
    last = timezone.now() - timedelta(days=environment().picture_days)
    open_ = PlaceReport.objects.filter(state=PlaceReport.State.OPEN, picture__isnull=False)
    old = Picture.objects.filter(at__lt=last).exclude(pk__in=open_.values("picture_id"))
    return old.delete()[1].get(Picture._meta.label, 0)
