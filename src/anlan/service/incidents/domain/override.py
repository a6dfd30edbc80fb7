"""The watch commander sends a unit over a block or warnings, with a reason, where policy allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from anlan.engine.geo import codes
from anlan.service.incidents.domain.dispatch import send_all
from anlan.service.incidents.domain.guard import allow, check_live, hold_all, settle
from anlan.service.incidents.domain.preempt import take_off
from anlan.service.incidents.domain.preempt import warnings as what_waits
from anlan.service.incidents.domain.stacking import open_assignment
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Incident, OverridePolicy, Watch
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.duty import set_duty
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.staff.models import Account

RULE = OverridePolicy.Rule


def override_dispatch(
    incident: Incident, unit: Unit, reason: str, actor: Account, *, confirmed: bool = False, seen: str = ""
) -> Assignment:
    """Send a unit that a rule holds back: off duty it comes on, busy elsewhere it is taken off there.

    A unit that is on the incident already keeps its assignment; nothing is logged then. What it is taken from
    waits again, and what is queued for it stays queued behind this incident, as with `preempt`.
    `seen` is what `NeedsConfirmation.seen` said: the confirmation holds for that assignment alone.

    Raises:
        Refused: the actor does not hold the watch, no reason, or policy does not allow the override.
        NeedsConfirmation: always, with what is overridden and what waits again.

    """
    if not reason.strip():
        raise Refused(_("Write the reason of the override."), "reason")
    while True:
        looked_at = open_assignment(unit)
        with transaction.atomic():
            held = hold_all({incident.pk} | ({looked_at.incident_id} if looked_at else set()))
            locked = Unit.objects.select_for_update().get(pk=unit.pk)
            current = open_assignment(locked)
            if current is None or current.incident_id in held:
                sure = confirmed and seen in {"", seen_of(current)}
                return overridden(held, held[incident.pk], locked, current, reason.strip(), actor, sure=sure)


def seen_of(current: Assignment | None) -> str:
    """Return what a confirmation is about."""
    return "free" if current is None else str(current.pk)


def overridden(
    held: Mapping[int, Incident], incident: Incident, unit: Unit, current: Assignment | None, reason: str,
    actor: Account, *, sure: bool,
) -> Assignment:  # fmt: skip
    """Check, ask, lift the rules and send; incidents and unit are locked."""
    check_live(incident)
    check_holds(incident, actor)
    for record in (*held.values(), unit):
        allow(actor, "incidents.dispatch", record)
    if current is not None and current.incident_id == incident.pk:
        return current
    rules = broken(unit, current)
    check_policy(incident, rules)
    if not sure:
        raise NeedsConfirmation(words(incident, unit, current), seen=seen_of(current))
    lift(incident, unit, current, reason, actor)
    (sent,) = send_all(incident, [unit], actor)
    for one in held.values():
        settle(one)
    data = {
        "number": incident.number, "unit": unit.call_sign, "unit_id": unit.pk, "rules": rules,
        "reason": reason,
    }  # fmt: skip
    log.append(Verb.RULE_OVERRIDDEN, incident, actor=actor, area_code=incident.area_code, data=data)
    return sent


def check_holds(incident: Incident, actor: Account) -> None:
    """Refuse whoever does not hold the county's watch."""
    allow(actor, "incidents.command", incident)
    county = codes.normalise(incident.county)
    if not Watch.objects.filter(area_code=county, commander=actor, ended_at=None).exists():
        raise Refused(_("Only who holds the watch overrides a rule. Take over the watch first."))


def broken(unit: Unit, current: Assignment | None) -> list[str]:
    """Return the blocks that hold the unit back."""
    found = [] if unit.on_duty else [RULE.OFF_DUTY]
    return [str(rule) for rule in (*found, *([RULE.BUSY] if current is not None else []))]


def check_policy(incident: Incident, rules: list[str]) -> None:
    """Refuse a rule that the county does not let be overridden."""
    row = OverridePolicy.objects.filter(area_code=codes.normalise(incident.county)).first()
    allowed = [] if row is None else row.rules
    kept = [str(RULE(rule).label) for rule in rules if rule not in allowed]
    if kept:
        raise Refused(_("Policy does not allow to override: %(rules)s.") % {"rules": "; ".join(kept)})


def words(incident: Incident, unit: Unit, current: Assignment | None) -> list[object]:
    """Return what is overridden and what waits again, a sentence each."""
    told: list[object] = []
    if not unit.on_duty:
        told.append(_("%(unit)s is off duty and comes on duty.") % {"unit": unit.call_sign})
    if current is not None:
        told += what_waits(incident, current, unit)
    return told or [_("No rule holds %(unit)s back but warnings. Send it?") % {"unit": unit.call_sign}]


def lift(incident: Incident, unit: Unit, current: Assignment | None, reason: str, actor: Account) -> None:
    """Do what the rule would have asked for first, with the reason."""
    if current is not None:
        take_off(current, incident, actor, reason)
    if not unit.on_duty:
        set_duty(unit, True, actor)  # noqa: FBT003
        unit.refresh_from_db()
