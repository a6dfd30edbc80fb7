"""Sending units: the assignment carries the status, the unit's and the incident's are derived from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain import stacking
from anlan.service.incidents.domain.backup import count_backup
from anlan.service.incidents.domain.check_in import due_after
from anlan.service.incidents.domain.guard import allow, allow_crew, hold_live, settle
from anlan.service.incidents.domain.moves import end_move
from anlan.service.incidents.domain.run_cards import needs_of
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Incident
from anlan.service.incidents.rest import rests_of
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Capability, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from anlan.service.staff.models import Account

S = Assignment.Status
STAGES = (S.ASSIGNED, S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.CLEARED)
STAMPS = {
    S.ASSIGNED: "assigned_at",
    S.ACCEPTED: "accepted_at",
    S.EN_ROUTE: "en_route_at",
    S.ON_SCENE: "on_scene_at",
    S.CLEARED: "ended_at",
    S.CANCELLED: "ended_at",
}
VERBS = {
    S.ASSIGNED: Verb.UNIT_ASSIGNED,
    S.ACCEPTED: Verb.ASSIGNMENT_ACCEPTED,
    S.EN_ROUTE: Verb.ASSIGNMENT_EN_ROUTE,
    S.ON_SCENE: Verb.ASSIGNMENT_ON_SCENE,
    S.CLEARED: Verb.ASSIGNMENT_CLEARED,
    S.CANCELLED: Verb.ASSIGNMENT_CANCELLED,
}


def assign(
    incident: Incident,
    units: Iterable[Unit],
    actor: Account | None,
    *,
    confirmed: bool = False,
    expected_seconds: Mapping[int, float] | None = None,
) -> list[Assignment]:
    """Send all the units or none; a unit already on this incident keeps its assignment.

    `expected_seconds` gives the expected travel time by unit id, where known.

    Raises:
        Refused: the incident is closed; a unit is off duty or on another incident.
        NeedsConfirmation: a capability that the type asks for is missing, or a crew's rest is due.

    """
    wanted = [unit.pk for unit in units]
    if not wanted:
        raise Refused(_("Name at least one unit."), "units")
    with transaction.atomic():
        held = hold_live(incident)
        allow(actor, "incidents.dispatch", held)
        locked = list(Unit.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
        check_on_duty(locked, actor)
        said = [] if confirmed else missing_warnings(held, locked) + rest_warnings(held, locked)
        if said:
            raise NeedsConfirmation(said)
        sent = send_all(held, locked, actor, expected_seconds)
        settle(held)
    return sent


def send_all(
    incident: Incident, units: list[Unit], actor: Account | None, seconds: Mapping[int, float] | None = None
) -> list[Assignment]:
    """Open the assignments; what was queued or asked for of them is thereby answered."""
    there = set(incident.assignments.filter(ended_at=None).values_list("unit_id", flat=True))
    times = seconds or {}
    sent = [send(incident, unit, actor, times.get(unit.pk)) for unit in units]
    new = [assignment for assignment in sent if assignment.unit_id not in there]
    for assignment in new:
        for row in assignment.unit.stacked.filter(incident=incident, ended_at=None):
            stacking.end(row, assignment)
        end_move(assignment.unit, actor, f"{incident.number}")
    count_backup(incident, new, actor)
    return sent


def check_on_duty(units: list[Unit], actor: Account | None) -> None:
    """Block units that are off duty or outside the actor's area."""
    for unit in units:
        allow(actor, "incidents.dispatch", unit)
    off = [unit.call_sign for unit in units if not unit.on_duty]
    if off:
        raise Refused(_("%(units)s: off duty. Choose another unit.") % {"units": ", ".join(off)}, "units")


def missing_warnings(incident: Incident, units: list[Unit]) -> list[object]:
    """Return what units sent and on their way together lack of what is asked for, in words."""
    there = Unit.objects.filter(assignments__incident=incident, assignments__ended_at=None)
    have = {name for unit in [*units, *there] for name in unit.capabilities}
    missing = [name for name in needs_of(incident).capabilities if name not in have]
    if not missing:
        return []
    labels = dict(Capability.choices)
    names = ", ".join(str(labels.get(name, name)) for name in missing)
    return [_("No unit sent has: %(names)s. Send anyway?") % {"names": names}]


def rest_warnings(incident: Incident, units: list[Unit]) -> list[object]:
    """Return whose rest is due of the units that are not on the incident yet, in words."""
    there = set(incident.assignments.filter(ended_at=None).values_list("unit_id", flat=True))
    rests = rests_of([unit for unit in units if unit.pk not in there])
    due = [unit.call_sign for unit in units if unit.pk in rests and rests[unit.pk].due]
    return [_("Rest is due: %(units)s. Send anyway?") % {"units": ", ".join(due)}] if due else []


def send(incident: Incident, unit: Unit, actor: Account | None, seconds: float | None) -> Assignment:
    """Open the assignment; when another dispatcher was first, say who won."""
    current = unit.assignments.filter(ended_at=None).select_related("incident").first()
    if current is not None:
        return already(current, incident)
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(
                incident=incident,
                unit=unit,
                agency_id=unit.agency_id,
                area_code=incident.area_code,
                assigned_at=timezone.now(),
                expected_seconds=None if seconds is None else round(seconds),
            )
    except IntegrityError:
        return already(unit.assignments.filter(ended_at=None).select_related("incident").get(), incident)
    record(assignment, actor, at=assignment.assigned_at)
    return assignment


def already(current: Assignment, incident: Incident) -> Assignment:
    """Return the assignment if it is to this incident, refuse otherwise."""
    if current.incident_id == incident.pk:
        return current
    text = _("%(unit)s is already on incident %(number)s (%(status)s). Choose another unit.")
    facts = {
        "unit": current.unit.call_sign,
        "number": current.incident.number,
        "status": current.get_status_display(),
    }
    raise Refused(text % facts, "units")


def advance(
    assignment: Assignment, status: str, actor: Account | None, *, at: datetime | None = None
) -> Assignment:
    """Move the assignment forward to `status` (accepted, en_route, on_scene, cleared).

    Stages may be skipped; a skipped stage keeps no time. Said again, it changes nothing and logs nothing.
    `at` is when it was, for what a phone could not send at once; never before the stage before.

    Raises:
        Refused: the assignment has ended or is further on already; the status is none of the stages.

    """
    if status not in STAGES[1:]:
        raise Refused(_("Unknown status %(status)s.") % {"status": status}, "status")

    def act(held: dict[int, Incident]) -> Assignment:
        current = Assignment.objects.select_related("unit", "incident__type").get(pk=assignment.pk)
        allow_crew(actor, current.unit, current)
        check_not_cancelled(current)
        if getattr(current, STAMPS[S(status)]) is None:
            moment = None if at is None else max(at, *stamped(current))
            move(current, status, actor, earlier(status), at=moment)
            settle(held[current.incident_id])
            if status == S.CLEARED:
                start_next(current.unit, held, actor)
        return current

    ending = status == S.CLEARED
    return stacking.holding({assignment.incident_id}, lambda: {assignment.unit_id} if ending else set(), act)


def start_next(unit: Unit, held: dict[int, Incident], actor: Account | None) -> Assignment | None:
    """Turn what is queued next for a unit that has just become free into its assignment."""
    row = stacking.next_of(unit, held)
    if row is None:
        return None
    incident = held[row.incident_id]
    (sent,) = send_all(incident, [row.unit], actor)
    settle(incident)
    return sent


def stamped(assignment: Assignment) -> list[datetime]:
    """Return the times that the assignment's stages have so far."""
    times = (getattr(assignment, STAMPS[stage]) for stage in STAGES[:-1])
    return [time for time in times if time is not None]


def check_not_cancelled(current: Assignment) -> None:
    """Refuse an answer to an assignment that was called off."""
    if current.status == S.CANCELLED:
        raise Refused(_("%(unit)s was called off.") % {"unit": current.unit.call_sign}, "status")


def earlier(status: str) -> list[str]:
    """Return the stages from which an assignment may move to `status`."""
    return [str(stage) for stage in STAGES[: STAGES.index(S(status))]]


def move(
    assignment: Assignment,
    status: str,
    actor: Account | None,
    sources: list[str],
    *,
    at: datetime | None = None,
    also: Mapping[str, Any] | None = None,
    **data: Any,
) -> None:
    """Change the status by a conditional UPDATE that only one of two rivals wins, and log it.

    Arriving starts the check-in timer, ending clears it; `also` are fields that change with the status.
    """
    now = at or timezone.now()
    stamp = STAMPS[S(status)]
    open_row = Assignment.objects.filter(pk=assignment.pk, ended_at=None, status__in=sources)
    due = due_after(assignment.incident, now) if status == S.ON_SCENE else None
    timer = {"check_in_due": due, "check_in_missed_at": None}
    if open_row.update(**{"status": status, stamp: now, **timer, **(also or {})}) != 1:
        assignment.refresh_from_db()
        text = _("%(unit)s is %(status)s already.")
        facts = {"unit": assignment.unit.call_sign, "status": assignment.get_status_display()}
        raise Refused(text % facts, "status")
    assignment.status = status
    setattr(assignment, stamp, now)
    assignment.check_in_due, assignment.check_in_missed_at = due, None
    record(assignment, actor, at=now, **data)


def record(assignment: Assignment, actor: Account | None, *, at: datetime, **data: Any) -> None:
    """Log the assignment's status."""
    facts = {
        "incident": assignment.incident_id,
        "number": assignment.incident.number,
        "unit": assignment.unit.call_sign,
        "unit_id": assignment.unit_id,
        **data,
    }
    verb = VERBS[S(assignment.status)]
    log.append(verb, assignment, actor=actor, area_code=assignment.area_code, data=facts, at=at)


def cancel(assignment: Assignment, reason: str, actor: Account | None) -> Assignment:
    """Call the unit off, with a reason.

    Raises:
        Refused: no reason, or the assignment has ended.

    """
    if not reason.strip():
        raise Refused(_("Say why the unit is called off."), "reason")

    def act(held: dict[int, Incident]) -> Assignment:
        current = Assignment.objects.select_related("unit", "incident").get(pk=assignment.pk)
        allow(actor, "incidents.dispatch", current)
        if current.status != S.CANCELLED:
            move(current, S.CANCELLED, actor, [str(stage) for stage in STAGES[:-1]], reason=reason.strip())
            settle(held[current.incident_id])
            start_next(current.unit, held, actor)
        return current

    return stacking.holding({assignment.incident_id}, lambda: {assignment.unit_id}, act)
