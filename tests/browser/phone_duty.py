"""A crew's duty in an installation for a test: an order, a call, and what the database holds in the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.browser.site import Site

PREPARE = """
import json
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo
from django.utils import timezone
from anlan.service.incidents import domain as incidents
from anlan.service.incidents.models import Assignment, IncidentType
from anlan.service.log.models import Event
from anlan.service.patrol.models import DutyOrder, Receipt
from anlan.service.patrol.place_codes import payload
from anlan.service.patrol.evidence import zone_of
from anlan.service.places.models import Grid, PatrolPoint
from anlan.service.places.queries import county_area
from anlan.service.staff.models import Account, Unit

unit = Account.objects.get(username="patrol").units.get()
for open_ in unit.assignments.filter(ended_at=None):
    incidents.cancel(open_, "test", None)
now = timezone.now()
begin = now - timedelta(hours=9)
points = list(PatrolPoint.objects.filter(beat_code=unit.beat_code, active=True).order_by("code")[:4])
spots = list(Grid.objects.filter(beat__code=unit.beat_code).order_by("code")[:2])
zone = ZoneInfo(zone_of(county_area(unit.area_code[:6])))
midnight = datetime.combine(begin.astimezone(zone).date(), time(), zone)
def row(kind, code, minutes, stay):
    at = (begin + timedelta(minutes=minutes) - midnight).total_seconds()
    times = {"arrive_s": at, "begin_s": at, "leave_s": at + stay * 60}
    return {"kind": kind, "code": code, "direction": ""} | times
stops = [row("point", one.code, 60 + 30 * n, 5) for n, one in enumerate(points)]
stops += [row("stop", one.code, 240 + 60 * n, 12) for n, one in enumerate(spots)]
DutyOrder.objects.filter(unit=unit).delete()
Receipt.objects.filter(unit=unit).delete()
DutyOrder.objects.create(unit=unit, area_code=unit.area_code, date=midnight.date(), shift="day", stops=stops,
    starts_at=begin, ends_at=now + timedelta(hours=2), given_at=begin - timedelta(hours=1))
kind = IncidentType.objects.filter(active=True).order_by("code").first()
call = incidents.take_call(None, county=unit.area_code[:6], type=kind, address="旧渡口 2 号")
sent = incidents.assign(call, [unit], None, confirmed=True)[0]
Assignment.objects.filter(pk=sent.pk).update(assigned_at=begin)
print("DUTY" + json.dumps({
    "after": Event.objects.latest("pk").pk, "unit": unit.pk, "sign": unit.call_sign, "assignment": sent.pk,
    "points": [[one.code, one.label, one.lon, one.lat] for one in points], "code": payload(points[0].code),
}))
"""

KEPT = """
import json
from anlan.service.incidents.models import Assignment
from anlan.service.log.models import Event
from anlan.service.patrol.models import *
from anlan.service.staff.models import Unit
unit = Unit.objects.get(pk=UNIT)
task = Assignment.objects.get(pk=ASSIGNMENT)
stamp = lambda moment: None if moment is None else moment.isoformat()
mine = Event.objects.filter(actor__username="patrol", pk__gt=AFTER)
rows = {
    "check-in": [[str(one.client_key), stamp(one.at)] for one in CheckIn.objects.filter(unit=unit)],
    "report": [[str(one.client_key), stamp(one.at)] for one in PlaceReport.objects.filter(unit=unit)],
    "entry": [[str(one.client_key), stamp(one.at)] for one in ShiftEntry.objects.filter(unit=unit)],
    "stay": [[str(one.client_key), stamp(one.begun_at)] for one in Stay.objects.filter(unit=unit)],
    "stay-end": [[str(one.client_key), stamp(one.ended_at)] for one in Stay.objects.filter(unit=unit)],
    "shift": [[stamp(one.begun_at), stamp(one.ended_at)] for one in unit.shifts.order_by("pk")],
    "advance": [stamp(getattr(task, f"{name}_at")) for name in ("accepted", "en_route", "on_scene", "ended")],
    "receipts": [[str(one.client_key), one.state] for one in Receipt.objects.filter(unit=unit)],
    "pictures": Picture.objects.filter(unit=unit).count(), "on_duty": unit.on_duty,
    "events": [one.verb for one in mine if not one.verb.startswith("account")],
}
print("KEPT" + json.dumps(rows))
"""

ORDER = """
from anlan.service.incidents import domain as incidents
from anlan.service.places.models import StandbyPost
from anlan.service.staff.models import Unit
unit = Unit.objects.get(pk=UNIT)
for open_ in unit.assignments.filter(ended_at=None):
    incidents.cancel(open_, "test", None)
post = StandbyPost.objects.in_county(unit.area_code[:6]).exclude(lon=None).order_by("code").first()
move = unit.moves.filter(ended_at=None).first() or incidents.order_move(unit, post, None)
print("MOVE" + move.post_name)
"""

ANSWERED = """
from anlan.service.incidents.models import Move
move = Move.objects.filter(unit=UNIT, ended_at=None).get()
print("MOVE" + " ".join([move.status, str(move.accepted_at < move.arrived_at)]))
"""


def prepare(site: Site) -> dict[str, Any]:
    """Give the patrol login's unit an order and a call; return ids and places."""
    return json.loads(site.shell(PREPARE).rpartition("DUTY")[2])


def kept(site: Site, duty: dict[str, Any]) -> dict[str, Any]:
    """Return what the database holds of the duty."""
    code = KEPT.replace("UNIT)", f"{duty['unit']})").replace("ASSIGNMENT)", f"{duty['assignment']})")
    code = code.replace("AFTER)", f"{duty['after']})")
    return json.loads(site.shell(code).rpartition("KEPT")[2])


def order_to_post(site: Site, duty: dict[str, Any]) -> str:
    """Call the unit off and order it to a standby post; return the post's name."""
    return site.shell(ORDER.replace("UNIT)", f"{duty['unit']})")).rpartition("MOVE")[2].strip()


def answered(site: Site, duty: dict[str, Any]) -> str:
    """Return how the crew answered the order, and whether it was on the way before it was there."""
    return site.shell(ANSWERED.replace("UNIT,", f"{duty['unit']},")).rpartition("MOVE")[2].strip()
