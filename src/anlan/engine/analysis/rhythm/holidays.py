"""Holidays: how many incidents against the same weekdays around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.comparison.change import ratio_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WEEKS = 6


@dataclass(frozen=True)
class HolidayEffect:
    """Incidents on holidays against the same weekdays of the weeks around.

    `expected` is the mean of those weekdays, added up over the holidays; `ratio` observed over expected, with
    `low` and `high` its limits (`high` None: unbounded); `dispersion` the days' variance over their mean.
    """

    holidays: int
    observed: int
    expected: float
    ratio: float | None
    low: float | None
    high: float | None
    dispersion: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 1 out."""
        return (self.low is not None and self.low > 1) or (self.high is not None and self.high < 1)


def holiday_effect(
    daily: ArrayLike,
    days: NDArray[Any],
    exposed: NDArray[np.bool_],
    holidays: ArrayLike,
    *,
    weeks: int = WEEKS,
    confidence: float = 0.95,
) -> HolidayEffect:
    """Return the ratio of holidays to like days.

    A holiday is held against the same weekday of the `weeks` weeks before and after, holidays and days
    without data left out. The interval is the conditional one of `comparison`, on counts divided by the
    dispersion of the ordinary days about their own neighbours, so that it allows for uneven days.

    Args:
        daily: incidents per day, shape (T,).
        days: their dates, consecutive, datetime64, shape (T,).
        exposed: days with data, shape (T,).
        holidays: dates of the holidays (those outside `days` are passed over), datetime64.
        weeks: weeks before and after that are compared.
        confidence: of the interval.

    Raises:
        ValueError: shapes differ, the days are not consecutive, or `weeks` is below 1.

    """
    date, counts = np.asarray(days, "datetime64[D]"), np.asarray(daily, float)
    open_, off = np.asarray(exposed, bool), np.isin(date, np.asarray(holidays, "datetime64[D]"))
    if not counts.shape == date.shape == open_.shape:
        raise ValueError(f"days, exposed: shapes {date.shape}, {open_.shape}, daily {counts.shape}")
    if len(date) > 1 and (np.diff(date) != np.timedelta64(1, "D")).any():
        raise ValueError("days: not consecutive")
    if weeks < 1:
        raise ValueError(f"weeks: {weeks} is below 1")
    total, number = _around(counts, open_ & ~off, weeks)
    known = open_ & (number > 0)
    ordinary, on = known & ~off, known & off
    mean = total[ordinary] / number[ordinary]
    # A day less the mean of its n like days has a variance of (1 + 1/n) times its own.
    square = (counts[ordinary] - mean) ** 2 / np.maximum(mean, 1e-9) / (1 + 1 / number[ordinary])
    dispersion = max(float(square[mean > 0].mean()), 1.0) if (mean > 0).any() else 1.0
    return _effect(counts[on], total[on], number[on], dispersion, confidence)


def _effect(
    counts: NDArray[np.float64],
    total: NDArray[np.float64],
    number: NDArray[np.float64],
    dispersion: float,
    confidence: float,
) -> HolidayEffect:
    observed, expected = float(counts.sum()), float((total / number).sum())
    if not len(counts) or not expected:
        return HolidayEffect(len(counts), int(observed), expected, None, None, None, dispersion)
    # The sum of means is as sure as a Poisson count of (Σm)² / Σ(m/n), which holds for uneven n too.
    size = expected**2 / float((total / number**2).sum())
    low, high = ratio_interval(
        observed / dispersion, size / dispersion, expected, size, confidence=confidence
    )
    upper = float(high) if np.isfinite(high) else None
    return HolidayEffect(
        len(counts), int(observed), expected, observed / expected, float(low), upper, dispersion
    )


def _around(
    counts: NDArray[np.float64], usable: NDArray[np.bool_], weeks: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sum and number of the usable days 1 to `weeks` weeks before and after each day."""
    reach = 7 * weeks
    padded, open_ = np.pad(counts * usable, reach), np.pad(usable.astype(float), reach)
    offsets = [7 * week + reach for week in range(-weeks, weeks + 1) if week]
    total = sum(padded[at : at + len(counts)] for at in offsets)
    number = sum(open_[at : at + len(counts)] for at in offsets)
    return np.asarray(total, float), np.asarray(number, float)
