"""The course of the year: months against the year's mean, and a smooth curve over its days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.comparison.rates import poisson_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

YEAR = 365.25
STEPS = 25
ENOUGH_FOR_TREND = 730  # days from first to last; below, a trend and a season cannot be told apart


@dataclass(frozen=True)
class Month:
    """One month of the year: its days with data, incidents, and ratio to the year's mean with its limits.

    `ratio`, `low` and `high` are None where the month has no day with data.
    """

    month: int
    days: int
    count: int
    ratio: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Season:
    """Twelve months; `smooth`, shape (366,), the ratio by day of year; the trend; how uneven the days are.

    Attributes:
        months: January to December.
        smooth: ratio to the year's mean by day of year, mean 1, shape (366,).
        growth: change of the level per year (0.03 is 3 % more); 0 where the days span less than two years.
        dispersion: variance of the daily counts over their mean, at least 1; the limits allow for it.

    """

    months: list[Month]
    smooth: NDArray[np.float64]
    growth: float
    dispersion: float


def season(
    daily: ArrayLike,
    days: NDArray[Any],
    exposed: NDArray[np.bool_],
    *,
    harmonics: int = 2,
    confidence: float = 0.95,
) -> Season:
    """Return the course of the year from daily counts.

    Poisson regression, log μ = a + bt + Σₖ (cₖ cos 2πkd/365.25 + sₖ sin 2πkd/365.25), on exposed days. A
    month's ratio is its incidents over what the level and trend alone expect; its limits are exact Poisson
    ones of the counts divided by the dispersion (quasi-Poisson, McCullagh & Nelder 1989).

    Args:
        daily: incidents per day, shape (T,).
        days: their dates, datetime64, shape (T,).
        exposed: days with data, shape (T,).
        harmonics: waves in the curve: 1 a summer and a winter, 2 also spring and autumn.
        confidence: of the months' limits.

    Raises:
        ValueError: shapes differ, `harmonics` is below 1, the exposed days span less than a year, or have no
            incident.

    """
    date, counts = np.asarray(days, "datetime64[D]"), np.asarray(daily, float)
    kept = np.asarray(exposed, bool)
    if not counts.shape == date.shape == kept.shape:
        raise ValueError(f"days, exposed: shapes {date.shape}, {kept.shape}, daily {counts.shape}")
    if harmonics < 1:
        raise ValueError(f"harmonics: {harmonics} is below 1")
    date, counts = date[kept], counts[kept]
    span = (date[-1] - date[0]).astype(int) + 1 if len(date) else 0
    if span < 365 or not counts.sum():
        raise ValueError(
            f"days: {span} from first to last, {counts.sum():.0f} incidents; a season needs a year of both"
        )
    time = (date - date[0]).astype(float) / YEAR
    trend = (time - time.mean())[:, None] if span >= ENOUGH_FOR_TREND else np.empty((len(time), 0))
    waves = _waves(_day_of_year(date), harmonics)
    design = np.column_stack((np.ones(len(time)), trend, waves))
    fitted = _poisson(design, counts)
    mean = np.exp(design @ fitted)
    dispersion = max(float(((counts - mean) ** 2 / mean).sum() / (len(counts) - design.shape[1])), 1.0)
    plain = design.shape[1] - waves.shape[1]
    curve = np.exp(_waves(np.arange(366), harmonics) @ fitted[plain:])
    level = np.exp(design[:, :plain] @ fitted[:plain]) * curve.mean()
    growth = float(np.expm1(fitted[1])) if trend.size else 0.0
    months = _months(date, counts, level, (dispersion, confidence))
    return Season(months, curve / curve.mean(), growth, dispersion)


def _months(
    date: NDArray[Any], counts: NDArray[np.float64], level: NDArray[np.float64], by: tuple[float, float]
) -> list[Month]:
    dispersion, confidence = by
    month = date.astype("datetime64[M]").astype(np.int64) % 12
    number, expected, days = (
        np.bincount(month, value, 12) for value in (counts, level, np.ones(len(counts)))
    )
    low, high = (limit * dispersion for limit in poisson_interval(number / dispersion, confidence=confidence))
    found = []
    for row in range(12):
        ratios = (
            [float(value[row] / expected[row]) for value in (number, low, high)] if days[row] else [None] * 3
        )
        found.append(Month(row + 1, int(days[row]), int(number[row]), *ratios))
    return found


def _poisson(design: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the coefficients of greatest likelihood, by Newton's steps from the mean."""
    coefficients = np.zeros(design.shape[1])
    coefficients[0] = np.log(counts.mean())
    for _ in range(STEPS):
        mean = np.exp(np.clip(design @ coefficients, -30, 30))
        step = np.linalg.lstsq((design.T * mean) @ design, design.T @ (counts - mean))[0]
        coefficients += step
        if np.abs(step).max() < 1e-10:
            break
    return coefficients


def _waves(day: NDArray[Any], harmonics: int) -> NDArray[np.float64]:
    angle = 2 * np.pi * np.outer(day, np.arange(1, harmonics + 1)) / YEAR
    return np.column_stack((np.cos(angle), np.sin(angle)))


def _day_of_year(date: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray((date - date.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64))
