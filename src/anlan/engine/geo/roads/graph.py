"""The road graph: directed compressed sparse rows in one memory-mapped file, and questions to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.engine.geo.roads import file
from anlan.engine.geo.roads.bends import Bends
from anlan.engine.geo.roads.profile import HourClass, default_factors, default_waits
from anlan.engine.geo.roads.topology import Topology
from anlan.engine.geo.roads.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.geo.roads.closures import Closure
    from anlan.engine.geo.roads.links import RoadLinks

ARRAYS = ("node_lon", "node_lat", "tail", "head", "length_m", "seconds", "road_class", "name", "factors")
OPTIONAL = ("signals", "waits", "roundabout")
INFINITY = float("inf")
# A place farther than this from every node is off the network: the way to the node is in no travel time, and
# 500 m are 45 s at 40 km/h, already a seventh of a five-minute ring.
MAX_SNAP_M = 500.0


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Nodes (N) and directed edges (E) sorted by tail, then head.

    An edge takes its free-flow `seconds` times `factors[hour class, road class]`, and `waits[hour class]` for
    each of its `signals`, all of it `slow` times where closures say so (inf = closed). Forbidden `turns` are
    observed by every query. A graph is immutable and may be shared by threads.
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
    signals: NDArray[np.uint8] | None = None
    waits: NDArray[np.float32] | None = None
    roundabout: NDArray[np.bool_] | None = None
    bends: Bends | None = None
    turns: Turns | None = None
    slow: NDArray[np.float64] | None = None
    _cache: dict[tuple[str, HourClass], Any] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def from_links(
        cls,
        links: RoadLinks,
        *,
        factors: NDArray[np.float32] | None = None,
        waits: NDArray[np.float32] | None = None,
        facts: dict[str, Any] | None = None,
    ) -> Self:
        """Build the graph of a table of links; loops are left out, parallel links are kept."""
        rows = np.flatnonzero(links.tail != links.head)
        rows = rows[np.lexsort((links.head[rows], links.tail[rows]))]
        number = np.full(links.links, -1, np.int64)
        number[rows] = np.arange(len(rows))
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
            None if links.signals is None else links.signals[rows],
            default_waits() if waits is None else waits,
            None if links.roundabout is None else links.roundabout[rows],
            None if links.bends is None else links.bends.only(rows),
            None if links.turns is None else links.turns.renumbered(number),
        )

    @cached_property
    def topology(self) -> Topology:
        """What does not depend on times; overlays share it."""
        return Topology(self.node_lon, self.node_lat, self.tail, self.head, self.bends, self.turns)

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: what was made on demand is made there anew."""
        return {name: value for name, value in self.__dict__.items() if name != "topology"} | {"_cache": {}}

    def _over(self, **changes: Any) -> Self:
        graph = replace(self, **changes)
        graph.__dict__["topology"] = self.topology
        return graph

    def with_factors(self, factors: NDArray[np.float32], waits: NDArray[np.float32] | None = None) -> Self:
        """The same roads with other factors, and other waits at signals if given; arrays are shared."""
        return self._over(factors=factors, waits=self.waits if waits is None else waits)

    def with_slow(self, slow: NDArray[np.float64] | None) -> Self:
        """The same roads with edges that take `slow` (E,) times as long; None for as they are."""
        return self._over(slow=slow)

    def with_closures(self, closures: Iterable[Closure]) -> Self:
        """The same roads with these closed or slowed as well; where several meet, the greatest factor counts.

        Raises:
            ValueError: a closure names an edge that is not in the graph.

        """
        slow = np.ones(self.edges) if self.slow is None else self.slow.copy()
        for closure in closures:
            edges = np.asarray(closure.edges, np.int64)
            if len(edges) and not 0 <= edges.min() <= edges.max() < self.edges:
                raise ValueError(f"closure: the graph has edges 0 to {self.edges - 1}")
            slow[edges] = np.maximum(slow[edges], closure.factor)
        return self.with_slow(slow)

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
        """Write the graph to one file, whole or not at all; closures are not part of it.

        Raises:
            OSError: the disk is full or not writable; an older file of that name stays.

        """
        arrays = {name: getattr(self, name) for name in (*ARRAYS, *OPTIONAL)}
        if self.bends is not None:
            arrays |= {"bend_of": self.bends.of, "bend_start": self.bends.start, "bend_step": self.bends.step}
        if self.turns is not None:
            arrays |= {"turn_start": self.turns.start, "turn_edge": self.turns.link}
        there = {name: array for name, array in arrays.items() if array is not None}
        file.write(path, there, {"names": self.names, "facts": self.facts})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Map a saved graph into memory; older files hold neither bends nor turns nor signals.

        Raises:
            ValueError: not a road graph, cut short or damaged.
            OSError: it cannot be read.

        """
        arrays, facts = file.read(path)
        missing = [name for name in ARRAYS if name not in arrays]
        if missing:
            raise ValueError(f"{path.name}: no {', '.join(missing)}; import the roads again")
        columns: dict[str, Any] = {name: arrays[name] for name in (*ARRAYS, *OPTIONAL) if name in arrays}
        if "bend_of" in arrays:
            columns["bends"] = Bends(arrays["bend_of"], arrays["bend_start"], arrays["bend_step"])
        if "turn_start" in arrays:
            columns["turns"] = Turns(arrays["turn_start"], arrays["turn_edge"])
        return cls(**columns, names=tuple(facts["names"]), facts=facts["facts"])

    # places

    def project(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Metres east and north of the graph's middle, shape (n, 2); good to 0.1 % over a county."""
        return self.topology.project(lon, lat)

    def snap(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Nearest node of each point and the distance to it in metres, shapes (n,).

        Raises:
            ValueError: a coordinate is not a finite number.

        """
        points = self.project(lon, lat)
        if not np.isfinite(points).all():
            row = int(np.argmin(np.isfinite(points).all(1)))
            raise ValueError(f"point {row}: no finite longitude and latitude")
        metres, node = self.topology.tree.query(points)
        return np.asarray(node, np.int32), np.asarray(metres, np.float32)

    # times

    def edge_seconds(self, hour_class: HourClass = HourClass.DAY) -> NDArray[np.float64]:
        """Travel time of every edge in an hour class, shape (E,); inf where it is closed."""
        seconds: NDArray[np.float64] = self.seconds.astype(np.float64)
        seconds *= self.factors[hour_class, self.road_class]
        if self.signals is not None and self.waits is not None:
            seconds += self.signals * float(self.waits[hour_class])
        if self.slow is not None:
            seconds *= self.slow
        return seconds

    def matrix(self, hour_class: HourClass, *, reverse: bool = False) -> csr_array:
        """Seconds between neighbours of the graph that is searched (`topology.search`); kept once made.

        A search starts at a place's own number and ends at its `arrivals`.
        """
        key = ("reverse" if reverse else "forward", hour_class)
        matrix: csr_array | None = self._cache.get(key)
        if matrix is None:
            seconds = self.edge_seconds(hour_class)
            matrix = self._cache[key] = self.topology.matrix(seconds, reverse=reverse)
        return matrix

    def entry_edges(self, hour_class: HourClass = HourClass.DAY) -> NDArray[np.int32]:
        """The edge that each entry of the matrix of an hour class stands for; see `Topology.entry_edges`."""
        edges: NDArray[np.int32] | None = self._cache.get(("edges", hour_class))
        if edges is None:
            edges = self._cache["edges", hour_class] = self.topology.entry_edges(
                self.edge_seconds(hour_class)
            )
        return edges

    def arrivals(self, nodes: ArrayLike) -> NDArray[np.int64]:
        """The nodes of the graph that is searched at which arriving counts: the same ones unless copied."""
        return self.topology.search.arrive[self.places(nodes)].astype(np.int64)

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
        starts, ends = self.places(sources), self.arrivals(targets)
        if len(ends) < len(starts):
            return self._trees(ends, starts, hour_class, limit_s, reverse=True).T
        return self._trees(starts, ends, hour_class, limit_s, reverse=False)

    def places(self, nodes: ArrayLike) -> NDArray[np.int64]:
        """Node numbers as an array (n,).

        Raises:
            ValueError: a number is that of no node.

        """
        numbers = np.asarray(nodes, np.int64).ravel()
        if len(numbers) and (numbers.min() < 0 or numbers.max() >= self.nodes):
            wrong = numbers[(numbers < 0) | (numbers >= self.nodes)]
            raise ValueError(f"node {wrong[0]}: the graph has nodes 0 to {self.nodes - 1}")
        return numbers

    def _trees(
        self,
        roots: NDArray[np.int64],
        leaves: NDArray[np.int64],
        hour_class: HourClass,
        limit_s: float,
        *,
        reverse: bool,
    ) -> NDArray[np.float32]:
        matrix = self.matrix(hour_class, reverse=reverse)
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

        nodes, end = self.places(sources), int(self.arrivals(target)[0])
        matrix = self.matrix(hour_class, reverse=True)
        work, now = self._workspace(kernels)
        # Few units are counted into memory that is kept, so that a large graph need not be swept.
        few = 4 * len(nodes) < len(work.waiting)
        waiting = work.waiting if few else np.bincount(nodes, minlength=len(work.waiting))
        if few:
            np.add.at(waiting, nodes, 1)
        kernels.nearest(
            matrix.indptr, matrix.indices, matrix.data, end, waiting, min(k, len(nodes)), limit_s,
            work.stamp, work.best, work.keys, work.items, now,
        )  # fmt: skip
        waiting[nodes] = 0
        reached = np.flatnonzero(work.stamp[nodes] == now + 1)
        time = work.best[nodes[reached]]
        order = np.argsort(time, kind="stable")[:k]
        return reached[order].astype(np.int32), time[order].astype(np.float32)

    def _workspace(self, kernels: Any) -> tuple[Any, int]:
        local = self.topology.local
        if not hasattr(local, "work"):
            local.work = kernels.workspace(self.topology.search.nodes, len(self.topology.search.tail))
            local.now = 0
        local.now += 2
        return local.work, local.now

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

        starts, ends = self.places(sources), self.arrivals(targets)
        matrix = self.matrix(hour_class, reverse=False)
        nodes = self.topology.search.nodes
        units = np.full((nodes, k), -1, np.int32)
        seconds = np.full((nodes, k), np.inf)
        held = np.zeros(nodes, np.int32)
        kernels.soonest(
            matrix.indptr, matrix.indices, matrix.data, starts, limit_s, units, seconds, held, ends
        )
        return units[ends], seconds[ends].astype(np.float32)

    def warm(self, hour_class: HourClass = HourClass.DAY) -> None:
        """Load the kernels and build the matrices and the tree, so that the first real query is quick."""
        from anlan.engine.geo.roads.trees import tree  # noqa: PLC0415  it imports this module

        if self.nodes:
            self.snap(self.node_lon[:1], self.node_lat[:1])
            self.nearest(0, [0], 1, hour_class)
            self.soonest([0], [0], 1, hour_class)
            tree(self, [0], [0], hour_class)
