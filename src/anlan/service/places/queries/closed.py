"""What is closed or slowed now, as the roads that it means on the map."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely
from django.utils import timezone

from anlan.engine.geo import codes
from anlan.engine.geo.roads.streets import shape_of
from anlan.service.places.closing import NoRoad, closed_edges
from anlan.service.places.network import base_graph
from anlan.service.places.queries.closures import closures_at

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from anlan.engine.geo.roads import RoadGraph
    from anlan.service.places.models import RoadClosure

DECIMALS = 6
AREAS = ("Polygon", "MultiPolygon")


def closure_features(county6: str) -> dict[str, Any]:
    """Return the closures in force as GeoJSON: the roads closed, or the area drawn."""
    county6 = codes.county(county6)
    rows = [row for row in closures_at(county6) if row.shape is not None]
    graph = base_graph(county6) if rows else None
    return {"type": "FeatureCollection", "features": [_feature(row, graph) for row in rows]}


def _feature(row: RoadClosure, graph: RoadGraph | None) -> dict[str, Any]:
    shape = shapely.transform(_course(row, graph), lambda xy: xy.round(DECIMALS))
    facts = {
        "code": str(row.pk),
        "name": row.name,
        "slowdown": row.slowdown,
        "until": row.ends_at and timezone.localtime(row.ends_at).strftime("%Y-%m-%d %H:%M"),
    }
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": facts}


def _course(row: RoadClosure, graph: RoadGraph | None) -> BaseGeometry:
    """The roads that a closure means; what was drawn where that is an area, or on no road."""
    if graph is None or row.shape.geom_type in AREAS:
        return row.shape
    try:
        return shape_of(graph, closed_edges(graph, row.shape, row.slowdown).edges)
    except NoRoad:
        return row.shape
