"""Stacking: an incident queued behind the one a unit is on becomes its assignment when that one ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.guard import allow, check_live, hold, hold_all
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Incident, Stacked
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.staff.models import Account


def stack(incident: Incident, unit: Unit, actor: Account | None, *, confirmed: bool = False) -> Stacked:
    """Queue the incident behind the one that the unit is on; said again it changes nothing.

    Its present assignment stays as it is. The incident goes on waiting, with the unit named as its next.

    Raises:
        Refused: closed; the unit is free, on this very incident, or off duty.
        NeedsConfirmation: a more urgent incident would wait behind a less urgent one.

    """
    while True:
        current = open_assignment(unit)
        behind_it = set() if current is None else {current.incident_id}
        with transaction.atomic():
            held = hold_all({incident.pk} | behind_it)
            locked = Unit.objects.select_for_update().get(pk=unit.pk)
            now_on = open_assignment(locked)
            if now_on is None or now_on.incident_id in held:
                return queue_up(held[incident.pk], locked, now_on, actor, confirmed=confirmed)


def queue_up(
    incident: Incident, unit: Unit, current: Assignment | None, actor: Account | None, *, confirmed: bool
) -> Stacked:
    """Write the queued assignment; both incidents and the unit are locked."""
    check_live(incident)
    for record in (incident, unit):
        allow(actor, "incidents.dispatch", record)
    behind_it = check_busy(unit, current, incident)
    row = Stacked.objects.filter(unit=unit, incident=incident, ended_at=None).first()
    if row is not None:
        return row
    if not confirmed:
        warn_of_urgency(incident, behind_it, unit)
    row = Stacked.objects.create(
        incident=incident,
        unit=unit,
        area_code=incident.area_code,
        stacked_at=timezone.now(),
        stacked_by=actor,
    )
    tell(Verb.UNIT_STACKED, row, actor, behind=behind_it.incident.number)
    return row


def open_assignment(unit: Unit) -> Assignment | None:
    """Return what the unit is on."""
    found = unit.assignments.filter(ended_at=None).select_related("incident", "unit")
    return found.first()


def check_busy(unit: Unit, current: Assignment | None, incident: Incident) -> Assignment:
    """Return what to queue behind; refuse where there is nothing, and where it is the same incident."""
    if current is None:
        text = _("%(unit)s is free: send it.") if unit.on_duty else _("%(unit)s is off duty.")
        raise Refused(text % {"unit": unit.call_sign}, "units")
    if current.incident_id == incident.pk:
        facts = {"unit": unit.call_sign, "number": incident.number}
        raise Refused(_("%(unit)s is on incident %(number)s already.") % facts, "units")
    return current


def warn_of_urgency(incident: Incident, current: Assignment, unit: Unit) -> None:
    """Ask before something more urgent waits for something less urgent."""
    if incident.priority < current.incident.priority:
        facts = {
            "number": incident.number,
            "priority": incident.get_priority_display(),
            "unit": unit.call_sign,
            "other": current.incident.number,
            "lower": current.incident.get_priority_display(),
        }
        text = _("%(number)s (%(priority)s) would wait until %(unit)s is done with %(other)s (%(lower)s).")
        raise NeedsConfirmation([text % facts], seen=str(current.pk))


def tell(verb: Verb, row: Stacked, actor: Account | None, **facts: Any) -> None:
    """Log something about a queued assignment on its incident's timeline."""
    data = {
        "number": row.incident.number,
        "unit": row.unit.call_sign,
        "unit_id": row.unit_id,
        **{name: value for name, value in facts.items() if value},
    }
    log.append(verb, row.incident, actor=actor, area_code=row.area_code, data=data)


def unstack(row: Stacked, actor: Account | None, reason: str = "") -> Stacked:
    """Withdraw a queued assignment; said again it changes nothing.

    Raises:
        Refused: it has become the unit's assignment.

    """
    with transaction.atomic():
        held = hold(row.incident)
        allow(actor, "incidents.dispatch", held)
        current = Stacked.objects.select_related("unit", "incident", "assignment").get(pk=row.pk)
        if not end(current):
            if current.assignment_id is None:
                return current
            facts = {"unit": current.unit.call_sign, "number": held.number}
            raise Refused(_("%(unit)s is on its way to %(number)s already.") % facts)
        tell(Verb.UNIT_UNSTACKED, current, actor, reason=reason.strip())
    return current


def end(row: Stacked, assignment: Assignment | None = None) -> bool:
    """End a queued assignment, with what it turned into; False where it had ended."""
    now = timezone.now()
    if Stacked.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now, assignment=assignment) != 1:
        return False
    row.ended_at, row.assignment = now, assignment
    return True


def withdraw_all(incident: Incident, actor: Account | None) -> None:
    """Withdraw everything queued for an incident that is being closed; each is logged."""
    for row in incident.stacked.filter(ended_at=None).select_related("unit", "incident"):
        if end(row):
            tell(Verb.UNIT_UNSTACKED, row, actor, reason=str(_("incident closed")))


def behind(units: set[int]) -> set[int]:
    """Return the incidents queued for these units."""
    rows = Stacked.objects.filter(unit__in=units, ended_at=None)
    return set(rows.values_list("incident_id", flat=True))


def holding[T](
    incidents: set[int], units: Callable[[], set[int]], act: Callable[[dict[int, Incident]], T]
) -> T:
    """Do what may end assignments of `units`, with their next incidents locked as well, all in one order.

    What was queued between the look and the lock is looked at again, so that no lock comes out of order.
    """
    while True:
        wanted = incidents | behind(units())
        with transaction.atomic():
            held = hold_all(wanted)
            if behind(units()) <= wanted:
                return act(held)


def next_of(unit: Unit, held: dict[int, Incident]) -> Stacked | None:
    """Return what the unit does next: the most urgent of what is queued, the longest queued of equals."""
    rows = Stacked.objects.filter(unit=unit, ended_at=None).select_related("unit")
    rows = rows.order_by("incident__priority", "stacked_at", "pk")
    return next((row for row in rows if held[row.incident_id].status != Incident.Status.CLOSED), None)
