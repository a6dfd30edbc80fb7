"""Make a roster: a good start, rows bettered in turn, column generation with its bound, dives.

A small problem goes to CP-SAT whole, which proves its optimum. What comes back is the best found with what is
proved about it; a gap of 0 only where a bound shows it.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.planning.roster import score
from anlan.engine.planning.roster.columns import CROWD, Generation, dive, generate
from anlan.engine.planning.roster.finder import Finder, State, descend, kick
from anlan.engine.planning.roster.machine import machines
from anlan.engine.planning.roster.model import Model
from anlan.engine.planning.roster.sat import sat
from anlan.engine.planning.roster.table import table as in_numbers
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from ortools.sat.python import cp_model

    from anlan.engine.planning.roster.master import Master
    from anlan.engine.planning.roster.parts import Table
    from anlan.engine.planning.roster.problem import Problem, Rows

TINY = 1e-6
SMALL = 600
SHARE_KICKS, SHARE_GENERATE, SHARE_CROWD, SHARE_DIVE, SHARE_SMALL, SHARE_HARD = (
    0.05,
    0.5,
    0.62,
    0.93,
    0.4,
    0.7,
)


@dataclass(frozen=True)
class Effort:
    """How hard to try: seconds, threads (1 or 2 are used), seed, and a gap that is good enough.

    Where the time limit ends the work, the result may differ from run to run.

    Raises:
        ValueError: names the parameter that is out of range.

    """

    time_limit_s: float = 30.0
    workers: int = 2
    seed: int = 0
    gap: float = 0.0

    def __post_init__(self) -> None:
        if not self.time_limit_s > 0:
            raise ValueError(f"time_limit_s: must be above 0, not {self.time_limit_s}")
        if self.workers < 1:
            raise ValueError(f"workers: at least 1, not {self.workers}")
        if not 0 <= self.gap < 1:
            raise ValueError(f"gap: must be from 0 to below 1, not {self.gap}")


class Status(StrEnum):
    """What is known: the best there is; a roster that keeps the hard rules; that none can; neither."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Roster:
    """The rows by member (codes by day, "" = off) and what they reach; plain data for `dataclasses.asdict`.

    `objective` is the sum of `parts`; `bound`: no roster that keeps the hard rules costs less; `gap` =
    (objective - bound) / objective. `rows` is empty where a member has no row at all; in a roster that is
    neither OPTIMAL nor FEASIBLE, `broken` and `cover` hold what hard rules it breaks. `first_s` is when the
    first roster was there.
    """

    rows: dict[str, list[str]]
    status: Status
    objective: int
    bound: float
    gap: float
    parts: score.Parts
    cover: tuple[score.Covered, ...]
    tallies: tuple[score.Tally, ...]
    broken: tuple[score.Broken, ...]
    seconds: float
    first_s: float


class Incumbent:
    """The best roster so far."""

    def __init__(self, roster: NDArray[np.int64], cost: float) -> None:
        self.roster, self.cost = roster, cost

    def offer(self, roster: NDArray[np.int64], cost: float) -> bool:
        """Take a roster that costs no more."""
        if cost > self.cost + TINY:
            return False
        self.roster, self.cost = roster.copy(), cost
        return True

    def best(self) -> tuple[NDArray[np.int64], float]:
        """The roster and its cost."""
        return self.roster.copy(), self.cost


def solve(problem: Problem, *, effort: Effort | None = None, watch: Watch = UNWATCHED) -> Roster:
    """Make the best roster that time allows."""
    return Solving(problem, effort or Effort(), watch).run()


class Solving:
    """One run: clock, table, incumbent, bound."""

    def __init__(self, problem: Problem, effort: Effort, watch: Watch) -> None:
        self.begin = time.perf_counter()
        self.problem, self.effort, self.watch = problem, effort, watch
        self.random = np.random.default_rng(effort.seed)
        self.table: Table = in_numbers(problem)
        self.finder = Finder(self.table, machines(self.table), min(2, effort.workers))
        self.bound, self.first = 0.0, 0.0
        self.impossible = False
        self.incumbent: Incumbent | None = None

    @property
    def spent(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self.begin

    def done(self, share: float = 1.0) -> bool:
        """Whether this share of the time is over, it is asked to stop, or the best is good enough."""
        return self.spent > share * self.effort.time_limit_s or self.watch.stopped() or self.enough()

    def enough(self) -> bool:
        """Whether the bound shows that the best so far is good enough."""
        if self.incumbent is None:
            return False
        least = self.incumbent.cost * (1 - self.effort.gap)
        return math.ceil(self.bound - TINY) >= least - TINY

    def tell(self, step: str) -> None:
        """Report how far it is."""
        done = min(1.0, self.spent / self.effort.time_limit_s)
        self.watch.told(step, done, self.gap() if self.incumbent else None)

    def gap(self) -> float:
        """What is not proved of the best so far, as a share of its cost."""
        cost = self.incumbent.cost if self.incumbent else 0.0
        least = min(cost, math.ceil(self.bound - TINY))
        return (cost - least) / cost if cost > TINY else 0.0

    def run(self) -> Roster:
        """All steps in turn."""
        start = self.start()
        if start is None:
            return self.nothing()
        self.first = self.spent
        state = State(self.finder, start)
        self.incumbent = Incumbent(start, state.total())
        self.tell("start")
        descend(state, range(len(start)), 3, self.random, self.done)
        self.incumbent.offer(state.roster, state.total())
        if self.literals() <= SMALL:
            self.whole(SHARE_SMALL if not self.missing() else 1.0)
        if not self.over():
            self.generated()
        if self.missing() and not self.impossible:
            self.decide()
        self.tell("done")
        return self.result(self.incumbent.best()[0])

    def literals(self) -> int:
        """Size of the CP-SAT model."""
        return int(self.table.allowed[:, :, 1:].sum())

    def start(self) -> NDArray[np.int64] | None:
        """Given rows that keep the rules, then the best beside them; None: a member has none at all."""
        members, days, _ = self.table.allowed.shape
        given = self.problem.edits.near or self.problem.base or {}
        state = State(self.finder, np.zeros((members, days), np.int64))
        codes = {code: one for one, code in enumerate(self.problem.codes)}
        left = []
        for who, member in enumerate(self.problem.members):
            row = np.asarray([codes[code] for code in given.get(member.code, ())], np.int64)
            if len(row) and math.isfinite(self.finder.cost(who, row)):
                state.take(who, row)
            else:
                left.append(who)
        for who in left:
            found = self.finder.any(who, state.cells(who))
            if found is None:
                return None
            state.take(who, found)
        return state.roster

    def whole(self, share: float) -> None:
        """CP-SAT on all of it, from the best so far."""
        assert self.incumbent is not None  # noqa: S101  set in run
        self.tell("whole")
        model = Model(self.table)
        model.hint(self.incumbent.roster)
        solver = self.solver(max(0.1, share * self.effort.time_limit_s - self.spent))
        status = watched(solver, model.model, self.watch)
        if status in {sat().OPTIMAL, sat().FEASIBLE}:
            roster = model.read(solver)
            self.incumbent.offer(roster, State(self.finder, roster).total())
            self.bound = max(self.bound, solver.best_objective_bound)
        self.impossible = status == sat().INFEASIBLE

    def solver(self, seconds: float) -> cp_model.CpSolver:
        """A CP-SAT solver as the effort says."""
        solver: cp_model.CpSolver = sat().CpSolver()
        solver.parameters.num_workers = self.effort.workers
        solver.parameters.random_seed = self.effort.seed
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.relative_gap_limit = self.effort.gap
        return solver

    def over(self) -> bool:
        """Whether to end the search."""
        return self.impossible or self.done(SHARE_HARD if self.missing() else 1.0)

    def generated(self) -> None:
        """Relaxation, bound, and dives into it until time is up."""
        assert self.incumbent is not None  # noqa: S101  set in run
        self.kicks(SHARE_KICKS)
        gen = Generation(self.finder)

        def told(_value: float, bound: float) -> None:
            self.bound = max(self.bound, bound)
            self.tell("columns")

        members = len(self.table.rows)
        share = SHARE_GENERATE if members <= CROWD else SHARE_CROWD
        master: Master | None = generate(
            gen, self.incumbent.best()[0], lambda: self.over() or self.done(share), told
        )
        if gen.near is not None and not self.over() and gen.bound == -math.inf:
            gen.lagrange(gen.near, self.over)
        self.bound = max(self.bound, gen.bound)
        if members <= CROWD:  # a fresh one of the likeliest columns is quicker than one of all
            master = None
        part = 1.0

        def diving_over() -> bool:
            return self.over() or self.done(SHARE_DIVE)

        while not diving_over():
            size = max(1, round(part * members))
            free = sorted(self.random.choice(members, size, replace=False).tolist())
            start, _ = self.incumbent.best()
            found, master = dive(gen, start, free, self.random, diving_over, master), None
            state = State(self.finder, found)
            descend(state, free, 4, self.random, self.over)
            self.incumbent.offer(state.roster, state.total())
            part = float(self.random.uniform(0.3, 0.9)) if members > 3 else 1.0
            self.tell("dive")
        self.kicks(1.0)

    def kicks(self, share: float) -> None:
        """Kicks from the best so far, until a share of the time is over."""
        assert self.incumbent is not None  # noqa: S101  set in run
        state = State(self.finder, self.incumbent.best()[0])
        while not (self.over() or self.done(share)):
            noise = float(self.random.choice([4.0, 20.0, 80.0]))
            size = int(self.random.integers(3, 9))
            kick(state, 3, self.random, lambda: self.over() or self.done(share), size, noise)
        self.incumbent.offer(state.roster, state.total())

    def missing(self) -> bool:
        """Whether a hard need is short of people in the best so far."""
        if self.incumbent is None or not self.table.covers.hard.any():
            return False
        state = State(self.finder, self.incumbent.best()[0])
        covers = self.table.covers
        return bool((covers.hard & (state.there < covers.people)).any())

    def decide(self) -> None:
        """Whether the hard rules can be kept at all, as far as time allows."""
        assert self.incumbent is not None  # noqa: S101  set in run
        model = Model(self.table)
        model.model.proto.clear_objective()
        model.hint(self.incumbent.roster)
        solver = self.solver(max(0.5, self.effort.time_limit_s - self.spent))
        status = watched(solver, model.model, self.watch)
        self.impossible = status == sat().INFEASIBLE
        if status in {sat().OPTIMAL, sat().FEASIBLE}:
            state = State(self.finder, model.read(solver))
            self.incumbent.offer(state.roster, state.total())

    def nothing(self) -> Roster:
        """The answer where a member has no row at all."""
        none = score.Parts(0, 0, 0, 0, 0, 0, 0)
        return Roster({}, Status.INFEASIBLE, 0, 0.0, 0.0, none, (), (), (), self.spent, self.spent)

    def result(self, roster: NDArray[np.int64]) -> Roster:
        """Read the figures off the best roster."""
        rules = score.broken(self.problem, self.table, roster)
        cover = score.covered(self.problem, self.table, roster)
        parts = score.parts(self.problem, self.table, roster, rules)
        wrong = any(one.price is None for one in rules) or any(one.hard and one.missing for one in cover)
        bound = float(min(parts.total, math.ceil(self.bound - TINY)))
        gap = (parts.total - bound) / parts.total if parts.total else 0.0
        status = Status.OPTIMAL if parts.total <= bound else Status.FEASIBLE
        if wrong:
            status, bound, gap = Status.INFEASIBLE if self.impossible else Status.UNKNOWN, 0.0, 0.0
        return Roster(
            rows(self.problem, roster), status, parts.total, bound, float(gap), parts, tuple(cover),
            tuple(score.tallies(self.problem, self.table, roster)), tuple(rules), self.spent, self.first,
        )  # fmt: skip


def watched(solver: cp_model.CpSolver, model: cp_model.CpModel, watch: Watch) -> Any:
    """Solve in a thread of its own, so that this one sees when it is asked to stop; CP-SAT's status."""
    answer: list[Any] = []
    thread = threading.Thread(target=lambda: answer.append(solver.solve(model)), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.05)
        if watch.stopped():
            solver.stop_search()
    return answer[0]


def rows(problem: Problem, roster: NDArray[np.int64]) -> dict[str, list[str]]:
    """A roster (M, D) as codes by member."""
    codes = problem.codes
    return {
        member.code: [codes[one] for one in row] for member, row in zip(problem.members, roster, strict=True)
    }


def assess(problem: Problem, given: Rows) -> Roster:
    """The figures of a roster made elsewhere; nothing is proved of it (bound 0)."""
    solving = Solving(problem, Effort(), UNWATCHED)
    codes = {code: one for one, code in enumerate(problem.codes)}
    roster = np.asarray(
        [[codes[code] for code in given[member.code]] for member in problem.members], np.int64
    )
    return solving.result(roster)
