"""Duties as calendars: a unit's or a team's, under an address that only whoever was given it knows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.gateway.calendar import Duty, calendar
from anlan.service.patrol.evidence import zone_of
from anlan.service.patrol.models import DutyOrder
from anlan.service.places.queries import county_area
from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.presentation.ways import time_of, what, where
from anlan.service.planning.words import Labels
from anlan.service.staff.models import Team, Unit

if TYPE_CHECKING:
    from django.db.models import QuerySet

SALT = "planning.calendar"
BEHIND = timedelta(days=35)
MOST = 5000
SILENT = {"reserve", "post"}


def token(kind: str, pk: int) -> str:
    """Return the secret part of a calendar's address; `kind` is "unit" or "team"."""
    return signing.dumps([kind, pk], salt=SALT)


def of_token(text: str) -> Unit | Team | None:
    """Return whose calendar an address names, None where it is none of ours."""
    try:
        kind, pk = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    model = {"unit": Unit, "team": Team}.get(kind)
    return model.objects.filter(pk=pk).first() if model else None


def feed(whose: Unit | Team, host: str) -> bytes:
    """Return the duties in force of a unit or a team, from five weeks back on."""
    county6 = whose.area_code[:6]
    zone = zone_of(county_area(county6))
    rows = _orders(whose).filter(withdrawn_at=None, ends_at__gte=timezone.now() - BEHIND)
    labels = Labels(county6)
    duties = [
        _duty(row, labels) for row in rows.select_related("unit").order_by("starts_at", "unit_id")[:MOST]
    ]
    return calendar(_("Duties %(name)s") % {"name": whose}, zone, duties, host)


def _orders(whose: Unit | Team) -> QuerySet[DutyOrder]:
    if isinstance(whose, Team):
        return DutyOrder.objects.filter(unit__team=whose)
    return DutyOrder.objects.filter(unit=whose)


def _duty(row: DutyOrder, labels: Labels) -> Duty:
    stops = [
        f"{time_of(stop['begin_s'])} {what(stop['kind'])} {where(stop, labels)}".rstrip()
        for stop in row.stops
        if stop["kind"] not in SILENT
    ]
    return Duty(
        key=f"{row.unit_id}-{row.date.isoformat()}-{row.shift}",
        title=f"{row.unit.call_sign} {shift_name({'code': row.shift})}",
        start=row.starts_at,
        end=row.ends_at,
        changed=row.given_at,
        place=labels.place(row.post_code) if row.post_code else "",
        details="\n".join(stops),
        lon=row.lon,
        lat=row.lat,
        revision=int(row.given_at.timestamp()) // 60 % 2**31,
    )
