"""A second incident behind a unit's present one: neither is reset, the next begins when the first ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests.factories import COUNTY, ELSEWHERE, posted

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Stacked
from anlan.service.log.models import Event


@pytest.fixture
def busy(take: Any, units: Any, dispatcher: Any) -> Assignment:
    """The first unit on its way to an incident."""
    (assignment,) = domain.assign(take(), units[:1], dispatcher)
    return domain.advance(assignment, "en_route", dispatcher)


def test_the_first_assignment_stays_as_it_is(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """Queueing changes neither status nor times; the second incident goes on waiting, its next unit named."""
    second = take()
    domain.stack(second, units[0], dispatcher)
    again = Assignment.objects.get(pk=busy.pk)
    assert (again.status, again.en_route_at) == ("en_route", busy.en_route_at)
    (row,) = [row for row in queries.board(COUNTY[:6], dispatcher).queue if row.incident == second]
    assert (row.incident.status, row.attended, [one.unit for one in row.stacked]) == (
        "open",
        False,
        units[:1],
    )


@pytest.mark.parametrize("how", ["cleared", "called off", "closed"])
def test_the_next_begins_when_the_first_ends(
    take: Any, busy: Any, units: Any, dispatcher: Any, how: str
) -> None:
    """However the first ends, the queued incident becomes the unit's assignment at that moment."""
    second = take()
    row = domain.stack(second, units[0], dispatcher)
    if how == "cleared":
        domain.advance(busy, "cleared", dispatcher)
    elif how == "called off":
        domain.cancel(busy, "not needed", dispatcher)
    else:
        domain.close(busy.incident, "handled", dispatcher, confirmed=True)
    row.refresh_from_db()
    second.refresh_from_db()
    assert row.assignment is not None
    assert (row.assignment.unit, row.assignment.status, second.status) == (units[0], "assigned", "dispatched")


def test_the_most_urgent_of_several_comes_next(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """Of two queued the more urgent begins first, the other stays queued."""
    late, urgent = take(priority=4), take(priority=2)
    for incident in (late, urgent):
        domain.stack(incident, units[0], dispatcher, confirmed=True)
    domain.advance(busy, "cleared", dispatcher)
    assert Assignment.objects.get(ended_at=None).incident == urgent
    assert Stacked.objects.get(ended_at=None).incident == late


def test_something_more_urgent_waits_only_when_confirmed(
    take: Any, busy: Any, units: Any, dispatcher: Any
) -> None:
    """Queueing priority 1 behind priority 3 asks first."""
    urgent = take(priority=1)
    with pytest.raises(NeedsConfirmation, match="would wait"):
        domain.stack(urgent, units[0], dispatcher)
    assert not Stacked.objects.exists()
    assert domain.stack(urgent, units[0], dispatcher, confirmed=True)


def test_queueing_said_again_changes_nothing(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """The same order twice is one row and one event."""
    second = take()
    assert domain.stack(second, units[0], dispatcher) == domain.stack(second, units[0], dispatcher)
    assert Event.objects.filter(verb="incident.unit_stacked").count() == 1


def test_a_free_unit_and_the_same_incident_are_refused(
    take: Any, busy: Any, units: Any, dispatcher: Any
) -> None:
    """There is nothing to queue behind."""
    with pytest.raises(Refused, match="free"):
        domain.stack(take(), units[1], dispatcher)
    with pytest.raises(Refused, match="already"):
        domain.stack(busy.incident, units[0], dispatcher)


def test_withdrawn_and_closed_leave_nothing_queued(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """A withdrawn or closed incident does not begin, and the log says why."""
    first, second = take(), take()
    rows = [domain.stack(incident, units[0], dispatcher) for incident in (first, second)]
    for _ in range(2):
        domain.unstack(rows[0], dispatcher, "caller rang off")
    domain.close(second, "cancelled", dispatcher)
    domain.advance(busy, "cleared", dispatcher)
    assert not Assignment.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(verb="incident.unit_unstacked").count() == 2


def test_what_has_begun_is_not_withdrawn(take: Any, busy: Any, units: Any, dispatcher: Any) -> None:
    """A unit on its way is called off, not unqueued."""
    row = domain.stack(take(), units[0], dispatcher)
    domain.advance(busy, "cleared", dispatcher)
    with pytest.raises(Refused, match="on its way"):
        domain.unstack(row, dispatcher)


def test_only_dispatchers_of_the_area_queue(take: Any, busy: Any, units: Any) -> None:
    """Another county's dispatcher and a call-taker may not."""
    for account in (posted("dispatcher", ELSEWHERE), posted("call_taker")):
        with pytest.raises(PermissionDenied):
            domain.stack(take(), units[0], account)
