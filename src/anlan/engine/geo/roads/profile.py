"""Travel time by time of day: one factor per hour class and road class on the free-flow time.

The default factors are planning assumptions, not measurements: they stand until a county calibrates them from
its own recorded trips. They follow the usual shape (free at night; the more a class carries through traffic,
the more it slows at the peak) and are kept mild because a patrol car under way to a call may use its lights.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads.links import CLASS_INDEX, CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class HourClass(IntEnum):
    """Time-of-day class of a travel time."""

    NIGHT = 0
    DAY = 1
    PEAK = 2


THROUGH = ("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link")
COLLECTOR = ("secondary", "secondary_link", "tertiary", "tertiary_link")


def default_factors() -> NDArray[np.float32]:
    """Travel-time factors, shape (hour classes, road classes); 1 is free flow."""
    factors = np.ones((len(HourClass), len(CLASSES)), np.float32)
    for names, day, peak in ((CLASSES, 1.05, 1.15), (COLLECTOR, 1.15, 1.4), (THROUGH, 1.15, 1.5)):
        columns = [CLASS_INDEX[name] for name in names]
        factors[HourClass.DAY, columns] = day
        factors[HourClass.PEAK, columns] = peak
    return factors


def default_waits() -> NDArray[np.float32]:
    """Seconds waited at a traffic light, shape (hour classes,): the two seconds of OSRM's car profile."""
    return np.full(len(HourClass), 2.0, np.float32)


def edited(changes: Mapping[tuple[HourClass, str], float]) -> NDArray[np.float32]:
    """The default table with some factors replaced: ``{(HourClass.PEAK, "primary"): 1.8}``.

    Raises:
        ValueError: an unknown road class, or a factor that is not above 0.

    """
    factors = default_factors()
    for (hours, name), factor in changes.items():
        if name not in CLASS_INDEX:
            raise ValueError(f"road class {name!r}: expected one of {', '.join(CLASSES)}")
        if not factor > 0:
            raise ValueError(f"factor of {name} at {hours.name.lower()}: must be above 0, not {factor}")
        factors[hours, CLASS_INDEX[name]] = factor
    return factors


@dataclass(frozen=True)
class Hours:
    """Which local hours are night, and which on working days are the peak (half-open ranges)."""

    night: tuple[tuple[int, int], ...] = ((0, 6), (22, 24))
    peak: tuple[tuple[int, int], ...] = ((7, 9), (17, 19))
    working_days: frozenset[int] = field(default=frozenset(range(5)))

    def of(self, hour: int, weekday: int) -> HourClass:
        """The class of a local hour 0-23 on a weekday 0 (Monday) - 6.

        Raises:
            ValueError: the hour or the weekday is out of range.

        """
        if not 0 <= hour < 24 or not 0 <= weekday < 7:
            raise ValueError(f"hour {hour}, weekday {weekday}: expected 0-23 and 0-6")
        if any(first <= hour < last for first, last in self.night):
            return HourClass.NIGHT
        busy = weekday in self.working_days and any(first <= hour < last for first, last in self.peak)
        return HourClass.PEAK if busy else HourClass.DAY
