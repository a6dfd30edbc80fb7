"""The ground a map is drawn on: water, green, rail, and the streets of the road network in use.

What lies in the open is no secret inside the county: these are not narrowed to the reader's areas, but the
county itself must be one of the reader's, which the view checks.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.conf import settings

from anlan.engine.geo import codes
from anlan.service.places.models import Feature, RoadNetwork

DECIMALS = 5  # about a metre
BASE_KINDS = ("base", "roads")


def ground(kind: str, county6: str) -> str:
    """Return a kind of `BASE_KINDS` for the county as GeoJSON text; an empty collection where it has none."""
    return roads(county6) if kind == "roads" else base(county6)


def base(county6: str) -> str:
    """Return water, green and rail; properties `kind` and `name`."""
    records = list(Feature.objects.in_county(codes.county(county6)).order_by("code"))
    facts = [{"kind": record.kind, "name": record.label} for record in records]
    return collection([record.shape for record in records], facts)


def roads(county6: str) -> str:
    """Return the streets of the network in use; properties `tier` (see `road_lines`) and `name`."""
    path = _network_file(county6)
    try:
        return collection([], []) if path is None else _drawn(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return collection([], [])


def ground_version(kind: str, county6: str) -> str:
    """Return what changes with the roads in use; the rest changes with the county's places."""
    path = _network_file(county6) if kind == "roads" else None
    return "" if path is None else path.name


def _network_file(county6: str) -> Path | None:
    used = RoadNetwork.objects.filter(area_code=codes.normalise(codes.county(county6)))
    name = used.values_list("file", flat=True).first()
    return None if name is None else Path(settings.ROADS_DIR) / name


@lru_cache(maxsize=8)
def _drawn(path: str, _mtime_ns: int) -> str:
    from anlan.engine.geo.roads import RoadGraph, road_lines  # noqa: PLC0415  loads SciPy

    lines = road_lines(RoadGraph.load(Path(path)))
    facts = [{"tier": tier, "name": name} for tier, name in zip(lines.tier, lines.name, strict=True)]
    return collection(list(lines.shapes), facts)


def collection(shapes: list[Any], facts: list[dict[str, str]]) -> str:
    """Return geometries with their properties as the text of a FeatureCollection, to the metre."""
    column = np.empty(len(shapes), dtype=object)
    column[:] = shapes
    texts = shapely.to_geojson(shapely.transform(column, lambda xy: np.round(xy, DECIMALS)))
    features = [
        f'{{"type":"Feature","geometry":{text},"properties":{json.dumps(fact, ensure_ascii=False)}}}'
        for text, fact in zip(texts, facts, strict=True)
        if text is not None
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
