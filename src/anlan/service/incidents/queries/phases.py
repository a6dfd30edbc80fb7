"""The timeline of one incident: every event with the time since the one before, and each unit's phases."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from anlan.service.incidents.queries.card import timeline as events_of

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.incidents.models import Assignment, Incident
    from anlan.service.log.models import Event

WIDTH, ROW = 600.0, 22.0
PHASES = (
    ("turnout", "assigned_at", "en_route_at"),
    ("travel", "en_route_at", "on_scene_at"),
    ("scene", "on_scene_at", "ended_at"),
)


@dataclass(frozen=True)
class Step:
    """An event, how long after the report it came, and how long after the event before it."""

    event: Event
    after: float
    gap: float | None


@dataclass(frozen=True)
class Bar:
    """A phase of a unit as a part of the drawing."""

    kind: str
    x: float
    width: float
    seconds: float


@dataclass(frozen=True)
class Lane:
    """One assignment with its phases; `y` is where its lane begins."""

    assignment: Assignment
    bars: list[Bar]
    y: float

    @property
    def text_y(self) -> float:
        """Where the call sign stands."""
        return self.y + 14


@dataclass(frozen=True)
class Timeline:
    """What the page shows."""

    steps: list[Step]
    lanes: list[Lane]
    seconds: float
    height: float


def timeline(incident: Incident) -> Timeline:
    """Return the timeline of an incident."""
    events = sorted(events_of(incident), key=lambda event: (event.at, event.pk))
    end = incident.closed_at or timezone.now()
    if events:
        end = max(end, events[-1].at)
    whole = max((end - incident.received_at).total_seconds(), 1.0)
    rows = list(incident.assignments.select_related("unit").order_by("assigned_at", "pk"))
    lanes = [
        Lane(row, bars(row, incident.received_at, end, whole), number * ROW)
        for number, row in enumerate(rows)
    ]
    return Timeline(steps(incident, events), lanes, whole, max(len(lanes) * ROW, ROW))


def steps(incident: Incident, events: list[Event]) -> list[Step]:
    """Return the events with their distances."""
    apart = [(later.at - one.at).total_seconds() for one, later in pairwise(events)]
    gaps: list[float | None] = [None, *apart][: len(events)]
    begin = incident.received_at
    return [
        Step(event, max((event.at - begin).total_seconds(), 0.0), gap)
        for event, gap in zip(events, gaps, strict=True)
    ]


def bars(row: Assignment, begin: datetime, end: datetime, whole: float) -> list[Bar]:
    """Return the phases of an assignment; a stage that was skipped belongs to the phase before it."""
    times: dict[str, Any] = {name: getattr(row, name) for _kind, name, _next in PHASES}
    known = [(kind, times[name]) for kind, name, _next in PHASES if times[name] is not None]
    ends = [*(at for _kind, at in known[1:]), row.ended_at or end]
    return [
        Bar(
            kind,
            round((at - begin).total_seconds() / whole * WIDTH, 1),
            max(round((until - at).total_seconds() / whole * WIDTH, 1), 1.0),
            (until - at).total_seconds(),
        )
        for (kind, at), until in zip(known, ends, strict=True)
    ]
