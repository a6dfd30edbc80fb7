"""A problem to its plan and bound: search, relaxation, then the exact method on what is left open."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning import mip
from anlan.engine.planning.mip import Status
from anlan.engine.planning.posts.branch import prove
from anlan.engine.planning.posts.dual import bound, fixed
from anlan.engine.planning.posts.problem import CoverProblem, MedianProblem
from anlan.engine.planning.posts.program import completed, cover_program
from anlan.engine.planning.posts.search import Search
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.posts.dual import Bound
    from anlan.engine.planning.posts.problem import Problem
    from anlan.engine.planning.posts.request import Effort
    from anlan.engine.planning.posts.result import BoundFrom
    from anlan.engine.planning.watch import Watch

FIRST_KICKS, REFINEMENTS, TINY, ROUGH = 100, 6, 1e-9, 1e-6
QUICK_S, FEW = 1.5, 0.3


@dataclass(frozen=True, eq=False)
class Solved:
    """Cars (S,), their value, what no plan exceeds and where that comes from, and how it ended.

    `by` is the relaxation's bound with what cars earn in it, if one was made.
    """

    cars: NDArray[np.int64]
    value: float
    bound: float
    bound_from: BoundFrom
    status: Status
    by: Bound | None = None


def gap_of(value: float, bound_: float) -> float:
    """(bound - value) / |bound|, 0 where they are equal to within the solvers' tolerance."""
    apart = bound_ - value > max(ROUGH * abs(value), TINY) and abs(bound_) > TINY
    return (bound_ - value) / abs(bound_) if apart else 0.0


class Run:
    """One solve: the time left, the best plan and the least bound so far."""

    def __init__(self, of: Problem, effort: Effort, watch: Watch, seconds: float, held: float) -> None:
        self.of, self.effort, self.watch = of, effort, watch
        self.begin, self.seconds = time.perf_counter(), seconds
        self.search = Search(of, effort.seed)
        self.bound = held
        self.bound_from: BoundFrom = "earlier"
        self.by: Bound | None = None

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(1e-3, self.seconds - (time.perf_counter() - self.begin))

    @property
    def cars(self) -> NDArray[np.int64]:
        """The best plan so far."""
        return self.search.best

    @property
    def value(self) -> float:
        """Its value."""
        return self.of.value(self.cars)

    @property
    def closed(self) -> bool:
        """Whether the gap is as small as was asked for."""
        return gap_of(self.value, self.bound) <= self.effort.gap

    @property
    def until(self) -> float:
        """A value at which the gap is closed."""
        return self.bound - max(self.effort.gap, ROUGH) * abs(self.bound)

    @property
    def exact_is_near(self) -> bool:
        """Whether to prove before more search: most sites are settled, or the proof searches itself."""
        if isinstance(self.of, MedianProblem):
            return True
        if self.by is None:
            return False
        low, high = fixed(self.of, self.by, self.value)
        return float(np.mean(high > low)) < FEW

    def relax(self) -> None:
        """Take the Lagrangian bound if it is lower."""
        self.by = bound(
            self.of, self.cars, self.left / 3 if self.effort.prove else min(QUICK_S, 0.8 * self.left)
        )
        self.tighten(self.by.value, "relaxation")

    def tighten(self, value: float, source: BoundFrom) -> None:
        """Take a bound if it is lower; rounding must not put it below the plan itself."""
        if value < self.bound:
            self.bound, self.bound_from = max(value, self.value), source
            self.watch.told(source, 1.0, gap_of(self.value, self.bound))

    def take(self, cars: NDArray[np.int64]) -> None:
        """Take a plan found elsewhere if it is better, swapped as far as swaps help."""
        if self.of.value(cars) > self.value + self.search.near:
            self.search.begin(cars)

    def solved(self) -> Solved:
        """What there is now."""
        self.bound = max(self.bound, self.value)
        status = Status.TIME_LIMIT if self.effort.prove else Status.UNPROVEN
        if self.watch.stopped():
            status = Status.STOPPED
        if self.closed:
            status = Status.OPTIMAL
        return Solved(self.cars, self.value, self.bound, self.bound_from, status, self.by)


def solve(
    of: Problem,
    effort: Effort,
    starts: Sequence[NDArray[np.int64] | None] = (None,),
    watch: Watch = UNWATCHED,
    seconds: float | None = None,
    held: float = np.inf,
) -> Solved:
    """Solve from the best of `starts` (None: greedily) in `seconds` (default: the effort's).

    `held` is a bound that is known to hold; where only a quick bound is asked for, it is enough.
    """
    run = Run(of, effort, watch, effort.time_limit_s if seconds is None else seconds, held)
    for start in starts:
        run.search.begin(start)
    first = min(FIRST_KICKS, effort.kicks)
    run.search.run(first, run.left / 3, watch)
    if effort.prove or not np.isfinite(held):
        run.relax()
    if not run.closed and not (effort.prove and run.exact_is_near):
        run.search.run(effort.kicks - first, run.left / 3 if effort.prove else run.left, watch, run.until)
    if not run.closed and effort.prove and not watch.stopped():
        _exact(run)
    return run.solved()


def _exact(run: Run) -> None:
    if isinstance(run.of, CoverProblem):
        _by_program(run, run.of)
        return
    by = run.by or bound(run.of, run.cars, run.left / 3)
    proof = prove(run.of, run.cars, by, run.effort.gap, 0.7 * run.left, run.watch)
    run.take(proof.cars)
    run.tighten(proof.bound, "program")
    if not run.closed and not run.watch.stopped():
        run.search.run(run.effort.kicks, run.left, run.watch, run.until)


def _by_program(run: Run, of: CoverProblem) -> None:
    """HiGHS on what the relaxation leaves free; with busy probabilities by site, refined where they count."""
    known = [run.cars]
    for _ in range(REFINEMENTS if of.busy is not None else 1):
        if run.closed or run.watch.stopped() or run.left < 0.05:
            break
        answer = _program_once(run, of, known)
        if answer.x is None:
            break
        cars = np.rint(answer.x[: len(of.low)]).astype(np.int64)
        if cars.sum() == of.cars and of.keeps(cars):
            run.take(cars)
        known += [cars, run.cars]


def _program_once(run: Run, of: CoverProblem, known: list[NDArray[np.int64]]) -> mip.Solution:
    value = run.value
    low, high = (of.low, of.high) if run.by is None else fixed(of, run.by, value)
    fits = bool(((run.cars >= low) & (run.cars <= high)).all())
    part = of.within(low, high)
    program, _ = cover_program(part, known)
    start = completed(part, run.cars) if fits else None
    answer = mip.solve(program, time_limit_s=0.9 * run.left, gap=run.effort.gap / 2, start=start,
                       watch=run.watch)  # fmt: skip
    # Plans outside `low` and `high` are worth no more than the plan at hand.
    run.tighten(max(answer.bound + part.constant, value), "program")
    return answer
