"""What a road graph and its overlays share: everything that depends on places and edges, not on times."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from anlan.engine.geo.roads.bends import Bends, polylines
from anlan.engine.geo.roads.turns import Expanded, Turns, expand

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, eq=False)
class Topology:
    """Places and edges of a graph, and what is made of them on demand and then kept."""

    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    bends: Bends | None
    turns: Turns | None
    local: threading.local = field(default_factory=threading.local, repr=False)

    @cached_property
    def middle(self) -> tuple[float, float]:
        """Mean longitude and latitude of the places."""
        return float(np.mean(self.node_lon)), float(np.mean(self.node_lat))

    def project(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Metres east and north of the middle, shape (n, 2)."""
        lon0, lat0 = self.middle
        east = (np.asarray(lon, np.float64) - lon0) * METRES_PER_DEGREE * np.cos(np.radians(lat0))
        north = (np.asarray(lat, np.float64) - lat0) * METRES_PER_DEGREE
        points: NDArray[np.float64] = np.column_stack((east.ravel(), north.ravel()))
        return points

    def unproject(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Degrees (n, 2) of metres (n, 2): the inverse of `project`."""
        lon0, lat0 = self.middle
        lon = lon0 + metres[:, 0] / (METRES_PER_DEGREE * np.cos(np.radians(lat0)))
        return np.column_stack((lon, lat0 + metres[:, 1] / METRES_PER_DEGREE))

    @cached_property
    def tree(self) -> cKDTree:
        """The places, to find the nearest."""
        return cKDTree(self.project(self.node_lon, self.node_lat))

    @cached_property
    def search(self) -> Expanded:
        """The graph that is searched: places, and copies of those where turns are forbidden."""
        return expand(len(self.node_lon), self.tail, self.head, self.turns)

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """Rows of `search` that are the first of their parallels, (G,)."""
        tail, head = self.search.tail, self.search.head
        new = np.ones(len(tail), np.bool_)
        new[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        return np.flatnonzero(new)

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """The node that each entry of the forward matrix leaves, (G,)."""
        rows: NDArray[np.int32] = self.search.tail[self.first]
        return rows

    @cached_property
    def _forward(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        count = np.bincount(self.rows, minlength=self.search.nodes)
        return np.concatenate(([0], np.cumsum(count))).astype(np.int32), self.search.head[self.first]

    @cached_property
    def _backward(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        head = self.search.head[self.first]
        order = np.lexsort((self.rows, head))
        count = np.bincount(head, minlength=self.search.nodes)
        return np.concatenate(([0], np.cumsum(count))).astype(np.int32), self.rows[order], order

    def matrix(self, seconds: NDArray[np.float64], *, reverse: bool) -> csr_array:
        """The graph that is searched, by times of the edges (E,); of parallels the fastest counts."""
        times = self.row_seconds(seconds)
        data = np.minimum.reduceat(times, self.first) if len(self.first) else times
        shape = (self.search.nodes,) * 2
        if not reverse:
            ends, others = self._forward
            return csr_array((data, others, ends), shape=shape)
        ends, others, order = self._backward
        return csr_array((data[order], others, ends), shape=shape)

    def row_seconds(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Times of the rows of `search`; an arrival takes none."""
        edge = self.search.edge
        return np.where(edge < 0, 0.0, seconds[edge]) if len(edge) > len(seconds) else seconds[edge]

    def entry_edges(self, seconds: NDArray[np.float64]) -> NDArray[np.int32]:
        """The edge of each entry of the forward matrix, (G,): the fastest of parallels, -1 for arrivals."""
        edge = self.search.edge
        if len(self.first) == len(edge):
            return edge
        group = np.repeat(np.arange(len(self.first)), np.diff(np.append(self.first, len(edge))))
        order = np.lexsort((self.row_seconds(seconds), group))
        best: NDArray[np.int32] = edge[order[self.first]]
        return best

    def polylines(self, edges: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Points of edges in their own direction, (M, 2) degrees, and the place in `edges` of each, (M,)."""
        return polylines(self.node_lon, self.node_lat, self.tail, self.head, self.bends, np.asarray(edges))

    @cached_property
    def road(self) -> NDArray[np.int64]:
        """The road of each edge, (E,): the two directions of one road have the same number."""
        low, high = np.minimum(self.tail, self.head), np.maximum(self.tail, self.head)
        shape = np.zeros(len(low), np.int32) if self.bends is None else np.abs(self.bends.of)
        order = np.lexsort((shape, high, low))
        new = np.zeros(len(order), np.bool_)
        for column in (low, high, shape):
            new[1:] |= np.diff(column[order]) != 0
        number = np.empty(len(order), np.int64)
        number[order] = np.cumsum(new)
        return number

    @cached_property
    def road_tree(self) -> tuple[shapely.STRtree, NDArray[np.int64]]:
        """The roads as lines in metres, to find those near a place, and one edge of each."""
        _, edge = np.unique(self.road, return_index=True)
        points, line = self.polylines(edge)
        lines = shapely.linestrings(self.project(points[:, 0], points[:, 1]), indices=line)
        return shapely.STRtree(lines), edge
