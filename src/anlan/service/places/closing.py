"""What a closure's shape means on the roads: which edges, and what it cuts off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from django.utils.translation import gettext as _

from anlan.engine.geo.roads import (
    MAX_SNAP_M,
    Closure,
    cut_off_by_closures,
    edges_along,
    edges_near,
    edges_touching,
)
from anlan.engine.geo.roads.connect import road_km
from anlan.engine.geo.roads.streets import shape_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from anlan.engine.geo.roads import RoadGraph
    from anlan.service.places.queries.cells import GridTable

POINT_M, LINE_M = 60.0, 25.0
NAMED = 8


class NoRoad(ValueError):  # noqa: N818 a state of the drawing, said to the reader
    """A shape that means no road; the message says what to do."""


def closed_edges(graph: RoadGraph, shape: BaseGeometry, slowdown: float | None) -> Closure:
    """The edges that a shape closes, or slows.

    A point closes the road nearest to it, a line the roads that it follows (those that it crosses where it
    follows none), an area all roads that reach into it.

    Raises:
        NoRoad: the shape means no road.

    """
    edges = _edges(graph, shape)
    if not len(edges):
        raise NoRoad(_("There is no road there. Draw it along a road or across one."))
    return Closure(edges) if slowdown is None else Closure(edges, slowdown)


def _edges(graph: RoadGraph, shape: BaseGeometry) -> NDArray[np.int64]:
    kind = shape.geom_type
    if kind in ("Point", "MultiPoint"):
        points = shapely.get_coordinates(shape)
        try:
            return edges_near(graph, points[:, 0], points[:, 1], within_m=POINT_M)
        except ValueError:
            raise NoRoad(
                _("There is no road within %(metres)s m of the point.") % {"metres": round(POINT_M)}
            ) from None
    if kind in ("LineString", "MultiLineString"):
        lines = [line for line in shapely.get_parts(shape) if line.length > 0]
        return np.unique(np.concatenate([np.zeros(0, np.int64), *(_line(graph, line) for line in lines)]))
    return edges_touching(graph, shape)


def _line(graph: RoadGraph, line: shapely.LineString) -> NDArray[np.int64]:
    try:
        return edges_along(graph, line, within_m=LINE_M)
    except ValueError:
        return edges_touching(graph, line)


@dataclass(frozen=True)
class Effect:
    """What a closure does besides those in force: km closed or slowed, on which streets, what it cuts off.

    `nodes` places and `km` of open road can no longer be reached from the largest part of the network (or
    cannot reach it); `grids` are the codes of those whose nearest road is among them. `course`: the roads
    that it closes or slows, in WGS-84.
    """

    closed_km: float
    streets: list[str]
    more_streets: int
    nodes: int
    km: float
    grids: list[str]
    course: shapely.Geometry


def effect(graph: RoadGraph, shape: BaseGeometry, slowdown: float | None, grids: GridTable) -> Effect:
    """What a closure would do to a graph that may have others.

    Raises:
        NoRoad: the shape means no road.

    """
    closure = closed_edges(graph, shape, slowdown)
    names = sorted({graph.names[place] for place in np.unique(graph.name[closure.edges]).tolist()} - {""})
    km = float(road_km(graph.tail, graph.head, graph.length_m)[closure.edges].sum())
    told = (km, names[:NAMED], max(len(names) - NAMED, 0))
    course = shape_of(graph, closure.edges)
    if slowdown is not None:
        return Effect(*told, 0, 0.0, [], course)
    before, after = cut_off_by_closures(graph), cut_off_by_closures(graph.with_closures([closure]))
    lost = np.setdiff1d(after.nodes, before.nodes).astype(np.int64)
    return Effect(*told, len(lost), max(after.km - before.km, 0.0), _grids(graph, lost, grids), course)


def _grids(graph: RoadGraph, lost: NDArray[np.int64], grids: GridTable) -> list[str]:
    if not len(lost) or not len(grids):
        return []
    node, metres = graph.snap(grids.lon, grids.lat)
    gone = np.isin(node, lost) & (metres <= MAX_SNAP_M)
    return [str(code) for code in np.asarray(grids.codes)[gone]]
