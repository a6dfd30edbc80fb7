"""Where a briefing's figures lie: beats with their figures, hot spots, near repeats, clusters as GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

from anlan.service.patrol.presentation import bodies
from anlan.service.patrol.presentation.changes import comparison
from anlan.service.patrol.presentation.colours import by_beat
from anlan.service.places.models import Beat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anlan.service.patrol.models import Briefing

PRINT_TOLERANCE = 0.0001
CHANGE = ("observed", "baseline", "change", "low", "high", "clear")


def beat_shapes(briefing: Briefing) -> dict[str, Any]:
    """Return the beats that a briefing is about as GeoJSON, simplified for print."""
    return shapes_of(briefing.area_code[:6], briefing.body.get("beats", []))


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


def as_geojson(briefing: Briefing) -> bytes:
    """Return the briefing's places as one FeatureCollection; `layer` tells what each feature is."""
    body = bodies.read(briefing.body)
    figures = beat_figures(body)
    features = [
        feature | {"properties": {"layer": "beat"} | feature["properties"] | figures.get(code, {})}
        for feature in beat_shapes(briefing)["features"]
        for code in [feature["properties"]["code"]]
    ]
    features += [_point("hot_spot", spot) for spot in body["hot_spots"]]
    features += [_point("near_repeat", spot) for spot in body["repeats"]]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


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
