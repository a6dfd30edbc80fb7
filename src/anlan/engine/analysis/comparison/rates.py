"""Rates per 10,000 residents with exact Poisson limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

PER = 10_000


@dataclass(frozen=True, eq=False)
class Rates:
    """Incidents per 10,000 residents with their limits, shape (N,) each; NaN where nobody lives."""

    rate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def rates_per_10000(counts: ArrayLike, population: ArrayLike, *, confidence: float = 0.95) -> Rates:
    """Return rates with exact limits (Garwood 1936; R `poisson.test`).

    Args:
        counts: incidents of each area, shape (N,).
        population: residents of each area, shape (N,); 0 where nobody lives (a station, a park): no rate.
        confidence: share of such intervals that hold the true rate, at least.

    Raises:
        ValueError: a count or population is negative, shapes differ, or `confidence` is outside (0, 1).

    """
    number, residents = checked_areas(counts, population)
    low, high = poisson_interval(number, confidence=confidence)
    with np.errstate(divide="ignore"):
        scale = np.where(residents > 0, PER / residents, np.nan)
    return Rates(number * scale, low * scale, high * scale)


def poisson_interval(
    counts: ArrayLike, *, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the exact limits of the mean that Poisson counts came from (Garwood 1936).

    Raises:
        ValueError: `confidence` is outside (0, 1).

    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: {confidence} is not between 0 and 1")
    number, tail = np.asarray(counts, float), (1 - confidence) / 2
    low = np.where(number > 0, special.gammaincinv(np.where(number > 0, number, 1), tail), 0.0)
    return low, np.asarray(special.gammainccinv(number + 1, tail))


def checked_areas(
    counts: ArrayLike, population: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return counts and residents as floats; raises ValueError where they have no meaning."""
    number, residents = np.asarray(counts, float), np.asarray(population, float)
    if number.shape != residents.shape:
        raise ValueError(f"population: shape {residents.shape}, counts {number.shape}")
    for name, value in (("counts", number), ("population", residents)):
        if not (value >= 0).all():
            raise ValueError(f"{name}: negative or not a number")
    return number, residents
