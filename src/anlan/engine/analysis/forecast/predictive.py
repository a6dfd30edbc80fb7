"""The whole predictive distribution: negative binomial around an expectation, with shrunken dispersion.

Counts of a cell, shift and horizon with mean μ have variance μ + α μ². The moments of the past give
α̂ = Σ ((y − μ)² − μ) / Σ μ² over all cells; a cell's own is shrunk to it by a prior worth 50 units of Σ μ².
Sources: Cameron & Trivedi 2013, *Regression Analysis of Count Data*, ch. 3; Czado, Gneiting & Held 2009,
*Biometrics* 65 (PIT of counts).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from anlan.engine.analysis.decay import Decay, pulse, rates

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

PRIOR = 50.0
LEAST, MOST = 1e-6, 10.0


@dataclass(frozen=True, eq=False)
class Predictive:
    """Negative binomial counts of any shape; `alpha` broadcasts against `mean`, 0 is nearly Poisson.

    Raises:
        ValueError: a mean or dispersion is negative or not finite.

    """

    mean: NDArray[np.float64]
    alpha: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        for name in ("mean", "alpha"):
            values = np.asarray(getattr(self, name))
            if not np.isfinite(values).all() or (values < 0).any():
                raise ValueError(f"{name}: negative or not finite")

    @property
    def variance(self) -> NDArray[np.float64]:
        """Return μ + α μ²."""
        return np.asarray(self.mean + self.alpha * self.mean**2)

    def pmf(self, count: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of exactly `count`."""
        number = np.asarray(count, float)
        size, chance = self._parameters()
        log = (
            special.gammaln(number + size) - special.gammaln(size) - special.gammaln(number + 1)
            + size * np.log(chance) + special.xlog1py(number, -chance)
        )  # fmt: skip
        return np.asarray(np.where(number >= 0, np.exp(log), 0.0), np.float64)

    def cdf(self, count: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of at most `count`."""
        number = np.floor(np.asarray(count, float))
        size, chance = self._parameters()
        below = special.betainc(size, np.maximum(number, 0) + 1, chance)
        return np.asarray(np.where(number >= 0, below, 0.0), np.float64)

    def upper_tail(self, count: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of at least `count`."""
        number = np.floor(np.asarray(count, float))
        size, chance = self._parameters()
        above = special.betaincc(size, np.maximum(number, 1), chance)
        return np.asarray(np.where(number >= 1, above, 1.0), np.float64)

    def quantile(self, probability: float) -> NDArray[np.int64]:
        """Return the least count whose cdf reaches `probability`, in (0, 1).

        Raises:
            ValueError: `probability` is outside (0, 1).

        """
        if not 0 < probability < 1:
            raise ValueError(f"probability: {probability} is not between 0 and 1")
        size, chance = self._parameters()
        near = np.maximum(np.ceil(np.nan_to_num(special.nbdtrik(probability, size, chance))) - 1, 0)
        for _ in range(3):  # the inverse is rounded: step up until the cdf is reached
            near = near + (self.cdf(near) < probability)
        return np.asarray(near, np.int64)

    def interval(self, coverage: float = 0.9) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the central interval that holds at least `coverage`, both ends included."""
        tail = (1 - coverage) / 2
        return self.quantile(tail), self.quantile(1 - tail)

    def pit(self, observed: ArrayLike, at: ArrayLike) -> NDArray[np.float64]:
        """Return F(y − 1) + u · P(y) for `u` = `at` in [0, 1]: uniform where the forecast is calibrated."""
        below = self.cdf(np.asarray(observed) - 1)
        return np.asarray(below + np.asarray(at) * self.pmf(observed))

    def _parameters(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return size and success probability, (...)."""
        size = 1.0 / np.maximum(self.alpha, LEAST)
        return size, size / (size + np.maximum(self.mean, 1e-12))


def dispersion(
    observed: NDArray[Any], expected: NDArray[np.float64], prior: float = PRIOR
) -> NDArray[np.float64]:
    """Return each cell's α by moments, shrunk to that of all cells; (C,).

    Args:
        observed, expected: counts and their forecasts over past windows like the one to come, (C, B); windows
            of one length, forecasts made before them.
        prior: weight of all cells' α in units of Σ μ².

    Raises:
        ValueError: the shapes differ, or `prior` is not positive.

    """
    if observed.shape != expected.shape:
        raise ValueError(f"observed: {observed.shape}, expected {expected.shape}")
    if not prior > 0:
        raise ValueError(f"prior: {prior} is not positive")
    excess = ((observed - expected) ** 2 - expected).sum(axis=1)
    squared = (expected**2).sum(axis=1)
    common = np.clip(excess.sum() / max(float(squared.sum()), 1e-12), LEAST, MOST)
    return np.asarray(np.clip((excess + prior * common) / (squared + prior), LEAST, MOST), np.float64)


def next_day_predictive(
    daily: NDArray[Any],
    days: NDArray[Any],
    exposed: NDArray[np.bool_],
    how: Decay | None = None,
    *,
    judged: int = 364,
) -> Predictive:
    """Return the distribution of each beat's count on the day after the last, (beats,), from daily counts.

    The mean is that of `expected_next`; the dispersion comes from one-day-ahead forecasts of the last
    `judged` exposed days, each from the days before it.
    """
    how = how or Decay()
    longer = np.append(
        days.astype("datetime64[D]"), days[-1].astype("datetime64[D]") + np.timedelta64(1, "D")
    )
    beat = pulse(daily.sum(axis=0), longer, exposed)
    rate, effective = rates(
        np.pad(np.where(exposed, daily, 0), ((0, 0), (0, 1))), np.append(exposed, True) * beat, how
    )
    ahead = rate * beat
    told = np.flatnonzero(exposed & (effective[:-1] >= 7))[-judged:]
    alpha = dispersion(daily[:, told], ahead[:, told])
    return Predictive(ahead[:, -1], alpha)


def county_predictive(
    daily: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_], how: Decay | None = None
) -> Predictive:
    """Return the distribution of the whole county's count on the day after the last, (1,)."""
    return next_day_predictive(np.asarray(daily).sum(axis=0, keepdims=True), days, exposed, how)
