"""The final check of a shift: its units at their posts, helping each other out, by the hypercube."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.hypercube import (
    EXACT_UNITS,
    District,
    Measures,
    Places,
    beat_first,
    by_time,
    calibrated,
    measures,
    solve,
)
from anlan.engine.planning.queueing import Unstable
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ShiftUnits:
    """Units (U) and points (D) of one shift.

    `calls` (D,): expected per hour. `times_s` (U, D): road times from each unit's post, inf without a way.
    `dispersion`: variance over mean of a beat's count in the shift of `hours`; see `Dispersion`.
    """

    calls: NDArray[np.float64]
    point_beats: Sequence[str]
    times_s: NDArray[np.float64]
    unit_beats: Sequence[str]
    on_scene_s: float
    away: float = 0.2
    dispersion: float = 1.0
    hours: float = 8.0
    own_beat_first: bool = False


@dataclass(frozen=True)
class Interval:
    """A figure as expected, and the 10 % and 90 % quantiles over what the demand may be; None: no bound."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ShiftCheck:
    """What the shift gives with help between beats. `overload`: share of samples beyond what units can do."""

    measures: Measures
    response_s: Interval
    wait_chance: Interval
    interbeat: Interval
    by_beat: dict[str, Interval]
    samples: int
    overload: float


def check_shift(
    shift: ShiftUnits,
    *,
    ring_s: float = 300.0,
    samples: int = 40,
    seed: int = 0,
    exact_to: int = EXACT_UNITS,
    watch: Watch = UNWATCHED,
) -> ShiftCheck:
    """Solve at the expected demand and at `samples` seeded draws of each beat's rate.

    Service times are the time on the scene and each unit's own travel. Stopped early, the interval is that of
    the draws done.

    Raises:
        ValueError: a field is out of range or of the wrong shape.
        Unstable: the units cannot do the expected work.

    """
    if samples < 0:
        raise ValueError(f"samples: 0 or more, not {samples}")
    middle = _solved(shift, shift.calls, ring_s, exact_to)
    random = np.random.default_rng(seed)
    drawn: list[Measures | None] = []
    for turn in range(samples if shift.dispersion > 1 else 0):
        if watch.stopped():
            break
        try:
            drawn.append(_solved(shift, _draw(shift, random), ring_s, exact_to))
        except Unstable:
            drawn.append(None)
        watch.told("check", (turn + 1) / samples)
    return _answer(middle, drawn)


def _draw(shift: ShiftUnits, random: np.random.Generator) -> NDArray[np.float64]:
    """Calls per hour with each beat's rate drawn from its gamma distribution."""
    names, beat = np.unique(np.asarray(shift.point_beats), return_inverse=True)
    mean = np.bincount(beat, shift.calls, len(names)) * shift.hours
    shape = np.maximum(mean, 1e-12) / (shift.dispersion - 1)
    rate: NDArray[np.float64] = shift.calls * (random.gamma(shape) / shape)[beat]
    return rate


def _solved(shift: ShiftUnits, calls: NDArray[np.float64], ring_s: float, exact_to: int) -> Measures:
    times = np.asarray(shift.times_s, np.float64)
    order = by_time(times)
    if shift.own_beat_first:
        order = beat_first(times, shift.unit_beats, shift.point_beats)
    units = times.shape[0]
    load = float(calls.sum()) * shift.on_scene_s / 3600
    free = units * (1 - shift.away) - load
    if free <= 0:
        raise Unstable(f"calls: a load of {load:g} is more than {units} units can do beside their own work")
    # Activities per free hour that make their share of a unit's time `away`, each as long as a call.
    own = shift.away * units / free * 3600 / shift.on_scene_s
    district = District.of(calls, order, shift.on_scene_s, own=own)
    district = calibrated(district, times, shift.on_scene_s, exact_to=exact_to)
    state = solve(district, ring_s >= times.T, exact_to=exact_to)
    return measures(district, state, Places(times, shift.unit_beats, shift.point_beats))


def _answer(middle: Measures, drawn: list[Measures | None]) -> ShiftCheck:
    done = [one for one in drawn if one is not None]

    def interval(value: float, values: list[float]) -> Interval:
        if not drawn:
            return Interval(value, None, None)
        # A sample beyond what the units can do is worse than any other.
        padded = sorted(values) + [np.inf] * (len(drawn) - len(done))
        low, high = (float(np.quantile(padded, at, method="lower")) for at in (0.1, 0.9))
        return Interval(value, low if np.isfinite(low) else None, high if np.isfinite(high) else None)

    return ShiftCheck(
        measures=middle,
        response_s=interval(middle.response_s, [one.response_s for one in done]),
        wait_chance=interval(middle.wait_chance, [one.wait_chance for one in done]),
        interbeat=interval(middle.interbeat, [one.interbeat for one in done]),
        by_beat={
            beat.beat: interval(beat.response_s, [one.beats[row].response_s for one in done])
            for row, beat in enumerate(middle.beats)
        },
        samples=len(drawn),
        overload=1 - len(done) / len(drawn) if drawn else 0.0,
    )
