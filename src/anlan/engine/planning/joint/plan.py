"""The joint plan in one call: what is short made least by price, then the fairest of such plans."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.engine.planning.joint.answer import (
    JointPlan,
    Tally,
    binding,
    office_turns,
    reliefs,
    sent_list,
    shortages,
    uses,
)
from anlan.engine.planning.joint.explain import explain
from anlan.engine.planning.joint.fairness import Fairness, add_fairness
from anlan.engine.planning.joint.master import Master, build_master
from anlan.engine.planning.joint.model import pinned_people
from anlan.engine.planning.joint.program import Answer, Search, minimise
from anlan.engine.planning.mip import Status
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from anlan.engine.planning.joint.problem import JointProblem


@dataclass(frozen=True)
class JointEffort:
    """How hard to try: seconds in all, share of them for what is short, gap at which to stop.

    Raises:
        ValueError: names the parameter that is out of range.

    """

    time_limit_s: float = 30.0
    first: float = 0.7
    gap: float = 0.001
    fair_gap: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.time_limit_s > 0:
            raise ValueError(f"time_limit_s: must be above 0, not {self.time_limit_s}")
        for name in ("first", "gap", "fair_gap"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name}: from 0 to below 1, not {getattr(self, name)}")


def plan_together(
    problem: JointProblem,
    fairness: Fairness | None = None,
    effort: JointEffort | None = None,
    *,
    watch: Watch = UNWATCHED,
) -> JointPlan:
    """Assign people by force to tasks and shifts.

    The same for the same input wherever both gaps are reached in time; a plan cut off by the time limit
    depends on the machine.

    Raises:
        RuntimeError: no plan was found in the time given, though the rules may allow one.

    """
    effort = effort or JointEffort()
    begin = time.perf_counter()
    master = build_master(problem, pinned_people(problem))
    first = _least_short(master, effort, watch)
    if first.status is Status.INFEASIBLE:
        return _infeasible(problem, effort)
    if first.x is None:
        raise RuntimeError("no plan found in time_limit_s; allow more time")
    left = effort.time_limit_s - (time.perf_counter() - begin)
    x, second = first.x, None
    if left > 0 and not watch.stopped():
        second = _fairest(master, first, fairness or Fairness(), left, effort, watch)
        x = x if second.x is None else second.x
    return _plan(master, first, second, x)


def _least_short(master: Master, effort: JointEffort, watch: Watch) -> Answer:
    if master.hopeless:
        return Answer(Status.INFEASIBLE, None, float("inf"), float("inf"))
    return minimise(
        master.columns,
        master.price,
        search=Search(effort.time_limit_s * effort.first, effort.gap, effort.seed, "short"),
        watch=watch,
    )


def _fairest(
    master: Master, first: Answer, weights: Fairness, left_s: float, effort: JointEffort, watch: Watch
) -> Answer:
    """Least unfairness among the plans whose price is no higher."""
    cost = add_fairness(master, weights)
    row = (dict(master.price), -float("inf"), first.value + 0.5)
    return minimise(
        master.columns,
        cost,
        [row],
        search=Search(left_s, effort.fair_gap, effort.seed, "fair"),
        start=first.x,
        watch=watch,
    )


def _plan(master: Master, first: Answer, second: Answer | None, x: NDArray[np.float64]) -> JointPlan:
    problem = master.problem
    out = {
        office: [day for day, column in enumerate(days) if x[column] > 0.5]
        for office, days in master.out.items()
    }
    tally = Tally.of(problem, master.people_of(x), out)
    short = shortages(tally)
    price = sum(one.price for one in short)
    bound = min(first.bound, float(price))
    found = second if second is not None and second.x is not None else None
    return JointPlan(
        status=(Status.OPTIMAL if price <= bound + 0.5 else first.status).value,
        price=price,
        bound=bound,
        gap=(price - bound) / price if price else 0.0,
        unfairness=0.0 if found is None else found.value,
        fair_gap=1.0 if found is None else max(0.0, (found.value - found.bound) / max(found.value, 1e-9)),
        sent=sent_list(tally),
        short=short,
        use=uses(tally),
        offices=office_turns(tally),
        binds=binding(tally, short),
        reliefs=reliefs(tally, short),
        conflicts=[],
        relaxed=[],
    )


def _infeasible(problem: JointProblem, effort: JointEffort) -> JointPlan:
    conflicts, relaxed = explain(problem, effort.time_limit_s)
    return JointPlan(
        Status.INFEASIBLE.value, 0, 0.0, 0.0, 0.0, 0.0, [], [], [], [], {}, [], conflicts, relaxed
    )  # fmt: skip
