"""The hypercube queueing model, exact.

Larson, "A hypercube queuing model for facility location and redistricting in urban emergency services",
Computers & Operations Research 1 (1974), 67-95. A state is the set of busy units. How many points and ranks
there are costs next to nothing: rates and dispatch chances are sums over subsets and supersets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from anlan.engine.planning.hypercube.lattice import counts, over_subsets, over_supersets
from anlan.engine.planning.hypercube.model import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.hypercube.model import District

MOST_EXACT = 16  # 65,536 states; every unit more doubles time and memory
TOLERANCE, MOST_SWEEPS = 1e-13, 5000


def exact(district: District, near: NDArray[np.bool_] | None = None) -> State:
    """Steady state over all 2^N sets of busy units; `near` (D, N): which units cover which point.

    Raises:
        ValueError: more than `MOST_EXACT` units.

    """
    if district.units > MOST_EXACT:
        raise ValueError(f"district: {district.units} units; exact only to {MOST_EXACT}")
    chance = _steady(district, _starts(district))
    if district.waits:
        # The queue stands behind the state of all busy, geometric with this ratio: only it is scaled.
        chance[-1] /= 1.0 - district.total / district.most
    chance /= chance.sum()
    return _state(district, chance, near)


def _starts(district: District) -> NDArray[np.float64]:
    """Rate (N, 2^N) at which unit n becomes busy when the set B is; of use only where n is not in B."""
    rates = np.zeros((district.units, 1 << district.units))
    before = _before(district.order)
    for rank in range(district.units):
        np.add.at(rates, (district.order[:, rank], before[:, rank]), district.calls)
    return over_subsets(rates) + district.own[:, None]


def _before(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Mask (D, N + 1) of the units preferred to rank k; the last is all units."""
    bits = np.cumsum(np.int64(1) << order, axis=1)
    return np.hstack((np.zeros((len(order), 1), np.int64), bits))


def _steady(district: District, starts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances (2^N,) of the chain without queue.

    Every transition changes the number of busy units by one, so states of even and odd number take turns
    (Gauss-Seidel), and after each turn the levels are weighed anew by their birth-death chain (aggregation
    and disaggregation, Takahashi 1975).
    """
    inflow, outflow, up, down = _rates(district, starts)
    level = counts(district.units)
    turns = [np.flatnonzero(level % 2 == part) for part in (1, 0)]
    parts = [inflow[rows] for rows in turns]
    chance = _levelled(np.ones(len(level)), level, up, down)
    for _ in range(MOST_SWEEPS):
        last = chance.copy()
        for rows, part in zip(turns, parts, strict=True):
            chance[rows] = (part @ chance) / outflow[rows]
        chance = _levelled(chance, level, up, down)
        if np.abs(chance - last).max() <= TOLERANCE * chance.max():
            break
    return chance


def _rates(
    district: District, starts: NDArray[np.float64]
) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Inflow matrix (to, from), and per state all outflow, that upwards, that downwards."""
    size = 1 << district.units
    state = np.arange(size)
    up, down = np.zeros(size), np.zeros(size)
    entries = []
    for unit, end in enumerate(district.ends):
        free = state[(state >> unit) & 1 == 0]
        busy = free | (1 << unit)
        up[free] += starts[unit, free]
        down[busy] += end
        entries += [(busy, free, starts[unit, free]), (free, busy, np.full(len(free), end))]
    to, start, rate = (np.concatenate(part) for part in zip(*entries, strict=True))
    outflow = np.where(up + down > 0, up + down, 1.0)
    return csr_array((rate, (to, start)), shape=(size, size)), outflow, up, down


def _levelled(
    chance: NDArray[np.float64], level: NDArray[np.int64], up: NDArray[np.float64], down: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scale each level so that the flow up to the next equals the flow down from it; all sum to 1."""
    rise, fall = (np.bincount(level, chance * rate) for rate in (up, down))
    ratio = np.divide(rise[:-1], fall[1:], out=np.zeros(len(rise) - 1), where=fall[1:] > 0)
    scaled: NDArray[np.float64] = chance * np.cumprod(np.append(1.0, ratio))[level]
    return scaled / scaled.sum()


def _state(district: District, chance: NDArray[np.float64], near: NDArray[np.bool_] | None) -> State:
    busy = over_supersets(chance)
    before = _before(district.order)
    drop = -np.diff(busy[before], axis=1)
    sent = np.zeros((district.units, len(before)))
    np.put_along_axis(sent, district.order.T, np.maximum(drop, 0.0).T, axis=0)
    full = float(chance[-1])
    hours = full / (district.most - district.total) if district.waits else 0.0
    return State(
        exact=True,
        busy=busy[np.int64(1) << np.arange(district.units)],
        level=np.bincount(counts(district.units), chance),
        sent=sent,
        queued=full * district.ends / district.most * district.waits,
        wait_s=3600.0 * hours,
        covered=None if near is None else 1.0 - busy[near @ (np.int64(1) << np.arange(district.units))],
    )
