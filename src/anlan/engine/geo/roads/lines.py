"""The road graph as lines to draw, as they run: whole streets instead of single edges, best classes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from anlan.engine.geo.roads.links import CLASS_INDEX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.geo.roads.graph import RoadGraph

TOLERANCE = 2e-5  # degrees, about two metres
MOST_VERTICES = 250_000
TIERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("motorway", ("motorway", "trunk")),
    ("main", ("primary", "secondary")),
    ("link", ("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link")),
    ("middle", ("tertiary",)),
    ("minor", ("unclassified", "residential", "living_street", "busway", "other")),
    ("small", ("service", "pedestrian", "track")),
)


@dataclass(frozen=True, eq=False)
class RoadLines:
    """Streets as (multi)lines in WGS-84 degrees (n,), with their `tier` (a key of `TIERS`) and name (n,).

    `left_out` names the tiers that would have taken more than the permitted number of vertices.
    """

    shapes: NDArray[np.object_]
    tier: tuple[str, ...]
    name: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def road_lines(graph: RoadGraph, *, most_vertices: int = MOST_VERTICES) -> RoadLines:
    """Join the edges of each tier and name to lines, the two directions of a road once.

    Tiers come in the order of `TIERS` as long as the vertices of all lines stay within `most_vertices`; the
    first tier that does not fit and all after it are left out, the best tier never.
    """
    shapes: list[shapely.Geometry] = []
    tiers: list[str] = []
    names: list[str] = []
    room = most_vertices
    for rank, (tier, classes) in enumerate(TIERS):
        made, called = _tier(graph, classes)
        room -= int(shapely.get_num_coordinates(made).sum())
        if room < 0 and shapes:
            return _lines(shapes, tiers, names, tuple(key for key, _ in TIERS[rank:]))
        shapes += list(made)
        tiers += [tier] * len(made)
        names += called
    return _lines(shapes, tiers, names, ())


def _lines(
    shapes: list[shapely.Geometry], tiers: list[str], names: list[str], left_out: tuple[str, ...]
) -> RoadLines:
    column = np.empty(len(shapes), dtype=object)
    column[:] = shapes
    return RoadLines(column, tuple(tiers), tuple(names), left_out)


def _tier(graph: RoadGraph, classes: Sequence[str]) -> tuple[NDArray[np.object_], list[str]]:
    wanted = np.flatnonzero(np.isin(graph.road_class, [CLASS_INDEX[kind] for kind in classes]))
    road = np.column_stack((graph.name[wanted], graph.topology.road[wanted]))
    named, first = np.unique(road, axis=0, return_index=True)
    points, line = graph.topology.polylines(wanted[first])
    pieces = shapely.linestrings(points, indices=line)
    starts = np.flatnonzero(np.diff(named[:, 0], prepend=-1))
    whole = [
        shapely.line_merge(shapely.multilinestrings(part))
        for part in np.split(pieces, starts[1:])
        if len(part)
    ]
    lines = shapely.simplify(np.array(whole, dtype=object), TOLERANCE)
    return np.asarray(lines, dtype=object), [graph.names[named[start, 0]] for start in starts]
