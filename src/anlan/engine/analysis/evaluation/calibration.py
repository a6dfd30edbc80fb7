"""Whether counts came as often as the forecast's distribution said: the probability integral transform.

For counts the transform is a step function; the non-randomised form (Czado, Gneiting & Held 2009,
*Biometrics* 65, eq. 2) spreads each count evenly over [P(X < n), P(X ≤ n)]: what random draws would give
on average, without the luck of the draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

POISSON_FROM = 1e9  # larger sizes, infinity among them, are a Poisson to the last digits kept here


def distribution_before_and_at(
    observed: ArrayLike, expected: ArrayLike, size: ArrayLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return P(X < n) and P(X ≤ n) under a Poisson, or a negative binomial with variance μ + μ²/size.

    Raises:
        ValueError: an expectation is negative or not finite, or `size` is not positive.

    """
    count, mean = np.broadcast_arrays(np.asarray(observed, float), np.asarray(expected, float))
    if not (np.isfinite(mean) & (mean >= 0)).all():
        raise ValueError("expected: negative or not finite")
    if size is None:
        return _array(stats.poisson.cdf(count - 1, mean)), _array(stats.poisson.cdf(count, mean))
    shape = np.asarray(size, float)
    if not (shape > 0).all():
        raise ValueError("size: not positive")
    shape = np.minimum(shape, POISSON_FROM)
    success = shape / (shape + mean)
    return _array(stats.nbinom.cdf(count - 1, shape, success)), _array(
        stats.nbinom.cdf(count, shape, success)
    )


def pit(
    observed: ArrayLike, expected: ArrayLike, size: ArrayLike | None = None, *, bins: int = 10
) -> NDArray[np.float64]:
    """Return the share of the transform in each of `bins` equal parts of [0, 1], (bins,); even = calibrated.

    Args:
        observed: counts that came, any shape.
        expected: their forecast means, same shape.
        size: negative-binomial size, one or one each; None for a Poisson.
        bins: number of parts, deciles by default.

    Raises:
        ValueError: no count, `bins` below 2, or as `distribution_before_and_at`.

    """
    if bins < 2 or not np.size(observed):
        raise ValueError(f"bins, observed: {bins} parts of {np.size(observed)} counts")
    low, high = distribution_before_and_at(observed, expected, size)
    low, high = low.ravel(), np.maximum(high.ravel(), low.ravel() + 1e-15)
    edges = np.linspace(0, 1, bins + 1)
    below = [np.clip((edge - low) / (high - low), 0, 1).mean() for edge in edges[:-1]]
    return np.diff(np.array([*below, 1.0]))


def randomised_pit(
    observed: ArrayLike, expected: ArrayLike, size: ArrayLike | None = None, *, seed: int = 0
) -> NDArray[np.float64]:
    """Return one uniform draw in [P(X < n), P(X ≤ n)] per count: uniform on [0, 1] where calibrated."""
    low, high = distribution_before_and_at(observed, expected, size)
    return np.asarray(low + (high - low) * np.random.default_rng(seed).random(low.shape), np.float64)


def dispersion(observed: ArrayLike, expected: ArrayLike) -> float:
    """Return the negative-binomial size by moments, Σ μ² / Σ ((n − μ)² − μ); inf where not overdispersed."""
    count, mean = np.asarray(observed, float), np.asarray(expected, float)
    excess = float(((count - mean) ** 2 - mean).sum())
    return float((mean**2).sum()) / excess if excess > 0 else float("inf")


def _array(values: Any) -> NDArray[np.float64]:
    return np.asarray(values, np.float64)
