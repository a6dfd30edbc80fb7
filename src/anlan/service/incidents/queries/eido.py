"""An incident as an EIDO document: in full for the duty room, an agency's part for its webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.gateway import eido
from anlan.service.environment import environment
from anlan.service.incidents.models import Assignment, Incident, Linkage
from anlan.service.incidents.queries.linkage import hazards
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Agency

if TYPE_CHECKING:
    from datetime import datetime

COMMON_TYPES = {
    "eight": "ASSAULT", "robbery": "ROBBERY", "theft": "BURGLARY", "fraud": "FRAUD", "violence": "ASSAULT",
    "damage": "VANDAL", "disorder": "SUSP", "drugs": "DRUGS", "traffic": "THAZ", "fire": "FUNK",
    "rescue": "RESCUE", "help": "CITASST", "city": "PUBWKS", "other": "TROUBLE",
}  # fmt: skip
"""Our categories in the EIDO-IncidentType-Common registry; the county's own code and words go beside it."""

STATUSES = {
    Incident.Status.OPEN: ("Active",),
    Incident.Status.DISPATCHED: ("Active", "ResourcesAssigned"),
    Incident.Status.ON_SCENE: ("Active", "ResourcesOnscene"),
    Incident.Status.CLOSED: ("Closed",),
}
DISPOSITIONS = {
    Incident.Disposition.HANDLED: "18",
    Incident.Disposition.TRANSFERRED: "15",
    Incident.Disposition.NOT_FOUND: "14",
    Incident.Disposition.DUPLICATE: "22",
    Incident.Disposition.FALSE_ALARM: "17",
    Incident.Disposition.CANCELLED: "10",
}
"""Common disposition codes (APCO ANS 1.111.2-2018, as the EIDO registry adopts them)."""

SECONDARY = {
    Assignment.Status.ASSIGNED: "Dispatched",
    Assignment.Status.ACCEPTED: "AcknowledgedTransmission",
    Assignment.Status.EN_ROUTE: "EnRoute",
    Assignment.Status.ON_SCENE: "Arrived",
    Assignment.Status.CLEARED: "Cleared",
    Assignment.Status.CANCELLED: "AssignmentCancelled",
}
RESOURCES = (("fire", "StructureFireEngineType1"), ("medical", "GroundALSAmbulance"), ("armed", "SWAT"))
KINDS = {
    Agency.Kind.POLICE: "police", Agency.Kind.FIRE: "fire", Agency.Kind.MEDICAL: "ambulance",
}  # fmt: skip


def incident_id(county: str, number: str) -> str:
    """Return the globally unique id under which an incident is known to others."""
    return f"urn:emergency:uid:incidentid:{county}-{number}:{environment().eido_domain}"


def issuer(county: str) -> str:
    """Return the id of the duty room that hands incidents out."""
    return f"{county}.{environment().eido_domain}"


def report(incident: Incident) -> eido.Report:
    """Return the whole incident without persons: units, remarks, dangers, links."""
    assignments = list(incident.assignments.select_related("unit__agency"))
    linkages = list(incident.linkages.filter(accepted_at__isnull=False).select_related("agency"))
    noted = events(incident)
    notes = ([eido.Note(incident.details, incident.received_at)] if incident.details else []) + [
        eido.Note(event.data["text"], event.at) for event in noted if event.data.get("text")
    ]
    return eido.Report(
        **facts(incident, max([incident.received_at, *(event.at for event in noted)])),
        agencies=(own(incident.county), *(partner(linkage) for linkage in linkages)),
        units=tuple(unit(incident.county, assignment) for assignment in assignments),
        notes=tuple(notes),
        merged=merged(incident),
    )


def part(linkage: Linkage, at: datetime) -> eido.Report:
    """Return what the agency of a linkage may read, its task as the only remark."""
    return eido.Report(
        **facts(linkage.incident, at),
        agencies=(own(linkage.incident.county), partner(linkage)),
        notes=(eido.Note(linkage.task, linkage.offered_at),),
    )


def facts(incident: Incident, updated: datetime) -> dict[str, Any]:
    """Return what both have in common."""
    disposition = incident.disposition
    return {
        "id": incident_id(incident.county, incident.number),
        "issuer": issuer(incident.county),
        "number": incident.number,
        "updated": updated,
        "received": incident.received_at,
        "type_common": COMMON_TYPES[incident.type.category],
        "type_code": incident.type.code,
        "type_text": incident.type.name,
        "priority": int(incident.priority),
        "statuses": STATUSES[Incident.Status(incident.status)],
        "local_status": str(incident.status),
        "address": incident.address,
        "lon": incident.lon,
        "lat": incident.lat,
        "beat": incident.beat_code,
        "disposition": DISPOSITIONS[Incident.Disposition(disposition)] if disposition else "",
        "disposition_text": str(disposition),
        "cautions": tuple(eido.Caution(f"{name}: {danger}") for name, danger in hazards(incident)),
    }


def own(county: str) -> eido.Agency:
    """Return the duty room as an agency."""
    return eido.Agency(issuer(county), ("CallReceiving", "Dispatching"), ("police",))


def partner(linkage: Linkage) -> eido.Agency:
    """Return a partner as an agency."""
    role = "TransferredTo" if linkage.kind == Linkage.Kind.HANDOVER else "Assisting"
    agency = linkage.agency
    key = f"{agency.code}.{issuer(linkage.incident.county)}"
    return eido.Agency(key, (role,), (KINDS.get(Agency.Kind(agency.kind), "other"),))


def unit(county: str, assignment: Assignment) -> eido.Unit:
    """Return a unit sent."""
    sent = assignment.unit
    at = max(
        moment
        for name in ("assigned_at", "accepted_at", "en_route_at", "on_scene_at", "ended_at")
        if (moment := getattr(assignment, name)) is not None
    )
    kind = next((named for capability, named in RESOURCES if capability in sent.capabilities), "PatrolUnit")
    return eido.Unit(
        call_sign=sent.call_sign,
        agency=issuer(county),
        kind=kind,
        primary="NotAvailable" if assignment.ended_at is None else "Available",
        secondary=(SECONDARY[Assignment.Status(assignment.status)],),
        local_status=str(assignment.status),
        at=at,
        capabilities=tuple(sent.capabilities),
    )


def merged(incident: Incident) -> tuple[eido.Link, ...]:
    """Return the incidents merged with this one as duplicates."""
    found = [
        eido.Link(incident_id(incident.county, number), "REPLACED")
        for number in incident.duplicates.values_list("number", flat=True)
    ]
    if incident.duplicate_of is not None:
        found.append(eido.Link(incident_id(incident.county, incident.duplicate_of.number), "REPLACING"))
    return tuple(found)


def events(incident: Incident) -> list[Event]:
    """Return the incident's events in order."""
    about = Event.objects.filter(record_type=Incident._meta.label_lower, record_id=str(incident.pk))
    return list(about.exclude(verb__in=(Verb.CALLER_READ, Verb.CALLER_PURGED)).order_by("at", "pk"))
