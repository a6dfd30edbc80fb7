"""After the shift: the replay from the log equals the database, the timeline, the intervals."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import (
    COUNTY,
    ELSEWHERE,
    AssignmentFactory,
    FixFactory,
    IncidentFactory,
    UnitFactory,
    posted,
    signed_in,
)

from anlan.service.incidents import domain
from anlan.service.incidents.domain.escalation import set_level
from anlan.service.incidents.models import Assignment, FurtherCall, Incident, IncidentLevel
from anlan.service.incidents.queries.interval_report import table, timed
from anlan.service.incidents.queries.phases import timeline
from anlan.service.incidents.replay.read import payload, replayed
from anlan.service.patrol.duty import set_duty
from anlan.service.staff.models import Unit

CODE = COUNTY[:6]


@pytest.fixture
def busy_night(take: Any, units: Any, commander: Any, theft: Any) -> list[Incident]:
    """Everything that happens to incidents and units, in an order that a night may have."""
    one, two, three, four = (take(address=f"{number} Road", type=theft) for number in range(4))
    domain.assign(one, units[:2], commander)
    domain.advance(one.assignments.get(unit=units[0]), "en_route", commander)
    domain.advance(one.assignments.get(unit=units[0]), "on_scene", commander)
    domain.cancel(one.assignments.get(unit=units[1]), "nearer unit", commander)
    domain.amend(two, commander, priority=1, lon=None, lat=None)
    domain.assign(two, [units[1]], commander)
    domain.close(two, "handled", commander, confirmed=True)
    domain.close(three, "false_alarm", commander)
    domain.reopen(three, "rang again", commander)
    set_level(three, 4, "crowd", commander, confirmed=True)
    set_duty(units[2], on_duty=False, actor=commander)
    set_duty(units[3], on_duty=False, actor=commander)
    set_duty(units[3], on_duty=True, actor=commander)
    domain.note(four, "waits", commander)
    domain.assign(four, [units[3]], commander)
    domain.advance(four.assignments.get(), "accepted", commander)
    return [one, two, three, four]


def database(county: str) -> tuple[dict[int, Any], dict[int, Any]]:
    """What the tables say of the same facts."""
    levels = dict(IncidentLevel.objects.values_list("pk", "level"))
    incidents = {
        row.pk: {
            "number": row.number, "type": row.type.code, "priority": row.priority, "lon": row.lon,
            "lat": row.lat, "status": row.status, "disposition": row.disposition,
            "level": levels.get(row.pk, 0),
        }
        for row in Incident.objects.in_county(county).select_related("type")
    }  # fmt: skip
    there = {row.unit_id: row for row in Assignment.objects.filter(ended_at=None)}
    units = {
        unit.pk: {"state": there[unit.pk].status, "incident": there[unit.pk].incident_id}
        if unit.pk in there
        else {"state": "available" if unit.on_duty else "off_duty", "incident": None}
        for unit in Unit.objects.in_county(county)
    }
    return incidents, units


def test_replayed_to_the_end_it_equals_the_database(busy_night: Any, commander: Any) -> None:
    """Every incident and unit: status, priority, pin, level, outcome, who is where."""
    now = timezone.now()
    night = replayed(CODE, commander, now - timedelta(hours=1), now + timedelta(seconds=1))
    assert night.last() == database(CODE)


def test_at_any_moment_it_equals_what_the_database_said_then(take: Any, units: Any, commander: Any) -> None:
    """A photograph of the tables after every action is found again in the replay."""
    incident = take()
    photographs = []
    begin = timezone.now() - timedelta(hours=1)
    steps = [
        lambda: domain.assign(incident, [units[0]], commander),
        lambda: domain.advance(incident.assignments.get(), "on_scene", commander),
        lambda: domain.advance(incident.assignments.get(), "cleared", commander),
        lambda: domain.close(incident, "handled", commander),
        lambda: domain.reopen(incident, "again", commander),
        lambda: set_duty(units[1], on_duty=False, actor=commander),
    ]
    for step in steps:
        step()
        photographs.append((timezone.now(), database(CODE)))
    night = replayed(CODE, commander, begin, timezone.now())
    assert [night.at(at) for at, _told in photographs] == [told for _at, told in photographs]


def test_the_replay_holds_positions_in_the_window_and_no_foreign_ones(
    busy_night: Any, units: Any, commander: Any
) -> None:
    """Fixes before it, aside or of another county's unit are left out; close ones are thinned."""
    now = timezone.now().replace(microsecond=0)
    for second in (-7200, -300, -295, -200):
        FixFactory(unit=units[0], at=now + timedelta(seconds=second))
    foreign = UnitFactory(area_code=ELSEWHERE)
    FixFactory(unit=foreign, at=now - timedelta(seconds=100))
    FixFactory(unit=units[0], at=now - timedelta(seconds=50), aside="jump")
    told = payload(CODE, commander, now - timedelta(hours=1), now)
    fixes = {unit["id"]: [fix[0] for fix in unit["fixes"]] for unit in told["units"]}
    assert fixes[units[0].pk] == [3300, 3400]
    assert foreign.pk not in fixes
    assert told["fixes"] == 2


def test_the_replay_page_loads_a_night(busy_night: Any, commander: Any) -> None:
    """Page and data; a window that cannot be is refused by its field."""
    client, now = signed_in(commander), timezone.localtime()
    assert client.get(reverse("incidents:replay")).status_code == 200
    asked = {"since": f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}",
             "until": f"{now + timedelta(minutes=2):%Y-%m-%dT%H:%M}"}  # fmt: skip
    told = client.get(reverse("incidents:replay_data"), asked).json()
    assert {one["id"] for one in told["incidents"]} == {one.pk for one in busy_night}
    for wrong in ({}, asked | {"until": asked["since"]}, asked | {"since": "2020-01-01T00:00"}):
        answer = client.get(reverse("incidents:replay_data"), wrong)
        assert answer.status_code == 400
        assert answer.json()["errors"]


def test_the_timeline_tells_phases_and_gaps(busy_night: Any, dispatcher: Any) -> None:
    """Each unit's phases and each event with the time since the one before."""
    told = timeline(busy_night[0])
    assert [step.gap is None for step in told.steps] == [True] + [False] * (len(told.steps) - 1)
    assert [bar.kind for bar in told.lanes[0].bars] == ["turnout", "travel", "scene"]
    assert all(0 <= bar.x <= 600 for lane in told.lanes for bar in lane.bars)
    page = signed_in(dispatcher).get(reverse("incidents:timeline", args=[busy_night[0].pk]))
    assert page.status_code == 200
    assert b"nearer unit" in page.content


def sent(minutes: tuple[int | None, ...], **facts: Any) -> Assignment:
    """An assignment dispatched, en route, on scene, cleared so many minutes after its report."""
    incident = IncidentFactory(**facts)
    times = [None if one is None else incident.received_at + timedelta(minutes=one) for one in minutes]
    names = ("assigned_at", "en_route_at", "on_scene_at", "ended_at")
    status = "cleared" if times[3] else "on_scene"
    return AssignmentFactory(incident=incident, status=status, **dict(zip(names, times, strict=True)))


def test_intervals_are_counted_by_group(county: Any, commander: Any) -> None:
    """By hand: processing to the first dispatch, response to the first on scene, skipped stages left out."""
    first = sent((1, 2, 6, 20), beat_code="B1")
    sent((3, None, 8, None), beat_code="B1")
    AssignmentFactory(incident=first.incident, assigned_at=first.incident.received_at + timedelta(minutes=4))
    since = first.incident.received_at - timedelta(hours=1)
    times = timed(CODE, commander, since, since + timedelta(days=1))
    found = {name: table(CODE, times, name, "all")[0].spread for name in
             ("processing", "response", "turnout", "travel", "scene", "task")}  # fmt: skip
    assert {name: (one.n, one.median.value) for name, one in found.items()} == {
        "processing": (2, 120.0), "response": (2, 420.0), "turnout": (1, 60.0), "travel": (1, 240.0),
        "scene": (1, 840.0), "task": (1, 1140.0),
    }  # fmt: skip
    assert [row.label for row in table(CODE, times, "processing", "beat")] == ["B1"]
    assert table(CODE, times, "processing", "hour")[0].label.startswith("13:00")
    assert timed(CODE, posted("analyst", ELSEWHERE), since, since + timedelta(days=1)) == []


def test_answering_is_counted_where_both_moments_are_known(county: Any, commander: Any) -> None:
    """Telephone calls, first and further; not one whose ring is unknown, nor by another channel."""
    begin = datetime(2026, 3, 2, 5, tzinfo=UTC)
    moments = lambda ring, answer: {  # noqa: E731  a name for four lines
        "received_at": begin, "rang_at": begin - timedelta(seconds=ring),
        "answered_at": begin - timedelta(seconds=answer),
    }  # fmt: skip
    incident = IncidentFactory(channel="phone", priority=2, **moments(9, 1))
    IncidentFactory(channel="phone", **moments(9, 1) | {"rang_at": None})
    IncidentFactory(channel="patrol", **moments(9, 1))
    FurtherCall.objects.create(incident=incident, area_code=incident.area_code, **moments(20, 0))
    times = timed(CODE, commander, begin, begin + timedelta(hours=1))
    assert [row.seconds for row in times if row.measure == "answer"] == [8.0, 20.0]
    (row,) = table(CODE, times, "answer", "priority")
    assert row.spread.n == 2
    assert timed(CODE, posted("analyst", ELSEWHERE), begin, begin + timedelta(hours=1)) == []


def test_the_interval_report_as_page_and_workbook(county: Any, commander: Any) -> None:
    """The same figures on both; days that cannot be are refused."""
    row = sent((1, 2, 6, 20))
    day = f"{row.incident.received_at:%Y-%m-%d}"
    asked = {"measure": "response", "by": "all", "since": day, "until": day}
    client = signed_in(commander)
    assert b"6:00" in client.get(reverse("incidents:intervals"), asked).content
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("incidents:intervals_file"), asked).content))
    rows = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows(min_row=2)]
    assert [360.0 for line in rows if line[0].startswith("Response") and line[3] == 360] == [360.0]
    assert client.get(reverse("incidents:intervals"), asked | {"until": "2000-01-01"}).status_code == 422
    assert client.get(reverse("incidents:intervals"), asked | {"by": "nothing"}).status_code == 422
