"""Crews on their rounds: to each stop of the order in its time, checked in, calls and visitors first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.utils import timezone
from tests.demo.test_demo_live import DEMO, ROUTER, pass_time, visitor

from anlan.demo.generate import names
from anlan.demo.live.calls import Calls
from anlan.demo.live.day import Day
from anlan.gateway.files import taxonomy
from anlan.service.incidents import domain
from anlan.service.incidents.models import Incident
from anlan.service.patrol.duty import set_duty
from anlan.service.patrol.models import CheckIn, DutyOrder, Fix, Position
from anlan.service.places.models import Grid, PatrolLine, PatrolPoint
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db
MINUTE = 60


@pytest.fixture
def day(stored: None) -> Day:
    """The small county's day with patrol points and lines, fifty times as fast, without calls of its own."""
    rng = np.random.default_rng(5)
    made = Day(Calls(DEMO, taxonomy.load(), rng), ROUTER, 50.0, rng)
    made.calls.rates = made.calls.rates * 1e-9
    made.stand_by()
    return made


def ordered(unit: Unit, begin: datetime, *stops: tuple[str, str, float, float]) -> DutyOrder:
    """Give a unit an order: kind, code, and minutes from `begin` on."""
    midnight = timezone.localtime(begin).replace(hour=0, minute=0, second=0, microsecond=0)
    since = (begin - midnight).total_seconds()
    rows = [
        {
            "kind": kind, "code": code, "direction": "", "arrive_s": since + first * MINUTE,
            "begin_s": since + first * MINUTE, "leave_s": since + last * MINUTE,
        }
        for kind, code, first, last in stops
    ]  # fmt: skip
    return DutyOrder.objects.create(
        unit=unit, area_code=unit.area_code, date=midnight.date(), shift="day", starts_at=begin,
        ends_at=begin + timedelta(hours=8), given_at=begin, stops=rows,
    )  # fmt: skip


def checked_in(unit: Unit) -> list[str]:
    """Where a unit said it was, in order."""
    return list(CheckIn.objects.filter(unit=unit).order_by("pk").values_list("place_code", flat=True))


def pass_finely(day: Day, ticks: int, now: datetime) -> datetime:
    """Let so many ticks of ten seconds pass and return when it is then."""
    for _ in range(ticks):
        day.tick(now, 10.0)
        now += timedelta(seconds=10)
    return now


def test_a_crew_goes_its_round(day: Day) -> None:
    """Point and line are checked in once each, the line driven to its end, the hot spot stood at."""
    unit, now = Unit.objects.get(call_sign="P102"), timezone.now()
    point, line, grid = PatrolPoint.objects.first(), PatrolLine.objects.first(), Grid.objects.first()
    ordered(
        unit, now, ("point", point.code, 2, 7), ("line", line.code, 10, 15), ("meal", "meal", 15, 16),
        ("stop", grid.code, 20, 32),
    )  # fmt: skip
    now = pass_finely(day, 100, now)
    assert checked_in(unit) == [point.code, line.code]
    ends = np.asarray(line.shape.coords)[[0, -1], :2]
    driven = np.array(Fix.objects.filter(unit=unit).values_list("lon", "lat"))
    assert all(np.hypot(*(driven - end).T).min() < 1e-3 for end in ends)
    pass_time(day, 30, now)
    position = Position.objects.get(unit=unit)
    assert (position.lon, position.lat) == pytest.approx((grid.lon, grid.lat), abs=1e-9)
    assert len(checked_in(unit)) == 2


def test_a_line_ordered_backwards_is_driven_from_its_end(day: Day) -> None:
    """Ahead of its time the crew waits where the line ends."""
    unit, now, line = Unit.objects.get(call_sign="P102"), timezone.now(), PatrolLine.objects.first()
    order = ordered(unit, now, ("line", line.code, 60, 65))
    order.stops[0]["direction"] = "back"
    order.save()
    pass_time(day, 40, now)
    position = Position.objects.get(unit=unit)
    assert (position.lon, position.lat) == pytest.approx(line.shape.coords[-1][:2], abs=1e-9)
    assert not checked_in(unit)


def test_a_call_comes_before_the_round(day: Day) -> None:
    """Sent to a call in time for its point, the crew checks nothing in meanwhile, and goes on afterwards."""
    unit, now, point = Unit.objects.get(call_sign="P102"), timezone.now(), PatrolPoint.objects.first()
    ordered(unit, now, ("point", point.code, 1, 5), ("point", point.code, 30, 35))
    day.open_with(1)
    domain.assign(Incident.objects.get(), [unit], day.people["sim-dispatcher"], confirmed=True)
    now = pass_time(day, 2, now)
    assert not checked_in(unit)
    pass_time(day, 100, now)
    assert checked_in(unit)[-1] == point.code


def test_a_unit_in_a_visitor_s_hand_is_not_sent_round(day: Day) -> None:
    """Brought on duty by hand it stays where it is, order or not."""
    unit, now, point = Unit.objects.get(call_sign="P102"), timezone.now(), PatrolPoint.objects.first()
    ordered(unit, now, ("point", point.code, 0, 5))
    set_duty(unit, on_duty=False, actor=visitor())
    set_duty(unit, on_duty=True, actor=visitor())
    pass_time(day, 10, now)
    assert not checked_in(unit)
    assert not Position.objects.filter(unit=unit).exists()


def test_orders_of_unknown_places_or_withdrawn_ones_move_nobody(day: Day) -> None:
    """A code that is gone, and an order taken back."""
    unit, now, point = Unit.objects.get(call_sign="P102"), timezone.now(), PatrolPoint.objects.first()
    ordered(unit, now, ("point", "gone", 0, 5))
    other = Unit.objects.get(call_sign="P103")
    DutyOrder.objects.filter(pk=ordered(other, now, ("point", point.code, 0, 5)).pk).update(withdrawn_at=now)
    pass_time(day, 10, now)
    assert not CheckIn.objects.in_county(names.COUNTY6).exists()
