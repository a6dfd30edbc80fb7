"""Positions as people type or read them out: decimal degrees, degrees and minutes, Plus Codes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from anlan.engine.geo.crs import from_gcj02
from anlan.gateway import pluscodes

NUMBER = r"(\d{1,3}(?:\.\d+)?)"
DECIMAL = re.compile(rf"(?<![\w.])([NSEW]?)\s*(-?){NUMBER}\s*°?\s*([NSEW]?)(?![\w.])", re.IGNORECASE)
SEXAGESIMAL = re.compile(
    rf"([NSEW]?)\s*(\d{{1,3}})\s*[°度d]\s*{NUMBER}\s*['′分m]?\s*(?:{NUMBER}\s*[\"″秒s]?)?\s*([NSEW]?)",
    re.IGNORECASE,
)
LABELS = re.compile(
    r"北纬|南纬|东经|西经|lat(?:itude)?|lon(?:gitude)?|lng|gcj-?02|wgs-?84|[,，;；:=()（）/]", re.IGNORECASE
)
SIDES = {"北纬": "N", "南纬": "S", "东经": "E", "西经": "W"}
GCJ02 = re.compile(r"gcj-?02", re.IGNORECASE)


@dataclass(frozen=True)
class Box:
    """A bounding box in WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the point lies in it."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2


@dataclass(frozen=True)
class Typed:
    """A position read from text: WGS-84 degrees, and the system or code that it was given in."""

    lon: float
    lat: float
    given: str


def read_positions(text: str, box: Box) -> list[Typed]:
    """Return the positions that the text may mean, the likeliest first; empty where it is none.

    Two plain numbers are latitude and longitude in the order that lies in or near `box`. They are read as
    WGS-84, and as GCJ-02 (the shifted system of Chinese web maps) too where that differs; said, only that.
    """
    code = pluscodes.found_in(text)
    if code:
        cell = pluscodes.nearest(code, *box.middle)
        return [Typed(cell.lon, cell.lat, code)]
    pair = read_pair(text, box)
    if pair is None:
        return []
    shifted = as_gcj02(*pair)
    if GCJ02.search(text):
        return [shifted]
    plain = Typed(*pair, "WGS-84")
    return [plain] if (shifted.lon, shifted.lat) == pair else [plain, shifted]


def as_gcj02(lon: float, lat: float) -> Typed:
    """Return GCJ-02 degrees as WGS-84."""
    x, y = from_gcj02(np.array([lon]), np.array([lat]))
    return Typed(float(x[0]), float(y[0]), "GCJ-02")


def read_pair(text: str, box: Box) -> tuple[float, float] | None:
    """Return longitude and latitude from text that is nothing but two angles, None otherwise."""
    for said, side in SIDES.items():
        text = text.replace(said, f" {side} ")
    plain = LABELS.sub(" ", text)
    for pattern, reader in ((SEXAGESIMAL, _from_sexagesimal), (DECIMAL, _from_decimal)):
        found = list(pattern.finditer(plain))
        if len(found) == 2 and not pattern.sub("", plain).strip():
            return _ordered([reader(match) for match in found], box)
    return None


def _from_decimal(match: re.Match[str]) -> tuple[float, str]:
    before, minus, number, after = match.groups()
    side = (before or after).upper()
    return float(number) * (-1 if minus or side in {"S", "W"} else 1), side


def _from_sexagesimal(match: re.Match[str]) -> tuple[float, str]:
    before, degrees, minutes, seconds, after = match.groups()
    side = (before or after or "").upper()
    value = int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
    return value * (-1 if side in {"S", "W"} else 1), side


def _ordered(angles: list[tuple[float, str]], box: Box) -> tuple[float, float] | None:
    """Put two angles into longitude and latitude: by their sides, else by where the box is."""
    (one, side), (other, side2) = angles
    orders = [(other, one), (one, other)]
    if side in {"E", "W"} or side2 in {"N", "S"}:
        orders = orders[1:]
    elif side in {"N", "S"} or side2 in {"E", "W"}:
        orders = orders[:1]
    possible = [(lon, lat) for lon, lat in orders if abs(lon) <= 180 and abs(lat) <= 90]
    west, south = box.middle
    return min(
        possible, key=lambda at: (not box.holds(*at), abs(at[0] - west) + abs(at[1] - south)), default=None
    )
