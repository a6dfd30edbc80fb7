"""Posts in one call: a request in, a plan with its gap, its reasons and its meaning out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.posts.binding import binds
from anlan.engine.planning.posts.known import basis
from anlan.engine.planning.posts.minimum import minimum_force
from anlan.engine.planning.posts.problem import problem, reach_of
from anlan.engine.planning.posts.report import (
    covered,
    expected,
    marginal,
    one_more_or_less,
    response,
    shortfalls,
)
from anlan.engine.planning.posts.request import Effort, Model
from anlan.engine.planning.posts.result import PostPlan
from anlan.engine.planning.posts.solve import Solved, gap_of, solve
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.known import Basis
    from anlan.engine.planning.posts.problem import Problem
    from anlan.engine.planning.posts.request import Request
    from anlan.engine.planning.posts.result import MinimumForce
    from anlan.engine.planning.watch import Watch


@dataclass(frozen=True, eq=False)
class Prepared:
    """A request with its minimum force, a plan of that force (S,), and its numbers."""

    request: Request
    least: MinimumForce
    covering: NDArray[np.int64]
    of: Problem
    hard: bool

    @property
    def basis(self) -> Basis:
        """What a bound of this request rests on."""
        return basis(self.request, hard=self.hard, reachable=int(reach_of(self.request).sum()))

    @property
    def starts(self) -> list[NDArray[np.int64] | None]:
        """Plans to begin from: greedy, the planner's, the one in force, the minimum force if owed."""
        own = [
            None if plan is None else np.asarray(plan) for plan in (self.request.start, self.request.before)
        ]
        return [None, *(plan for plan in own if plan is not None), *([self.covering] if self.hard else [])]


def prepare(request: Request, seconds: float) -> Prepared:
    """The minimum force first: where the cars suffice for it the support ring is a duty, else priced."""
    low, high = request.limits
    within = (request.table <= request.rings.support_s).T
    least, covering = minimum_force(within, low, high, seconds)
    hard = bool(request.support_owed) and least.cars <= request.placed
    return Prepared(request, least, covering, problem(request, hard=hard), hard)


def place(
    request: Request,
    effort: Effort | None = None,
    watch: Watch = UNWATCHED,
    earlier: PostPlan | None = None,
) -> PostPlan:
    """Place the cars; `earlier` is a plan whose bound is used where it still holds (a planner's edit).

    With `INTERACTIVE` the answer comes in about a second at 2,600 demand points and 300 sites.
    """
    effort, begun = effort or Effort(), time.perf_counter()
    ready = prepare(request, effort.time_limit_s / 5 if effort.prove else 0.5)
    held = np.inf
    if earlier is not None and earlier.basis is not None and earlier.basis.holds_for(ready.basis):
        held = earlier.bound
    left = max(1e-3, effort.time_limit_s - (time.perf_counter() - begun))
    return report(ready, solve(ready.of, effort, ready.starts, watch, left, held))


def report(ready: Prepared, found: Solved) -> PostPlan:
    """A solved request in its own terms."""
    request, cars = ready.request, found.cars
    by = marginal(request, ready.of, cars)
    more, less = one_more_or_less(request, by, cars)
    return PostPlan(
        cars=cars,
        shares=covered(request, cars),
        value=found.value,
        bound=found.bound,
        gap=gap_of(found.value, found.bound),
        status=found.status,
        minimum=ready.least,
        shortfalls=shortfalls(request, cars, ready.least),
        binds=binds(request, ready.of, cars, ready.least, by),
        one_more=more,
        one_less=less,
        rings=request.rings,
        model=request.model,
        response=response(request, cars),
        expected=expected(request, cars) if request.model is Model.MEXCLP else None,
        moved=moved(request, cars),
        bound_from=found.bound_from,
        basis=ready.basis,
    )


def moved(request: Request, cars: NDArray[np.int64]) -> int:
    """Cars that left their post of the plan `before`; those withdrawn from duty are not moved."""
    if request.before is None:
        return 0
    before = np.asarray(request.before)
    fewer = max(0, int(before.sum()) - int(cars.sum()))
    return int(np.maximum(before - cars, 0).sum()) - fewer
