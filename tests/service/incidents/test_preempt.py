"""A unit taken off one incident for another: asked first, logged, and the first waits again visibly."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests.factories import COUNTY, posted

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment
from anlan.service.log.models import Event


@pytest.fixture
def busy(take: Any, units: Any, dispatcher: Any) -> Assignment:
    """The first unit on scene at an incident of priority 3."""
    (assignment,) = domain.assign(take(), units[:1], dispatcher)
    return domain.advance(assignment, "on_scene", dispatcher)


def test_taking_a_unit_off_always_asks(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """The warning names the incident that goes back to waiting; nothing has changed."""
    with pytest.raises(NeedsConfirmation, match=busy.incident.number) as asked:
        domain.preempt(take(priority=1), units[0], dispatcher)
    assert asked.value.seen == str(busy.pk)
    assert Assignment.objects.get(ended_at=None) == busy


def test_the_first_waits_again_and_the_unit_is_sent(
    take: Any, busy: Any, units: Any, dispatcher: Any
) -> None:
    """The first keeps its times, names what its unit was taken for, and stands in the queue as returned."""
    urgent = take(priority=1)
    sent = domain.preempt(urgent, units[0], dispatcher, confirmed=True)
    assert (sent.incident, sent.status) == (urgent, "assigned")
    old = Assignment.objects.get(pk=busy.pk)
    assert (old.status, old.preempted_for, old.on_scene_at) == ("cancelled", urgent, busy.on_scene_at)
    (row,) = [one for one in queries.board(COUNTY[:6], dispatcher).queue if one.incident == busy.incident]
    assert (row.incident.status, row.returned, row.attended) == ("open", True, False)
    assert urgent.number in Event.objects.get(verb="assignment.cancelled").data["reason"]


def test_a_unit_cleared_since_makes_it_attended_again(
    take: Any, busy: Any, units: Any, dispatcher: Any
) -> None:
    """Once another unit has been there and cleared, what is left is to close it."""
    domain.preempt(take(priority=1), units[0], dispatcher, confirmed=True)
    (other,) = domain.assign(busy.incident, units[1:2], dispatcher)
    domain.advance(other, "cleared", dispatcher)
    (row,) = [one for one in queries.board(COUNTY[:6], dispatcher).queue if one.incident == busy.incident]
    assert (row.returned, row.attended) == (False, True)


def test_a_confirmation_holds_for_what_it_was_asked_about(
    take: Any, busy: Any, units: Any, dispatcher: Any, commander: Any
) -> None:
    """The unit was taken elsewhere between warning and answer: the answer asks again."""
    mine, theirs = take(priority=1), take(priority=1)
    with pytest.raises(NeedsConfirmation) as asked:
        domain.preempt(mine, units[0], dispatcher)
    won = domain.preempt(theirs, units[0], commander, confirmed=True)
    with pytest.raises(NeedsConfirmation, match=theirs.number):
        domain.preempt(mine, units[0], dispatcher, confirmed=True, seen=asked.value.seen)
    assert Assignment.objects.get(ended_at=None) == won


def test_an_equal_call_and_an_emergency_are_named(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """Taking off for something not more urgent says so."""
    with pytest.raises(NeedsConfirmation, match="not less urgent"):
        domain.preempt(take(priority=3), units[0], dispatcher)


def test_said_again_it_changes_nothing(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """The same order twice is one assignment."""
    urgent = take(priority=1)
    made = [domain.preempt(urgent, units[0], dispatcher, confirmed=True) for _ in range(2)]
    assert made[0] == made[1]
    assert Event.objects.filter(verb="assignment.assigned").count() == 2


def test_a_free_unit_is_simply_sent(take: Any, units: Any, dispatcher: Any) -> None:
    """Nothing is taken off where there is nothing."""
    assert domain.preempt(take(), units[0], dispatcher).status == "assigned"


def test_closed_incidents_and_other_roles_are_refused(
    take: Any, busy: Any, units: Any, dispatcher: Any
) -> None:
    """No confirmation sends a unit to a closed incident or lets a call-taker take one off."""
    over = take()
    domain.close(over, "handled", dispatcher)
    with pytest.raises(Refused, match="closed"):
        domain.preempt(over, units[0], dispatcher, confirmed=True)
    with pytest.raises(PermissionDenied):
        domain.preempt(take(), units[0], posted("call_taker"), confirmed=True)


def test_what_was_queued_for_the_unit_is_used_up(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """A queued incident for which its unit is taken off now is not begun a second time."""
    second = take()
    row = domain.stack(second, units[0], dispatcher)
    sent = domain.preempt(second, units[0], dispatcher, confirmed=True)
    row.refresh_from_db()
    assert row.assignment == sent
    domain.advance(sent, "cleared", dispatcher)
    assert not Assignment.objects.filter(ended_at=None).exists()
