"""Driving along the roads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads import route

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

OFF_ROAD_MPS = 4.0
METRES_PER_DEGREE = 1e5


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
    """Fastest ways on a road graph by day, from door to door."""

    def __init__(self, graph: RoadGraph) -> None:
        self.graph = graph

    def way(self, start: tuple[float, float], end: tuple[float, float]) -> Route:
        """The way between two points, slow to and from the roads; straight where no road leads."""
        node, metres = self.graph.snap((start[0], end[0]), (start[1], end[1]))
        found = route(self.graph, int(node[0]), int(node[1]))
        if found is None:
            apart = float(np.hypot(end[0] - start[0], end[1] - start[1])) * METRES_PER_DEGREE
            return Route(np.array([start, end]), np.array([0.0, apart / OFF_ROAD_MPS]))
        there, away = (float(one) / OFF_ROAD_MPS for one in metres)
        second = np.array([0.0, *found.passed_s, found.seconds + away])
        second[1:] += there
        return Route(np.array([start, *found.coordinates, end]), second)
