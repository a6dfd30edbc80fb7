"""Roads from plain street lines (GeoJSON, GeoPackage, Shapefile), where nothing better is to be had.

Lines meet where they share a vertex; each piece between two vertices is driven both ways at one speed. Such
a file knows no one-ways, speeds or bridges: the travel times are a first approximation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

from anlan.engine.geo.roads import road_links
from anlan.gateway.geofiles import read_places
from anlan.gateway.roads.cut import RoadsRead

if TYPE_CHECKING:
    from pathlib import Path

DECIMALS = 7  # of a degree: about a centimetre
SUFFIXES = frozenset({".geojson", ".json", ".gpkg", ".shp"})


def is_lines(path: Path) -> bool:
    """Whether the file's name says that it holds street lines."""
    return path.suffix.lower() in SUFFIXES


def read_lines(path: Path, crs: str | None, speed_kmh: float) -> RoadsRead:
    """Read street lines; `speed_kmh` holds for all of them, both ways.

    Raises:
        ValueError: no line in the file, a speed that is none, or what `read_places` refuses.
        OSError: the file cannot be read.

    """
    if not 0 < speed_kmh <= 250:
        raise ValueError(f"speed {speed_kmh:g} km/h: expected above 0 and at most 250")
    shapes = shapely.get_parts(read_places(path, crs).shapes)
    lines = shapes[shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING]
    if not len(lines):
        raise ValueError(f"{path.name}: no line in the file")
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    places, node = np.unique(np.round(coordinates, DECIMALS), axis=0, return_inverse=True)
    along = (line[1:] == line[:-1]) & (node[1:] != node[:-1])
    tail, head = node[:-1][along], node[1:][along]
    lon, lat = places.T
    length = np.abs(Geod(ellps="WGS84").inv(lon[tail], lat[tail], lon[head], lat[head])[2])
    links = road_links(
        lon,
        lat,
        np.concatenate([tail, head]),
        np.concatenate([head, tail]),
        np.tile(length, 2),
        np.full(2 * len(tail), speed_kmh / 3.6),
    )
    others = len(shapes) - len(lines)
    return RoadsRead(links, len(lines), {"shapes that are no lines": others} if others else {})
