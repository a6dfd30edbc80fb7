"""What a day is expected to bring, read from the county's history and its briefing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings

from anlan.engine.analysis.forecast.predictive import county_predictive
from anlan.engine.planning.demand import HOURS, DayDemand, hour_shares, priority_shares
from anlan.gateway import warehouse
from anlan.service.incidents.models import IncidentType, Priority
from anlan.service.patrol import evidence
from anlan.service.patrol.evidence import zone_of
from anlan.service.places.queries import county_area, grid_table

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube
    from anlan.service.patrol.models import Briefing
    from anlan.service.places.queries import GridTable

DAYS = 364
SATURDAY = 5


def day_demand(county6: str, briefing: Briefing, date: Date) -> DayDemand:
    """Return the day's expected demand of every grid that expects any, all grids alike without a history.

    Raises:
        NoData: as `evidence.demand_weights`.

    """
    grids = grid_table(county6)
    hours = _hours(county6, date)
    expected = _expected(county6, briefing, grids)
    kept = np.flatnonzero(expected > 0)
    beats = [] if hours is None else hours.cells.tolist()
    row = {code: index for index, code in enumerate(beats)}
    beat_codes = [str(grids.beat_codes[i]) for i in kept]
    beat_of = np.array([row.get(code, -1) for code in beat_codes], np.int64)
    return DayDemand(
        [str(grids.codes[i]) for i in kept], grids.lon[kept], grids.lat[kept], beat_codes, expected[kept],
        hour_shares(_by_hour(hours), _like(hours, date), beat_of), _priorities(county6, hours),
        _alpha(hours),
    )  # fmt: skip


def _expected(county6: str, briefing: Briefing, grids: GridTable) -> NDArray[np.float64]:
    """Spread the day's expected incidents over the grids by their discounted history, (grids,)."""
    found, weight = evidence.demand_weights(county6, briefing.date)
    known = dict(zip(found.tolist(), weight.tolist(), strict=True))
    mine = np.array([known.get(str(code), 0.0) for code in grids.codes])
    if mine.sum():
        return np.asarray(mine * (briefing.body["expected_total"] / mine.sum()))
    return np.full(len(grids.codes), 1 / len(grids.codes))


def _hours(county6: str, date: Date) -> CountCube | None:
    """Read the hours of the year before by beat, None where all incidents know only their day."""
    zone = zone_of(county_area(county6))
    try:
        return warehouse.count_cube(
            settings.HISTORY_DIR, county6, date - timedelta(days=DAYS), date, step="hour", zone=zone,
            cells="beat", source="resident",
        )  # fmt: skip
    except ValueError:
        return None


def _by_hour(hours: CountCube | None) -> NDArray[np.float64]:
    if hours is None or not hours.total:
        return np.zeros((0, DAYS, HOURS))
    return hours.dense().reshape(len(hours.cells), -1, HOURS).astype(np.float64)


def _like(hours: CountCube | None, date: Date) -> NDArray[np.bool_]:
    """Which days are like the date: working days for a working day, weekends for a weekend."""
    if hours is None or not hours.total:
        return np.ones(DAYS, np.bool_)
    weekday = (hours.days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return np.asarray((weekday >= SATURDAY) == (date.weekday() >= SATURDAY))


def _priorities(county6: str, hours: CountCube | None) -> NDArray[np.float64]:
    """Return the shares of the priorities by the types of the year's incidents."""
    counts = np.zeros(len(Priority.values))
    if hours is not None and hours.total:
        rows = IncidentType.objects.filter(county__in=["", county6]).order_by("county")
        of_type = dict(rows.values_list("code", "priority"))
        seen = hours.by_type().sum(axis=1)
        for code, count in zip(hours.types.tolist(), seen, strict=True):
            counts[of_type.get(code, Priority.ROUTINE) - 1] += count
    return priority_shares(counts, len(counts))


def _alpha(hours: CountCube | None) -> float:
    """Return how much more the county's count varies from day to day than by chance."""
    if hours is None or not hours.total:
        return 0.0
    daily = _by_hour(hours).sum(axis=2)
    open_ = daily.sum(axis=0) > 0
    return float(county_predictive(daily, hours.days, open_).alpha[0])
