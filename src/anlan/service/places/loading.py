"""From rows of a file to rows for the store functions: which column is what, which township it lies in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from anlan.engine.geo import codes
from anlan.engine.geo.locate import Locator
from anlan.gateway.geofiles import GeoFileError
from anlan.service.places.models import Area, Premises
from anlan.service.places.rows import AreaRow, BeatRow, GridRow, PlaceRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from anlan.gateway.divisions import Divisions
    from anlan.gateway.geofiles import PlaceTable

GUESSES = {
    "code": ("code", "adcode", "id", "编码", "代码"),
    "name": ("name", "名称"),
    "name_en": ("name_en",),
    "parent": ("parent", "parent_code"),
    "area": ("area_code", "area"),
    "beat": ("beat_code", "beat"),
    "population": ("population", "人口"),
    "responsible": ("responsible",),
    "ring": ("ring",),
    "kind": ("kind",),
    "hazards": ("hazards",),
}
POLYGONS = frozenset({"Polygon", "MultiPolygon"})
LINES = frozenset({"LineString", "MultiLineString"})


@dataclass(frozen=True)
class Columns:
    """Which column of the file is what; what is not named is recognised by its usual names."""

    named: dict[str, str] = field(default_factory=dict)

    def names(self, what: str) -> tuple[str, ...]:
        """Return the column names to look for."""
        given = self.named.get(what, "")
        return (given,) if given else GUESSES[what]

    def required(self, table: PlaceTable, what: str) -> list[str]:
        """Return a column that must be there, without blanks."""
        return table.required(what, *self.names(what))

    def optional(self, table: PlaceTable, what: str) -> list[str]:
        """Return a column, blanks where it or a value is missing; one asked for by name must exist."""
        if self.named.get(what):
            found = table.column(self.named[what])
            if found is None:
                raise GeoFileError(f"no column {self.named[what]!r}; columns are: {', '.join(table.columns)}")
        else:
            found = table.column(*GUESSES[what])
        return [str(value or "").strip() for value in found] if found else [""] * len(table)


def division_rows(divisions: Divisions, zone: str) -> list[AreaRow]:
    """Return the rows of a division table; counties get the time zone."""
    return [
        AreaRow(d.code, d.name, d.parent, d.level, None, d.lon, d.lat, time_zone=zone if d.level == 6 else "")
        for d in divisions.rows
    ]


def area_rows(table: PlaceTable, columns: Columns, zone: str) -> list[AreaRow]:
    """Return divisions with outlines; a name that the file lacks is taken from what is stored."""
    given = [_normalised(code, i) for i, code in enumerate(columns.required(table, "code"), start=1)]
    names, english = columns.optional(table, "name"), columns.optional(table, "name_en")
    parents, people = columns.optional(table, "parent"), whole_numbers(table, columns, "population")
    stored = dict(Area.objects.filter(code__in=given).values_list("code", "name"))
    require_types(table, POLYGONS | {"Point"})
    rows = []
    for i, code in enumerate(given):
        level = int(codes.level(code))
        parent = _normalised(parents[i], i + 1) if parents[i] and level > codes.Level.COUNTY else ""
        rows.append(
            AreaRow(
                code=code,
                name=names[i] or stored.get(code, code),
                parent_code=parent,
                name_en=english[i],
                population=people[i],
                time_zone=zone if level == codes.Level.COUNTY else "",
                **_placed(table.shapes[i]),
            )
        )
    return rows


def joined(table: PlaceTable, columns: Columns) -> PlaceTable:
    """Return the table with rows of the same code made one row, their polygons together."""
    rows: dict[str, list[int]] = {}
    for i, code in enumerate(columns.required(table, "code")):
        rows.setdefault(code, []).append(i)
    first = [together[0] for together in rows.values()]
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [shapely.union_all(table.shapes[together]) for together in rows.values()]
    kept = {name: [values[i] for i in first] for name, values in table.columns.items()}
    return replace(table, shapes=shapes, columns=kept)


def beat_rows(table: PlaceTable, columns: Columns, county6: str) -> list[BeatRow]:
    """Return beats, each in the township that its label point lies in, else in the county."""
    given, names = columns.required(table, "code"), columns.optional(table, "name")
    english = columns.optional(table, "name_en")
    require_types(table, POLYGONS)
    areas = area_codes(county6, table.shapes)
    facts = zip(given, areas, names, table.shapes, english, strict=True)
    return [BeatRow(code, area, name or code, shape, name_en) for code, area, name, shape, name_en in facts]


def grid_rows(table: PlaceTable, columns: Columns, county6: str) -> list[GridRow]:
    """Return grids; the area is the column's, else the first twelve of sixteen digits, else where it lies."""
    given, names = columns.required(table, "code"), columns.optional(table, "name")
    said, beats = columns.optional(table, "area"), columns.optional(table, "beat")
    people, who = whole_numbers(table, columns, "population"), columns.optional(table, "responsible")
    require_types(table, POLYGONS)
    located = area_codes(county6, table.shapes)
    rows = []
    for i, code in enumerate(given):
        by_code = code[:12] if len(code) == 16 and code.isdigit() else ""
        area = _normalised(said[i], i + 1) if said[i] else by_code or located[i]
        rows.append(GridRow(code, area, table.shapes[i], beats[i], names[i], "", people[i], None, who[i]))
    return rows


def place_rows(table: PlaceTable, columns: Columns, kind: str) -> list[PlaceRow]:
    """Return posts, points, lines, checkpoints or premises."""
    given, names = columns.required(table, "code"), columns.required(table, "name")
    english, hazards = columns.optional(table, "name_en"), columns.optional(table, "hazards")
    kinds, rings = columns.optional(table, "kind"), whole_numbers(table, columns, "ring")
    require_types(table, LINES if kind == "line" else {"Point"} | (POLYGONS if kind == "premises" else set()))
    known = set(Premises.Kind.values)
    for i, value in enumerate(kinds, start=1):
        if kind == "premises" and value and value not in known:
            raise GeoFileError(f"row {i}: kind {value!r}; expected one of {', '.join(sorted(known))}")
    return [
        PlaceRow(
            code=given[i], name=names[i], shape=table.shapes[i], name_en=english[i], ring=rings[i] or 1,
            kind=kinds[i] or "other", hazards=hazards[i],
        )
        for i in range(len(table))
    ]  # fmt: skip


def area_codes(county6: str, shapes: Any) -> list[str]:
    """Return the township that each shape's label point lies in, the county's twelve digits where in none."""
    county12 = codes.normalise(county6)
    towns = Area.objects.in_county(county6).filter(level=codes.Level.TOWNSHIP, geometry__isnull=False)
    found = list(towns.order_by("code"))
    if not found:
        return [county12] * len(shapes)
    outlines = np.empty(len(found), dtype=object)
    outlines[:] = [town.shape for town in found]
    locator = Locator([town.code for town in found], outlines)
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return [str(code) or county12 for code in locator.codes_of(locator.locate(points[:, 0], points[:, 1]))]


def whole_numbers(table: PlaceTable, columns: Columns, what: str) -> list[int | None]:
    """Return a column of whole numbers, None for blanks.

    Raises:
        GeoFileError: one is not a whole number of 0 or more.

    """
    numbers: list[int | None] = []
    for row, text in enumerate(columns.optional(table, what), start=1):
        if text and not text.isdigit():
            raise GeoFileError(f"row {row}: {what} {text!r} is not a whole number")
        numbers.append(int(text) if text else None)
    return numbers


def require_types(table: PlaceTable, allowed: Iterable[str]) -> None:
    """Refuse rows without a geometry or with one of another type, by row."""
    wanted = set(allowed)
    for row, shape in enumerate(table.shapes, start=1):
        if shape is None or shape.is_empty:
            raise GeoFileError(f"row {row}: no geometry; give one or remove the row")
        if shape.geom_type not in wanted:
            raise GeoFileError(f"row {row}: a {shape.geom_type}; expected {' or '.join(sorted(wanted))}")


def refuse_far(shapes: Sequence[Any], outline: Any) -> None:
    """Refuse a file of which nothing lies in the county, saying so where swapping the columns would mend it.

    Raises:
        GeoFileError: nothing is in the county's box.

    """
    if outline is None or not len(shapes):
        return
    xy = shapely.get_coordinates(np.asarray(shapes, dtype=object))
    west, south, east, north = outline.bounds
    x, y = xy[:, 0], xy[:, 1]
    if ((x >= west) & (x <= east) & (y >= south) & (y <= north)).any():
        return
    if ((y >= west) & (y <= east) & (x >= south) & (x <= north)).any():
        raise GeoFileError(
            f"row 1: longitude {x[0]:g}, latitude {y[0]:g}: swapped, they would lie in the county; "
            "swap the columns"
        )
    raise GeoFileError(
        f"nothing in the file lies in the county (row 1 is at {x[0]:.5f},{y[0]:.5f}; the county spans "
        f"{west:.3f}..{east:.3f}, {south:.3f}..{north:.3f}): is it the right file, county and --crs?"
    )


def _normalised(code: str, row: int) -> str:
    try:
        return codes.normalise(code)
    except ValueError as error:
        raise GeoFileError(f"row {row}: {error}") from error


def _placed(shape: Any) -> dict[str, Any]:
    if shape.geom_type == "Point":
        return {"lon": float(shape.x), "lat": float(shape.y)}
    return {"shape": shape}
