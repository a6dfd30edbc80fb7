"""The one module that imports PyVRP (pinned: its interface is moving): a model in, units' routes out.

Wouda, Lan & Kool, "PyVRP: a high-performance VRP solver package", INFORMS Journal on Computing 36 (2024),
943-955. It is the peer that our own search is measured against, and checked with.

Every unit is a vehicle type of one vehicle; every option an optional client, owed visits at a prize beyond
all others, so that what cannot be done is left out instead of failing; options of a task are a mutually
exclusive group. Distances are busy seconds (drive and visit), whose limit per unit is the time not left free
for calls. Whoever may not serve a client finds every way to it forbiddingly long.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvrp
from pyvrp import search
from pyvrp.IteratedLocalSearch import IteratedLocalSearch, IteratedLocalSearchParams

from anlan.engine.planning.routes.model import NO_WAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.routes.model import Model

LARGEST = 10**7  # of a prize in the solver's whole numbers


@dataclass(frozen=True)
class Found:
    """Options in order per unit, whether all limits hold, iterations done."""

    routes: list[list[int]]
    feasible: bool
    iterations: int


class Stop:
    """Asked before every iteration: are the time or the iterations over, or does who looks on say so."""

    def __init__(self, until: float, iterations: int, ask: Callable[[float], bool]) -> None:
        """`until`: a `time.perf_counter()`; `ask` gets the share done."""
        self.begun, self.until, self.iterations, self.ask = time.perf_counter(), until, iterations, ask
        self.done = 0

    def __call__(self, best_cost: int) -> bool:  # noqa: ARG002  PyVRP asks with it
        """Whether to stop."""
        now = time.perf_counter()
        share = max(self.done / self.iterations, (now - self.begun) / max(self.until - self.begun, 1e-9))
        if share >= 1 or (self.done % 16 == 0 and self.ask(share)):
            return True
        self.done += 1
        return False


class Problem:
    """A model in PyVRP's terms."""

    def __init__(self, model: Model) -> None:
        """Scale prizes so that a second of driving costs 1."""
        self.model, ground = model, model.ground
        if any(option.way.entry < 0 for option in model.options):
            raise ValueError("places of a meal: PyVRP needs to be told where")
        prizes = [task.prize for task in model.tasks]
        largest = max(prizes, default=0.0)
        self.scale = 3600 / max(ground.request.hour_price, 1e-12)
        if largest * self.scale > LARGEST:
            self.scale = LARGEST / largest
        shifts = sum(unit.until_s - unit.from_s for unit in ground.units)
        self.owed = int(2 * self.scale * sum(prizes)) + 2 * shifts
        self.barred = max(NO_WAY, 3 * self.owed)
        self.data = self._data()

    def _data(self) -> Any:
        ground, options = self.model.ground, self.model.options
        depots = sorted({place for ends in ground.ends for place in ends})
        self.spots, location = _locations(self.model)
        self.may = np.zeros((len(ground.units), len(self.spots)), np.bool_)
        for row, place in enumerate(location):
            self.may[:, place] |= self.model.may[:, row]
        entry = np.array(depots + [options[row].way.entry for row in self.spots], np.int64)
        leave = np.array(depots + [options[row].way.exit for row in self.spots], np.int64)
        profiles, tables = self._profiles(len(depots), entry, leave)
        square: Any = tables
        first = len(depots)
        return pyvrp.ProblemData(
            [pyvrp.Location(0, 0) for _ in entry],
            [self._client(row, first + location[row]) for row in range(len(options))],
            [pyvrp.Depot(place) for place in range(len(depots))],
            [
                self._vehicle(unit, depots.index(start), depots.index(end), profiles[unit])
                for unit, (start, end) in enumerate(ground.ends)
            ],
            square,
            square,
            [
                pyvrp.ClientGroup(list(task.options), required=False)
                for task in self.model.tasks
                if len(task.options) > 1
            ],
        )

    def _profiles(
        self, depots: int, entry: NDArray[np.int64], leave: NDArray[np.int64]
    ) -> tuple[list[int], list[NDArray[np.int64]]]:
        """Busy seconds from place to place; units that move alike and may do the same share a table."""
        ground, model = self.model.ground, self.model
        number: dict[tuple[int, bytes], int] = {}
        tables: list[NDArray[np.int64]] = []
        chosen = []
        for unit, kind in enumerate(ground.kind_of):
            may = self.may[unit]
            key = (kind, may.tobytes())
            if key not in number:
                number[key] = len(tables)
                visit = [0] * depots + [max(0, model.options[row].way.seconds[kind]) for row in self.spots]
                table = ground.drive[kind][np.ix_(leave, entry)] + np.array(visit, np.int64)[:, None]
                table[table >= NO_WAY] = self.barred
                table[:, depots:][:, ~may] = self.barred
                np.fill_diagonal(table, 0)
                tables.append(table)
            chosen.append(number[key])
        return chosen, tables

    def _client(self, row: int, location: int) -> Any:
        option = self.model.options[row]
        task = self.model.tasks[option.task]
        group = self._group_of.get(option.task)
        # A visit's own seconds are in the distances that are minimised; they are no loss, so its prize
        # makes good for them. Along a line they are driving, and stay.
        own = 0 if task.kind == "line" else max(option.way.seconds)
        prize = round(self.scale * task.prize) + own + (self.owed if task.must else 0)
        load = [int(task.meal == number) for number in range(len(self.model.meals))]
        return pyvrp.Client(
            location, load, tw_early=max(option.early, 0), tw_late=option.late, prize=prize, required=False,
            group=group,
        )  # fmt: skip

    @property
    def _group_of(self) -> dict[int, int]:
        if not hasattr(self, "_groups"):
            several = [row for row, task in enumerate(self.model.tasks) if len(task.options) > 1]
            self._groups = {task: number for number, task in enumerate(several)}
        return self._groups

    def _vehicle(self, row: int, start: int, end: int, profile: int) -> Any:
        unit = self.model.ground.units[row]
        room = [int(row in units) for units in self.model.meals]
        return pyvrp.VehicleType(
            1, room, start, end, tw_early=unit.from_s, tw_late=unit.until_s, max_distance=unit.busy_s,
            profile=profile,
        )  # fmt: skip

    def solution(self, routes: Sequence[Sequence[int]]) -> Any:
        """Routes per unit as PyVRP holds them."""
        return pyvrp.Solution(
            self.data,
            [pyvrp.Route(self.data, list(route), unit) for unit, route in enumerate(routes) if route],
        )

    def solve(self, stop: Stop, seed: int, start: Sequence[Sequence[int]] | None) -> Found:
        """Search from `start`, or from chance, until told to stop."""
        chance = pyvrp.RandomNumberGenerator(seed=seed)
        local = search.LocalSearch(
            self.data, chance, search.compute_neighbours(self.data), search.PerturbationManager()
        )
        for operator in search.OPERATORS:
            if operator.supports(self.data):
                local.add_operator(operator(self.data))
        manager = self._penalties()
        if start is None:
            begin = local(
                pyvrp.Solution.make_random(self.data, chance), manager.max_cost_evaluator(), exhaustive=True
            )
        else:
            begin = self.solution(start)
        result = IteratedLocalSearch(self.data, manager, local, begin, IteratedLocalSearchParams()).run(
            stop, collect_stats=False
        )
        return Found(self._routes(result.best), result.best.is_feasible(), result.num_iterations)

    def _penalties(self) -> Any:
        """A second late costs at first what it may earn, and at most a tenth of an owed visit."""
        top = max(self.owed / 10, 10.0)
        earned = [
            self.scale * task.prize / max(60, *self.model.options[task.options[0]].way.seconds)
            for task in self.model.tasks
            if task.options
        ]
        late = float(np.clip(3 * np.mean(earned) if earned else 10.0, 10.0, top))
        params = pyvrp.PenaltyParams(min_penalty=0.1, max_penalty=top)
        return pyvrp.PenaltyManager(([top / 10] * len(self.model.meals), late, late), params)

    def _routes(self, solution: Any) -> list[list[int]]:
        routes: list[list[int]] = [[] for _ in self.model.ground.units]
        for route in solution.routes():
            routes[route.vehicle_type()] = [int(step.idx) for step in route if step.is_client()]
        return routes


def _locations(model: Model) -> tuple[list[int], list[int]]:
    """One location per task and way: the option that stands for each, and the location of each option."""
    number: dict[tuple[int, int, int, str], int] = {}
    stands: list[int] = []
    location = []
    for row, option in enumerate(model.options):
        key = (option.task, option.way.entry, option.way.exit, option.way.direction)
        if key not in number:
            number[key] = len(stands)
            stands.append(row)
        location.append(number[key])
    return stands, location
