"""Pre-emption: a unit is taken off one incident for another; the first goes back to waiting, visibly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain import stacking
from anlan.service.incidents.domain.dispatch import (
    STAGES,
    S,
    assign,
    check_on_duty,
    missing_warnings,
    move,
    rest_warnings,
    send_all,
)
from anlan.service.incidents.domain.guard import allow, check_live, hold_all, settle
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Emergency, Incident
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.staff.models import Account


def preempt(
    incident: Incident,
    unit: Unit,
    actor: Account | None,
    *,
    confirmed: bool = False,
    seen: str = "",
    expected_seconds: Mapping[int, float] | None = None,
) -> Assignment:
    """Take the unit off what it is on and send it to this incident; said again it changes nothing.

    `seen` is what `NeedsConfirmation.seen` said: the confirmation holds for that assignment alone. The ended
    assignment keeps its times and names this incident; what is queued for the unit stays queued.

    Raises:
        Refused: an incident is closed, the unit is off duty, or another dispatcher was first.
        NeedsConfirmation: always, unless confirmed: what it is taken from goes back to waiting.

    """
    current = stacking.open_assignment(unit)
    if current is None:
        return assign(incident, [unit], actor, confirmed=confirmed, expected_seconds=expected_seconds)[0]
    if current.incident_id == incident.pk:
        return current
    with transaction.atomic():
        held = hold_all({incident.pk, current.incident_id})
        mine, first = held[incident.pk], held[current.incident_id]
        check_live(mine)
        for record in (mine, first):
            allow(actor, "incidents.dispatch", record)
        locked = Unit.objects.select_for_update().get(pk=unit.pk)
        check_on_duty([locked], actor)
        still = check_unchanged(locked, current)
        if not confirmed or (seen and seen != str(still.pk)):
            raise NeedsConfirmation(warnings(mine, still, locked), seen=str(still.pk))
        take_off(still, mine, actor)
        (sent,) = send_all(mine, [locked], actor, expected_seconds)
        settle(first)
        settle(mine)
    return sent


def check_unchanged(unit: Unit, current: Assignment) -> Assignment:
    """Return the unit's assignment if it is still the one looked at; of two rivals the second reads why."""
    now_on = stacking.open_assignment(unit)
    if now_on is not None and now_on.pk == current.pk:
        return now_on
    if now_on is None:
        raise Refused(_("%(unit)s has just become free: send it.") % {"unit": unit.call_sign}, "units")
    facts = {"unit": unit.call_sign, "number": now_on.incident.number, "status": now_on.get_status_display()}
    text = _("%(unit)s is already on incident %(number)s (%(status)s). Choose another unit.")
    raise Refused(text % facts, "units")


def warnings(incident: Incident, current: Assignment, unit: Unit) -> list[object]:
    """Return what taking the unit off means."""
    first = current.incident
    facts = {
        "unit": unit.call_sign,
        "status": current.get_status_display(),
        "number": first.number,
        "priority": first.get_priority_display(),
    }
    said: list[object] = []
    if Emergency.objects.filter(incident=first).exists():
        said.append(_("%(unit)s is on an officer's emergency (%(number)s).") % facts)
    others = first.assignments.filter(ended_at=None).exclude(pk=current.pk)
    if others.exists():
        text = _("%(unit)s is %(status)s at %(number)s (%(priority)s); other units stay there.")
    else:
        text = _("%(unit)s is %(status)s at %(number)s (%(priority)s), which goes back to waiting.")
    said.append(text % facts)
    if first.priority <= incident.priority:
        said.append(_("%(number)s is not less urgent.") % facts)
    return [
        *said,
        *waits_on(unit, incident),
        *missing_warnings(incident, [unit]),
        *rest_warnings(incident, [unit]),
    ]


def waits_on(unit: Unit, incident: Incident) -> list[object]:
    """Return what is queued for the unit and waits until it is done with this incident, in words."""
    rows = unit.stacked.filter(ended_at=None).exclude(incident=incident)
    numbers = ", ".join(rows.values_list("incident__number", flat=True))
    text = _("%(numbers)s: queued for %(unit)s, goes on waiting until it is done here.")
    return [text % {"numbers": numbers, "unit": unit.call_sign}] if numbers else []


def take_off(current: Assignment, incident: Incident, actor: Account | None, why: str = "") -> None:
    """End the assignment as called off, naming what for, and why where that was asked."""
    sources = [str(stage) for stage in STAGES[:-1]]
    current.preempted_for = incident
    reason = str(_("taken off for %(number)s") % {"number": incident.number})
    reason = f"{reason}: {why}" if why else reason
    move(current, S.CANCELLED, actor, sources, also={"preempted_for": incident}, reason=reason)
