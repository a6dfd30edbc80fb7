"""The simulated day: legal states only, and whatever a visitor has taken over is left to the visitor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.utils import timezone

from anlan.demo import generate
from anlan.demo.accounts import login
from anlan.demo.generate import names
from anlan.demo.live.calls import Calls
from anlan.demo.live.day import Day, crewed
from anlan.demo.live.route import Router
from anlan.demo.load import history, places, staff
from anlan.demo.load.places import graph_of
from anlan.gateway.files import taxonomy
from anlan.service.incidents import domain
from anlan.service.incidents.domain.run_cards import Needs
from anlan.service.incidents.models import Assignment, Incident, IncidentType
from anlan.service.log.models import Event
from anlan.service.patrol.duty import set_duty
from anlan.service.patrol.models import Position
from anlan.service.staff.models import Account, Role, Unit

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
DEMO = generate.county(4, generate.SMALL)
ROUTER = Router(graph_of(DEMO))
TICK = timedelta(seconds=20)


@pytest.fixture
def day(settings: Any, tmp_path: Path) -> Day:
    """The small county's simulated day, fifty times as fast, without calls of its own."""
    settings.DATA_DIR = tmp_path
    for step in (places.store_areas, staff.store_accounts, places.store_grids, staff.store_force):
        step(DEMO)
    history.store_types(DEMO)
    rng = np.random.default_rng(5)
    made = Day(Calls(DEMO, taxonomy.load(), rng), ROUTER, 50.0, rng)
    made.calls.rates = made.calls.rates * 1e-9
    made.stand_by()
    return made


def pass_time(day: Day, ticks: int, start: datetime | None = None) -> datetime:
    """Let so many ticks pass and return when it is then."""
    now = start or timezone.now()
    for _ in range(ticks):
        day.tick(now, TICK.total_seconds())
        now += TICK
    return now


def visitor(role: str = Role.DISPATCHER) -> Account:
    """The demo login of a role."""
    return Account.objects.get(username=login(role))


def nearest_unit(day: Day, incident: Incident) -> Unit:
    """The unit that the simulated dispatcher would send."""
    return next(iter(day.nearest(incident, timezone.now())))


def test_a_call_goes_through_all_stages_to_its_close(day: Day) -> None:
    """A call is taken, units sent, on scene, cleared, and it is closed with an outcome, each logged once."""
    quarrel = next(entry for entry in day.calls.types if entry.code == "quarrel")
    incident = day.take(day.calls.of(quarrel))
    pass_time(day, 60)
    incident.refresh_from_db()
    assert incident.status == Incident.Status.CLOSED
    assert incident.disposition in Incident.Disposition.values
    assignment = incident.assignments.first()
    times = (assignment.assigned_at, assignment.accepted_at, assignment.en_route_at, assignment.on_scene_at)
    assert None not in times
    assert sorted(times) == list(times)
    units = incident.assignments.count()
    assert Event.objects.filter(verb="assignment.on_scene").count() == units
    assert Event.objects.filter(verb="incident.closed").count() == 1


def test_units_drive_to_the_scene_and_back_to_their_post(day: Day) -> None:
    """On scene a unit's position is the pin; when all is over it is back where it waits."""
    day.open_with(1)
    incident, now = Incident.objects.get(), timezone.now()
    on_scene = incident.assignments.filter(status=Assignment.Status.ON_SCENE)
    while not on_scene.exists():
        now = pass_time(day, 1, now)
    unit = on_scene.first().unit
    assert (unit.position.lon, unit.position.lat) == pytest.approx((incident.lon, incident.lat), abs=1e-9)
    pass_time(day, 60, now)
    position = Position.objects.get(unit=unit)
    assert (position.lon, position.lat) == pytest.approx((unit.post_lon, unit.post_lat), abs=1e-9)


def test_an_incident_that_a_visitor_took_is_left_to_the_visitor(day: Day) -> None:
    """Nobody is sent to a call that a visitor took, and it is not closed."""
    kind = IncidentType.objects.get(code="quarrel")
    incident = domain.take_call(
        visitor(), county=names.COUNTY6, address="澜河路", type=kind, lon=150.0, lat=30.0
    )
    pass_time(day, 40)
    incident.refresh_from_db()
    assert incident.status == Incident.Status.OPEN
    assert not incident.assignments.exists()


def test_crews_sent_by_a_visitor_still_drive_but_the_visitor_closes(day: Day) -> None:
    """A unit that the visitor assigned drives, reports and clears; closing is left to the visitor."""
    day.open_with(1)
    incident = Incident.objects.get()
    domain.assign(incident, [nearest_unit(day, incident)], visitor(), confirmed=True)
    pass_time(day, 60)
    assert incident.assignments.get().status == Assignment.Status.CLEARED
    incident.refresh_from_db()
    assert incident.status == Incident.Status.OPEN


def test_a_unit_that_a_visitor_drives_is_moved_by_nobody_else(day: Day) -> None:
    """Once the visitor's phone has accepted, the simulated crew neither advances nor moves that unit."""
    day.open_with(1)
    incident = Incident.objects.get()
    unit = Unit.objects.get(call_sign="P101")
    assignment = domain.assign(incident, [unit], visitor(), confirmed=True)[0]
    domain.advance(assignment, Assignment.Status.ACCEPTED, visitor(Role.PATROL))
    before = Position.objects.get(unit=unit).at
    pass_time(day, 40)
    assignment.refresh_from_db()
    assert assignment.status == Assignment.Status.ACCEPTED
    assert Position.objects.get(unit=unit).at == before


def test_simulated_dispatchers_stop_while_a_visitor_dispatches(day: Day) -> None:
    """After a visitor's dispatch other calls wait too, until ten minutes have passed without another."""
    day.open_with(2)
    mine, other = Incident.objects.order_by("pk")
    domain.assign(mine, [nearest_unit(day, mine)], visitor(), confirmed=True)
    now = timezone.now()
    for seconds in range(0, 540, 20):
        day.tick(now + timedelta(seconds=seconds), 20)
    assert not other.assignments.exists()
    day.tick(now + timedelta(minutes=11), 20)
    day.tick(now + timedelta(minutes=12), 20)
    assert other.assignments.exists()


def test_a_refusal_does_not_stop_the_day(day: Day) -> None:
    """A call that a visitor closed between look and step is passed over."""
    day.open_with(2)
    first = Incident.objects.order_by("pk").first()
    domain.close(first, "cancelled", visitor())
    assert not day.attempt(day.send, first, {nearest_unit(day, first): 60.0})
    pass_time(day, 3)


def test_each_capability_asked_for_is_sent() -> None:
    """A building fire gets engine, rescue and ambulance even where patrol cars are nearer."""
    needs = Needs({"fire": 1, "medical": 1}, 3)
    units = [
        Unit(pk=pk, capabilities=list(names))
        for pk, names in enumerate((["fire"], ["fire"], ["fire"], ["medical"]), start=1)
    ]
    assert [unit.pk for unit in crewed(units, needs)] == [1, 4, 2]


def test_a_route_follows_the_roads() -> None:
    """A route starts and ends where asked, passes road nodes in order of time and is no straight line."""
    start, end = (149.97, 30.0), (150.03, 30.02)
    route = ROUTER.way(start, end)
    assert tuple(route.point[0]) == start
    assert tuple(route.point[-1]) == end
    assert (np.diff(route.second) >= 0).all()
    assert len(route.point) > 8
    assert route.at(0) == start
    assert route.at(route.seconds + 1) == end


def test_calls_come_by_the_clock(day: Day) -> None:
    """More calls are due at six in the evening than at four in the morning."""
    calls = Calls(DEMO, taxonomy.load(), np.random.default_rng(1))
    evening = timezone.localtime().replace(hour=18, minute=0)
    night = evening.replace(hour=4)
    assert calls.rate(evening).sum() > 2 * calls.rate(night).sum()


def test_a_simulator_started_anew_goes_on_where_the_last_one_stopped(day: Day) -> None:
    """After a kill in mid-drive a new one drives the unit on, and still knows what is the visitor's."""
    day.open_with(2)
    mine, other = Incident.objects.order_by("pk")
    domain.note(mine, "我来处理", visitor())
    while not other.assignments.filter(status=Assignment.Status.EN_ROUTE).exists():
        now = pass_time(day, 1)
    anew = Day(day.calls, ROUTER, 50.0, np.random.default_rng(6))
    pass_time(anew, 60, now)
    other.refresh_from_db()
    assert other.status == Incident.Status.CLOSED
    assert not mine.assignments.exists()


def test_a_unit_that_goes_on_duty_by_hand_is_left_alone(day: Day) -> None:
    """Ten minutes long the simulated dispatcher does not send a unit that a visitor brought on duty."""
    unit = Unit.objects.get(call_sign="P101")
    set_duty(unit, on_duty=False, actor=visitor())
    set_duty(unit, on_duty=True, actor=visitor())
    now = timezone.now()
    day.visitor.look()
    assert unit not in day.free_units(now)
    assert unit in day.free_units(now + timedelta(minutes=11))
