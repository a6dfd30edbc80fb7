"""Making a county's grids, and mending their slivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.db import transaction

from anlan.engine.geo import codes, make
from anlan.engine.geo.repair import Repair, repair
from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.places.domain.bulk import PlaceError, known_county
from anlan.service.places.domain.grids import store_grids
from anlan.service.places.models import Area, Beat, Grid
from anlan.service.places.queries.partition import county_outline
from anlan.service.places.rows import GridRow, Stored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.service.staff.models import Account

MADE_BY = ("square", "hex", "streets", "population")


@dataclass(frozen=True)
class Weights:
    """Places with their number of people: `lon`, `lat`, `people` of shape (n,)."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    people: NDArray[np.float64]


@dataclass(frozen=True)
class MakeOrder:
    """How grids shall be made: `by` one of MADE_BY, `size_m` the side of a square of a cell's size."""

    by: str = "square"
    size_m: float = 250
    within_beats: bool = True
    replace: bool = False
    streets: NDArray[Any] | None = None
    target: float = 0
    weights: Weights | None = None


@dataclass(frozen=True)
class Made:
    """What was made; `by_centre` says that township borders are only nearest-centre approximations."""

    stored: Stored
    cells: int
    areas: int
    by_centre: int
    without_place: tuple[str, ...]
    unserved: int


@transaction.atomic
def make_grids(county6: str, order: MakeOrder, actor: Account | None = None) -> Made:
    """Make the county's grids and store them, with beat and township by where each cell lies.

    Cells never cross the border of a township; with `within_beats` not of a beat either, so that beats are
    unions of grids. Townships without outline get what is nearest to their centre; townships without a
    centre either get no grids and are named in the result.

    Raises:
        PlaceError: no outline to fill, grids exist and `replace` is not set, or an order that makes no sense.

    """
    county = known_county(county6)
    if order.by not in MADE_BY:
        raise PlaceError(f"by {order.by!r}: expected one of {', '.join(MADE_BY)}")
    if not order.replace and Grid.objects.in_county(county6).exists():
        raise PlaceError(f"county {county6} has grids already; pass --replace to make them anew")
    outline = county_outline(county6)
    if outline is None:
        raise PlaceError(
            f"county {county6} has no outline: import its boundary, or townships or beats with one"
        )
    areas, by_centre, without = township_regions(county6, outline)
    beats = beat_regions(county6)
    try:
        cells, people = _cut(outline, order, areas, beats if order.within_beats else make.Regions.none())
        numbers = make.numbered(cells, county.code)
    except make.MakeError as error:
        raise PlaceError(str(error)) from error
    served = _beats_of(cells, beats, within=order.within_beats)
    rows = _rows(cells, numbers, served, people, county.code)
    stored = store_grids(
        county6, rows, actor, source=f"made by {order.by}", replace=True, verb=Verb.GRIDS_MADE
    )
    unserved = int((served == "").sum()) if len(beats.codes) else 0
    return Made(stored, len(cells), len(areas.codes), by_centre, tuple(without), unserved)


def township_regions(county6: str, outline: Any) -> tuple[make.Regions, int, list[str]]:
    """Return the townships' outlines, how many are nearest-centre only, and names of those with neither.

    Where some townships have an outline, those without one get no cells of their own: a nearest-centre
    border against a surveyed one would contradict it.
    """
    towns = list(Area.objects.in_county(county6).filter(level=codes.Level.TOWNSHIP).order_by("code"))
    shaped = [town for town in towns if town.geometry is not None]
    if shaped:
        without = [str(town.name) for town in towns if town.geometry is None]
        return _regions(shaped), 0, without
    centred = [town for town in towns if town.lon is not None]
    without = [str(town.name) for town in towns if town.lon is None]
    if not centred:
        return make.Regions.none(), 0, without
    lon, lat = np.array([t.lon for t in centred], float), np.array([t.lat for t in centred], float)
    try:
        regions = make.nearest_centre([str(t.code) for t in centred], lon, lat, outline)
    except make.MakeError as error:
        raise PlaceError(str(error)) from error
    return regions, len(centred), without


def beat_regions(county6: str) -> make.Regions:
    """Return the beats that have an outline of their own."""
    return _regions(list(Beat.objects.in_county(county6).filter(geometry__isnull=False).order_by("code")))


def _regions(records: list[Any]) -> make.Regions:
    shapes = np.empty(len(records), dtype=object)
    shapes[:] = [record.shape for record in records]
    return make.Regions([str(record.code) for record in records], shapes)


def _cut(outline: Any, order: MakeOrder, areas: make.Regions, beats: make.Regions) -> tuple[make.Cells, Any]:
    if order.by == "hex":
        return make.hexagons(outline, order.size_m, areas, beats), None
    if order.by == "streets":
        streets = order.streets if order.streets is not None else np.empty(0, dtype=object)
        return make.by_streets(outline, streets, order.size_m, areas, beats), None
    cells = make.squares(outline, order.size_m, areas, beats)
    if order.by == "square":
        return cells, None
    if order.weights is None:
        raise PlaceError("by population: give a file of places with their population")
    return make.by_population(cells, _people(cells, order.weights), order.target)


def _people(cells: make.Cells, weights: Weights) -> NDArray[np.float64]:
    """Return the people in each cell; people outside all cells are refused rather than dropped."""
    found = make.Regions([str(i) for i in range(len(cells))], cells.shapes).of(weights.lon, weights.lat)
    lost = int((found == "").sum())
    if lost:
        raise PlaceError(
            f"{lost} of {len(found)} population places lie outside the county; remove or correct them"
        )
    return np.bincount(found.astype(np.int64), weights=weights.people, minlength=len(cells))


def _beats_of(cells: make.Cells, beats: make.Regions, *, within: bool) -> NDArray[np.str_]:
    """Return each cell's beat: the one it was cut by, else the one its representative point lies in."""
    if within or not len(beats.codes):
        return cells.beats
    points = shapely.get_coordinates(shapely.point_on_surface(cells.shapes))
    return beats.of(points[:, 0], points[:, 1])


def _rows(cells: make.Cells, numbers: list[str], beats: Any, people: Any, county12: str) -> list[GridRow]:
    return [
        GridRow(
            code=number,
            area_code=str(cells.areas[i]) or county12,
            shape=cells.shapes[i],
            beat_code=str(beats[i]),
            population=None if people is None else round(float(people[i])),
            area_m2=round(float(cells.area_m2[i]), 2),
        )
        for i, number in enumerate(numbers)
    ]


@transaction.atomic
def repair_grids(county6: str, under_m2: float, actor: Account | None = None) -> tuple[Repair, ...]:
    """Mend slivers below `under_m2` between the county's grids; one event a piece says what was done.

    Raises:
        PlaceError: unknown county, no grids, or a size that is not positive.

    """
    known_county(county6)
    grids = list(Grid.objects.in_county(county6).select_related(None).order_by("code").select_for_update())
    if not grids:
        raise PlaceError(f"county {county6} has no grids")
    shapes = np.empty(len(grids), dtype=object)
    shapes[:] = [grid.shape for grid in grids]
    try:
        mended, done = repair([g.code for g in grids], shapes, county_outline(county6), under_m2)
    except ValueError as error:
        raise PlaceError(str(error)) from error
    touched = {code for item in done for code in (item.given_to, *item.taken_from)}
    rows = [_again(g, shape) for g, shape in zip(grids, mended, strict=True) if g.code in touched]
    if rows:
        store_grids(county6, rows, actor, source="repair", verb=Verb.PLACES_REPAIRED)
    by_code = {grid.code: grid for grid in grids}
    for item in done:
        grid = by_code[item.given_to or item.taken_from[0]]
        append(Verb.PLACES_REPAIRED, grid, actor=actor, area_code=grid.area_code, data=_told(item))
    return done


def _again(grid: Grid, shape: Any) -> GridRow:
    person = grid.responsible.username if grid.responsible_id else ""
    return GridRow(
        code=grid.code, area_code=grid.area_code, shape=shape, beat_code=grid.beat_id or "", name=grid.name,
        name_en=grid.name_en, population=grid.population, responsible=person,
    )  # fmt: skip


def _told(item: Repair) -> dict[str, Any]:
    found = item.finding
    return {
        "kind": found.kind.value, "lon": round(found.lon, 7), "lat": round(found.lat, 7),
        "area_m2": round(found.area_m2, 3), "given_to": item.given_to, "taken_from": list(item.taken_from),
    }  # fmt: skip
