"""p-median on OR-Library's 40 instances (Beasley): optimum reached and proven, seconds with distances."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from anlan.engine.planning.posts import Effort, Model, PostPlan, Request, place
from bench.claims import at_least, at_most, machine
from bench.networks import data_folder

LIMIT_S = 7.5
# Published with the instances; 1-20 confirmed against a second source, 21-40 proven here where it says so.
OPTIMA = (
    5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255, 7696, 6634, 4374, 2968, 1729, 8162, 6999,
    4809, 2845, 1789, 9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989, 10086, 9297, 4700, 3013,
    10400, 9934, 5057, 11060, 9423, 5128,
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """One instance: value, bound, optimum as published, seconds."""

    number: int
    value: float
    bound: float
    optimum: int
    seconds: float


def distances(path: Path) -> tuple[np.ndarray, int]:
    """Shortest ways between all vertices, (n, n), and p; of repeated edges the last counts."""
    numbers = np.array(path.read_text(encoding="ascii").split(), np.float64)
    size, _, p = (int(number) for number in numbers[:3])
    length = np.zeros((size, size))
    for one, other, cost in numbers[3:].reshape(-1, 3):
        length[int(one) - 1, int(other) - 1] = length[int(other) - 1, int(one) - 1] = cost
    return shortest_path(csr_array(length), method="D", directed=False), p


def solve(path: Path, limit_s: float) -> PostPlan:
    """One instance, all vertices sites and places alike."""
    table, p = distances(path)
    ask = Request(table, np.ones(len(table)), p, Model.P_MEDIAN, high=1)
    return place(ask, Effort(time_limit_s=limit_s, gap=0.0))


def run(number: int) -> Outcome:
    """Solve an instance, its figures in a line."""
    begin = time.perf_counter()
    plan = solve(data_folder() / f"or/pmed/pmed{number}.txt", LIMIT_S)
    seconds = time.perf_counter() - begin
    optimum = OPTIMA[number - 1]
    proven = "proven" if plan.gap == 0 else f"gap {plan.gap:.3%}"
    print(f"  pmed{number}: {-plan.value:.0f} (published {optimum}), {proven}, {seconds:.1f} s", flush=True)
    return Outcome(number, -plan.value, -plan.bound, optimum, seconds)


if __name__ == "__main__":
    print(f"p-median, {machine()}")
    solve(data_folder() / "or/pmed/pmed1.txt", LIMIT_S)
    outcomes = [run(number) for number in range(1, 41)]
    reached = [one for one in outcomes if one.value == one.optimum]
    worst = max(one.value / one.optimum - 1 for one in outcomes)
    print(f"  proven: {sum(one.value == one.bound for one in outcomes)} of 40")
    at_least("pmedian_optimum", len(reached), 38, "of 40")
    at_most("pmedian_worst", 100 * worst, 0.1, "%")
    at_most("pmedian_slowest", max(one.seconds for one in outcomes), 10, "s")
