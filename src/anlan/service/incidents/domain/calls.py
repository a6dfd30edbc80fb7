"""Taking a call, correcting what was taken, and noting what is said since."""

from __future__ import annotations

import math
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.service.incidents.domain.check_in import rearm
from anlan.service.incidents.domain.guard import allow, hold, hold_live
from anlan.service.incidents.domain.numbers import next_number
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Incident, IncidentType, Priority
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places import queries as places

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.staff.models import Account

AMENDABLE = ("address", "type", "priority", "details", "lon", "lat")


@dataclass(frozen=True)
class Call:
    """What the call-taker wrote down. `address` is kept as said; the pin is separate and may be missing."""

    county: str
    address: str
    type: IncidentType
    priority: int | None = None
    details: str = ""
    lon: float | None = None
    lat: float | None = None
    callback: str = ""
    channel: str = Incident.Channel.PHONE
    client_key: uuid.UUID = field(default_factory=uuid.uuid4)
    received_at: datetime | None = None


def take_call(actor: Account | None, **facts: Any) -> Incident:
    """Record a call (the facts of `Call`) and return its incident.

    The same `client_key` again returns the incident already taken: a retried form makes no second one.

    Raises:
        Refused: the address is empty, or the pin is no place on Earth.
        PermissionDenied: the actor may not take calls there.

    """
    call = Call(**facts)
    check_address(call.address)
    pin = checked_pin(call.lon, call.lat)
    try:
        with transaction.atomic():
            return taken(call) or record_call(call, pin, actor)
    except IntegrityError:
        again = taken(call)
        if again is None:
            raise
        return again


def taken(call: Call) -> Incident | None:
    """Return the incident that this very call made before."""
    return Incident.objects.filter(client_key=call.client_key, county=call.county).first()


def record_call(call: Call, pin: tuple[float, float] | None, actor: Account | None) -> Incident:
    """Write the incident and its first event in the caller's transaction."""
    received = call.received_at or timezone.now()
    incident = Incident(
        client_key=call.client_key,
        county=call.county,
        type=call.type,
        priority=checked_priority(call.priority or call.type.priority),
        source=call.type.source,
        channel=call.channel,
        address=call.address.strip(),
        details=call.details,
        callback=call.callback,
        received_at=received,
        waiting_since=received,
        taken_by=actor,
    )
    place(incident, pin)
    allow(actor, "incidents.take_call", incident)
    incident.number = next_number(call.county, received)
    incident.save()
    log.append(
        Verb.INCIDENT_REPORTED, incident, actor=actor, area_code=incident.area_code, data=facts_of(incident)
    )
    return incident


def facts_of(incident: Incident) -> dict[str, Any]:
    """Return what the log keeps of a report: never the callback number."""
    return {
        "number": incident.number,
        "type": incident.type.code,
        "priority": int(incident.priority),
        "address": incident.address,
        "channel": str(incident.channel),
        "lon": incident.lon,
        "lat": incident.lat,
    }


def place(incident: Incident, pin: tuple[float, float] | None) -> None:
    """Set the pin and resolve its codes once; without a pin the incident lies in the county at large."""
    if pin is None:
        incident.lon = incident.lat = None
        incident.area_code, incident.grid_code, incident.beat_code = codes.normalise(incident.county), "", ""
        return
    incident.lon, incident.lat = pin
    found = asdict(places.resolve(incident.county, *pin))
    for name in ("area_code", "grid_code", "beat_code"):
        setattr(incident, name, found[name])


def check_address(address: str) -> None:
    """Refuse an empty address: it comes first, in the caller's words."""
    if not address.strip():
        raise Refused(_("Write the address as the caller says it."), "address")


def checked_priority(priority: Any) -> int:
    """Return the priority if it is one of the four."""
    if priority not in Priority.values:
        raise Refused(_("The priority is a number from 1 to 4."), "priority")
    return int(priority)


def checked_pin(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """Return the pin, None where there is none; refuse half a pin and what is no WGS-84 position."""
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise Refused(_("A pin needs both longitude and latitude."), "lon")
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise Refused(_("The pin is not a WGS-84 longitude and latitude; are they swapped?"), "lon")
    return lon, lat


def amend(incident: Incident, actor: Account | None, **changes: Any) -> Incident:
    """Correct any of `AMENDABLE` and log each value before and after; nothing changed, nothing logged.

    Raises:
        Refused: the incident is closed, or a value is no good.

    """
    unknown = set(changes) - set(AMENDABLE)
    if unknown:
        raise TypeError(f"cannot amend {sorted(unknown)}")
    with transaction.atomic():
        held = hold_live(incident)
        allow(actor, "incidents.take_call", held)
        before = {name: plain(held, name) for name in AMENDABLE}
        apply(held, changes)
        after = {name: plain(held, name) for name in AMENDABLE}
        changed = {name: [before[name], after[name]] for name in AMENDABLE if before[name] != after[name]}
        if changed:
            held.save()
            rearm(held)
            data = {"number": held.number, "changes": changed}
            log.append(Verb.INCIDENT_AMENDED, held, actor=actor, area_code=held.area_code, data=data)
    return held


def plain(incident: Incident, name: str) -> Any:
    """Return a field's value as the log writes it."""
    return incident.type.code if name == "type" else getattr(incident, name)


def apply(incident: Incident, changes: dict[str, Any]) -> None:
    """Put the changes into the incident after checking each."""
    if "address" in changes:
        check_address(changes["address"])
        incident.address = changes["address"].strip()
    if "priority" in changes:
        incident.priority = checked_priority(changes["priority"])
    if "details" in changes:
        incident.details = changes["details"]
    if "type" in changes:
        incident.type = changes["type"]
        incident.source = incident.type.source
    if "lon" in changes or "lat" in changes:
        pin = checked_pin(changes.get("lon"), changes.get("lat"))
        if pin != (incident.lon, incident.lat):
            place(incident, pin)


def note(incident: Incident, text: str, actor: Account | None) -> None:
    """Add a remark to the timeline, also after closing.

    Raises:
        Refused: the remark is empty.

    """
    if not text.strip():
        raise Refused(_("Write the note."), "text")
    with transaction.atomic():
        held = hold(incident)
        allow(actor, "incidents.take_call", held)
        data = {"number": held.number, "text": text.strip()}
        log.append(Verb.INCIDENT_NOTED, held, actor=actor, area_code=held.area_code, data=data)
