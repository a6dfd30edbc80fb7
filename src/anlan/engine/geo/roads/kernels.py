"""The Numba kernels of `RoadGraph`; a module of its own because importing Numba takes a while.

Dijkstra (1959) with a binary heap and lazy deletion, over the reversed graph from the target, stopped as soon
as enough sources are settled. Stamps instead of clearing make a query cost only what it touches.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, nogil=True)
def _push(keys: NDArray, items: NDArray, size: int, key: float, item: int) -> int:
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if keys[parent] <= key:
            break
        keys[place], items[place] = keys[parent], items[parent]
        place = parent
    keys[place], items[place] = key, item
    return size + 1


@numba.njit(cache=True, nogil=True)
def _pop(keys: NDArray, items: NDArray, size: int) -> int:
    size -= 1
    key, item = keys[size], items[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[place], items[place] = keys[child], items[child]
        place = child
    keys[place], items[place] = key, item
    return size


@numba.njit(cache=True, nogil=True)
def nearest(  # noqa: PLR0913, PLR0917  plain arrays are what Numba compiles
    indptr: NDArray, indices: NDArray, weight: NDArray, target: int, waiting: NDArray, wanted: int,
    limit: float, stamp: NDArray, best: NDArray, keys: NDArray, items: NDArray, now: int,
) -> None:  # fmt: skip
    """Settle nodes in order of time until `wanted` sources are counted: `stamp` now + 1, time in `best`.

    `waiting` holds for each node how many sources stand there. `stamp`, `best`, `keys` and `items` are
    working memory that outlives the call; `now` is a number not used as a stamp before (open = now, settled =
    now + 1).
    """
    stamp[target] = now
    best[target] = 0.0
    size = _push(keys, items, 0, 0.0, target)
    count = 0
    while size > 0 and count < wanted:
        time, node = keys[0], items[0]
        size = _pop(keys, items, size)
        if stamp[node] == now + 1:
            continue
        stamp[node] = now + 1
        count += waiting[node]
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            later = time + weight[edge]
            if later > limit or later == np.inf or stamp[other] == now + 1:
                continue
            if stamp[other] == now and best[other] <= later:
                continue
            stamp[other] = now
            best[other] = later
            size = _push(keys, items, size, later, other)


class Workspace(NamedTuple):
    """Working memory of a thread: stamps, times, a heap with room for every edge, units that wait."""

    stamp: NDArray
    best: NDArray
    keys: NDArray
    items: NDArray
    waiting: NDArray


def workspace(nodes: int, edges: int) -> Workspace:
    """Working memory for a graph of so many nodes and edges."""
    return Workspace(
        np.zeros(nodes, np.int64),
        np.empty(nodes, np.float64),
        np.empty(edges + 1, np.float64),
        np.empty(edges + 1, np.int32),
        np.zeros(nodes, np.int64),
    )


@numba.njit(cache=True, nogil=True)
def _label(units: NDArray, node: int, held: int, unit: int) -> bool:
    for place in range(held):  # noqa: SIM110  Numba compiles no generator
        if units[node, place] == unit:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def soonest(  # noqa: PLR0913, PLR0917  plain arrays are what Numba compiles
    indptr: NDArray, indices: NDArray, weight: NDArray, starts: NDArray, limit: float,
    units: NDArray, seconds: NDArray, held: NDArray, asked: NDArray,
) -> None:  # fmt: skip
    """For each node the k soonest distinct units (k columns of `units`, `seconds`), within `limit`.

    One Dijkstra from all units at once in which a node is settled at most k times, each time by another unit;
    `held` counts. It stops when every node of `asked` holds k.
    """
    k = units.shape[1]
    keys = np.empty(len(starts) + len(indices) * k + 1, np.float64)
    items = np.empty(len(keys), np.int64)
    nodes = len(indptr) - 1
    open_ = 0
    wanted = np.zeros(nodes, np.bool_)
    for node in asked:
        if not wanted[node]:
            wanted[node] = True
            open_ += 1
    size = 0
    for unit in range(len(starts)):
        size = _push(keys, items, size, 0.0, unit * nodes + starts[unit])
    while size > 0 and open_ > 0:
        time, item = keys[0], items[0]
        size = _pop(keys, items, size)
        unit, node = item // nodes, item % nodes
        if held[node] == k or _label(units, node, held[node], unit):
            continue
        units[node, held[node]], seconds[node, held[node]] = unit, time
        held[node] += 1
        if held[node] == k and wanted[node]:
            open_ -= 1
        for edge in range(indptr[node], indptr[node + 1]):
            other = indices[edge]
            later = time + weight[edge]
            if later > limit or later == np.inf or held[other] == k:
                continue
            if not _label(units, other, held[other], unit):
                size = _push(keys, items, size, later, unit * nodes + other)


@numba.njit(cache=True, nogil=True)
def spread(  # noqa: PLR0913, PLR0917  plain arrays are what Numba compiles
    indptr: NDArray, indices: NDArray, weight: NDArray, starts: NDArray, limit: float, asked: NDArray,
    time: NDArray, before: NDArray,
) -> None:  # fmt: skip
    """Dijkstra from all starts at once: `time` (filled with inf) and the entry by which a node is reached.

    `before` is -1 at starts and where nothing leads. It stops when all of `asked` are settled, if it is not
    empty; no node may be in it twice.
    """
    keys = np.empty(len(indices) + len(starts) + 1, np.float64)
    items = np.empty(len(keys), np.int32)
    waiting = np.zeros(len(time), np.bool_)
    waiting[asked] = True
    open_ = len(asked)
    size = 0
    for node in starts:
        if time[node] > 0.0:
            time[node] = 0.0
            size = _push(keys, items, size, 0.0, node)
    while size > 0:
        now, node = keys[0], items[0]
        size = _pop(keys, items, size)
        if now > time[node]:
            continue
        if waiting[node]:
            waiting[node] = False
            open_ -= 1
            if open_ == 0:
                break
        for entry in range(indptr[node], indptr[node + 1]):
            later = now + weight[entry]
            if later <= limit and later < time[indices[entry]]:
                time[indices[entry]] = later
                before[indices[entry]] = entry
                size = _push(keys, items, size, later, indices[entry])
