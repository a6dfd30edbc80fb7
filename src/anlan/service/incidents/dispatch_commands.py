"""Commands of dispatch: queue behind, take off, backup, emergency, check-in, move up, stack withdrawn."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.service.incidents import domain
from anlan.service.incidents.commands import Done, Line, current_of, incident_of, need, rest, unit_of
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Backup, Incident, Move, Stacked
from anlan.service.incidents.queries.board import UnitState
from anlan.service.incidents.queries.ways import road_seconds
from anlan.service.places.models import StandbyPost

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.staff.models import Unit

HELP: tuple[tuple[Any, Any], ...] = (
    ("q 12 M21 · uq 12 M21", gettext_lazy("queue 12 behind what M21 is on; no longer")),
    ("t 12 M21", gettext_lazy("take M21 off what it is on, for 12")),
    ("b 12 2 … · nb 12 …", gettext_lazy("ask for 2 units more on 12, decline it, with the reason")),
    ("em M21 · ack 12", gettext_lazy("officer's emergency by radio; acknowledge an emergency")),
    ("ci M21", gettext_lazy("the crew is well: check-in")),
    ("mv M21 P03 · mx M21 …", gettext_lazy("order M21 to a standby post; end the order, with the reason")),
)


def queue(line: Line) -> Done:
    """``q 12 M21``."""
    number, sign = need(line, 2, "q 12 M21")[:2]
    incident = incident_of(line, number)
    row = domain.stack(incident, unit_of(line, sign), line.account, confirmed=line.confirmed)
    facts = {"unit": row.unit.call_sign, "number": incident.number}
    return Done(_("%(number)s is next for %(unit)s") % facts, incident)


def unqueue(line: Line) -> Done:
    """``uq 12 M21 reason``."""
    words = need(line, 2, "uq 12 M21")
    incident, unit = incident_of(line, words[0]), unit_of(line, words[1])
    row = Stacked.objects.filter(incident=incident, unit=unit, ended_at=None).first()
    if row is None:
        facts = {"unit": unit.call_sign, "number": incident.number}
        raise Refused(_("%(number)s is not queued for %(unit)s.") % facts)
    domain.unstack(row, line.account, " ".join(words[2:]))
    return Done(_("%(unit)s: no longer queued") % {"unit": unit.call_sign}, incident)


def take_off(line: Line) -> Done:
    """``t 12 M21``."""
    number, sign = need(line, 2, "t 12 M21")[:2]
    incident = incident_of(line, number)
    sent = domain.preempt(
        incident, unit_of(line, sign), line.account, confirmed=line.confirmed, seen=line.seen
    )
    facts = {"units": sent.unit.call_sign, "number": incident.number}
    return Done(_("%(units)s → %(number)s") % facts, incident)


def backup(line: Line) -> Done:
    """``b 12``, ``b 12 2 reason``."""
    words = need(line, 1, "b 12 2")
    incident = incident_of(line, words[0])
    counted = len(words) > 1 and words[1].isascii() and words[1].isdigit() and len(words[1]) < 10
    count = int(words[1]) if counted else 1
    reason = " ".join(words[2:] if counted else words[1:])
    domain.request_backup(incident, line.account, uuid.uuid4(), units=count, reason=reason)
    return Done(_("Backup asked for on %(number)s") % {"number": incident.number}, incident)


def no_backup(line: Line) -> Done:
    """``nb 12 reason``."""
    words = need(line, 2, _("nb 12 no unit free"))
    incident = incident_of(line, words[0])
    domain.decline_backup(asked_on(incident), rest(words), line.account)
    return Done(_("Backup declined on %(number)s") % {"number": incident.number}, incident)


def asked_on(incident: Incident) -> Backup:
    """Return the oldest open request of an incident."""
    row = incident.backups.filter(ended_at=None).first()
    if row is None:
        raise Refused(_("No backup is asked for on %(number)s.") % {"number": incident.number})
    return row


def emergency(line: Line) -> Done:
    """``em M21``: an officer calls for help by radio."""
    unit = unit_of(line, need(line, 1, "em M21")[0])
    incident = domain.emergency(unit, None, None, line.account, uuid.uuid4())
    facts = {"unit": unit.call_sign, "number": incident.number}
    return Done(_("%(unit)s: officer's emergency %(number)s") % facts, incident)


def acknowledge(line: Line) -> Done:
    """``ack 12``."""
    incident = incident_of(line, need(line, 1, "ack 12")[0])
    domain.acknowledge_emergency(incident, line.account)
    return Done(_("%(number)s acknowledged") % {"number": incident.number}, incident)


def check_in(line: Line) -> Done:
    """``ci M21``."""
    current = domain.check_crew_in(current_of(unit_of(line, need(line, 1, "ci M21")[0])), line.account)
    return Done(_("%(unit)s is well") % {"unit": current.unit.call_sign}, current.incident)


def move_up(line: Line) -> Done:
    """``mv M21 P03``."""
    sign, code = need(line, 2, "mv M21 P03")[:2]
    unit = unit_of(line, sign)
    posts = StandbyPost.objects.in_county(line.county).filter(active=True)
    post = posts.filter(code__iexact=code).first()
    if post is None:
        raise Refused(_("There is no standby post %(code)s.") % {"code": code})
    seconds = road_seconds(line.county, UnitState(unit, None).lon_lat, (post.lon, post.lat))
    domain.order_move(unit, post, line.account, expected_seconds=seconds)
    return Done(_("%(unit)s → %(post)s") % {"unit": unit.call_sign, "post": post.label})


def end_move(line: Line) -> Done:
    """``mx M21 reason``."""
    words = need(line, 1, "mx M21")
    unit = unit_of(line, words[0])
    domain.advance_move(open_move(unit), Move.Status.ENDED, line.account, reason=rest(words))
    return Done(_("%(unit)s: the order to stand by has ended") % {"unit": unit.call_sign})


def open_move(unit: Unit) -> Move:
    """Return the unit's open order to stand by."""
    row = unit.moves.filter(ended_at=None).first()
    if row is None:
        raise Refused(_("%(unit)s is not ordered to stand by.") % {"unit": unit.call_sign})
    return row


COMMANDS: dict[str, Callable[[Line], Done]] = {
    "q": queue, "uq": unqueue, "t": take_off, "b": backup, "nb": no_backup, "em": emergency,
    "ack": acknowledge, "ci": check_in, "mv": move_up, "mx": end_move,
}  # fmt: skip
