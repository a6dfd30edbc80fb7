"""Taking an incident that a neighbour hands over as an EIDO document."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from anlan.service.incidents.domain.calls import note, take_call
from anlan.service.incidents.domain.feeds import NAMESPACE, Taken
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import FeedMessage, Incident, Priority
from anlan.service.incidents.queries.types import find_type
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from anlan.gateway.eido import Received
    from anlan.service.incidents.models import Feed, IncidentType
    from anlan.service.staff.models import Account

LONGEST = 4000
ENDED = {"Closed", "Cancelled"}


def take_document(feed: Feed, key: uuid.UUID, found: Received) -> Taken:
    """Make a neighbour's document an incident, or join it to the one made of an earlier version of it.

    Raises:
        Refused: it says nowhere where the incident is.

    """
    earlier = feed.messages.filter(foreign_id=found.id, incident__isnull=False).select_related("incident")
    known = earlier.first()
    facts = {"foreign_id": found.id, "dropped": found.left_out}
    if known is not None and known.incident is not None:
        note(known.incident, in_words(found)[:1000], None)
        return Taken(FeedMessage.Outcome.ATTACHED, known.incident, **facts)
    if ENDED & set(found.statuses):
        return Taken(FeedMessage.Outcome.NOTHING, **facts)
    incident = record(found, feed.county, feed.type, key, None)
    return Taken(FeedMessage.Outcome.NEW, incident, **facts)


def import_file(found: Received, county: str, fallback: IncidentType, actor: Account) -> Incident:
    """Take a document that a colleague uploads; the same document again returns the incident it made.

    Raises:
        Refused: it says nowhere where the incident is.
        PermissionDenied: the actor may not take calls there.

    """
    key = uuid.uuid5(NAMESPACE, f"eido:{county}:{found.id}")
    with transaction.atomic():
        known = Incident.objects.filter(client_key=key).first()
        return known or record(found, county, fallback, key, actor)


def record(
    found: Received, county: str, fallback: IncidentType, key: uuid.UUID, actor: Account | None
) -> Incident:
    """Take the incident and log where it came from and how much was left out."""
    if not found.address and found.lon is None:
        raise Refused(_("The document says nowhere where the incident is."), "locationComponent")
    incident = take_call(
        actor,
        county=county,
        address=found.address or f"{found.lon:.5f}, {found.lat:.5f}",
        type=find_type(county, found.type_code) or fallback,
        priority=found.priority if found.priority in Priority.values else None,
        details=in_words(found),
        lon=found.lon,
        lat=found.lat,
        channel=Incident.Channel.PARTNER,
        client_key=key,
    )
    data = {"number": incident.number, "from": found.issuer, "id": found.id, "left_out": found.left_out}
    log.append(Verb.EIDO_IMPORTED, incident, actor=actor, area_code=incident.area_code, data=data)
    return incident


def in_words(found: Received) -> str:
    """Return who hands it over, as what, with which remarks and dangers."""
    kind = found.type_text or found.type_common
    lines = [
        _("From %(issuer)s, there %(number)s: %(kind)s")
        % {"issuer": found.issuer, "number": found.number or found.id, "kind": kind},
        *(_("Caution: %(text)s") % {"text": text} for text in found.cautions),
        *found.notes,
    ]
    if found.statuses:
        lines.insert(1, ", ".join(found.statuses))
    return "\n".join(lines)[:LONGEST]
