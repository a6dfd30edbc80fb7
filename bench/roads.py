"""Roads: import of real files, nearest-k against a bounded SciPy Dijkstra, travel-time matrix."""

from __future__ import annotations

import tempfile
import time

import numpy as np
from scipy.sparse.csgraph import dijkstra

from anlan.engine.geo.roads import HourClass, RoadGraph
from bench.claims import at_most, faster, machine, measure, quantiles
from bench.networks import FILES, import_network, network, somewhere

BOUND_S = 600.0
QUERIES = 200


def imports() -> None:
    """Wall time and peak memory of reading each file into a saved graph."""
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            run = measure(import_network, name, folder)
            nodes, edges, km = run.value
            print(f"  {name}: {nodes:,} nodes, {edges:,} edges, {km:,.0f} km")
            at_most(f"import_{name}_s", run.seconds, 10, "s")
            at_most(f"import_{name}_memory", run.peak_mb, 1000, "MB")


def plain_nearest(graph: RoadGraph, target: int, units: np.ndarray, k: int) -> np.ndarray:
    """The peer: one bounded Dijkstra over the reversed graph, then sort."""
    matrix = graph._matrix(HourClass.DAY, reverse=True)
    seconds = dijkstra(matrix, indices=target, limit=BOUND_S)[units]
    return np.sort(seconds[np.isfinite(seconds)])[:k]


def nearest(name: str, count: int) -> None:
    """Nearest 10 of many units: ours against the peer on the same weights."""
    graph = network(name)
    graph.warm()
    units, targets = somewhere(graph, count, 1), somewhere(graph, QUERIES, 2)
    ours, theirs = [], []
    for target in targets:
        begin = time.perf_counter()
        _, seconds = graph.nearest(int(target), units, 10, limit_s=BOUND_S)
        middle = time.perf_counter()
        expected = plain_nearest(graph, int(target), units, 10)
        ours.append(middle - begin)
        theirs.append(time.perf_counter() - middle)
        np.testing.assert_allclose(seconds, expected, rtol=1e-5)
    p50, p99 = quantiles(ours)
    at_most(f"nearest_10_of_{count}_{name}_p50", p50 * 1000, 1, "ms")
    at_most(f"nearest_10_of_{count}_{name}_p99", p99 * 1000, 20, "ms")
    faster(f"nearest_10_of_{count}_{name}", "scipy_bounded", p50, quantiles(theirs)[0], 5)


def matrix(name: str) -> None:
    """300 sites to 2,594 demand points, bounded at 15 minutes."""
    graph = network(name)
    graph.warm()
    sites, demand = somewhere(graph, 300, 3), somewhere(graph, 2594, 4)
    begin = time.perf_counter()
    graph.times(sites, demand, limit_s=900)
    at_most(f"matrix_300x2594_{name}", time.perf_counter() - begin, 1, "s")


if __name__ == "__main__":
    print(f"roads, {machine()}")
    imports()
    for where in ("sf", "columbus"):
        for many in (500, 10_000):
            nearest(where, many)
    matrix("columbus")
