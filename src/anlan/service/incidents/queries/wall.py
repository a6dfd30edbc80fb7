"""What hangs on the duty room's wall."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from anlan.service.incidents.models import Priority
from anlan.service.incidents.queries.board import AVAILABLE, OFF_DUTY
from anlan.service.incidents.queries.counts import counts
from anlan.service.places.models import Beat

if TYPE_CHECKING:
    from anlan.service.incidents.queries.board import Board, QueueRow

LISTED = 12


class Urgency(NamedTuple):
    """How many are open at a priority, how many of them wait, how many too long, and the one longest."""

    priority: int
    label: str
    live: int
    waiting: int
    late: int
    longest: QueueRow | None


class BeatForce(NamedTuple):
    """How many units of a beat are free, of those on duty."""

    label: str
    free: int
    on_duty: int


@dataclass(frozen=True)
class Wall:
    """The figures of a board, without a word that anyone has said."""

    counts: dict[str, int]
    urgencies: list[Urgency]
    waiting: list[QueueRow]
    beats: list[BeatForce]


def wall_of(board: Board) -> Wall:
    """Return the wall of a board, in one further query."""
    waiting = sorted((row for row in board.queue if row.waiting), key=lambda row: row.incident.waiting_since)
    urgencies = [urgency(board, waiting, Priority(value)) for value in Priority.values]
    return Wall(counts(board), urgencies, waiting[:LISTED], beats_of(board))


def urgency(board: Board, waiting: list[QueueRow], priority: Priority) -> Urgency:
    """Return the figures of one priority."""
    mine = [row for row in waiting if row.incident.priority == priority]
    live = sum(row.incident.priority == priority for row in board.queue)
    late = sum(row.late for row in mine)
    return Urgency(int(priority), priority.word, live, len(mine), late, mine[0] if mine else None)


def beats_of(board: Board) -> list[BeatForce]:
    """Return the force of each beat with units on duty, by name; the last is of units that have no beat."""
    on_duty = [state for state in board.units if state.state != OFF_DUTY]
    total = Counter(state.unit.beat_code for state in on_duty)
    free = Counter(state.unit.beat_code for state in on_duty if state.state == AVAILABLE)
    named = {beat.code: beat.label for beat in Beat.objects.filter(code__in=total).defer("geometry")}
    forces = [BeatForce(named.get(code, code), free[code], number) for code, number in total.items() if code]
    loose = [BeatForce("", free[""], total[""])] if total[""] else []
    return sorted(forces) + loose
