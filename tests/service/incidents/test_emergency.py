"""An officer's emergency button: an incident of its own, on top until the duty room has heard it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE, LAT, LON, STEP, TOWNSHIPS, posted

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Emergency, Incident
from anlan.service.log.models import Event
from anlan.service.patrol.models import Position

HERE = (LON + STEP / 2, LAT + STEP / 2)


@pytest.fixture
def officer(units: Any) -> Any:
    """An officer of the first unit's crew."""
    account = posted("patrol", TOWNSHIPS[0])
    units[0].crew.add(account)
    return account


def test_the_button_tops_the_queue(take: Any, units: Any, officer: Any, dispatcher: Any) -> None:
    """The emergency comes before every other incident of priority 1, however long that one waits."""
    urgent = take(priority=1)
    made = domain.emergency(units[0], *HERE, officer, uuid.uuid4())
    assert (made.priority, made.lon, made.lat, made.area_code) == (1, *HERE, TOWNSHIPS[0])
    assert [row.incident for row in queries.board(COUNTY[:6], dispatcher).queue] == [made, urgent]


def test_a_press_sent_twice_is_one_emergency(units: Any, officer: Any) -> None:
    """The same key changes nothing and logs nothing."""
    key = uuid.uuid4()
    first = domain.emergency(units[0], *HERE, officer, key)
    events = Event.objects.count()
    assert domain.emergency(units[0], LON, LAT, officer, key) == first
    assert (Incident.objects.count(), Event.objects.count()) == (1, events)
    first.refresh_from_db()
    assert (first.lon, first.lat) == HERE


def test_another_press_moves_the_pin_and_must_be_heard_anew(
    units: Any, officer: Any, dispatcher: Any
) -> None:
    """A second press is no second incident; whoever had acknowledged must do so again."""
    made = domain.emergency(units[0], *HERE, officer, uuid.uuid4())
    domain.acknowledge_emergency(made, dispatcher)
    again = domain.emergency(units[0], HERE[0], HERE[1] + STEP, officer, uuid.uuid4())
    assert again == made
    assert again.grid_code == f"{TOWNSHIPS[0]}0002"
    row = Emergency.objects.get()
    assert (row.presses, row.acknowledged_at) == (2, None)


@pytest.mark.parametrize("wrong", [(None, None), (float("nan"), 30.0), (30.0, 105.0), (None, 30.0)])
def test_no_position_is_no_reason_to_refuse(units: Any, officer: Any, wrong: Any) -> None:
    """Without a usable position the unit's last one stands in; without that the unit's area."""
    bare = domain.emergency(units[0], *wrong, officer, uuid.uuid4())
    assert (bare.lon, bare.area_code) == (None, TOWNSHIPS[0])
    Position.objects.create(unit=units[0], lon=HERE[0], lat=HERE[1], at=timezone.now())
    placed = domain.emergency(units[0], *wrong, officer, uuid.uuid4())
    assert (placed.lon, placed.lat) == HERE


def test_an_emergency_must_be_acknowledged_before_it_is_closed(
    units: Any, officer: Any, dispatcher: Any
) -> None:
    """Closing is refused until a dispatcher has heard it; acknowledging twice is once in the log."""
    made = domain.emergency(units[0], *HERE, officer, uuid.uuid4())
    with pytest.raises(Refused, match="Acknowledge"):
        domain.close(made, "handled", dispatcher, confirmed=True)
    for _ in range(2):
        row = domain.acknowledge_emergency(made, dispatcher)
    assert row.acknowledged_by == dispatcher
    assert Event.objects.filter(verb="incident.emergency_heard").count() == 1
    assert domain.close(made, "handled", dispatcher).status == "closed"


def test_only_the_crew_or_the_duty_room_presses_and_only_the_duty_room_hears(
    units: Any, officer: Any, dispatcher: Any
) -> None:
    """Another crew, a foreign dispatcher and the crew itself as listener are refused."""
    for account in (posted("patrol"), posted("dispatcher", ELSEWHERE)):
        with pytest.raises(PermissionDenied):
            domain.emergency(units[0], *HERE, account, uuid.uuid4())
    made = domain.emergency(units[0], *HERE, dispatcher, uuid.uuid4())
    with pytest.raises(PermissionDenied):
        domain.acknowledge_emergency(made, officer)


def test_the_address_says_where_the_unit_was_sent(take: Any, units: Any, dispatcher: Any) -> None:
    """Whoever cannot see a map reads the call sign and the incident the officer is on."""
    incident = take(address="桥头")
    domain.assign(incident, units[:1], dispatcher)
    made = domain.emergency(units[0], *HERE, dispatcher, uuid.uuid4())
    assert units[0].call_sign in made.address
    assert "桥头" in made.address


def test_an_incident_without_a_button_has_nothing_to_acknowledge(take: Any, dispatcher: Any) -> None:
    """Acknowledging an ordinary incident is refused in words."""
    with pytest.raises(Refused, match="no officer's emergency"):
        domain.acknowledge_emergency(take(), dispatcher)
