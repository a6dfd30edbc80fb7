"""Feeds: registered by administrators; their signed messages become incidents, once each."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.gateway import alarms, webhooks
from anlan.service.incidents.domain.calls import checked_pin, note, take_call
from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Feed, FeedDevice, FeedMessage, Incident
from anlan.service.incidents.queries.types import find_type
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from anlan.gateway.alarms import Alarm
    from anlan.service.staff.models import Account

O = FeedMessage.Outcome  # noqa: E741  read as Outcome in this file
NAMESPACE = uuid.UUID("f1a3b1f2-0c52-5d0e-8d8e-2b4a4f6c7d10")
EDITABLE = ("name", "name_en", "type", "window_minutes", "active")


@dataclass(frozen=True)
class Taken:
    """What a message led to."""

    outcome: str
    incident: Incident | None = None
    device: FeedDevice | None = None
    foreign_id: str = ""
    dropped: int = 0


def save_feed(feed: Feed, actor: Account | None, **values: Any) -> Feed:
    """Store a new feed (with a new secret) or change one.

    Raises:
        PermissionDenied: the county is outside the actor's area.

    """
    unknown = set(values) - {*EDITABLE, "code", "kind"}
    if unknown:
        raise TypeError(f"cannot edit {sorted(unknown)}")
    with transaction.atomic():
        new = feed.pk is None
        feed.area_code = codes.normalise(feed.county)
        allow(actor, "incidents.feeds", feed)
        for name, value in values.items():
            setattr(feed, name, value)
        if new:
            feed.secret = webhooks.new_secret()
        feed.save()
        data = {"code": feed.code, "kind": str(feed.kind), "new": new, "active": feed.active}
        log.append(Verb.FEED_SAVED, feed, actor=actor, area_code=feed.area_code, data=data)
    return feed


@transaction.atomic
def new_secret(feed: Feed, actor: Account | None) -> str:
    """Replace the secret and return the new one."""
    held = Feed.objects.select_for_update().get(pk=feed.pk)
    allow(actor, "incidents.feeds", held)
    held.secret = webhooks.new_secret()
    held.save(update_fields=["secret"])
    log.append(Verb.FEED_SECRET, held, actor=actor, area_code=held.area_code, data={"code": held.code})
    return held.secret


def save_devices(feed: Feed, text: str, actor: Account | None) -> int:
    """Store devices from lines ``code, address, longitude, latitude, type``; return how many.

    A known code is changed; `-` instead of an address puts the device out of use. All lines or none.

    Raises:
        Refused: a line cannot be read; the message names it.

    """
    lines = csv.reader(io.StringIO(text.replace("\0", "")))
    rows = [row for row in lines if any(cell.strip() for cell in row)]
    if not rows:
        raise Refused(_("Give at least one line."), "devices")
    with transaction.atomic():
        allow(actor, "incidents.feeds", feed)
        made = [device_of(feed, [cell.strip() for cell in row], at) for at, row in enumerate(rows, start=1)]
        data = {"code": feed.code, "devices": [device.code for device in made]}
        log.append(Verb.FEED_DEVICE, feed, actor=actor, area_code=feed.area_code, data=data)
    return len(made)


def device_of(feed: Feed, cells: list[str], line: int) -> FeedDevice:
    """Store one line."""
    code, address, lon, lat, kind = (cells + [""] * 5)[:5]
    if not code or not address or len(code) > 80 or len(address) > 300 or len(cells) > 5:
        raise wrong(line, gettext("write code, address, longitude, latitude, type"))
    known = find_type(feed.county, kind) if kind else None
    if kind and known is None:
        raise wrong(line, gettext("there is no incident type “%(said)s”") % {"said": kind})
    device = FeedDevice.objects.filter(feed=feed, code=code).first() or FeedDevice(feed=feed, code=code)
    device.active = address != "-"
    if device.active:
        device.address, device.type = address, known
        device.lon, device.lat = pin_of(lon, lat, line) or (None, None)
    elif device.pk is None:
        raise wrong(line, gettext("there is no device %(code)s to put out of use") % {"code": code})
    device.save()
    return device


def wrong(line: int, what: str) -> Refused:
    """Return the refusal of a line."""
    return Refused(_("Line %(line)d: %(what)s.") % {"line": line, "what": what}, "devices")


def pin_of(lon: str, lat: str, line: int) -> tuple[float, float] | None:
    """Return a line's pin, None where it has none."""
    try:
        return checked_pin(float(lon) if lon else None, float(lat) if lat else None)
    except (ValueError, Refused) as error:
        what = str(error) if isinstance(error, Refused) else gettext("longitude and latitude are numbers")
        raise wrong(line, what.rstrip(".")) from error


def receive(feed: Feed, message_id: str, take: Callable[[Feed, uuid.UUID], Taken]) -> FeedMessage:
    """Let `take` make of a message what it is worth, once; the same id again returns what came of it.

    `take` gets the feed, locked, and the key under which the message's incident is taken.

    Raises:
        Refused: the message is no good; that is kept too, and the same id may come again, mended.

    """
    try:
        with transaction.atomic():
            held = Feed.objects.select_for_update().get(pk=feed.pk)
            before = held.messages.filter(message_id=message_id).exclude(outcome=O.REFUSED)
            known = before.select_related("incident", "device").first()
            if known is not None:
                return known
            key = uuid.uuid5(NAMESPACE, f"{held.pk}:{message_id}")
            return keep(held, message_id, take(held, key))
    except Refused as refusal:
        with transaction.atomic():
            keep(feed, message_id, Taken(O.REFUSED), field=refusal.field, reason=str(refusal)[:500])
        raise


def keep(feed: Feed, message_id: str, taken: Taken, **why: str) -> FeedMessage:
    """Write what became of a message, and its event."""
    facts = {
        "at": timezone.now(),
        "outcome": taken.outcome,
        "incident": taken.incident,
        "device": taken.device,
        "foreign_id": taken.foreign_id,
        "dropped": taken.dropped,
        "field": why.get("field", "")[:120],
        "reason": why.get("reason", ""),
    }
    message, _new = FeedMessage.objects.update_or_create(feed=feed, message_id=message_id, defaults=facts)
    data = {
        "code": feed.code,
        "message": message_id,
        "outcome": str(taken.outcome),
        "number": taken.incident.number if taken.incident else "",
        "left_out": taken.dropped,
        **why,
    }
    log.append(Verb.FEED_RECEIVED, feed, actor=None, area_code=feed.area_code, data=data)
    return message


def take_alarm(feed: Feed, key: uuid.UUID, alarm: Alarm) -> Taken:
    """Make an alarm an incident, or join it to the one that its device has open.

    Raises:
        Refused: the feed has no such device.

    """
    device = feed.devices.select_related("type").filter(code=alarm.device, active=True).first()
    if device is None:
        text = _("There is no device %(code)s at this feed; register it first.")
        raise Refused(text % {"code": alarm.device}, "data.device")
    running = open_incident(feed, device)
    if alarm.kind == alarms.TEST or (alarm.kind == alarms.RESTORED and running is None):
        return Taken(O.NOTHING, device=device)
    if running is not None:
        note(running, told(alarm, device), None)
        return Taken(O.ATTACHED, running, device)
    incident = take_call(
        None,
        county=feed.county,
        address=device.address,
        type=device.type or feed.type,
        details=told(alarm, device),
        lon=device.lon,
        lat=device.lat,
        channel=Incident.Channel.ALARM,
        client_key=key,
    )
    return Taken(O.NEW, incident, device)


def told(alarm: Alarm, device: FeedDevice) -> str:
    """Return an alarm in words: what it is, of which device, what it says, when it was raised."""
    words = {alarms.RAISED: gettext("Alarm"), alarms.RESTORED: gettext("Alarm restored")}
    at = "" if alarm.at is None else f"{timezone.localtime(alarm.at):%Y-%m-%d %H:%M:%S}"
    return " · ".join(part for part in (words[alarm.kind], device.code, alarm.text, at) if part)


def open_incident(feed: Feed, device: FeedDevice) -> Incident | None:
    """Return the device's incident that is still open and was heard of within the feed's window."""
    since = timezone.now() - timedelta(minutes=feed.window_minutes)
    rows = feed.messages.filter(device=device, at__gte=since, incident__isnull=False)
    latest = rows.exclude(incident__status=Incident.Status.CLOSED).select_related("incident").first()
    return None if latest is None else latest.incident
