"""EARS C1, C2, C3: the Early Aberration Reporting System's moving averages (Hutwagner et al. 2003).

C1 holds a count against mean and standard deviation of the `baseline` periods just before it; C2 leaves two
periods between; C3 adds up what C2 exceeded by more than one standard deviation in the last three periods.
They need no year of history, know no weekday and no season, and estimate a deviation from seven numbers.
Equal to `earsC` of R's `surveillance` 1.20 (Höhle 2007; Salmon et al. 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

METHODS = {"C1": 0, "C2": 2, "C3": 2}
ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}
LEAST_BASELINE = 3


@dataclass(frozen=True, eq=False)
class Ears:
    """What EARS says of each period; all of the counts' shape.

    `upper`: the count above which is an alarm, NaN before the baseline is full; `alarm`: whether it was
    passed; `score`: the statistic in standard deviations, NaN likewise (and where the deviation is 0).
    """

    method: str
    upper: NDArray[np.float64]
    alarm: NDArray[np.bool_]
    score: NDArray[np.float64]


def ears(
    counts: ArrayLike,
    method: str = "C1",
    *,
    baseline: int = 7,
    least_sigma: float = 0.0,
    alpha: float | None = None,
) -> Ears:
    """Return upper bounds and alarms of EARS for every period.

    Args:
        counts: events per period, shape (..., T), the last axis in time.
        method: "C1", "C2" or "C3".
        baseline: periods that make mean and deviation, at least 3.
        least_sigma: the deviation is never taken below it; 0 as in R, though a quiet week then makes any
            event an alarm.
        alpha: one-sided error of the normal law; 0.001 for C1 and C2, 0.025 for C3 when None.

    Raises:
        ValueError: an unknown method, a baseline under 3, a negative least_sigma, an alpha outside (0, 1).

    """
    alpha = ALPHA.get(method, 0.5) if alpha is None else alpha
    _check(method, baseline, least_sigma, alpha)
    values = np.asarray(counts, float)
    mean, sigma = _baseline(values, baseline, METHODS[method], least_sigma)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (values - mean) / sigma
    allowed = np.full(values.shape, special.ndtri(1 - alpha))
    upper = mean + allowed * sigma
    if method == "C3":
        score, upper = _cumulated(values, sigma, score, allowed)
    return Ears(method, upper, values > upper, score)


def _check(method: str, baseline: int, least_sigma: float, alpha: float) -> None:
    if method not in METHODS:
        raise ValueError(f"method: {method!r} is none of {', '.join(METHODS)}")
    if baseline < LEAST_BASELINE:
        raise ValueError(f"baseline: {baseline} periods, at least {LEAST_BASELINE}")
    if least_sigma < 0:
        raise ValueError(f"least_sigma: {least_sigma} is negative")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: {alpha} is not between 0 and 1")


def _baseline(
    values: NDArray[np.float64], baseline: int, gap: int, least_sigma: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation of the `baseline` periods that end `gap` before each one."""
    mean, sigma = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    first = baseline + gap
    if values.shape[-1] > first:
        windows = sliding_window_view(values, baseline, axis=-1)[..., : values.shape[-1] - first, :]
        mean[..., first:] = windows.mean(axis=-1)
        sigma[..., first:] = np.maximum(windows.std(axis=-1, ddof=1), least_sigma)
    return mean, sigma


def _cumulated(
    values: NDArray[np.float64],
    sigma: NDArray[np.float64],
    score: NDArray[np.float64],
    allowed: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return C3's score and upper bound: today's C2 and what the last two exceeded 1 by."""
    before = np.full(values.shape, np.nan)
    passed = np.maximum(score - 1, 0)
    before[..., 2:] = passed[..., :-2] + passed[..., 1:-1]
    return np.maximum(score - 1, 0) + before, np.maximum(values + sigma * (allowed - before), 0)
