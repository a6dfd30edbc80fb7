"""Hysteresis: a colour rises at once and falls slowly, so that a beat does not flicker at a boundary.

Each morning the shown colour becomes today's own colour if that is higher. Otherwise it falls by one step
when today's p, and that of the `days` − 1 mornings before, lies above `margin` times the boundary of the
shown colour; else it is held. A held colour is no new alarm: the budget counts mornings whose own p makes the
colour, and every rise is such a morning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.colours.calibration import steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.colours.watch import Budget, Hold

UNKNOWN = -1


def settle(
    shown: NDArray[np.int8], calm: NDArray[np.int64], p: NDArray[np.float64], budget: Budget, hold: Hold
) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Return the colours shown this morning and the calm mornings in a row behind each.

    Args:
        shown: yesterday's colours, 0 green to 3 red, −1 unknown; shape (beats,).
        calm: mornings in a row with p above the margin of the shown colour, shape (beats,).
        p: today's calibrated p, NaN unknown, shape (beats,).
        budget: the boundaries.
        hold: margin and mornings.

    """
    own = steps(p, budget)
    limits = hold.margin * np.array([0.0, *budget.boundaries])
    quiet = np.where(p > limits[np.maximum(shown, 0)], calm + 1, 0)
    falls = (own < shown) & (quiet >= hold.days)
    now = np.where(own >= shown, own, np.where(falls, np.maximum(shown - 1, own), shown))
    now = np.where(own == UNKNOWN, UNKNOWN, now).astype(np.int8)
    rose = (own >= shown) | (own == UNKNOWN)
    return now, np.where(rose, 0, quiet).astype(np.int64)


def settled(p: NDArray[np.float64], budget: Budget, hold: Hold) -> NDArray[np.int8]:
    """Return the colours shown on each morning of a series without a past; shape (beats, days)."""
    found = np.empty(p.shape, np.int8)
    shown, calm = np.full(len(p), UNKNOWN, np.int8), np.zeros(len(p), np.int64)
    for day in range(p.shape[1]):
        shown, calm = settle(shown, calm, p[:, day], budget, hold)
        found[:, day] = shown
    return found
