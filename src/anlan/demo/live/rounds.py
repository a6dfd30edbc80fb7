"""Crews on their rounds: where orders were published they go to each stop in its time, stay, and check in.

Drives are as fast as the simulated day, stays last as long as ordered: what is planned in minutes is judged
in minutes. A call comes first, and what it costs shows as late or missed.
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
from anlan.service.incidents.models import Assignment
from anlan.service.patrol.models import DutyOrder
from anlan.service.patrol.positions import check_in, record_position
from anlan.service.places.models import Grid, PatrolLine, PatrolPoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.demo.live.day import Day
    from anlan.service.staff.models import Unit

LOOK, STILL = timedelta(seconds=30), timedelta(seconds=30)
SAID = uuid.UUID("6f1f5a52-9d0c-4c8e-8f43-7d1d6f2f9a10")
VISITED = {"point", "line", "stop"}
BEFORE_S = 5.0  # a line is through a little before its time is over


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
        busy = set(Assignment.objects.filter(ended_at=None).values_list("unit_id", flat=True))
        for stops in self.orders:
            stop = next((one for one in stops if one.leave > now), None)
            if stop is None:
                continue
            if stop.unit.pk in busy or day.visitor.holds_unit(stop.unit.pk, now):
                self.doing.pop(stop.unit.pk, None)
            else:
                self.step(day, stop, now)

    def step(self, day: Day, stop: Stop, now: datetime) -> None:
        """Set out, wait, walk the line, check in."""
        unit = stop.unit.pk
        at, stage = self.doing.get(unit, ("", ""))
        if at != stop.key:
            self.doing[unit] = stop.key, "going"
            day.travel(stop.unit, tuple(stop.way[0]), now)
        elif unit in day.trips:
            return
        elif stage == "going" and now >= stop.begin:
            self.doing[unit] = stop.key, "there"
            if stop.kind == "line":
                left = max((stop.leave - now).total_seconds() - BEFORE_S, 1.0)
                day.along(stop.unit, _even(stop.way, left * day.speed), now)
        elif stage == "there" and stop.kind != "stop":
            self.doing[unit] = stop.key, "done"
            day.attempt(check_in, stop.unit, stop.code, uuid.uuid5(SAID, stop.key), None)
        last = self.told.get(unit)
        if unit not in day.trips and (last is None or now - last >= STILL):
            self.told[unit] = now
            day.attempt(record_position, stop.unit, *stop.way[0 if stage == "going" else -1].tolist())


def _orders(now: datetime) -> list[list[Stop]]:
    """Return the stops of the orders in force."""
    rows = DutyOrder.objects.in_county(names.COUNTY6).filter(
        withdrawn_at=None, starts_at__lte=now, ends_at__gt=now
    )
    found = list(rows.select_related("unit__position"))
    ways = _ways({stop["code"] for order in found for stop in order.stops if stop["kind"] in VISITED})
    return [
        [_stop(order, number, stop, ways) for number, stop in enumerate(order.stops)
         if stop["kind"] in VISITED and stop["code"] in ways]
        for order in found
    ]  # fmt: skip


def _ways(codes: set[str]) -> dict[str, NDArray[np.float64]]:
    """Return points and hot spots as ways of one point, lines as they run."""
    found: dict[str, NDArray[np.float64]] = {}
    for kind in (PatrolPoint, Grid):
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
