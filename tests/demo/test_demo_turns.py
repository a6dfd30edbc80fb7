"""What happens now and then in the simulated day: check-ins, backup, a queued call, a quiet call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from tests.demo.test_demo_live import day as day  # noqa: PLC0414  the fixture
from tests.demo.test_demo_live import nearest_unit, pass_time
from tests.demo.test_demo_partners import reported

from anlan.demo.live.turns import ask_backup, behind
from anlan.demo.load import cards
from anlan.service.incidents import domain
from anlan.service.incidents.models import Assignment, Backup, Incident, QuietCall
from anlan.service.log.models import Event

if TYPE_CHECKING:
    from anlan.demo.live.day import Day

pytestmark = pytest.mark.django_db


def on_scene(day: Day, code: str) -> Assignment:
    """A crew that is on the scene of a call of a type."""
    incident = reported(day, code)
    (made,) = domain.assign(
        incident, [nearest_unit(day, incident)], day.people["sim-dispatcher"], confirmed=True
    )
    return domain.advance(made, Assignment.Status.ON_SCENE, day.people["sim-crews"])


def test_crews_check_in_where_the_run_card_asks(day: Day) -> None:
    """A crew at a quarrel says that it is well before it clears."""
    cards.store_asked()
    assert on_scene(day, "quarrel").check_in_due is not None
    now = timezone.now()
    for second in range(60):
        day.tick(now + timedelta(seconds=second), 1.0)
    assert Event.objects.filter(verb="assignment.checked_in").exists()


def test_backup_is_sent_or_declined(day: Day) -> None:
    """What a crew asks for is answered by the dispatcher with the nearest patrol, or a reason."""
    ask_backup(day, on_scene(day, "assault"))
    pass_time(day, 6)
    assert Backup.objects.get().status in {Backup.Status.SENT, Backup.Status.DECLINED}


def test_what_can_wait_is_queued_behind_a_patrol_on_scene(day: Day) -> None:
    """The patrol on scene is chosen once, and goes on to the queued call when it clears."""
    there = on_scene(day, "quarrel")
    waiting = reported(day, "noise")
    assert behind(day, [there], waiting) == there.unit
    domain.stack(waiting, there.unit, day.people["sim-dispatcher"], confirmed=True)
    assert behind(day, [there], waiting) is None
    pass_time(day, 60)
    waiting.refresh_from_db()
    assert waiting.status == Incident.Status.CLOSED
    assert waiting.assignments.get().unit == there.unit


def test_quiet_calls_are_rung_back_to_an_end(day: Day) -> None:
    """A quiet call of the day has its outcome in the end."""
    day.room.quiet(day, timezone.now())
    pass_time(day, 30)
    assert QuietCall.objects.order_by("pk")[0].outcome
