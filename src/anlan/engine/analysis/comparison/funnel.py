"""Funnel plot: between which rates an area of a size lies by chance, and which areas lie outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special, stats

from anlan.engine.analysis.comparison.rates import PER, checked_areas

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WINSORISED = 0.1  # share of z-scores at each end that are drawn in before overdispersion is estimated


@dataclass(frozen=True, eq=False)
class Funnel:
    """Rates per 10,000 residents.

    Attributes:
        rate: of each area, shape (N,); NaN where nobody lives.
        target: the county's rate, or the one asked for.
        levels: the confidence of each pair of limits, shape (K,).
        low: lower limits, shape (K, N); NaN where nobody lives.
        high: upper limits, shape (K, N).
        outside: -1 below, 1 above the widest limits, else 0, shape (N,).
        dispersion: φ; the limits are √φ times as far from the target as chance alone would put them.

    """

    rate: NDArray[np.float64]
    target: float
    levels: tuple[float, ...]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    outside: NDArray[np.int8]
    dispersion: float


def funnel_limits(
    counts: ArrayLike,
    population: ArrayLike,
    *,
    target: float | None = None,
    levels: tuple[float, ...] = (0.95, 0.998),
    overdispersed: bool = True,
) -> Funnel:
    """Return the funnel of areas (Spiegelhalter 2005, exact Poisson limits A.1.1, overdispersion A.3.2).

    The exact limit interpolates between counts so that its tail is exactly what is asked. Overdispersion φ
    is the mean square of the z-scores, winsorised by 10 % at both ends; used where it is above 1.

    Args:
        counts: incidents of each area, shape (N,).
        population: residents of each area, shape (N,).
        target: rate per 10,000 that areas are held against; by default that of all together.
        levels: confidence of each pair of limits.
        overdispersed: whether to widen the limits by √φ.

    Raises:
        ValueError: shapes differ, a value is negative, nobody lives anywhere, the target is not positive, or
            a level is outside (0, 1).

    """
    number, residents = checked_areas(counts, population)
    if not residents.sum() > 0:
        raise ValueError("population: nobody lives anywhere")
    if not levels or not all(0 < level < 1 for level in levels):
        raise ValueError(f"levels: {levels}, each must lie between 0 and 1")
    centre = number.sum() / residents.sum() if target is None else target / PER
    if not centre > 0:
        raise ValueError(f"target: {centre * PER} per 10,000 is not positive")
    expected = np.where(residents > 0, residents * centre, np.nan)
    dispersion = _dispersion(number, expected) if overdispersed else 1.0
    tails = (1 - np.array(levels)[:, None]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, scale = number / residents * PER, PER / residents
        low, high = (
            centre * PER + np.sqrt(dispersion) * (_limit(tail, expected) * scale - centre * PER)
            for tail in (tails, 1 - tails)
        )
        widest = int(np.argmax(levels))
        outside = (rate > high[widest]).astype(np.int8) - (rate < low[widest]).astype(np.int8)
    rate = np.where(residents > 0, rate, np.nan)
    return Funnel(rate, centre * PER, tuple(levels), np.maximum(low, 0), high, outside, dispersion)


def _limit(share: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the count, not whole, at which a Poisson variable's distribution passes `share`; 0 at least."""
    count = stats.poisson.ppf(share, expected)
    below = special.pdtr(count, expected)
    return np.asarray(np.maximum(count - (below - share) / stats.poisson.pmf(count, expected), 0))


def _dispersion(number: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    lived = np.isfinite(expected)
    z = (number[lived] - expected[lived]) / np.sqrt(expected[lived])
    low, high = np.quantile(z, (WINSORISED, 1 - WINSORISED))
    return max(float((np.clip(z, low, high) ** 2).mean()), 1.0)
