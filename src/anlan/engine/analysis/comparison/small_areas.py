"""Small areas: rates drawn to the county's the more, the fewer residents they rest on (empirical Bayes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import optimize, special

from anlan.engine.analysis.comparison.rates import PER, checked_areas

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Method = Literal["likelihood", "moments"]
MOST_SHAPE = 1e6  # shape of the gamma at which areas differ by chance alone
NOTICEABLE = 1e-3  # log likelihood that a spread between areas must add


@dataclass(frozen=True, eq=False)
class ShrunkenRates:
    """Rates per 10,000 residents.

    Attributes:
        raw: counts over population, shape (N,); NaN where nobody lives.
        rate: the shrunken rates, shape (N,); the county's where nobody lives.
        low: limits of the true rate given the count, shape (N,); NaN by the method of moments, which has
            none.
        high: as `low`.
        mean: the county's rate.
        variance: of the true rates between areas, beyond chance.

    """

    raw: NDArray[np.float64]
    rate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: float
    variance: float


def shrunken_rates(
    counts: ArrayLike,
    population: ArrayLike,
    *,
    method: Method = "likelihood",
    confidence: float = 0.95,
) -> ShrunkenRates:
    """Return rates shrunk to the county's.

    "likelihood": counts are Poisson with rates from a gamma distribution, fitted by greatest likelihood
    (Clayton & Kaldor 1987); the rate is the posterior mean, its limits posterior quantiles. "moments":
    Marshall's global estimate (1991; R `spdep::EBest`), without limits.

    Args:
        counts: incidents of each area, shape (N,).
        population: residents of each area, shape (N,).
        method: how the spread between areas is estimated.
        confidence: mass between the posterior limits.

    Raises:
        ValueError: shapes differ, a value is negative, nobody lives anywhere, there are fewer than two areas
            with residents, `method` is unknown, or `confidence` is outside (0, 1).

    """
    number, residents = checked_areas(counts, population)
    if method not in {"likelihood", "moments"}:
        raise ValueError(f"method: {method!r}, expected likelihood or moments")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: {confidence} is not between 0 and 1")
    lived = residents > 0
    if lived.sum() < 2:
        raise ValueError(f"population: {int(lived.sum())} areas have residents, at least two are needed")
    raw = np.full(len(number), np.nan)
    raw[lived] = number[lived] / residents[lived]
    fit = _likelihood if method == "likelihood" else _moments
    mean, variance = fit(number[lived], residents[lived])
    found = _posterior(np.where(lived, number, 0), residents, mean, variance)
    limits = np.full((2, len(number)), np.nan)
    if method == "likelihood":
        limits = _limits(np.where(lived, number, 0), residents, (mean, variance), confidence)
    return ShrunkenRates(
        PER * raw, PER * found, PER * limits[0], PER * limits[1], PER * mean, PER**2 * variance
    )


def _moments(number: NDArray[np.float64], residents: NDArray[np.float64]) -> tuple[float, float]:
    """Return Marshall's mean and variance of the rates."""
    total = residents.sum()
    mean = number.sum() / total
    spread = (residents * (number / residents - mean) ** 2).sum() / total
    return float(mean), float(max(spread - mean / (total / len(residents)), 0))


def _likelihood(number: NDArray[np.float64], residents: NDArray[np.float64]) -> tuple[float, float]:
    """Return mean and variance of the gamma under which the counts are likeliest (negative binomial)."""
    mean = float(number.sum() / residents.sum())
    if not mean:
        return 0.0, 0.0

    def loss(parameters: NDArray[np.float64]) -> float:
        shape = np.exp(parameters[0])
        expected = residents * np.exp(parameters[1])
        terms = (
            special.gammaln(number + shape)
            - special.gammaln(shape)
            + shape * np.log(shape / (shape + expected))
            + special.xlogy(number, expected / (shape + expected))
        )
        return -float(terms.sum())

    bounds = [(np.log(1e-3), np.log(MOST_SHAPE)), (np.log(mean) - 5, np.log(mean) + 5)]
    best = optimize.minimize(loss, (0.0, np.log(mean)), bounds=bounds, method="L-BFGS-B", tol=1e-12)
    shape, centre = np.exp(best.x)
    # The greater the shape, the flatter the likelihood: a spread that adds nothing to it is none.
    if best.fun > loss(np.array([np.log(MOST_SHAPE), np.log(mean)])) - NOTICEABLE:
        return mean, 0.0
    return float(centre), float(centre**2 / shape)


def _posterior(
    number: NDArray[np.float64], residents: NDArray[np.float64], mean: float, variance: float
) -> NDArray[np.float64]:
    """Return the weighted mean of own and county's rate; the weight is the share of true variance."""
    if not variance:
        return np.full(len(number), mean)
    return np.asarray((variance * number + mean**2) / (variance * residents + mean))


def _limits(
    number: NDArray[np.float64], residents: NDArray[np.float64], prior: tuple[float, float], confidence: float
) -> NDArray[np.float64]:
    """Return quantiles of the gamma posterior, (2, N)."""
    mean, variance = prior
    if not variance:
        return np.full((2, len(number)), mean)
    shape, rate = mean**2 / variance + number, mean / variance + residents
    tail = (1 - confidence) / 2
    return np.stack((special.gammaincinv(shape, tail) / rate, special.gammainccinv(shape, tail) / rate))
