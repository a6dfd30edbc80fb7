"""Farrington's detector: this week against the same weeks of past years, by quasi-Poisson regression.

Farrington, Andrews, Beale & Catchpole (1996), JRSS A 159, 547–563; equal to `algo.farrington` of R's
`surveillance` 1.20. `flexible` has the improvements of Noufaily et al. (2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from anlan.engine.analysis.surveillance import _glm

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

EXPONENTS = {"none": 1.0, "1/2": 1 / 2, "2/3": 2 / 3}
WEIGHTS_ABOVE, TREND_P, TREND_YEARS = 1.0, 0.05, 3


@dataclass(frozen=True)
class How:
    """What Farrington's method looks back on and how it decides.

    `years` back and `half_width` periods around the same period of each; `period`: periods a year; `alpha`:
    two-sided error of the interval; `trend`: whether a trend may enter (three years, p < 5 %, no
    extrapolation above all that was seen); `reweight`: past outbreaks count less; `power`: transform against
    skewness, "2/3", "1/2" or "none"; `least`: (events, periods), fewer are never an alarm.
    """

    period: int = 52
    years: int = 5
    half_width: int = 3
    alpha: float = 0.05
    trend: bool = True
    reweight: bool = True
    power: str = "2/3"
    least: tuple[int, int] = (5, 4)

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        if min(self.period, self.years) < 1 or self.half_width < 0:
            raise ValueError("period, years, half_width: a year back and a period at the least")
        if self.period <= 2 * self.half_width:
            raise ValueError(f"half_width: {self.half_width} makes the years overlap")
        if not 0 < self.alpha < 1:
            raise ValueError(f"alpha: {self.alpha} is not between 0 and 1")
        if self.power not in EXPONENTS:
            raise ValueError(f"power: {self.power!r} is none of {', '.join(EXPONENTS)}")
        if self.least[0] < 0 or self.least[1] < 1:
            raise ValueError(f"least: {self.least} must be (events >= 0, periods >= 1)")

    @property
    def first(self) -> int:
        """Return the first period with all its years before it."""
        return self.period * self.years + self.half_width


@dataclass(frozen=True, eq=False)
class Farrington:
    """What the method says of each period; all (T,), NaN where it was not asked or could not tell.

    `upper`: an alarm is a count above it; `alarm`; `p`: upper tail of the count under the transformed normal;
    `expected`: mean; `dispersion`: φ ≥ 1; `trend`: whether a trend was kept.
    """

    upper: NDArray[np.float64]
    alarm: NDArray[np.bool_]
    p: NDArray[np.float64]
    expected: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    trend: NDArray[np.bool_]


def farrington(counts: ArrayLike, how: How | None = None, *, start: int | None = None) -> Farrington:
    """Hold each period from `start` on against the same periods of past years.

    Args:
        counts: events per period, shape (T,).
        how: years, window, transform, error.
        start: first period to judge, counted from 0; the first with a full past when None.

    Raises:
        ValueError: counts are not one series of non-negative numbers, or `start` has no full past.

    """
    how = how or How()
    values = series(counts)
    begin = begin_at(start, how.first, how.years)
    found = blank(len(values))
    for now in range(begin, len(values)):
        model, row, kept = _model(values, now, how)
        if not model.converged:
            continue
        eta, error = model.at(row, model.dispersion)
        upper, p = threshold(np.exp(eta), np.exp(eta) * error, model.dispersion, how, values[now])
        found.expected[now], found.dispersion[now] = np.exp(eta), model.dispersion
        found.trend[now], found.p[now] = kept, p
        if enough(values, now, how.least):
            found.upper[now], found.alarm[now] = upper, values[now] > upper
    return found


def begin_at(start: int | None, first: int, years: int) -> int:
    """Return the first period to judge.

    Raises:
        ValueError: it has no full past.

    """
    begin = first if start is None else start
    if begin < first:
        raise ValueError(f"start: {begin} has not {years} years before it, the first is {first}")
    return begin


def series(counts: ArrayLike) -> NDArray[np.float64]:
    """Return one series of counts.

    Raises:
        ValueError: it has another shape, or a negative number.

    """
    values = np.asarray(counts, float)
    if values.ndim != 1:
        raise ValueError(f"counts: shape {values.shape}, expected (T,)")
    if (values < 0).any():
        raise ValueError("counts: a negative number of events")
    return values


def blank(size: int) -> Farrington:
    """Return a result that says nothing yet."""
    upper, p, expected, dispersion = np.full((4, size), np.nan)
    alarm, trend = np.zeros((2, size), bool)
    return Farrington(upper, alarm, p, expected, dispersion, trend)


def enough(values: NDArray[np.float64], now: int, least: tuple[int, int]) -> bool:
    """Tell whether the last periods, this one included, hold enough events for an alarm."""
    events, periods = least
    return bool(values[max(now - periods + 1, 0) : now + 1].sum() >= events)


def threshold(
    mean: float, error: float, dispersion: float, how: How, count: float, *, tails: int = 2
) -> tuple[float, float]:
    """Return the upper bound and the count's upper p under a normal law of the transformed count.

    Farrington's (1996) τ = φ + Var(μ̂)/μ̂; `tails` 2: `alpha` is shared with a lower bound.
    """
    power = EXPONENTS[how.power]
    spread = dispersion + error**2 / mean
    sigma = float(power * np.sqrt(mean ** (2 * power - 1) * spread))
    bounds = mean**power + np.array([-1, 1]) * special.ndtri(1 - how.alpha / tails) * sigma
    with np.errstate(invalid="ignore"):
        upper = float(np.fmax.reduce(bounds ** (1 / power)))
    return upper, float(special.ndtr((mean**power - count**power) / sigma))


def _model(values: NDArray[np.float64], now: int, how: How) -> tuple[_glm.Fit, NDArray[np.float64], bool]:
    """Return the model to use, its design row at `now`, and whether a trend stayed in."""
    middle = now - how.period * np.arange(how.years, 0, -1)
    past = (middle[:, None] + np.arange(-how.half_width, how.half_width + 1)).ravel()
    response = values[past]
    if how.trend:
        design = np.stack((np.ones(len(past)), past + 1.0), axis=1)
        row = np.array([1.0, now + 1.0])
        model = _fitted(design, response, how)
        if model.converged and _keep_trend(model, row, response, how):
            return model, row, True
    return _fitted(np.ones((len(past), 1)), response, how), np.ones(1), False


def _fitted(design: NDArray[np.float64], response: NDArray[np.float64], how: How) -> _glm.Fit:
    model = _glm.fit(design, response, np.ones(len(response)))
    if not how.reweight or not model.converged:
        return model
    return _glm.fit(design, response, _glm.weights(_glm.anscombe(model), WEIGHTS_ABOVE))


def _keep_trend(model: _glm.Fit, row: NDArray[np.float64], response: NDArray[np.float64], how: How) -> bool:
    """Tell whether the trend is significant, rests on three years and stays within what was seen."""
    ahead = np.exp(row @ model.coefficients)
    significant = model.p_value(1, model.pearson) < TREND_P
    return bool(how.years >= TREND_YEARS and significant and ahead <= response.max())
