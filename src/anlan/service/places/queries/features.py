"""Places as GeoJSON for maps: scoped to the reader, rounded to a tenth of a metre, simplified where large."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from anlan.engine.geo import codes
from anlan.service.places import models

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.service.staff.models import Account

DECIMALS = 6
MANY_VERTICES = 60_000
TOLERANCE = 5e-5  # degrees, about five metres: below what a county map can show
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "areas": (models.Area, ("parent_code", "level", "population")),
    "beats": (models.Beat, ("area_code",)),
    "grids": (models.Grid, ("area_code", "beat_id", "responsible_id", "population", "area_m2")),
    "posts": (models.StandbyPost, ("area_code", "grid_code", "beat_code", "active")),
    "points": (models.PatrolPoint, ("area_code", "grid_code", "beat_code", "active")),
    "lines": (models.PatrolLine, ("area_code", "grid_code", "beat_code", "active")),
    "checkpoints": (models.Checkpoint, ("area_code", "grid_code", "beat_code", "active", "ring")),
    "premises": (models.Premises, ("area_code", "grid_code", "beat_code", "active", "kind")),
}


def features(kind: str, county6: str, account: Account) -> dict[str, Any]:
    """Return the county's places of one kind that the account may see, as a GeoJSON FeatureCollection.

    Places without a geometry are left out, except those with a labelling point, which become points.

    Raises:
        KeyError: no such kind.

    """
    model, fields = KINDS[kind]
    records = list(model.objects.in_county(codes.county(county6)).visible_to(account).order_by("code"))
    shapes = rounded(_shapes(records))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": i,
                "geometry": json.loads(text),
                "properties": _properties(record, fields),
            }
            for i, (record, text) in enumerate(zip(records, shapely.to_geojson(shapes), strict=True))
            if text is not None
        ],
    }


def _shapes(records: list[Any]) -> NDArray[Any]:
    wkb = [None if r.geometry is None else bytes(r.geometry) for r in records]
    shapes = np.asarray(shapely.from_wkb(wkb), dtype=object)
    for i, record in enumerate(records):
        if shapes[i] is None and record.lon is not None:
            shapes[i] = shapely.Point(record.lon, record.lat)
    return shapes


def rounded(shapes: NDArray[Any]) -> NDArray[Any]:
    """Return geometries for a map: large sets of polygons simplified together, so that borders still meet."""
    polygons = np.isin(shapely.get_type_id(shapes), (3, 6))
    if shapely.get_num_coordinates(shapes[polygons]).sum() > MANY_VERTICES:
        shapes = shapes.copy()
        shapes[polygons] = shapely.coverage_simplify(shapes[polygons], TOLERANCE)
    return np.asarray(shapely.transform(shapes, lambda xy: np.round(xy, DECIMALS)), dtype=object)


def _properties(record: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    names = {"beat_id": "beat_code", "responsible_id": "responsible"}
    named = {names.get(field, field): getattr(record, field) for field in fields}
    return {"code": record.code, "name": record.label, "lon": record.lon, "lat": record.lat} | named
