"""The fastest ways from some places to others: one search, from which any number of paths are read off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads.graph import INFINITY, RoadGraph
from anlan.engine.geo.roads.profile import HourClass

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Tree:
    """Times from the nearest of the sources to every node that is searched, and the entry before each.

    Times are sure up to the places that were asked for; beyond them they may still fall.
    """

    graph: RoadGraph
    hour_class: HourClass
    time: NDArray[np.float64]
    before: NDArray[np.int32]

    def seconds(self, targets: ArrayLike) -> NDArray[np.float64]:
        """Seconds to each target place, inf where no way leads within the limit."""
        return self.time[self.graph.arrivals(targets)]

    def path(self, target: int) -> NDArray[np.int32] | None:
        """Edges to a target place in the order in which they are driven; None where no way leads there."""
        node = int(self.graph.arrivals(target)[0])
        if not np.isfinite(self.time[node]):
            return None
        edge, rows = self.graph.entry_edges(self.hour_class), self.graph.topology.rows
        found = []
        while (entry := int(self.before[node])) >= 0:
            found.append(int(edge[entry]))
            node = int(rows[entry])
        path = np.asarray(found[::-1], np.int32)
        return path[path >= 0]


def tree(
    graph: RoadGraph,
    sources: ArrayLike,
    targets: ArrayLike | None = None,
    hour_class: HourClass = HourClass.DAY,
    limit_s: float = INFINITY,
) -> Tree:
    """Search from all `sources` (nodes) at once until all `targets` are reached; everywhere without targets.

    Raises:
        ValueError: a node is not in the graph.

    """
    from anlan.engine.geo.roads import kernels  # noqa: PLC0415  Numba is slow to import

    asked = np.unique(graph.arrivals([] if targets is None else targets))
    matrix = graph.matrix(hour_class)
    nodes = graph.topology.search.nodes
    time, before = np.full(nodes, np.inf), np.full(nodes, -1, np.int32)
    starts = graph.places(sources)
    kernels.spread(matrix.indptr, matrix.indices, matrix.data, starts, limit_s, asked, time, before)
    return Tree(graph, hour_class, time, before)
