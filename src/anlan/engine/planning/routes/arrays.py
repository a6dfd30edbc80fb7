"""From the model to the kernel's arrays, and routes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.planning.routes import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.routes.model import Model

OWED = 1000.0  # an owed visit is worth this many times all that could be had otherwise
BIN_S = 1800


@dataclass(frozen=True, eq=False)
class Dislike:
    """How much it is disliked to begin at a stop in a bin, (S, B), and to go from stop to stop, (S, S)."""

    begin: NDArray[np.float64]
    pair: NDArray[np.float64]

    @classmethod
    def none(cls, stops: int) -> Dislike:
        """Nothing is disliked."""
        return cls(np.zeros((stops, 1)), np.zeros((stops, stops)))


def bins(model: Model) -> tuple[int, int]:
    """The moment from which times of day are counted in bins, and how many bins there are."""
    begin = min(unit.from_s for unit in model.ground.units)
    end = max(unit.until_s for unit in model.ground.units)
    return begin, -(-(end - begin) // BIN_S)


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be routed, as the kernel's tables (see there)."""

    drive: NDArray[np.int32]
    price: float
    crews: NDArray[np.int64]
    may: NDArray[np.bool_]
    options: NDArray[np.int64]
    seconds: NDArray[np.int64]
    toll: NDArray[np.float64]
    tasks: NDArray[np.int64]
    prize: NDArray[np.float64]
    near: NDArray[np.int32]
    dislike: NDArray[np.float64]
    pair: NDArray[np.float64]
    clock: NDArray[np.int64]

    def tables(self) -> tuple[Any, ...]:
        """All of them, in the kernel's order."""
        return tuple(vars(self).values())


def pack(model: Model, dislike: Dislike | None = None) -> Work:
    """The model as tables."""
    ground, options, tasks = model.ground, model.options, model.tasks
    seconds = np.array([option.way.seconds for option in options], np.int64).reshape(-1, len(ground.kinds))
    price = ground.request.hour_price / 3600
    line = np.array([tasks[option.task].kind == "line" for option in options], np.bool_)
    unliked = dislike or Dislike.none(len(ground.stops))
    crews = [
        (ground.kind_of[row], *ground.ends[row], unit.from_s, unit.until_s, unit.busy_s)
        for row, unit in enumerate(ground.units)
    ]
    return Work(
        drive=ground.drive.astype(np.int32),
        price=price,
        crews=np.array(crews, np.int64),
        may=model.may,
        options=_options(model),
        seconds=seconds,
        toll=np.where(line[:, None], price * np.maximum(seconds, 0), 0.0),
        tasks=_tasks(model),
        prize=_prizes(model),
        near=_near(model),
        dislike=unliked.begin,
        pair=unliked.pair,
        clock=np.array([bins(model)[0], BIN_S], np.int64),
    )


def _options(model: Model) -> NDArray[np.int64]:
    row_of = {stop.code: row for row, stop in enumerate(model.ground.stops)}
    rows = [
        (
            option.way.entry, option.way.exit, option.early, option.late, option.task,
            -1 if model.tasks[option.task].meal >= 0 else row_of[model.tasks[option.task].code],
        )
        for option in model.options
    ]  # fmt: skip
    return np.array(rows, np.int64).reshape(-1, 6)


def _tasks(model: Model) -> NDArray[np.int64]:
    ends = np.cumsum([len(task.options) for task in model.tasks])
    rows = [
        (end - len(task.options), end, task.meal, task.must)
        for task, end in zip(model.tasks, ends, strict=True)
    ]
    return np.array(rows, np.int64).reshape(-1, 4)


def _prizes(model: Model) -> NDArray[np.float64]:
    """Prizes as they are; for owed visits far more than everything else together."""
    ground = model.ground
    shifts = sum(unit.until_s - unit.from_s for unit in ground.units)
    everything = sum(task.prize for task in model.tasks) + ground.request.hour_price * shifts / 3600
    owed = OWED * max(everything, 1e-6)
    return np.array([task.prize + owed * task.must for task in model.tasks], np.float64)


def _near(model: Model) -> NDArray[np.int32]:
    """For each task all tasks, the nearest first (by the quickest kind, in the better direction)."""
    ground, options = model.ground, model.options
    place = np.array(
        [options[task.options[0]].way.entry if task.options else 0 for task in model.tasks], np.int64
    )
    place[place < 0] = ground.ends[0][0]
    way = ground.drive.min(axis=0)[np.ix_(place, place)].astype(np.float64)
    way = np.minimum(way, way.T)
    np.fill_diagonal(way, -1.0)
    return np.argsort(way, axis=1, kind="stable").astype(np.int32)


@dataclass(frozen=True, eq=False)
class State:
    """Routes as the kernel holds them, and its best so far."""

    routes: NDArray[np.int64]
    sums: NDArray[np.int64]
    costs: NDArray[np.float64]
    unit_of: NDArray[np.int64]
    best_routes: NDArray[np.int64]
    best_lengths: NDArray[np.int64]

    def tables(self) -> tuple[Any, ...]:
        """All of them, in the kernel's order."""
        return tuple(vars(self).values())

    def best(self) -> list[list[int]]:
        """Options in order per unit."""
        return [
            [int(row) for row in route[:count]]
            for route, count in zip(self.best_routes, self.best_lengths, strict=True)
        ]


def state_of(work: Work, routes: Sequence[Sequence[int]]) -> State:
    """The kernel's state of these routes, which are the best so far."""
    units, tasks = len(work.crews), len(work.tasks)
    table, sums = np.zeros((units, tasks + 1, 5), np.int64), np.zeros((units, 4), np.int64)
    costs, unit_of = np.zeros((units, 2)), np.full(tasks, -1, np.int64)
    for unit, route in enumerate(routes):
        table[unit, : len(route), kernel.ROW] = route
        done = work.options[list(route), kernel.TASK]
        unit_of[done] = unit
        sums[unit] = len(route), 0, np.sum(work.tasks[done, kernel.MEAL] >= 0), 0
        kernel.refresh(
            unit, work.drive, work.price, work.crews, work.options, work.seconds, work.toll, work.dislike,
            work.pair, work.clock, table, sums, costs,
        )  # fmt: skip
    return State(table, sums, costs, unit_of, table[:, :, kernel.ROW].copy(), sums[:, kernel.LENGTH].copy())


def worth(work: Work, state: State, aim: NDArray[np.float64]) -> float:
    """What the kernel minimises."""
    cost = float(state.costs[:, kernel.COST].sum()) + float(kernel.missing(work.prize, state.unit_of))
    return float(aim[0] * cost + aim[1] * state.costs[:, kernel.DISLIKE].sum())
