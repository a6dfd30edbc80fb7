"""The negative binomial's tail and quantiles, variance mean + dispersion · mean²."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ADDED_DOWN_TO, UNDERFLOWS, LEAST_DISPERSION = 1e-3, -600.0, 1e-6


def upper_mid_p(observed: NDArray[Any], mean: NDArray[Any], dispersion: NDArray[Any]) -> NDArray[np.float64]:
    """Return P(Y > y) + ½P(Y = y) of a negative binomial with variance mean + dispersion · mean².

    Counts are few, so the lower tail is added up term by term, p(k) = p(k−1) · q(size + k−1)/k with
    q = mean/(size + mean); where less than `ADDED_DOWN_TO` is left above or the first term underflows, the
    incomplete beta function keeps the digits.
    """
    of = np.broadcast_arrays(
        *(np.asarray(part, float) for part in (observed, mean, 1 / np.maximum(dispersion, LEAST_DISPERSION)))
    )
    count, level, size = (np.ravel(part) for part in of)
    with np.errstate(invalid="ignore", divide="ignore"):
        first = -size * np.log1p(level / size)
    upper = _added_up(count, level / (size + level), size, np.exp(first))
    hard = np.flatnonzero(~(upper >= ADDED_DOWN_TO) | (first < UNDERFLOWS))
    upper[hard] = _upper_mid_p_by_beta(count[hard], level[hard], size[hard])
    return upper.reshape(of[0].shape)


def _added_up(
    count: NDArray[Any], ratio: NDArray[Any], size: NDArray[Any], first: NDArray[Any]
) -> NDArray[np.float64]:
    """Return 1 − P(Y < y) − ½P(Y = y), all (N,); the greatest counts go first."""
    order = np.argsort(-count, kind="stable")
    ratio, size, term = ratio[order], size[order], first[order]
    left = 1 - term / 2
    many = len(count) - np.cumsum(np.bincount(count.astype(np.int64)))  # with a count above k
    for k, unfinished in enumerate(many[:-1].tolist(), start=1):
        now = slice(unfinished)
        following = term[now] * ratio[now] * ((size[now] + (k - 1)) / k)
        left[now] -= (term[now] + following) / 2
        term[now] = following
    upper = np.empty_like(left)
    upper[order] = left
    return upper


def _upper_mid_p_by_beta(count: NDArray[Any], level: NDArray[Any], size: NDArray[Any]) -> NDArray[np.float64]:
    chance = size / (size + level)
    above = special.betaincc(size, count + 1.0, chance)
    from_here = np.where(count > 0, special.betaincc(size, np.maximum(count, 1.0), chance), 1.0)
    return np.asarray((above + from_here) / 2, np.float64)


def up_to(count: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> NDArray[np.float64]:
    """Return P(Y ≤ count), 0 below 0; shapes broadcast."""
    size = 1 / np.maximum(dispersion, LEAST_DISPERSION)
    most = np.asarray(count, float)
    share = special.betainc(size, np.maximum(most, 0) + 1.0, size / (size + np.asarray(mean, float)))
    return np.asarray(np.where(most < 0, 0.0, share), np.float64)


def quantile(share: float, mean: NDArray[Any], dispersion: NDArray[Any]) -> NDArray[np.int64]:
    """Return the smallest counts with at least `share` of the law up to them, by bisection.

    Raises:
        ValueError: `share` is outside (0, 1).

    """
    if not 0 < share < 1:
        raise ValueError(f"share: {share} is not between 0 and 1")
    mean, dispersion = np.broadcast_arrays(np.asarray(mean, float), np.asarray(dispersion, float))
    low = np.full(mean.shape, -1, np.int64)
    spread = np.sqrt(mean + dispersion * mean**2)
    high = np.ceil(mean + 2 * spread + 1).astype(np.int64)
    while (short := up_to(high, mean, dispersion) < share).any():
        high[short] *= 2
    while (high - low > 1).any():
        middle = (low + high) // 2
        enough = up_to(middle, mean, dispersion) >= share
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high, np.int64)
