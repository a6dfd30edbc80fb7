"""Streets by name: the whole of one, the part inside an area, or the part between two crossing streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads.graph import RoadGraph

BESIDE_M = 40.0  # the other carriageway of the same street


def streets(graph: RoadGraph) -> list[str]:
    """Names of the streets that some edge bears, in order, each once."""
    return sorted({graph.names[place] for place in np.unique(graph.name).tolist()} - {""})


def called(graph: RoadGraph, name: str) -> str | None:
    """The street of that name whatever its capitals and spaces, None where there is none."""
    wanted = " ".join(name.split()).casefold()
    return next((street for street in streets(graph) if " ".join(street.split()).casefold() == wanted), None)


def edges_named(graph: RoadGraph, name: str) -> NDArray[np.int64]:
    """Edges of a street, both directions.

    Raises:
        ValueError: no street has the name.

    """
    places = [place for place, street in enumerate(graph.names) if street == name and street]
    edges = np.flatnonzero(np.isin(graph.name, places))
    if not len(edges):
        raise ValueError(f"street: none is called {name!r}")
    return edges


def edges_inside(graph: RoadGraph, edges: NDArray[np.int64], area: shapely.Geometry) -> NDArray[np.int64]:
    """Those of some edges that reach into an area (WGS-84)."""
    shapely.prepare(area)
    kept: NDArray[np.int64] = edges[shapely.intersects(area, edge_lines(graph, edges))]
    return kept


def edges_between(graph: RoadGraph, name: str, one: str, other: str) -> NDArray[np.int64]:
    """Edges of a street from where one street crosses it to where another does, both carriageways.

    The shortest way along the street counts where they cross it several times.

    Raises:
        ValueError: a street is unknown, does not meet the street, or the street does not lead from one to the
            other.

    """
    street = edges_named(graph, name)
    ends = [_meeting(graph, street, cross, name) for cross in (one, other)]
    way = _along(graph, street, *ends)
    if not len(way):
        raise ValueError(f"street: {name} does not lead from {one} to {other}")
    return _beside(graph, street, way)


def edge_lines(graph: RoadGraph, edges: NDArray[np.int64]) -> NDArray[np.object_]:
    """The course of each edge in WGS-84, shape (n,)."""
    points, line = graph.topology.polylines(edges)
    lines: NDArray[np.object_] = shapely.linestrings(points, indices=line)
    return lines


def shape_of(graph: RoadGraph, edges: NDArray[np.int64]) -> shapely.Geometry:
    """The course of some edges as one line or several, the two directions of a road once."""
    _, first = np.unique(graph.topology.road[edges], return_index=True)
    return shapely.line_merge(shapely.multilinestrings(edge_lines(graph, edges[first])))


def _meeting(graph: RoadGraph, street: NDArray[np.int64], cross: str, name: str) -> NDArray[np.int64]:
    """Nodes at which another street meets the street."""
    other = edges_named(graph, cross)
    mine, theirs = (np.union1d(graph.tail[some], graph.head[some]) for some in (street, other))
    nodes = np.intersect1d(mine, theirs).astype(np.int64)
    if not len(nodes):
        raise ValueError(f"street: {cross} does not meet {name}")
    return nodes


def _along(
    graph: RoadGraph, street: NDArray[np.int64], begin: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Edges of the shortest way along the street, whatever its one-ways; none where it leads elsewhere."""
    length = np.maximum(graph.length_m[street], 0.01)
    best = np.lexsort((length, graph.head[street], graph.tail[street]))
    tail, head = graph.tail[street][best], graph.head[street][best]
    new = np.ones(len(best), np.bool_)
    new[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    shape = (graph.nodes, graph.nodes)
    matrix = csr_array((length[best][new], (tail[new], head[new])), shape=shape)
    metres, before, _ = dijkstra(
        matrix, directed=False, indices=begin, min_only=True, return_predecessors=True
    )
    node = int(end[np.argmin(metres[end])])
    pairs = set()
    while np.isfinite(metres[node]) and before[node] >= 0:
        pairs.add((node, int(before[node])))
        node = int(before[node])
    ends = zip(graph.tail[street].tolist(), graph.head[street].tolist(), strict=True)
    return street[[(a, b) in pairs or (b, a) in pairs for a, b in ends]]


def _beside(graph: RoadGraph, street: NDArray[np.int64], way: NDArray[np.int64]) -> NDArray[np.int64]:
    """The street's edges whose middle lies by the way: the way itself and what runs along it."""

    course = shapely.transform(shape_of(graph, way), lambda xy: graph.project(xy[:, 0], xy[:, 1]))
    lines = shapely.transform(edge_lines(graph, street), lambda xy: graph.project(xy[:, 0], xy[:, 1]))
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    kept = shapely.distance(middles, course) <= BESIDE_M
    if course.geom_type == "LineString":  # what goes on straight ahead is near the way's end, not beside it
        at = shapely.line_locate_point(course, middles)
        kept &= (at > 0) & (at < course.length)
    kept |= np.isin(graph.topology.road[street], graph.topology.road[way])
    found: NDArray[np.int64] = street[kept]
    return found
