"""Expected demand of one day: where, at which hours, of which priority, and how sure.

A place's hours are its beat's own on days like this one (working day or weekend), shrunk to those of the
county as in `forecast.shifts`: most beats have too few incidents to know their own clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.forecast.shifts import discounted, shrunken_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.planning.shifts import Shift

HOURS = 24


@dataclass(frozen=True, eq=False)
class DayDemand:
    """Demand of D places: codes, WGS-84 coordinates, beat codes, expected incidents of the day, (D,).

    `hours` (D, 24) are each place's shares of the hours, `priorities` the county's shares of priorities 1 …
    P, both adding up to 1. The county's count has variance μ + `alpha` μ².

    Raises:
        ValueError: names what has the wrong shape or is no share.

    """

    codes: Sequence[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    beat_codes: Sequence[str]
    expected: NDArray[np.float64]
    hours: NDArray[np.float64]
    priorities: NDArray[np.float64]
    alpha: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        places = len(self.codes)
        for name in ("lon", "lat", "beat_codes", "expected"):
            if len(getattr(self, name)) != places:
                raise ValueError(f"{name}: {len(getattr(self, name))} entries, expected {places}")
        if self.hours.shape != (places, HOURS):
            raise ValueError(f"hours: shape {self.hours.shape}, expected {(places, HOURS)}")
        if not np.isfinite(self.expected).all() or (self.expected < 0).any():
            raise ValueError("expected: must be finite and 0 or more")
        for name, shares in (("hours", self.hours.sum(axis=1)), ("priorities", self.priorities.sum())):
            if places and not np.allclose(shares, 1):
                raise ValueError(f"{name}: shares must add up to 1")
        if self.alpha < 0:
            raise ValueError(f"alpha: must be 0 or more, not {self.alpha}")

    def of(self, shift: Shift) -> NDArray[np.float64]:
        """Expected incidents of each place during a shift, (D,); hours past midnight are the day's own."""
        return np.asarray(self.expected * (self.hours @ overlap(shift)), np.float64)

    def by_beat(self, shift: Shift, beats: Sequence[str]) -> NDArray[np.float64]:
        """Expected incidents of each beat during a shift, (B,); places without a listed beat are left out."""
        place = {code: row for row, code in enumerate(beats)}
        row = np.array([place.get(code, -1) for code in self.beat_codes])
        inside = row >= 0
        return np.bincount(row[inside], self.of(shift)[inside], len(beats))


def overlap(shift: Shift) -> NDArray[np.float64]:
    """Share of each clock hour that a shift covers, (24,), 0-1."""
    covered = np.zeros(HOURS)
    for hour in range(2 * HOURS):
        minutes = min(shift.end_min, 60 * hour + 60) - max(shift.start_min, 60 * hour)
        covered[hour % HOURS] += max(minutes, 0) / 60
    return np.minimum(covered, 1.0)


def hour_shares(
    by_hour: NDArray[np.float64], like: NDArray[np.bool_], beat_of: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Shares of the 24 hours for each place, (D, 24).

    Args:
        by_hour: counts by beat, day and hour, (B, days, 24).
        like: which days are like the one planned for, (days,).
        beat_of: row of each place's beat, -1 for none: the county's hours, (D,).

    """
    county = discounted(by_hour.sum(axis=0, keepdims=True)[:, like])
    whole = shrunken_shares(county)
    beats = shrunken_shares(discounted(by_hour[:, like])) if len(by_hour) else whole[:0]
    return np.asarray(np.vstack((beats, whole))[beat_of], np.float64)


def priority_shares(counts: ArrayLike, levels: int = 4) -> NDArray[np.float64]:
    """Shares of priorities 1 … `levels` by their past counts, (levels,), each shrunk by one incident."""
    seen = np.zeros(levels) + np.asarray(counts, np.float64)[:levels]
    return np.asarray((seen + 1 / levels) / (seen.sum() + 1), np.float64)
