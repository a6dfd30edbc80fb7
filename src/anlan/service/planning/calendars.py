"""Duties as calendars: a unit's, a team's or a member's, under an address known to whoever was given it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.gateway.calendar import Duty, calendar
from anlan.service.patrol.evidence import zone_of
from anlan.service.patrol.models import DutyOrder
from anlan.service.places.queries import county_area
from anlan.service.planning.models import Member
from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.presentation.ways import time_of, what, where
from anlan.service.planning.rosters.queries import Served
from anlan.service.planning.words import Labels
from anlan.service.staff.models import Team, Unit

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.planning.models import Roster

SALT = "planning.calendar"
BEHIND, AHEAD = timedelta(days=35), timedelta(days=92)
MOST = 5000
SILENT = {"reserve", "post"}


def token(kind: str, pk: int) -> str:
    """Return the secret part of a calendar's address; `kind` is "unit", "team" or "member"."""
    return signing.dumps([kind, pk], salt=SALT)


def of_token(text: str) -> Unit | Team | Member | None:
    """Return whose calendar an address names, None where it is none of ours."""
    try:
        kind, pk = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    model = {"unit": Unit, "team": Team, "member": Member}.get(kind)
    return model.objects.filter(pk=pk).first() if model else None


def feed(whose: Unit | Team | Member, host: str) -> bytes:
    """Return the duties in force from five weeks back on: a team's are its units' orders and its roster."""
    county6 = whose.area_code[:6]
    zone = zone_of(county_area(county6))
    duties = [] if isinstance(whose, Member) else ordered(whose, county6)
    if not isinstance(whose, Unit):
        duties += rostered(whose, ZoneInfo(zone))
    return calendar(_("Duties %(name)s") % {"name": whose}, zone, duties, host)


def ordered(whose: Unit | Team, county6: str) -> list[Duty]:
    """Return the published orders of a unit or of a team's units."""
    rows = _orders(whose).filter(withdrawn_at=None, ends_at__gte=timezone.now() - BEHIND)
    labels = Labels(county6)
    return [_duty(row, labels) for row in rows.select_related("unit").order_by("starts_at", "unit_id")[:MOST]]


def rostered(whose: Team | Member, zone: ZoneInfo) -> list[Duty]:
    """Return the duties of the approved rosters: a member's own, or each shift of a team with who serves."""
    today = timezone.localdate()
    served = Served(whose.area_code[:6], today - BEHIND, today + AHEAD)
    team = whose.team if isinstance(whose, Member) else whose
    wanted = [(day, there) for (code, day), there in served.days.items() if code == team.code]
    found = []
    for day, there in sorted(wanted, key=lambda one: one[0]):
        roster = served.changed[team.code, day]
        for shift in roster.body["problem"]["shifts"]:
            serve = [key for key, code in there.items() if code == shift["code"]]
            if serve and (isinstance(whose, Team) or str(whose.pk) in serve):
                mates = ", ".join(served.on(team.code, day, shift["code"]))
                begin = datetime.combine(day, time(), zone) + timedelta(minutes=shift["start_min"])
                found.append(_shift(whose, begin, shift, mates, roster))
    return found[:MOST]


def _shift(whose: Team | Member, begin: datetime, shift: dict[str, Any], mates: str, roster: Roster) -> Duty:
    changed = roster.approved_at or roster.made_at
    kind = "member" if isinstance(whose, Member) else "team"
    return Duty(
        key=f"{kind}-{whose.pk}-{begin.date().isoformat()}-{shift['code']}",
        title=shift_name(shift),
        start=begin,
        end=begin + timedelta(minutes=shift["minutes"]),
        changed=changed,
        details=mates,
        revision=int(changed.timestamp()) // 60 % 2**31,
    )


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
