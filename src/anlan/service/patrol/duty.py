"""Coming on and going off duty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.moves import end_move
from anlan.service.incidents.errors import Refused
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.shifts import begin_shift, end_shift, last_change
from anlan.service.patrol.domain.stays import close_open
from anlan.service.patrol.guard import check_crew
from anlan.service.patrol.models import Position
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.staff.models import Account


def set_duty(unit: Unit, on_duty: bool, actor: Account | None, *, at: datetime | None = None) -> Unit:
    """Bring a unit on or off duty; off duty its position is forgotten. Said again, it changes nothing.

    `at` is when it was, for what a phone could not send at once.

    Raises:
        Refused: going off duty while assigned, or something later is known already.
        PermissionDenied: the actor is neither of the crew nor sets duty in the area.

    """
    if actor is not None and not actor.has_perm("staff.set_duty", unit):
        check_crew(unit, actor)
    with transaction.atomic():
        held, moment = Unit.objects.select_for_update().get(pk=unit.pk), at or timezone.now()
        if held.on_duty == on_duty:
            return held
        check_not_overtaken(held, moment)
        if not on_duty:
            check_free(held)
        held.on_duty = on_duty
        held.save(update_fields=["on_duty"])
        if on_duty:
            begin_shift(held, moment)
        else:
            leave(held, actor, moment)
        Position.objects.filter(unit=held).delete()  # coming on too: a fix may have crossed going off
        verb = Verb.UNIT_ON_DUTY if on_duty else Verb.UNIT_OFF_DUTY
        data = {"unit": held.call_sign, "unit_id": held.pk}
        log.append(verb, held, actor=actor, area_code=held.area_code, data=data, at=moment)
    return held


def check_not_overtaken(unit: Unit, at: datetime) -> None:
    """Refuse a change that lies before the last one."""
    last = last_change(unit)
    if last is not None and at < last:
        text = _("Since then, at %(time)s, %(unit)s came on or went off duty.")
        time = f"{timezone.localtime(last):%H:%M}"
        raise Refused(text % {"unit": unit.call_sign, "time": time}, "at")


def check_free(unit: Unit) -> None:
    """Refuse to go home from an incident."""
    current = unit.assignments.filter(ended_at=None).select_related("incident").first()
    if current is not None:
        text = _("%(unit)s is on incident %(number)s. Clear it first.")
        raise Refused(text % {"unit": unit.call_sign, "number": current.incident.number})


def leave(unit: Unit, actor: Account | None, at: datetime) -> None:
    """End what lasts as long as duty: a timer, an order to stand by, and the shift."""
    close_open(unit, actor, at)
    end_move(unit, actor, "off duty", at=at)
    end_shift(unit, at)
