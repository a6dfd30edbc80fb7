"""The outbox: each event that an agency may know becomes a message in the very transaction of the event."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from anlan.gateway import eido, webhooks
from anlan.service.incidents.models import Delivery, Endpoint, Incident, Linkage
from anlan.service.incidents.queries.eido import part
from anlan.service.incidents.queries.linkage import shared
from anlan.service.log.domain import plain
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from anlan.service.log.models import Event

NAMESPACE = uuid.UUID("0b1f5a52-1f0a-5a0c-9d49-6a2f2f2f6f10")
TOLD = (
    Verb.LINKAGE_OFFERED,
    Verb.LINKAGE_ACCEPTED,
    Verb.LINKAGE_REFUSED,
    Verb.LINKAGE_RETURNED,
    Verb.LINKAGE_COMPLETED,
    Verb.LINKAGE_WITHDRAWN,
    Verb.LINKAGE_PASSED_ON,
    Verb.LINKAGE_OVERDUE,
    Verb.LINKAGE_SAID,
    Verb.INCIDENT_AMENDED,
)
"""What an endpoint can be told of."""

WORDS = ("text", "from_agency")
"""What an event adds to the agency's view: a message's words, never what the log says of the incident."""


def enqueue(event: Event) -> None:
    """Write the messages that an event calls for; the log calls this in the event's own transaction."""
    if event.verb not in TOLD:
        return
    endpoints = Endpoint.objects.filter(active=True, area_code__startswith=event.county)
    wanted = [one for one in endpoints.select_related("agency") if event.verb in one.events]
    if wanted:
        by_agency = {linkage.agency_id: linkage for linkage in about(event)}
        for endpoint in wanted:
            if endpoint.agency_id in by_agency:
                write(endpoint, event, by_agency[endpoint.agency_id])


def about(event: Event) -> list[Linkage]:
    """Return the linkages that an event touches: its own, or those open on its incident, newest last."""
    rows = Linkage.objects.select_related("incident__type", "agency").order_by("pk")
    if event.record_type == Linkage._meta.label_lower:
        return list(rows.filter(pk=event.record_id))
    if event.record_type == Incident._meta.label_lower:
        return list(rows.filter(incident=event.record_id, ended_at=None))
    return []


def write(endpoint: Endpoint, event: Event, linkage: Linkage) -> Delivery:
    """Write one message; its id follows from event and endpoint, so that no event is told twice."""
    now = timezone.now()
    return Delivery.objects.create(
        endpoint=endpoint,
        event=event,
        message_id=f"msg_{uuid.uuid5(NAMESPACE, f'{endpoint.pk}:{event.pk}').hex}",
        verb=event.verb,
        body=body(endpoint, event, linkage),
        created_at=now,
        next_at=now,
    )


def body(endpoint: Endpoint, event: Event, linkage: Linkage) -> str:
    """Return what is sent: the agency's own view of the incident, and its messages' words."""
    if endpoint.form == Endpoint.Form.EIDO:
        return json.dumps(eido.write(part(linkage, event.at)), ensure_ascii=False, separators=(",", ":"))
    with override(settings.LANGUAGE_CODE):
        facts: dict[str, Any] = asdict(shared(linkage)) | {"agency": endpoint.agency.code}
    if event.verb == Verb.LINKAGE_SAID:
        facts |= {name: event.data[name] for name in WORDS}
    return webhooks.message(str(event.verb), event.at, plain(facts))
