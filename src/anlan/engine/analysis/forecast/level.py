"""How many in the whole county: the decayed rate per exposed day × weekday × season of the days to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.decay import past, pulse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.forecast.history import CellHistory

HALF_LIFE = 60.0


def county(history: CellHistory, horizon: int, half_life: float = HALF_LIFE) -> NDArray[np.float64]:
    """Return the incidents expected in the whole county on each of the next days, (horizon,).

    Raises:
        ValueError: `horizon` is not positive, or no day of the history is exposed.

    """
    if horizon < 1:
        raise ValueError(f"horizon: {horizon} is not positive")
    if not history.exposed.any():
        raise ValueError("exposed: no day of the history is")
    beat = beats(history, horizon)
    known = len(history.days)
    daily = np.append(history.daily.astype(float), 0.0)
    weight = np.append(beat[:known] * history.exposed, 0.0)
    rate = past(daily, half_life, 0)[-1] / past(weight, half_life, 0)[-1]
    return np.asarray(rate * beat[known:])


def beats(history: CellHistory, horizon: int) -> NDArray[np.float64]:
    """Return weekday × season for the history's days and the `horizon` after them, (D + horizon,)."""
    days = np.concatenate((history.days, history.coming(horizon)))
    return pulse(history.daily, days, history.exposed)
