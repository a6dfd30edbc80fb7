"""Planned against done: judged from check-ins and positions, the unknown kept apart from the missed."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.conf import settings as current
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.factories import (
    COUNTY,
    ELSEWHERE,
    LAT,
    LON,
    STEP,
    TOWNSHIPS,
    AssignmentFactory,
    CheckInFactory,
    DutyOrderFactory,
    FixFactory,
    PatrolLineFactory,
    PatrolPointFactory,
    StayFactory,
    TeamFactory,
    UnitFactory,
)

from anlan.service.patrol.models import DutyOrder, Fix
from anlan.service.places.models import Grid
from anlan.service.planning.done import page as words
from anlan.service.planning.done import read
from anlan.service.planning.done.day import day_done, last_day
from anlan.service.staff.models import Role

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.planning.done.day import DayDone
    from anlan.service.staff.models import Unit

COUNTY6 = COUNTY[:6]
DAY = datetime(2026, 3, 4).date()
HOUR = 3600
FAR = (LON + 3 * STEP, LAT)
"""Three kilometres from the first grid's middle."""
HERE = (LON + STEP / 2, LAT + STEP / 2)


def at(seconds: float, day: Date = DAY) -> datetime:
    """Return a moment so many seconds after the day's local midnight."""
    return datetime.combine(day, time(), ZoneInfo(current.TIME_ZONE)) + timedelta(seconds=seconds)


def stop(kind: str, code: str, begin: float, leave: float) -> dict[str, Any]:
    """Return a stop as an order holds it."""
    return {
        "kind": kind,
        "code": code,
        "arrive_s": begin,
        "begin_s": begin,
        "leave_s": leave,
        "direction": "",
    }


def order(unit: Unit, *stops: dict[str, Any], hours: tuple[int, int] = (8, 12), **more: Any) -> DutyOrder:
    """Give a unit an order for some hours of the day."""
    given = {
        "unit": unit,
        "stops": list(stops),
        "starts_at": at(hours[0] * HOUR),
        "ends_at": at(hours[1] * HOUR),
        "given_at": at(0),
    }
    return DutyOrderFactory(**given | {"area_code": unit.area_code, "date": DAY} | more)


def drove(unit: Unit, *legs: tuple[float, tuple[float, float]], every: int = 60) -> None:
    """Send a fix a minute: at each leg's second the unit is at its place, straight ways between."""
    rows = []
    for (begin, one), (end, two) in pairwise(legs):
        for second in range(int(begin), int(end), every):
            part = (second - begin) / (end - begin)
            where = [a + part * (b - a) for a, b in zip(one, two, strict=True)]
            rows.append(Fix(unit=unit, at=at(second), lon=where[0], lat=where[1]))
    Fix.objects.bulk_create(rows)


def states(found: DayDone | None) -> list[tuple[str, str]]:
    """Return state and reason of everything planned, in order."""
    assert found is not None
    return [(one.state, one.why) for one in found.judged]


@pytest.fixture
def unit(county: Any) -> Unit:
    """A car of the first beat, whose home is far from the places."""
    return UnitFactory(beat_code=f"{TOWNSHIPS[0][:9]}B001", post_lon=LON + STEP, post_lat=LAT + 2 * STEP)


@pytest.fixture
def point(county: Any) -> Any:
    """A patrol point in the first grid's middle."""
    return PatrolPointFactory(code="P1")


def test_positions_show_a_visit_on_time_late_and_none(unit: Unit, point: Any) -> None:
    """There at nine: on time for nine, late for eight, and missed for half past eleven."""
    order(unit, *(stop("point", "P1", hour * HOUR, hour * HOUR + 300) for hour in (8, 9, 11.5)))
    drove(unit, (8 * HOUR, FAR), (9 * HOUR, HERE), (9.1 * HOUR, HERE), (10 * HOUR, FAR), (16 * HOUR, FAR))
    Fix.objects.filter(at__gt=at(14 * HOUR)).delete()
    found = day_done(COUNTY6, None, DAY)
    assert [state for state, _why in states(found)] == ["late", "on_time", "missed"]


def test_a_check_in_alone_is_a_visit(unit: Unit, point: Any) -> None:
    """Without any position the crew's word counts for a point."""
    order(unit, stop("point", "P1", 9 * HOUR, 9 * HOUR + 300))
    CheckInFactory(unit=unit, place_code="P1", at=at(9 * HOUR + 60))
    assert states(day_done(COUNTY6, None, DAY)) == [("on_time", "check_in")]


def test_the_crews_timer_fills_what_no_position_shows(unit: Unit, county: Any) -> None:
    """Twelve minutes by the timer without network are a stop; positions elsewhere speak louder than it."""
    hot = f"{TOWNSHIPS[0]}0001"
    order(unit, *(stop("stop", hot, hour * HOUR, hour * HOUR + 600) for hour in (9, 11)))
    drove(unit, (8 * HOUR, FAR), (8.5 * HOUR, FAR), (10 * HOUR, FAR), (13 * HOUR, FAR), (16 * HOUR, FAR))
    Fix.objects.filter(at__gt=at(8.5 * HOUR), at__lt=at(10 * HOUR)).delete()
    for hour in (9, 11):
        begun = at(hour * HOUR)
        StayFactory(unit=unit, place_code=hot, begun_at=begun, ended_at=begun + timedelta(minutes=12))
    found = day_done(COUNTY6, None, DAY)
    assert states(found) == [("on_time", "timer"), ("missed", "not_seen")]
    assert found is not None
    assert [(one.done.dose_s, one.done.told_s) for one in found.judged] == [(720, 720), (0, 0)]


def test_time_on_task_is_the_duty_spent_on_incidents(unit: Unit, point: Any) -> None:
    """From dispatch to the end, inside the order only, what overlaps once; on the page and in Excel."""
    order(unit, stop("point", "P1", 9 * HOUR, 9 * HOUR + 300))
    begin = DutyOrder.objects.get().starts_at
    for first, last in ((-30, 30), (60, 90), (80, 100)):
        begun, ended = (begin + timedelta(minutes=minutes) for minutes in (first, last))
        AssignmentFactory(unit=unit, assigned_at=begun, ended_at=ended, status="cleared")
    found = day_done(COUNTY6, None, DAY)
    assert found is not None
    assert found.tasks == {unit.pk: 70 * 60.0}
    assert [row.task_s for row in words.page(COUNTY6, found)["units"]] == [70 * 60.0]


def test_without_positions_nothing_is_missed(unit: Unit, point: Any) -> None:
    """A silent unit could not be checked, and the page says so."""
    order(unit, stop("point", "P1", 9 * HOUR, 9 * HOUR + 300))
    found = day_done(COUNTY6, None, DAY)
    assert states(found) == [("unknown", "no_positions")]
    row = words.page(COUNTY6, found)["whole"]  # type: ignore[arg-type]
    assert (row.points.unknown, row.points.missed, row.visible) == (1, 0, "–")


def test_a_gap_may_hide_a_visit(unit: Unit, point: Any) -> None:
    """Two hours of silence in which one could have been there: not missed."""
    order(unit, stop("point", "P1", 9 * HOUR, 9 * HOUR + 300))
    drove(unit, (8 * HOUR, FAR), (8.5 * HOUR, FAR))
    drove(unit, (10.5 * HOUR, FAR), (12 * HOUR, FAR))
    assert states(day_done(COUNTY6, None, DAY)) == [("unknown", "gap")]


def test_minutes_at_a_hot_spot(unit: Unit) -> None:
    """Eight of fifteen minutes are in part, fifteen are enough; together eight and fifteen of thirty."""
    codes = list(Grid.objects.order_by("code").values_list("code", flat=True)[:2])
    middles = [tuple(Grid.objects.values_list("lon", "lat").get(code=code)) for code in codes]
    order(
        unit,
        stop("stop", codes[0], 8.5 * HOUR, 8.75 * HOUR), stop("stop", codes[1], 9.5 * HOUR, 9.75 * HOUR),
    )  # fmt: skip
    legs = [(8 * HOUR, FAR), (8.5 * HOUR - 1, FAR), (8.5 * HOUR, middles[0]), (8.5 * HOUR + 480, middles[0])]
    legs += [(8.5 * HOUR + 481, FAR), (9.5 * HOUR - 1, FAR), (9.5 * HOUR, middles[1])]
    drove(unit, *legs, (9.75 * HOUR + 60, middles[1]), (9.75 * HOUR + 61, FAR), (12 * HOUR, FAR), every=1)
    found = day_done(COUNTY6, None, DAY)
    assert [state for state, _why in states(found)] == ["short", "on_time"]
    whole = words.page(COUNTY6, found)  # type: ignore[arg-type]
    assert (round(whole["whole"].minutes), whole["whole"].minutes_planned) == (23, 30)
    assert whole["trouble"][0]["why"] == "8 of 15 minutes"


def test_a_line_is_covered_by_driving_it(unit: Unit) -> None:
    """Driven along on time; its kilometres add up; visible patrol is most of the hour."""
    PatrolLineFactory(code="L1")
    order(unit, stop("line", "L1", 9 * HOUR, 9 * HOUR + 900), hours=(9, 10))
    ends = (LON, LAT), (LON + STEP, LAT + STEP)
    drove(unit, (9 * HOUR, ends[0]), (9 * HOUR + 600, ends[1]), (10 * HOUR, FAR), every=10)
    found = day_done(COUNTY6, None, DAY)
    assert states(found) == [("on_time", "position")]
    row = words.page(COUNTY6, found)["units"][0]  # type: ignore[arg-type]
    assert row.lines.covered == 1
    assert row.km == pytest.approx(row.km_planned, rel=0.02)
    assert row.known == "100 %"
    assert row.visible not in {"–", "0 %"}


def test_a_place_that_is_gone_could_not_be_checked(unit: Unit) -> None:
    """Neither missed nor a fault: the code stands there with the reason."""
    order(unit, stop("point", "gone", 9 * HOUR, 9 * HOUR + 60), stop("meal", "", 10 * HOUR, 11 * HOUR))
    drove(unit, (8 * HOUR, FAR), (12 * HOUR, FAR))
    found = day_done(COUNTY6, None, DAY)
    assert states(found) == [("unknown", "no_place")]
    assert words.page(COUNTY6, found)["trouble"][0]["why"] == "the place is not known any more"  # type: ignore[arg-type]


def test_what_still_has_time_is_not_judged(unit: Unit, point: Any) -> None:
    """Of today's stops the one that began ten minutes ago is open, the one of tomorrow as well."""
    now = timezone.localtime()
    today, second = now.date(), (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    stops = [stop("point", "P1", second + shift, second + shift + 60) for shift in (-600, 30_000)]
    span = {"date": today, "starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=7)}
    span["given_at"] = now - timedelta(hours=2)
    DutyOrderFactory(unit=unit, stops=stops, **span)
    FixFactory(unit=unit, at=now - timedelta(minutes=20), lon=FAR[0], lat=FAR[1])
    found = day_done(COUNTY6, None, today)
    assert [state for state, _why in states(found)] == ["open", "open"]
    assert not words.page(COUNTY6, found)["due"]  # type: ignore[arg-type]
    FixFactory(unit=unit, at=now - timedelta(minutes=5))
    assert [state for state, _why in states(day_done(COUNTY6, None, today))] == ["on_time", "open"]


def test_only_orders_in_force_of_own_units_count(unit: Unit, point: Any, posted: Any) -> None:
    """Withdrawn beforehand is out; a township's patrol sees its own; elsewhere nobody sees any."""
    order(unit, stop("point", "P1", 9 * HOUR, 9 * HOUR + 60), withdrawn_at=at(7 * HOUR))
    assert day_done(COUNTY6, None, DAY) is None
    assert last_day(COUNTY6, None, DAY) is None
    order(unit, stop("point", "P1", 9 * HOUR, 9 * HOUR + 60))
    assert last_day(COUNTY6, None, DAY + timedelta(days=5)) == DAY
    for area, sees in ((COUNTY, True), (TOWNSHIPS[0], True), (TOWNSHIPS[1], False), (ELSEWHERE, False)):
        assert (day_done(COUNTY6, posted(Role.PATROL, area), DAY) is not None) is sees, area


def test_a_crew_is_judged_by_the_order_it_had(unit: Unit, point: Any) -> None:
    """Replaced at ten: the old one's nine and the new one's eleven o'clock count, half past eight not."""
    stops = [stop("point", "P1", hour * HOUR, hour * HOUR + 60) for hour in (9, 11)]
    order(unit, *stops, withdrawn_at=at(10 * HOUR), given_at=at(7 * HOUR))
    order(unit, *stops, stop("point", "P1", 8.5 * HOUR, 8.6 * HOUR), given_at=at(10 * HOUR))
    drove(unit, (8 * HOUR, FAR), (9 * HOUR, HERE), (9.1 * HOUR, HERE), (10 * HOUR, FAR), (14 * HOUR, FAR))
    found = day_done(COUNTY6, None, DAY)
    assert found is not None
    assert [(one.begin_s, one.state) for one in found.judged] == [
        (9 * HOUR, "on_time"),
        (11 * HOUR, "missed"),
    ]
    assert next(one for one in found.rates.groups if one.by == "all").duty_s == 4 * HOUR
    assert found.since is None


def test_what_was_planned_for_before_the_order_came_is_not_judged(
    unit: Unit, point: Any, client_as: Any
) -> None:
    """Given at ten for a shift from eight: the page says so, and nine o'clock is no one's fault."""
    stops = [stop("point", "P1", hour * HOUR, hour * HOUR + 60) for hour in (9, 11)]
    order(unit, *stops, given_at=at(10 * HOUR))
    found = day_done(COUNTY6, None, DAY)
    assert found is not None
    assert [one.begin_s for one in found.judged] == [11 * HOUR]
    text = client_as(Role.PLANNER).get(reverse("planning:done"), {"day": DAY}).content.decode()
    assert "The first orders of the day were given at 10:00." in text


def test_team_and_beat_narrow_the_day(unit: Unit, point: Any, client_as: Any) -> None:
    """Filters leave the others out; a team without orders has the empty state."""
    team, idle = TeamFactory(area_code=TOWNSHIPS[0]), TeamFactory(area_code=TOWNSHIPS[0])
    other = UnitFactory(team=team, beat_code=f"{TOWNSHIPS[0][:9]}B002")
    for one in (unit, other):
        order(one, stop("point", "P1", 9 * HOUR, 9 * HOUR + 60))
    assert {one.order.unit for one in day_done(COUNTY6, None, DAY, team=team.code).judged} == {other}  # type: ignore[union-attr]
    assert {one.order.unit for one in day_done(COUNTY6, None, DAY, beat=unit.beat_code).judged} == {unit}  # type: ignore[union-attr]
    text = client_as(Role.PLANNER).get(reverse("planning:done"), {"day": DAY, "team": idle.code})
    assert "No orders were given for this day" in text.content.decode()


def test_the_page_shows_the_last_day_with_orders(unit: Unit, point: Any, client_as: Any) -> None:
    """Unit, beat, what was not done and why; the same as Excel with three sheets."""
    order(unit, stop("point", "P1", 9 * HOUR, 9 * HOUR + 60))
    client = client_as(Role.PLANNER)
    text = client.get(reverse("planning:done")).content.decode()
    for said in (unit.call_sign, "Place", "could not check", "no positions came", "no fault of the crew"):
        assert said in text
    answer = client.get(reverse("planning:done_file"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [sheet.max_row for sheet in book] == [3, 2, 2]
    assert book.worksheets[2]["H2"].value == "could not check"


def test_without_orders_the_page_says_so(county: Any, client_as: Any) -> None:
    """An empty state, and no file."""
    client = client_as(Role.PATROL)
    assert "No orders were given" in client.get(reverse("planning:done")).content.decode()
    assert client.get(reverse("planning:done_file")).status_code == 400


@pytest.mark.parametrize(
    "query",
    [{"day": "yesterday"}, {"day": "0001-01-01"}, {"team": "x"}, {"beat": "\0"}, {"day": "9999-12-31"}],
)
def test_bad_questions_are_refused(unit: Unit, point: Any, client_as: Any, query: dict[str, str]) -> None:
    """400 with the field marked, never a fault."""
    order(unit, stop("point", "P1", 9 * HOUR, 9 * HOUR + 60))
    client = client_as(Role.PATROL)
    for name in ("planning:done", "planning:done_file"):
        assert client.get(reverse(name), query).status_code == 400


@pytest.mark.parametrize("units", [1, 30])
def test_many_units_take_as_many_queries_as_one(county: Any, point: Any, client_as: Any, units: int) -> None:
    """Orders, fixes, check-ins and names are each read once."""
    for one in UnitFactory.create_batch(units, beat_code=f"{TOWNSHIPS[0][:9]}B001"):
        order(one, stop("point", "P1", 9 * HOUR, 9 * HOUR + 60))
        FixFactory(unit=one, at=at(9 * HOUR))
    client = client_as(Role.PLANNER)
    client.get(reverse("planning:done"))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("planning:done")).status_code == 200
    assert len(asked) <= 28


def test_the_clock_is_that_of_the_wall() -> None:
    """On the day the clocks go forward three in the morning is 10,800 seconds after midnight."""
    midnight = datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Berlin"))
    moments = [datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)]
    assert read.clock(midnight, moments).tolist() == [1.5 * HOUR, 3 * HOUR]
    assert read.clock(midnight, [midnight - timedelta(hours=2)]).tolist() == [-2 * HOUR]
