"""Coordinate systems: everything is stored in WGS-84; this is how other systems get there.

- WGS-84 (EPSG:4326) is taken as it is.
- CGCS2000 (EPSG:4490) agrees with WGS-84 to a few centimetres (GB/T 30318; Cheng et al. 2009, "Precise
  coordinates of CGCS2000"), far below the accuracy of a beat boundary: taken as WGS-84. Its projected
  variants (EPSG:4491-4554) and every other EPSG system go through PROJ.
- GCJ-02, the shifted system of Chinese web maps, has no EPSG code. The forward shift is the published
  reverse-engineered series; the inverse is found by fixed-point iteration to below 1e-9 degrees. Outside
  China's bounding box nothing is shifted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SAME_AS_WGS84 = frozenset({4326, 4490, 4979, 4480})
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
AXIS = 6378245.0  # Krasovsky 1940, as the shift uses it
ECCENTRICITY = 0.00669342162296594323
NAMES = {"wgs84": 4326, "wgs-84": 4326, "cgcs2000": 4490, "crs84": 4326, "ogc:crs84": 4326}
GCJ02 = frozenset({"gcj02", "gcj-02", "gcj_02", "mars"})


@dataclass(frozen=True)
class Crs:
    """A coordinate system by name; `definition` is what PROJ reads, empty for GCJ-02."""

    name: str
    definition: str = ""

    @classmethod
    def parse(cls, text: str) -> Crs:
        """Return the system named ``WGS84``, ``CGCS2000``, ``GCJ02``, ``EPSG:4544``, or by its WKT.

        Raises:
            ValueError: no such system.

        """
        key = text.strip().lower()
        if key in GCJ02:
            return cls("GCJ-02")
        try:
            known = CRS.from_user_input(NAMES.get(key, text.strip()))
        except CRSError as error:
            raise ValueError(
                f"coordinate system {text!r} is unknown: give WGS84, CGCS2000, GCJ02 or EPSG:<number>"
            ) from error
        return cls(known.name, known.to_wkt())

    @cached_property
    def is_wgs84(self) -> bool:
        """Whether coordinates may be stored as they are."""
        return bool(self.definition) and CRS.from_wkt(self.definition).to_epsg(50) in SAME_AS_WGS84


WGS84 = Crs.parse("WGS84")


def to_wgs84(x: Floats, y: Floats, crs: Crs) -> tuple[Floats, Floats]:
    """Return longitude and latitude in WGS-84 degrees; shapes as given.

    Args:
        x: longitude (degrees) or easting (the system's unit).
        y: latitude or northing.
        crs: the system of `x` and `y`.

    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not crs.definition:
        return from_gcj02(x, y)
    if crs.is_wgs84:
        return x, y
    lon, lat = _transformer(crs.definition).transform(x, y)
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def shapes_to_wgs84(shapes: NDArray[Any], crs: Crs) -> NDArray[Any]:
    """Return the Shapely geometries in WGS-84; None stays None."""
    if crs.definition and crs.is_wgs84:
        return shapes

    return _moved(shapely.force_2d(shapes), lambda x, y: to_wgs84(x, y, crs))


@lru_cache(maxsize=32)
def _transformer(definition: str) -> Transformer:
    return Transformer.from_crs(CRS.from_wkt(definition), "EPSG:4326", always_xy=True)


def in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Whether points lie in the box in which the GCJ-02 shift applies."""
    west, south, east, north = CHINA
    return np.asarray((lon > west) & (lon < east) & (lat > south) & (lat < north))


def to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return WGS-84 degrees shifted to GCJ-02; points outside China unchanged."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    inside = in_china(lon, lat)
    east, north = _shift(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees as WGS-84, the inverse of `to_gcj02` to below 1e-9 degrees."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    inside = in_china(lon, lat)
    x, y = lon.copy(), lat.copy()
    for _ in range(12):
        east, north = _shift(x, y)
        x, y = lon - east, lat - north
    return np.where(inside, x, lon), np.where(inside, y, lat)


def _shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the GCJ-02 shift east and north in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    common = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (common + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (common + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    phi = np.radians(lat)
    magic = 1 - ECCENTRICITY * np.sin(phi) ** 2
    root = np.sqrt(magic)
    degrees_north = north * 180 / ((AXIS * (1 - ECCENTRICITY)) / (magic * root) * np.pi)
    degrees_east = east * 180 / (AXIS / root * np.cos(phi) * np.pi)
    return degrees_east, degrees_north


class LocalPlane:
    """A Lambert azimuthal equal-area plane in metres about a point: sizes on it are true sizes."""

    def __init__(self, lon: float, lat: float) -> None:
        definition = f"+proj=laea +lat_0={lat:.6f} +lon_0={lon:.6f} +datum=WGS84 +units=m"
        self._forward = Transformer.from_crs("EPSG:4326", definition, always_xy=True)

    @classmethod
    def around(cls, shapes: NDArray[Any]) -> LocalPlane:
        """Return the plane about the middle of the geometries' bounding box (WGS-84)."""
        west, south, east, north = shapely.total_bounds(shapes)
        return cls((west + east) / 2, (south + north) / 2)

    def metres(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return WGS-84 degrees as metres east and north of the centre."""
        x, y = self._forward.transform(lon, lat)
        return np.asarray(x), np.asarray(y)

    def degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return metres on the plane as WGS-84 longitude and latitude."""
        lon, lat = self._forward.transform(x, y, direction="INVERSE")
        return np.asarray(lon), np.asarray(lat)

    def flatten(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Return WGS-84 geometries on the plane, in metres."""
        return _moved(shapes, self.metres)

    def unflatten(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Return geometries of the plane in WGS-84 degrees."""
        return _moved(shapes, self.degrees)


def _moved(shapes: NDArray[Any], move: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> NDArray[Any]:
    moved = shapely.transform(shapes, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    return np.asarray(moved, dtype=object)
