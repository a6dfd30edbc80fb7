"""Places matched in pairs on their past: the perfect matching of least total distance.

Optimal non-bipartite matching (Lu, Greevy, Xu & Beck 2011, The American Statistician 65). A greedy pairing is
improved by re-pairing two pairs at a time until none helps; HiGHS then looks for the optimum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

NODES = 200  # branch and bound nodes: a count, not a time, so that the same input gives the same pairs
EXACT = 160  # places above which the optimum is not looked for
TINY = 1e-9


def distances(history: NDArray[np.int64], trend_weight: float = 0.5) -> NDArray[np.float64]:
    """How unlike two places are, (n, n): log ratio of their means, and of their trends, put together.

    0.1: about a tenth more; 0.69: twice as many. Trend: the later half's mean over the earlier's, one
    incident added to each so that chance weighs less in quiet places. `history`: (n, w), -1 not recorded.
    """
    known, counts = history >= 0, np.maximum(history, 0)
    half = history.shape[1] // 2
    parts = (slice(None), slice(0, half), slice(half, None))
    mean, older, newer = (
        np.log((counts[:, part].sum(axis=1) + 1) / (known[:, part].sum(axis=1) + 1)) for part in parts
    )
    trend = trend_weight * (newer - older)
    return np.asarray(np.hypot(mean[:, None] - mean, trend[:, None] - trend), np.float64)


def matched(distance: NDArray[np.float64]) -> tuple[list[tuple[int, int]], bool]:
    """Return the pairs, and whether they are proven to be the closest; n must be even.

    Raises:
        ValueError: an odd number of places.

    """
    n = len(distance)
    if n % 2:
        raise ValueError(f"distance: an even number of places, not {n}")
    pairs = _improved(distance, _greedy(distance))
    if n > EXACT or n <= 2:
        return pairs, n <= 2
    best, proven = _optimum(distance)
    better = best is not None and _length(distance, best) < _length(distance, pairs) - TINY
    return (best if better and best is not None else pairs), proven


def _length(distance: NDArray[np.float64], pairs: list[tuple[int, int]]) -> float:
    return float(sum(distance[a, b] for a, b in pairs))


def _greedy(distance: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pair the closest two that are left, again and again."""
    first, second = np.triu_indices(len(distance), 1)
    free, pairs = np.ones(len(distance), bool), []
    for edge in np.argsort(distance[first, second], kind="stable"):
        a, b = int(first[edge]), int(second[edge])
        if free[a] and free[b]:
            free[a] = free[b] = False
            pairs.append((a, b))
    return pairs


def _improved(distance: NDArray[np.float64], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Re-pair two pairs wherever that is closer, until it nowhere is."""
    better = True
    while better:
        better = False
        for i in range(len(pairs)):
            for j in range(i + 1, len(pairs)):
                (a, b), (c, d) = pairs[i], pairs[j]
                now = distance[a, b] + distance[c, d]
                choices = [((a, c), (b, d)), ((a, d), (b, c))]
                one, two = min(choices, key=lambda pick: distance[pick[0]] + distance[pick[1]])
                if distance[one] + distance[two] < now - TINY:
                    pairs[i], pairs[j], better = one, two, True
    return pairs


def _optimum(distance: NDArray[np.float64]) -> tuple[list[tuple[int, int]] | None, bool]:
    """Return the closest pairing by integer programming, and whether that is proven."""
    first, second = np.triu_indices(len(distance), 1)
    edges = np.arange(len(first))
    at = (np.append(first, second), np.append(edges, edges))
    of = sparse.csr_array((np.ones(2 * len(edges)), at))
    found = optimize.milp(
        distance[first, second],
        integrality=np.ones(len(edges), np.int64),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(of, 1, 1),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return None, False
    chosen = np.flatnonzero(found.x > 0.5)
    pairs = [(int(first[edge]), int(second[edge])) for edge in chosen]
    return pairs, found.status == 0
