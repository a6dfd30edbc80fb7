"""Crews on their rounds: where orders were published they go to each stop in its time, stay, and check in.

Drives are as fast as the simulated day, stays last as long as ordered: what is planned in minutes is judged
in minutes. A call comes first, and what it costs shows as late or missed. In reserve and at meals a crew
stays where it is.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from anlan.demo.generate import names
from anlan.demo.live.route import Route
from anlan.service.incidents.models import Assignment, Move
from anlan.service.patrol.domain import check_in
from anlan.service.patrol.models import DutyOrder
from anlan.service.patrol.positions import record_position
from anlan.service.places.models import Grid, PatrolLine, PatrolPoint, StandbyPost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.demo.live.day import Day
    from anlan.service.staff.models import Unit

LOOK, STILL = timedelta(seconds=30), timedelta(seconds=30)
SAID = uuid.UUID("6f1f5a52-9d0c-4c8e-8f43-7d1d6f2f9a10")
GONE_TO = {"point", "line", "stop", "post"}
CHECKED_IN = {"point", "line"}
BEFORE_S = 30.0  # a line is through a little before its time is over, so that there is time to check in


@dataclass(frozen=True, eq=False)
class Stop:
    """One stop of an order: who, where (a line's whole way), from when to when."""

    key: str
    unit: Unit
    kind: str
    code: str
    way: NDArray[np.float64]
    begin: datetime
    leave: datetime


class Rounds:
    """What the crews with orders are about; `doing`: unit → the stop it goes to or is at, and its stage."""

    def __init__(self) -> None:
        self.orders: list[list[Stop]] = []
        self.looked = datetime.min.replace(tzinfo=UTC)
        self.doing: dict[int, tuple[str, str]] = {}
        self.told: dict[int, datetime] = {}

    def go(self, day: Day, now: datetime) -> None:
        """Let every free crew do the next step of its order."""
        if now - self.looked >= LOOK:
            self.orders, self.looked = _orders(now), now
        busy = {
            unit for kind in (Assignment, Move)
            for unit in kind.objects.filter(ended_at=None).values_list("unit_id", flat=True)
        }  # fmt: skip
        for stops in self.orders:
            unit = stops[0].unit
            if day.visitor.holds_unit(unit.pk, now):
                self.doing.pop(unit.pk, None)
                continue
            stop = next((one for one in stops if one.leave > now), None)
            if unit.pk in busy:
                self.doing.pop(unit.pk, None)
            elif stop is not None:
                self.step(day, stop, now)
            self.stand(day, unit, now)

    def step(self, day: Day, stop: Stop, now: datetime) -> None:
        """Set out, wait, walk the line, check in."""
        unit = stop.unit
        at, stage = self.doing.get(unit.pk, ("", ""))
        if at != stop.key:
            self.doing[unit.pk] = stop.key, "going"
            day.travel(unit, tuple(stop.way[0]), now)
        elif unit.pk in day.trips:
            return
        elif stage == "going" and now >= stop.begin:
            self.doing[unit.pk] = stop.key, "there"
            if stop.kind == "line":
                left = (stop.leave - now).total_seconds()
                day.along(unit, _even(stop.way, max(left - BEFORE_S, left / 2) * day.speed), now)
        elif stage == "there" and stop.kind in CHECKED_IN:
            self.doing[unit.pk] = stop.key, "done"
            day.attempt(check_in, unit, stop.code, uuid.uuid5(SAID, stop.key), None)

    def stand(self, day: Day, unit: Unit, now: datetime) -> None:
        """Let a crew that stands send its position now and then."""
        last = self.told.get(unit.pk)
        if unit.pk not in day.trips and (last is None or now - last >= STILL):
            self.told[unit.pk] = now
            day.attempt(record_position, unit, *day.whereabouts(day.fresh(unit), now))


def _orders(now: datetime) -> list[list[Stop]]:
    """Return the stops of the orders in force; an order without any is left out."""
    rows = DutyOrder.objects.in_county(names.COUNTY6).filter(
        withdrawn_at=None, starts_at__lte=now, ends_at__gt=now
    )
    found = list(rows.select_related("unit"))
    ways = _ways({stop["code"] for order in found for stop in order.stops if stop["kind"] in GONE_TO})
    listed = [
        [_stop(order, number, stop, ways) for number, stop in enumerate(order.stops)
         if stop["kind"] in GONE_TO and stop["code"] in ways]
        for order in found
    ]  # fmt: skip
    return [stops for stops in listed if stops]


def _ways(codes: set[str]) -> dict[str, NDArray[np.float64]]:
    """Return points, hot spots and posts as ways of one point, lines as they run."""
    found: dict[str, NDArray[np.float64]] = {}
    for kind in (PatrolPoint, Grid, StandbyPost):
        rows = kind.objects.filter(code__in=codes, lon__isnull=False).values_list("code", "lon", "lat")
        found |= {code: np.array([[lon, lat]]) for code, lon, lat in rows}
    for row in PatrolLine.objects.filter(code__in=codes, geometry__isnull=False):
        if row.shape.geom_type == "LineString":
            found[row.code] = np.asarray(row.shape.coords)[:, :2]
    return found


def _stop(order: DutyOrder, number: int, stop: dict[str, Any], ways: dict[str, Any]) -> Stop:
    midnight = datetime.combine(order.date, time(), ZoneInfo(settings.TIME_ZONE))
    way = ways[stop["code"]]
    if stop.get("direction") == "back":
        way = way[::-1]
    begin, leave = (midnight + timedelta(seconds=stop[name]) for name in ("begin_s", "leave_s"))
    return Stop(f"{order.pk}:{number}", order.unit, stop["kind"], stop["code"], way, begin, leave)


def _even(way: NDArray[np.float64], seconds: float) -> Route:
    """Return a way driven at an even speed in so many seconds of the simulated day."""
    steps = np.hypot(*np.diff(way, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    return Route(way, along / max(float(along[-1]), 1e-12) * seconds)
