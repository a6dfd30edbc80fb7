"""The search for routes in rounds: slots are cut anew around the visits after each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from anlan.engine.planning.routes.annealing import COLD_START, WARM_START, Task, anneal
from anlan.engine.planning.routes.model import Model, build
from anlan.engine.planning.routes.table import recut_table
from anlan.engine.planning.routes.timing import soonest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.engine.planning.routes.annealing import Budget
    from anlan.engine.planning.routes.edits import Pin
    from anlan.engine.planning.routes.model import Ground
    from anlan.engine.planning.routes.table import Table

ROUNDS = (0.5, 0.2, 0.15, 0.15)  # shares of the time; slots are cut anew after each


@dataclass(frozen=True)
class Visit:
    """One visit of a draft: of a stop in a direction, or a meal at a place, and when it begins."""

    code: str
    direction: str
    begin: int
    place: int
    meal: bool = False


type Draft = list[list[Visit]]  # per unit, in order


@dataclass(frozen=True, eq=False)
class Routed:
    """Options in order per unit of a model."""

    model: Model
    routes: list[list[int]]
    iterations: int = 0

    def draft(self) -> Draft:
        """The visits with their soonest begins."""
        return [
            [
                self._visit(row, begin)
                for row, begin in zip(route, soonest(self.model, unit, route).begins, strict=True)
            ]
            for unit, route in enumerate(self.routes)
        ]

    def _visit(self, row: int, begin: int) -> Visit:
        option = self.model.options[row]
        task = self.model.tasks[option.task]
        return Visit(task.code, option.way.direction, begin, option.way.entry, task.meal >= 0)

    def owed(self, *, meals: bool = True) -> int:
        """How many owed visits, and meals, are not made."""
        made = {self.model.options[row].task for route in self.routes for row in route}
        return sum(
            task.must and row not in made and (meals or task.meal < 0)
            for row, task in enumerate(self.model.tasks)
        )

    def driven(self) -> int:
        """Seconds of driving to visits, home, and along lines."""
        seconds = 0
        for unit, route in enumerate(self.routes):
            seconds += soonest(self.model, unit, route).drive
            for row in route:
                option = self.model.options[row]
                if self.model.tasks[option.task].kind == "line":
                    seconds += option.way.seconds[self.model.ground.kind_of[unit]]
        return seconds

    def prize(self) -> float:
        """What the visits are worth."""
        visits: dict[str, int] = {}
        for row in (row for route in self.routes for row in route):
            task = self.model.tasks[self.model.options[row].task]
            if task.meal < 0:
                visits[task.code] = visits.get(task.code, 0) + 1
        return sum(self.model.ground.stop_of[code].worth(number) for code, number in sorted(visits.items()))

    def value(self) -> float:
        """Prizes less the price of driving."""
        return self.prize() - self.model.ground.request.hour_price * self.driven() / 3600

    def better_than(self, other: Routed | None) -> bool:
        """Fewer owed visits missing first, then value."""
        return other is None or (-self.owed(), self.value()) > (-other.owed(), other.value())


def search(
    ground: Ground,
    table: Table,
    budget: Budget,
    *,
    pins: Sequence[Pin] = (),
    start: Draft | None = None,
    part: tuple[float, float] = (0.0, 1.0),
) -> Routed:
    """Routes from `start`, or from nothing, with the time of the budget from part[0] to part[1]."""
    best: Routed | None = None
    at, length, iterations = part[0], part[1] - part[0], 0
    several = any(len(slots) > 1 for slots in table.values())
    for number, share in enumerate(ROUNDS if several else (1.0,)):
        found = improve(build(ground, table), budget, start, (at, at + share * length), seed=number)
        iterations += found.iterations
        if found.better_than(best):
            best = found
        if best is None or budget.stopped:
            break
        at += share * length
        start = best.draft()
        table = recut_table(ground, begins_of(start), pins)
    assert best is not None  # noqa: S101  any plan is better than none
    return Routed(best.model, best.routes, iterations)


def improve(
    model: Model, budget: Budget, start: Draft | None, part: tuple[float, float], *, seed: int = 0
) -> Routed:
    """One run of the search, by the effort's method."""
    nothing: list[list[int]] = [[] for _ in model.ground.units]
    routes = trimmed(model, options_of(model, start)) if start else nothing
    if budget.effort.method == "pyvrp":
        made, done = _by_pyvrp(model, budget, routes if start else None, part, seed)
    else:
        how = Task(WARM_START if start else COLD_START, seed)
        made, done = anneal(model, routes, budget, part, how)
    return Routed(model, made, done)


def _by_pyvrp(
    model: Model, budget: Budget, start: list[list[int]] | None, part: tuple[float, float], seed: int
) -> tuple[list[list[int]], int]:
    from anlan.engine.planning.routes import _pyvrp  # noqa: PLC0415  slow to import

    stop = _pyvrp.Stop(
        budget.until(part), budget.iterations(part, len(model.tasks)), partial(budget.asks, part)
    )
    found = _pyvrp.Problem(model).solve(stop, budget.effort.seed + 7919 * seed, start)
    return found.routes if found.feasible else trimmed(model, _allowed(model, found.routes)), found.iterations


def _allowed(model: Model, routes: Sequence[Sequence[int]]) -> list[list[int]]:
    """The same routes without what their unit may not do and without meals beyond its first."""
    kept: list[list[int]] = []
    for unit, route in enumerate(routes):
        may = [row for row in route if model.may[unit, row]]
        meals = [row for row in may if model.tasks[model.options[row].task].meal >= 0]
        kept.append([row for row in may if row not in meals[1:]])
    return kept


def begins_of(draft: Draft) -> dict[str, list[tuple[int, int]]]:
    """Per stop the begins of its visits and the units that make them."""
    found: dict[str, list[tuple[int, int]]] = {}
    for unit, visits in enumerate(draft):
        for visit in visits:
            if not visit.meal:
                found.setdefault(visit.code, []).append((visit.begin, unit))
    return found


def options_of(model: Model, draft: Draft) -> list[list[int]]:
    """The draft in the model's options; visits that the model does not know, or not then, are left out."""
    used: set[int] = set()
    routes: list[list[int]] = []
    for unit, visits in enumerate(draft[: len(model.ground.units)]):
        route = []
        for visit in visits:
            row = _meal(model, unit, visit, used) if visit.meal else _option(model, unit, visit, used)
            if row is not None:
                used.add(model.options[row].task)
                route.append(row)
        routes.append(route)
    return routes + [[] for _ in range(len(model.ground.units) - len(routes))]


def _option(model: Model, unit: int, visit: Visit, used: set[int]) -> int | None:
    """The option whose time is nearest to the visit's."""
    free = [
        (max(model.options[row].early - visit.begin, visit.begin - model.options[row].late, 0), row)
        for row in model.rows.get((visit.code, visit.direction), ())
        if model.options[row].task not in used and model.may[unit, row]
    ]
    return min(free)[1] if free else None


def _meal(model: Model, unit: int, visit: Visit, used: set[int]) -> int | None:
    for row in model.meal_rows:
        option = model.options[row]
        if option.way.entry in {visit.place, -1} and model.may[unit, row] and option.task not in used:
            return row
    return None


def trimmed(model: Model, routes: Sequence[Sequence[int]]) -> list[list[int]]:
    """The same routes with visits left out until every route holds, those of least worth first."""
    return [_trim(model, unit, list(route)) for unit, route in enumerate(routes)]


def _trim(model: Model, unit: int, route: list[int]) -> list[int]:
    while route and not soonest(model, unit, route).holds:
        before = soonest(model, unit, route)
        gains: list[tuple[bool, float, int]] = []
        for place in range(len(route)):
            after = soonest(model, unit, route[:place] + route[place + 1 :])
            task = model.tasks[model.options[route[place]].task]
            saved = before.late + before.over - after.late - after.over
            gains.append((task.must, -saved / (task.prize + 1e-9), place))
        del route[min(gains)[2]]
    return route
