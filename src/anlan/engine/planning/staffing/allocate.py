"""A given number of car-hours over beats and shifts: least delay, or the same service everywhere.

Chaiken & Dormont, "A patrol car allocation model", Management Science 24 (1978), 1280-1300 (RAND's PCAM).
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST_STEPS = 40_000_000
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Allocation:
    """Units (J,) of each beat's shift; `value` is the total cost, `bound` what no other choice is below.

    `method`: "marginal" (unit by unit to where it helps most: exact on convex costs, equal hours), "dynamic"
    (exact), "hull" (neither fits: the marginal way on the lower hull, with the gap that is left).
    """

    units: NDArray[np.int64]
    value: float
    bound: float
    method: Literal["marginal", "dynamic", "hull"]
    hours: float

    @property
    def gap(self) -> float:
        """(value - bound) / value."""
        return max(0.0, (self.value - self.bound) / self.value) if self.value > 0 else 0.0


def allocate(cost: ArrayLike, hours: ArrayLike, total: float, least: ArrayLike = 0) -> Allocation:
    """Spread `total` car-hours so that the sum of costs is least.

    `cost` (J, C + 1): cost of c units at each of J places, falling in c, inf where c is too few. `hours`
    (J,): car-hours of a unit there. `least` (J,): units at least.

    Raises:
        ValueError: a shape is wrong, or `total` is below what the least possible units need.

    """
    table, each = np.asarray(cost, np.float64), np.asarray(hours, np.float64)
    if table.ndim != 2 or not table.size or each.shape != (len(table),):
        raise ValueError(
            f"cost, hours: expected (places, units) and (places,), not {table.shape}, {each.shape}"
        )
    if not (each > 0).all():
        raise ValueError("hours: must be above 0")
    table = np.minimum.accumulate(np.where(np.isnan(table), np.inf, table), axis=1)
    start = np.maximum(np.isfinite(table).argmax(axis=1), np.broadcast_to(np.asarray(least), len(table)))
    if not np.isfinite(table[:, -1]).all() or (start >= table.shape[1]).any():
        raise ValueError("cost: a place has no finite cost with as many units as its row has")
    if start @ each > total + TINY:
        raise ValueError(f"total: {total:g} car-hours, but {start @ each:g} are needed for a finite delay")
    return _spread(table, each, total, start)


def _spread(
    table: NDArray[np.float64], each: NDArray[np.float64], total: float, start: NDArray[np.int64]
) -> Allocation:
    alike = bool((each == each[0]).all())
    if alike and convex(table, start):
        units = _marginal(table, each, total, start)
        value = _value(table, units)
        return Allocation(units, value, value, "marginal", float(units @ each))
    step = _step(each)
    if step and len(table) * table.shape[1] * ((total - start @ each) / step + 1) <= MOST_STEPS * 20:
        units = _dynamic(
            table, np.rint(each / step).astype(np.int64), int((total - start @ each) / step + TINY), start
        )
        value = _value(table, units)
        return Allocation(units, value, value, "dynamic", float(units @ each))
    return _hull(table, each, total, start)


def convex(table: NDArray[np.float64], start: NDArray[np.int64]) -> bool:
    """Whether each row falls by less and less from its start on."""
    with np.errstate(invalid="ignore"):
        drop = -np.diff(table, axis=1)
    rows = np.arange(drop.shape[1] - 1) >= start[:, None]
    with np.errstate(invalid="ignore"):
        grows = drop[:, 1:] > drop[:, :-1] + TINY * np.maximum(1.0, np.abs(drop[:, :-1]))
    return not bool((grows & rows).any())


def _value(table: NDArray[np.float64], units: NDArray[np.int64]) -> float:
    return float(table[np.arange(len(table)), units].sum())


def _marginal(
    table: NDArray[np.float64], each: NDArray[np.float64], total: float, start: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Each next unit to where it saves most per car-hour (Fox 1966)."""
    units = start.copy()
    left = total - float(start @ each)
    heap = [(_gain(table, row, int(count), each), row) for row, count in enumerate(units)]
    heapify(heap)
    while heap:
        gain, row = heappop(heap)
        if gain >= 0 or each[row] > left + TINY:
            continue
        units[row] += 1
        left -= each[row]
        heappush(heap, (_gain(table, row, int(units[row]), each), row))
    return units


def _gain(table: NDArray[np.float64], row: int, count: int, each: NDArray[np.float64]) -> float:
    if count + 1 >= table.shape[1]:
        return 0.0
    return float((table[row, count + 1] - table[row, count]) / each[row])


def _step(each: NDArray[np.float64]) -> float:
    """The greatest time of which all lengths are multiples, by whole minutes; 0 where there is none."""
    minutes = np.rint(each * 60).astype(np.int64)
    return float(np.gcd.reduce(minutes)) / 60 if np.allclose(minutes / 60, each, atol=1e-9) else 0.0


def _dynamic(
    table: NDArray[np.float64], size: NDArray[np.int64], room: int, start: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Exact: least cost of the first places for every number of steps of car-hours beyond the start."""
    best = np.zeros(room + 1)
    chosen = np.zeros((len(table), room + 1), np.int16)
    for row, first in enumerate(start):
        extra = min(table.shape[1] - 1 - first, room // size[row])
        after = best + table[row, first]
        for more in range(1, extra + 1):
            used = more * size[row]
            tried = best[: room + 1 - used] + table[row, first + more]
            better = tried < after[used:] - TINY * np.abs(after[used:])
            after[used:][better] = tried[better]
            chosen[row, used:][better] = more
        best = after
    units, place = start.copy(), int(np.argmin(best))
    for row in range(len(table) - 1, -1, -1):
        units[row] += chosen[row, place]
        place -= int(chosen[row, place]) * int(size[row])
    return units


def _hull(
    table: NDArray[np.float64], each: NDArray[np.float64], total: float, start: NDArray[np.int64]
) -> Allocation:
    """The marginal way over the corners of lower hulls; the first step that does not fit gives the bound."""
    steps = sorted(
        (slope / each[row], row, low, high)
        for row, first in enumerate(start)
        for slope, low, high in _corners(table[row], int(first))
    )
    units, left, bound = start.copy(), total - float(start @ each), _value(table, start)
    open_ = True
    for slope, row, low, high in steps:
        need = (high - low) * each[row]
        if open_:
            bound += slope * min(need, left)
            open_ = need <= left + TINY
        if units[row] == low and need <= left + TINY:
            units[row], left = high, left - need
    return Allocation(units, _value(table, units), bound, "hull", float(units @ each))


def _corners(costs: NDArray[np.float64], first: int) -> list[tuple[float, int, int]]:
    """Falling edges of the lower convex hull: slope per unit, from, to."""
    hull = [first]
    for place in range(first + 1, len(costs)):
        while len(hull) > 1 and _slope(costs, hull[-2], hull[-1]) >= _slope(costs, hull[-1], place):
            hull.pop()
        hull.append(place)
    edges = [(_slope(costs, low, high), low, high) for low, high in pairwise(hull)]
    return [edge for edge in edges if edge[0] < 0]


def _slope(costs: NDArray[np.float64], low: int, high: int) -> float:
    return float(costs[high] - costs[low]) / (high - low)


def equal_service(
    measure: ArrayLike, cost: ArrayLike, hours: ArrayLike, total: float, least: ArrayLike = 0
) -> tuple[Allocation, float]:
    """Make the worst place as good as the car-hours allow; what is left goes where it lowers the cost most.

    `measure` (J, C + 1): what is to be alike (a mean response, say), falling in c. Returns the allocation
    and the worst place's measure. Exact: the worst value is searched among all that occur.

    Raises:
        ValueError: as `allocate`.

    """
    table = np.minimum.accumulate(np.asarray(measure, np.float64), axis=1)
    each = np.asarray(hours, np.float64)
    floor = np.broadcast_to(np.asarray(least, np.int64), len(table))
    values = np.unique(table[np.isfinite(table)])
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        if _fits(table, each, total, floor, float(values[middle])):
            high = middle
        else:
            low = middle + 1
    units = _at_most(table, floor, float(values[high]))
    found = allocate(cost, each, total, np.maximum(units, floor))
    return found, float(table[np.arange(len(table)), found.units].max())


def _at_most(table: NDArray[np.float64], floor: NDArray[np.int64], value: float) -> NDArray[np.int64]:
    good = table <= value
    return np.where(good.any(axis=1), np.maximum(good.argmax(axis=1), floor), table.shape[1])


def _fits(
    table: NDArray[np.float64],
    each: NDArray[np.float64],
    total: float,
    floor: NDArray[np.int64],
    value: float,
) -> bool:
    units = _at_most(table, floor, value)
    return bool((units < table.shape[1]).all() and units @ each <= total + TINY)
