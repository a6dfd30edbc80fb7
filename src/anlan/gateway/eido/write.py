"""Writing an EIDO document."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from anlan.gateway.eido import pidf

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.gateway.eido.report import Emergency, Link, Report, Unit

VERSION = "1.0"
AGENT = "automaton"


def write(report: Report) -> dict[str, Any]:
    """Return the document: every component that the report has something for."""
    found: dict[str, Any] = {
        **prologue(report, report.id),
        "eidoVersion": VERSION,
        "issuingElementIdentification": report.issuer,
        "agencyComponent": agencies(report),
        "agentComponent": [agent(report)],
        "incidentComponent": incident(report),
        "locationComponent": [location(report)],
        "notesComponent": notes(report),
        "cautionComponent": cautions(report),
        "emergencyResourceComponent": [resource(report, unit) for unit in report.units],
        "dispatchComponent": [dispatch(report, unit) for unit in report.units],
        "unitEmergencyStateComponent": [emergency(report, one) for one in report.emergencies],
        "mergeComponent": [merge(report, one) for one in report.merged],
        "linkComponent": [link(report, one) for one in report.linked],
    }
    return {name: value for name, value in found.items() if value != []}


def prologue(report: Report, key: str, at: datetime | None = None) -> dict[str, Any]:
    """Return what every component begins with."""
    return {
        "$id": key,
        "lastUpdateTimeStamp": (at or report.updated).isoformat(),
        "updatedByAgencyReference": ref(report.issuer),
    }


def ref(key: str) -> dict[str, str]:
    """Return a reference to a component of the document."""
    return {"$ref": key}


def part(report: Report, kind: str, at: Any) -> str:
    """Return the id of a component of the document."""
    return f"{report.id}:{kind}:{at}"


def agencies(report: Report) -> list[dict[str, Any]]:
    """Return the agencies; the issuer owns the incident."""
    return [
        {
            **prologue(report, one.id),
            "agencyRoleDescriptionRegistryText": list(one.roles),
            "agencyType": list(one.kinds),
            "incidentOwningAgencyIndicator": one.id == report.issuer,
        }
        for one in report.agencies
    ]


def agent(report: Report) -> dict[str, Any]:
    """Return the one agent that is named: the system itself, so that no colleague is."""
    return {
        **prologue(report, part(report, "agent", AGENT)),
        "agentRoleRegistryText": ["Dispatching"],
        "agencyReference": ref(report.issuer),
    }


def incident(report: Report) -> dict[str, Any]:
    """Return the incident itself."""
    found: dict[str, Any] = {
        **prologue(report, part(report, "incident", report.number)),
        "incidentTypeCommonRegistryText": report.type_common,
        "incidentTypeInternalCode": report.type_code,
        "incidentTypeInternalText": report.type_text,
        "incidentStatusCommonRegistryText": list(report.statuses),
        "incidentStatusInternalText": [report.local_status],
        "internalIncidentId": report.number,
        "locationReference": [ref(part(report, "location", 1))],
        "notesReference": [ref(part(report, "note", at)) for at in range(1, len(report.notes) + 1)],
    }
    if report.priority is not None:
        found["incidentCommonPriorityNumber"] = report.priority
    if report.beat:
        found["beatOrDispatchGroupText"] = report.beat
    if report.disposition:
        found["dispositionComponent"] = [disposition(report)]
    return found


def disposition(report: Report) -> dict[str, Any]:
    """Return how it ended."""
    return {
        **prologue(report, part(report, "disposition", 1)),
        "dispositionCommonRegistryCode": report.disposition,
        "dispositionPrimaryIndicator": True,
        "dispositionDescriptionText": report.disposition_text,
    }


def location(report: Report) -> dict[str, Any]:
    """Return where it is: the address as said, and the pin."""
    found: dict[str, Any] = {
        **prologue(report, part(report, "location", 1)),
        "locationTypeDescriptionRegistryText": "CurrentIncident",
        "locationDescriptionText": report.address,
    }
    if report.lon is not None and report.lat is not None:
        found["locationByValue"] = pidf.write(report.lon, report.lat, report.id)
    if report.cautions:
        found["cautionReference"] = [
            ref(part(report, "caution", at)) for at in range(1, len(report.cautions) + 1)
        ]
    return found


def notes(report: Report) -> list[dict[str, Any]]:
    """Return the remarks, in HTML5 as the standard wants them."""
    return [
        {
            **prologue(report, part(report, "note", at), note.at),
            "notesActionComments": escape(note.text).replace("\n", "<br>"),
        }
        for at, note in enumerate(report.notes, start=1)
    ]


def cautions(report: Report) -> list[dict[str, Any]]:
    """Return the dangers of the place."""
    return [
        {
            **prologue(report, part(report, "caution", at)),
            "cautionTypeInternalText": one.text,
            "cautionTypeCommonRegistryText": "Location",
            "cautionSeverity": "high",
            "cautionSource": report.issuer,
        }
        for at, one in enumerate(report.cautions, start=1)
    ]


def resource(report: Report, unit: Unit) -> dict[str, Any]:
    """Return a unit and its status."""
    return {
        **prologue(report, part(report, "unit", unit.call_sign), unit.at),
        "emergencyResourceName": unit.call_sign,
        "emergencyResourceTypeCommonRegistryText": unit.kind,
        "primaryUnitStatusRegistryText": unit.primary,
        "secondaryUnitStatusRegistryText": list(unit.secondary),
        "unitStatusInternal": [unit.local_status],
        "resourceAttributeRegistryText": ["Other"],
        "resourceAttributeInternalText": list(unit.capabilities),
        "agentReference": [ref(part(report, "agent", AGENT))],
    }


def dispatch(report: Report, unit: Unit) -> dict[str, Any]:
    """Return that a unit was sent, and whose it is."""
    return {
        **prologue(report, part(report, "dispatch", unit.call_sign), unit.at),
        "agencyReference": ref(unit.agency),
        "emergencyResourceReference": [ref(part(report, "unit", unit.call_sign))],
    }


def emergency(report: Report, one: Emergency) -> dict[str, Any]:
    """Return a unit's call for help."""
    found: dict[str, Any] = {
        **prologue(report, part(report, "emergency", one.call_sign), one.started),
        "severity": "highest",
        "originatingDevice": one.call_sign,
        "startTimestamp": one.started.isoformat(),
    }
    for name, at in (("acknowledgementTimestamp", one.acknowledged), ("stopTimestamp", one.stopped)):
        if at is not None:
            found[name] = at.isoformat()
    return found


def merge(report: Report, one: Link) -> dict[str, Any]:
    """Return a merged incident."""
    return {
        **prologue(report, part(report, "merge", one.incident)),
        "incidentTrackingIdentifier": one.incident,
        "incidentMergeDirectionCode": one.direction,
    }


def link(report: Report, one: Link) -> dict[str, Any]:
    """Return a linked incident."""
    return {
        **prologue(report, part(report, "link", one.incident)),
        "incidentTrackingIdentifier": one.incident,
        "linkDirectionCode": one.direction,
        "transactionReasonText": one.reason,
        "involvedAgencyReference": ref(report.issuer),
    }
