"""How much there is to do: what waits, what is worked on, who is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.service.incidents.queries.board import AVAILABLE, OFF_DUTY

if TYPE_CHECKING:
    from anlan.service.incidents.queries.board import Board


def counts(board: Board) -> dict[str, int]:
    """Return how many incidents wait, how many are being worked on, how many units are free and on duty."""
    on_duty = [state for state in board.units if state.state != OFF_DUTY]
    return {
        "waiting": sum(row.waiting for row in board.queue),
        "live": len(board.queue),
        "free": sum(state.state == AVAILABLE for state in on_duty),
        "on_duty": len(on_duty),
    }
