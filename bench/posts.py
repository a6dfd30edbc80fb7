"""Standby posts on real road times: gap and seconds of the double standard model, MCLP against spopt's."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pulp
from spopt.locate import MCLP

from anlan.engine.geo.roads import HourClass, RoadGraph
from anlan.engine.planning.deployment import spread_over
from anlan.engine.planning.posts import (
    INTERACTIVE,
    Effort,
    Model,
    Moves,
    PostPlan,
    Request,
    Rings,
    place,
    place_shifts,
)
from bench.claims import at_most, faster, machine
from bench.dispatch import box
from bench.networks import network

RINGS = Rings(300.0, 600.0, 0.9)
TIGHT = 0.01  # below the greatest share that the cars can have in the response ring


def demands(graph: RoadGraph, metres: float, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells over the box that have a road near, longitude and latitude, with uneven weights."""
    west, east, south, north = box(graph)
    lon, lat = np.meshgrid(np.arange(west, east, metres / 87_000), np.arange(south, north, metres / 111_195))
    lon, lat = lon.ravel(), lat.ravel()
    near = graph.snap(lon, lat)[1] <= 500
    lon, lat = lon[near][:most], lat[near][:most]
    return lon, lat, np.random.default_rng(5).gamma(0.5, 1, len(lon))


def question(name: str, metres: float, ring_s: float, sites: int = 300) -> Request:
    """A network's sites, cells and times as a request for the double standard model."""
    roads = network(name)
    candidates, (lon, lat, weight) = spread_over(roads, sites), demands(roads, metres, 10_000)
    begin = time.perf_counter()
    starts, _ = roads.snap(candidates.lon, candidates.lat)
    ends, _ = roads.snap(lon, lat)
    table = roads.times(starts, ends, HourClass.DAY, 2 * ring_s)
    print(f"  {name}: times {table.shape} in {time.perf_counter() - begin:.1f} s")
    return Request(table, weight, 1, rings=Rings(ring_s, 2 * ring_s))


def solved(
    name: str, ask: Request, effort: Effort, earlier: PostPlan | None = None
) -> tuple[PostPlan, float]:
    """One plan and its seconds, its figures in a line."""
    begin = time.perf_counter()
    plan = place(ask, effort, earlier=earlier)
    seconds = time.perf_counter() - begin
    share = plan.shares
    print(f"  {name}: {ask.cars} cars, alpha {ask.rings.alpha:.3f}, minimum force {plan.minimum.cars}: "
          f"covered {share.ring:.3f}, twice {share.ring_twice:.3f}, in support {share.support:.3f}; "
          f"value {plan.value:.2f}, gap {plan.gap:.3%} ({plan.bound_from}), {seconds:.1f} s, "
          f"binds {', '.join(plan.binds)}")  # fmt: skip
    return plan, seconds


def double_standard(columbus: Request, sf: Request) -> None:
    """60 cars; 30 cars with alpha at the edge of what is feasible; and free of alpha."""
    full = Effort(time_limit_s=14, gap=0.0005)
    plan, seconds = solved("columbus", replace(columbus, cars=60), full)
    at_most("dsm_columbus_60_cars_gap", 100 * plan.gap, 0.5, "%")
    at_most("dsm_columbus_60_cars_seconds", seconds, 15, "s")
    cover = replace(columbus, cars=30, model=Model.MCLP, support_owed=True)
    edge = place(cover, Effort(time_limit_s=20)).shares.ring
    for below, name in ((0.0, "edge"), (TIGHT, "tight")):
        rings = replace(RINGS, alpha=edge - below - 1e-9)
        ask = replace(columbus, cars=30, rings=rings)
        plan, seconds = solved(f"columbus {name}", ask, Effort(time_limit_s=55, gap=0.0005))
        at_most(f"dsm_columbus_30_cars_{name}_gap", 100 * plan.gap, 1.0, "%")
        at_most(f"dsm_columbus_30_cars_{name}_seconds", seconds, 60, "s")
    free = replace(columbus, cars=30, rings=replace(RINGS, alpha=0.0))
    solved("columbus free", free, Effort(time_limit_s=55, gap=0.0005))
    for cars in (20, 30):
        plan, _ = solved("sf", replace(sf, cars=cars), full)
        at_most(f"dsm_sf_{cars}_cars_gap", 100 * plan.gap, 1.0, "%")


def edits(columbus: Request) -> None:
    """A planner pins one post, forbids another, and has the plan solved around that."""
    ask = replace(columbus, cars=60)
    first, _ = solved("columbus first", ask, Effort(time_limit_s=14, gap=0.0005))
    low, high = np.zeros(len(first.cars), int), np.full(len(first.cars), 2)
    low[int(np.flatnonzero(first.cars == 0)[0])], high[int(first.posts[0])] = 1, 0
    edit = replace(ask, low=low, high=high, start=first.cars, before=first.cars, move_price=1.0)
    plan, seconds = solved("columbus edited", edit, INTERACTIVE, first)
    print(f"    {plan.moved} cars moved")
    at_most("edit_seconds", seconds, 2, "s")


def by_spopt(ask: Request) -> tuple[float, float, float]:
    """The optimum of spopt's MCLP with PuLP's CBC, seconds in all, seconds of the solver."""
    begin = time.perf_counter()
    model = MCLP.from_cost_matrix(ask.table.T, ask.weight[:, None], ask.rings.ring_s, ask.cars)
    built = time.perf_counter()
    model = model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0.0))
    end = time.perf_counter()
    return float(model.problem.objective.value()), end - begin, end - built


def mclp(columbus: Request) -> None:
    """The same optimum as spopt's, and how much sooner."""
    for cars in (30, 60):
        ask = replace(columbus, cars=cars, model=Model.MCLP, high=1, support_owed=False)
        plan, ours = solved("mclp", ask, Effort(time_limit_s=60, gap=0.0))
        value, theirs, solver = by_spopt(ask)
        print(f"    spopt {value:.6f}, ours {plan.value:.6f}; spopt {theirs:.1f} s, of it CBC {solver:.1f} s")
        assert abs(value - plan.value) <= 1e-6 * value
        faster(f"mclp_{cars}_cars", "spopt_cbc", ours, theirs, 5)
        faster(f"mclp_{cars}_cars_solver_alone", "cbc", ours, solver, 1)


def others(columbus: Request) -> None:
    """Expected cover and the p-median at the same size, and three shifts with priced moves."""
    effort = Effort(time_limit_s=30)
    solved("mexclp", replace(columbus, cars=30, model=Model.MEXCLP, support_owed=False), effort)
    solved("p-median", replace(columbus, cars=30, model=Model.P_MEDIAN, support_owed=False), effort)
    random = np.random.default_rng(3)
    shifts = [
        replace(columbus, cars=cars, demand=columbus.weight * random.gamma(4, 0.25, len(columbus.weight)))
        for cars in (60, 60, 40)
    ]
    begin = time.perf_counter()
    plan = place_shifts(shifts, Moves(1.0), Effort(time_limit_s=60))
    print(f"  three shifts: {plan.moved} cars moved, value {plan.value:.2f}, gap {plan.gap:.3%}, "
          f"{time.perf_counter() - begin:.1f} s")  # fmt: skip


if __name__ == "__main__":
    print(f"posts, {machine()}")
    near, far = question("sf", 250.0, 120.0), question("columbus", 400.0, 300.0)
    for model in (Model.DOUBLE_STANDARD, Model.P_MEDIAN):  # so that no figure has Numba's compiling in it
        some = replace(near, cars=5, model=model, support_owed=None)
        place(some, Effort(time_limit_s=2))
    double_standard(far, near)
    edits(far)
    mclp(far)
    others(far)
