"""Two at once: one winner, one clear message, no half state."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from tests.factories import COUNTY, at_agency, make_county, partner, posted

from anlan.service.incidents import domain
from anlan.service.incidents.domain import linkage
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Assignment, Incident, IncidentType, Stacked
from anlan.service.log.models import Event
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment, each on its own connection; return results or exceptions."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results[at] = act()
        except Exception as error:  # noqa: BLE001
            results[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def call(address: str, **facts: Any) -> Incident:
    """Take a call."""
    kind = IncidentType.objects.get(code="theft-shop")
    return domain.take_call(None, county=COUNTY[:6], type=kind, address=address, **facts)


@pytest.mark.parametrize("_round", range(5))
def test_two_dispatchers_and_one_unit_make_one_winner(_round: int) -> None:
    """Of two dispatchers who send the same unit to different incidents one wins; the other reads who did."""
    make_county()
    unit = Unit.objects.order_by("pk")[0]
    incidents = [call("left"), call("right")]
    people = [posted("dispatcher"), posted("dispatcher")]
    results = together(
        *(
            lambda at=at: domain.assign(incidents[at], [unit], people[at])  # type: ignore[misc]
            for at in range(2)
        )
    )
    won = [at for at in range(2) if isinstance(results[at], list)]
    assert len(won) == 1, results
    loser = results[1 - won[0]]
    assert isinstance(loser, Refused)
    assert f"{unit.call_sign} is already on incident {incidents[won[0]].number}" in str(loser)
    statuses = [Incident.objects.get(pk=incident.pk).status for incident in incidents]
    assert sorted(statuses) == ["dispatched", "open"]
    assert Assignment.objects.count() == Event.objects.filter(verb="assignment.assigned").count() == 1


def test_calls_at_once_get_numbers_without_gap_or_repeat() -> None:
    """Eight call-takers at the same moment get eight consecutive numbers."""
    make_county()
    together(*(lambda at=at: call(f"place {at}") for at in range(8)))  # type: ignore[misc]
    serials = sorted(int(number[-4:]) for number in Incident.objects.values_list("number", flat=True))
    assert serials == list(range(1, 9))


def test_a_form_sent_twice_at_once_is_one_call() -> None:
    """Two requests with the same key at the same moment return the same incident."""
    make_county()
    key = uuid.uuid4()
    results = together(*(lambda: call("once", client_key=key) for _ in range(2)))
    assert Incident.objects.count() == 1, results
    assert {result.pk for result in results} == {Incident.objects.get().pk}


def test_closing_and_dispatching_at_once_leave_no_unit_on_a_closed_incident() -> None:
    """Whichever comes first, a closed incident has no open assignment."""
    make_county()
    incident = call("both")
    unit = Unit.objects.order_by("pk")[0]
    together(
        lambda: domain.close(incident, "handled", None),
        lambda: domain.assign(incident, [unit], None),
    )
    incident.refresh_from_db()
    still = incident.assignments.filter(ended_at=None).count()
    assert (incident.status, still) in {("closed", 0), ("dispatched", 1)}


def test_two_agencies_answering_at_once_leave_one_owner() -> None:
    """A refusal and an acceptance of one request at the same moment: one holds, the other is told."""
    make_county()
    agency = partner()
    people = [at_agency(agency), at_agency(agency)]
    made = linkage.offer(call("smoke"), agency, None, task="Smoke")
    results = together(
        lambda: linkage.accept(made, people[0]), lambda: linkage.refuse(made, "No engine", people[1])
    )
    assert sum(isinstance(result, Refused) for result in results) == 1, results
    made.refresh_from_db()
    answers = Event.objects.filter(verb__in=("linkage.accepted", "linkage.refused"))
    assert [f"linkage.{made.status}"] == list(answers.values_list("verb", flat=True))


def test_closing_and_asking_at_once_leave_no_open_request_on_a_closed_incident() -> None:
    """Whichever comes first, a closed incident asks nobody."""
    make_county()
    incident, agency = call("once"), partner()
    at_agency(agency)
    together(
        lambda: domain.close(incident, "handled", None, confirmed=True),
        lambda: linkage.offer(incident, agency, None, task="Smoke"),
    )
    assert not incident.linkages.filter(ended_at=None, incident__status="closed").exists()


@pytest.mark.parametrize("_round", range(3))
def test_two_who_take_the_same_unit_off_make_one_winner(_round: int) -> None:
    """Of two dispatchers who take a busy unit for different incidents one gets it; the other is told."""
    make_county()
    unit = Unit.objects.order_by("pk")[0]
    first, left, right = call("first"), call("left"), call("right")
    (seen,) = domain.assign(first, [unit], None)
    together(
        *(
            lambda to=to: domain.preempt(to, unit, None, confirmed=True, seen=str(seen.pk))  # type: ignore[misc]
            for to in (left, right)
        )
    )
    current = Assignment.objects.get(ended_at=None)
    assert current.incident in {left, right}
    assert Assignment.objects.count() == 2
    assert sorted(one.status for one in Incident.objects.all()) == ["dispatched", "open", "open"]


@pytest.mark.parametrize("_round", range(3))
def test_queueing_and_clearing_at_once_lose_nothing(_round: int) -> None:
    """Whichever comes first, nothing stays queued behind a unit that is free."""
    make_county()
    unit = Unit.objects.order_by("pk")[0]
    first, second = call("first"), call("second")
    (assignment,) = domain.assign(first, [unit], None)
    results = together(
        lambda: domain.stack(second, unit, None),
        lambda: domain.advance(assignment, "cleared", None),
    )
    queued = Stacked.objects.filter(ended_at=None).count()
    at_work = Assignment.objects.filter(ended_at=None).count()
    refused = sum(isinstance(result, Refused) for result in results)
    assert (queued, at_work, refused) in {(0, 1, 0), (0, 0, 1)}, results
