"""Next day's expected incidents per beat, shift and type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.decay import Decay, _past, pulse, rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube

METHOD = "decayed-counts/1"
SHARE_PRIOR = 30.0
SHARE_HALF_LIFE = 180.0


@dataclass(frozen=True, eq=False)
class Forecast:
    """Expected incidents on the day after the cube's last: (beats,), (beats, 3 shifts), (beats, types)."""

    by_beat: NDArray[np.float64]
    by_shift: NDArray[np.float64]
    by_type: NDArray[np.float64]
    effective_days: float


def next_day(shifts: CountCube, exposed: NDArray[np.bool_], how: Decay | None = None) -> Forecast:
    """Return the expectation for the day after a beat × shift × type cube ends.

    Args:
        shifts: cube with step "shift".
        exposed: whether each of its days had data, shape (T,).
        how: weights of the past; default half-life 60 days, no guard.

    Raises:
        ValueError: the cube is not by shift, or `exposed` has another number of days.

    """
    if shifts.step != "shift":
        raise ValueError(f"shifts: step {shifts.step!r}, expected shift")
    if len(exposed) * 3 != len(shifts.periods):
        raise ValueError(f"exposed: {len(exposed)} days, the cube has {len(shifts.periods) // 3}")
    by_shift = shifts.dense().reshape(len(shifts.cells), -1, 3)
    daily = by_shift.sum(axis=2)
    expected, effective = expected_next(daily, shifts.periods[::3], exposed, how or Decay())
    return Forecast(
        expected,
        expected[:, None] * _shares(_weighed(np.moveaxis(by_shift, 2, 1))),
        expected[:, None] * _shares(_weighed_types(shifts)),
        effective,
    )


def expected_next(
    daily: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_], how: Decay
) -> tuple[NDArray[np.float64], float]:
    """Return expected counts on the day after the last, shape (beats,), and the effective days behind them."""
    days = days.astype("datetime64[D]")
    longer = np.append(days, days[-1] + np.timedelta64(1, "D"))
    beat = pulse(daily.sum(axis=0), longer, exposed)
    rate, effective = rates(
        np.pad(daily, ((0, 0), (0, 1))), np.append(exposed, True) * beat, how
    )  # the added day is never its own past
    return rate[:, -1] * beat[-1], float(effective[-1])


def _weighed(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return discounted sums over the last axis."""
    return _past(np.pad(counts, [(0, 0)] * (counts.ndim - 1) + [(0, 1)]).astype(float), SHARE_HALF_LIFE, 0)[
        ..., -1
    ]


def _weighed_types(shifts: CountCube) -> NDArray[np.float64]:
    """Return discounted counts by beat and type without making the cube dense."""
    age = (len(shifts.periods) - 1 - shifts.period) // 3
    weight = shifts.count * 0.5 ** (age / SHARE_HALF_LIFE)
    flat = shifts.cell.astype(np.int64) * len(shifts.types) + shifts.type
    size = len(shifts.cells) * len(shifts.types)
    return np.bincount(flat, weight, size).reshape(len(shifts.cells), len(shifts.types))


def _shares(weighed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each beat's shares, shrunk to the county's by a prior of 30 incidents."""
    county = weighed.sum(axis=0)
    county = county / county.sum() if county.sum() else np.full(len(county), 1 / max(len(county), 1))
    mixed = weighed + SHARE_PRIOR * county
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True), np.float64)
