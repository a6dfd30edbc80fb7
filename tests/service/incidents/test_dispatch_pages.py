"""Dispatch from the screens: the card, the command line, run cards, move-ups, busy units."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import COUNTY, posted

from anlan.service.incidents import domain
from anlan.service.incidents.models import Assignment, Backup, Emergency, IncidentType, Move, RunCard, Stacked
from anlan.service.incidents.queries.asked import asked_of
from anlan.service.incidents.queries.recommended import recommended
from anlan.service.log.models import Event
from anlan.service.places.models import StandbyPost

HX = {"HX-Request": "true"}


@pytest.fixture
def busy(take: Any, units: Any, dispatcher: Any) -> Assignment:
    """The first unit on scene."""
    (assignment,) = domain.assign(take(), units[:1], dispatcher)
    return domain.advance(assignment, "on_scene", dispatcher)


def say(client: Any, line: str, **more: str) -> Any:
    """Run one line of the board's command line."""
    return client.post(reverse("incidents:command"), {"line": line, **more}).json()


def test_the_command_line_takes_a_unit_off_only_for_what_was_asked(
    client_as: Any, take: Any, busy: Any, units: Any
) -> None:
    """The warning carries what it is about; brought back with the confirmation the unit goes."""
    take(priority=1)
    client, sign = client_as("dispatcher"), units[0].call_sign
    asked = say(client, f"t 2 {sign}")
    assert asked["seen"] == str(busy.pk)
    assert "warnings" in say(client, f"t 2 {sign}", confirmed="1", seen="0")
    assert "message" in say(client, f"t 2 {sign}", confirmed="1", seen=asked["seen"])
    assert Assignment.objects.get(ended_at=None).incident.number.endswith("-0002")


def test_the_command_line_queues_asks_for_backup_and_raises_an_emergency(
    client_as: Any, take: Any, busy: Any, units: Any
) -> None:
    """One line each, and each can be taken back or answered by another."""
    take()
    client, sign = client_as("dispatcher"), units[0].call_sign
    for line in (
        f"q 2 {sign}",
        "b 1 2 knife",
        f"em {sign}",
        "ack 3",
        f"ci {sign}",
        f"uq 2 {sign}",
        "nb 1 none",
    ):
        assert "error" not in say(client, line), line
    assert Stacked.objects.get().ended_at is not None
    row = Backup.objects.get()
    assert (row.units, row.reason, row.status) == (2, "knife", "declined")
    assert Emergency.objects.get().acknowledged_by == client.account


@pytest.mark.parametrize(
    "line",
    ["q", "q 1", "q 1 nobody", "uq 1 C01", "t", "t 9 x", "b", "b 99", "b 1 0", "nb 1", "nb 1 why", "em",
     "em x", "ack 1", "ci x", "mv", "mv x P1", "mx", "mx x", "b 1 99999999"],
)  # fmt: skip
def test_lines_that_mean_nothing_are_answered_in_words(client_as: Any, take: Any, line: str) -> None:
    """Nothing of it is a fault of the server."""
    take()
    assert say(client_as("watch_commander"), line)["error"]


def test_the_card_says_what_is_asked_sent_and_missing(take: Any, units: Any, theft: Any, busy: Any) -> None:
    """Two patrols and one armed are asked for; one patrol was sent."""
    card = {"capabilities": {"patrol": 2, "armed": 1}, "units": 3}
    domain.save_run_card(COUNTY[:6], theft, 3, None, **card)
    asked = asked_of(busy.incident)
    assert [(line.asked, line.sent, line.missing) for line in asked.lines] == [
        (2, 1, 1),
        (1, 0, 1),
        (3, 1, 2),
    ]
    assert asked.by_card


def test_the_recommendation_sends_what_the_run_card_asks(
    take: Any, units: Any, theft: Any, dispatcher: Any
) -> None:
    """Two traffic units and three in all: both traffic units are among the three suggested."""
    for unit in units[2:]:
        unit.capabilities = ["patrol", "traffic"]
        unit.save()
    domain.save_run_card(COUNTY[:6], theft, 3, None, capabilities={"traffic": 2}, units=3)
    chosen = {option.state.unit for option in recommended(take(), dispatcher) if option.suggested}
    assert len(chosen) == 3
    assert set(units[2:]) <= chosen


def test_whoever_calls_for_help_is_not_sent_to_itself(units: Any, dispatcher: Any) -> None:
    """The officer's own unit is free and nearest, and not in the list."""
    made = domain.emergency(units[0], None, None, dispatcher, uuid.uuid4())
    assert units[0] not in {option.state.unit for option in recommended(made, dispatcher)}


def test_card_actions_from_the_screen(client_as: Any, take: Any, busy: Any, units: Any) -> None:
    """Backup, queueing, withdrawing, taking off (asked first), check-in: each by its form."""
    second = take(priority=1)
    client, mine = client_as("dispatcher"), busy.incident.pk

    def post(name: str, pk: int, **data: Any) -> str:
        return client.post(reverse(f"incidents:{name}", args=[pk]), data, headers=HX).content.decode()

    key = str(uuid.uuid4())
    for _ in range(2):
        post("ask_backup", mine, client_key=key, count=2, text="many")
    post("decline_backup", mine, backup=Backup.objects.get().pk, reason="none free")
    assert Backup.objects.get().status == "declined"
    assert "would wait" in post("stack", second.pk, unit=units[0].pk)
    post("stack", second.pk, unit=units[0].pk, confirmed=1)
    post("unstack", second.pk, stacked=Stacked.objects.get().pk)
    assert Stacked.objects.get().ended_at is not None
    assert "goes back to waiting" in post("preempt", second.pk, unit=units[0].pk)
    post("preempt", second.pk, unit=units[0].pk, confirmed=1, seen=busy.pk)
    assert Assignment.objects.get(ended_at=None).incident == second


@pytest.mark.parametrize(
    "name", ["acknowledge", "ask_backup", "decline_backup", "stack", "unstack", "preempt"]
)
@pytest.mark.parametrize("data", [{}, {"unit": "x", "backup": "\x00", "count": "-1", "client_key": "no"}])
def test_card_forms_survive_bad_input(client_as: Any, take: Any, name: str, data: dict[str, str]) -> None:
    """Nonsense is answered on the card, never by a fault."""
    url = reverse(f"incidents:{name}", args=[take().pk])
    answer = client_as("dispatcher").post(url, data, headers=HX)
    assert answer.status_code == 200
    assert "alert-danger" in answer.content.decode()


def test_run_cards_are_edited_on_one_page(client_as: Any, county: Any) -> None:
    """A priority filled in becomes a card, one emptied goes; a bad number names its field and keeps all."""
    client, url = client_as("administrator"), reverse("incidents:run_cards", args=["theft-shop"])
    assert client.get(url).status_code == 200
    good = {"p1-armed": "2", "p1-units": "3", "p1-check_in_min": "10", "p2-units": "1"}
    assert client.post(url, good).status_code == 302
    card = RunCard.objects.get(priority=1)
    assert (card.capabilities, card.units, card.check_in_min) == ({"armed": 2}, 3, 10)
    assert client.post(url, good | {"p1-armed": "9", "p2-units": ""}).status_code == 422
    assert client.post(url, {"p3-armed": "1"}).status_code == 422
    assert RunCard.objects.count() == 2
    assert client.post(url, {"p3-check_in_min": "0"}).status_code == 422
    assert client.post(url, good | {"p1-check_in_min": "0"}).status_code == 302
    assert RunCard.objects.get(priority=1).check_in_min == 0
    client.post(url, good | {"p2-units": ""})
    assert RunCard.objects.get().priority == 1


def test_a_move_is_ordered_answered_and_ends_with_the_next_call(
    take: Any, units: Any, dispatcher: Any, client_as: Any
) -> None:
    """The order is logged, stays one when said again, and ends when the unit is sent to a call."""
    post = StandbyPost.objects.create(
        code="P03", name="东门", name_en="East gate", area_code=units[0].area_code, lon=105.01, lat=30.0
    )
    client = client_as("dispatcher")
    for _ in range(2):
        assert "message" in say(client, f"mv {units[0].call_sign} p03")
    row = Move.objects.get()
    crew = posted("patrol")
    units[0].crew.add(crew)
    domain.advance_move(row, "accepted", crew)
    assert post.label in client.get(reverse("incidents:board")).content.decode()
    domain.assign(take(), units[:1], dispatcher)
    row.refresh_from_db()
    assert (row.status, row.accepted_at is not None) == ("ended", True)
    verbs = Event.objects.filter(verb__startswith="unit.move").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["unit.move_ordered", "unit.move_accepted", "unit.move_ended"]


def test_the_ring_without_roads_is_not_checked(client_as: Any, county: Any) -> None:
    """Could not check is said in words."""
    page = client_as("dispatcher").get(reverse("incidents:move_ups")).content.decode()
    assert "not checked" in page
    answer = client_as("dispatcher").post(reverse("incidents:order_move"), {"unit": "x"})
    assert "alert-danger" in answer.content.decode()


def queue(client: Any) -> str:
    """Return the rows of the board's queue."""
    return "".join(client.get(reverse("incidents:rows")).json()["parts"]["queue"]["rows"].values())


def test_emergency_and_backup_ring_on_the_board(
    client_as: Any, busy: Any, units: Any, dispatcher: Any
) -> None:
    """The rows carry what the board's sound listens to, until acknowledged or answered."""
    domain.request_backup(busy.incident, dispatcher, uuid.uuid4())
    made = domain.emergency(units[1], None, None, dispatcher, uuid.uuid4())
    client = client_as("dispatcher")
    assert [name in queue(client) for name in ("data-emergency", "data-overdue", "Backup asked for")] == [
        True
    ] * 3
    domain.acknowledge_emergency(made, dispatcher)
    assert "data-emergency" not in queue(client)
    assert "Acknowledged by" in client.get(reverse("incidents:card", args=[made.pk])).content.decode()


def test_the_emergency_type_keeps_the_countys_own(units: Any, dispatcher: Any) -> None:
    """Where the county has edited the type, its own is used."""
    IncidentType.objects.create(
        county=COUNTY[:6], code="officer-emergency", name="遇险", category="rescue", priority=1
    )
    made = domain.emergency(units[0], None, None, dispatcher, uuid.uuid4())
    assert made.type.county == COUNTY[:6]
