"""The sheet of a watch: what is open at this moment, and what was notable since it began."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from anlan.service.incidents.models import (
    Assignment,
    ContainmentPlan,
    Handover,
    Incident,
    IncidentLevel,
    Linkage,
    Notice,
    ScheduledCall,
    Watch,
)
from anlan.service.incidents.queries.board import queue
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.places.queries.closures import closures_at
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.service.incidents.queries.board import QueueRow
    from anlan.service.staff.models import Account

NOTABLE = (
    Verb.INCIDENT_REOPENED,
    Verb.LEVEL_CHANGED,
    Verb.STANDBY_CALLED,
    Verb.RULE_OVERRIDDEN,
    Verb.CONTAINMENT_APPROVED,
    Verb.CONTAINMENT_ENDED,
    Verb.CLOSURE_ADDED,
    Verb.CLOSURE_ENDED,
    Verb.WATCH_SEIZED,
    Verb.RULE_SWITCHED,
)
EVENTS = 200


def watch_of(county: str) -> Watch | None:
    """Return the watch that holds in a county (its twelve digits)."""
    return Watch.objects.filter(area_code=county, ended_at=None).select_related("commander").first()


def offers(county: str) -> QuerySet[Handover]:
    """Return the county's handovers, the newest first."""
    rows = Handover.objects.filter(area_code=county)
    return rows.select_related("watch__commander", "accepted_by").defer("body")


def sheet(watch: Watch, now: datetime) -> dict[str, Any]:
    """Return the sheet as plain data; each part is a list, empty where there is nothing."""
    county = watch.area_code[:6]
    return {
        "county": county,
        "commander": str(watch.commander),
        "began_at": watch.began_at,
        "offered_at": now,
        "incidents": incidents(county),
        "units": units(county),
        "closures": closures(county, now),
        "levels": levels(county),
        "containments": containments(county),
        "linkages": linkages(county),
        "scheduled": scheduled(county),
        "timers": timers(county),
        "notices": notices(county),
        "figures": figures(county, watch.began_at, now),
        "events": events(county, watch.began_at, now),
    }


def incidents(county: str) -> list[dict[str, Any]]:
    """Return the incidents that are not closed, the most urgent first, with who is on each."""
    rows = sorted(queue(county), key=most_urgent)
    return [
        {
            "number": one.number, "priority": one.priority, "type": one.type.code,
            "name": one.type.name, "name_en": one.type.name_en, "address": one.address,
            "status": one.status, "waiting_since": one.waiting_since,
            "units": [assignment.unit.call_sign for assignment in row.assignments], "late": row.late,
        }
        for row in rows for one in [row.incident]
    ]  # fmt: skip


def most_urgent(row: QueueRow) -> tuple[int, datetime, int]:
    """Return what the sheet is ordered by; on the board officers' emergencies come first."""
    return row.incident.priority, row.incident.waiting_since, row.incident.pk


def units(county: str) -> dict[str, Any]:
    """Return how many units are free, busy and off duty, who is where, and who stands by."""
    rows = list(Unit.objects.in_county(county).order_by("call_sign"))
    open_ = Assignment.objects.filter(unit__in=rows, ended_at=None).select_related("incident")
    busy = {row.unit_id: row for row in open_}
    standby = set(
        Unit.objects.filter(standby__isnull=False, pk__in=[row.pk for row in rows]).values_list(
            "pk", flat=True
        )
    )
    return {
        "free": [row.call_sign for row in rows if row.on_duty and row.pk not in busy],
        "busy": [
            {"unit": row.call_sign, "number": busy[row.pk].incident.number, "status": busy[row.pk].status}
            for row in rows
            if row.pk in busy
        ],
        "standby": [row.call_sign for row in rows if row.pk in standby],
        "off": sum(not row.on_duty for row in rows),
    }


def closures(county: str, now: datetime) -> list[dict[str, Any]]:
    """Return the closures in force."""
    rows = closures_at(county, now).defer("geometry")
    return [
        {"name": row.name, "from": row.starts_at, "until": row.ends_at, "slowdown": row.slowdown}
        for row in rows
    ]


def levels(county: str) -> list[dict[str, Any]]:
    """Return the incidents on a level."""
    rows = IncidentLevel.objects.in_county(county).filter(level__gt=0)
    rows = rows.exclude(incident__status=Incident.Status.CLOSED).select_related("incident")
    return [
        {
            "number": row.incident.number, "level": row.level, "since": row.since, "reason": row.reason,
            "cordon_m": row.cordon_m,
        }
        for row in rows.order_by("level", "since")
    ]  # fmt: skip


def containments(county: str) -> list[dict[str, Any]]:
    """Return the containments in force."""
    rows = ContainmentPlan.objects.in_county(county).filter(status=ContainmentPlan.Status.APPROVED)
    return [
        {
            "number": row.incident.number, "kind": row.kind, "points": len(row.posts),
            "leaks": len(row.leaks), "since": row.approved_at,
        }
        for row in rows.select_related("incident")
    ]  # fmt: skip


def linkages(county: str) -> list[dict[str, Any]]:
    """Return what partner agencies were asked and have not finished, with the time to accept by."""
    rows = Linkage.objects.in_county(county).filter(ended_at=None).select_related("incident", "agency")
    return [
        {
            "number": row.incident.number, "agency": row.agency.name, "agency_en": row.agency.name_en,
            "task": row.task, "status": row.status, "due": row.due_at, "late": row.late,
        }
        for row in rows.order_by("due_at")
    ]  # fmt: skip


def scheduled(county: str) -> list[dict[str, Any]]:
    """Return the calls that are to become live later."""
    rows = ScheduledCall.objects.in_county(county).filter(state=ScheduledCall.State.WAITING)
    return [
        {"due": row.due_at, "name": row.type.name, "name_en": row.type.name_en, "address": row.address}
        for row in rows.select_related("type").order_by("due_at")
    ]


def timers(county: str) -> list[dict[str, Any]]:
    """Return the crews whose check-in is awaited or missed."""
    rows = Assignment.objects.in_county(county).filter(ended_at=None, check_in_due__isnull=False)
    return [
        {
            "unit": row.unit.call_sign, "number": row.incident.number, "due": row.check_in_due,
            "missed": row.check_in_missed_at is not None,
        }
        for row in rows.select_related("unit", "incident").order_by("check_in_due")
    ]  # fmt: skip


def notices(county: str) -> list[dict[str, Any]]:
    """Return the notices that nobody has taken note of yet."""
    rows = Notice.objects.in_county(county).filter(noted_at=None)
    rows = rows.exclude(incident__status=Incident.Status.CLOSED).select_related("incident")
    return [
        {
            "number": row.incident.number, "level": row.level, "role": row.role,
            "since": row.raised_at,
        }
        for row in rows
    ]  # fmt: skip


def figures(county: str, since: datetime, until: datetime) -> dict[str, Any]:
    """Return the shift in numbers: reported by priority, closed, dispatched."""
    rows = Incident.objects.in_county(county)
    reported = rows.filter(received_at__gte=since, received_at__lt=until)
    by_priority = Counter(reported.values_list("priority", flat=True))
    sent = Assignment.objects.in_county(county).filter(assigned_at__gte=since, assigned_at__lt=until)
    return {
        "reported": sum(by_priority.values()),
        "by_priority": {str(key): by_priority[key] for key in sorted(by_priority)},
        "closed": rows.aggregate(n=Count("pk", filter=Q(closed_at__gte=since, closed_at__lt=until)))["n"],
        "dispatched": sent.count(),
    }


def events(county: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the notable events of the shift, oldest first; the last 200 where there are more."""
    rows = Event.objects.filter(county=county, at__gte=since, at__lte=until, verb__in=NOTABLE)
    found = list(rows.select_related("actor").order_by("-at", "-pk")[:EVENTS])
    return [
        {
            "at": row.at, "verb": row.verb, "who": "" if row.actor is None else str(row.actor),
            "number": row.data.get("number", ""), "what": row.data.get("reason") or row.data.get("name", ""),
        }
        for row in reversed(found)
    ]  # fmt: skip


def may_accept(handover: Handover, account: Account) -> bool:
    """Whether the account may accept the offer: a commander of the county who is not its giver."""
    return (
        handover.accepted_at is None
        and handover.withdrawn_at is None
        and handover.watch.ended_at is None
        and handover.watch.commander_id != account.pk
        and account.has_perm("incidents.command", handover)
    )
