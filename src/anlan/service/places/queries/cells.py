"""Grids as arrays: the table for the engine and the point location, kept while grids stay the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.db.models import Max

from anlan.engine.geo import codes
from anlan.engine.geo.locate import Locator
from anlan.service.log.models import Event
from anlan.service.places.models import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Place:
    """Where a point is: codes of its area, grid and beat; outside all grids only the county's."""

    area_code: str
    grid_code: str = ""
    beat_code: str = ""


@dataclass(frozen=True)
class GridTable:
    """A county's grids in order of code; all arrays of length n.

    `lon`, `lat` label the grid (degrees), `area_m2` is its size, `population` is NaN where unknown.
    """

    codes: NDArray[np.str_]
    area_codes: NDArray[np.str_]
    beat_codes: NDArray[np.str_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    population: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.codes)


class _Cells:
    """One county's grids at one version."""

    def __init__(self, county6: str) -> None:
        self.county6 = county6
        fields = ("code", "area_code", "beat_id", "lon", "lat", "area_m2", "population")
        rows = Grid.objects.in_county(county6).order_by("code").values_list(*fields)
        columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * len(fields)
        text, figures = columns[:3], columns[3:]
        strings = [np.array([value or "" for value in column], dtype=str) for column in text]
        self.table = GridTable(*strings, *(np.array(column, dtype=np.float64) for column in figures))

    @cached_property
    def locator(self) -> Locator:
        rows = Grid.objects.in_county(self.county6).order_by("code").values_list("geometry", flat=True)
        shapes = shapely.from_wkb([None if wkb is None else bytes(wkb) for wkb in rows])
        return Locator([str(code) for code in self.table.codes], np.asarray(shapes, dtype=object))


_kept: dict[str, tuple[tuple[Any, ...], _Cells]] = {}


def version(county6: str) -> tuple[int | None, int]:
    """Return what changes whenever the county's grids do: the last logged change, and how many there are.

    Both are read from an index alone, since every resolved point asks for this.
    """
    in_county = Grid.objects.filter(area_code__range=(f"{county6}000000", f"{county6}999999"))
    return last_change(county6), in_county.order_by().count()


def last_change(county6: str) -> int | None:
    """Return the id of the last event about the county's places, None before the first."""
    about = Event.objects.filter(record_type__in=("places.area", "places.grid"), county=county6)
    return about.aggregate(last=Max("id"))["last"]


def forget() -> None:
    """Drop what is kept in memory; the store functions and single saves call this."""
    _kept.clear()


def _cells(county6: str) -> _Cells:
    county6 = codes.county(county6)
    current = version(county6)
    found = _kept.get(county6)
    if found is None or found[0] != current:
        found = (current, _Cells(county6))
        _kept[county6] = found
    return found[1]


def grid_table(county6: str) -> GridTable:
    """Return the county's grids as arrays; empty where it has none."""
    return _cells(county6).table


def locator(county6: str) -> Locator | None:
    """Return the point location over the county's grids, None where it has none."""
    cells = _cells(county6)
    return cells.locator if len(cells.table) else None


def resolve(county6: str, lon: float, lat: float) -> Place:
    """Return the place of one point; outside all grids it is the county's twelve digits alone."""
    return resolve_many(county6, np.array([lon], dtype=float), np.array([lat], dtype=float))[0]


def resolve_many(county6: str, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[Place]:
    """Return the place of each point; `lon` and `lat` in degrees, shape (n,)."""
    cells = _cells(county6)
    nowhere = Place(codes.normalise(codes.county(county6)))
    if not len(cells.table):
        return [nowhere] * len(lon)
    table = cells.table
    return [
        nowhere if i < 0 else Place(str(table.area_codes[i]), str(table.codes[i]), str(table.beat_codes[i]))
        for i in cells.locator.locate(lon, lat)
    ]
