"""Partner agencies in the simulated day: asked, answering, and left alone where a visitor answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.demo.test_demo_live import day as day  # noqa: PLC0414  the fixture
from tests.demo.test_demo_live import pass_time

from anlan.demo.accounts import desk
from anlan.demo.live.partners import drawn
from anlan.service.incidents.domain import linkage
from anlan.service.incidents.models import Incident, Linkage
from anlan.service.staff.models import Account, Agency

if TYPE_CHECKING:
    from anlan.demo.live.day import Day

pytestmark = pytest.mark.django_db
L = Linkage.Status


def reported(day: Day, code: str) -> Incident:
    """A call of a type, taken by the simulated call-taker."""
    return day.take(day.calls.of(next(entry for entry in day.calls.types if entry.code == code)))


def test_the_dispatcher_asks_and_the_agency_answers(day: Day) -> None:
    """The gas company is asked about a gas leak once and ends what it accepted; the dispatcher takes note."""
    incident = reported(day, "gas-leak")
    now = pass_time(day, 3)
    asked = Linkage.objects.get(incident=incident)
    assert (asked.agency.code, asked.offered_by) == ("gas", day.people["sim-dispatcher"])
    day.partners.answers[asked.pk] = L.ACCEPTED
    pass_time(day, 20, now)
    asked.refresh_from_db()
    assert asked.status in {L.COMPLETED, L.RETURNED}
    assert asked.noted_at is not None
    assert incident.linkages.count() == 1


def test_what_the_commander_asked_waits_for_a_visitor(day: Day) -> None:
    """The simulated colleague does not answer it, and nobody closes the incident meanwhile."""
    incident = reported(day, "animal")
    fire = Agency.objects.get(code="fire")
    asked = linkage.offer(incident, fire, day.people["sim-commander"], task="马蜂窝", kind="handover")
    pass_time(day, 12)
    asked.refresh_from_db()
    incident.refresh_from_db()
    assert (asked.status, incident.status) == (L.OFFERED, Incident.Status.OPEN)
    assert not incident.assignments.exists()


def test_a_desk_that_a_visitor_answers_at_is_left_alone(day: Day) -> None:
    """Once a visitor has accepted, the simulated colleague does nothing more there."""
    asked = linkage.offer(
        reported(day, "gas-leak"), Agency.objects.get(code="gas"), day.people["sim-dispatcher"], task="关阀"
    )
    linkage.accept(asked, Account.objects.get(username=desk("gas")))
    now = pass_time(day, 12)
    asked.refresh_from_db()
    assert asked.status == L.ACCEPTED
    assert day.visitor.holds_agency("gas", now)


def test_agencies_accept_refuse_or_keep_silent() -> None:
    """Most accept, some refuse, a few let the deadline pass."""
    assert [drawn(chance) for chance in (0.0, 0.74, 0.8, 0.95)] == [L.ACCEPTED, L.ACCEPTED, L.REFUSED, ""]
