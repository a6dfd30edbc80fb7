"""Shifts: when of the day a crew is out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.engine.geo.roads import HourClass, Hours

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY_MIN = 1440


@dataclass(frozen=True)
class Shift:
    """One shift of a day: a code, its begin in minutes after local midnight, its length in minutes.

    A shift that ends after midnight belongs to the day on which it begins.

    Raises:
        ValueError: names the field that is out of range.

    """

    code: str
    start_min: int
    minutes: int

    def __post_init__(self) -> None:
        if not self.code:
            raise ValueError("code: a shift needs one")
        if not 0 <= self.start_min < DAY_MIN:
            raise ValueError(f"start_min of {self.code}: from 0 to {DAY_MIN - 1}, not {self.start_min}")
        if not 0 < self.minutes <= DAY_MIN:
            raise ValueError(f"minutes of {self.code}: from 1 to {DAY_MIN}, not {self.minutes}")

    @property
    def end_min(self) -> int:
        """Minutes after the midnight at which the day began; above 1440 where it ends on the next day."""
        return self.start_min + self.minutes

    def hours(self) -> list[int]:
        """The clock hours 0-23 that the shift touches, in order."""
        return [hour % 24 for hour in range(self.start_min // 60, -(-self.end_min // 60))]

    def hour_class(self, hours: Hours, weekday: int) -> HourClass:
        """The slowest hour class that holds for at least a quarter of the shift, so that a plan is not rosy.

        `weekday`: 0 (Monday) to 6, of the day on which it begins.
        """
        touched = self.hours()
        classes = [hours.of(hour, weekday) for hour in touched]
        slow_first = sorted(HourClass, reverse=True)
        return next(one for one in slow_first if 4 * classes.count(one) >= len(touched))


THREE_SHIFTS: tuple[Shift, ...] = (Shift("day", 480, 480), Shift("evening", 960, 480), Shift("night", 0, 480))


def checked(shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    """Return the shifts as they are.

    Raises:
        ValueError: none, or a code twice.

    """
    codes = [shift.code for shift in shifts]
    if not codes:
        raise ValueError("shifts: at least one")
    for code in codes:
        if codes.count(code) > 1:
            raise ValueError(f"shifts: code {code} twice")
    return tuple(shifts)
