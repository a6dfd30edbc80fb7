"""How long crews have been on duty and at work, as far as the duty log and the orders of the shift say.

A crew is due for rest when the shift that it was ordered for is over, or when it has been on duty for so long
that the rest of the roster's rules, 11 hours, no longer fits into the day that began with its duty
(Directive 2003/88/EC, Article 3). Where neither log nor order says when it came, that is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from anlan.engine.planning.roster.rules import REST_MIN
from anlan.service.incidents.models import Assignment
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol.models import DutyOrder
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOK_BACK = timedelta(hours=36)
LONGEST = timedelta(hours=24) - timedelta(minutes=REST_MIN)


@dataclass(frozen=True)
class Rest:
    """Seconds on duty and of them at work; None where unknown. `due`: the crew should be resting."""

    on_duty_s: float | None
    busy_s: float | None
    until: datetime | None
    due: bool


UNKNOWN_REST = Rest(None, None, None, due=False)


def rests_of(units: Sequence[Unit]) -> dict[int, Rest]:
    """Return what is known of each unit, in three queries."""
    now = timezone.now()
    came, orders = came_on(units, now), orders_now(units, now)
    begins = {unit.pk: begin_of(came.get(unit.pk), orders.get(unit.pk)) for unit in units}
    busy = busy_seconds(units, begins, now)
    return {
        unit.pk: rest(begins[unit.pk], orders.get(unit.pk), busy.get(unit.pk, 0.0), now) for unit in units
    }


def begin_of(came: datetime | None, order: DutyOrder | None) -> datetime | None:
    """Return when the crew came on duty: by the log, else by its order, else unknown."""
    return came or (None if order is None else order.starts_at)


def rest(begin: datetime | None, order: DutyOrder | None, busy_s: float, now: datetime) -> Rest:
    """Return what is known of one crew."""
    if begin is None:
        return UNKNOWN_REST
    until = None if order is None else order.ends_at
    over = until is not None and until < now
    return Rest((now - begin).total_seconds(), busy_s, until, due=over or now - begin > LONGEST)


def came_on(units: Sequence[Unit], now: datetime) -> dict[int, datetime]:
    """Return when each unit last came on duty by the log, if it has not gone off since."""
    events = Event.objects.filter(
        record_type=Unit._meta.label_lower, record_id__in=[str(unit.pk) for unit in units],
        verb__in=(Verb.UNIT_ON_DUTY, Verb.UNIT_OFF_DUTY), at__gte=now - LOOK_BACK,
    ).order_by("at", "pk")  # fmt: skip
    found: dict[int, datetime] = {}
    for key, verb, at in events.values_list("record_id", "verb", "at"):
        if verb == Verb.UNIT_ON_DUTY:
            found[int(key)] = at
        else:
            found.pop(int(key), None)
    return found


def orders_now(units: Sequence[Unit], now: datetime) -> dict[int, DutyOrder]:
    """Return the order whose shift began last, of those of the last hours, by unit."""
    rows = DutyOrder.objects.filter(
        unit__in=units, withdrawn_at=None, starts_at__lte=now, ends_at__gte=now - LONGEST
    )
    return {row.unit_id: row for row in rows.order_by("starts_at")}


def busy_seconds(
    units: Sequence[Unit], begins: dict[int, datetime | None], now: datetime
) -> dict[int, float]:
    """Return the seconds on incidents since the crew came on duty."""
    rows = Assignment.objects.filter(unit__in=units, assigned_at__gte=now - LOOK_BACK)
    found: dict[int, float] = defaultdict(float)
    for unit, began, ended in rows.values_list("unit_id", "assigned_at", "ended_at"):
        since = begins[unit]
        if since is not None and (ended or now) > since:
            found[unit] += ((ended or now) - max(began, since)).total_seconds()
    return found
