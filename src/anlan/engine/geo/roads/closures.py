"""Roads closed or slowed for a while: which edges a place on the map means, and what is cut off.

`RoadGraph.with_closures` makes an overlay that shares all arrays; its queries are right at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from anlan.engine.geo.roads.connect import cut_off, road_km
from anlan.engine.geo.roads.trees import tree

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.geo.roads.graph import RoadGraph

Direction = Literal["both", "forward", "backward"]
STEP_M = 5.0
LEAST_M = 20.0


@dataclass(frozen=True, eq=False)
class Closure:
    """Edges that take `factor` times as long; inf (the default) closes them.

    Raises:
        ValueError: a factor below 1.

    """

    edges: NDArray[np.int64]
    factor: float = float("inf")

    def __post_init__(self) -> None:
        if not self.factor >= 1:
            raise ValueError(f"factor: must be 1 or more (inf = closed), not {self.factor:g}")


@dataclass(frozen=True)
class CutOff:
    """What closures leave unreachable: places (nodes), km of open road at them, and km that are closed.

    The two directions of a road count half each.
    """

    nodes: tuple[int, ...]
    km: float
    closed_km: float


def edges_touching(graph: RoadGraph, shape: shapely.Geometry) -> NDArray[np.int64]:
    """Edges, both directions, of roads that a shape in WGS-84 (a polygon, a barrier line) touches.

    Raises:
        ValueError: the shape is empty.

    """
    if shape is None or shapely.is_empty(shape):
        raise ValueError("shape: is empty")
    tree_, edge = graph.topology.road_tree
    metres = shapely.transform(shape, lambda xy: graph.project(xy[:, 0], xy[:, 1]))
    return _of_roads(graph, graph.topology.road[edge[tree_.query(metres, predicate="intersects")]])


def edges_near(
    graph: RoadGraph,
    lon: ArrayLike,
    lat: ArrayLike,
    heading: float | None = None,
    within_m: float = 30.0,
) -> NDArray[np.int64]:
    """Edges of the road nearest to each point: both directions, or the one driven towards `heading`.

    The heading is in degrees of the compass, 0 = north, 90 = east.

    Raises:
        ValueError: no road within `within_m` of a point, which is named by its row.

    """
    points = shapely.points(graph.project(lon, lat))
    line, found = _nearest(graph, points, within_m)
    if (found < 0).any():
        raise ValueError(f"point {int(np.argmax(found < 0))}: no road within {within_m:g} m")
    if heading is None:
        return _of_roads(graph, graph.topology.road[found])
    radians = np.radians(heading)
    towards = np.broadcast_to([np.sin(radians), np.cos(radians)], (len(points), 2))
    agrees = _tangents(line, points, towards).tolist()
    ways = [_one_way(graph, edge, same=same) for edge, same in zip(found.tolist(), agrees, strict=True)]
    return np.unique(np.concatenate(ways))


def edges_along(
    graph: RoadGraph, line: shapely.LineString, direction: Direction = "both", within_m: float = 15.0
) -> NDArray[np.int64]:
    """Edges that a line in WGS-84 follows, not those that it only crosses; "forward" is the line's direction.

    A road is followed where the line has it nearest for 20 m or half its length.

    Raises:
        ValueError: the line follows no road.

    """
    path = shapely.transform(line, lambda xy: graph.project(xy[:, 0], xy[:, 1]))
    count = max(2, int(np.ceil(path.length / STEP_M)) + 1)
    along = np.linspace(0.0, path.length, count)
    points = shapely.line_interpolate_point(path, along)
    roads, found = _nearest(graph, points, within_m)
    near = np.flatnonzero(found >= 0)
    ahead = _towards(path, along)
    chosen = []
    for edge in np.unique(found[near]):
        mine = near[found[near] == edge]
        length = float(graph.length_m[edge])
        if len(mine) * path.length / (count - 1) < min(LEAST_M, length / 2):
            continue
        same = bool(_tangents(roads[mine], points[mine], ahead[mine]).mean() > 0.5)
        if direction == "both":
            chosen.append(_of_roads(graph, graph.topology.road[[edge]]))
        else:
            chosen.append(_one_way(graph, int(edge), same=same == (direction == "forward")))
    if not chosen:
        raise ValueError(f"line: follows no road within {within_m:g} m")
    return np.unique(np.concatenate(chosen))


def _nearest(
    graph: RoadGraph, points: NDArray[np.object_], within_m: float
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """The line of the nearest road of each point, in metres, and one of its edges; -1 where none is near."""
    tree_, edge = graph.topology.road_tree
    place = tree_.nearest(points)
    lines = np.asarray(tree_.geometries, dtype=object)[place]
    far = shapely.distance(lines, points) > within_m
    return lines, np.where(far, -1, edge[place]).astype(np.int64)


def _tangents(
    lines: NDArray[np.object_], points: NDArray[np.object_], towards: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether each line, at its place nearest to a point, runs in a direction."""
    at = shapely.line_locate_point(lines, points)
    before = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at - STEP_M, 0.0)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(lines, at + STEP_M))
    agrees: NDArray[np.bool_] = ((after - before) * towards).sum(axis=1) > 0
    return agrees


def _towards(path: shapely.LineString, along: NDArray[np.float64]) -> NDArray[np.float64]:
    before = shapely.get_coordinates(shapely.line_interpolate_point(path, np.maximum(along - STEP_M, 0.0)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(path, along + STEP_M))
    ahead: NDArray[np.float64] = after - before
    return ahead


def _of_roads(graph: RoadGraph, roads: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(np.isin(graph.topology.road, roads))


def _one_way(graph: RoadGraph, edge: int, *, same: bool) -> NDArray[np.int64]:
    """The edges of an edge's road that run as it does, or against it."""
    edges = _of_roads(graph, graph.topology.road[[edge]])
    kept: NDArray[np.int64] = edges[(graph.tail[edges] == graph.tail[edge]) == same]
    return kept


def cut_off_by_closures(graph: RoadGraph, sources: ArrayLike | None = None) -> CutOff:
    """What a graph's closures cut off: places apart from the largest part that hangs together.

    With `sources` (nodes), the places that none of them reaches any more.
    """
    closed = np.zeros(graph.edges, np.bool_) if graph.slow is None else np.isinf(graph.slow)
    everything = np.ones(graph.edges, np.bool_)
    if sources is None:
        search = graph.topology.search
        lost = cut_off(search, ~closed) & ~cut_off(search, everything)
    else:
        before, after = (_reached(one, sources) for one in (graph.with_slow(None), graph))
        lost = before & ~after
    km = road_km(graph.tail, graph.head, graph.length_m)
    apart = ~closed & (lost[graph.tail] | lost[graph.head])
    nodes = tuple(np.flatnonzero(lost).tolist())
    return CutOff(nodes, float(km[apart].sum()), float(km[closed].sum()))


def _reached(graph: RoadGraph, sources: ArrayLike) -> NDArray[np.bool_]:
    return np.isfinite(tree(graph, sources).seconds(np.arange(graph.nodes)))
