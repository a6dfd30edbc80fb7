"""Next day's expected incidents per beat, shift and type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.decay import Decay, pulse, rates
from anlan.engine.analysis.forecast.shifts import HALF_LIFE, discounted, shrunken_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube

METHOD = "decayed-counts/1"


@dataclass(frozen=True, eq=False)
class Forecast:
    """Expected incidents on the day after the cube's last: (beats,), (beats, 3 shifts), (beats, types)."""

    by_beat: NDArray[np.float64]
    by_shift: NDArray[np.float64] | None
    by_type: NDArray[np.float64]
    effective_days: float


def next_day(
    days: CountCube, exposed: NDArray[np.bool_], shifts: CountCube | None = None, how: Decay | None = None
) -> Forecast:
    """Return the expectation for the day after a beat × day × type cube ends.

    Args:
        days: cube with step "day".
        exposed: whether each of its days had data, shape (T,).
        shifts: the same by shift, None where only the days of incidents are known.
        how: weights of the past; default half-life 60 days, no guard.

    Raises:
        ValueError: a cube has another step, or `exposed` has another number of days.

    """
    if days.step != "day" or (shifts is not None and shifts.step != "shift"):
        raise ValueError("days, shifts: expected cubes with steps day and shift")
    if len(exposed) != len(days.periods):
        raise ValueError(f"exposed: {len(exposed)} days, the cube has {len(days.periods)}")
    expected, effective = expected_next(days.dense(), days.periods, exposed, how or Decay())
    by_shift = None if shifts is None else expected[:, None] * shrunken_shares(_weighed_shifts(shifts))
    return Forecast(expected, by_shift, expected[:, None] * shrunken_shares(_weighed_types(days)), effective)


def expected_next(
    daily: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_], how: Decay
) -> tuple[NDArray[np.float64], float]:
    """Return expected counts on the day after the last, (beats,), and the effective days behind them."""
    days = days.astype("datetime64[D]")
    longer = np.append(days, days[-1] + np.timedelta64(1, "D"))
    beat = pulse(daily.sum(axis=0), longer, exposed)
    rate, effective = rates(
        np.pad(daily, ((0, 0), (0, 1))), np.append(exposed, True) * beat, how
    )  # the added day is never its own past
    return rate[:, -1] * beat[-1], float(effective[-1])


def _weighed_shifts(shifts: CountCube) -> NDArray[np.float64]:
    """Return discounted counts by beat and shift, shape (beats, 3)."""
    return discounted(shifts.dense().reshape(len(shifts.cells), -1, 3), HALF_LIFE)


def _weighed_types(days: CountCube) -> NDArray[np.float64]:
    """Return discounted counts by beat and type without making the cube dense."""
    weight = days.count * 0.5 ** ((len(days.periods) - 1 - days.period) / HALF_LIFE)
    flat = days.cell.astype(np.int64) * len(days.types) + days.type
    size = len(days.cells) * len(days.types)
    return np.bincount(flat, weight, size).reshape(len(days.cells), len(days.types))
