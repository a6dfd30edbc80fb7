"""The state of incidents and units at every moment, folded from events of the log: a pure function.

An event is applied in the order in which it was written. What an incident or a unit looked like between two
events that touch it is a span; the last span of each is its state at the end, equal to the database's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

ENDED = {"cleared", "cancelled"}
AVAILABLE, OFF_DUTY = "available", "off_duty"
Key = tuple[str, int]


@dataclass(frozen=True)
class Fact:
    """An event as the fold needs it."""

    at: datetime
    verb: str
    record: int
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """What a record looked like from `begin` until `end` (None: to the end of what was read)."""

    begin: datetime
    end: datetime | None
    facts: dict[str, Any]


@dataclass(frozen=True)
class Night:
    """Spans by incident and by unit."""

    incidents: dict[int, list[Span]]
    units: dict[int, list[Span]]

    def at(self, moment: datetime) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
        """Return what incidents and units looked like at a moment."""
        found = [
            {
                key: span.facts
                for key, spans in some.items()
                for span in spans
                if span.begin <= moment and (span.end is None or moment < span.end)
            }
            for some in (self.incidents, self.units)
        ]
        return found[0], found[1]

    def last(self) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
        """Return the state after the last event."""
        return tuple(
            {key: spans[-1].facts for key, spans in some.items()} for some in (self.incidents, self.units)
        )  # type: ignore[return-value]


@dataclass
class _State:
    """Everything as it stands after some events."""

    duty: dict[int, bool]
    incidents: dict[int, dict[str, Any]] = field(default_factory=dict)
    open: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    """By assignment: incident, unit, status."""

    def incident(self, key: int) -> dict[str, Any]:
        """Return an incident with its status, which is derived from its assignments unless it is closed."""
        facts = dict(self.incidents[key])
        statuses = {status for incident, _unit, status in self.open.values() if incident == key}
        if facts.pop("closed"):
            facts["status"] = "closed"
        elif "on_scene" in statuses:
            facts["status"] = "on_scene"
        else:
            facts["status"] = "dispatched" if statuses else "open"
        return facts

    def unit(self, key: int) -> dict[str, Any]:
        """Return a unit's state and incident, derived from its open assignment."""
        mine = [(incident, status) for incident, unit, status in self.open.values() if unit == key]
        if mine:
            return {"state": mine[-1][1], "incident": mine[-1][0]}
        return {"state": AVAILABLE if self.duty.get(key, True) else OFF_DUTY, "incident": None}


def _reported(state: _State, fact: Fact) -> list[Key]:
    told = {name: fact.data.get(name) for name in ("number", "type", "priority", "lon", "lat")}
    state.incidents[fact.record] = told | {"closed": False, "disposition": "", "level": 0}
    return [("incident", fact.record)]


def _amended(state: _State, fact: Fact) -> list[Key]:
    if fact.record in state.incidents:
        known = state.incidents[fact.record]
        known |= {name: pair[1] for name, pair in fact.data["changes"].items() if name in known}
    return [("incident", fact.record)]


def _closed(state: _State, fact: Fact) -> list[Key]:
    if fact.record in state.incidents:
        state.incidents[fact.record] |= {"closed": True, "disposition": fact.data["disposition"]}
    return [("incident", fact.record)]


def _reopened(state: _State, fact: Fact) -> list[Key]:
    if fact.record in state.incidents:
        state.incidents[fact.record] |= {"closed": False, "disposition": ""}
    return [("incident", fact.record)]


def _levelled(state: _State, fact: Fact) -> list[Key]:
    if fact.record in state.incidents:
        state.incidents[fact.record]["level"] = fact.data["level"]
    return [("incident", fact.record)]


def _assignment(state: _State, fact: Fact) -> list[Key]:
    status = fact.verb.partition(".")[2]
    incident, unit = int(fact.data["incident"]), int(fact.data["unit_id"])
    if status in ENDED:
        state.open.pop(fact.record, None)
    else:
        state.open[fact.record] = (incident, unit, status)
    return [("incident", incident), ("unit", unit)]


def _duty(state: _State, fact: Fact) -> list[Key]:
    state.duty[fact.record] = fact.verb == Verb.UNIT_ON_DUTY
    return [("unit", fact.record)]


APPLY: dict[str, Callable[[_State, Fact], list[Key]]] = {
    Verb.INCIDENT_REPORTED: _reported,
    Verb.INCIDENT_AMENDED: _amended,
    Verb.INCIDENT_CLOSED: _closed,
    Verb.INCIDENT_REOPENED: _reopened,
    Verb.LEVEL_CHANGED: _levelled,
    Verb.UNIT_ASSIGNED: _assignment,
    Verb.ASSIGNMENT_ACCEPTED: _assignment,
    Verb.ASSIGNMENT_EN_ROUTE: _assignment,
    Verb.ASSIGNMENT_ON_SCENE: _assignment,
    Verb.ASSIGNMENT_CLEARED: _assignment,
    Verb.ASSIGNMENT_CANCELLED: _assignment,
    Verb.UNIT_ON_DUTY: _duty,
    Verb.UNIT_OFF_DUTY: _duty,
}


def night(events: Iterable[Fact], duty: Mapping[int, bool], begin: datetime) -> Night:
    """Fold events (in the order written) into spans; `duty` says which units were on duty at `begin`."""
    state = _State(dict(duty))
    spans: dict[Key, list[Span]] = defaultdict(list)
    for unit in duty:
        spans["unit", unit].append(Span(begin, None, state.unit(unit)))
    for fact in events:
        apply = APPLY.get(fact.verb)
        for key in apply(state, fact) if apply else ():
            _add(spans[key], fact.at, state, key)
    found: dict[str, dict[int, list[Span]]] = {"incident": {}, "unit": {}}
    for (kind, number), rows in spans.items():
        if rows:
            found[kind][number] = rows
    return Night(found["incident"], found["unit"])


def _add(rows: list[Span], at: datetime, state: _State, key: Key) -> None:
    """Close the span that runs and begin another, if anything is different."""
    kind, number = key
    if kind == "incident" and number not in state.incidents:
        return
    facts = state.incident(number) if kind == "incident" else state.unit(number)
    if rows:
        before = rows[-1]
        if before.facts == facts:
            return
        rows[-1] = Span(before.begin, at, before.facts)
    rows.append(Span(at, None, facts))
