"""A unit's time on duty: when it began and ended, whether a moment lies in it, and the crew's own log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.errors import Refused
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.models import DutyOrder, Shift, ShiftEntry
from anlan.service.patrol.positions import check_crew
from anlan.service.patrol.shift_sheet import sheet
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from anlan.service.staff.models import Account

LONGEST = timedelta(hours=24)
KNOWN = 100  # shifts back that are looked at
LONGEST_ENTRY = 2_000


def begin_shift(unit: Unit, at: datetime) -> Shift:
    """Open the unit's shift in the caller's transaction; one that is open already stays."""
    opened, _made = Shift.objects.get_or_create(
        unit=unit, ended_at=None, defaults={"area_code": unit.area_code, "begun_at": at}
    )
    return opened


def end_shift(unit: Unit, at: datetime) -> Shift:
    """End the unit's shift in the caller's transaction and keep its summary."""
    shift = Shift.objects.filter(unit=unit, ended_at=None).first()
    if shift is None:
        shift = Shift(unit=unit, area_code=unit.area_code, begun_at=supposed_begin(unit, at))
    shift.ended_at = at
    shift.body = sheet(shift)
    shift.save()
    return shift


def supposed_begin(unit: Unit, at: datetime) -> datetime:
    """Return when a shift that nobody opened began: with the unit's order, after the shift before."""
    earliest = at - LONGEST
    before = unit.shifts.filter(ended_at__gt=earliest, ended_at__lte=at).order_by("-ended_at").first()
    if before is not None and before.ended_at is not None:
        earliest = before.ended_at
    orders = DutyOrder.objects.filter(unit=unit, starts_at__gte=earliest, starts_at__lte=at)
    begun = orders.order_by("starts_at").values_list("starts_at", flat=True).first()
    return begun or earliest


def last_change(unit: Unit) -> datetime | None:
    """Return when the unit last came on or went off duty, None where that is not known."""
    last = unit.shifts.order_by("-begun_at").first()
    return None if last is None else last.ended_at or last.begun_at


def duty_of(unit: Unit) -> Callable[[datetime], bool]:
    """Return what tells whether the unit was on duty at a moment, also at one before the last change."""
    now = Unit.objects.filter(pk=unit.pk, on_duty=True).exists()
    last = last_change(unit)
    ended = list(unit.shifts.exclude(ended_at=None).values_list("begun_at", "ended_at")[:KNOWN])

    def was(at: datetime) -> bool:
        if last is None or at >= last:
            return now
        return any(begin <= at <= end for begin, end in ended)

    return was


def check_on_duty(unit: Unit, at: datetime) -> None:
    """Refuse what is said to have been done off duty."""
    if not duty_of(unit)(at):
        raise Refused(_("%(unit)s was off duty then: come on duty first.") % {"unit": unit.call_sign})


def write_entry(
    unit: Unit, text: str, client_key: uuid.UUID, actor: Account | None, *, at: datetime | None = None
) -> ShiftEntry:
    """Write a line into the shift log; the same key again changes nothing.

    Raises:
        Refused: it is empty or too long, or the unit was off duty.
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    moment, said = at or timezone.now(), text.strip()
    if not said:
        raise Refused(_("Write the entry."), "text")
    if len(said) > LONGEST_ENTRY:
        raise Refused(_("An entry has at most %(n)s letters.") % {"n": LONGEST_ENTRY}, "text")
    with transaction.atomic():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        again = ShiftEntry.objects.filter(client_key=client_key, unit=held).first()
        if again is not None:
            return again
        check_on_duty(held, moment)
        entry = ShiftEntry.objects.create(
            client_key=client_key, unit=held, by=actor, area_code=held.area_code, at=moment, text=said
        )
        data = {"unit": held.call_sign, "unit_id": held.pk}
        log.append(Verb.ENTRY_WRITTEN, entry, actor=actor, area_code=held.area_code, data=data, at=moment)
    return entry


def complete_sheets(unit: Unit, moments: list[datetime]) -> None:
    """Write the summaries of ended shifts anew in which something came in late."""
    if not moments:
        return
    late = unit.shifts.filter(begun_at__lte=max(moments), ended_at__gte=min(moments))
    for shift in late:
        with transaction.atomic():
            Shift.objects.filter(pk=shift.pk).update(body=sheet(shift))
