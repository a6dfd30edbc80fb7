"""Places from files: GeoJSON, GeoPackage, Shapefile and CSV, in any coordinate system, out in WGS-84.

A coordinate system is never guessed. What a file says is believed; a file that says nothing needs it from
the caller. GeoJSON is WGS-84 by RFC 7946, yet Chinese GeoJSON is as often in GCJ-02, half a kilometre off:
where a GeoJSON without a `crs` member has coordinates in China the caller must say which it is.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyogrio
import shapely
from pyogrio.errors import DataSourceError

from anlan.engine.geo.crs import Crs, in_china, shapes_to_wgs84

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SAY = "say which with --crs WGS84, CGCS2000, GCJ02 or EPSG:<number>"
LON_NAMES = ("lon", "lng", "longitude", "x", "经度")
LAT_NAMES = ("lat", "latitude", "y", "纬度")
WKT_NAMES = ("wkt", "geometry", "geom", "the_geom")


class GeoFileError(ValueError):
    """A file that cannot be imported; the message says where and what to do. Nothing of it was stored."""


@dataclass(frozen=True)
class PlaceTable:
    """Rows of a file: `shapes` (n,) Shapely geometries in WGS-84 or None, `columns` of n texts each."""

    shapes: NDArray[Any]
    columns: dict[str, list[str | None]]
    crs: str
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.shapes)

    def column(self, *names: str) -> list[str | None] | None:
        """Return the first column that has one of the names, whatever its case; None where none has."""
        known = {name.strip().lower(): name for name in self.columns}
        found = next((known[name.lower()] for name in names if name and name.lower() in known), None)
        return None if found is None else self.columns[found]

    def required(self, what: str, *names: str) -> list[str]:
        """Return such a column without blanks.

        Raises:
            GeoFileError: no such column, or a blank in it.

        """
        values = self.column(*names)
        if values is None:
            have = ", ".join(self.columns) or "none"
            raise GeoFileError(
                f"no column for the {what} (looked for {', '.join(names)}); columns are: {have}"
            )
        for row, value in enumerate(values, start=1):
            if value is None or not value.strip():
                raise GeoFileError(f"row {row}: the {what} is blank")
        return [str(value).strip() for value in values]


@dataclass(frozen=True)
class CsvColumns:
    """Which columns of a CSV carry the geometry; empty: recognised by their usual names."""

    lon: str = ""
    lat: str = ""
    wkt: str = ""


def read_places(
    path: Path,
    crs: str | None = None,
    *,
    layer: str | None = None,
    csv: CsvColumns | None = None,
    mend: bool = False,
) -> PlaceTable:
    """Read a file of places.

    Args:
        path: .geojson, .json, .gpkg, .shp or .csv.
        crs: the coordinate system, needed where the file does not say.
        layer: of a GeoPackage with several.
        csv: geometry columns of a CSV.
        mend: make invalid polygons valid (each is reported in `notes`) instead of refusing the file.

    Raises:
        GeoFileError: the file is missing, empty, unreadable, lacks a coordinate system, has swapped
            coordinates, or invalid polygons.

    """
    if not path.exists():
        raise GeoFileError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise GeoFileError(f"{path.name} is empty")
    wanted = _parsed(crs)
    if path.suffix.lower() == ".csv":
        table, found = _read_csv(path, csv or CsvColumns()), None
    else:
        table, found = _read_layer(path, layer)
    if len(table) == 0:
        raise GeoFileError(f"{path.name} has no rows")
    system = wanted or _declared(path, found, table.shapes)
    check_degrees(table.shapes, system)
    shapes = shapes_to_wgs84(table.shapes, system)
    table = replace(table, shapes=shapes, crs=system.name)
    check_degrees(shapes, None)
    return _valid(table, mend=mend)


def read_text(path: Path) -> str:
    """Return a text file's content: UTF-8, with or without mark, else GB18030.

    Raises:
        GeoFileError: neither fits.

    """
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GeoFileError(f"{path.name} is neither UTF-8 nor GB18030; save it as UTF-8")


def read_frame(path: Path) -> pl.DataFrame:
    """Return a CSV with all columns as text.

    Raises:
        GeoFileError: not a table, or no rows.

    """
    try:
        return pl.read_csv(read_text(path).encode(), infer_schema=False)
    except pl.exceptions.NoDataError as error:
        raise GeoFileError(f"{path.name} is empty") from error
    except pl.exceptions.PolarsError as error:
        raise GeoFileError(f"{path.name} is not a readable CSV: {error}") from error


def points(frame: pl.DataFrame, lon: str, lat: str) -> NDArray[Any]:
    """Return the points of two text columns, None where both are blank.

    Raises:
        GeoFileError: one of the two is no number, or only one is given.

    """
    numbers = []
    for name in (lon, lat):
        texts = frame[name].str.strip_chars()
        values = texts.cast(pl.Float64, strict=False)
        bad = (values.is_null() & texts.is_not_null() & (texts != "")).fill_null(value=False)
        if bad.any():
            row = int(bad.arg_max() or 0)
            raise GeoFileError(f"row {row + 1}: {name} {texts[row]!r} is not a number")
        numbers.append(values.to_numpy().astype(np.float64))
    blank = np.isnan(numbers)
    if (one := blank[0] != blank[1]).any():
        raise GeoFileError(f"row {int(one.argmax()) + 1}: only one of {lon} and {lat} is given")
    made = np.full(len(frame), None, dtype=object)
    made[~blank[0]] = shapely.points(numbers[0][~blank[0]], numbers[1][~blank[0]])
    return made


def check_degrees(shapes: NDArray[Any], crs: Crs | None) -> None:
    """Raise GeoFileError for coordinates beyond the globe, and say so where the two are swapped.

    A projected system's coordinates are metres and pass; they are looked at again once converted.
    """
    if crs is not None and crs.definition and not crs.is_wgs84:
        return
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    wrong = ~((np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90))
    if not wrong.any():
        return
    at = int(wrong.argmax())
    x, y = xy[at]
    place = f"row {row[at] + 1}: longitude {x:g}, latitude {y:g}"
    if abs(y) <= 180 and abs(x) <= 90:
        raise GeoFileError(f"{place}: longitude and latitude are swapped; swap the two columns")
    raise GeoFileError(f"{place} is not on the globe; the file is in another system: {SAY}")


def _parsed(crs: str | None) -> Crs | None:
    try:
        return Crs.parse(crs) if crs else None
    except ValueError as error:
        raise GeoFileError(str(error)) from error


def _declared(path: Path, found: str | None, shapes: NDArray[Any]) -> Crs:
    if path.suffix.lower() in {".geojson", ".json"} and not _has_crs_member(path):
        xy = shapely.get_coordinates(shapes)
        if in_china(xy[:, 0], xy[:, 1]).any():
            raise GeoFileError(
                f"{path.name} has coordinates in China but does not say whether they are WGS-84 or GCJ-02 "
                f"(web maps there are 0.3 to 0.7 km off): {SAY}"
            )
        found = "WGS84"
    if not found:
        lacks = "it has no .prj beside it" if path.suffix.lower() == ".shp" else "the format cannot carry one"
        raise GeoFileError(f"{path.name} does not say its coordinate system ({lacks}): {SAY}")
    return _parsed(found) or Crs.parse("WGS84")


def _has_crs_member(path: Path) -> bool:
    """Whether a GeoJSON carries the `crs` member of the 2008 format, near its start or end."""
    with path.open("rb") as file:
        start = file.read(65536)
        file.seek(max(0, path.stat().st_size - 65536))
        return any(re.search(rb'"crs"\s*:\s*\{', part) for part in (start, file.read()))


def _read_layer(path: Path, layer: str | None) -> tuple[PlaceTable, str | None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            meta, _, wkb, data = pyogrio.raw.read(path, layer=layer, force_2d=True)
        except (DataSourceError, ValueError, RuntimeError) as error:
            raise GeoFileError(f"{path.name} cannot be read: {error}") from error
    notes = tuple(str(warning.message) for warning in caught)
    shapes = np.full(len(data[0]) if data else 0, None, dtype=object)
    if wkb is not None:
        shapes = np.asarray(shapely.from_wkb(wkb), dtype=object)
    columns = {
        str(name): [_text(v) for v in values] for name, values in zip(meta["fields"], data, strict=True)
    }
    return PlaceTable(shapes, columns, "", notes), meta["crs"]


def _text(value: Any) -> str | None:
    """Return a field as text: whole numbers without a decimal point, missing values as None."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _read_csv(path: Path, given: CsvColumns) -> PlaceTable:
    frame = read_frame(path)
    columns = {name: frame[name].to_list() for name in frame.columns}
    wkt = _pick(frame.columns, given.wkt, WKT_NAMES)
    lon, lat = _pick(frame.columns, given.lon, LON_NAMES), _pick(frame.columns, given.lat, LAT_NAMES)
    if wkt:
        shapes = _from_wkt(frame[wkt].to_list(), wkt)
    elif lon and lat:
        shapes = points(frame, lon, lat)
    else:
        raise GeoFileError(
            f"{path.name}: no geometry; name the columns with --lon and --lat, or --wkt "
            f"(columns are: {', '.join(frame.columns)})"
        )
    return PlaceTable(shapes, columns, "")


def _pick(have: Sequence[str], given: str, usual: Sequence[str]) -> str:
    """Return the column to use: the one asked for, else the one with a usual name, else none."""
    if given and given not in have:
        raise GeoFileError(f"no column {given!r}; columns are: {', '.join(have)}")
    return given or next((name for name in have if name.strip().lower() in usual), "")


def _from_wkt(texts: Sequence[str | None], column: str) -> NDArray[Any]:
    made = np.full(len(texts), None, dtype=object)
    for i, text in enumerate(texts):
        try:
            made[i] = shapely.force_2d(shapely.from_wkt(text)) if text and text.strip() else None
        except shapely.errors.ShapelyError as error:
            raise GeoFileError(f"row {i + 1}: {column} is not a geometry in WKT: {error}") from error
    return made


def _valid(table: PlaceTable, *, mend: bool) -> PlaceTable:
    """Refuse invalid polygons by name, or make them valid and say so."""
    bad = np.flatnonzero(~shapely.is_valid(table.shapes) & ~shapely.is_missing(table.shapes))
    if not len(bad):
        return table
    names = table.column("name", "code", "district", "beat_num", "名称") or [None] * len(table)
    faults = [
        f"row {i + 1} ({names[i] or 'unnamed'}): {shapely.is_valid_reason(table.shapes[i])}" for i in bad
    ]
    if not mend:
        more = f" and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise GeoFileError(
            "polygons that touch or cross themselves:\n  "
            + "\n  ".join(faults[:10])
            + f"{more}\nMend them in a GIS "
            "(QGIS: Fix geometries), or pass --mend to have each made valid and reported"
        )
    shapes = table.shapes.copy()
    shapes[bad] = [_polygonal(shapely.make_valid(shape)) for shape in shapes[bad]]
    return replace(table, shapes=shapes, notes=table.notes + tuple(f"mended {fault}" for fault in faults))


def _polygonal(shape: Any) -> Any:
    """Return the polygons of what `make_valid` gave; points and lines that fell off have no size."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts) if shape.geom_type == "GeometryCollection" else shape
