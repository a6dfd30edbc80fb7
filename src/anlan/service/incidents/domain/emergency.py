"""An officer's emergency: an incident of its own, atop the queue until the duty room has heard it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.service.incidents.domain.calls import facts_of, place
from anlan.service.incidents.domain.guard import allow, allow_crew, hold
from anlan.service.incidents.domain.numbers import next_number
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import (
    Category,
    Emergency,
    EmergencyPress,
    Incident,
    IncidentType,
    Priority,
    Source,
)
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Capability, Unit

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from anlan.service.staff.models import Account

TYPE_CODE = "officer-emergency"
BUILT_IN = {
    "name": "民警遇险",
    "name_en": "Officer emergency",
    "category": Category.RESCUE,
    "priority": Priority.EMERGENCY,
    "source": Source.OFFICER,
    "capabilities": [Capability.PATROL, Capability.ARMED],
    "units_needed": 3,
}
"""The type as it is made when it is first needed; not in the taxonomy, because no caller reports it."""


@dataclass(frozen=True)
class Where:
    """Where the officer is, as far as it is known, and the time of that position."""

    pin: tuple[float, float] | None
    at: datetime | None


def emergency(
    unit: Unit,
    lon: float | None,
    lat: float | None,
    actor: Account | None,
    client_key: uuid.UUID,
    *,
    at: datetime | None = None,
) -> Incident:
    """Raise the unit's emergency and return its incident, of priority 1 and at the top of the queue.

    Nothing about the input refuses it: a position that is missing or no place on Earth is replaced by the
    unit's last one; off duty it counts as well. The same `client_key` again changes nothing. Another press
    while the unit's emergency is open moves its pin and must be acknowledged anew; it makes no second one.

    Raises:
        PermissionDenied: the actor is neither of the crew nor a dispatcher of the area.

    """
    allow_crew(actor, unit, unit)
    where = whereabouts(unit, lon, lat, at)
    try:
        with transaction.atomic():
            return pressed_before(client_key) or press(unit, where, actor, client_key)
    except IntegrityError:
        again = pressed_before(client_key)
        if again is None:
            raise
        return again


def whereabouts(unit: Unit, lon: float | None, lat: float | None, at: datetime | None) -> Where:
    """Return the position sent if it is one, else the unit's last, else none."""
    if lon is not None and lat is not None and on_earth(lon, lat):
        return Where((lon, lat), at or timezone.now())
    last = getattr(Unit.objects.select_related("position").get(pk=unit.pk), "position", None)
    return Where(None, None) if last is None else Where((last.lon, last.lat), last.at)


def on_earth(lon: float, lat: float) -> bool:
    """Whether this is a WGS-84 position."""
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90


def pressed_before(client_key: uuid.UUID) -> Incident | None:
    """Return the incident of a press that came already."""
    found = EmergencyPress.objects.filter(pk=client_key).select_related("emergency__incident").first()
    return None if found is None else found.emergency.incident


def press(unit: Unit, where: Where, actor: Account | None, client_key: uuid.UUID) -> Incident:
    """Press again on the open emergency of the unit, or raise one; the unit's row keeps two presses apart."""
    held = Unit.objects.select_for_update().get(pk=unit.pk)
    open_one = held.emergencies.exclude(incident__status=Incident.Status.CLOSED).first()
    row = raised(held, where, actor) if open_one is None else again(open_one, where)
    EmergencyPress.objects.create(client_key=client_key, emergency=row)
    incident: Incident = row.incident
    data = {
        "number": incident.number,
        "unit": held.call_sign,
        "unit_id": held.pk,
        "lon": incident.lon,
        "lat": incident.lat,
        "fix_at": row.fix_at,
        "presses": row.presses,
    }
    log.append(Verb.EMERGENCY_RAISED, incident, actor=actor, area_code=incident.area_code, data=data)
    return incident


def raised(unit: Unit, where: Where, actor: Account | None) -> Emergency:
    """Make the incident of a first press."""
    now = timezone.now()
    county = unit.area_code[:6]
    incident = Incident(
        county=county, type=emergency_type(county), priority=Priority.EMERGENCY, source=Source.OFFICER,
        channel=Incident.Channel.PATROL, address=address_of(unit), received_at=now, waiting_since=now,
        taken_by=actor,
    )  # fmt: skip
    pin_at(incident, unit, where)
    incident.number = next_number(county, now)
    incident.save()
    log.append(
        Verb.INCIDENT_REPORTED, incident, actor=actor, area_code=incident.area_code, data=facts_of(incident)
    )
    return Emergency.objects.create(
        incident=incident, unit=unit, area_code=incident.area_code, pressed_at=now, fix_at=where.at
    )


def again(row: Emergency, where: Where) -> Emergency:
    """Count another press: where the officer is now, and to be heard anew."""
    incident = hold(row.incident)
    if where.pin is not None:
        pin_at(incident, row.unit, where)
        incident.save(update_fields=["lon", "lat", "area_code", "grid_code", "beat_code"])
        row.fix_at = where.at
    row.incident, row.area_code = incident, incident.area_code
    row.presses += 1
    row.acknowledged_at = row.acknowledged_by = None
    row.save()
    return row


def pin_at(incident: Incident, unit: Unit, where: Where) -> None:
    """Set the pin; without one the incident lies in the unit's area."""
    place(incident, where.pin)
    if where.pin is None:
        incident.area_code = unit.area_code


def address_of(unit: Unit) -> str:
    """Return in words where the officer was sent, for whoever cannot see a map."""
    current = unit.assignments.filter(ended_at=None).select_related("incident").first()
    if current is None:
        return _("Officer of %(unit)s") % {"unit": unit.call_sign}
    facts = {"unit": unit.call_sign, "number": current.incident.number, "address": current.incident.address}
    return (_("Officer of %(unit)s, on incident %(number)s: %(address)s") % facts)[:300]


def emergency_type(county: str) -> IncidentType:
    """Return the type of these incidents: the county's own, else the shared one, made if it is missing."""
    rows = IncidentType.objects.filter(code=TYPE_CODE, county__in=("", county)).order_by("-county")
    return rows.first() or IncidentType.objects.get_or_create(county="", code=TYPE_CODE, defaults=BUILT_IN)[0]


def acknowledge_emergency(incident: Incident, actor: Account | None) -> Emergency:
    """Note that the duty room has heard the emergency; said again it changes nothing.

    Raises:
        Refused: the incident is no officer's emergency.
        PermissionDenied: the actor does not dispatch there.

    """
    with transaction.atomic():
        held = hold(incident)
        allow(actor, "incidents.dispatch", held)
        row = Emergency.objects.select_related("unit").filter(incident=held).first()
        if row is None:
            raise Refused(_("Incident %(number)s is no officer's emergency.") % {"number": held.number})
        heard = Emergency.objects.filter(pk=row.pk, acknowledged_at=None)
        if heard.update(acknowledged_at=timezone.now(), acknowledged_by=actor) == 1:
            data = {"number": held.number, "unit": row.unit.call_sign, "unit_id": row.unit_id}
            log.append(Verb.EMERGENCY_HEARD, held, actor=actor, area_code=held.area_code, data=data)
        row.refresh_from_db()
    return row


def check_heard(incident: Incident) -> None:
    """Refuse to close an emergency that nobody in the duty room has acknowledged."""
    if Emergency.objects.filter(incident=incident, acknowledged_at=None).exists():
        raise Refused(_("Acknowledge the officer's emergency first: ack %(number)s.")
                      % {"number": incident.number})  # fmt: skip
