"""An upper bound of what any plan is worth, by time alone.

Every visit is reached by a drive and left by one, so the drives of a plan take at least the sum, over its
visits, of the shortest way in (or out, or the mean of both) from another stop; or the unit stays where it is
between two visits of one stop and waits out their gap. What the crews' time then has room for is a fractional
knapsack (Dantzig, "Discrete-variable extremum problems", Operations Research 5, 1957): most prize per second
first. Windows, and who may do what, are left aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.routes.model import Model
    from anlan.engine.planning.routes.search import Routed

WAITING = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # weights of the shifts' whole length against the busy limit


def value_bound(routed: Routed) -> float:
    """No plan that makes as many owed visits as this one is worth more."""
    items = _items(routed.model)
    made = int(items.must.sum()) - routed.owed(meals=False)
    return min(
        _knapsack(routed.model, items, share * items.into + (1 - share) * items.out, made, waiting)
        for share in (0.0, 0.5, 1.0)
        for waiting in WAITING
    )


@dataclass(frozen=True, eq=False)
class _Items:
    """Per visit (meals aside): prize, own seconds, those that are driving, ways in and out, gap to wait.

    `stays`: whether the unit may have stayed since another visit of the stop.
    """

    prize: NDArray[np.float64]
    own: NDArray[np.float64]
    along: NDArray[np.float64]
    into: NDArray[np.float64]
    out: NDArray[np.float64]
    gap: NDArray[np.float64]
    stays: NDArray[np.bool_]
    must: NDArray[np.bool_]


def _items(model: Model) -> _Items:
    ground = model.ground
    drive = ground.drive.min(axis=0)
    leave = {place for stop in ground.stops for place in {way.exit for way in stop.ways}}
    enter = {place for stop in ground.stops for place in {way.entry for way in stop.ways}}
    meals = {option.way.entry for option in model.options if model.tasks[option.task].meal >= 0} - {-1}
    leave |= {start for start, _ in ground.ends} | meals
    enter |= {end for _, end in ground.ends} | meals
    sources, sinks = np.array(sorted(leave)), np.array(sorted(enter))
    shared = _shared(model, meals)
    longest_meal = max(unit.meal_s for unit in ground.units)  # may fill a part of the wait
    rows = []
    for task in (task for task in model.tasks if task.meal < 0):
        stop = ground.stop_of[task.code]
        own = float(stop.quickest_s)
        into = min(_least(drive[sources, way.entry], sources, way.entry, shared) for way in stop.ways)
        out = min(_least(drive[way.exit, sinks], sinks, way.exit, shared) for way in stop.ways)
        gap = float(max(0, stop.gap_s - longest_meal))
        along = own * (stop.kind == "line")
        rows.append((task.prize, own, along, into, out, gap, stop.visits > 1, task.must))
    table = np.array(rows, np.float64).reshape(-1, 8).T
    return _Items(table[0], table[1], table[2], table[3], table[4], table[5], table[6] > 0, table[7] > 0)


def _shared(model: Model, meals: set[int]) -> set[int]:
    """Places where a unit may come from one stop to another without a drive."""
    ground = model.ground
    taken = [place for ends in ground.ends for place in set(ends)] + sorted(meals)
    taken += [
        place for stop in ground.stops for place in {p for way in stop.ways for p in (way.entry, way.exit)}
    ]
    places, count = np.unique(np.array(taken), return_counts=True)
    return {int(place) for place in places[count > 1]}


def _least(seconds: NDArray[np.int64], places: NDArray[np.int64], own: int, shared: set[int]) -> float:
    """The shortest way, from the place itself only where something else is there too."""
    other = seconds if own in shared else seconds[places != own]
    return float(other.min(initial=10**8))


def _knapsack(model: Model, items: _Items, way: NDArray[np.float64], made: int, waiting: float) -> float:
    units = model.ground.units
    price = model.ground.request.hour_price / 3600
    busy = sum(unit.busy_s - unit.meal_s for unit in units)
    whole = sum(unit.until_s - unit.from_s - unit.meal_s for unit in units)
    weight = items.own + np.where(items.stays, np.minimum(way, waiting * items.gap), way)
    cost = price * (items.along + np.where(items.stays, 0.0, way))
    left = busy + waiting * (whole - busy) - float(np.sort(weight[items.must])[:made].sum())
    owed = float(np.sort((items.prize - cost)[items.must])[::-1][:made].sum())
    gain = items.prize - cost
    free = np.flatnonzero(~items.must & (gain > 0))
    return owed + _filled(gain[free], weight[free], max(left, 0.0))


def _filled(gain: NDArray[np.float64], weight: NDArray[np.float64], room: float) -> float:
    """The fractional knapsack's optimum."""
    order = np.argsort(-gain / np.maximum(weight, 1e-9), kind="stable")
    used = np.cumsum(weight[order])
    whole = int(np.searchsorted(used, room, side="right"))
    value = float(gain[order[:whole]].sum())
    if whole < len(order):
        before = float(used[whole - 1]) if whole else 0.0
        value += float(gain[order[whole]]) * (room - before) / max(float(weight[order[whole]]), 1e-9)
    return value
