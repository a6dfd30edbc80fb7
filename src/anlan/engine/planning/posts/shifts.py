"""Posts over several shifts, with a price on cars that change their post in between."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.mip import Status
from anlan.engine.planning.posts.dual import fixed
from anlan.engine.planning.posts.joint import Joint
from anlan.engine.planning.posts.joint_program import joint_bound
from anlan.engine.planning.posts.moves import cost, moved
from anlan.engine.planning.posts.place import Prepared, prepare, report
from anlan.engine.planning.posts.problem import CoverProblem
from anlan.engine.planning.posts.request import Effort
from anlan.engine.planning.posts.solve import Solved, gap_of, solve
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.posts.moves import Moves
    from anlan.engine.planning.posts.request import Request
    from anlan.engine.planning.posts.result import BoundFrom, PostPlan
    from anlan.engine.planning.watch import Watch


@dataclass(frozen=True, eq=False)
class ShiftsPlan:
    """A plan per shift, and what changes in between.

    `moved` and `move_costs` are from each shift to the next, of a cyclic plan also from the last to the
    first. `value` is the sum of the shifts' values less the cost of moves; `bound` and `gap` are over the
    whole. The bound and the gap of a shift's own plan are those of the shift alone: what it gives up so that
    cars need not move is part of them.
    """

    plans: tuple[PostPlan, ...]
    moved: tuple[int, ...]
    move_costs: tuple[float, ...]
    value: float
    bound: float
    gap: float
    status: Status
    bound_from: BoundFrom


def place_shifts(
    requests: Sequence[Request],
    moves: Moves,
    effort: Effort | None = None,
    watch: Watch = UNWATCHED,
) -> ShiftsPlan:
    """Place the cars of shifts that follow each other; all have the same sites and the same model.

    Raises:
        ValueError: no shift, or shifts that differ in sites or model.

    """
    _check(requests)
    effort, begun = effort or Effort(), time.perf_counter()
    each = effort.time_limit_s / (2 * len(requests))
    ready = [prepare(request, each / 3) for request in requests]
    alone = [solve(one.of, effort, one.starts, watch, each) for one in ready]
    joint = Joint([one.of for one in ready], moves, effort.seed)
    left = effort.time_limit_s - (time.perf_counter() - begun)
    plans = joint.search([one.cars for one in alone], effort.kicks // 10, left / 2, watch)
    bound, source = sum(one.bound for one in alone), _weakest(alone)
    left = effort.time_limit_s - (time.perf_counter() - begun)
    if _open(joint, plans, bound, effort) and effort.prove and left > 0 and not watch.stopped():
        bound, source, plans = _prove(joint, alone, plans, bound, source, effort, left, watch)
    return _result(ready, alone, joint, plans, bound, source, effort, stopped=watch.stopped())


def _check(requests: Sequence[Request]) -> None:
    if not requests:
        raise ValueError("requests: at least one shift")
    first = requests[0]
    for at, request in enumerate(requests):
        if len(request.table) != len(first.table):
            raise ValueError(f"requests: shift {at} has {len(request.table)} sites, not {len(first.table)}")
        if request.model is not first.model:
            raise ValueError(f"requests: shift {at} asks for {request.model}, not {first.model}")


def _open(joint: Joint, plans: list[NDArray[np.int64]], bound: float, effort: Effort) -> bool:
    return gap_of(joint.value(plans), bound) > effort.gap


def _weakest(alone: list[Solved]) -> BoundFrom:
    sources: set[BoundFrom] = {one.bound_from for one in alone}
    return "relaxation" if "relaxation" in sources else "program"


def _prove(  # noqa: PLR0913, PLR0917  the state of the whole
    joint: Joint,
    alone: list[Solved],
    plans: list[NDArray[np.int64]],
    bound: float,
    source: BoundFrom,
    effort: Effort,
    seconds: float,
    watch: Watch,
) -> tuple[float, BoundFrom, list[NDArray[np.int64]]]:
    """HiGHS on all shifts at once, from the plans at hand; the p-median keeps the sum of its bounds."""
    value = joint.value(plans)
    problems = _settled(joint, alone, value)
    if len(problems) < len(joint.problems):
        return bound, source, plans
    answer, found = joint_bound(problems, joint, plans, effort.gap / 2, 0.9 * seconds, watch)
    if found is not None and all(of.keeps(cars) for of, cars in zip(problems, found, strict=True)):
        better = joint.improve(found)
        plans = better if joint.value(better) > value else plans
    # Plans other than those settled are worth no more than the plans at hand.
    answer = max(answer, value)
    return (answer, "program", plans) if answer < bound else (bound, source, plans)


def _settled(joint: Joint, alone: list[Solved], value: float) -> list[CoverProblem]:
    """Each shift's problem without what no better whole can have: the other shifts at their bounds."""
    total = sum(one.bound for one in alone)
    found = []
    for of, one in zip(joint.problems, alone, strict=True):
        if isinstance(of, CoverProblem):
            if one.by is None:
                found.append(of)
            else:
                found.append(of.within(*fixed(of, one.by, value - (total - one.bound))))
    return found


def _result(  # noqa: PLR0913  the parts of the answer
    ready: list[Prepared],
    alone: list[Solved],
    joint: Joint,
    plans: list[NDArray[np.int64]],
    bound: float,
    source: BoundFrom,
    effort: Effort,
    *,
    stopped: bool,
) -> ShiftsPlan:
    value = joint.value(plans)
    bound = max(bound, value)
    status = Status.TIME_LIMIT if effort.prove else Status.UNPROVEN
    status = Status.STOPPED if stopped else status
    if gap_of(value, bound) <= effort.gap:
        status = Status.OPTIMAL
    steps = [(plans[here], plans[there]) for here, there in joint.pairs]
    return ShiftsPlan(
        tuple(_own(*parts, effort) for parts in zip(ready, alone, plans, strict=True)),
        tuple(moved(*step) for step in steps),
        tuple(cost(joint.costs, *step) for step in steps),
        value, bound, gap_of(value, bound), status, source,
    )  # fmt: skip


def _own(ready: Prepared, alone: Solved, cars: NDArray[np.int64], effort: Effort) -> PostPlan:
    """A shift's own report: its cars, against the bound of the shift alone."""
    value = ready.of.value(cars)
    bound = max(alone.bound, value)
    status = Status.OPTIMAL if gap_of(value, bound) <= effort.gap else alone.status
    if status is Status.OPTIMAL and gap_of(value, bound) > effort.gap:
        status = Status.UNPROVEN
    return report(ready, replace(alone, cars=cars, value=value, bound=bound, status=status))
