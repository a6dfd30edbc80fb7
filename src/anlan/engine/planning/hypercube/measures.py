"""What a commander reads off the hypercube: response, work and help between beats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.hypercube.model import District, State


@dataclass(frozen=True, eq=False)
class Places:
    """Travel times (N, D) in seconds, inf where there is no way; beats of units (N,) and points (D,).

    `between` (D, D): seconds between points, for a unit that goes from its last call to one that waited;
    without it such a unit is taken to start from its post.
    """

    times_s: NDArray[np.float64]
    unit_beats: Sequence[str]
    point_beats: Sequence[str]
    between: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class UnitMeasures:
    """One unit: its beat, share of time busy, calls per hour, mean travel, share of calls in other beats."""

    row: int
    beat: str
    busy: float
    calls: float
    travel_s: float
    outside: float


@dataclass(frozen=True)
class BeatMeasures:
    """One beat: calls per hour, mean travel and response (wait + travel), share helped from other beats.

    `covered` is the chance that a unit near is free when a call comes, None where nobody said what is near.
    """

    beat: str
    calls: float
    travel_s: float
    response_s: float
    helped: float
    covered: float | None


@dataclass(frozen=True)
class Measures:
    """All of it. `wait_chance` is 0 where calls are lost instead (`lost`); means are over calls answered.

    `no_way`: share of calls sent a unit that has no way there; they are left out of travel times.
    """

    method: str
    units: list[UnitMeasures]
    beats: list[BeatMeasures]
    all_busy: float
    wait_chance: float
    lost: float
    wait_s: float
    travel_s: float
    response_s: float
    interbeat: float
    no_way: float
    covered: float | None


def measures(district: District, state: State, places: Places) -> Measures:
    """Turn a steady state into figures; every mean is weighted by calls."""
    weight, travel = _flows(district, state, places)
    way = np.isfinite(travel)
    seconds = np.where(way, travel, 0.0) * weight
    ridden = np.where(way, weight, 0.0)
    away = np.asarray(places.unit_beats)[:, None] != np.asarray(places.point_beats)
    wait = state.wait_s if district.waits else 0.0
    total = float(weight.sum())
    mean = _ratio(seconds.sum(), ridden.sum())
    return Measures(
        method="exact" if state.exact else "approximation",
        units=_units(state, places, weight, (seconds, ridden), away),
        beats=_beats(district, state, places, (weight, seconds, ridden), away, wait),
        all_busy=state.all_busy,
        wait_chance=state.all_busy if district.waits else 0.0,
        lost=0.0 if district.waits else state.all_busy,
        wait_s=wait,
        travel_s=mean,
        response_s=wait + mean,
        interbeat=_ratio((weight * away).sum(), total),
        no_way=_ratio(weight[~way].sum(), total),
        covered=None if state.covered is None else _ratio(state.covered @ district.calls, district.total),
    )


def _flows(
    district: District, state: State, places: Places
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Calls per hour (N, D) answered by unit at point, and the mean travel of each in seconds."""
    at_once = state.sent * district.calls
    late = state.queued[:, None] * district.calls
    if places.between is None or not late.any():
        return at_once + late, np.asarray(places.times_s, np.float64)
    from_last = district.calls @ places.between / district.total
    weight = at_once + late
    with np.errstate(invalid="ignore"):
        ridden = np.where(at_once > 0, at_once * places.times_s, 0.0) + late * from_last
    return weight, np.divide(ridden, weight, out=np.array(places.times_s, np.float64), where=weight > 0)


def _ratio(part: Any, whole: Any) -> float:
    return float(part) / float(whole) if whole else 0.0


def _units(
    state: State,
    places: Places,
    weight: NDArray[np.float64],
    ways: tuple[NDArray[np.float64], NDArray[np.float64]],
    away: NDArray[np.bool_],
) -> list[UnitMeasures]:
    seconds, ridden = ways
    return [
        UnitMeasures(
            row,
            str(beat),
            float(state.busy[row]),
            float(weight[row].sum()),
            _ratio(seconds[row].sum(), ridden[row].sum()),
            _ratio((weight[row] * away[row]).sum(), weight[row].sum()),
        )
        for row, beat in enumerate(places.unit_beats)
    ]


def _beats(
    district: District,
    state: State,
    places: Places,
    tables: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    away: NDArray[np.bool_],
    wait_s: float,
) -> list[BeatMeasures]:
    weight, seconds, ridden = tables
    names = np.asarray(places.point_beats)
    found = []
    for beat in dict.fromkeys(places.point_beats):
        mine = names == beat
        travel = _ratio(seconds[:, mine].sum(), ridden[:, mine].sum())
        calls = district.calls[mine]
        covered = None if state.covered is None else _ratio(state.covered[mine] @ calls, calls.sum())
        helped = _ratio((weight * away)[:, mine].sum(), weight[:, mine].sum())
        found.append(BeatMeasures(str(beat), float(calls.sum()), travel, wait_s + travel, helped, covered))
    return found
