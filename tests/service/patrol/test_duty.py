"""The crew's phone: duty, answers to an assignment, check-ins, positions."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, LAT, LON, PatrolPointFactory, posted, signed_in

from anlan.service.incidents import domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import IncidentType
from anlan.service.log.models import Event
from anlan.service.patrol.duty import set_duty
from anlan.service.patrol.models import CheckIn, Position
from anlan.service.patrol.positions import check_in, record_position
from anlan.service.staff.models import Unit


@pytest.fixture
def unit(county: Any) -> Unit:
    """The first unit."""
    return Unit.objects.order_by("call_sign")[0]


@pytest.fixture
def crew(unit: Unit) -> Any:
    """An account in the unit's crew."""
    account = posted("patrol")
    unit.crew.add(account)
    return account


@pytest.fixture
def client(crew: Any) -> Any:
    """The crew's phone."""
    return signed_in(crew)


@pytest.fixture
def assignment(unit: Unit) -> Any:
    """The unit sent to an incident without a pin."""
    kind = IncidentType.objects.get(code="theft-shop")
    incident = domain.take_call(None, county=COUNTY[:6], type=kind, address="渡口，第二个码头")
    return domain.assign(incident, [unit], None)[0]


def test_page_shows_the_task(client: Any, assignment: Any) -> None:
    """The assignment's address and its next step are on the page."""
    page = client.get(reverse("patrol:duty")).content.decode()
    assert "渡口，第二个码头" in page
    assert 'value="accepted"' in page


def test_page_without_a_crew_says_what_to_do(client_as: Any, county: Any) -> None:
    """An officer in no crew is told whom to ask."""
    assert "duty room" in client_as("patrol").get(reverse("patrol:duty")).content.decode()


def test_answers_move_the_assignment_once(client: Any, unit: Unit, assignment: Any) -> None:
    """A tap sent twice is one answer."""
    url = reverse("patrol:duty_act", args=[unit.pk, "advance"])
    for _ in range(2):
        client.post(url, {"assignment": assignment.pk, "status": "accepted"})
    assignment.refresh_from_db()
    assert assignment.status == "accepted"
    assert Event.objects.filter(verb="assignment.accepted").count() == 1


def test_a_stranger_moves_nothing(client_as: Any, unit: Unit, assignment: Any) -> None:
    """Whoever is not of the crew finds no such unit."""
    url = reverse("patrol:duty_act", args=[unit.pk, "advance"])
    assert (
        client_as("patrol").post(url, {"assignment": assignment.pk, "status": "accepted"}).status_code == 404
    )


def test_check_in_counts_once_per_key(unit: Unit, crew: Any) -> None:
    """The same key sent again makes no second visit."""
    PatrolPointFactory(code="bridge", beat_code=unit.beat_code)
    key = uuid.uuid4()
    first = check_in(unit, "bridge", key, crew)
    assert check_in(unit, "bridge", key, crew) == first
    assert CheckIn.objects.count() == Event.objects.filter(verb="duty.checked_in").count() == 1


def test_check_in_is_shown_as_visited(client: Any, unit: Unit) -> None:
    """The page counts the place as visited after its button was pressed."""
    PatrolPointFactory(code="bridge", beat_code=unit.beat_code)
    url = reverse("patrol:duty_act", args=[unit.pk, "check-in"])
    client.post(url, {"place": "bridge", "client_key": uuid.uuid4()})
    assert "1/1" in client.get(reverse("patrol:duty")).content.decode()


@pytest.mark.parametrize(
    "data",
    [{}, {"place": "bridge"}, {"client_key": "x"}, {"place": "\x00", "client_key": str(uuid.UUID(int=1))}],
)
def test_bad_check_in_is_refused_in_words(client: Any, unit: Unit, data: dict[str, str]) -> None:
    """Nonsense makes no visit and no fault."""
    url = reverse("patrol:duty_act", args=[unit.pk, "check-in"])
    assert client.post(url, data, headers={"HX-Request": "true"}).status_code == 200
    assert not CheckIn.objects.exists()


def test_position_keeps_the_newest_fix(unit: Unit, crew: Any) -> None:
    """A fix out of order and a fix sent twice change nothing."""
    now = timezone.now()
    assert record_position(unit, LON, LAT, now, crew)
    assert not record_position(unit, LON + 1, LAT, now - timedelta(minutes=1), crew)
    assert not record_position(unit, LON + 1, LAT, now, crew)
    assert Position.objects.get().lon == LON


@pytest.mark.parametrize(
    "fix",
    [{}, {"lon": "x", "lat": "1"}, {"lon": "181", "lat": "0"}, {"lon": "30", "lat": "105"},
     {"lon": "nan", "lat": "1"}, {"lon": "1", "lat": "1", "at": "1e300"},
     {"lon": "1", "lat": "1", "at": "nan"},
     {"lon": "1", "lat": "1", "at": "9999999999999"}],
)  # fmt: skip
def test_bad_fix_names_the_field(client: Any, unit: Unit, fix: dict[str, str]) -> None:
    """A fix that cannot be is answered with 422 and the field at fault."""
    answer = client.post(reverse("patrol:position", args=[unit.pk]), fix)
    assert answer.status_code == 422
    assert answer.json()["field"] in {"lon", "lat", "at"}
    assert not Position.objects.exists()


def test_off_duty_keeps_no_position(unit: Unit, crew: Any) -> None:
    """Going off duty forgets the position and refuses the next."""
    record_position(unit, LON, LAT, None, crew)
    set_duty(unit, False, crew)  # noqa: FBT003
    assert not Position.objects.exists()
    with pytest.raises(Refused, match="off duty"):
        record_position(unit, LON, LAT, None, crew)


def test_off_duty_waits_for_the_task(unit: Unit, crew: Any, assignment: Any) -> None:
    """A unit on an incident cannot go off duty."""
    with pytest.raises(Refused, match=assignment.incident.number):
        set_duty(unit, False, crew)  # noqa: FBT003


def test_duty_is_the_crews_or_the_dispatchers(unit: Unit) -> None:
    """A stranger of the patrol role may not send the unit home."""
    with pytest.raises(PermissionDenied):
        set_duty(unit, False, posted("patrol"))  # noqa: FBT003
    assert set_duty(unit, False, posted("dispatcher")).on_duty is False  # noqa: FBT003
