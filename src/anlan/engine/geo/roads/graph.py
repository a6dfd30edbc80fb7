"""The road graph: directed compressed sparse rows in one memory-mapped file, and questions to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from anlan.engine.geo.roads import file
from anlan.engine.geo.roads.profile import HourClass, default_factors

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.geo.roads.links import RoadLinks

METRES_PER_DEGREE = 111_195.0
ARRAYS = ("node_lon", "node_lat", "tail", "head", "length_m", "seconds", "road_class", "name", "factors")
INFINITY = float("inf")
# A place farther than this from every node is off the network: the way to the node is in no travel time, and
# 500 m are 45 s at 40 km/h, already a seventh of a five-minute ring.
MAX_SNAP_M = 500.0


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Nodes (N) and directed edges (E) sorted by tail, then head.

    An edge takes its free-flow `seconds` times `factors[hour class, road class]`. A graph is immutable
    and may be shared by threads.
    """

    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float32]
    seconds: NDArray[np.float32]
    road_class: NDArray[np.uint8]
    name: NDArray[np.int32]
    factors: NDArray[np.float32]
    names: tuple[str, ...] = ("",)
    facts: dict[str, Any] = field(default_factory=dict)
    _local: threading.local = field(default_factory=threading.local, repr=False)
    _cache: dict[tuple[str, HourClass], csr_array] = field(default_factory=dict, repr=False)

    @classmethod
    def from_links(
        cls,
        links: RoadLinks,
        *,
        factors: NDArray[np.float32] | None = None,
        facts: dict[str, Any] | None = None,
    ) -> Self:
        """Build the graph of a table of links; loops are left out, parallel links are kept."""
        rows = np.flatnonzero(links.tail != links.head)
        rows = rows[np.lexsort((links.head[rows], links.tail[rows]))]
        return cls(
            links.node_lon,
            links.node_lat,
            links.tail[rows],
            links.head[rows],
            links.length_m[rows],
            (links.length_m[rows] / links.speed_mps[rows]).astype(np.float32),
            links.road_class[rows],
            links.name[rows],
            default_factors() if factors is None else factors,
            links.names,
            facts or {},
        )

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_lon)

    @property
    def edges(self) -> int:
        """Number of directed edges."""
        return len(self.tail)

    @property
    def length_km(self) -> float:
        """Length of road in km; the two directions of a road count once."""
        there = self.tail.astype(np.int64) * self.nodes + self.head
        back = self.head.astype(np.int64) * self.nodes + self.tail
        return float((self.length_m * np.where(np.isin(there, back), 0.5, 1.0)).sum() / 1000)

    def save(self, path: Path) -> None:
        """Write the graph to one file, whole or not at all.

        Raises:
            OSError: the disk is full or not writable; an older file of that name stays.

        """
        arrays = {name: getattr(self, name) for name in ARRAYS}
        file.write(path, arrays, {"names": self.names, "facts": self.facts})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Map a saved graph into memory.

        Raises:
            ValueError: not a road graph, cut short or damaged.
            OSError: it cannot be read.

        """
        arrays, facts = file.read(path)
        missing = [name for name in ARRAYS if name not in arrays]
        if missing:
            raise ValueError(f"{path.name}: no {', '.join(missing)}; import the roads again")
        columns: dict[str, Any] = {name: arrays[name] for name in ARRAYS}
        return cls(**columns, names=tuple(facts["names"]), facts=facts["facts"])

    # places

    def project(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Metres east and north of the graph's middle, shape (n, 2); good to 0.1 % over a county."""
        lon0, lat0 = self._middle
        east = (np.asarray(lon, np.float64) - lon0) * METRES_PER_DEGREE * np.cos(np.radians(lat0))
        north = (np.asarray(lat, np.float64) - lat0) * METRES_PER_DEGREE
        points: NDArray[np.float64] = np.column_stack((east.ravel(), north.ravel()))
        return points

    @cached_property
    def _middle(self) -> tuple[float, float]:
        return float(np.mean(self.node_lon)), float(np.mean(self.node_lat))

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.project(self.node_lon, self.node_lat))

    def snap(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Nearest node of each point and the distance to it in metres, shapes (n,).

        Raises:
            ValueError: a coordinate is not a finite number.

        """
        points = self.project(lon, lat)
        if not np.isfinite(points).all():
            row = int(np.argmin(np.isfinite(points).all(1)))
            raise ValueError(f"point {row}: no finite longitude and latitude")
        metres, node = self._tree.query(points)
        return np.asarray(node, np.int32), np.asarray(metres, np.float32)

    # times

    def edge_seconds(self, hour_class: HourClass = HourClass.DAY) -> NDArray[np.float64]:
        """Travel time of every edge in an hour class, shape (E,)."""
        seconds: NDArray[np.float64] = self.seconds.astype(np.float64)
        seconds *= self.factors[hour_class, self.road_class]
        return seconds

    def _matrix(self, hour_class: HourClass, *, reverse: bool) -> csr_array:
        key = ("reverse" if reverse else "forward", hour_class)
        matrix: csr_array | None = self._cache.get(key)
        if matrix is None:
            matrix = self._cache[key] = self._build(hour_class, reverse=reverse)
        return matrix

    def _build(self, hour_class: HourClass, *, reverse: bool) -> csr_array:
        seconds = self.edge_seconds(hour_class)
        new = np.ones(self.edges, np.bool_)
        new[1:] = (self.tail[1:] != self.tail[:-1]) | (self.head[1:] != self.head[:-1])
        first = np.flatnonzero(new)
        fastest = np.minimum.reduceat(seconds, first) if len(first) else seconds
        ends = (self.tail[first], self.head[first])
        return csr_array((fastest, ends[::-1] if reverse else ends), shape=(self.nodes, self.nodes))

    def times(
        self,
        sources: ArrayLike,
        targets: ArrayLike,
        hour_class: HourClass = HourClass.DAY,
        limit_s: float = INFINITY,
    ) -> NDArray[np.float32]:
        """Seconds from each source node to each target node, shape (S, T), inf where beyond `limit_s`.

        One bounded Dijkstra tree per source, or per target on the reversed graph, whichever are fewer.
        """
        starts, ends = np.asarray(sources, np.int64).ravel(), np.asarray(targets, np.int64).ravel()
        self._known(starts)
        self._known(ends)
        if len(ends) < len(starts):
            return self._trees(ends, starts, hour_class, limit_s, reverse=True).T
        return self._trees(starts, ends, hour_class, limit_s, reverse=False)

    def _known(self, nodes: NDArray[np.int64]) -> None:
        wrong = (nodes < 0) | (nodes >= self.nodes)
        if wrong.any():
            raise ValueError(f"node {nodes[wrong][0]}: the graph has nodes 0 to {self.nodes - 1}")

    def _trees(
        self,
        roots: NDArray[np.int64],
        leaves: NDArray[np.int64],
        hour_class: HourClass,
        limit_s: float,
        *,
        reverse: bool,
    ) -> NDArray[np.float32]:
        matrix = self._matrix(hour_class, reverse=reverse)
        unique, inverse = np.unique(roots, return_inverse=True)
        out = np.empty((len(unique), len(leaves)), np.float32)
        for begin in range(0, len(unique), 64):
            some = unique[begin : begin + 64]
            out[begin : begin + 64] = dijkstra(matrix, indices=some, limit=limit_s)[:, leaves]
        return out[inverse]

    def nearest(
        self,
        target: int,
        sources: ArrayLike,
        k: int,
        hour_class: HourClass = HourClass.DAY,
        limit_s: float = INFINITY,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The `k` sources soonest at the target: positions in `sources` and seconds, soonest first.

        Ties keep the order of `sources`; fewer than `k` come back when no more can reach it in `limit_s`.
        """
        from anlan.engine.geo.roads import kernels  # noqa: PLC0415  Numba is slow to import

        nodes = np.asarray(sources, np.int64).ravel()
        self._known(np.append(nodes, target))
        matrix = self._matrix(hour_class, reverse=True)
        waiting = np.bincount(nodes, minlength=self.nodes)
        stamp, best, keys, items = self._workspace(kernels)
        self._local.now += 2
        places = np.empty(len(nodes) + 1, np.int32)
        seconds = np.empty(len(nodes) + 1, np.float64)
        count = kernels.nearest(
            matrix.indptr, matrix.indices, matrix.data, target, waiting, min(k, len(nodes)), limit_s,
            places, seconds, stamp, best, keys, items, self._local.now,
        )  # fmt: skip
        return self._ranked(nodes, places[:count], seconds[:count], k)

    def _workspace(self, kernels: Any) -> tuple[NDArray, NDArray, NDArray, NDArray]:
        if not hasattr(self._local, "work"):
            self._local.work = kernels.workspace(self.nodes, self.edges)
            self._local.now = 0
        return self._local.work  # type: ignore[no-any-return]

    def _ranked(
        self, nodes: NDArray[np.int64], places: NDArray[np.int32], seconds: NDArray[np.float64], k: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        time = np.full(self.nodes, np.inf)
        time[places] = seconds
        reached = np.flatnonzero(np.isfinite(time[nodes]))
        order = reached[np.argsort(time[nodes[reached]], kind="stable")][:k]
        return order.astype(np.int32), time[nodes[order]].astype(np.float32)

    def soonest(
        self,
        sources: ArrayLike,
        targets: ArrayLike,
        k: int,
        hour_class: HourClass = HourClass.DAY,
        limit_s: float = INFINITY,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The `k` soonest sources at each of many targets, by one search from all sources at once.

        Returns positions in `sources` and seconds, both (T, k), soonest first; -1 and inf where fewer than
        `k` can be there within `limit_s`.
        """
        from anlan.engine.geo.roads import kernels  # noqa: PLC0415  Numba is slow to import

        starts, ends = np.asarray(sources, np.int64).ravel(), np.asarray(targets, np.int64).ravel()
        self._known(np.concatenate((starts, ends)))
        matrix = self._matrix(hour_class, reverse=False)
        units = np.full((self.nodes, k), -1, np.int32)
        seconds = np.full((self.nodes, k), np.inf)
        held = np.zeros(self.nodes, np.int32)
        kernels.soonest(
            matrix.indptr, matrix.indices, matrix.data, starts, limit_s, units, seconds, held, ends
        )
        return units[ends], seconds[ends].astype(np.float32)

    def warm(self, hour_class: HourClass = HourClass.DAY) -> None:
        """Load the kernels and build the matrices and the tree, so that the first real query is quick."""
        if self.nodes:
            self.snap(self.node_lon[:1], self.node_lat[:1])
            self.nearest(0, [0], 1, hour_class)
            self.soonest([0], [0], 1, hour_class)
