"""Getis and Ord's Gi and Gi*: is a cell's neighbourhood richer than chance would make it?

z values: Ord & Getis 1995, *Geographical Analysis* 27; conditional permutation: Anselin 1995, same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.local.permutation import Alternative, false_discovery, sided, tails, whole

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.analysis.local.weights import Neighbours


@dataclass(frozen=True, eq=False)
class LocalStatistic:
    """One row per cell: the statistic, its standardised value, pseudo p-value, q-value; each (n,)."""

    statistic: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]


def getis_ord(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    permutations: int = 99_999,
    seed: int = 0,
    star: bool = True,
    alternative: Alternative = "two-sided",
) -> LocalStatistic:
    """Return Gi* (the cell counted into its own neighbourhood) or Gi (left out), weights being binary.

    The statistic is the neighbourhood's share of the total (for Gi, of the others' total). The p-value holds
    the cell's own value and deals the others out anew, so it is the same for Gi and Gi*: it asks about the
    surroundings. z takes the own value into account in Gi*. Where nothing can vary (all values equal, no
    neighbours), z is 0 and p is 1.

    Args:
        values: counts or rates per cell, finite, shape (n,).
        neighbours: who is next to whom, n cells.
        permutations: draws of the null; p cannot be lower than 1/(permutations + 1), twice that if two-sided.
            Memory is eight bytes for each draw and distinct number of neighbours.
        seed: the draws repeat with it.
        star: Gi* rather than Gi.
        alternative: "two-sided" (twice the smaller tail), "greater" (hot) or "less" (cold).

    Raises:
        ValueError: shapes differ, a value is not finite, or a parameter is out of range.

    """
    data = np.asarray(values, np.float64)
    counts, off = whole(data)
    high, low = tails(counts, neighbours, permutations, seed, off)
    p = sided(high, low, alternative)
    statistic, z = standardised(data, neighbours, star=star)
    return LocalStatistic(statistic, z, p, false_discovery(p))


def standardised(
    data: NDArray[np.float64], neighbours: Neighbours, *, star: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Ord & Getis's G and its z: over all n cells for Gi*, over the others for Gi."""
    own = data if star else 0 * data
    size = neighbours.degree + star
    n = len(data) - (not star)
    total = data.sum() - (data - own)
    found = neighbours.sums(data) + own
    mean = total / max(n, 1)
    spread = np.maximum(((data**2).sum() - (data**2 - own**2)) / max(n, 1) - mean**2, 0)
    variance = spread * size * (n - size) / max(n - 1, 1)
    # What is left of a variance that should be 0 is rounding of numbers as large as the squared mean.
    still = variance <= 1e-12 * np.maximum(mean**2, 1e-300)
    z = np.where(still, 0.0, (found - size * mean) / np.sqrt(np.where(still, 1.0, variance)))
    return np.divide(found, total, out=np.zeros(len(data)), where=total != 0), z
