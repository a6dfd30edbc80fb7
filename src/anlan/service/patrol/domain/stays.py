"""Staying at a hot spot by the crew's timer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.errors import Refused
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.check_ins import place_of
from anlan.service.patrol.domain.shifts import check_on_duty
from anlan.service.patrol.models import Stay
from anlan.service.patrol.positions import check_crew
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from anlan.service.staff.models import Account


def begin_stay(
    unit: Unit,
    place_code: str,
    client_key: uuid.UUID,
    actor: Account | None,
    *,
    at: datetime | None = None,
    planned_s: int | None = None,
) -> Stay:
    """Start the timer at a place; a timer that runs elsewhere ends. The same key again changes nothing.

    Raises:
        Refused: no such place, the unit was off duty, or a timer of it began later.
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    place, moment = place_of(place_code), at or timezone.now()
    with transaction.atomic():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        again = Stay.objects.filter(client_key=client_key, unit=held).first()
        if again is not None:
            return again
        check_on_duty(held, moment)
        close_open(held, actor, moment)
        stay = Stay.objects.create(
            client_key=client_key, unit=held, place_code=place_code, area_code=place.area_code,
            planned_s=planned_s, begun_at=moment,
        )  # fmt: skip
        tell(Verb.STAY_BEGUN, stay, actor, moment)
    return stay


def end_stay(unit: Unit, stay_key: uuid.UUID, actor: Account | None, *, at: datetime | None = None) -> Stay:
    """Stop the timer that began under a key; stopped already, it changes nothing.

    Raises:
        Refused: the unit has no such timer, or it is stopped before it began.
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    with transaction.atomic():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        stay = Stay.objects.filter(client_key=stay_key, unit=held).first()
        if stay is None:
            raise Refused(_("This timer was not started by %(unit)s.") % {"unit": held.call_sign}, "stay")
        if stay.ended_at is None:
            stop(stay, actor, at or timezone.now())
    return stay


def close_open(unit: Unit, actor: Account | None, at: datetime) -> None:
    """Stop the timer that runs, in the caller's transaction: a crew is at one place at a time."""
    stay = Stay.objects.filter(unit=unit, ended_at=None).first()
    if stay is not None:
        stop(stay, actor, at)


def stop(stay: Stay, actor: Account | None, at: datetime) -> None:
    """Write the end and its event."""
    if at < stay.begun_at:
        raise Refused(_("The timer began later than that."), "at")
    stay.ended_at = at
    stay.save(update_fields=["ended_at"])
    tell(Verb.STAY_ENDED, stay, actor, at)


def tell(verb: Verb, stay: Stay, actor: Account | None, at: datetime) -> None:
    """Log a timer's begin or end."""
    data = {"unit": stay.unit.call_sign, "unit_id": stay.unit_id, "place": stay.place_code}
    if stay.ended_at is not None:
        data["seconds"] = round((stay.ended_at - stay.begun_at).total_seconds())
    log.append(verb, stay, actor=actor, area_code=stay.area_code, data=data, at=at)
