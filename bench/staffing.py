"""Staffing: the hypercube's time and accuracy, car-hours over a county, a joint plan of a week.

Peers: the hypercube's chain written rule by rule and solved by SciPy's sparse LU; the dynamic programme for
the marginal allocation; CP-SAT on people-by-task variables for the joint plan.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from anlan.engine.planning.hypercube import District, approximate, by_time, exact
from anlan.engine.planning.joint import (
    Checkpoint,
    Force,
    JointEffort,
    JointProblem,
    Office,
    Patrol,
    Standby,
    Task,
    plan_together,
)
from anlan.engine.planning.joint.model import build
from anlan.engine.planning.staffing import (
    Aim,
    Dispersion,
    ShiftUnits,
    Targets,
    Travel,
    Work,
    allocate,
    check_shift,
    minimum,
    share_hours,
    tables,
)
from anlan.engine.planning.staffing.allocate import _dynamic
from bench.claims import at_least, at_most, faster, machine, measure

if TYPE_CHECKING:
    from collections.abc import Callable


def seconds(function: Callable[[], Any]) -> tuple[Any, float]:
    """What a call returns and how long it took."""
    begin = time.perf_counter()
    return function(), time.perf_counter() - begin


def district(units: int, points: int, use: float, seed: int) -> tuple[District, np.ndarray]:
    """Units and points in a square, uneven demand, nearest first; and the travel times."""
    random = np.random.default_rng(seed)
    posts, places = random.random((units, 2)), random.random((points, 2))
    times = 900 * np.abs(posts[:, None] - places).sum(axis=2)
    calls = random.gamma(0.5, 1, points)
    return District.of(calls * use * units * 2 / calls.sum(), by_time(times), 1800.0), times


def by_rule(given: District) -> np.ndarray:
    """Busy shares from the chain built state by state, SciPy's sparse LU (calls wait)."""
    size = 1 << given.units
    state = np.arange(size)
    ends = []
    for point, calls in enumerate(given.calls):
        open_ = np.ones(size, np.bool_)
        for unit in given.order[point]:
            goes = open_ & (state >> unit & 1 == 0)
            ends.append((state[goes], state[goes] | 1 << unit, np.full(goes.sum(), calls)))
            open_ &= ~goes
    for unit, rate in enumerate(given.ends):
        busy = state[state >> unit & 1 == 1]
        ends.append((busy, busy & ~(1 << unit), np.full(len(busy), rate)))
    start, to, rate = (np.concatenate(part) for part in zip(*ends, strict=True))
    flow = coo_array((rate, (to, start)), shape=(size, size)).tolil()
    flow.setdiag(-np.bincount(start, rate, size))
    flow[0] = 1.0
    chance = spsolve(flow.tocsc(), np.append(1.0, np.zeros(size - 1)))
    chance[-1] /= 1 - given.total / given.most
    chance /= chance.sum()
    return np.array([chance[state >> unit & 1 == 1].sum() for unit in range(given.units)])


def exact_alone(units: int, points: int) -> float:
    """One exact solution in a process of its own, for its memory."""
    return float(exact(district(units, points, 0.5, 1)[0]).busy[0])


def hypercube() -> None:
    """Exact at 10 units against the rule-by-rule chain; at 12 alone; then the approximation's errors."""
    small, _ = district(10, 300, 0.5, 1)
    state, ours = seconds(lambda: exact(small))
    busy, theirs = seconds(lambda: by_rule(small))
    assert np.abs(state.busy - busy).max() < 1e-8
    faster("hypercube_exact_10_units_300_points", "sparse LU", ours, theirs, 10)
    _, twelve = seconds(lambda: exact(district(12, 300, 0.5, 1)[0]))
    at_most("hypercube_exact_12_units_300_points", twelve, 1.0, "s")
    at_most("hypercube_exact_12_units_memory", measure(exact_alone, 12, 300).peak_mb, 500, "MB")
    found = np.array(
        [errors(seed, units, use) for seed in range(6) for units in (6, 9, 12) for use in (0.2, 0.5, 0.8)]
    )
    at_most("hypercube_approximation_mean_busy_error", float(found[:, 0].mean()), 0.01, "of time")
    at_most("hypercube_approximation_largest_busy_error", float(found[:, 1].max()), 0.05, "of time")
    at_most("hypercube_approximation_largest_travel_error", 100 * float(found[:, 2].max()), 5, "%")
    large, _ = district(500, 2600, 0.5, 1)
    _, many = seconds(lambda: approximate(large))
    at_most("hypercube_approximation_500_units_2600_points", many, 10, "s")


def errors(seed: int, units: int, use: float) -> tuple[float, float, float]:
    """Mean and largest error of busy shares, relative error of mean travel."""
    given, times = district(units, 200, use, seed)
    close, true = approximate(given), exact(given)
    wrong = np.abs(close.busy - true.busy)
    travel = [((s.sent + s.queued[:, None]) * times * given.calls).sum() for s in (close, true)]
    return float(wrong.mean()), float(wrong.max()), float(abs(travel[0] / travel[1] - 1))


def county_work(beats: int) -> tuple[Work, list[Travel]]:
    """Two priorities over three shifts, uneven beats."""
    random = np.random.default_rng(0)
    number = random.gamma(2, 4, (beats, 3))
    names = [f"B{row}" for row in range(beats)]
    work = Work(
        names, np.stack((0.2 * number, 0.8 * number)), (2700.0, 2100.0), spread=Dispersion(2.0)
    )  # fmt: skip
    return work, [Travel.square_root_law(area, 40.0) for area in random.uniform(5, 40, beats)]


def staffing() -> None:
    """Need and car-hours of 32 beats and of 320; the marginal way against the dynamic programme."""
    for beats, limit in ((32, 3.0), (320, 30.0)):
        work, travel = county_work(beats)
        need, spent = seconds(lambda w=work, t=travel: minimum(w, t))
        at_most(f"need_{beats}_beats_3_shifts", spent, limit, "s")
        hours = 8.0 * 0.9 * sum(cell.units for cell in need)
        for aim in Aim:
            plan, spent = seconds(lambda w=work, t=travel, h=hours, a=aim: share_hours(w, t, h, aim=a))
            print(f"  {beats} beats, {plan.used:g} car-hours, {aim}: delay {plan.delay_s:.0f} s, worst "
                  f"{plan.worst_s:.0f} s, {plan.method}, gap {plan.gap:.2%}")  # fmt: skip
            at_most(f"car_hours_{beats}_beats_3_shifts_{aim}", spent, limit, "s")
    marginal(320)


def marginal(beats: int) -> None:
    """The allocation alone."""
    work, travel = county_work(beats)
    found = tables(work, travel, Targets())
    cost = (work.rates(0.8).sum(axis=0)[..., None] * found.delay).reshape(-1, found.most + 1)
    start = np.isfinite(cost).argmax(axis=1)
    room = 2 * len(cost)
    total = 8.0 * (int(start.sum()) + room)
    given, ours = seconds(lambda: allocate(cost, np.full(len(cost), 8.0), total))
    units, theirs = seconds(lambda: _dynamic(cost, np.ones(len(cost), np.int64), room, start))
    assert abs(cost[np.arange(len(cost)), units].sum() - given.value) < 1e-6 * given.value
    faster(f"allocation_{beats}_beats_3_shifts", "dynamic programme", ours, theirs, 10)


def final_check() -> None:
    """A shift of 12 units, 200 points, 40 draws, calibrated; and of 60 units by approximation."""
    for units, limit in ((12, 60.0), (60, 60.0)):
        given, times = district(units, 200, 0.3, 2)
        beats = [f"B{row % 8}" for row in range(200)]
        shift = ShiftUnits(
            given.calls,
            beats,
            times,
            [f"B{row % 8}" for row in range(units)],
            on_scene_s=1500.0,
            dispersion=2.0,
        )
        found, spent = seconds(lambda s=shift: check_shift(s))
        print(f"  {units} units ({found.measures.method}): response {found.response_s}")
        at_most(f"final_check_{units}_units_40_draws", spent, limit, "s")


def joint_county(scale: float) -> JointProblem:
    """32 beats, 3 shifts, 5 forces, 7 days of levels III to I and back, 52 checkpoints, standby."""
    random = np.random.default_rng(0)
    offices = tuple(Office(f"O{row}", int(people)) for row, people in enumerate(random.integers(8, 20, 10)))
    forces = [
        Force("police", int(420 * scale), ("police", "armed", "first_aid"), group=2, muster_min=15),
        Force("special", int(80 * scale), ("police", "armed", "riot"), group=4, muster_min=10),
        Force("community", int(200 * scale), alone=False, beside=3, max_hours=24,
              tasks=(Task.PATROL, Task.CHECKPOINT)),
        Force("volunteers", int(150 * scale), ("first_aid",), alone=False, max_hours=8,
              shifts=("day", "evening"), tasks=(Task.PATROL,), colours=("green", "yellow")),
        Force("offices", offices=offices, alone=False, shifts=("evening",), max_hours=16,
              tasks=(Task.PATROL,)),
    ]  # fmt: skip
    points = [Checkpoint(f"C{row:02d}", 1 + (row >= 12) + (row >= 30)) for row in range(52)]
    colours = random.choice(["red", "orange", "yellow", "green"], (7, 32), p=[0.05, 0.15, 0.3, 0.5])
    patrols = [
        Patrol(f"B{b:02d}", day, shift, 2 * int(random.integers(1, 4)), str(colours[day, b]), {"police": 2})
        for day in range(7) for b in range(32) for shift in ("day", "evening", "night")
    ]  # fmt: skip
    levels = ("III", "III", "II", "I", "II", "III", "IV")
    standby = Standby({"I": 40, "II": 20, "III": 10}, 20, {"riot": 8})
    return JointProblem(levels, forces, checkpoints=points, patrols=patrols, standby=standby)


def cp_sat(problem: JointProblem, limit_s: float) -> tuple[float, float]:
    """Price and bound of CP-SAT on people-by-task variables."""
    model, cp = build(problem), cp_model.CpModel()
    column = [cp.new_int_var(0, round(high), "") for high in model.columns.high]
    for terms, low, high in [*model.columns.rows, *model.hard()]:
        part = sum(round(factor) * column[place] for place, factor in terms.items())
        cp.add_linear_constraint(part, round(max(low, -1e9)), round(min(high, 1e9)))
    cp.minimize(sum(round(price) * column[place] for place, price in model.price().items()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.solve(cp)
    return solver.objective_value, solver.best_objective_bound


def joint() -> None:
    """A force far too small, one too small, and one that suffices: time to a gap of 0.5 %, fairness after."""
    for name, scale in (("short", 0.8), ("tight", 1.0), ("enough", 1.6)):
        problem = joint_county(scale)
        plan, spent = seconds(
            lambda p=problem: plan_together(p, effort=JointEffort(gap=0.005, fair_gap=0.05))
        )
        print(f"  {name}: {len(problem.cells)} tasks, {len(plan.sent)} assignments, price {plan.price} "
              f"(bound {plan.bound:.0f}), {len(plan.short)} short, fair gap {plan.fair_gap:.1%}")  # fmt: skip
        at_most(f"joint_county_week_{name}_gap", 100 * plan.gap, 0.5, "%")
        at_most(f"joint_county_week_{name}", spent, 30, "s")
        if name == "tight":
            price, bound = cp_sat(problem, spent)
            print(f"  CP-SAT on people by task in the same time: price {price:.0f}, bound {bound:.0f}")
            at_least("joint_county_week_price_cp_sat_over_ours", price / max(plan.price, 1), 1, "x")


if __name__ == "__main__":
    print(f"staffing, {machine()}")
    hypercube()
    staffing()
    final_check()
    joint()
