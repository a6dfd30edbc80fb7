"""Where a briefing's figures lie: beats with their figures, hot spots, near repeats, clusters as GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

from anlan.service.patrol.presentation import bodies
from anlan.service.patrol.presentation.changes import comparison
from anlan.service.patrol.presentation.colours import by_beat
from anlan.service.patrol.presentation.shapes import grid_shapes, shapes_of

if TYPE_CHECKING:
    from anlan.service.patrol.models import Briefing

CHANGE = ("observed", "baseline", "change", "low", "high", "clear")


def as_geojson(briefing: Briefing) -> bytes:
    """Return the briefing's places as one FeatureCollection; `layer` tells what each feature is."""
    body = bodies.read(briefing.body)
    figures = beat_figures(body)
    features = [
        feature | {"properties": {"layer": "beat"} | feature["properties"] | figures.get(code, {})}
        for feature in shapes_of(briefing.area_code[:6], body["beats"])["features"]
        for code in [feature["properties"]["code"]]
    ]
    features += cell_features(briefing.area_code[:6], body)
    features += [_point("hot_spot", spot) for spot in body["hot_spots"]]
    features += [_point("cluster", spot) for spot in body["clusters"]]
    features += [_point("near_repeat", spot) for spot in body["repeats"]]
    features += [_point("warning", spot) for spot in body["warnings"]]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def cell_features(county6: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the grids with their expected incidents."""
    if not body["cells"]:
        return []
    expected = dict(zip(body["cells"]["codes"], body["cells"]["expected"], strict=True))
    return [
        {
            "type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {"layer": "cell", "code": code, "expected": expected[code]},
        }
        for code, shape in grid_shapes(county6, expected)
    ]  # fmt: skip


def beat_figures(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return by beat its colour, expectation and change against the period before."""
    colours, previous = by_beat(body), comparison(body, "previous")
    found: dict[str, dict[str, Any]] = {code: {"colour": colour} for code, colour in colours.items()}
    for row in body["expected"]:
        found.setdefault(row["beat_code"], {}).update(
            {"expected": row["expected"], "expected_low": row["low"], "expected_high": row["high"]}
        )
    for row in previous["beats"] if previous else []:
        found.setdefault(row["key"], {}).update({name: row[name] for name in CHANGE})
    return found


def _point(layer: str, spot: dict[str, Any]) -> dict[str, Any]:
    properties = {"layer": layer} | {key: spot[key] for key in spot if key not in ("lon", "lat")}
    place = {"type": "Point", "coordinates": [spot["lon"], spot["lat"]]}
    return {"type": "Feature", "geometry": place, "properties": properties}
