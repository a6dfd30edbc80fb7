"""Division tables as the National Bureau of Statistics publishes them, in the CSV of common mirrors.

Columns: `code` and `parent` (12 digits), `name`, `level` (province, city, county, town, village), and where
known `longitude`, `latitude` of a centre point. Many places have no centre point; they stay without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from anlan.engine.geo import codes
from anlan.engine.geo.crs import Crs, shapes_to_wgs84
from anlan.gateway.geofiles import SAY, GeoFileError, check_degrees, points, read_frame

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

LEVELS = {"county": 6, "town": 9, "township": 9, "village": 12}
ABOVE = frozenset({"country", "province", "city"})


@dataclass(frozen=True)
class Division:
    """One division: 12-digit codes, its level in digits, its centre in WGS-84 where known."""

    code: str
    parent: str
    name: str
    level: int
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Divisions:
    """The divisions of a file from the county down; `skipped` counts what lies above or is only nominal."""

    rows: tuple[Division, ...]
    skipped: int

    @property
    def without_centre(self) -> int:
        """How many have no centre point."""
        return sum(row.lon is None for row in self.rows)


def read_divisions(path: Path, crs: str | None = None) -> Divisions:
    """Read a division table.

    Args:
        path: the CSV, UTF-8 or GB18030.
        crs: system of the centre points; needed as soon as one row has one.

    Raises:
        GeoFileError: missing columns, a malformed code, level or coordinate, a code given twice, or centre
            points without a coordinate system.

    """
    if not path.exists():
        raise GeoFileError(f"{path}: no such file")
    frame = read_frame(path)
    missing = [name for name in ("code", "parent", "name", "level") if name not in frame.columns]
    if missing:
        raise GeoFileError(f"{path.name} lacks the columns {', '.join(missing)} of a division table")
    centres = _centres(frame, path.name, crs)
    rows: list[Division] = []
    seen: dict[str, int] = {}
    for number, (facts, centre) in enumerate(zip(frame.iter_rows(named=True), centres, strict=True), start=1):
        division = _division(facts, centre, number)
        if division is None:
            continue
        if division.code in seen:
            raise GeoFileError(
                f"row {number}: code {division.code} was already given in row {seen[division.code]}"
            )
        seen[division.code] = number
        rows.append(division)
    if not rows:
        raise GeoFileError(f"{path.name} has no county, town or village")
    return Divisions(tuple(rows), len(frame) - len(rows))


def _centres(frame: pl.DataFrame, name: str, crs: str | None) -> list[Any]:
    if not {"longitude", "latitude"} <= set(frame.columns):
        return [None] * len(frame)
    made = points(frame, "longitude", "latitude")
    if shapely.is_missing(made).all():
        return list(made)
    if not crs:
        raise GeoFileError(f"{name} has centre points but does not say their coordinate system: {SAY}")
    try:
        system = Crs.parse(crs)
    except ValueError as error:
        raise GeoFileError(str(error)) from error
    check_degrees(made, system)
    return list(np.asarray(shapes_to_wgs84(made, system), dtype=object))


def _division(facts: dict[str, Any], centre: Any, number: int) -> Division | None:
    """Return the row's division, None for one above the county or marked virtual."""
    level = (facts["level"] or "").strip().lower()
    if level in ABOVE or (facts.get("virtual") or "f") == "t":
        return None
    if level not in LEVELS:
        raise GeoFileError(f"row {number}: level {level!r}; expected county, town or village")
    name = (facts["name"] or "").strip()
    if not name:
        raise GeoFileError(f"row {number}: the name is blank")
    try:
        code, parent = codes.normalise(facts["code"] or ""), codes.normalise(facts["parent"] or "")
    except ValueError as error:
        raise GeoFileError(f"row {number}: {error}") from error
    lon, lat = (None, None) if centre is None else (float(centre.x), float(centre.y))
    return Division(code, parent if LEVELS[level] > 6 else "", name, LEVELS[level], lon, lat)
