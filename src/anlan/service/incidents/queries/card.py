"""One incident: its facts, who is on it, its timeline from the log, and what is known of the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from anlan.service.incidents.models import Assignment, Incident, Linkage
from anlan.service.incidents.queries import linkage
from anlan.service.incidents.queries.near import Spot, duplicates, history, premises
from anlan.service.log.models import Event

if TYPE_CHECKING:
    from anlan.service.places.models import Premises
    from anlan.service.staff.models import Account


@dataclass(frozen=True)
class Card:
    """What the incident card shows."""

    incident: Incident
    assignments: list[Assignment]
    timeline: list[Event]
    duplicates: list[Incident]
    history: list[Incident]
    premises: list[Premises]
    linkages: list[Linkage]

    @property
    def active(self) -> list[Assignment]:
        """The assignments that have not ended."""
        return [assignment for assignment in self.assignments if assignment.ended_at is None]

    @property
    def owner(self) -> Linkage | None:
        """The handover by which a partner agency owns the incident."""
        return linkage.owner(self.linkages)


def card(incident: Incident, account: Account) -> Card:
    """Return the card of an incident."""
    spot = Spot(incident.address, incident.lon, incident.lat, incident.type.code)
    closed = incident.status == Incident.Status.CLOSED
    return Card(
        incident=incident,
        assignments=list(incident.assignments.select_related("unit")),
        timeline=timeline(incident),
        duplicates=[] if closed else duplicates(incident.county, account, spot, apart_from=incident.pk),
        history=history(incident.county, account, spot, apart_from=incident.pk),
        premises=premises(incident.county, account, spot),
        linkages=linkage.of_incident(incident),
    )


def timeline(incident: Incident) -> list[Event]:
    """Return the events of the incident, its assignments and its linkages, newest first."""
    assignments = [str(pk) for pk in incident.assignments.values_list("pk", flat=True)]
    own = Q(record_type=Incident._meta.label_lower, record_id=str(incident.pk))
    theirs = Q(record_type=Assignment._meta.label_lower, record_id__in=assignments)
    linkages = [str(pk) for pk in incident.linkages.values_list("pk", flat=True)]
    asked = Q(record_type=Linkage._meta.label_lower, record_id__in=linkages)
    return list(Event.objects.filter(own | theirs | asked).select_related("actor").order_by("-at", "-pk"))
