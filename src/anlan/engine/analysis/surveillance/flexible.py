"""The improved Farrington detector: all of the past years with seasonal blocks, not the same weeks alone.

Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013), Statistics in Medicine 32, 1206–1222; equal
to `farringtonFlexible` of R's `surveillance` 1.20.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from anlan.engine.analysis.surveillance import _glm
from anlan.engine.analysis.surveillance.farrington import (
    Farrington,
    How,
    begin_at,
    blank,
    enough,
    series,
    threshold,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BOUNDS = ("nbPlugin", "muan", "delta")


@dataclass(frozen=True)
class Flexible(How):
    """`How` with the improvements; `alpha` is one-sided here.

    `blocks`: seasonal levels, the periods around now being one and the rest of the year the others (1: only
    the same periods of past years); `left_out`: last periods that teach nothing, so that a rise under way
    does not explain itself; `weights_above`: residual from which a past count weighs less; `trend_p`: a
    trend stays when its p is below (1: always, but never above what was seen); `bound`: "nbPlugin" a
    negative-binomial quantile at the mean, "muan" at the mean's upper bound, "delta" the transformed normal.
    """

    blocks: int = 10
    left_out: int = 26
    weights_above: float = 2.58
    trend_p: float = 1.0
    bound: str = "nbPlugin"
    alpha: float = 0.01

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        super().__post_init__()
        if not 1 <= self.blocks <= self.period - 2 * self.half_width:
            raise ValueError(f"blocks: {self.blocks} do not fit in a year of {self.period} periods")
        if self.left_out < self.half_width:
            raise ValueError(f"left_out: {self.left_out} is less than the half width {self.half_width}")
        if self.bound not in BOUNDS:
            raise ValueError(f"bound: {self.bound!r} is none of {', '.join(BOUNDS)}")


def farrington_flexible(
    counts: ArrayLike, how: Flexible | None = None, *, start: int | None = None
) -> Farrington:
    """Hold each period from `start` on against a seasonal model of the past years.

    Args:
        counts: events per period, shape (T,).
        how: years, blocks, bound, error.
        start: first period to judge, counted from 0; the first with a full past when None.

    Raises:
        ValueError: counts are not one series of non-negative numbers, or `start` has no full past.

    """
    how = how or Flexible()
    values = series(counts)
    begin = begin_at(start, how.first, how.years)
    found = blank(len(values))
    for now in range(begin, len(values)):
        model, row, kept, dispersion = _model(values, now, how)
        if not model.converged:
            continue
        eta, error = model.at(row, dispersion)
        upper, p = _bound(eta, error, model.dispersion, how, values[now])
        found.dispersion[now], found.trend[now], found.p[now] = model.dispersion, kept, p
        if enough(values, now, how.least):
            found.expected[now], found.upper[now] = np.exp(eta), upper
            found.alarm[now] = values[now] > upper
    return found


def _model(
    values: NDArray[np.float64], now: int, how: Flexible
) -> tuple[_glm.Fit, NDArray[np.float64], bool, float]:
    """Return the model, its design row at `now`, whether a trend stayed in, and the errors' dispersion."""
    level = _levels(now, how)
    level[max(now - how.left_out, 0) :] = 0
    past = np.flatnonzero(level)
    season = (level[past][:, None] == np.arange(2, how.blocks + 1)).astype(float)
    today = np.equal(np.arange(2, how.blocks + 1), how.blocks).astype(float)
    steady = np.column_stack((np.ones(len(past)), season)), np.concatenate(([1.0], today))
    response = values[past]
    if how.trend:
        rising = np.column_stack((steady[0], past + 1.0)), np.append(steady[1], now + 1.0)
        model, dispersion = _fitted(rising[0], response, how)
        ahead = np.exp(rising[1] @ model.coefficients)
        sure = how.years >= 3 and model.p_value(-1, dispersion) < how.trend_p
        if model.converged and sure and ahead <= response.max():
            return model, rising[1], True, dispersion
    model, dispersion = _fitted(steady[0], response, how)
    return model, steady[1], False, dispersion


def _levels(now: int, how: Flexible) -> NDArray[np.int64]:
    """Return each period's seasonal level up to `now`, 0 for none; the level of now is `blocks`."""
    level = np.zeros(now + 1, np.int64)
    level[max(now - how.half_width, 0) :] = how.blocks
    for year in range(1, how.years + 1):
        middle = now - how.period * year
        level[middle - how.half_width : middle + how.half_width + 1] = how.blocks
        if how.blocks > 1:
            sizes = _sizes(how.period - 2 * how.half_width - 1, how.blocks - 1)
            first = middle + how.half_width + 1
            level[first : first + sizes.sum()] = np.repeat(np.arange(1, how.blocks), sizes)
    return level


def _sizes(total: int, parts: int) -> NDArray[np.int64]:
    """Return near-equal parts of a whole, the greater first."""
    sizes = np.full(parts, total // parts)
    sizes[: total % parts] += 1
    return sizes


def _fitted(
    design: NDArray[np.float64], response: NDArray[np.float64], how: Flexible
) -> tuple[_glm.Fit, float]:
    """Return the model and the dispersion that its standard errors rest on.

    R overwrites the working weights with the prior ones after the second fit; errors and the trend's p
    follow.
    """
    model = _glm.fit(design, response, np.ones(len(response)))
    if not how.reweight or not model.converged:
        return model, model.pearson
    prior = _glm.weights(_glm.anscombe(model), how.weights_above)
    model = _glm.fit(design, response, prior)
    return model, float((prior * (response / model.mean - 1) ** 2).sum() / model.degrees)


def _bound(eta: float, error: float, dispersion: float, how: Flexible, count: float) -> tuple[float, float]:
    """Return the upper bound and P(Y ≥ y)."""
    if how.bound == "delta":
        return threshold(np.exp(eta), np.exp(eta) * error, dispersion, how, count, tails=1)
    mean = float(np.exp(eta + (special.ndtri(1 - how.alpha) * error if how.bound == "muan" else 0.0)))
    if not np.isfinite(mean):
        return np.nan, np.nan
    upper = _smallest(1 - how.alpha, mean, dispersion)
    return upper, 1 - _up_to(count - 1, mean, dispersion)


def _smallest(share: float, mean: float, dispersion: float) -> float:
    """Return the smallest count with at least `share` of the law up to it."""
    low, high = -1, int(mean + 10 * np.sqrt(mean * dispersion) + 10)
    while _up_to(high, mean, dispersion) < share:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _up_to(middle, mean, dispersion) >= share else (middle, high)
    return float(high)


def _up_to(count: float, mean: float, dispersion: float) -> float:
    """Return P(Y ≤ count): Poisson, or a negative binomial of variance `dispersion` × mean."""
    if count < 0:
        return 0.0
    if dispersion <= 1:
        return float(special.pdtr(count, mean))
    return float(special.betainc(mean / (dispersion - 1), count + 1, 1 / dispersion))
