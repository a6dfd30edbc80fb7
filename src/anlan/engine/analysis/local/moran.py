"""Moran's I, for the map as a whole and for each cell.

Moran 1950, *Biometrika* 37; Cliff & Ord 1981 (moments); Anselin 1995, *Geographical Analysis* 27 (local);
Sokal, Oden & Thomson 1998, *Geographical Analysis* 30 (conditional moments of the local statistic).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.local import _kernels
from anlan.engine.analysis.local.getis import LocalStatistic, standardised
from anlan.engine.analysis.local.permutation import Alternative, check, false_discovery, sided, tails, whole

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.analysis.local.weights import Neighbours

QUADRANTS = ("none", "high-high", "low-high", "low-low", "high-low")


@dataclass(frozen=True, eq=False)
class LocalMoran(LocalStatistic):
    """Also the quadrant: own value against neighbours' mean, each above or below the mean of all; (n,)."""

    quadrant: NDArray[np.str_]


@dataclass(frozen=True)
class Moran:
    """The map's I, its expectation and variance under random dealing, z, and the pseudo p-value."""

    i: float
    expected: float
    variance: float
    z: float
    p: float


def local_moran(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    permutations: int = 99_999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
) -> LocalMoran:
    """Return Anselin's local I, weights row-standardised: high among cells like their neighbours.

    Iᵢ = (xᵢ − x̄) · mean over neighbours of (xⱼ − x̄) / s², s² being Σ(x − x̄)²/n. With the cell's own value
    held, I rises or falls with the neighbour sum, so the null shared per degree of `getis_ord` holds here.
    "greater" finds cells like their neighbours, "less" cells unlike. Quadrants name own value first and are
    told for every cell: judge by p or q which to show. A cell on the mean, or without neighbours, has none.

    Args:
        values: counts or rates per cell, finite, shape (n,).
        neighbours: who is next to whom, n cells.
        permutations: draws of the null.
        seed: the draws repeat with it.
        alternative: "two-sided", "greater" or "less".

    Raises:
        ValueError: shapes differ, a value is not finite, or a parameter is out of range.

    """
    data = np.asarray(values, np.float64)
    counts, off = whole(data)
    high, low = tails(counts, neighbours, permutations, seed, off)
    own, lag = _sides(counts, neighbours)
    like, unlike = np.where(own < 0, low, high), np.where(own < 0, high, low)
    p = np.where(own == 0, 1.0, sided(like, unlike, alternative))
    deviation = data - data.mean()
    spread = (deviation**2).mean()
    mean_lag = neighbours.sums(deviation) / np.maximum(neighbours.degree, 1)
    i = deviation * mean_lag / spread if spread > 0 else np.zeros(len(data))
    # Its conditional moments are those of the neighbour sum, which Gi standardises.
    z = own * standardised(data, neighbours, star=False)[1]
    quadrant = np.asarray(QUADRANTS)[_quadrant(own, lag)]
    return LocalMoran(i, z, p, false_discovery(p), quadrant)


def moran(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "greater",
) -> Moran:
    """Return Moran's I of the whole map, weights row-standardised: do like values lie together?

    Cells without neighbours count as values but not as weights. Expectation and variance are those under
    randomisation, with the kurtosis of the values; p deals all values out anew.

    Raises:
        ValueError: shapes differ, a value is not finite, under four cells, or a parameter out of range.

    """
    data = np.asarray(values, np.float64)
    check(data, neighbours, permutations)
    whole(data)
    if len(data) < 4:
        raise ValueError(f"values: {len(data)} cells are too few, at least four are needed")
    deviation = data - data.mean()
    spread, weight = float((deviation**2).sum()), int((neighbours.degree > 0).sum())
    if not spread or not weight:
        return Moran(0.0, -1 / (len(data) - 1), 0.0, 0.0, 1.0)
    lag = neighbours.sums(deviation) / np.maximum(neighbours.degree, 1)
    observed = float(deviation @ lag)
    null = _kernels.permuted_moran(deviation, neighbours.indptr, neighbours.indices, permutations, seed)
    slack = 1e-9 * spread  # sums of the same values in another order are ties
    high = (np.sum(null >= observed - slack) + 1) / (permutations + 1)
    low = (np.sum(null <= observed + slack) + 1) / (permutations + 1)
    i, expected = len(data) / weight * observed / spread, -1 / (len(data) - 1)
    variance = _variance(deviation, neighbours, weight)
    z = (i - expected) / variance**0.5
    return Moran(i, expected, variance, z, float(sided(np.array(high), np.array(low), alternative)))


def _sides(counts: NDArray[np.int64], neighbours: Neighbours) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the signs of own value and neighbours' mean against the mean of all, exact for integers."""
    total, n = sum(counts.tolist()), len(counts)
    middle = total / n if n else 0.0
    mean_lag = neighbours.sums(counts) / np.maximum(neighbours.degree, 1)
    own, lag = np.sign(counts - middle), np.sign(mean_lag - middle)
    return own, np.where(neighbours.degree > 0, lag, 0)


def _quadrant(own: NDArray[Any], lag: NDArray[Any]) -> NDArray[np.int64]:
    pairs = [(own > 0) & (lag > 0), (own < 0) & (lag > 0), (own < 0) & (lag < 0), (own > 0) & (lag < 0)]
    return np.select(pairs, [1, 2, 3, 4], 0)


def _variance(deviation: NDArray[np.float64], neighbours: Neighbours, weight: int) -> float:
    """Return Var(I) under randomisation (Cliff & Ord 1981, p. 46) of row-standardised weights."""
    n, s0 = len(deviation), float(weight)
    share = 1 / np.maximum(neighbours.degree, 1)
    of = np.repeat(np.arange(n), neighbours.degree)
    s1 = _squared_pairs(of, neighbours.indices, share[of], n) / 2
    columns = np.bincount(neighbours.indices, share[of], n)
    s2 = float((((neighbours.degree > 0) + columns) ** 2).sum())
    kurtosis = n * float((deviation**4).sum()) / float((deviation**2).sum()) ** 2
    above = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0) - kurtosis * (
        (n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0
    )
    return above / ((n - 1) * (n - 2) * (n - 3) * s0 * s0) - 1 / (n - 1) ** 2


def _squared_pairs(one: NDArray[Any], other: NDArray[Any], weight: NDArray[np.float64], n: int) -> float:
    """Return Σᵢⱼ (wᵢⱼ + wⱼᵢ)² of sparse weights."""
    key = np.concatenate((one.astype(np.int64) * n + other, other.astype(np.int64) * n + one))
    _, at = np.unique(key, return_inverse=True)
    return float((np.bincount(at, np.concatenate((weight, weight))) ** 2).sum())
