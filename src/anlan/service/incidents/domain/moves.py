"""Move-ups: a free unit is ordered to a standby post while the response ring is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.guard import allow, allow_crew
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Move
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.places.models import StandbyPost
    from anlan.service.staff.models import Account

M = Move.Status


def order_move(
    unit: Unit, post: StandbyPost, actor: Account | None, *, expected_seconds: float | None = None
) -> Move:
    """Order a free unit to stand by at a post; it stays free for calls. The same order again changes nothing.

    Raises:
        Refused: the unit is off duty, on an incident, or ordered elsewhere.
        PermissionDenied: the actor does not dispatch there.

    """
    try:
        with transaction.atomic():
            locked = Unit.objects.select_for_update().get(pk=unit.pk)
            if post.lon is None or post.lat is None:
                raise Refused(_("%(post)s has no place on the map.") % {"post": post.label}, "post")
            for record in (locked, post):
                allow(actor, "incidents.dispatch", record)
            return ordered(locked, post) or write(locked, post, actor, expected_seconds)
    except IntegrityError:
        again = ordered(unit, post)
        if again is None:
            raise
        return again


def ordered(unit: Unit, post: StandbyPost) -> Move | None:
    """Return the open order if it is to this post; refuse where the unit cannot go there."""
    current = unit.assignments.filter(ended_at=None).select_related("incident").first()
    if current is not None:
        facts = {"unit": unit.call_sign, "number": current.incident.number}
        raise Refused(_("%(unit)s is on incident %(number)s: it cannot move up.") % facts, "unit")
    if not unit.on_duty:
        raise Refused(_("%(unit)s is off duty.") % {"unit": unit.call_sign}, "unit")
    row = unit.moves.filter(ended_at=None).first()
    if row is not None and row.post_code != post.code:
        facts = {"unit": unit.call_sign, "post": row.post_name or row.post_code}
        raise Refused(_("%(unit)s is ordered to %(post)s already; end that order first.") % facts, "unit")
    return row


def write(unit: Unit, post: StandbyPost, actor: Account | None, seconds: float | None) -> Move:
    """Write the order and its event."""
    row = Move.objects.create(
        unit=unit, post_code=post.code, post_name=post.label, lon=post.lon, lat=post.lat,
        area_code=unit.area_code, ordered_at=timezone.now(), ordered_by=actor,
        expected_seconds=None if seconds is None else round(seconds),
    )  # fmt: skip
    tell(Verb.MOVE_ORDERED, row, actor, row.ordered_at)
    return row


def tell(verb: Verb, row: Move, actor: Account | None, at: datetime, **facts: Any) -> None:
    """Log something about a move, as something about its unit."""
    data = {
        "unit": row.unit.call_sign,
        "unit_id": row.unit_id,
        "post": row.post_code,
        "text": row.post_name or row.post_code,
        **facts,
    }
    log.append(verb, row.unit, actor=actor, area_code=row.area_code, data=data, at=at)


STEPS = {
    M.ACCEPTED: ((M.ORDERED,), "accepted_at", Verb.MOVE_ACCEPTED),
    M.ARRIVED: ((M.ORDERED, M.ACCEPTED), "arrived_at", Verb.MOVE_ARRIVED),
    M.ENDED: ((M.ORDERED, M.ACCEPTED, M.ARRIVED), "ended_at", Verb.MOVE_ENDED),
}


def advance_move(
    move: Move, status: str, actor: Account | None, *, reason: str = "", at: datetime | None = None
) -> Move:
    """Let the crew answer (accepted, arrived) and crew or dispatcher end it (ended); again changes nothing.

    `at` is when it was, for what a phone could not send at once; never before the step before.

    Raises:
        Refused: the status is none of these, or the order has ended or is further on.
        PermissionDenied: the actor is neither of the crew nor a dispatcher of the area.

    """
    if status not in STEPS:
        raise Refused(_("Unknown status %(status)s.") % {"status": status}, "status")
    with transaction.atomic():
        row = Move.objects.select_related("unit").get(pk=move.pk)
        allow_crew(actor, row.unit, row)
        return step(row, M(status), actor, reason, at)


def step(
    row: Move, status: Move.Status, actor: Account | None, reason: str, at: datetime | None = None
) -> Move:
    """Change the status by a conditional UPDATE and log it."""
    sources, stamp, verb = STEPS[status]
    if getattr(row, stamp) is not None:
        return row
    moment = max(at or timezone.now(), *stamped(row))
    open_row = Move.objects.filter(pk=row.pk, ended_at=None, status__in=sources)
    if open_row.update(**{"status": status, stamp: moment}) != 1:
        raise Refused(_("This order is over."), "status")
    row.refresh_from_db()
    tell(verb, row, actor, moment, **({"reason": reason.strip()} if reason.strip() else {}))
    return row


def stamped(row: Move) -> list[datetime]:
    """Return the times that the order's steps have so far."""
    return [time for time in (row.ordered_at, row.accepted_at, row.arrived_at) if time is not None]


def end_move(unit: Unit, actor: Account | None, reason: str, *, at: datetime | None = None) -> None:
    """End the unit's open order, if any, in the transaction that sends it to a call or off duty."""
    row = unit.moves.filter(ended_at=None).select_related("unit").first()
    if row is not None:
        step(row, M.ENDED, actor, reason, at)
