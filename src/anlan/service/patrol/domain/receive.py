"""Taking what phones send: each action once, in order, each with an answer of its own."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents import domain as incidents
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Move
from anlan.service.patrol import items
from anlan.service.patrol.domain.check_ins import Shown, check_in
from anlan.service.patrol.domain.reports import Problem, report_place
from anlan.service.patrol.domain.shifts import write_entry
from anlan.service.patrol.domain.stays import begin_stay, end_stay
from anlan.service.patrol.domain.tracks import record_track
from anlan.service.patrol.duty import set_duty
from anlan.service.patrol.models import Receipt
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.patrol.items import Item
    from anlan.service.staff.models import Account

    Step = Callable[[Unit, Item, Any, Account], object]

SKEW = timedelta(minutes=2)
OLDEST = timedelta(days=30)
State = Receipt.State


class Later(Exception):  # noqa: N818 - it is an answer, not a fault
    """Nothing was done this time; the same sent again may go through."""


def receive(item: Item, data: Any, actor: Account, *, ahead: timedelta) -> Receipt:
    """Do one action of a phone whose clock is `ahead` of ours, and keep the answer with what it changed.

    The same key again does nothing and is given the same answer. A refusal leaves nothing else behind.

    Raises:
        Refused: the key belongs to another's action.
        Later: somebody else's change came between.

    """
    moment = item.at - ahead if abs(ahead) > SKEW else item.at
    timed = item.model_copy(update={"at": min(moment, timezone.now())})
    try:
        with transaction.atomic():
            receipt = noted(timed, actor)
            perform(timed, data, actor, receipt)
        return receipt
    except IntegrityError:
        return again(item, actor)
    except NeedsConfirmation as warning:
        return declined(timed, actor, State.ASKS, str(warning), "confirmed")
    except (Refused, PermissionDenied) as refusal:
        return declined(timed, actor, State.REFUSED, str(refusal), getattr(refusal, "field", ""))


def noted(item: Item, actor: Account, **answer: str) -> Receipt:
    """Write the receipt; of two that send the same key at once one waits here for the other."""
    return Receipt.objects.create(
        client_key=item.key, account=actor, kind=item.kind, done_at=item.at, received_at=timezone.now(),
        **answer,
    )  # fmt: skip


def perform(item: Item, data: Any, actor: Account, receipt: Receipt) -> None:
    """Do what the action asks for, in the caller's transaction."""
    unit = actor.units.filter(pk=item.unit).first()
    if unit is None:
        raise PermissionDenied(str(_("You are not of this unit's crew.")))
    if item.at < timezone.now() - OLDEST:
        raise Refused(_("It was done more than %(n)s days ago.") % {"n": OLDEST.days}, "at")
    Receipt.objects.filter(pk=receipt.pk).update(unit=unit)
    STEPS[item.kind](unit, item, data, actor)


def again(item: Item, actor: Account) -> Receipt:
    """Return the answer that was given to the same action before."""
    receipt = Receipt.objects.filter(client_key=item.key).first()
    if receipt is None:
        raise Later
    if (receipt.account_id, receipt.kind) != (actor.pk, item.kind):
        raise Refused(_("This key was used for another action."), "key")
    return receipt


def declined(item: Item, actor: Account, state: str, reason: str, field: str) -> Receipt:
    """Keep a refusal, so that the same action is told the same again."""
    try:
        with transaction.atomic():
            return noted(item, actor, state=state, reason=reason, field=field)
    except IntegrityError:
        return again(item, actor)


def visit(unit: Unit, item: Item, data: items.CheckInData, actor: Account) -> None:
    """Check in."""
    shown = Shown(
        method=data.method, lon=data.lon, lat=data.lat, code=data.code, picture=picture(data.picture),
        confirmed=data.confirmed,
    )  # fmt: skip
    check_in(unit, data.place, item.key, actor, at=item.at, shown=shown)


def answer(unit: Unit, item: Item, data: items.AdvanceData, actor: Account) -> None:
    """Answer the assignment."""
    incidents.advance(own(unit, data.assignment), data.status, actor, at=item.at)


def backup(unit: Unit, item: Item, data: items.BackupData, actor: Account) -> None:
    """Ask for one more unit where this one is."""
    incidents.request_backup(own(unit, data.assignment).incident, actor, item.key, unit=unit)


def own(unit: Unit, assignment: int) -> Assignment:
    """Return the unit's assignment that the action names, so that a late tap cannot hit the next one."""
    found: Assignment | None = unit.assignments.filter(pk=assignment).select_related("incident").first()
    if found is None:
        raise Refused(_("This assignment is not yours any more."), "assignment")
    return found


def move_up(unit: Unit, item: Item, data: items.MoveData, actor: Account) -> None:
    """Answer the order to stand by that the action names, so that a late tap cannot hit the next one."""
    found: Move | None = unit.moves.filter(pk=data.move).first()
    if found is None:
        raise Refused(_("This order is not yours."), "move")
    incidents.advance_move(found, data.status, actor, at=item.at)


def report(unit: Unit, item: Item, data: items.ReportData, actor: Account) -> None:
    """Report a problem of a place."""
    problem = Problem(data.kind, data.words, data.where, data.lon, data.lat, picture(data.picture))
    report_place(unit, problem, item.key, actor, at=item.at)


def track(unit: Unit, data: items.TrackData, actor: Account, ahead: timedelta) -> int:
    """Keep the fixes that belong together."""
    shift = ahead.total_seconds() if abs(ahead) > SKEW else 0.0
    first, last = (moment.timestamp() for moment in (timezone.now() - OLDEST, timezone.now()))
    points = [(millis / 1000 - shift, lon, lat) for millis, lon, lat in data.fixes]
    kept = [
        (datetime.fromtimestamp(at, UTC), lon, lat) for at, lon, lat in points if first <= at <= last + 120
    ]
    return record_track(unit, kept, actor)


def picture(text: str) -> bytes:
    """Return a picture written as base64, nothing for none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(_("The picture cannot be read. Send a JPEG, PNG or WebP."), "picture") from error


STEPS: dict[str, Step] = {
    "on": lambda unit, item, _data, actor: set_duty(unit, True, actor, at=item.at),  # noqa: FBT003
    "off": lambda unit, item, _data, actor: set_duty(unit, False, actor, at=item.at),  # noqa: FBT003
    "check-in": visit,
    "advance": answer,
    "stay": lambda unit, item, data, actor: begin_stay(
        unit, data.place, item.key, actor, at=item.at, planned_s=data.planned_s
    ),
    "stay-end": lambda unit, item, data, actor: end_stay(unit, data.stay, actor, at=item.at),
    "report": report,
    "emergency": lambda unit, item, data, actor: incidents.emergency(
        unit, data.lon, data.lat, actor, item.key, at=item.at
    ),
    "backup": backup,
    "move": move_up,
    "entry": lambda unit, item, data, actor: write_entry(unit, data.text, item.key, actor, at=item.at),
}


def purge_receipts() -> int:
    """Delete the receipts of actions that no phone will send again."""
    last = timezone.now() - 2 * OLDEST
    return Receipt.objects.filter(received_at__lt=last).delete()[0]
