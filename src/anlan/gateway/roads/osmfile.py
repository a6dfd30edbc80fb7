"""A road graph written as an OSM file, for tools that read nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from anlan.engine.geo.roads import CLASSES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

TYPES = {"other": "unclassified", "busway": "service", "pedestrian": "service", "track": "service"}


def write_osm(graph: RoadGraph, path: Path) -> NDArray[np.int64]:
    """Write the roads with their bends, directions, names, free-flow speeds and forbidden turns at junctions.

    Node i + 1 is place i, and way i + 1 runs along the edge that comes back at place i of the answer (ways,).
    All classes are open to cars; turns forbidden via a road are left out. An older file is replaced.

    Raises:
        OSError: the file cannot be written.

    """
    _, edge = np.unique(graph.topology.road, return_index=True)
    path.unlink(missing_ok=True)
    writer = osmium.SimpleWriter(str(path))
    try:
        refs = _write_nodes(writer, graph, edge)
        for row, (nodes, tags) in enumerate(zip(refs, _tags(graph, edge), strict=True), 1):
            writer.add_way(osmium.osm.mutable.Way(id=row, version=1, nodes=nodes, tags=tags))
        for row, relation in enumerate(_turns(graph), 1):
            writer.add_relation(
                osmium.osm.mutable.Relation(id=row, version=1, members=relation, tags=_NO_TURN)
            )
    finally:
        writer.close()
    return edge


_NO_TURN = {"type": "restriction", "restriction": "no_straight_on"}


def _write_nodes(writer: Any, graph: RoadGraph, edge: NDArray[np.int64]) -> list[list[int]]:
    """Write places and the points between; the ids of each way's nodes."""
    points, way = graph.topology.polylines(edge)
    inner = np.zeros(len(points), np.bool_)
    inner[1:-1] = (way[1:-1] == way[:-2]) & (way[1:-1] == way[2:])
    ids = np.empty(len(points), np.int64)
    ids[inner] = graph.nodes + 1 + np.arange(inner.sum())
    first = np.flatnonzero(np.diff(way, prepend=-1))
    last = np.append(first[1:], len(points)) - 1
    ids[first], ids[last] = graph.tail[edge] + 1, graph.head[edge] + 1
    for place, location in enumerate(zip(graph.node_lon.tolist(), graph.node_lat.tolist(), strict=True), 1):
        writer.add_node(osmium.osm.mutable.Node(id=place, version=1, location=location))
    for node, location in zip(ids[inner].tolist(), points[inner].tolist(), strict=True):
        writer.add_node(osmium.osm.mutable.Node(id=node, version=1, location=tuple(location)))
    return [part.tolist() for part in np.split(ids, first[1:])]


def _tags(graph: RoadGraph, edge: NDArray[np.int64]) -> list[dict[str, str]]:
    road = graph.topology.road
    forward = np.bincount(road, graph.tail == graph.tail[edge][road]).astype(np.int64)
    oneway = np.bincount(road) == forward
    kmh = np.maximum(np.rint(3.6 * graph.length_m[edge] / graph.seconds[edge]), 1).astype(np.int64)
    rows = zip(
        graph.road_class[edge].tolist(), graph.name[edge].tolist(), oneway.tolist(), kmh.tolist(), strict=True
    )
    ring = np.zeros(len(edge), np.bool_) if graph.roundabout is None else graph.roundabout[edge]
    found = []
    for (kind, name, single, speed), round_ in zip(rows, ring.tolist(), strict=True):
        tags = {"highway": TYPES.get(CLASSES[kind], CLASSES[kind]), "maxspeed": str(speed), "access": "yes"}
        tags["oneway"] = "yes" if single else "no"
        if name:
            tags["name"] = graph.names[name]
        if round_:
            tags["junction"] = "roundabout"
        found.append(tags)
    return found


def _turns(graph: RoadGraph) -> list[list[Any]]:
    if graph.turns is None:
        return []
    way = graph.topology.road + 1
    return [
        [
            ("w", int(way[path[0]]), "from"),
            ("n", int(graph.head[path[0]]) + 1, "via"),
            ("w", int(way[path[1]]), "to"),
        ]
        for path in graph.turns.sequences()
        if len(path) == 2
    ]
