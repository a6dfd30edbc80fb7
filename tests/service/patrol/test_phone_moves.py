"""Orders to stand by at a post, on the crew's phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories import StandbyPostFactory
from tests.service.patrol.test_phone_sync import HERE, NOW, Phone

from anlan.service.incidents import domain as incidents
from anlan.service.incidents.models import Move
from anlan.service.log.models import Event
from anlan.service.staff.models import Unit


@pytest.fixture
def move(unit: Unit) -> Move:
    """The unit ordered to a standby post two hours ago."""
    post = StandbyPostFactory(code="P03", area_code=unit.area_code, **HERE)
    row = incidents.order_move(unit, post, None)
    Move.objects.filter(pk=row.pk).update(ordered_at=NOW - timedelta(hours=2))
    return row


def test_a_move_up_is_answered_once_at_the_time_of_the_tap(phone: Phone, move: Move) -> None:
    """On the way and at the post, told late and twice; the phone's copy follows."""
    steps = [("accepted", 40), ("arrived", 30)]
    taps = [phone.item("move", ago, move=move.pk, status=status) for status, ago in steps]
    for _again in range(2):
        assert phone.send(*taps) == [("done", "")] * 2
    move.refresh_from_db()
    assert (move.accepted_at, move.arrived_at) == tuple(NOW - timedelta(minutes=ago) for ago in (40, 30))
    verbs = Event.objects.filter(verb__startswith="unit.move").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["unit.move_ordered", "unit.move_accepted", "unit.move_arrived"]
    shown = phone.client.get(reverse("patrol:duty_snapshot")).json()["move"]
    assert (shown["id"], shown["status"], shown["post"]) == (move.pk, "arrived", move.post_name)


def test_a_late_tap_hits_no_other_move_up(phone: Phone, move: Move) -> None:
    """An order that has ended, or is another unit's, is refused in words; no phone ends one by itself."""
    incidents.advance_move(move, "ended", None)
    tap = {"move": move.pk, "status": "accepted"}
    assert phone.send(phone.item("move", 1, **tap)) == [("refused", "status")]
    assert phone.send(phone.item("move", 1, **tap | {"move": move.pk + 1})) == [("refused", "move")]
    assert phone.send(phone.item("move", 1, **tap | {"status": "ended"})) == [("refused", "status")]
    assert phone.client.get(reverse("patrol:duty_snapshot")).json()["move"] is None


def test_going_off_duty_ends_the_move_up(phone: Phone, move: Move) -> None:
    """The next shift does not find the order of the one before."""
    assert phone.send(phone.item("off", 5)) == [("done", "")]
    move.refresh_from_db()
    assert (move.status, move.ended_at) == ("ended", NOW - timedelta(minutes=5))
