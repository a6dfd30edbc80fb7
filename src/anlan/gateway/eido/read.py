"""Reading an EIDO document: place, type, remarks; parts about persons and vehicles are left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from anlan.gateway.eido import pidf

LARGEST = 1024 * 1024
ISSUER = "issuingElementIdentification"
LEFT_OUT = (
    "personComponent",
    "vehicleComponent",
    "callComponent",
    "callbackComponent",
    "agentComponent",
    "additionalDataComponent",
    "mediaComponent",
    "itemComponent",
    "organizationComponent",
    "alarmsSensorsComponent",
    "sharedCommunicationResourceComponent",
    "externalInformationSourceComponent",
)
"""Components that are never read: they are about persons, vehicles, calls, or lead to such data."""

LONGEST_ID, LONGEST_ADDRESS, LONGEST_NOTE, MOST_NOTES = 256, 300, 1000, 50


class EidoError(ValueError):
    """A document that cannot be taken; `field` is the path to what is at fault."""

    def __init__(self, field: str, message: str) -> None:
        """Keep where and why."""
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True)
class Received:
    """What is kept of a document, and how many components were left out."""

    id: str
    issuer: str
    number: str
    type_common: str
    type_code: str
    type_text: str
    priority: int | None
    statuses: tuple[str, ...]
    address: str
    lon: float | None
    lat: float | None
    notes: tuple[str, ...]
    cautions: tuple[str, ...]
    updated: datetime
    left_out: int


def read(body: bytes) -> Received:
    """Return what a document says of its incident.

    Raises:
        EidoError: naming the element and what it should be.

    """
    found = _document(body)
    left_out = _left_out(found)
    incident = _object(found, "incidentComponent", required=True)
    (lon, lat), address = _place(found, incident)
    return Received(
        id=_text(found, "$id", "$id", LONGEST_ID, required=True),
        issuer=_text(found, ISSUER, ISSUER, LONGEST_ID, required=True),
        number=_of_incident(incident, "internalIncidentId", 80),
        type_common=_of_incident(incident, "incidentTypeCommonRegistryText", 80, required=True),
        type_code=_of_incident(incident, "incidentTypeInternalCode", 80),
        type_text=_of_incident(incident, "incidentTypeInternalText", 200),
        priority=_priority(incident),
        statuses=_texts(incident, "incidentStatusCommonRegistryText", "incidentComponent"),
        address=address,
        lon=lon,
        lat=lat,
        notes=_notes(found, incident),
        cautions=_cautions(found),
        updated=_moment(found),
        left_out=left_out,
    )


def _of_incident(incident: dict[str, Any], name: str, longest: int, *, required: bool = False) -> str:
    return _text(incident, name, f"incidentComponent.{name}", longest, required=required)


def _document(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST:
        raise EidoError("body", f"at most {LARGEST} bytes")
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise EidoError("body", "expected JSON in UTF-8") from error
    if not isinstance(found, dict):
        raise EidoError("body", "expected one EIDO document")
    if found.get("eidoVersion") != "1.0":
        raise EidoError("eidoVersion", 'expected "1.0"')
    return found


def _left_out(found: dict[str, Any]) -> int:
    parts = [found.pop(name, None) for name in LEFT_OUT]
    return sum(len(one) if isinstance(one, list) else 1 for one in parts if one is not None)


def _object(found: dict[str, Any], name: str, *, required: bool = False) -> dict[str, Any]:
    value = found.get(name)
    if isinstance(value, dict) or (value is None and not required):
        return value or {}
    raise EidoError(name, "expected an object" if value is not None else "missing")


def _list(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = found.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise EidoError(name, "expected a list of objects")
    return value


def _text(found: dict[str, Any], name: str, path: str, longest: int, *, required: bool = False) -> str:
    value = found.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or "\0" in value:
        raise EidoError(path, "expected a text" if value is not None else "missing")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise EidoError(path, "half a surrogate pair is no text") from error
    if len(value) > longest or (required and not value.strip()):
        raise EidoError(path, f"expected 1 to {longest} characters")
    return value.strip()


def _texts(found: dict[str, Any], name: str, path: str) -> tuple[str, ...]:
    value = found.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise EidoError(f"{path}.{name}", "expected a list of texts")
    return tuple(value)


def _priority(incident: dict[str, Any]) -> int | None:
    value = incident.get("incidentCommonPriorityNumber")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise EidoError("incidentComponent.incidentCommonPriorityNumber", "expected a whole number")
    return value


def _moment(found: dict[str, Any]) -> datetime:
    path = "lastUpdateTimeStamp"
    try:
        at = datetime.fromisoformat(_text(found, path, path, 64, required=True))
    except ValueError as error:
        if isinstance(error, EidoError):
            raise
        raise EidoError(path, "expected ISO 8601 with its time zone") from error
    if at.tzinfo is None:
        raise EidoError(path, "expected ISO 8601 with its time zone")
    return at


def _wanted(
    found: dict[str, Any], name: str, owner: dict[str, Any], reference: str
) -> list[tuple[str, dict[str, Any]]]:
    """Return the components that the owner refers to, with their paths; all where it refers to none."""
    listed = [(f"{name}[{at}]", one) for at, one in enumerate(_list(found, name))]
    keys = [one.get("$ref") for one in _list(owner, reference)]
    return [(path, one) for path, one in listed if one.get("$id") in keys] if keys else listed


def _place(found: dict[str, Any], incident: dict[str, Any]) -> tuple[tuple[float | None, float | None], str]:
    pin: tuple[float, float] | None = None
    address = ""
    for path, one in _wanted(found, "locationComponent", incident, "locationReference"):
        if one.get("locationTypeDescriptionRegistryText") in {"Caller", "TowerLocation", "UnitLocation"}:
            continue
        said = _text(one, "locationDescriptionText", f"{path}.locationDescriptionText", LONGEST_ADDRESS)
        value = _text(one, "locationByValue", f"{path}.locationByValue", pidf.LARGEST)
        try:
            point, civic = pidf.read(value) if value else (None, "")
        except ValueError as error:
            raise EidoError(f"{path}.locationByValue", str(error)) from error
        pin, address = pin or point, address or said or civic
    return pin or (None, None), address[:LONGEST_ADDRESS]


def _notes(found: dict[str, Any], incident: dict[str, Any]) -> tuple[str, ...]:
    listed = _wanted(found, "notesComponent", incident, "notesReference")
    texts = [
        plain(_text(one, "notesActionComments", f"{path}.notesActionComments", 100_000, required=True))
        for path, one in listed[:MOST_NOTES]
    ]
    return tuple(text[:LONGEST_NOTE] for text in texts if text)


def _cautions(found: dict[str, Any]) -> tuple[str, ...]:
    name = "cautionTypeInternalText"
    texts = [
        _text(one, name, f"cautionComponent[{at}].{name}", 500, required=True)
        for at, one in enumerate(_list(found, "cautionComponent")[:MOST_NOTES])
    ]
    return tuple(texts)


class _Words(HTMLParser):
    """Collects the words of HTML, leaving out scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at a break, fall silent in a script."""
        del attrs
        self.silent += tag in {"script", "style"}
        if tag in {"br", "p", "div", "li"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Speak again after a script."""
        self.silent -= tag in {"script", "style"} and self.silent > 0

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self.silent:
            self.words.append(data)


def plain(html: str) -> str:
    """Return HTML5 as plain text."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "".join(reader.words).strip()
