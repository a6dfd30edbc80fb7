"""Linkage: who has an incident, until when an agency answers, and how an answer comes back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import factories as make
from tests.factories import ELSEWHERE

from anlan.service.incidents import domain
from anlan.service.incidents.domain import linkage
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import AcceptanceDeadline, Linkage
from anlan.service.incidents.queries import linkage as queries
from anlan.service.log.models import Event
from anlan.service.staff.models import Agency


@pytest.fixture
def fire(county: Any) -> Agency:
    """The fire brigade, with one colleague at the screen."""
    agency = make.partner()
    make.at_agency(agency)
    return agency


@pytest.fixture
def crew(fire: Agency) -> Any:
    """Another colleague of the fire brigade."""
    return make.at_agency(fire)


def verbs(about: Linkage) -> list[str]:
    """Return what the log says of a linkage, in order."""
    rows = Event.objects.filter(record_type="incidents.linkage", record_id=str(about.pk)).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_a_handover_changes_the_owner_only_when_accepted(
    take: Any, dispatcher: Any, fire: Agency, crew: Any
) -> None:
    """Whoever has the incident owns it until another has accepted (first-receiver rule)."""
    incident = take()
    made = linkage.offer(incident, fire, dispatcher, task="Smoke on the third floor")
    assert queries.owner(incident.linkages.all()) is None
    linkage.accept(made, crew)
    assert queries.owner(incident.linkages.all()) == made
    assert verbs(made) == ["linkage.offered", "linkage.accepted"]


def test_an_owner_keeps_the_incident_until_the_next_agency_accepts(
    take: Any, dispatcher: Any, fire: Agency, crew: Any
) -> None:
    """Handing on ends the first handover in the moment of the second acceptance, not before."""
    incident, water = take(), make.partner("water", Agency.Kind.WATER)
    hand = make.at_agency(water)
    first = linkage.accept(linkage.offer(incident, fire, dispatcher, task="Flooded cellar"), crew)
    second = linkage.offer(incident, water, dispatcher, task="Burst main")
    assert queries.owner(incident.linkages.all()) == first
    linkage.accept(second, hand)
    first.refresh_from_db()
    assert (first.status, queries.owner(incident.linkages.all())) == ("passed_on", second)


def test_a_joint_task_leaves_the_owner(take: Any, dispatcher: Any, fire: Agency, crew: Any) -> None:
    """Several agencies work jointly while the duty room keeps the incident."""
    incident, gas = take(), make.partner("gas", Agency.Kind.GAS)
    make.at_agency(gas)
    for agency in (fire, gas):
        linkage.offer(incident, agency, dispatcher, task="Your part", kind="joint")
    linkage.accept(Linkage.objects.get(agency=fire), crew)
    assert queries.owner(incident.linkages.all()) is None
    assert incident.linkages.filter(ended_at=None).count() == 2


def test_a_refusal_needs_a_reason_and_comes_back_to_the_board(
    take: Any, dispatcher: Any, fire: Agency, crew: Any, client_as: Any
) -> None:
    """The board shows the refusal until a dispatcher has noted it."""
    made = linkage.offer(take(), fire, dispatcher, task="Cat on a roof")
    with pytest.raises(Refused, match="Say why"):
        linkage.refuse(made, "  ", crew)
    linkage.refuse(made, "Ladder in the workshop", crew)
    client, rows = client_as("dispatcher"), reverse("incidents:rows")
    assert "Refused" in str(client.get(rows).json()["parts"]["queue"]["rows"])
    linkage.take_note(made, dispatcher)
    assert "Refused" not in str(client.get(rows).json()["parts"]["queue"]["rows"])


def test_said_again_changes_nothing(take: Any, dispatcher: Any, fire: Agency, crew: Any) -> None:
    """A repeated request, acceptance, completion and message leave one row and one event each."""
    incident, key = take(), uuid.uuid4()
    for _ in range(2):
        made = linkage.offer(incident, fire, dispatcher, task="Smoke")
    for _ in range(2):
        linkage.accept(made, crew)
        linkage.say(made, "On our way", crew, client_key=key)
    for _ in range(2):
        linkage.complete(made, "Out", crew)
    assert verbs(made) == ["linkage.offered", "linkage.accepted", "linkage.said", "linkage.completed"]
    assert Linkage.objects.count() == made.messages.count() == 1


def test_a_second_request_to_the_same_agency_is_refused(take: Any, dispatcher: Any, fire: Agency) -> None:
    """An agency is not asked twice about one incident with different tasks."""
    incident = take()
    linkage.offer(incident, fire, dispatcher, task="Smoke")
    with pytest.raises(Refused, match="has it already"):
        linkage.offer(incident, fire, dispatcher, task="Flames")


def test_two_handovers_do_not_wait_at_once(take: Any, dispatcher: Any, fire: Agency) -> None:
    """A second handover waits for the answer to the first."""
    incident, gas = take(), make.partner("gas", Agency.Kind.GAS)
    linkage.offer(incident, fire, dispatcher, task="Smoke")
    with pytest.raises(Refused, match="still waits"):
        linkage.offer(incident, gas, dispatcher, task="Smell", confirmed=True)


def test_an_agency_without_an_account_is_asked_only_once_confirmed(take: Any, dispatcher: Any) -> None:
    """Nobody would see the request: the dispatcher is told to telephone."""
    incident, city = take(), make.partner("city", Agency.Kind.CITY)
    with pytest.raises(NeedsConfirmation, match="telephone"):
        linkage.offer(incident, city, dispatcher, task="Fallen tree")
    made = linkage.offer(incident, city, dispatcher, task="Fallen tree", confirmed=True)
    assert made.status == "offered"


def test_an_agency_of_another_county_is_refused(take: Any, dispatcher: Any) -> None:
    """Who serves elsewhere is registered here as a neighbour first."""
    far = make.AgencyFactory(kind=Agency.Kind.FIRE, area_code=ELSEWHERE)
    with pytest.raises(Refused, match="no agency of this county"):
        linkage.offer(take(), far, dispatcher, task="Help", confirmed=True)


def test_only_the_agency_asked_answers(take: Any, dispatcher: Any, fire: Agency) -> None:
    """A colleague of another agency may neither accept nor write."""
    made = linkage.offer(take(), fire, dispatcher, task="Smoke")
    stranger = make.at_agency(make.partner("gas", Agency.Kind.GAS))
    for act in (linkage.accept, lambda one, who: linkage.say(one, "Hello", who)):
        with pytest.raises(PermissionDenied):
            act(made, stranger)


def test_an_incident_that_an_agency_has_is_not_closed(
    take: Any, dispatcher: Any, fire: Agency, crew: Any
) -> None:
    """The owner completes or returns it, or the duty room withdraws it; confirming is no way round."""
    incident = take()
    made = linkage.accept(linkage.offer(incident, fire, dispatcher, task="Smoke"), crew)
    with pytest.raises(Refused, match="has this incident"):
        domain.close(incident, "transferred", dispatcher, confirmed=True)
    linkage.withdraw(made, "It was steam", dispatcher)
    assert domain.close(incident, "false_alarm", dispatcher).status == "closed"


def test_closing_asks_about_open_requests_and_units_at_once(
    take: Any, dispatcher: Any, fire: Agency, units: Any
) -> None:
    """One confirmation names units and agencies; once given, requests are withdrawn and units cleared."""
    incident = take()
    domain.assign(incident, units[:1], dispatcher)
    made = linkage.offer(incident, fire, dispatcher, task="Smoke", kind="joint")
    with pytest.raises(NeedsConfirmation) as asked:
        domain.close(incident, "handled", dispatcher)
    assert len(asked.value.warnings) == 2
    domain.close(incident, "handled", dispatcher, confirmed=True)
    made.refresh_from_db()
    assert (made.status, incident.assignments.get().status) == ("withdrawn", "cleared")


def test_an_unanswered_request_escalates_once(take: Any, dispatcher: Any, fire: Agency) -> None:
    """The job claims an overdue request by UPDATE: run twice, it tells the board and the log once."""
    made = linkage.offer(take(), fire, dispatcher, task="Smoke")
    Linkage.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert [linkage.escalate_overdue(), linkage.escalate_overdue()] == [1, 0]
    assert verbs(made) == ["linkage.offered", "linkage.overdue"]


def test_an_answered_request_does_not_escalate(take: Any, dispatcher: Any, fire: Agency, crew: Any) -> None:
    """Accepted in time, or refused: no alarm afterwards."""
    made = linkage.offer(take(), fire, dispatcher, task="Smoke")
    stale = Linkage.objects.get(pk=made.pk)
    linkage.accept(made, crew)
    Linkage.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert linkage.escalate_overdue() == 0
    assert not linkage.escalate(stale)


@pytest.mark.parametrize(
    ("rows", "seconds"),
    [([], 900), ([(False, 3, 600)], 600), ([(False, 3, 600), (True, 3, 45)], 45), ([(True, 1, 45)], 900)],
)
def test_the_deadline_is_the_agencys_else_the_countys_else_the_standard(
    take: Any, dispatcher: Any, fire: Agency, rows: list[tuple[bool, int, int]], seconds: int
) -> None:
    """An agency's own deadline for that priority comes first."""
    for own, priority, value in rows:
        AcceptanceDeadline.objects.create(
            county="990101", agency=fire if own else None, priority=priority, seconds=value
        )
    made = linkage.offer(take(), fire, dispatcher, task="Smoke")
    assert made.due_at - made.offered_at == timedelta(seconds=seconds)


def test_deadlines_are_edited_on_their_page(client_as: Any, fire: Agency) -> None:
    """A watch commander sets seconds by agency and priority; nonsense comes back naming the priority."""
    client, url = client_as("watch_commander"), reverse("incidents:deadlines")
    assert client.post(url, {"agency": fire.pk, "seconds-1": "30"}).status_code == 302
    assert AcceptanceDeadline.objects.get().seconds == 30
    answer = client.post(url, {"agency": fire.pk, "seconds-1": "soon"})
    assert (answer.status_code, "Priority 1" in answer.content.decode()) == (422, True)
    assert client.post(url, {"agency": fire.pk, "seconds-1": "5"}).status_code == 422


def test_the_command_line_runs_a_handover_to_its_end(
    take: Any, client_as: Any, fire: Agency, crew: Any
) -> None:
    """Asked, written to, answered and noted by the command line alone."""
    incident = take()
    client, url = client_as("dispatcher"), reverse("incidents:command")

    def run(line: str) -> Any:
        return client.post(url, {"line": line}).json()

    assert "error" not in run("l 1 FIRE smoke on the third floor")
    assert "error" not in run("lm 1 fire the gate is open")
    linkage.refuse(incident.linkages.get(), "No engine", crew)
    assert "error" not in run("ln 1 fire")
    assert "error" not in run("lj 1 fire bring a ladder")
    assert "error" not in run("lx 1 fire not needed")
    assert "there are: fire" in run("l 1 police x")["error"]
    assert [one.status for one in incident.linkages.order_by("pk")] == ["refused", "withdrawn"]


@pytest.mark.parametrize(
    "line", ["l", "l 1", "l 1 fire", "lm 1 fire x", "ln 1 fire", "lx 1 fire", "lj 9 fire x"]
)
def test_commands_of_linkage_survive_bad_input(take: Any, client_as: Any, fire: Agency, line: str) -> None:
    """An incomplete line is answered by how it is written, or by what is missing."""
    take()
    assert client_as("dispatcher").post(reverse("incidents:command"), {"line": line}).json()["error"]


def test_the_inbox_accepts_and_completes(take: Any, dispatcher: Any, fire: Agency, crew: Any) -> None:
    """From the agency's page: seen, accepted, written about, completed; a missing reason is asked for."""
    made = linkage.offer(take(), fire, dispatcher, task="Smoke on the third floor")
    client = make.signed_in(crew)
    asked = f'data-asked="{made.pk}" data-priority="{made.incident.priority}"'
    for part in ("Smoke on the third floor", asked, 'id="sound"'):
        assert part in client.get(reverse("incidents:inbox")).content.decode()
    page = reverse("incidents:inbox_item", args=[made.pk])
    for action, data in (("accept", {}), ("say", {"text": "Two engines"}), ("complete", {"reason": "Out"})):
        url = reverse("incidents:inbox_act", args=[made.pk, action])
        assert client.post(url, data).headers["Location"] == page
    assert asked not in client.get(reverse("incidents:inbox_rows")).content.decode()
    made.refresh_from_db()
    assert (made.status, made.answer, made.messages.get().from_agency) == ("completed", "Out", True)
    refused = client.post(reverse("incidents:inbox_act", args=[made.pk, "return"]), {})
    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize("action", ["link", "nonsense"])
@pytest.mark.parametrize("data", [{}, {"agency": "x", "task": "\x00", "kind": "?"}, {"agency": "9" * 30}])
def test_card_actions_survive_bad_input(
    take: Any, client_as: Any, fire: Agency, action: str, data: dict[str, str]
) -> None:
    """Nonsense is answered in words or by 404."""
    incident = take()
    answer = client_as("dispatcher").post(reverse("incidents:act", args=[incident.pk, action]), data)
    assert answer.status_code in {200, 404}


def test_lists_take_the_same_queries_for_one_row_as_for_thirty(
    take: Any, dispatcher: Any, fire: Agency, crew: Any, client_as: Any
) -> None:
    """Inbox, ledger and board do not ask once a row."""
    clients = {
        "inbox_rows": make.signed_in(crew),
        "linkages": client_as("dispatcher"),
        "rows": client_as("dispatcher"),
    }
    counted: dict[str, list[int]] = {name: [] for name in clients}
    for many in (1, 29):
        for _ in range(many):
            linkage.offer(take(), fire, dispatcher, task="Smoke")
        for name, client in clients.items():
            with CaptureQueriesContext(connection) as queries_made:
                assert client.get(reverse(f"incidents:{name}")).status_code == 200
            counted[name].append(len(queries_made))
    assert all(one == thirty for one, thirty in counted.values()), counted
