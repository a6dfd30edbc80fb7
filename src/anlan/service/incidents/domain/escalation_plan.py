"""The county's escalation plan, and which units are on standby."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import EscalationStep, StandbyUnit
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.duty import set_duty
from anlan.service.places.models import Area

if TYPE_CHECKING:
    from anlan.service.staff.models import Account, Agency, Unit

EDITABLE = ("roles", "cordon_m", "slowdown", "standby_units", "instruction")


def save_step(
    county: str, type_code: str, level: int, actor: Account | None, *, agencies: list[Agency], **facts: Any
) -> EscalationStep:
    """Write what a level sets off for a type (empty: every other); unchanged, nothing is logged.

    Raises:
        Refused: a value is no good; the message names its field.
        PermissionDenied: the actor does not command the county.

    """
    with transaction.atomic():
        allow(actor, "incidents.edit_escalation", Area(code=county))
        rows = EscalationStep.objects.select_for_update()
        row = rows.filter(area_code=county, type_code=type_code, level=level).first()
        before = None if row is None else told(row)
        row = row or EscalationStep(area_code=county, type_code=type_code, level=level)
        for name in EDITABLE:
            setattr(row, name, facts[name])
        check(row)
        row.save()
        row.agencies.set(agencies)
        if told(row) != before:
            data = {"type": type_code, "level": level, "before": before, "after": told(row)}
            log.append(Verb.ESCALATION_EDITED, row, actor=actor, area_code=county, data=data)
    return row


def told(row: EscalationStep) -> dict[str, Any]:
    """Return a step as the log writes it."""
    facts = {name: getattr(row, name) for name in EDITABLE}
    return facts | {"agencies": sorted(row.agencies.values_list("code", flat=True))}


def check(row: EscalationStep) -> None:
    """Refuse a value that the model or the roads' closures reject."""
    if row.slowdown is not None and not 1 < row.slowdown <= 20:
        raise Refused(_("A slowdown is above 1 and at most 20; leave it empty to close."), "slowdown")
    try:
        row.full_clean(exclude=["agencies"], validate_unique=False)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], name) from error


def set_standby(unit: Unit, on: bool, actor: Account | None) -> bool:
    """Put a unit on standby, off the street, or end that; said again it changes nothing.

    Returns whether it stands by.

    Raises:
        Refused: the unit is on an incident.

    """
    with transaction.atomic():
        allow(actor, "incidents.command", unit)
        if on:
            set_duty(unit, False, actor)  # noqa: FBT003
            facts = {"area_code": unit.area_code, "since": timezone.now()}
            changed = StandbyUnit.objects.get_or_create(unit=unit, defaults=facts)[1]
        else:
            changed = bool(StandbyUnit.objects.filter(unit=unit).delete()[0])
        if changed:
            data = {"unit": unit.call_sign, "unit_id": unit.pk}
            verb = Verb.STANDBY_MARKED if on else Verb.STANDBY_ENDED
            log.append(verb, unit, actor=actor, area_code=unit.area_code, data=data)
    return on
