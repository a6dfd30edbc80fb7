"""The area reached within minutes: roads driven in time, the last in part, and the ground beside them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from anlan.engine.geo.roads.graph import RoadGraph
from anlan.engine.geo.roads.profile import HourClass
from anlan.engine.geo.roads.trees import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

SIMPLE_M = 5.0
QUARTER = 4  # vertices in a quarter of a circle: within 2 % of the width
SHORTEST_M = 0.01


@dataclass(frozen=True)
class Look:
    """What counts as reached beside a road (m), and up to which size (m²) a hole in the area is filled.

    Raises:
        ValueError: names the argument that is out of range.

    """

    beside_m: float = 60.0
    hole_m2: float = 50_000.0

    def __post_init__(self) -> None:
        if not 1 <= self.beside_m <= 1000:
            raise ValueError(f"beside_m: expected 1 to 1000, not {self.beside_m:g}")
        if not self.hole_m2 >= 0:
            raise ValueError(f"hole_m2: must be 0 or more, not {self.hole_m2:g}")


@dataclass(frozen=True, eq=False)
class Ring:
    """What is reached within `limit_s`: a (multi)polygon in WGS-84, its km², km of road, places (nodes).

    The two directions of a road count once; a road driven in part counts with that part.
    """

    limit_s: float
    shape: shapely.Geometry
    area_km2: float
    road_km: float
    places: int


def rings(
    graph: RoadGraph,
    sources: ArrayLike,
    limits_s: Sequence[float] = (300.0, 600.0),
    hour_class: HourClass = HourClass.DAY,
    look: Look | None = None,
) -> tuple[Ring, ...]:
    """What the nearest of the sources (nodes) reaches within each limit, rising; a ring holds those before.

    Raises:
        ValueError: no source or limit, a limit that is not above 0, limits that do not rise, an unknown node.

    """
    limits, starts, how = _limits(limits_s), graph.places(sources), look or Look()
    if not len(starts):
        raise ValueError("sources: at least one node")
    reached = _Reached(graph, starts, limits[-1], hour_class)
    found: list[Ring] = []
    ground = shapely.Polygon()
    known = np.empty(0, np.int64)
    for limit in limits:
        whole, parts, km = reached.within(limit)
        # The ground of an inner ring is part of the next: its roads need not be drawn again.
        ground = _ground(graph, starts, np.setdiff1d(whole, known), parts, how, ground)
        known = whole
        area = _filled(ground, how.hole_m2)
        shape = shapely.transform(area, graph.topology.unproject)
        found.append(Ring(limit, shape, float(area.area) / 1e6, km, reached.places(limit)))
    return tuple(found)


def rings_of_each(
    graph: RoadGraph,
    sources: ArrayLike,
    limits_s: Sequence[float] = (300.0, 600.0),
    hour_class: HourClass = HourClass.DAY,
    look: Look | None = None,
) -> list[tuple[Ring, ...]]:
    """The rings of every source by itself; see `rings`."""
    return [rings(graph, [node], limits_s, hour_class, look) for node in graph.places(sources).tolist()]


def _limits(limits_s: Sequence[float]) -> list[float]:
    limits = [float(limit) for limit in limits_s]
    if not limits or not limits[0] > 0:
        raise ValueError("limits_s: at least one, above 0")
    if any(later <= earlier for earlier, later in pairwise(limits)):
        raise ValueError(f"limits_s: must rise, not {limits}")
    return limits


class _Reached:
    """How far each edge is driven within a limit, from one search to the greatest."""

    def __init__(self, graph: RoadGraph, starts: NDArray, limit: float, hour_class: HourClass) -> None:
        self.graph = graph
        self.time = tree(graph, starts, None, hour_class, limit).time
        search = graph.topology.search
        rows = np.flatnonzero(np.isfinite(self.time[search.tail]) & (search.edge >= 0))
        self.edge, self.begin = search.edge[rows], self.time[search.tail[rows]]
        self.seconds = graph.edge_seconds(hour_class)[self.edge]
        road = graph.topology.road
        self.longest = np.zeros(int(road.max(initial=-1)) + 1)
        np.maximum.at(self.longest, road, graph.length_m)

    def places(self, limit: float) -> int:
        return int((self.time[self.graph.topology.search.arrive] <= limit).sum())

    def within(
        self, limit: float
    ) -> tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.float64]], float]:
        """One edge of each road reached as a whole; edges reached in part, with their share; km of both."""
        graph, road = self.graph, self.graph.topology.road
        share = np.zeros(graph.edges)
        np.maximum.at(share, self.edge, np.clip((limit - self.begin) / self.seconds, 0.0, 1.0))
        driven = np.flatnonzero(share)
        driven = driven[np.argsort(-share[driven], kind="stable")]
        side = (graph.tail[driven] > graph.head[driven]).astype(np.int64)
        # Of parallels the one driven farthest counts.
        key, first = np.unique(2 * road[driven] + side, return_index=True)
        driven = driven[first]
        done = np.bincount(key // 2, share[driven], minlength=len(self.longest)) >= 1.0
        whole = driven[done[road[driven]]]
        whole = whole[np.unique(road[whole], return_index=True)[1]]
        part = driven[~done[road[driven]]]
        km = (self.longest[road[whole]].sum() + (graph.length_m[part] * share[part]).sum()) / 1000
        return whole, (part, share[part]), float(km)


def _ground(
    graph: RoadGraph,
    starts: NDArray[np.int64],
    whole: NDArray[np.int64],
    parts: tuple[NDArray[np.int64], NDArray[np.float64]],
    look: Look,
    inner: shapely.Geometry,
) -> shapely.Geometry:
    """The ground beside roads in metres, together with that inside."""
    edges, share = parts
    at = graph.project(graph.node_lon[starts], graph.node_lat[starts])
    part = _shortened(_lines(graph, edges), share)
    lines = np.concatenate((shapely.points(at), _lines(graph, whole), part))
    beside = shapely.buffer(lines, look.beside_m, quad_segs=QUARTER)
    return shapely.union_all(np.append(beside, inner))


def _lines(graph: RoadGraph, edges: NDArray[np.int64]) -> NDArray[np.object_]:
    degrees, line = graph.topology.polylines(edges)
    lines = shapely.linestrings(graph.project(degrees[:, 0], degrees[:, 1]), indices=line)
    return np.asarray(shapely.simplify(lines, SIMPLE_M), dtype=object)


def _shortened(lines: NDArray[np.object_], share: NDArray[np.float64]) -> NDArray[np.object_]:
    """The lines from their beginning up to a share of their length; those of no length go."""
    kept = share * shapely.length(lines) > SHORTEST_M
    lines, share = lines[kept], share[kept]
    if not len(lines):
        return lines
    points, line = shapely.get_coordinates(lines, return_index=True)
    step = np.append(0.0, np.hypot(*np.diff(points, axis=0).T))
    first = np.flatnonzero(np.diff(line, prepend=-1))
    walked = np.cumsum(step)
    walked -= walked[first][line]
    goal = share * shapely.length(lines)
    inside = walked < goal[line]
    ends = shapely.get_coordinates(shapely.line_interpolate_point(lines, goal))
    belongs = np.concatenate((line[inside], np.arange(len(lines))))
    order = np.argsort(belongs, kind="stable")
    joined = np.concatenate((points[inside], ends))[order]
    return np.asarray(shapely.linestrings(joined, indices=belongs[order]), dtype=object)


def _filled(ground: shapely.Geometry, hole_m2: float) -> shapely.Geometry:
    """A (multi)polygon without the holes up to a size."""
    shells = []
    for one in shapely.get_parts(ground):
        large = [hole for hole in one.interiors if shapely.Polygon(hole).area > hole_m2]
        shells.append(shapely.Polygon(one.exterior, large))
    return shells[0] if len(shells) == 1 else shapely.MultiPolygon(shells)
