"""How far a fleeing car can have come, and which roads a spill covers. No person is looked at, only roads.

A car in flight keeps no rule: it drives against one-way streets, turns where that is forbidden, waits at no
light and passes closures. Its times are free-flow times divided by a factor, so that it is rather taken to be
faster than it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.engine.dispatch.containment.model import Threat
from anlan.engine.geo.roads import MAX_SNAP_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

FACTOR = 1.3
LEAST_S = 0.01


def fleeing_car(graph: RoadGraph, lon: float, lat: float, passed_s: float, factor: float = FACTOR) -> Threat:
    """A car that left a place `passed_s` seconds ago and drives `factor` times as fast as free traffic.

    Raises:
        ValueError: no road near the place, seconds below 0, or a factor that is not above 0.

    """
    if not passed_s >= 0:
        raise ValueError(f"passed_s: must be 0 or more, not {passed_s!r}")
    if not 0 < factor < 10:
        raise ValueError(f"factor: must be above 0 and below 10, not {factor!r}")
    edge, share = _road_at(graph, lon, lat)
    matrix = roads_both_ways(graph, factor)
    ends = np.array([graph.tail[edge], graph.head[edge]], np.int64)
    whole = max(float(graph.seconds[edge]) / factor, LEAST_S)
    from_ends = dijkstra(matrix, indices=ends) + np.array([[share], [1 - share]]) * whole
    away = from_ends.min(axis=0)
    return Threat(ends, away, away - passed_s, np.zeros(graph.nodes, np.bool_))


def spill(graph: RoadGraph, lon: float, lat: float, radius_m: float) -> Threat:
    """What lies within `radius_m` of a place in a straight line: nobody races it, nobody drives through it.

    Raises:
        ValueError: no road near the place, or a radius that is not above 0.

    """
    if not radius_m > 0:
        raise ValueError(f"radius_m: must be above 0, not {radius_m!r}")
    edge, _share = _road_at(graph, lon, lat)
    points = graph.project(graph.node_lon, graph.node_lat)
    away = np.hypot(*(points - graph.project([lon], [lat])[0]).T)
    no_go = away <= radius_m
    starts = np.flatnonzero(no_go)
    if not len(starts):
        starts = np.array([graph.tail[edge], graph.head[edge]], np.int64)
    return Threat(starts, away, np.full(graph.nodes, np.inf), no_go)


def roads_both_ways(graph: RoadGraph, factor: float = 1.0) -> csr_array:
    """Free-flow seconds between neighbours whatever the direction allowed; of parallels the fastest."""
    seconds = np.maximum(graph.seconds.astype(np.float64) / factor, LEAST_S)
    low, high = np.minimum(graph.tail, graph.head), np.maximum(graph.tail, graph.head)
    order = np.lexsort((seconds, high, low))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    best = order[new]
    ends = (np.concatenate((low[best], high[best])), np.concatenate((high[best], low[best])))
    return csr_array((np.tile(seconds[best], 2), ends), shape=(graph.nodes,) * 2)


def _road_at(graph: RoadGraph, lon: float, lat: float) -> tuple[int, float]:
    """An edge of the nearest road and the share of it that lies before the place."""
    if not (np.isfinite(lon) and np.isfinite(lat)):
        raise ValueError("lon, lat: no finite coordinates")
    tree, edges = graph.topology.road_tree
    point = shapely.Point(graph.project([lon], [lat])[0])
    place = int(tree.nearest(point))
    line = tree.geometries[place]
    if shapely.distance(line, point) > MAX_SNAP_M:
        raise ValueError(f"lon, lat: no road within {MAX_SNAP_M:g} m")
    at = shapely.line_locate_point(line, point, normalized=True)
    return int(edges[place]), float(at)


def junctions_of_roads(graph: RoadGraph, node: int) -> list[str]:
    """Names of the streets that meet at a node, each once, nameless ones left out."""
    here = np.flatnonzero((graph.tail == node) | (graph.head == node))
    return [name for name in dict.fromkeys(graph.names[graph.name[edge]] for edge in here) if name]


def reached(threat: Threat) -> NDArray[np.int64]:
    """Nodes that the car may have passed already, or that the spill covers."""
    return np.flatnonzero((threat.until <= 0) | threat.no_go)
