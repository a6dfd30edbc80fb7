"""A crew's order on its phone: what is to come, what was done, what nobody could do."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from tests.factories import CheckInFactory, DutyOrderFactory, PatrolPointFactory, posted, signed_in

from anlan.service.patrol.duty_queries import duty
from anlan.service.patrol.models import DutyOrder
from anlan.service.staff.models import Unit

NOW = timezone.now()
P1, P2 = "bridge", "market"


@pytest.fixture
def unit(county: Any) -> Unit:
    """The first unit, and two patrol points."""
    PatrolPointFactory(code=P1)
    PatrolPointFactory(code=P2)
    return Unit.objects.order_by("call_sign")[0]


def order(unit: Unit, *stops: tuple[str, float], given: float = -8) -> DutyOrder:
    """Give an order of ten-minute stops, hours from now; `given` so many hours from now."""
    date = timezone.localtime(NOW).date()
    midnight = datetime.combine(date, time(), ZoneInfo(settings.TIME_ZONE))
    rows = []
    for code, hours in stops:
        begin = (NOW + timedelta(hours=hours) - midnight).total_seconds()
        kind = "point" if code in {P1, P2} else code
        rows.append({"kind": kind, "code": code, "begin_s": begin, "leave_s": begin + 600})
    return DutyOrderFactory(
        unit=unit, area_code=unit.area_code, date=date, starts_at=NOW - timedelta(hours=6),
        ends_at=NOW + timedelta(hours=2), given_at=NOW + timedelta(hours=given), stops=rows,
    )  # fmt: skip


def been(unit: Unit, code: str, hours: float) -> None:
    """Check the unit in, hours from now."""
    CheckInFactory(unit=unit, place_code=code, at=NOW + timedelta(hours=hours), client_key=uuid.uuid4())


def shown(unit: Unit) -> list[tuple[str, bool, bool]]:
    """Return kind, whether over, whether visited, of each line on the phone."""
    return [(leg.kind, leg.over, bool(leg.stop and leg.stop.visited_at)) for leg in duty(unit).legs]


def test_the_order_is_shown_stop_by_stop(unit: Unit) -> None:
    """Visited, missed, a meal and what is to come; what kind of stop is unknown is left out."""
    order(unit, (P1, -3), (P2, -2), ("meal", 0.5), ("reserve", 0.7), (P1, 1))
    been(unit, P1, -3)
    assert shown(unit) == [
        ("point", True, True), ("point", True, False), ("meal", False, False), ("point", False, False),
    ]  # fmt: skip
    account = posted("patrol")
    unit.crew.add(account)
    legs = signed_in(account).get(reverse("patrol:duty_snapshot")).json()["order"]["legs"]
    assert [(leg["kind"], leg["to_visit"], leg["visited_at"] is None) for leg in legs] == [
        ("point", True, False), ("point", True, True), ("meal", False, True), ("point", True, True),
    ]  # fmt: skip


def test_what_was_over_when_the_order_came_is_left_out(unit: Unit) -> None:
    """Given an hour ago for the whole shift: nobody is reproached for what lies before."""
    order(unit, (P1, -3), ("meal", -2), (P1, -0.5), (P2, 1), given=-1)
    assert shown(unit) == [("point", True, False), ("point", False, False)]


def test_what_was_done_under_the_order_before_stays(unit: Unit) -> None:
    """The morning's visit counts for the morning's stop, not for the one to come."""
    order(unit, (P1, -3), (P2, -2.5), (P1, 1), given=-1)
    been(unit, P1, -3)
    assert shown(unit) == [("point", True, True), ("point", False, False)]


def test_a_later_visit_counts_for_the_stop_to_come(unit: Unit) -> None:
    """A place that was missed before the order came and visited since."""
    order(unit, (P1, -3), (P1, -0.5), given=-1)
    been(unit, P1, -0.4)
    assert shown(unit) == [("point", True, True)]
