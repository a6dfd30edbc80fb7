"""Calls: answers set the priority, further calls and links, numbers out of reach, purged for everyone."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from tests.factories import ELSEWHERE, IncidentTypeFactory, posted

from anlan.service.incidents import domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import FurtherCall, Incident, IncidentLink
from anlan.service.log.models import Event


@pytest.fixture
def affray(county: Any) -> Any:
    """A type whose questions are those that come with Anlan for its category."""
    return IncidentTypeFactory(code="affray", name="斗殴", name_en="Affray", category="disorder", priority=3)


def events(verb: str) -> list[Event]:
    """The log's events of a verb."""
    return list(Event.objects.filter(verb=verb))


FIGHT = [("有人动手吗", "有"), ("人多吗", "十人以上")]


def test_answers_set_the_priority_and_are_kept(take: Any, affray: Any) -> None:
    """The most urgent answer counts; question and answer stand on the incident and in its log."""
    incident = take(type=affray, answers=domain.answers_to(affray, FIGHT))
    assert (incident.priority, incident.priority_by) == (1, "answers")
    assert [(row["question_en"], row["answer_en"]) for row in incident.answers] == [
        ("Is there fighting", "Yes"), ("How many are there", "Over ten"),
    ]  # fmt: skip
    assert events("incident.reported")[0].data["answers"] == dict(FIGHT)


def test_without_urgent_answers_the_type_sets_it(take: Any, affray: Any) -> None:
    """Answers that name no priority leave the type's."""
    incident = take(type=affray, answers=domain.answers_to(affray, [("有人动手吗", "没有")]))
    assert (incident.priority, incident.priority_by) == (3, "type")


def test_a_hand_wins_over_answers_and_is_logged(take: Any, affray: Any, dispatcher: Any) -> None:
    """A priority set by hand stands whatever was answered, when taken as when corrected."""
    by_hand = take(type=affray, priority=4, answers=domain.answers_to(affray, FIGHT))
    assert (by_hand.priority, by_hand.priority_by) == (4, "hand")
    assert events("incident.reported")[0].data["priority_by"] == "hand"
    later = domain.amend(take(type=affray), dispatcher, priority=2)
    assert (later.priority, later.priority_by) == (2, "hand")
    assert events("incident.amended")[0].data["changes"]["priority"] == [3, 2]


@pytest.mark.parametrize("given", [[("没有这个问题", "有")], [("有人动手吗", "也许")]])
def test_an_answer_that_was_not_offered_is_refused(affray: Any, given: Any) -> None:
    """Only the script's questions and answers are kept: no free text about somebody."""
    with pytest.raises(Refused):
        domain.answers_to(affray, given)


def test_a_further_call_joins_its_incident_once(take: Any, dispatcher: Any) -> None:
    """The same form twice is one further call, with its words in the log and its number only encrypted."""
    incident, key = take(), uuid.uuid4()
    facts = {"client_key": key, "words": "现在冒黑烟", "callback": "13900005678", "address": "河边"}
    first, again = (domain.add_call(incident, dispatcher, **facts) for _ in range(2))
    assert (first.pk, FurtherCall.objects.count()) == (again.pk, 1)
    (logged,) = events("incident.call_added")
    assert (logged.data["text"], "5678" in str(logged.data)) == ("现在冒黑烟", False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT callback FROM incidents_furthercall")
        assert "5678" not in cursor.fetchone()[0]


def test_a_call_cannot_join_a_closed_incident(take: Any, dispatcher: Any) -> None:
    """What is closed takes no further call; it says how to go on."""
    incident = take()
    domain.close(incident, "handled", dispatcher)
    with pytest.raises(Refused, match="Reopen"):
        domain.add_call(incident, dispatcher, client_key=uuid.uuid4(), words="again")


def test_a_form_recorded_as_an_incident_does_not_join_another(take: Any, dispatcher: Any) -> None:
    """Back and forth in the browser makes one record of a call, not two."""
    key = uuid.uuid4()
    own, other = take(client_key=key), take()
    with pytest.raises(Refused, match=own.number):
        domain.add_call(other, dispatcher, client_key=key, words="x")


def test_links_are_kept_once_either_way(take: Any, dispatcher: Any) -> None:
    """Linking is symmetric and idempotent, told on both timelines; unlinking as well."""
    one, other = take(), take()
    domain.link(other, one, dispatcher)
    domain.link(one, other, dispatcher)
    assert IncidentLink.objects.count() == 1
    assert {event.record_id for event in events("incident.linked")} == {str(one.pk), str(other.pk)}
    assert [domain.unlink(one, other, dispatcher) for _ in range(2)] == [True, False]
    assert len(events("incident.unlinked")) == 2


def test_an_incident_is_not_linked_with_itself(take: Any, dispatcher: Any) -> None:
    """That is refused in words."""
    incident = take()
    with pytest.raises(Refused):
        domain.link(incident, incident, dispatcher)


def test_numbers_are_out_of_reach_after_closing(take: Any, dispatcher: Any, commander: Any) -> None:
    """A closed incident gives no number; reopened with a reason it does, each reading logged."""
    incident = take(callback="13900001234")
    call = domain.add_call(incident, dispatcher, client_key=uuid.uuid4(), words="x", callback="13900005678")
    domain.close(incident, "handled", dispatcher)
    for further in (None, call):
        with pytest.raises(Refused, match="reopened"):
            domain.read_callback(incident, dispatcher, further)
    assert events("incident.caller_read") == []
    domain.reopen(incident, "rang again", commander)
    assert domain.read_callback(incident, dispatcher, call) == "13900005678"
    assert [event.data["call"] for event in events("incident.caller_read")] == [call.pk]


def test_purging_covers_everyone_who_rang(take: Any, dispatcher: Any) -> None:
    """The numbers of all calls about an incident go together, also where the first left none."""
    incident = take()
    domain.add_call(incident, dispatcher, client_key=uuid.uuid4(), words="x", callback="1")
    domain.close(incident, "handled", dispatcher)
    Incident.objects.update(closed_at=timezone.now() - timedelta(days=60))
    assert (domain.purge_callbacks(), domain.purge_callbacks()) == (1, 0)
    assert FurtherCall.objects.get().callback == ""


def test_only_the_area_may_add_and_link(take: Any) -> None:
    """Somebody posted elsewhere neither adds a call nor links."""
    incident, other, stranger = take(), take(), posted("dispatcher", ELSEWHERE)
    for act in (
        lambda: domain.add_call(incident, stranger, client_key=uuid.uuid4(), words="x"),
        lambda: domain.link(incident, other, stranger),
        lambda: domain.unlink(incident, other, stranger),
    ):
        with pytest.raises(PermissionDenied):
            act()
