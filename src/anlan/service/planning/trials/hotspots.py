"""Hot spots and their incidents: grids, counted by period from the county's history.

Only what residents reported is counted: a patrol finds more where it stands, which is no effect on harm. An
incident belongs to the grid that it was resolved to when it was recorded; rings are measured from a circle as
large as the grid around its labelling point. Periods with a day on which the county's record was closed are
not recorded, which is not the same as quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from anlan.engine.analysis.exposure import exposed_days
from anlan.engine.geo.crs import LocalPlane
from anlan.engine.planning.trials import Eligibility, Hotspots, counted
from anlan.gateway import warehouse
from anlan.service.analysis.ground import Ground
from anlan.service.analysis.taxonomy import types_of
from anlan.service.patrol.evidence import NoData, zone_of
from anlan.service.places.models import Grid
from anlan.service.places.queries import county_area
from anlan.service.planning.trials.ask import BACK_WEEKS, TrialAsk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube

SMALLEST_M = 30.0  # a grid of unknown size still has a middle that one can stand in


@dataclass(frozen=True)
class Spot:
    """A grid as a hot spot: code, middle in degrees, radius in metres."""

    code: str
    lon: float
    lat: float
    radius_m: float


@dataclass(frozen=True)
class Span:
    """`periods` periods of `days` days each from a first day."""

    first: Date
    periods: int
    days: int

    @property
    def end(self) -> Date:
        """The day after the last one."""
        return self.first + timedelta(days=self.periods * self.days)


@dataclass(frozen=True, eq=False)
class Tally:
    """Incidents in places, (n, t), and rings, each (n, t); whether a period was recorded, (t,)."""

    places: NDArray[np.int64]
    rings: list[NDArray[np.int64]]
    known: NDArray[np.bool_]


def last_day(county6: str) -> Date | None:
    """Return the last local day of the county's history, None without one."""
    extent = Ground(county_area(county6)).extent
    return None if extent is None else extent[1]


def past_of(county6: str, ask: TrialAsk, today: Date) -> Span:
    """Return the past that a design rests on: at most two years of whole periods, up to the last day known.

    Raises:
        NoData: there is no history.

    """
    extent = Ground(county_area(county6)).extent
    if extent is None:
        raise NoData(_("There is no history of incidents. Import it first."))
    end = min(extent[1] + timedelta(days=1), today)
    weeks = min(BACK_WEEKS, (end - extent[0]).days // 7)
    if weeks < 1:
        raise NoData(_("The history of incidents is shorter than a week."))
    return Span(end - timedelta(days=7 * weeks), weeks * ask.in_week, ask.period_days)


def candidates(county6: str, ask: TrialAsk, past: Span) -> tuple[Hotspots, list[Spot]]:
    """Return the busiest grids of the past with their counts, -1 where not recorded; and where they are.

    Raises:
        NoData: no grid of the area has a place and incidents of these types.

    """
    spots = _spots_in(county6, ask.area)
    cube = _cube(county6, past.first, past.end)
    counts = _by_place(cube, [spot.code for spot in spots], _types(county6, ask), past)
    total = counts.sum(axis=1)
    order = sorted(np.flatnonzero(total).tolist(), key=lambda row: (-total[row], spots[row].code))
    rows = sorted(order[: ask.candidates])
    if not rows:
        raise NoData(_("No grid of this area has incidents of these types in the past."))
    chosen = [spots[row] for row in rows]
    history = np.where(_recorded(cube, past, past), counts[rows], -1)
    return _hotspots(chosen, history), chosen


def tallies(
    county6: str, ask: TrialAsk, spots: Sequence[Spot], past: Span, span: Span
) -> tuple[Tally, Tally]:
    """Return what happened in the past and in a span after it; the record is judged as a whole."""
    whole = Span(past.first, (max(past.end, span.end) - past.first).days, 1)
    cube, types = _cube(county6, whole.first, whole.end), _types(county6, ask)
    around = _around(county6, ask, spots, types, whole)
    codes = [spot.code for spot in spots]
    before, during = (
        Tally(_by_place(cube, codes, types, part), _cut(around, whole, part), _recorded(cube, whole, part))
        for part in (past, span)
    )
    return before, during


def _spots_in(county6: str, area: str) -> list[Spot]:
    rows = Grid.objects.in_county(county6).filter(lon__isnull=False, lat__isnull=False).order_by("code")
    if area:
        beats = rows.filter(beat_id=area)
        rows = beats if beats.exists() else rows.filter(area_code__startswith=area)
    return [
        Spot(code, lon, lat, max(SMALLEST_M, float(np.sqrt(size / np.pi))))
        for code, lon, lat, size in rows.values_list("code", "lon", "lat", "area_m2")
    ]


def _cube(county6: str, first: Date, end: Date) -> CountCube:
    zone = zone_of(county_area(county6))
    return warehouse.count_cube(
        settings.HISTORY_DIR, county6, first, end, step="day", zone=zone, cells="grid", source="resident"
    )


def _types(county6: str, ask: TrialAsk) -> set[str] | None:
    return types_of(county6, ask.types) if ask.types else None


def _by_place(cube: CountCube, places: list[str], types: set[str] | None, span: Span) -> NDArray[np.int64]:
    """Return the counts of the places by period, (n, t)."""
    wanted = None if types is None else [code for code in cube.types.tolist() if code in types]
    part = cube.select(start=span.first, end=span.end, cells=places, types=wanted)
    table = np.zeros((len(places), span.periods), np.int64)
    np.add.at(table, (part.cell, part.period // span.days), part.count)
    return table


def _recorded(cube: CountCube, whole: Span, span: Span) -> NDArray[np.bool_]:
    """Whether the county's record was open on all days of each period of `span`, (t,)."""
    daily = np.bincount(cube.period, weights=cube.count, minlength=len(cube.periods))
    open_ = exposed_days(daily)
    skip = (span.first - whole.first).days
    return np.asarray(
        open_[skip : skip + span.periods * span.days].reshape(span.periods, span.days).all(axis=1)
    )


def _hotspots(spots: Sequence[Spot], history: NDArray[np.int64]) -> Hotspots:
    lon, lat = (np.array([getattr(spot, name) for spot in spots]) for name in ("lon", "lat"))
    x, y = LocalPlane(float(lon.mean()), float(lat.mean())).metres(lon, lat)
    radius = np.array([spot.radius_m for spot in spots])
    return Hotspots([spot.code for spot in spots], x, y, radius, history)


def _around(
    county6: str, ask: TrialAsk, spots: Sequence[Spot], types: set[str] | None, whole: Span
) -> NDArray[np.int64]:
    """Count by day what lies around the places, and in none of them, (rings, n, days)."""
    if not ask.rings:
        return np.zeros((0, len(spots), whole.periods), np.int64)
    zone = zone_of(county_area(county6))
    frame = warehouse.points(
        settings.HISTORY_DIR, county6, whole.first, whole.end, zone=zone, source="resident"
    )
    outside = ~pl.col("grid_code").is_in([spot.code for spot in spots])
    frame = frame.filter(outside if types is None else outside & pl.col("type").is_in(types))
    days = frame["occurred_local"].to_numpy().astype("datetime64[D]") - np.datetime64(whole.first)
    lon, lat = (np.array([getattr(spot, name) for spot in spots]) for name in ("lon", "lat"))
    plane = LocalPlane(float(lon.mean()), float(lat.mean()))
    table = counted(
        *plane.metres(frame["lon"].to_numpy(), frame["lat"].to_numpy()), days.astype(int), whole.periods,
        _hotspots(spots, np.zeros((len(spots), 0), np.int64)),
        Eligibility(rings=ask.rings, ring_m=ask.ring_m),
    )  # fmt: skip
    beside = table[:1] + table[1:2]  # in the circle and not in the grid: beside it
    return np.concatenate((beside, table[2:]))


def _cut(daily: NDArray[np.int64], whole: Span, part: Span) -> list[NDArray[np.int64]]:
    """Add the days of a part up to its periods, a table for each ring."""
    skip = (part.first - whole.first).days
    days = daily[..., skip : skip + part.periods * part.days]
    return list(days.reshape(*days.shape[:2], part.periods, part.days).sum(axis=3))
