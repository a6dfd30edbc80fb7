"""Emerging hot spots: Gi* in each slice of time, and the history that its significant slices make.

Gi* after Ord & Getis 1995 against all space-time values; categories after Esri's Emerging Hot Spot Analysis,
with the trend of each cell's z values by Mann and Kendall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from anlan.engine.analysis.local import _kernels
from anlan.engine.analysis.local.permutation import false_discovery
from anlan.engine.analysis.local.trend import Trend, mann_kendall

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.analysis.local.weights import Neighbours

CATEGORIES = (
    "none",
    "new",
    "consecutive",
    "intensifying",
    "persistent",
    "diminishing",
    "sporadic",
    "oscillating",
    "historical",
)
MOST = 0.9
TABLE = 2**26  # entries of the table of sums: half a gigabyte


@dataclass(frozen=True, eq=False)
class Emerging:
    """The history of each cell.

    Attributes:
        category: one of CATEGORIES, shape (cells,).
        z: Gi* of each cell and slice against all values, (cells, slices).
        state: 1 where a slice is significantly hot, −1 cold, 0 neither, int8, (cells, slices).
        trend: Mann–Kendall over each cell's z.

    """

    category: NDArray[np.str_]
    z: NDArray[np.float64]
    state: NDArray[np.int8]
    trend: Trend


def emerging_hot_spots(
    counts: ArrayLike,
    neighbours: Neighbours,
    *,
    level: float = 0.05,
) -> Emerging:
    """Return which cells are hot, since when, and whether that grows.

    A cell in a slice is hot where its neighbourhood's sum (its own count included) is higher than that of as
    many counts drawn at random from all cells and slices, with a false-discovery rate of `level` over all of
    them and both tails; cold likewise. The chance of a sum is exact, by counting the sets that reach it:
    permutations could not tell apart the small chances that so many tests need. The trend of z is significant
    at `level`. Time and memory grow with the largest sum times the largest neighbourhood.

    Args:
        counts: whole numbers per cell and slice of time, rising in time, shape (cells, slices).
        neighbours: who is next to whom.
        level: share of false discoveries among hot and cold slices, and level of the trend test; in (0, 1).

    Raises:
        ValueError: shapes differ, counts are negative, not whole or too large, fewer than two slices, or
            `level` out of range.

    """
    table = _checked(counts, neighbours, level)
    size = neighbours.degree + 1
    sums = neighbours.sums(table) + table
    high, low = _tails(table.ravel(), size, sums)
    q = false_discovery(np.minimum(1.0, 2 * np.minimum(high, low)))
    state = np.where(q <= level, np.where(high < low, 1, -1), 0).astype(np.int8)
    z = _z(table, size, sums)
    trend = mann_kendall(z)
    rise = np.where(trend.p <= level, np.sign(trend.s), 0).astype(np.int64)
    return Emerging(np.asarray(CATEGORIES)[_histories(state, rise)], z, state, trend)


def _checked(counts: ArrayLike, neighbours: Neighbours, level: float) -> NDArray[np.int64]:
    table = np.asarray(counts)
    if table.ndim != 2 or len(table) != len(neighbours) or table.shape[1] < 2:
        raise ValueError(f"counts: shape {table.shape}, expected ({len(neighbours)}, two slices or more)")
    if (table < 0).any() or (table != np.round(table)).any():
        raise ValueError("counts: negative or not whole")
    if not 0 < level < 1:
        raise ValueError(f"level: {level} is not between 0 and 1")
    return table.astype(np.int64)


def _tails(
    values: NDArray[np.int64], size: NDArray[np.int64], sums: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chances of sums as high and as low, over all sets drawn from all cells and slices."""
    distinct, times = np.unique(values, return_counts=True)
    longest, most = int(size.max()), int(sums.max())
    if (longest + 1) * (most + 1) > TABLE:
        raise ValueError(
            f"counts: sums up to {most} of {longest} values are too large to count; take finer slices"
        )
    ways = _kernels.ways(distinct, times, longest, most)
    high, low = np.empty(sums.shape), np.empty(sums.shape)
    for k in np.unique(size):
        every = np.exp(_log_choose(len(values), k) + k * np.log(longest / len(values)))
        upto = np.minimum(np.concatenate(([0.0], np.cumsum(ways[k]) / every)), 1.0)
        mine = size == k
        high[mine], low[mine] = 1 - upto[sums[mine]], upto[sums[mine] + 1]
    return high, low


def _log_choose(n: int, k: int) -> float:
    return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _z(table: NDArray[np.int64], size: NDArray[np.int64], sums: NDArray[np.int64]) -> NDArray[np.float64]:
    n, mean, spread = table.size, table.mean(), table.var()
    if not spread:
        return np.zeros(table.shape)
    error = np.sqrt(spread * size * (n - size) / (n - 1))
    return np.asarray((sums - size[:, None] * mean) / error[:, None], np.float64)


def _histories(state: NDArray[np.int8], rise: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the index into CATEGORIES; the first that fits, in the order of the conditions below."""
    hot = state == 1
    last, times, slices = hot[:, -1], hot.sum(axis=1), hot.shape[1]
    run = np.where(hot.all(axis=1), slices, np.argmin(hot[:, ::-1], axis=1))
    most = times >= MOST * slices
    fits = {
        "historical": most & ~last,
        "intensifying": most & (rise > 0),
        "diminishing": most & (rise < 0),
        "persistent": most,
        "new": last & (times == 1),
        "consecutive": last & (run == times),
        "oscillating": last & (state == -1).any(axis=1),
        "sporadic": last,
    }
    return np.select(list(fits.values()), [CATEGORIES.index(name) for name in fits], 0)
