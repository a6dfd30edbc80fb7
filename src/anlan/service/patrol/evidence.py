"""What a county's briefing is made from: its history up to the day before, as cubes and points."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from anlan.engine.analysis.briefing import Cells, Evidence, Points
from anlan.engine.analysis.cube import CountCube
from anlan.engine.analysis.exposure import exposed_days
from anlan.engine.analysis.ranking import weights
from anlan.gateway import warehouse
from anlan.gateway.files import taxonomy
from anlan.service.incidents.models import IncidentType
from anlan.service.places.models import Beat, Grid
from anlan.service.places.queries import county_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing import Span
    from anlan.service.places.models import Area

YEARS_DAYS, GRID_DAYS, POINT_DAYS = 1096, 365, 90


class NoData(ValueError):  # noqa: N818 a state of the county, said to the reader
    """There is nothing to make a briefing from; the message says what to do."""


def zone_of(area: Area) -> str:
    """Return the county's time zone."""
    return area.time_zone or settings.TIME_ZONE


def gather(county6: str, date: Date) -> Evidence:
    """Read the evidence for a briefing of `date`: nothing from that day on.

    Raises:
        NoData: the county has no beats, or no incidents of residents before the day.

    """
    zone = zone_of(county_area(county6))
    days = _days(county6, date, zone)
    length = len(days.periods)
    try:
        hours = _cube(county6, date, length, "hour", "beat", zone).select(cells=days.cells)
    except ValueError:  # all of them know only their day
        hours = None
    return Evidence(
        days, hours, _grids(county6, date, length, zone),
        _points(county6, date, zone), categories(county6), _cells(county6),
        _cube(county6, date, 28, "day", "beat", zone, source="officer"), county_area(county6).shape,
    )  # fmt: skip


def categories(county6: str) -> dict[str, str]:
    """Return type → category: the seed's, then the common types, then the county's own."""
    found = {entry.code: entry.category for entry in taxonomy.load()}
    rows = IncidentType.objects.filter(county__in=["", county6]).order_by("county")
    return found | dict(rows.values_list("code", "category"))


def _cube(
    county6: str, date: Date, days: int, step: str, cells: str, zone: str, source: str = "resident"
) -> CountCube:
    return warehouse.count_cube(
        settings.HISTORY_DIR, county6, date - timedelta(days=days), date,
        step=step, zone=zone, cells=cells, source=source,
    )  # fmt: skip


def _days(county6: str, date: Date, zone: str) -> CountCube:
    """Read the days by beat, all beats, from the first day of the record."""
    beats = beat_codes(county6)
    days = _cube(county6, date, YEARS_DAYS, "day", "beat", zone)
    if not days.total:
        raise NoData(_("There are no incidents reported by residents in the three years before this day."))
    return _from_first(days).select(cells=beats)


def days_between(county6: str, start: Date, end: Date) -> CountCube:
    """Return the days from `start` to `end` (excluded) by beat, all beats.

    Raises:
        NoData: the county has no beats.

    """
    beats = beat_codes(county6)
    return _cube(county6, end, (end - start).days, "day", "beat", zone_of(county_area(county6))).select(
        cells=beats
    )


def hours_between(county6: str, span: Span) -> CountCube | None:
    """Return the hours of a span by beat, None where all incidents know only their day."""
    zone = zone_of(county_area(county6))
    try:
        return _cube(county6, span.end, span.days, "hour", "beat", zone)
    except ValueError:
        return None


def beat_codes(county6: str) -> list[str]:
    """Return the codes of the county's beats.

    Raises:
        NoData: it has none.

    """
    beats = list(Beat.objects.in_county(county6).values_list("code", flat=True).order_by("code"))
    if not beats:
        raise NoData(_("The county has no beats. Import or make them first."))
    return beats


def _grids(county6: str, date: Date, length: int, zone: str) -> CountCube:
    return _cube(county6, date, min(length, GRID_DAYS), "day", "grid", zone)


def _from_first(days: CountCube) -> CountCube:
    """Leave out the days before the record began."""
    return days.select(start=days.periods[int(days.period.min())].astype("datetime64[D]"))


def _points(county6: str, date: Date, zone: str) -> Points:
    frame = warehouse.points(
        settings.HISTORY_DIR, county6, date - timedelta(days=POINT_DAYS), date, zone=zone, source="resident"
    )
    return Points(
        frame["occurred_local"].to_numpy().astype("datetime64[s]"),
        frame["lon"].to_numpy(), frame["lat"].to_numpy(),
        frame["type"].to_numpy().astype(str), frame["beat_code"].to_numpy().astype(str),
    )  # fmt: skip


def _cells(county6: str) -> Cells:
    """Return the county's grids that have a place, by code."""
    rows = Grid.objects.in_county(county6).filter(lon__isnull=False).order_by("code")
    found = list(rows.values_list("code", "lon", "lat", "beat_id"))
    code, lon, lat, beat = zip(*found, strict=True) if found else ((), (), (), ())
    named = np.array([name or "" for name in beat], str)
    return Cells(np.array(code, str), np.array(lon, float), np.array(lat, float), named)


def demand_weights(county6: str, date: Date) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Return the codes of grids with incidents before `date` and their discounted incidents per day.

    Reads the days by beat, for the days that count, and by grid; nothing else of the evidence.

    Raises:
        NoData: as `gather`.

    """
    zone = zone_of(county_area(county6))
    days = _days(county6, date, zone)
    grids = _grids(county6, date, len(days.periods), zone)
    exposed = exposed_days(days.dense().sum(axis=0))[-len(grids.periods) :]
    return grids.cells, weights(grids, exposed)
