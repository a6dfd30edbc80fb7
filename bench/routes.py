"""Patrol routes: lines in rounds on public arc routing instances beside PyVRP; a shift on Columbus's roads.

`python -m bench.routes lines`, `shift` or a folder (of instances in the form of the gdb set) runs only that.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from anlan.engine.geo.roads import HourClass
from anlan.engine.planning.routes import (
    Effort,
    Kind,
    Meal,
    Point,
    Request,
    RoutePlan,
    Spot,
    Travel,
    Unit,
    plan_routes,
)
from anlan.engine.planning.routes.arcs import LinePlan, Lines, route_lines
from bench.claims import at_most, machine
from bench.networks import data_folder, network

LINES_S = 10.0
SHIFT_S, LONG_S = 20.0, 600.0
BEGIN, HOURS = 8 * 3600, 8


def instance(path: Path) -> tuple[Lines, int]:
    """Lines of an instance (n, m, then `from to cost demand`, vehicles, capacity, bounds) and the best known.

    Any number of rounds may be driven, as is usual for these instances.
    """
    numbers = np.array(path.read_text(encoding="ascii").split(), int)
    size, count = int(numbers[0]), int(numbers[1])
    edges = numbers[2 : 2 + 4 * count].reshape(count, 4)
    capacity, best = numbers[3 + 4 * count], numbers[-1]
    one, other = (edges[:, :2] - edges[:, :2].min()).T
    length = np.full((size, size), np.inf)
    np.minimum.at(length, (one, other), edges[:, 2])
    length = np.minimum(length, length.T)
    ways = dijkstra(csr_array(np.where(np.isfinite(length), length, 0)))
    owed = edges[:, 3] > 0
    cost = edges[owed, 2].astype(float)
    return Lines(ways, one[owed], other[owed], cost, cost, edges[owed, 3], float(capacity)), int(best)


def checked(lines: Lines, plan: LinePlan) -> float:
    """The plan's cost, added up again; every line once, no round too full."""
    rows = [leg.line for one in plan.rounds for leg in one.legs]
    assert sorted(rows) == list(range(len(lines.start)))
    total = 0.0
    for one in plan.rounds:
        at = lines.depot
        for leg in one.legs:
            ends = (lines.start[leg.line], lines.end[leg.line])[:: 1 if leg.direction == "forth" else -1]
            total += lines.ways[at, ends[0]] + lines.forth[leg.line]
            at = ends[1]
        total += lines.ways[at, lines.depot]
        assert sum(lines.load[leg.line] for leg in one.legs) <= lines.capacity
    assert abs(total - plan.cost) < 1e-6
    return total


def by_pyvrp(lines: Lines, limit_s: float) -> float:
    """PyVRP's cost: every line a group of two clients, one a direction."""
    count = len(lines.start)
    head = np.concatenate(([lines.depot], np.column_stack((lines.start, lines.end)).ravel()))
    tail = np.concatenate(([lines.depot], np.column_stack((lines.end, lines.start)).ravel()))
    ways = np.asarray(lines.ways)[np.ix_(tail, head)].astype(np.int64)
    np.fill_diagonal(ways, 0)
    clients = [
        pyvrp.Client(1 + row, delivery=[int(lines.load[row // 2])], required=False, group=row // 2)
        for row in range(2 * count)
    ]
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in head],
        clients,
        [pyvrp.Depot(0)],
        [pyvrp.VehicleType(count, [int(lines.capacity)])],
        [ways],
        [0 * ways],
        [pyvrp.ClientGroup([2 * row, 2 * row + 1]) for row in range(count)],
    )
    found = pyvrp.solve(data, MaxRuntime(limit_s), collect_stats=False)
    assert found.is_feasible()
    return float(found.cost() + np.sum(lines.forth))


@dataclass(frozen=True)
class Outcome:
    """One instance: gaps to the best known, ours and PyVRP's, and our bound's; our seconds."""

    ours: float
    theirs: float
    bound: float
    seconds: float


def on_instance(path: Path) -> Outcome:
    """Solve an instance with both, its figures in a line."""
    lines, best = instance(path)
    begin = time.perf_counter()
    plan = route_lines(lines, time_limit_s=LINES_S)
    seconds = time.perf_counter() - begin
    cost, peer = checked(lines, plan), by_pyvrp(lines, LINES_S)
    print(f"  {path.stem}: {len(lines.start)} lines, {cost:.0f} in {len(plan.rounds)} rounds, "
          f"bound {plan.bound:.0f}; pyvrp {peer:.0f}; best {best}; {seconds:.1f} s", flush=True)  # fmt: skip
    return Outcome(cost / best - 1, peer / best - 1, 1 - plan.bound / best, seconds)


def lines_in_rounds(folder: Path) -> None:
    """All instances of a folder."""
    outcomes = [on_instance(path) for path in sorted(folder.glob("*.dat"))]
    ours = [one.ours for one in outcomes]
    theirs, bounds = [one.theirs for one in outcomes], [one.bound for one in outcomes]
    print(f"  best known reached: {sum(gap <= 0 for gap in ours)} of {len(ours)}, worst {max(ours):.2%}; "
          f"pyvrp: {sum(gap <= 0 for gap in theirs)}, mean {np.mean(theirs):.3%}, worst {max(theirs):.2%}; "
          f"our bound below the best known by {np.mean(bounds):.1%}")  # fmt: skip
    at_most(f"arcs_{folder.name}_mean_gap", 100 * float(np.mean(ours)), 0.1, "%")
    at_most(f"arcs_{folder.name}_slowest", max(one.seconds for one in outcomes), LINES_S + 1, "s")


def shift(points: int = 60, spots: int = 200, cars: int = 10, metres: float = 6000.0) -> Request:
    """A day's shift in the middle of Columbus: two stations, meals there, a fifth of the time free for calls.

    Every third point is visited twice, every fourth in the first half of the shift.
    """
    graph, random = network("columbus"), np.random.default_rng(1)
    at = graph.project(graph.node_lon, graph.node_lat)
    near = np.flatnonzero(np.hypot(*(at - np.median(at, axis=0)).T) < metres)
    nodes = random.choice(near, 2 + points + spots, replace=False)
    places = [f"P{row}" for row in range(len(nodes))]
    end, half = BEGIN + HOURS * 3600, BEGIN + HOURS * 1800
    meal = Meal(1800, BEGIN + 3 * 3600, BEGIN + 5 * 3600, tuple(places[:2]))
    units = [
        Unit(f"U{row}", Kind.CAR, places[row % 2], places[row % 2], BEGIN, end, meal, room=0.2)
        for row in range(cars)
    ]
    owed = [
        Point(
            f"M{row}",
            places[2 + row],
            600,
            1 + (row % 3 == 0),
            3600,
            ((BEGIN, half),) if row % 4 == 1 else (),
        )
        for row in range(points)
    ]
    prized = [Spot(f"S{row}", places[2 + points + row], float(random.gamma(1, 1))) for row in range(spots)]
    return Request(
        units, Travel(places, {Kind.CAR: graph.times(nodes, nodes, HourClass.DAY)}), owed, (), prized
    )


def planned(name: str, ask: Request, effort: Effort) -> tuple[RoutePlan, float]:
    """One plan and its seconds, its figures in a line."""
    begin = time.perf_counter()
    plan = plan_routes(ask, effort=effort)
    seconds = time.perf_counter() - begin
    owed = sum(one.must for one in plan.unmet)
    print(f"  {name}: {plan.visits} visits, {owed} owed ones missing, value {plan.value:.2f}, bound "
          f"{plan.bound:.2f}, {plan.iterations} iterations, {seconds:.1f} s", flush=True)  # fmt: skip
    return plan, seconds


def a_shift() -> None:
    """A plan of seconds against the best of ten minutes, PyVRP's ten minutes too."""
    ask = shift()
    planned("first", ask, Effort(iterations=1))  # compiled
    plan, seconds = planned("ours", ask, Effort(SHIFT_S))
    peer, _ = planned("pyvrp", ask, Effort(SHIFT_S, method="pyvrp"))
    longs = [
        planned(f"{method}, ten minutes", ask, Effort(LONG_S, method=method))[0]
        for method in ("ruin", "pyvrp")
    ]
    assert plan.status == "complete"
    best = max(one.value for one in longs if one.status == "complete")
    print(f"  below the best of ten minutes: pyvrp {1 - peer.value / best:.2%}")
    at_most("routes_60_200_10_below_ten_minutes", 100 * (1 - plan.value / best), 2, "%")
    at_most("routes_60_200_10_seconds", seconds, 30, "s")


def main(part: str) -> None:
    """Run everything, or a part."""
    print(f"routes, {machine()}")
    gdb = data_folder() / "or/gdb"
    route_lines(instance(gdb / "gdb19.dat")[0], iterations=1)  # so that no figure has Numba's compiling in it
    if part in {"", "lines"}:
        lines_in_rounds(gdb)
    if part in {"", "shift"}:
        a_shift()
    if part not in {"", "lines", "shift"}:
        lines_in_rounds(Path(part))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
