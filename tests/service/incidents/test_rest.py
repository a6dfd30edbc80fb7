"""How long crews have been on duty, and what follows where their rest is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import COUNTY, LAT, LON, STEP

from anlan.engine.planning.standards import DutyRoom, Standards
from anlan.service.incidents import domain
from anlan.service.incidents.errors import NeedsConfirmation
from anlan.service.incidents.queries.recommended import recommended
from anlan.service.incidents.rest import UNKNOWN_REST, rest, rests_of
from anlan.service.patrol.duty import set_duty
from anlan.service.planning.domain.standards import set_standards
from anlan.service.staff.models import Unit


def test_rest_is_known_from_the_duty_log_and_unknown_without(units: Any) -> None:
    """Hours count from coming on duty by the log; a unit without a record is unknown, not rested."""
    for state in (False, True):
        set_duty(units[0], state, None)
    rests = rests_of(units)
    assert 0 <= rests[units[0].pk].on_duty_s < 600
    assert rests[units[1].pk] == UNKNOWN_REST


@pytest.mark.parametrize(("hours", "due"), [(3, False), (12.9, False), (13.1, True)])
def test_rest_is_due_when_eleven_hours_no_longer_fit_into_the_day(hours: float, due: bool) -> None:
    """Thirteen hours on duty are the most that a day with eleven hours of rest allows."""
    now = timezone.now()
    assert rest(now - timedelta(hours=hours), None, 0.0, now).due is due


@pytest.fixture
def tired(units: Any) -> Any:
    """The first unit at the call itself, fourteen hours on duty; the second a kilometre away, just come."""
    for unit, lon in zip(units[:2], (LON + STEP / 2, LON + STEP / 2 + 0.01), strict=True):
        unit.on_duty, unit.post_lon, unit.post_lat = False, lon, LAT + STEP / 2
        unit.save()
    set_duty(units[1], on_duty=True, actor=None)
    set_duty(units[0], on_duty=True, actor=None, at=timezone.now() - timedelta(hours=14))
    Unit.objects.filter(pk__in=[unit.pk for unit in units[2:]]).update(on_duty=False)
    return units[0]


def test_a_crew_whose_rest_is_due_is_not_suggested_before_a_rested_one(
    tired: Any, units: Any, take: Any, dispatcher: Any
) -> None:
    """Nearer by less than the county's seconds it comes second, with its true time; by more first."""
    first, second = recommended(take(), dispatcher)
    assert (first.state.unit, first.suggested, second.state.unit, second.rest.due) == (
        units[1], True, tired, True,
    )  # fmt: skip
    assert second.seconds < first.seconds
    for seconds in (0.0, 10.0):
        set_standards(COUNTY[:6], Standards(duty_room=DutyRoom(rest_s=seconds)), None)
        assert recommended(take(), dispatcher)[0].state.unit == tired


def test_sending_a_crew_whose_rest_is_due_asks(tired: Any, units: Any, take: Any, dispatcher: Any) -> None:
    """Named in the warning, sent when confirmed; said again, and for a rested crew, nothing is asked."""
    incident, other = take(), take()
    with pytest.raises(NeedsConfirmation, match=rf"Rest is due: {tired.call_sign}\."):
        domain.assign(incident, units[:2], dispatcher)
    domain.assign(incident, [tired], dispatcher, confirmed=True)
    domain.assign(incident, units[:2], dispatcher)
    with pytest.raises(NeedsConfirmation, match="Rest is due"):
        domain.preempt(other, tired, dispatcher)
