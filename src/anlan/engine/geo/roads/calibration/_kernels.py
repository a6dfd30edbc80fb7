"""The Numba kernel that routes many trips and adds up where their time is spent."""

import numba
import numpy as np
from numpy.typing import NDArray

from anlan.engine.geo.roads.kernels import _pop, _push


@numba.njit(cache=True, nogil=True)
def _settle(  # noqa: PLR0913, PLR0917  plain arrays are what Numba compiles
    indptr: NDArray, indices: NDArray, weight: NDArray, source: int, target: int,
    stamp: NDArray, best: NDArray, before: NDArray, keys: NDArray, items: NDArray, now: int,
) -> bool:  # fmt: skip
    """Dijkstra from a node until another is settled; whether it was. `before` holds the entries."""
    stamp[source], best[source], before[source] = now, 0.0, -1
    size = _push(keys, items, 0, 0.0, source)
    while size > 0:
        time, node = keys[0], items[0]
        size = _pop(keys, items, size)
        if node == target:
            return True
        if time > best[node]:
            continue
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            later = time + weight[entry]
            if later == np.inf or (stamp[other] == now and best[other] <= later):
                continue
            stamp[other], best[other], before[other] = now, later, entry
            size = _push(keys, items, size, later, other)
    return False


@numba.njit(cache=True, nogil=True)
def spent(  # noqa: PLR0913, PLR0917  plain arrays are what Numba compiles
    indptr: NDArray, indices: NDArray, weight: NDArray, rows: NDArray, edge: NDArray,
    source: NDArray, target: NDArray, column: NDArray, amount: NDArray, met: NDArray, out: NDArray,
) -> None:  # fmt: skip
    """Fill `out` (trips, columns + 1): for each trip the `amount` of its route's edges by their `column`.

    The last column adds up `met`. A trip without a way gets NaN.
    """
    nodes = len(indptr) - 1
    stamp, best = np.zeros(nodes, np.int64), np.empty(nodes, np.float64)
    before = np.empty(nodes, np.int32)
    keys, items = np.empty(len(indices) + 1, np.float64), np.empty(len(indices) + 1, np.int32)
    last = out.shape[1] - 1
    for trip in range(len(source)):
        out[trip] = 0.0
        if not _settle(indptr, indices, weight, source[trip], target[trip], stamp, best, before, keys,
                       items, trip + 1):  # fmt: skip
            out[trip] = np.nan
            continue
        node = target[trip]
        while before[node] >= 0:
            entry = before[node]
            if edge[entry] >= 0:
                out[trip, column[edge[entry]]] += amount[edge[entry]]
                out[trip, last] += met[edge[entry]]
            node = rows[entry]
