"""What lies behind times that were rounded down to a grain.

A recorded difference of k grains stems from a true one of t with chance max(0, 1 - |t/g - k|) where the phase
is uniform. The distribution of t is the mixture over a grid that makes the record likeliest, found by
expectation-maximisation (Dempster, Laird & Rubin 1977; for rounded data the self-consistent estimate of
Turnbull 1976). The same recovers factors on a time that is known from elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS = 60
QUANTILES = np.linspace(0.0025, 0.9975, 200)
LEAST = 1e-9


def chances(observed: NDArray[np.float64], true: NDArray[np.float64], grain_s: float) -> NDArray[np.float64]:
    """Chance of recorded differences given true ones, both in s and broadcast."""
    return np.maximum(0.0, 1.0 - np.abs(true - observed) / grain_s)


def mixing(
    like: NDArray[np.float64], count: NDArray[np.float64], start: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Weights (G,) of the grid that make rows of chances (n, G), each seen `count` times, likeliest."""
    weight = np.full(like.shape[1], 1 / like.shape[1]) if start is None else start
    for _ in range(ROUNDS):
        share = like * weight
        share /= np.maximum(share.sum(axis=1, keepdims=True), LEAST)
        weight = count @ share / count.sum()
    return np.asarray(weight)


def likelihood(like: NDArray[np.float64], count: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Log-likelihood of a mixture."""
    return float(count @ np.log(np.maximum(like @ weight, LEAST)))


def ungrained(observed: NDArray[np.float64], grain_s: float, step_s: float = 10.0) -> NDArray[np.float64]:
    """Quantiles (200,) of the true differences behind recorded ones, in s, sorted.

    Negative and missing differences are errors of entry, and left out; the longest 0.1 % too.

    Raises:
        ValueError: nothing is left.

    """
    kept = observed[np.isfinite(observed) & (observed >= 0)]
    if not len(kept):
        raise ValueError("observed: no recorded difference to learn from")
    kept = kept[kept <= np.quantile(kept, 0.999)]
    values, count = np.unique(kept, return_counts=True)
    step = max(step_s, float(values[-1]) / 2000)
    grid = np.arange(0, values[-1] + grain_s, step) + step / 2
    weight = mixing(chances(values[:, None], grid, grain_s), count.astype(float))
    return quantiles(grid, weight)


def quantiles(grid: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of a distribution on a grid, linear within its steps."""
    return np.interp(QUANTILES, np.cumsum(weight) - weight / 2, grid)


def recorded(first: NDArray[np.float64], last: NDArray[np.float64], grain_s: float) -> NDArray[np.float64]:
    """The difference of two times as a record with that grain holds it."""
    return np.asarray((np.floor(last / grain_s) - np.floor(first / grain_s)) * grain_s)
