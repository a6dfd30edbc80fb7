"""PIDF-LO (RFC 5139, 5491): a place as XML inside the document."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

NAMESPACES = {
    "": "urn:ietf:params:xml:ns:pidf",
    "gp": "urn:ietf:params:xml:ns:pidf:geopriv10",
    "gml": "http://www.opengis.net/gml",
    "dm": "urn:ietf:params:xml:ns:pidf:data-model",
    "ca": "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr",
}
POINTS = {"Point", "Circle", "Ellipse", "ArcBand", "Sphere"}
CIVIC = (
    "country", "A1", "A2", "A3", "A4", "A5", "A6", "PRD", "RD", "STS", "HNO", "HNS", "LMK", "BLD",
    "FLR", "LOC",
)  # fmt: skip
LARGEST = 20_000


def write(lon: float, lat: float, entity: str) -> str:
    """Return the location object of a point; `entity` names the incident, never a person."""
    return (
        f'<presence xmlns="{NAMESPACES[""]}" xmlns:dm="{NAMESPACES["dm"]}" xmlns:gp="{NAMESPACES["gp"]}"'
        f' xmlns:gml="{NAMESPACES["gml"]}" entity="{entity}"><dm:device id="incident"><gp:geopriv>'
        '<gp:location-info><gml:Point srsName="urn:ogc:def:crs:EPSG::4326">'
        f"<gml:pos>{lat!r} {lon!r}</gml:pos></gml:Point></gp:location-info>"
        "<gp:usage-rules/></gp:geopriv></dm:device></presence>"
    )


def read(text: str) -> tuple[tuple[float, float] | None, str]:
    """Return the (longitude, latitude), None for none, and the civic address in words of an object.

    Raises:
        ValueError: it is no XML, too large, defines entities, or its position is none on Earth.

    """
    if len(text) > LARGEST:
        raise ValueError(f"a location object of more than {LARGEST} characters")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("a location object must not define entities")
    try:
        root = ET.fromstring(text)  # noqa: S314  small, and entities were refused above
    except ET.ParseError as error:
        raise ValueError(f"the location object is no XML: {error}") from error
    return _point(root), _civic(root)


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _point(root: ET.Element) -> tuple[float, float] | None:
    for shape in root.iter():
        if _local(shape) in POINTS:
            for inner in shape.iter():
                if _local(inner) == "pos":
                    return _position(inner.text or "")
    return None


def _position(text: str) -> tuple[float, float]:
    try:
        lat, lon = (float(part) for part in text.split()[:2])
    except ValueError as error:
        raise ValueError(f"pos {text!r}: expected latitude and longitude") from error
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise ValueError(f"pos {text!r}: no latitude and longitude")
    return lon, lat


def _civic(root: ET.Element) -> str:
    for address in root.iter():
        if _local(address) == "civicAddress":
            parts = {_local(part): (part.text or "").strip() for part in address}
            return " ".join(parts[name] for name in CIVIC if parts.get(name))
    return ""
