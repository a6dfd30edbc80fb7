"""Judges a night by the database alone: what the boards should show, and whether any state was illegal."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row

if TYPE_CHECKING:
    from collections.abc import Iterable

UNITS = """
SELECT u.call_sign, coalesce(a.status, CASE WHEN u.on_duty THEN 'available' ELSE 'off_duty' END) AS state
FROM staff_unit u LEFT JOIN incidents_assignment a ON a.unit_id = u.id AND a.ended_at IS NULL
"""
QUEUE = """
SELECT i.id, u.call_sign, a.status FROM incidents_incident i
LEFT JOIN incidents_assignment a ON a.incident_id = i.id AND a.ended_at IS NULL
LEFT JOIN staff_unit u ON u.id = a.unit_id WHERE i.status <> 'closed'
"""
OVERLAPS = """
SELECT count(*) AS n FROM incidents_assignment a JOIN incidents_assignment b
ON a.unit_id = b.unit_id AND a.id < b.id AND a.assigned_at < b.ended_at AND b.assigned_at < a.ended_at
"""
EVENTS = "SELECT record_type, record_id, verb, data FROM log_event ORDER BY id"
ORDER = ("assigned", "accepted", "en_route", "on_scene", "cleared")


def rows(url: str, query: str) -> list[dict[str, Any]]:
    """Return the rows of a query."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


def truth(url: str) -> dict[str, Any]:
    """What a board should show now."""
    queue: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(url, QUEUE):
        queue[str(row["id"])] |= {row["call_sign"]: row["status"]} if row["call_sign"] else {}
    return {"queue": dict(queue), "units": {row["call_sign"]: row["state"] for row in rows(url, UNITS)}}


def illegal(url: str) -> list[str]:
    """Everything in the log that should not have happened, and overlapping assignments of a unit."""
    events = rows(url, EVENTS)
    found = [] if rows(url, OVERLAPS)[0]["n"] == 0 else ["a unit on two incidents at once"]
    found += assignments(event for event in events if event["record_type"] == "incidents.assignment")
    return found + incidents(events)


def assignments(events: Iterable[dict[str, Any]]) -> list[str]:
    """Assignments that went backwards, said a thing twice, or went on after their end."""
    told: dict[str, list[str]] = defaultdict(list)
    for event in events:
        told[event["record_id"]].append(event["verb"].partition(".")[2])
    return [
        f"assignment {key}: {words}"
        for key, words in told.items()
        if words != sorted(set(words), key=ORDER.index) or words[0] != ORDER[0] or words[-1] != ORDER[-1]
    ]


def incidents(events: list[dict[str, Any]]) -> list[str]:
    """Incidents not reported first or not closed last, and units sent to what was closed."""
    told: dict[str, list[str]] = defaultdict(list)
    for event in events:
        if event["record_type"] == "incidents.incident":
            told[event["record_id"]].append(event["verb"])
        elif event["record_type"] == "incidents.assignment":
            told[str(event["data"]["incident"])].append(event["verb"])
    return [
        f"incident {key}: {verbs}"
        for key, verbs in told.items()
        if verbs[0] != "incident.reported"
        or verbs[-1] != "incident.closed"
        or verbs.count("incident.closed") != 1
        or "assignment.assigned" not in verbs
    ]
