"""Driving along the roads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

OFF_ROAD_MPS = 4.0


@dataclass(frozen=True, eq=False)
class Route:
    """A way with the second at which each of its points is passed: `point` (n, 2) degrees, `second` (n,)."""

    point: NDArray[np.float64]
    second: NDArray[np.float64]

    def at(self, second: float) -> tuple[float, float]:
        """Where one is after so many seconds."""
        return tuple(float(np.interp(second, self.second, self.point[:, axis])) for axis in (0, 1))  # type: ignore[return-value]

    @property
    def seconds(self) -> float:
        """How long the whole way takes."""
        return float(self.second[-1])


class Router:
    """Fastest ways on a road graph at free flow."""

    def __init__(self, graph: RoadGraph) -> None:
        self.graph = graph
        order = np.argsort(
            -graph.edge_seconds(), kind="stable"
        )  # parallel links: the fastest is written last
        seconds = graph.edge_seconds()[order]
        pair = graph.tail[order].astype(np.int64) * graph.nodes + graph.head[order]
        last = len(pair) - 1 - np.unique(pair[::-1], return_index=True)[1]
        ends = (graph.tail[order][last], graph.head[order][last])
        self.times = coo_array((seconds[last], ends), shape=(graph.nodes,) * 2).tocsr()

    def way(self, start: tuple[float, float], end: tuple[float, float]) -> Route:
        """The way between two points; straight where no road leads."""
        node, metres = self.graph.snap((start[0], end[0]), (start[1], end[1]))
        time, before = dijkstra(self.times, indices=int(node[0]), return_predecessors=True)
        points, seconds = [start], [0.0]
        if np.isfinite(time[node[1]]):
            path = backwards(before, int(node[0]), int(node[1]))
            offset = float(metres[0]) / OFF_ROAD_MPS
            points += [(float(self.graph.node_lon[n]), float(self.graph.node_lat[n])) for n in path]
            seconds += [offset + float(time[n]) for n in path]
            seconds.append(seconds[-1] + float(metres[1]) / OFF_ROAD_MPS)
        else:
            seconds.append(float(np.hypot(end[0] - start[0], end[1] - start[1])) * 1e5 / OFF_ROAD_MPS)
        return Route(np.array([*points, end]), np.array(seconds))


def backwards(before: NDArray[np.int32], start: int, end: int) -> list[int]:
    """The nodes from start to end, by each node's predecessor."""
    path = [end]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return path[::-1]
