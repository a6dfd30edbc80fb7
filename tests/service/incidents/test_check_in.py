"""Check-in timers: armed on arrival by the run card, told of when overdue, gone when the work ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests.factories import COUNTY, posted

from anlan.engine.planning.standards import DutyRoom, Standards
from anlan.service.incidents import domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Assignment
from anlan.service.incidents.queries.asked import asked_of
from anlan.service.log.models import Event
from anlan.service.planning.domain.standards import set_standards

MINUTES = 10


@pytest.fixture
def timed(county: Any, theft: Any) -> None:
    """Crews check in every ten minutes at thefts of priority 3."""
    domain.save_run_card(COUNTY[:6], theft, 3, None, capabilities={}, units=1, check_in_min=MINUTES)


@pytest.fixture
def there(timed: None, take: Any, units: Any, dispatcher: Any) -> Assignment:
    """A unit on scene."""
    (assignment,) = domain.assign(take(), units[:1], dispatcher)
    return domain.advance(assignment, "on_scene", dispatcher)


def overdue(assignment: Assignment) -> None:
    """Let the timer run out."""
    late = timezone.now() - timedelta(seconds=1)
    Assignment.objects.filter(pk=assignment.pk).update(check_in_due=late)


def test_arrival_arms_the_timer(there: Any) -> None:
    """The crew is due the interval after it came."""
    assert there.check_in_due == there.on_scene_at + timedelta(minutes=MINUTES)


def test_no_run_card_or_another_priority_no_timer(
    timed: None, take: Any, units: Any, dispatcher: Any
) -> None:
    """The interval is of one type and priority."""
    (assignment,) = domain.assign(take(priority=2), units[:1], dispatcher)
    assert domain.advance(assignment, "on_scene", dispatcher).check_in_due is None


@pytest.mark.parametrize(("card", "minutes"), [(None, 25), (10, 10), (0, None), ("no card", 25)])
def test_what_a_card_does_not_say_the_countys_standards_do(
    card: Any, minutes: int | None, take: Any, units: Any, dispatcher: Any, theft: Any
) -> None:
    """An empty field and no card at all follow the county; a number is the card's own, 0 means never."""
    set_standards(COUNTY[:6], Standards(duty_room=DutyRoom(check_in_min=25)), None)
    if card != "no card":
        domain.save_run_card(COUNTY[:6], theft, 3, None, capabilities={}, units=1, check_in_min=card)
    (assignment,) = domain.assign(take(), units[:1], dispatcher)
    there = domain.advance(assignment, "on_scene", dispatcher)
    due = None if minutes is None else there.on_scene_at + timedelta(minutes=minutes)
    assert there.check_in_due == due
    assert asked_of(assignment.incident).check_in_min == minutes


def test_overdue_is_told_once(there: Any) -> None:
    """The worker logs a missed check-in, which rings on the boards, and does not repeat itself."""
    assert domain.tell_of_missed() == 0
    overdue(there)
    assert [domain.tell_of_missed() for _ in range(2)] == [1, 0]
    assert Event.objects.filter(verb="assignment.check_in_missed").count() == 1


@pytest.mark.parametrize("who", ["crew", "dispatcher"])
def test_whoever_hears_the_crew_starts_the_timer_anew(
    there: Any, units: Any, dispatcher: Any, who: str
) -> None:
    """Crew or dispatcher, each acknowledgement is logged with its actor."""
    actor = dispatcher
    if who == "crew":
        actor = posted("patrol")
        units[0].crew.add(actor)
    overdue(there)
    domain.tell_of_missed()
    row = domain.check_crew_in(there, actor)
    assert row.check_in_due > timezone.now()
    assert row.check_in_missed_at is None
    assert Event.objects.get(verb="assignment.checked_in").actor == actor


def test_another_crew_does_not_answer(there: Any) -> None:
    """Nobody checks in for somebody else."""
    with pytest.raises(PermissionDenied):
        domain.check_crew_in(there, posted("patrol"))


@pytest.mark.parametrize("how", ["cleared", "closed", "taken off"])
def test_the_end_clears_the_timer(there: Any, take: Any, units: Any, dispatcher: Any, how: str) -> None:
    """No timer outlives the work: cleared, closed and reopened, or taken off for another."""
    overdue(there)
    domain.tell_of_missed()
    if how == "cleared":
        domain.advance(there, "cleared", dispatcher)
    elif how == "closed":
        domain.close(there.incident, "handled", dispatcher, confirmed=True)
        domain.reopen(there.incident, "rang again", posted("watch_commander"))
    else:
        domain.preempt(take(priority=1), units[0], dispatcher, confirmed=True)
    row = Assignment.objects.get(pk=there.pk)
    assert (row.check_in_due, row.check_in_missed_at) == (None, None)
    assert domain.tell_of_missed() == 0
    with pytest.raises(Refused, match="not on scene"):
        domain.check_crew_in(there, dispatcher)


def test_a_higher_priority_arms_the_timer_of_a_crew_on_scene(
    timed: None, take: Any, units: Any, dispatcher: Any, theft: Any
) -> None:
    """What was corrected to a type or priority with an interval counts from the arrival."""
    domain.save_run_card(COUNTY[:6], theft, 1, None, capabilities={}, units=1, check_in_min=5)
    (assignment,) = domain.assign(take(priority=2), units[:1], dispatcher)
    moved = domain.advance(assignment, "on_scene", dispatcher)
    domain.amend(moved.incident, dispatcher, priority=1)
    moved.refresh_from_db()
    assert moved.check_in_due == moved.on_scene_at + timedelta(minutes=5)
