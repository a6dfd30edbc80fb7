"""Calls for later: scheduled, cancelled, made live at their time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.calls import (
    Call,
    check_address,
    checked_pin,
    place,
    priority_of,
    take_call,
)
from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Incident, ScheduledCall
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.staff.models import Account

LONGEST = timedelta(days=400)
KEPT = ("county", "type", "priority", "channel", "address", "details", "lon", "lat", "callback", "answers")


def schedule_call(actor: Account | None, due_at: datetime, **facts: Any) -> ScheduledCall:
    """Keep a call (the facts of `Call`) that becomes an incident at `due_at`.

    The same client key again changes nothing.

    Raises:
        Refused: the moment is past or more than 400 days off; the address is empty; the pin is no place.

    """
    call = Call(**facts)
    check_address(call.address)
    pin = checked_pin(call.lon, call.lat)
    try:
        with transaction.atomic():
            made = ScheduledCall.objects.filter(client_key=call.client_key).first()
            return made or _record(call, pin, due_at, actor)
    except IntegrityError:
        return ScheduledCall.objects.get(client_key=call.client_key)


def _record(
    call: Call, pin: tuple[float, float] | None, due_at: datetime, actor: Account | None
) -> ScheduledCall:
    now = timezone.now()
    if not now < due_at <= now + LONGEST:
        raise Refused(_("Give a moment from now on, at most 400 days ahead."), "due_at")
    located = Incident(county=call.county)
    place(located, pin)
    allow(actor, "incidents.take_call", located)
    scheduled = ScheduledCall(
        client_key=call.client_key, area_code=located.area_code, due_at=due_at, made_by=actor,
        **{name: getattr(call, name) for name in KEPT if name not in {"priority", "answers"}},
    )  # fmt: skip
    scheduled.priority, _by = priority_of(call)
    scheduled.answers = list(call.answers)
    scheduled.address = scheduled.address.strip()
    scheduled.save()
    data = {
        "due_at": due_at,
        "type": call.type.code,
        "address": scheduled.address,
        "priority": scheduled.priority,
    }
    log.append(Verb.CALL_SCHEDULED, scheduled, actor=actor, area_code=scheduled.area_code, data=data)
    return scheduled


def cancel_scheduled(call: ScheduledCall, reason: str, actor: Account | None) -> ScheduledCall:
    """Call a scheduled call off; said again, it changes nothing.

    Raises:
        Refused: no reason given, or it has become an incident.

    """
    if not reason.strip():
        raise Refused(_("Say why it is cancelled."), "reason")
    with transaction.atomic():
        allow(actor, "incidents.take_call", call)
        rows = ScheduledCall.objects.filter(pk=call.pk, state=ScheduledCall.State.WAITING)
        changed = rows.update(state=ScheduledCall.State.CANCELLED, ended_at=timezone.now())
        call.refresh_from_db()
        if call.state == ScheduledCall.State.LIVE and call.incident is not None:
            raise Refused(_("It has become %(number)s already.") % {"number": call.incident.number})
        if changed:
            data = {"text": reason.strip(), "address": call.address}
            log.append(Verb.SCHEDULED_CANCELLED, call, actor=actor, area_code=call.area_code, data=data)
    return call


def make_due_live() -> int:
    """Make incidents of the scheduled calls that are due; return how many. Several workers may run it."""
    waiting = ScheduledCall.objects.filter(state=ScheduledCall.State.WAITING, due_at__lte=timezone.now())
    return sum(make_live(call) for call in waiting.select_related("type"))


def make_live(call: ScheduledCall, actor: Account | None = None) -> bool:
    """Make the incident, unless another worker or a cancellation was first; its clocks start at `due_at`."""
    with transaction.atomic():
        rows = ScheduledCall.objects.filter(pk=call.pk, state=ScheduledCall.State.WAITING)
        if rows.update(state=ScheduledCall.State.LIVE, ended_at=timezone.now()) != 1:
            return False
        facts = {name: getattr(call, name) for name in KEPT}
        incident = take_call(actor, client_key=call.client_key, received_at=call.due_at, **facts)
        ScheduledCall.objects.filter(pk=call.pk).update(incident=incident, callback="")
        data = {"number": incident.number, "address": call.address}
        log.append(Verb.SCHEDULED_LIVE, call, actor=actor, area_code=call.area_code, data=data)
    return True
