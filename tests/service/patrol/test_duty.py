"""The crew's phone: duty, answers to an assignment, check-ins, positions."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, LAT, LON, PatrolPointFactory, posted, signed_in

from anlan.service.incidents import domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import IncidentType
from anlan.service.log.models import Event
from anlan.service.patrol.domain import check_in
from anlan.service.patrol.duty import set_duty
from anlan.service.patrol.models import CheckIn, Position
from anlan.service.patrol.positions import record_position
from anlan.service.staff.models import Unit


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


def test_snapshot_holds_the_task(client: Any, assignment: Any) -> None:
    """The assignment with its address as said is in what the phone keeps."""
    task = client.get(reverse("patrol:duty_snapshot")).json()["task"]
    assert (task["id"], task["address"], task["status"]) == (assignment.pk, "渡口，第二个码头", "assigned")


def test_snapshot_without_a_crew_has_no_unit(client_as: Any, county: Any) -> None:
    """An officer in no crew is told so by the page, which knows the words for it."""
    client = client_as("patrol")
    assert client.get(reverse("patrol:duty_snapshot")).json()["unit"] is None
    assert "Ask the duty room" in client.get(reverse("patrol:duty")).content.decode()


def test_only_this_page_may_use_camera_and_position(client: Any) -> None:
    """Browsers are told so by a header, and that no other page may."""
    allowed = client.get(reverse("patrol:duty"))["Permissions-Policy"]
    assert "camera=(self)" in allowed
    assert "geolocation=(self)" in allowed
    assert "camera=()" in client.get(reverse("home"))["Permissions-Policy"]


def test_page_can_be_installed(client: Any) -> None:
    """Manifest and worker come without sign-in, with their types; the worker lies below the page it keeps."""
    manifest = Client().get(reverse("patrol:duty_manifest"))
    assert manifest["Content-Type"] == "application/manifest+json"
    home = reverse("patrol:duty")
    assert (manifest.json()["start_url"], manifest.json()["scope"]) == (home, home)
    assert reverse("patrol:duty_worker").startswith(home)
    worker = Client().get(reverse("patrol:duty_worker"))
    assert worker["Content-Type"].startswith("text/")
    assert worker.status_code in {200, 503}  # 503: the interface is not built


def test_check_in_counts_once_per_key(unit: Unit, crew: Any) -> None:
    """The same key sent again makes no second visit."""
    PatrolPointFactory(code="bridge", beat_code=unit.beat_code)
    key = uuid.uuid4()
    first = check_in(unit, "bridge", key, crew)
    assert check_in(unit, "bridge", key, crew) == first
    assert CheckIn.objects.count() == Event.objects.filter(verb="duty.checked_in").count() == 1


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


def test_duty_is_logged_once(unit: Unit) -> None:
    """Signing off twice is one event and one shift."""
    for _again in range(2):
        set_duty(unit, False, None)  # noqa: FBT003
    assert list(Event.objects.filter(verb__startswith="unit.o").values_list("verb", flat=True)) == [
        "unit.off_duty"
    ]
    assert unit.shifts.count() == 1


@pytest.mark.parametrize("role", ["dispatcher", "administrator"])
def test_the_ledger_of_units_signs_off_and_on(client_as: Any, unit: Unit, role: str) -> None:
    """Its button ends the shift, opens one and forgets the position, like the board and the phone."""
    record_position(unit, LON, LAT)
    for on_duty in ("0", "1"):
        client_as(role).post(reverse("staff:duty", args=[unit.pk]), {"on_duty": on_duty})
    assert [shift.ended_at is None for shift in unit.shifts.order_by("pk")] == [False, True]
    assert not Position.objects.exists()
    assert all(event.data["unit_id"] == unit.pk for event in Event.objects.filter(verb__startswith="unit.o"))


def test_the_ledger_of_units_says_why_not(client_as: Any, unit: Unit, assignment: Any) -> None:
    """A unit on an incident stays on duty, and the page says what it is on."""
    page = client_as("dispatcher").post(reverse("staff:duty", args=[unit.pk]), {"on_duty": "0"}, follow=True)
    assert assignment.incident.number in page.content.decode()
    assert Unit.objects.get(pk=unit.pk).on_duty
