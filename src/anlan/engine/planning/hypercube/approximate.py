"""The hypercube model for many units, by approximation.

Larson, "Approximating the performance of urban emergency service systems", Operations Research 23 (1975),
845-868: units are busy independently of each other but for a factor Q that is exact if units were sent at
random. Jarvis, "Approximating the equilibrium behavior of multi-server loss systems", Management Science 31
(1985), 235-239: service times that differ by unit, through the mean over the calls that each unit answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.hypercube.model import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.hypercube.model import District

TOLERANCE, MOST_ROUNDS = 1e-10, 500


@dataclass(frozen=True, eq=False)
class _Random:
    """As if units were sent at random: P(i busy) (N + 1,), P(j given units busy) (N + 1,), factors Q (N,)."""

    level: NDArray[np.float64]
    busy: NDArray[np.float64]
    factor: NDArray[np.float64]
    use: float


def approximate(district: District, near: NDArray[np.bool_] | None = None) -> State:
    """Steady state by Larson's procedure; `near` (D, N): which units cover which point."""
    mean = float(district.service_s.mean())
    use = np.full(district.units, min(0.9, district.total * mean / 3600 / district.units))
    for _ in range(MOST_ROUNDS):
        chain = _at_random(district, mean)
        reach = _reach(district, use, chain)
        new = _use(district, reach, chain)
        mean = _mean_service(district, reach, new, chain)
        done = np.abs(new - use).max() <= TOLERANCE
        use = new
        if done:
            break
    return _state(district, use, _at_random(district, mean), near)


def _at_random(district: District, mean_s: float) -> _Random:
    """M/M/N at the mean service time, with own activities of free units."""
    units = district.units
    busy = np.arange(units)
    rise = district.total + district.own.mean() * (units - busy)
    fall = (busy + 1) * 3600.0 / mean_s
    if district.waits:
        fall[-1] = district.most
    logs = np.concatenate(([0.0], np.cumsum(np.log(np.maximum(rise, 1e-300)) - np.log(fall))))
    level = np.exp(logs - logs.max())
    if district.waits:
        level[-1] /= 1.0 - district.total / district.most
    level /= level.sum()
    chosen = _chosen(level)
    use = float(level @ np.arange(units + 1)) / units
    first_free = -np.diff(chosen)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        factor = np.exp(np.log(first_free) - np.arange(units) * np.log(use) - np.log1p(-use))
    return _Random(level, chosen, np.nan_to_num(factor, nan=0.0, posinf=0.0), use)


def _chosen(level: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(j units drawn at random are all busy), j = 0 to N."""
    units = len(level) - 1
    number = np.arange(units + 1, dtype=np.float64)
    share = level.copy()
    found = [1.0]
    for drawn in range(units):
        share *= np.maximum(number - drawn, 0.0) / (units - drawn)
        found.append(float(share.sum()))
    return np.array(found)


def _reach(district: District, use: NDArray[np.float64], chain: _Random) -> NDArray[np.float64]:
    """P(all preferred to rank k are busy) with its factor, (D, N)."""
    ranked = use[district.order]
    before = np.cumprod(np.hstack((np.ones((len(ranked), 1)), ranked[:, :-1])), axis=1)
    reach: NDArray[np.float64] = before * chain.factor
    return reach


def _use(district: District, reach: NDArray[np.float64], chain: _Random) -> NDArray[np.float64]:
    """Share of time busy, (N,): dispatches while free and from the queue, scaled to the mean of all units."""
    offered = np.bincount(
        district.order.ravel(), (reach * district.calls[:, None]).ravel(), minlength=district.units
    )
    offered += district.own
    # A queued call binds each unit in proportion to how fast it frees itself.
    late = district.total * chain.level[-1] / district.most if district.waits else 0.0
    use = (offered / district.ends + late) / (1.0 + offered / district.ends)
    return np.minimum(use * chain.use / use.mean(), 1.0 - 1e-9)


def _mean_service(
    district: District, reach: NDArray[np.float64], use: NDArray[np.float64], chain: _Random
) -> float:
    """Mean service time over all calls by who answers them."""
    answered = reach * (1.0 - use[district.order]) * district.calls[:, None]
    by_unit = np.bincount(district.order.ravel(), answered.ravel(), minlength=district.units)
    by_unit += district.own * (1.0 - use)
    if district.waits:
        by_unit += district.total * chain.level[-1] * district.ends / district.most
    return (
        float(district.service_s @ by_unit / by_unit.sum())
        if by_unit.sum()
        else float(district.service_s.mean())
    )


def _state(
    district: District, use: NDArray[np.float64], chain: _Random, near: NDArray[np.bool_] | None
) -> State:
    full = float(chain.level[-1])
    ranked = _reach(district, use, chain) * (1.0 - use[district.order])
    total = ranked.sum(axis=1, keepdims=True)
    ranked *= np.divide(1.0 - full, total, out=np.zeros_like(total), where=total > 0)
    sent = np.zeros((district.units, len(ranked)))
    np.put_along_axis(sent, district.order.T, ranked.T, axis=0)
    hours = full / (district.most - district.total) if district.waits else 0.0
    return State(
        exact=False,
        busy=use,
        level=chain.level,
        sent=sent,
        queued=full * district.ends / district.most * district.waits,
        wait_s=3600.0 * hours,
        covered=None if near is None else 1.0 - _all_busy(use, chain, near),
    )


def _all_busy(use: NDArray[np.float64], chain: _Random, near: NDArray[np.bool_]) -> NDArray[np.float64]:
    """P(all of a set of units are busy), (D,): product of their shares, corrected for the set's size."""
    size = near.sum(axis=1)
    alone = np.prod(np.where(near, use, 1.0), axis=1)
    with np.errstate(divide="ignore", invalid="ignore", under="ignore"):
        factor = chain.busy[size] / chain.use**size
    chance: NDArray[np.float64] = np.clip(np.nan_to_num(alone * factor, nan=0.0, posinf=1.0), 0.0, 1.0)
    return chance
