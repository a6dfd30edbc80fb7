"""Positions and duties of a county's units as the engine takes them: metres, and seconds since a midnight."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.crs import LocalPlane
from anlan.engine.planning.adherence import CheckIns, Duty, Positions, Stays
from anlan.gateway.warehouse import transitions
from anlan.service.patrol.models import CheckIn, DutyOrder, Fix, Stay
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

RUN_GAP_S = 3600.0  # without an order, a unit that was silent for longer was not on duty in between


@dataclass(frozen=True, eq=False)
class Moves:
    """Where units were between two moments; seconds are those of the wall clock since the first.

    `silent`: duties by order from which no position came; nothing can be said of them.
    """

    plane: LocalPlane
    positions: Positions
    duties: list[Duty]
    silent: int


def clock(begin: datetime, moments: Iterable[datetime]) -> NDArray[np.float64]:
    """Return the seconds of the wall clock from an aware local moment to others."""
    epoch = np.array([moment.timestamp() for moment in moments], np.float64)
    if not len(epoch):
        return epoch
    zone, day = str(begin.tzinfo), timedelta(days=1)
    last = begin + timedelta(seconds=max(0.0, float(epoch.max()) - begin.timestamp()))
    changes = transitions(begin.date() - day, last.date() + 2 * day, zone)
    since, offset = (np.array(column) for column in zip(*changes, strict=True))
    at = np.maximum(np.searchsorted(since, epoch, side="right") - 1, 0)
    here = begin.utcoffset() or timedelta()
    return np.asarray(epoch + offset[at] - begin.timestamp() - here.total_seconds())


def positions_of(
    units: Collection[int], begin: datetime, end: datetime, plane: LocalPlane, origin: datetime
) -> Positions:
    """Return the believed fixes of units in [begin, end], timed from `origin`."""
    rows = Fix.objects.filter(unit_id__in=units, at__gte=begin, at__lte=end, aside="").order_by(
        "unit_id", "at"
    )
    found = list(rows.values_list("unit_id", "at", "lon", "lat"))
    unit, at, lon, lat = zip(*found, strict=True) if found else ((), (), (), ())
    x, y = plane.metres(np.array(lon, np.float64), np.array(lat, np.float64))
    return Positions(np.array(unit, str), clock(origin, at), x, y)


def check_ins_of(
    units: Collection[int], begin: datetime, end: datetime, plane: LocalPlane, origin: datetime
) -> CheckIns:
    """Return what units said in [begin, end], timed from `origin`; x and y are NaN without a place."""
    rows = CheckIn.objects.filter(unit_id__in=units, at__gte=begin, at__lte=end).order_by("at")
    found = list(rows.values_list("unit_id", "place_code", "at", "lon", "lat"))
    unit, place, at, lon, lat = zip(*found, strict=True) if found else ((), (), (), (), ())
    where = [
        np.array([np.nan if value is None else value for value in side], np.float64) for side in (lon, lat)
    ]
    placed = np.isfinite(where[0]) & np.isfinite(where[1])
    x, y = np.full(len(found), np.nan), np.full(len(found), np.nan)
    x[placed], y[placed] = plane.metres(where[0][placed], where[1][placed])
    return CheckIns(np.array(unit, str), np.array(place, str), clock(origin, at), x, y)


def stays_of(units: Collection[int], begin: datetime, end: datetime, origin: datetime) -> Stays:
    """Return the stays that units timed and ended and that touch [begin, end], timed from `origin`."""
    rows = Stay.objects.filter(unit_id__in=units, begun_at__lte=end, ended_at__gte=begin).order_by("begun_at")
    found = list(rows.values_list("unit_id", "place_code", "begun_at", "ended_at"))
    unit, place, begun, ended = zip(*found, strict=True) if found else ((), (), (), ())
    return Stays(np.array(unit, str), np.array(place, str), clock(origin, begun), clock(origin, ended))


def moves(county6: str, begin: datetime, end: datetime) -> Moves:
    """Return the positions of all units of a county between two moments, and when they were on duty.

    On duty is who had an order, and who sent positions, which are taken from units on duty only.
    """
    units = set(Unit.objects.in_county(county6).values_list("pk", flat=True))
    plane = plane_of(county6)
    positions = positions_of(units, begin, end, plane, begin)
    of_unit: dict[str, NDArray[np.float64]] = {
        unit: positions.time_s[positions.unit == unit] for unit in np.unique(positions.unit).tolist()
    }
    spans, silent = _ordered(county6, begin, end, of_unit)
    duties = [Duty(unit, *span) for unit, mine in spans.items() for span in mine]
    for unit, times in of_unit.items():
        duties += [Duty(unit, first, last) for first, last in _runs(times, spans[unit])]
    return Moves(plane, positions, duties, silent)


def plane_of(county6: str) -> LocalPlane:
    """Return a plane about the middle of the county's units."""
    rows = Unit.objects.in_county(county6).filter(post_lon__isnull=False, post_lat__isnull=False)
    found = np.array(rows.values_list("post_lon", "post_lat"), np.float64).reshape(-1, 2)
    if not len(found):
        rows = Fix.objects.filter(unit__area_code__startswith=county6, aside="")
        fix = rows.values_list("lon", "lat").first()
        return LocalPlane(*(fix or (0.0, 0.0)))
    return LocalPlane(float(found[:, 0].mean()), float(found[:, 1].mean()))


def _ordered(
    county6: str, begin: datetime, end: datetime, of_unit: dict[str, NDArray[np.float64]]
) -> tuple[defaultdict[str, list[tuple[float, float]]], int]:
    """Return the duties by order of units that sent positions meanwhile, and how many sent none."""
    rows = DutyOrder.objects.in_county(county6).filter(
        withdrawn_at=None, starts_at__lt=end, ends_at__gt=begin
    )
    found = list(rows.values_list("unit_id", "starts_at", "ends_at"))
    spans: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    silent = 0
    whole = (end - begin).total_seconds()
    starts, ends = (clock(begin, [row[column] for row in found]) for column in (1, 2))
    for (unit, *_), first, last in zip(found, starts.tolist(), ends.tolist(), strict=True):
        times = of_unit.get(str(unit), np.zeros(0))
        if ((times >= first) & (times <= last)).any():
            spans[str(unit)].append((max(first, 0.0), min(last, whole)))
        else:
            silent += 1
    return spans, silent


def _runs(times: NDArray[np.float64], ordered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the stretches of positions outside of the orders, cut where a unit was silent for long."""
    inside = np.zeros(len(times), bool)
    for first, last in ordered:
        inside |= (times >= first) & (times <= last)
    free = np.sort(times[~inside])
    if not len(free):
        return []
    runs = np.split(free, np.flatnonzero(np.diff(free) > RUN_GAP_S) + 1)
    return [(float(run[0]), float(run[-1])) for run in runs if run[-1] > run[0]]
