"""The partition check of a county's stored grids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from anlan.engine.geo import codes
from anlan.engine.geo.partition import Beats, Check, Finding, Kind, check, union
from anlan.service.places.models import Area, Beat, Grid
from anlan.service.places.queries.cells import version

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class PartitionState:
    """A check's result, or why there could be none: `reason` is "no_grids" or the words of a failure."""

    result: Check | None
    reason: str = ""
    against: str = ""

    def of_kind(self, kind: str) -> tuple[Finding, ...]:
        """Return the findings of one kind, all for the empty one."""
        if self.result is None:
            return ()
        return tuple(f for f in self.result.findings if not kind or f.kind == kind)


_kept: dict[str, tuple[Any, PartitionState]] = {}


def county_outline(county6: str) -> BaseGeometry | None:
    """Return what grids should cover: the county's outline, else the union of townships, else of beats."""
    return _outline(county6)[0]


def _outline(county6: str) -> tuple[BaseGeometry | None, str]:
    county = Area.objects.filter(code=codes.normalise(county6)).first()
    if county is not None and county.geometry is not None:
        return county.shape, "county"
    towns = Area.objects.in_county(county6).filter(level=codes.Level.TOWNSHIP, geometry__isnull=False)
    for records, name in (
        (towns, "townships"),
        (Beat.objects.in_county(county6).exclude(geometry=None), "beats"),
    ):
        shapes = [record.shape for record in records]
        if shapes:
            return union(np.array(shapes, dtype=object)), name
    return None, ""


def partition(county6: str) -> PartitionState:
    """Check the county's grids, or return the last result while nothing has changed."""
    county6 = codes.county(county6)
    people = Grid.objects.in_county(county6).filter(responsible=None).count()
    key = (version(county6), people)
    found = _kept.get(county6)
    if found is None or found[0] != key:
        found = (key, _checked(county6))
        _kept[county6] = found
    return found[1]


def _checked(county6: str) -> PartitionState:
    grids = list(Grid.objects.in_county(county6).order_by("code"))
    if not grids:
        return PartitionState(None, "no_grids")
    outline, against = _outline(county6)
    shapes = np.empty(len(grids), dtype=object)
    shapes[:] = [grid.shape for grid in grids]
    try:
        result = check([g.code for g in grids], shapes, outline, _beats(county6, grids))
    except shapely.errors.GEOSException as error:
        return PartitionState(None, str(error), against)
    lonely = [_lonely(grid) for grid in grids if grid.responsible_id is None]
    return PartitionState(replace(result, findings=(*result.findings, *lonely)), "", against)


def _beats(county6: str, grids: list[Grid]) -> Beats | None:
    beats = list(Beat.objects.in_county(county6).exclude(geometry=None).order_by("code"))
    if not beats:
        return None
    shapes = np.empty(len(beats), dtype=object)
    shapes[:] = [beat.shape for beat in beats]
    return Beats([beat.code for beat in beats], shapes, [grid.beat_id or "" for grid in grids])


def _lonely(grid: Grid) -> Finding:
    shape = grid.shape if grid.geometry is not None else shapely.Polygon()
    lon, lat = (grid.lon, grid.lat) if grid.lon is not None else (float("nan"), float("nan"))
    return Finding(Kind.NO_RESPONSIBLE, lon, lat, grid.area_m2, 0.0, (grid.code,), shape)
