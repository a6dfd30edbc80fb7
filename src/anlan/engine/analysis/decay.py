"""Discounted gamma-Poisson means with weekday and season: the level that forecasts and colours share.

For beat b and day t the mean is rate(b, t) × weekday(t) × season(t), with
rate = (Σ dᵃ y + k·m) / (Σ dᵃ e + k): counts and exposures of the past weighted by dᵃ (half-life `half_life`),
and a gamma prior worth k exposed days at m = the beat's long-run share × the county's own discounted rate
(West & Harrison 1997, discounted conjugate updating). Missing days have exposure 0 and teach nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import signal

from anlan.engine.analysis.rhythm import weekday

if TYPE_CHECKING:
    from numpy.typing import NDArray

YEAR = 365
SEASON_HALF_WIDTH = 14
WEEKDAY_PRIOR, SEASON_PRIOR = 20.0, 50.0


@dataclass(frozen=True)
class Decay:
    """How the past is weighed: half-lives and `guard` in days, `prior` in exposed days."""

    half_life: float = 60.0
    guard: int = 0
    prior: float = 14.0
    share_half_life: float = 365.0

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        for name in ("half_life", "prior", "share_half_life"):
            value: float = getattr(self, name)
            if not value > 0:
                raise ValueError(f"{name}: {value} is not positive")
        if self.guard < 0:
            raise ValueError(f"guard: {self.guard} is negative")


def weekday_factors(
    daily: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return seven factors around 1, shrunk to 1 by a prior of 20 incidents; shape (7,)."""
    kind = weekday(days)
    counts = np.bincount(kind[exposed], daily[exposed], 7)
    open_days = np.bincount(kind[exposed], minlength=7)
    expected = open_days * (float(counts.sum()) / max(int(open_days.sum()), 1))
    factors = (counts + WEEKDAY_PRIOR) / (expected + WEEKDAY_PRIOR)
    return np.asarray(factors, np.float64)


def season_factors(
    daily: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return a factor per day of year, (366,), smoothed over ±14 days; 1 with under two years of data."""
    if exposed.sum() < YEAR or len(days) < 2 * YEAR:
        return np.ones(366)
    years = days.astype("datetime64[Y]").astype(int)
    of_year = day_of_year(days)
    names, index = np.unique(years, return_inverse=True)
    open_days = np.bincount(index[exposed], minlength=len(names))
    means = np.bincount(index[exposed], daily[exposed], len(names)) / np.maximum(open_days, 1)
    whole = open_days >= 0.4 * YEAR
    used = exposed & whole[index]
    counts = _smooth(np.bincount(of_year[used], daily[used], 366))
    expected = _smooth(np.bincount(of_year[used], means[index[used]], 366))
    return np.asarray((counts + SEASON_PRIOR) / (expected + SEASON_PRIOR), np.float64)


def day_of_year(days: NDArray[Any]) -> NDArray[np.int64]:
    """Return 0–365 for datetime64 days."""
    whole = days.astype("datetime64[D]")
    return np.asarray((whole - whole.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64))


def pulse(daily: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return weekday × season for each of `days`, shape (T,); `daily` may be shorter: days to come."""
    known = len(daily)
    week = weekday_factors(daily, days[:known], exposed)
    season = season_factors(daily, days[:known], exposed)
    return np.asarray(week[weekday(days)] * season[day_of_year(days)], np.float64)


def rates(
    counts: NDArray[Any], exposure: NDArray[np.float64], how: Decay
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rate per standard day before each day, and the effective exposed days behind it.

    Args:
        counts: incidents, shape (..., beats, T).
        exposure: exposed × weekday × season, shape (T,).
        how: weights; only days before t − guard count for day t.

    """
    seen = past(counts.astype(float), how.half_life, how.guard)
    open_days = past(exposure, how.half_life, how.guard)
    long_run = past(counts.astype(float), how.share_half_life, how.guard)
    share = (long_run + 0.5) / (long_run + 0.5).sum(axis=-2, keepdims=True)
    county = seen.sum(axis=-2, keepdims=True) / np.maximum(open_days, 1e-9)
    rate = (seen + how.prior * share * county) / (open_days + how.prior)
    return rate, open_days


def past(values: NDArray[np.float64], half_life: float, guard: int) -> NDArray[np.float64]:
    """Return Σ d^(a−1−guard) · value(t − a) over ages a > guard, along the last axis."""
    shifted = np.zeros_like(values)
    lag = 1 + guard
    if values.shape[-1] > lag:
        shifted[..., lag:] = values[..., :-lag]
    return np.asarray(signal.lfilter([1.0], [1.0, -(0.5 ** (1 / half_life))], shifted, axis=-1), np.float64)


def _smooth(values: NDArray[Any]) -> NDArray[np.float64]:
    padded = np.concatenate((values[-SEASON_HALF_WIDTH:], values, values[:SEASON_HALF_WIDTH]))
    return np.convolve(padded, np.ones(2 * SEASON_HALF_WIDTH + 1), "valid")
