"""The fewest nodes that part the danger from the outside: a minimum cut through nodes.

Menger's theorem with node capacities (Ford & Fulkerson 1956): each node becomes an arc from its entry to its
exit with the node's price as capacity; roads are arcs that cannot be cut. Dinic's maximum flow (SciPy) finds
the cheapest cut, and what is still reachable in the residual graph gives the one nearest to the danger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNCUT = 2**30


@dataclass(frozen=True, eq=False)
class Field:
    """The ground of one ring: its nodes (n,), arcs between them both ways, and which of them lead outside."""

    nodes: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    starts: NDArray[np.int64]
    leads_out: NDArray[np.bool_]

    def __len__(self) -> int:
        """Number of nodes."""
        return len(self.nodes)


def field(
    roads: csr_array,
    away: NDArray[np.float64],
    ring: float,
    starts: NDArray[np.int64],
    exits: NDArray[np.int64],
) -> Field:
    """The nodes within a ring; beyond it, and through `exits`, lies the outside. Starts are always within."""
    inside = away <= ring
    inside[starts] = True
    nodes = np.flatnonzero(inside)
    number = np.full(len(away), -1, np.int64)
    number[nodes] = np.arange(len(nodes))
    arcs = roads.tocoo()
    tail, head = number[arcs.coords[0]], number[arcs.coords[1]]
    leads_out = np.zeros(len(nodes), np.bool_)
    leads_out[tail[(tail >= 0) & (head < 0)]] = True
    leads_out[number[exits][number[exits] >= 0]] = True
    kept = (tail >= 0) & (head >= 0)
    return Field(nodes, tail[kept], head[kept], number[starts], leads_out)


def open_way(ground: Field, barred: NDArray[np.bool_]) -> bool:
    """Whether a way leads outside over nodes (n,) that cannot be closed at all, so that no cut exists."""
    return bool((within(ground, ~barred) & ground.leads_out & barred).any())


def within(ground: Field, closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which nodes (n,) the danger reaches while those `closed` are held; these are not among them."""
    count = len(ground)
    open_ = ~closed[ground.tail] & ~closed[ground.head]
    first = ground.starts[~closed[ground.starts]]
    rows = np.concatenate((ground.tail[open_], np.full(len(first), count)))
    cols = np.concatenate((ground.head[open_], first))
    matrix = csr_array((np.ones(len(rows), np.int8), (rows, cols)), shape=(count + 1,) * 2)
    seen = np.zeros(count + 1, np.bool_)
    seen[breadth_first_order(matrix, count, return_predecessors=False)] = True
    return seen[:count]


def cheapest(ground: Field, price: NDArray[np.int64], barred: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The nodes (positions in the ground) of the cheapest cut, the one nearest to the danger."""
    matrix = _arcs(ground, np.where(barred, UNCUT, price))
    source, sink = 2 * len(ground), 2 * len(ground) + 1
    flow = maximum_flow(matrix, source, sink).flow
    residual = csr_array(matrix - flow)
    residual.data[residual.data < 0] = 0
    residual.eliminate_zeros()
    near = np.zeros(sink + 1, np.bool_)
    near[breadth_first_order(residual, source, return_predecessors=False)] = True
    count = len(ground)
    return np.flatnonzero(near[:count] & ~near[count : 2 * count])


def _arcs(ground: Field, price: NDArray[np.int64]) -> csr_array:
    """Entry i, exit i + n; then the source and the sink."""
    count = len(ground)
    every, out = np.arange(count), np.flatnonzero(ground.leads_out)
    tail = np.concatenate((every, ground.tail + count, np.full(len(ground.starts), 2 * count), out + count))
    head = np.concatenate((every + count, ground.head, ground.starts, np.full(len(out), 2 * count + 1)))
    capacity = np.full(len(tail), UNCUT, np.int32)
    capacity[:count] = price
    return csr_array((capacity, (tail, head)), shape=(2 * count + 2,) * 2)
