"""What lies on the duty room's desk when the demo's day begins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.demo.test_demo_live import DEMO, visitor

from anlan.demo.accounts import desk as desk_of
from anlan.demo.generate import names
from anlan.demo.load import cards, command, desk, devices, local_today
from anlan.service.incidents.models import (
    AcceptanceDeadline,
    CallStandard,
    Endpoint,
    Feed,
    FeedMessage,
    Handover,
    Incident,
    IncidentLevel,
    Linkage,
    QuietCall,
    RunCard,
    ScheduledCall,
    Watch,
)
from anlan.service.incidents.queries.clocks import clocks
from anlan.service.incidents.queries.linkage import inbox
from anlan.service.patrol.models import Device
from anlan.service.staff.models import Account, Role

pytestmark = pytest.mark.django_db
L = Linkage.Status
COUNTY12 = f"{names.COUNTY6}000000"


@pytest.fixture(autouse=True)
def county(stored: None) -> None:
    """The small county as its day begins."""
    command.store_command()
    cards.store_asked()
    devices.store_reporting()
    desk.fill_desk(DEMO, local_today())


def counts() -> list[int]:
    """Rows of all that lies on the desk."""
    kinds = (ScheduledCall, QuietCall, Linkage, Incident, FeedMessage, Handover, RunCard, Device)
    return [kind.objects.count() for kind in kinds]


def inbox_of(agency: str) -> list[Linkage]:
    """What an agency's demo login reads."""
    return list(inbox(Account.objects.get(username=desk_of(agency))))


def test_calls_wait_for_later() -> None:
    """Several calls become live within the next hours."""
    soon = timezone.now() + timedelta(hours=4)
    assert ScheduledCall.objects.filter(state="waiting", due_at__lte=soon).count() == 3


def test_quiet_calls_wait_to_be_rung_back() -> None:
    """Silent and abandoned calls wait, one was rung back in vain, one has its outcome."""
    waiting = QuietCall.objects.filter(ended_at=None)
    assert set(waiting.values_list("kind", flat=True)) == {"silent", "abandoned"}
    assert waiting.filter(tries__gt=0).exists()
    assert QuietCall.objects.exclude(outcome="").exists()


def test_answering_times_have_figures() -> None:
    """The clocks hold the day's calls against published standards and the county's own."""
    now = timezone.now()
    rows = clocks(
        names.COUNTY6, COUNTY12, visitor(Role.ADMINISTRATOR), now - timedelta(days=1), now + timedelta(1)
    )
    assert CallStandard.objects.count() == 2
    assert {row.standard.label for row in rows} >= set(CallStandard.objects.values_list("label", flat=True))
    assert rows[0].met.known > 5


def test_the_fire_brigade_has_something_to_answer() -> None:
    """The inbox of the fire brigade has an item waiting and one that it works on."""
    assert {row.status for row in inbox_of("fire")} == {L.OFFERED, L.ACCEPTED}


def test_agencies_have_answered_in_every_way() -> None:
    """Requests are waiting, accepted, refused, returned and completed."""
    said = set(Linkage.objects.values_list("status", flat=True))
    assert said == {L.OFFERED, L.ACCEPTED, L.REFUSED, L.RETURNED, L.COMPLETED}
    assert Linkage.objects.get(status=L.REFUSED).answer


def test_a_request_runs_past_its_deadline_soon() -> None:
    """What the city's managers have not accepted is due within a minute."""
    assert AcceptanceDeadline.objects.filter(agency__code="city").exists()
    waiting = Linkage.objects.get(agency__code="city", status=L.OFFERED)
    assert waiting.due_at - waiting.offered_at == timedelta(seconds=60)


def test_one_incident_is_a_joint_one() -> None:
    """Three agencies take part in the gas leak, which has a level and stays the duty room's."""
    joint = Incident.objects.get(type__code="gas-leak")
    assert joint.linkages.filter(kind="joint").count() == 3
    assert IncidentLevel.objects.get(incident=joint).level == 4


def test_the_monitoring_centre_has_sent_alarms() -> None:
    """One is a new incident, its repeat joined it, a test made none, an unknown device was refused."""
    feed = Feed.objects.get()
    assert feed.devices.count() == devices.ALARMED
    outcomes = sorted(feed.messages.values_list("outcome", flat=True))
    assert outcomes == ["attached", "new", "nothing", "refused"]


def test_units_carry_devices_and_nothing_calls_out() -> None:
    """Phones, a tracker and its server are registered; there is no webhook."""
    assert set(Device.objects.values_list("kind", flat=True)) == set(Device.Kind.values)
    assert not Endpoint.objects.exists()


def test_run_cards_ask_for_check_ins() -> None:
    """Common types have a card; a card that a visitor changed stays changed."""
    assert RunCard.objects.filter(type_code="assault", check_in_min=5).exists()
    RunCard.objects.filter(type_code="assault").update(units=3)
    cards.store_asked()
    assert RunCard.objects.get(type_code="assault").units == 3


def test_the_night_handed_the_watch_over() -> None:
    """The day's commander holds the watch by an accepted sheet that names what is open."""
    sheet = Handover.objects.get()
    assert sheet.accepted_by == Account.objects.get(username="sim-commander")
    assert Watch.objects.get(ended_at=None).commander == sheet.accepted_by
    assert len(sheet.body["incidents"]) == Incident.objects.count()


def test_the_desk_is_filled_once_a_day() -> None:
    """Filled again the same day nothing is added; the next day brings its own, and keeps the watch."""
    before = counts()
    desk.fill_desk(DEMO, local_today())
    assert counts() == before
    held = Watch.objects.get(ended_at=None)
    desk.fill_desk(DEMO, local_today() + timedelta(days=1))
    assert ScheduledCall.objects.count() == 2 * len(desk.LATER)
    assert Watch.objects.get(ended_at=None) == held


def test_the_seed_decides_what_lies_there() -> None:
    """Another time with the same seed and day the calls come from the same addresses."""
    again = desk.Desk(desk.calls_of(DEMO, local_today()), local_today())
    said = [again.call(code, "")["address"] for _, code, _ in desk.LATER]
    assert list(ScheduledCall.objects.order_by("pk").values_list("address", flat=True)) == said
