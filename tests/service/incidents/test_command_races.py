"""Two commanders at once: one holds the watch, one level is written, one plan is in force."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from tests.factories import COUNTY, make_county, posted
from tests.service.incidents.test_races import call, together

from anlan.service.incidents.domain.escalation import set_level
from anlan.service.incidents.domain.watch import accept_handover, offer_handover, take_watch
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import IncidentLevel, Watch
from anlan.service.log.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(results: list[Any]) -> tuple[int, int]:
    """Count who won and who was refused."""
    refused = sum(isinstance(one, Refused) for one in results)
    assert all(isinstance(one, Refused) or not isinstance(one, BaseException) for one in results), results
    return len(results) - refused, refused


def test_of_two_who_take_the_watch_one_holds_it() -> None:
    """The other is told; one watch is open."""
    make_county()
    people = [posted("watch_commander") for _ in range(2)]
    results = together(*(lambda at=at: take_watch(COUNTY, people[at]) for at in range(2)))  # type: ignore[misc]
    assert outcome(results) == (1, 1)
    assert Watch.objects.filter(ended_at=None).count() == 1
    assert Event.objects.filter(verb="watch.taken").count() == 1


def test_of_two_who_accept_one_sheet_one_commands() -> None:
    """Never two, never none."""
    make_county()
    giver, *people = [posted("watch_commander") for _ in range(3)]
    sheet = offer_handover(take_watch(COUNTY, giver), "", giver, uuid.uuid4())
    results = together(*(lambda at=at: accept_handover(sheet, people[at]) for at in range(2)))  # type: ignore[misc]
    assert outcome(results) == (1, 1)
    assert Watch.objects.get(ended_at=None).commander in people
    assert Watch.objects.count() == 2


def test_the_same_level_from_two_hands_is_written_once() -> None:
    """One change, one entry in the log."""
    make_county()
    incident, people = call("here"), [posted("watch_commander") for _ in range(2)]
    results = together(
        *(
            lambda at=at: set_level(incident, 3, "smoke", people[at], confirmed=True)  # type: ignore[misc]
            for at in range(2)
        )
    )
    assert outcome(results)[0] >= 1
    assert IncidentLevel.objects.get().level == 3
    assert Event.objects.filter(verb="incident.level_changed").count() == 1
