"""The watch commander sends a unit over a block or warnings, with a reason, where policy allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from anlan.engine.geo import codes
from anlan.service.incidents.domain.dispatch import assign, cancel
from anlan.service.incidents.domain.guard import allow, hold_live
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Incident, OverridePolicy, Watch
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.duty import set_duty
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

RULE = OverridePolicy.Rule


def override_dispatch(
    incident: Incident, unit: Unit, reason: str, actor: Account, *, confirmed: bool = False
) -> Assignment:
    """Send a unit that a rule holds back: off duty it comes on, busy elsewhere it is called off there.

    A unit that is on the incident already keeps its assignment; nothing is logged then.

    Raises:
        Refused: the actor does not hold the watch, no reason, or policy does not allow the override.
        NeedsConfirmation: always, with what is overridden.

    """
    if not reason.strip():
        raise Refused(_("Write the reason of the override."), "reason")
    with transaction.atomic():
        held = hold_live(incident)
        check_holds(held, actor)
        locked = Unit.objects.select_for_update().get(pk=unit.pk)
        allow(actor, "incidents.dispatch", locked)
        current = locked.assignments.filter(ended_at=None).select_related("incident").first()
        if current is not None and current.incident_id == held.pk:
            return current
        rules = broken(locked, current)
        check_policy(held, rules)
        if not confirmed:
            raise NeedsConfirmation(words(locked, current))
        lift(locked, current, reason, actor)
        sent = assign(held, [locked], actor, confirmed=True)[0]
        data = {
            "number": held.number, "unit": locked.call_sign, "unit_id": locked.pk, "rules": rules,
            "reason": reason.strip(),
        }  # fmt: skip
        log.append(Verb.RULE_OVERRIDDEN, held, actor=actor, area_code=held.area_code, data=data)
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


def words(unit: Unit, current: Assignment | None) -> list[str]:
    """Return what is overridden, a sentence each."""
    told = []
    if not unit.on_duty:
        told.append(_("%(unit)s is off duty and comes on duty.") % {"unit": unit.call_sign})
    if current is not None:
        facts = {"unit": unit.call_sign, "number": current.incident.number}
        told.append(_("%(unit)s is called off incident %(number)s.") % facts)
    return told or [_("No rule holds %(unit)s back but warnings. Send it?") % {"unit": unit.call_sign}]


def lift(unit: Unit, current: Assignment | None, reason: str, actor: Account) -> None:
    """Do what the rule would have asked for first, with the reason."""
    if current is not None:
        cancel(current, reason, actor)
    if not unit.on_duty:
        set_duty(unit, True, actor)  # noqa: FBT003
        unit.refresh_from_db()
