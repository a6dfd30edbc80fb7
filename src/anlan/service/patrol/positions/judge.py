"""What becomes of a fix: kept, known already, late, or not to be believed. Pure: no database, no clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from anlan.gateway.positions import Fix

CLOCK_SKEW_S = 120.0
COARSE_M = 200.0
SLACK_M = 50.0
FASTEST = {Unit.Vehicle.CAR: 70.0, Unit.Vehicle.BIKE: 60.0, Unit.Vehicle.FOOT: 45.0}
"""Metres a second above which no unit moves; officers on foot are given lifts."""
EARTH_M = 6_371_008.8


class Outcome(StrEnum):
    """What became of a fix; the first four are in the history, the first alone moves the unit."""

    KEPT = "kept"
    LATE = "late"
    JUMP = "jump"
    COARSE = "coarse"
    DUPLICATE = "duplicate"
    FUTURE = "future"
    OLD = "old"
    OFF_DUTY = "off_duty"


STORED = {Outcome.KEPT, Outcome.LATE, Outcome.JUMP, Outcome.COARSE}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a unit: its duty, its vehicle, its last position, the last fix kept aside.

    `since` is when the unit came on duty: earlier fixes are of nobody's business.
    """

    on_duty: bool
    vehicle: str
    last: Fix | None = None
    aside: Fix | None = None
    since: float | None = None


def judge(fix: Fix, at: float, known: Known, now: float, oldest: float) -> Outcome:  # noqa: PLR0911
    """Return what becomes of a fix taken at `at`; `oldest` is what would be purged at once."""
    last = known.last
    if not known.on_duty or (known.since is not None and at < known.since):
        return Outcome.OFF_DUTY
    if at > now + CLOCK_SKEW_S:
        return Outcome.FUTURE
    if at < oldest:
        return Outcome.OLD
    if fix.accuracy is not None and fix.accuracy > COARSE_M:
        return Outcome.COARSE
    if last is None or last.at is None:
        return Outcome.KEPT
    if at <= last.at:
        return Outcome.LATE if at < last.at else Outcome.DUPLICATE
    if believable(last, fix, at, known.vehicle):
        return Outcome.KEPT
    # One wrong fix must not lock out all right ones: two in a row that agree are believed.
    if known.aside is not None and believable(known.aside, fix, at, known.vehicle):
        return Outcome.KEPT
    return Outcome.JUMP


def believable(before: Fix, fix: Fix, at: float, vehicle: str) -> bool:
    """Whether the unit can have come so far since an earlier fix; inaccuracy speaks for it."""
    if before.at is None or at <= before.at:
        return False
    slack = SLACK_M + (before.accuracy or 0.0) + (fix.accuracy or 0.0)
    fastest = FASTEST.get(Unit.Vehicle(vehicle), max(FASTEST.values()))
    return metres(before, fix) <= slack + fastest * (at - before.at)


def after(known: Known, fix: Fix, at: float, outcome: Outcome) -> Known:
    """Return what is known once the fix is judged."""
    if outcome is Outcome.KEPT:
        return replace(known, last=taken(fix, at), aside=None)
    if outcome is Outcome.JUMP:
        return replace(known, aside=taken(fix, at))
    return known


def taken(fix: Fix, at: float) -> Fix:
    """Return the fix with the moment that it counts for."""
    return fix if fix.at == at else replace(fix, at=at)


def metres(one: Fix, other: Fix) -> float:
    """Return the great-circle distance (haversine)."""
    lat, to_lat = math.radians(one.lat), math.radians(other.lat)
    half_lat, half_lon = (to_lat - lat) / 2, math.radians(other.lon - one.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin(half_lon) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(chord)))
