"""Calls that wait for a unit too long: on board, wall and sheet, by the county's own minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY

from anlan.engine.planning.standards import DutyRoom, Standards
from anlan.service.incidents import domain, queries
from anlan.service.incidents.handover_sheet import since
from anlan.service.incidents.models import Incident
from anlan.service.incidents.queries.handover import incidents as on_sheet
from anlan.service.incidents.queries.wall import wall_of
from anlan.service.planning.domain.standards import set_standards

CODE = COUNTY[:6]


@pytest.fixture
def waits(take: Any) -> Any:
    """Take a call that waits for so many minutes already."""

    def call(minutes: float, **facts: Any) -> Incident:
        incident = take(**facts)
        begin = timezone.now() - timedelta(minutes=minutes)
        Incident.objects.filter(pk=incident.pk).update(waiting_since=begin)
        return incident

    return call


def late(account: Any) -> set[str]:
    """Numbers that the board marks."""
    return {row.incident.number for row in queries.board(CODE, account).queue if row.late}


def test_each_priority_has_its_own_minutes(waits: Any, dispatcher: Any) -> None:
    """Ten minutes are too long for priority 2 and not for 3; a change of the standards holds at once."""
    urgent, routine = waits(10, priority=2), waits(10, priority=3)
    assert late(dispatcher) == {urgent.number}
    set_standards(CODE, Standards(duty_room=DutyRoom(wait_min=(2, 20, 9, 60))), None)
    assert late(dispatcher) == {routine.number}


def test_a_call_with_a_unit_does_not_wait(waits: Any, units: Any, dispatcher: Any) -> None:
    """Neither while the unit is on its way nor once it has been there."""
    incident = waits(500)
    (sent,) = domain.assign(incident, units[:1], dispatcher)
    assert late(dispatcher) == set()
    domain.advance(sent, "cleared", dispatcher)
    assert late(dispatcher) == set()


def test_it_is_said_on_board_wall_and_sheet(waits: Any, client_as: Any, dispatcher: Any) -> None:
    """In words, not by colour alone."""
    old, new = waits(30), waits(1)
    client = client_as("dispatcher")
    rows = client.get(reverse("incidents:rows")).json()["parts"]["queue"]["rows"]
    said = {
        token.partition(":")[0]: "data-late" in html and "waits too long" in html
        for token, html in rows.items()
    }
    assert said == {str(old.pk): True, str(new.pk): False}
    wall = wall_of(queries.board(CODE, dispatcher))
    assert [(one.waiting, one.late) for one in wall.urgencies if one.priority == 3] == [(2, 1)]
    assert "1 overdue" in client.get(reverse("incidents:wall")).content.decode()
    sheet = {one["number"]: one["late"] for one in on_sheet(CODE)}
    assert sheet == {old.number: True, new.number: False}


def test_the_sheet_says_it_and_an_older_sheet_does_not(county: Any) -> None:
    """A sheet frozen before there were minutes has no word of it."""
    kept = {"waiting_since": "2026-03-02T05:00:00+00:00"}
    assert [since(kept | more).endswith("overdue") for more in ({}, {"late": False}, {"late": True})] == [
        False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("minutes", [(1, 2, 3), (0, 1, 2, 3), (1, 2, 3, 1441)])
def test_minutes_are_given_for_every_priority(minutes: tuple[float, ...]) -> None:
    """Neither fewer nor none."""
    with pytest.raises(ValueError, match="wait_min"):
        DutyRoom(wait_min=minutes)
