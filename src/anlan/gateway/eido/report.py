"""An incident as it is exchanged: what happened where, who is on it. No field is about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Agency:
    """An agency by its globally unique id, with its roles and kinds as the registries name them."""

    id: str
    roles: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A unit sent: its call sign, what it is, its status in common and in local words, and since when."""

    call_sign: str
    agency: str
    kind: str
    primary: str
    secondary: tuple[str, ...]
    local_status: str
    at: datetime
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Emergency:
    """A unit's call for help: the unit, when it began, when it was acknowledged and ended."""

    call_sign: str
    started: datetime
    acknowledged: datetime | None = None
    stopped: datetime | None = None


@dataclass(frozen=True)
class Note:
    """A remark with its time."""

    text: str
    at: datetime


@dataclass(frozen=True)
class Caution:
    """A danger of the place."""

    text: str


@dataclass(frozen=True)
class Link:
    """Another incident: merged (REPLACING, REPLACED) or linked (PARENT, CHILD, RELATED), with the reason."""

    incident: str
    direction: str
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """One incident."""

    id: str
    issuer: str
    number: str
    updated: datetime
    received: datetime | None
    type_common: str
    type_code: str
    type_text: str
    priority: int | None
    statuses: tuple[str, ...]
    local_status: str
    address: str
    lon: float | None = None
    lat: float | None = None
    beat: str = ""
    disposition: str = ""
    disposition_text: str = ""
    agencies: tuple[Agency, ...] = ()
    units: tuple[Unit, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    notes: tuple[Note, ...] = ()
    cautions: tuple[Caution, ...] = ()
    merged: tuple[Link, ...] = ()
    linked: tuple[Link, ...] = ()
