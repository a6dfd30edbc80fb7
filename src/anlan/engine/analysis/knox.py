"""Knox's table: are there more pairs of incidents near in both space and time than chance gives?"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis import _knox_kernels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

TOGETHER = 32  # orders of days compared by one instruction: more would not fit the cache
LONGEST_DAYS = 32_000


@dataclass(frozen=True)
class Knox:
    """Pairs by distance band (rows) and day band (columns).

    `distance_bands` (metres), `day_bands`: upper edges, inclusive; a band begins above the one before, the
    first at 0. `observed`: pairs. `expected`: pairs if days had nothing to do with places, from the margins.
    `simulated`: mean over the permutations (NaN without). `ratio`: observed / expected (NaN where none is
    expected). `p`: share of permutations, the data among them, with as many pairs or more (NaN without).
    """

    distance_bands: NDArray[np.float64]
    day_bands: NDArray[np.int64]
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    simulated: NDArray[np.float64]
    ratio: NDArray[np.float64]
    p: NDArray[np.float64]
    permutations: int


def knox(
    x: ArrayLike,
    y: ArrayLike,
    day: ArrayLike,
    distance_bands: ArrayLike,
    day_bands: ArrayLike,
    *,
    permutations: int = 999,
    seed: int = 0,
) -> Knox:
    """Return the Knox table of incidents at (x, y) metres on whole days.

    Args:
        x: east, (n,), metres.
        y: north, (n,), metres.
        day: day of each incident, (n,), whole numbers.
        distance_bands: upper edges, ascending, metres; a first edge of 0 is the band of one same place.
        day_bands: upper edges, ascending, whole days; a first edge of 0 is the band of one same day.
        permutations: how often days are dealt out anew; p is never below 1 / (permutations + 1).
        seed: the same seed gives the same p-values.

    Raises:
        ValueError: lengths differ, a value is not finite, edges do not ascend, or days span over 87 years.

    Source: Knox 1964, Appl. Stat. 13, 25; Monte Carlo and bands: Johnson et al. 2007, J. Quant. Criminol. 23,
    201.

    """
    places, days = _incidents(x, y, day)
    metres, spans = _edges(distance_bands, day_bands)
    if permutations < 0:
        raise ValueError("permutations: must not be negative")
    places, days, reach = _in_strips(places, days, float(metres[-1]))
    bounds = metres**2 * (1 + 1e-12), np.minimum(spans, LONGEST_DAYS).astype(np.int16)

    def counted(orders: NDArray[np.int16]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        pairs, total = _knox_kernels.near_pairs(places[:, 0], places[:, 1], reach, orders, *bounds)
        return pairs, np.diff(total, axis=1, prepend=0)

    pairs, seen = counted(days[:, None])
    observed = seen[:, :, 0]
    chance = _expected(pairs, days, spans)
    blocks = _blocks(permutations, seed)

    def shuffled(block: tuple[int, np.random.SeedSequence]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        orders = np.repeat(days[:, None], block[0], axis=1)
        np.random.default_rng(block[1]).permuted(orders, axis=0, out=orders)
        table = counted(orders)[1]
        return table.sum(axis=2), (table >= observed[:, :, None]).sum(axis=2)

    total = np.zeros((2, *observed.shape), np.int64)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for one in pool.map(shuffled, blocks):
            total += one
    none = np.full(observed.shape, np.nan)
    return Knox(
        metres, spans, observed, chance,
        total[0] / permutations if permutations else none,
        np.divide(observed, chance, out=none.copy(), where=chance > 0),
        (1 + total[1]) / (1 + permutations) if permutations else none,
        permutations,
    )  # fmt: skip


def _incidents(x: ArrayLike, y: ArrayLike, day: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """Return places (n, 2) and days since the first."""
    east, north, days = np.asarray(x, np.float64), np.asarray(y, np.float64), np.asarray(day)
    if east.ndim != 1 or not east.shape == north.shape == days.shape:
        raise ValueError("x, y, day: must be as long as one another")
    if not (np.isfinite(east).all() and np.isfinite(north).all()):
        raise ValueError("x, y: must be finite")
    if len(days) and not np.issubdtype(days.dtype, np.integer):
        raise ValueError("day: must be whole numbers")
    since = days.astype(np.int64) - (int(days.min()) if len(days) else 0)
    if len(since) and since.max() > LONGEST_DAYS:
        raise ValueError(f"day: must span at most {LONGEST_DAYS} days")
    return np.stack((east, north), axis=1), since.astype(np.int16)


def _edges(distance: ArrayLike, day: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    metres, days = np.asarray(distance, np.float64), np.asarray(day, np.float64)
    for name, edges in (("distance_bands", metres), ("day_bands", days)):
        if edges.ndim != 1 or not len(edges) or not np.isfinite(edges).all():
            raise ValueError(f"{name}: must be a list of numbers")
        if edges[0] < 0 or (np.diff(edges) <= 0).any():
            raise ValueError(f"{name}: must ascend from 0 or above")
    if (days != np.round(days)).any():
        raise ValueError("day_bands: must be whole days")
    return metres, days.astype(np.int64)


def _in_strips(
    places: NDArray[np.float64], days: NDArray[np.int16], reach: float
) -> tuple[NDArray[np.float64], NDArray[np.int16], NDArray[np.int64]]:
    """Order by strips as high as the reach, then eastward; return where each one's pairs may lie."""
    reach = max(reach, 1e-3) * (1 + 1e-9)
    strip = np.floor(places[:, 1] / reach).astype(np.int64)
    order = np.lexsort((places[:, 0], strip))
    places, days, strip = np.ascontiguousarray(places[order]), days[order], strip[order]
    ends = np.zeros((len(days), 3), np.int64)
    for one in np.unique(strip):
        mine = slice(*np.searchsorted(strip, [one, one + 1]))
        above = slice(*np.searchsorted(strip, [one + 1, one + 2]))
        x, upper = places[mine, 0], places[above, 0]
        ends[mine, 0] = mine.start + np.searchsorted(x, x + reach, side="right")
        ends[mine, 1] = above.start + np.searchsorted(upper, x - reach)
        ends[mine, 2] = above.start + np.searchsorted(upper, x + reach, side="right")
    return places, days, ends


def _expected(
    pairs: NDArray[np.int64], days: NDArray[np.int16], edges: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return near pairs times the share of all pairs in each day band."""
    number = len(days)
    if number < 2:
        return np.zeros((len(pairs), len(edges)))
    upto = np.concatenate(([0], np.cumsum(np.bincount(days)))).astype(np.float64)
    at = np.arange(len(upto) - 1)
    own = np.diff(upto)
    # Ordered pairs with the later one at most `edge` days after, those of one day counted once.
    within = np.array(
        [own @ (upto[np.minimum(at + 1 + edge, at[-1] + 1)] - upto[at + 1]) for edge in edges.tolist()]
    ) + float((own * (own - 1) / 2).sum())
    return np.outer(pairs, np.diff(within, prepend=0.0)) / (number * (number - 1) / 2)


def _blocks(permutations: int, seed: int) -> list[tuple[int, np.random.SeedSequence]]:
    """Return the sizes of blocks with a generator's seed for each."""
    sizes = [min(TOGETHER, permutations - at) for at in range(0, permutations, TOGETHER)]
    return list(zip(sizes, np.random.SeedSequence(seed).spawn(len(sizes)), strict=True))
