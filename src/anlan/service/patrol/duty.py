"""Coming on and going off duty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.errors import Refused
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.guard import check_crew
from anlan.service.patrol.models import Position
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


def set_duty(unit: Unit, on_duty: bool, actor: Account | None) -> Unit:
    """Bring a unit on or off duty; off duty its position is forgotten. Said again, it changes nothing.

    Raises:
        Refused: going off duty while assigned.
        PermissionDenied: the actor is neither of the crew nor a dispatcher of the area.

    """
    if actor is not None and not actor.has_perm("incidents.dispatch", unit):
        check_crew(unit, actor)
    with transaction.atomic():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        if held.on_duty == on_duty:
            return held
        current = held.assignments.filter(ended_at=None).select_related("incident").first()
        if current is not None:
            text = _("%(unit)s is on incident %(number)s. Clear it first.")
            raise Refused(text % {"unit": held.call_sign, "number": current.incident.number})
        held.on_duty = on_duty
        held.save(update_fields=["on_duty"])
        Position.objects.filter(unit=held).delete()  # coming on too: a fix may have crossed going off
        verb = Verb.UNIT_ON_DUTY if on_duty else Verb.UNIT_OFF_DUTY
        data = {"unit": held.call_sign, "unit_id": held.pk}
        log.append(verb, held, actor=actor, area_code=held.area_code, data=data)
    return held
