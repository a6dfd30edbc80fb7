"""Keeping fixes: many in one transaction, each unit's in the order in which they were taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.gateway.positions import Fix
from anlan.service.environment import environment
from anlan.service.incidents.errors import Refused
from anlan.service.patrol.guard import check_crew, check_place
from anlan.service.patrol.positions import store
from anlan.service.patrol.positions.judge import CLOCK_SKEW_S, STORED, Known, Outcome, after, judge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from anlan.service.staff.models import Account, Unit

DAY_S, DELAYED_S = 86_400.0, 60.0
CLOCK_SKEW = timedelta(seconds=CLOCK_SKEW_S)


@dataclass(slots=True)
class Arrival:
    """A fix of a unit as it came in, and what became of it once it has been kept.

    `trusted` is not judged for jumps: the demo's simulated day runs faster than any car.
    """

    unit: int
    fix: Fix
    came: float
    trusted: bool = False
    outcome: Outcome = Outcome.DUPLICATE

    @property
    def at(self) -> float:
        """When the fix was taken; where the client did not say, when it came."""
        return self.came if self.fix.at is None else self.fix.at

    @property
    def delayed(self) -> bool:
        """Whether it comes late enough to be from before the unit's duty: phones queue without network."""
        return self.came - self.at > DELAYED_S


def keep(arrivals: Sequence[Arrival]) -> None:
    """Judge the fixes, write what is to be kept, and note each outcome; all in one transaction.

    A fix sent twice is kept once: the unit and the moment are the key.
    """
    if not arrivals:
        return
    ordered = sorted(arrivals, key=lambda one: (one.unit, one.at))
    with transaction.atomic():
        known = store.known_of({one.unit for one in ordered}, {one.unit for one in ordered if one.delayed})
        moved = settle(ordered, known, oldest())
        new = store.add_fixes([one for one in ordered if one.outcome in STORED])
        for one in ordered:
            key = one.unit, store.moment(one.at)
            if one.outcome in STORED and key not in new:
                one.outcome = Outcome.DUPLICATE
            new.discard(key)
        store.move({unit: known[unit] for unit in moved})


def keep_past(unit: Unit, arrivals: Sequence[Arrival]) -> None:
    """Judge fixes of a unit's duties that have ended, and add them to the history; its position stays."""
    if not arrivals:
        return
    ordered = sorted(arrivals, key=lambda one: one.at)
    before = store.last_before(unit.pk, ordered[0].at)
    settle(ordered, {unit.pk: Known(on_duty=True, vehicle=unit.vehicle, last=before)}, oldest())
    store.add_fixes([one for one in ordered if one.outcome in STORED])


def oldest() -> float:
    """Return when what would be purged at once was taken, or earlier."""
    return timezone.now().timestamp() - environment().position_days * DAY_S


def settle(ordered: Sequence[Arrival], known: dict[int, Known], earliest: float) -> set[int]:
    """Judge the fixes in turn; return the units of which anything changed."""
    moved = set()
    for one in ordered:
        facts = known.get(one.unit)
        if facts is None:  # the unit is gone
            one.outcome = Outcome.OFF_DUTY
            continue
        one.outcome = judge(one.fix, one.at, facts, one.came, earliest)
        if one.trusted and one.outcome is Outcome.JUMP:
            one.outcome = Outcome.KEPT
        changed = after(facts, one.fix, one.at, one.outcome)
        if changed is not facts:
            known[one.unit] = changed
            moved.add(one.unit)
    return moved


def record_position(  # noqa: PLR0913 - a fix has so many parts
    unit: Unit,
    lon: float,
    lat: float,
    at: datetime | None = None,
    actor: Account | None = None,
    *,
    accuracy: float | None = None,
    speed: float | None = None,
    course: float | None = None,
) -> bool:
    """Keep a fix of the phone page or of the system; return whether it is the unit's position now.

    Raises:
        Refused: the unit is off duty, the fix lies in the future or is no place on Earth.
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    check_place(lon, lat)
    now = timezone.now()
    fix = Fix(lon, lat, (at or now).timestamp(), speed, course, accuracy)
    arrival = Arrival(unit.pk, fix, now.timestamp(), trusted=actor is None)
    keep([arrival])
    if arrival.outcome is Outcome.FUTURE:
        raise Refused(_("The time of the fix lies in the future; check the phone's clock."), "at")
    if arrival.outcome is Outcome.OFF_DUTY:
        raise Refused(_("%(unit)s is off duty: no position is kept.") % {"unit": unit.call_sign})
    return arrival.outcome is Outcome.KEPT


def store_fix(unit: Unit, lon: float, lat: float, at: datetime) -> bool:
    """Keep a fix that was checked already; return whether it is the unit's position now."""
    arrival = Arrival(unit.pk, Fix(lon, lat, at.timestamp()), timezone.now().timestamp(), trusted=True)
    keep([arrival])
    return arrival.outcome is Outcome.KEPT
