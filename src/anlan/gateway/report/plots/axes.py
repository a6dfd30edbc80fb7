"""Where values stand on a picture: round ticks, and a straight scale from value to place."""

from __future__ import annotations

import math
from dataclasses import dataclass

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
NO_SPREAD = 1e-9  # of the values or of 1: below the digits that ticks are rounded to


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers from at or below `low` to at or above `high`."""
    known = math.isfinite(low) and math.isfinite(high)
    if not known or high - low <= NO_SPREAD * max(abs(low), abs(high), 1.0):
        low, high = (low, low + 1) if math.isfinite(low) else (0.0, 1.0)
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in STEPS if power * times >= rough * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


@dataclass(frozen=True)
class Scale:
    """From values in [low, high] to places in [start, end]."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value, kept inside the picture."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)
