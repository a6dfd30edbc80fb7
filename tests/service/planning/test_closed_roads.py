"""A closed road counts at once: in the dispatcher's list and in the plan of its day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from tests.factories import COUNTY, LAT, LON, STEP, IncidentFactory, RoadClosureFactory, posted
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY
from tests.service.planning.conftest import SHORT

from anlan.service.incidents.queries.recommended import recommended
from anlan.service.patrol.evidence import zone_of
from anlan.service.places.network import base_graph
from anlan.service.places.queries import county_area
from anlan.service.planning import inputs
from anlan.service.planning.domain import make_plan
from anlan.service.staff.models import Unit

SOUTH = shapely.Point(LON + STEP, LAT + STEP / 2)
NORTH = shapely.Point(LON + STEP, LAT + 3 * STEP / 2)


def first_two(incident: Any, account: Any) -> tuple[list[str], list[float | None]]:
    """The first two units of the list and their times."""
    options = recommended(incident, account)[:2]
    return [one.state.unit.call_sign for one in options], [one.seconds for one in options]


def test_a_closed_road_changes_the_recommended_unit(ground: None) -> None:
    """The nearest unit stands across the closed road; the other is there sooner by the way that is open."""
    account = posted("dispatcher")
    near, far, *rest = Unit.objects.order_by("call_sign")
    Unit.objects.filter(pk__in=[unit.pk for unit in rest]).update(on_duty=False)
    Unit.objects.filter(pk=near.pk).update(post_lon=LON + 3 * STEP / 2, post_lat=LAT + STEP / 2)
    Unit.objects.filter(pk=far.pk).update(post_lon=LON + STEP / 2, post_lat=LAT + 3 * STEP / 2)
    incident = IncidentFactory(lon=LON + STEP / 2, lat=LAT + STEP / 2)
    signs, seconds = first_two(incident, account)
    assert seconds[0] == seconds[1]
    closure = RoadClosureFactory(shape=shapely.Point(LON + STEP, LAT + STEP / 2))
    signs, now = first_two(incident, account)
    assert signs == [far.call_sign, near.call_sign]
    assert now[1] > 2 * now[0]
    closure.ends_at = closure.starts_at + timedelta(hours=1)
    closure.save()
    assert first_two(incident, account)[1] == seconds


def closed_on(day: Any, shape: Any, hour: int = 10) -> None:
    """A road that is closed for an hour of a day."""
    zone = ZoneInfo(zone_of(county_area(COUNTY6)))
    begin = datetime.combine(day, time(hour), zone)
    RoadClosureFactory(shape=shape, starts_at=begin, ends_at=begin + timedelta(hours=1), area_code=COUNTY)


def test_a_plan_knows_the_closures_of_its_day(briefing: Any) -> None:
    """With both roads between the halves closed one car no longer reaches all; the day after is no matter."""

    def least() -> list[int]:
        return [shift["minimum_cars"] for shift in make_plan(COUNTY6, DAY, None, how=SHORT).body["shifts"]]

    closed_on(DAY + timedelta(days=1), SOUTH)
    assert inputs.gather(COUNTY6, briefing, DAY).graph is base_graph(COUNTY6)
    assert least() == [1, 1, 1]
    closed_on(DAY, SOUTH)
    closed_on(DAY, NORTH, hour=20)
    assert least() == [2, 2, 2]
