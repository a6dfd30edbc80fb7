"""Shapes of beats and grids for pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from anlan.service.places.models import Beat, Grid

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

PRINT_TOLERANCE = 0.0001


def shapes_of(county6: str, only: Iterable[str] = ()) -> dict[str, Any]:
    """Return the county's beats as GeoJSON, simplified for print; `only` some where codes are given."""
    about = set(only)
    beats = Beat.objects.in_county(county6).order_by("code")
    rows = [beat for beat in beats if beat.geometry is not None and (not about or beat.code in about)]
    if not rows:
        return {"type": "FeatureCollection", "features": []}
    simple = shapely.coverage_simplify([beat.shape for beat in rows], PRINT_TOLERANCE)
    return {"type": "FeatureCollection", "features": [
        {
            "type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {"code": beat.code, "name": beat.label, "lon": beat.lon, "lat": beat.lat},
        }
        for beat, shape in zip(rows, simple, strict=True)
    ]}  # fmt: skip


def grid_shapes(county6: str, only: Container[str]) -> list[tuple[str, Any]]:
    """Return (code, polygon) of the county's grids among `only`."""
    rows = Grid.objects.in_county(county6).filter(geometry__isnull=False).order_by("code")
    found = [(code, bytes(wkb)) for code, wkb in rows.values_list("code", "geometry") if code in only]
    if not found:
        return []
    codes, wkb = zip(*found, strict=True)
    return list(zip(codes, shapely.from_wkb(np.array(wkb, object)), strict=True))


def dissolved(shapes: list[tuple[str, Any]], class_of: dict[str, int]) -> dict[str, Any]:
    """Return one feature for each class: the union of its grids, its number as `code`."""
    parts: dict[int, list[Any]] = {}
    for code, shape in shapes:
        parts.setdefault(class_of[code], []).append(shape)
    return {"type": "FeatureCollection", "features": [
        {
            "type": "Feature", "properties": {"code": str(number)},
            "geometry": json.loads(shapely.to_geojson(shapely.coverage_union_all(parts[number]))),
        }
        for number in sorted(parts)
    ]}  # fmt: skip
