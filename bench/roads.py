"""Roads: import of files, nearest-k against SciPy's Dijkstra and OSRM's table, matrix, routes, rings."""

from __future__ import annotations

import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import dijkstra

from anlan.engine.geo.roads import Closure, HourClass, RoadGraph, rings, route
from bench.claims import at_most, faster, machine, measure, quantiles
from bench.networks import FILES, import_network, network, somewhere
from bench.osrm_peer import Table, comparable, contracted

BOUND_S = 600.0
QUERIES = 200
OSRM_QUERIES = 20


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
    matrix, end = graph.matrix(HourClass.DAY, reverse=True), int(graph.arrivals(target)[0])
    seconds = dijkstra(matrix, indices=end, limit=BOUND_S)[units]
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


def against_osrm(name: str) -> None:
    """Nearest 10 of 500 and of 10,000 units: ours against the table of OSRM's contraction hierarchy.

    Both answer on the same weights, without a bound; the ten times found must be the same to a tenth.
    """
    original = network(name)
    graph = comparable(original)
    graph.warm(HourClass.NIGHT)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        table = Table(contracted(graph, original.topology.road, Path(folder)), graph)
        print(f"  {name}: OSRM extracted and contracted in {time.perf_counter() - begin:.0f} s")
        for count in (500, 10_000):
            _beside_osrm(graph, table, name, count)


def _beside_osrm(graph: RoadGraph, table: Table, name: str, count: int) -> None:
    units, ours, theirs = somewhere(graph, count, 1), [], []
    for target in somewhere(graph, OSRM_QUERIES, 2):
        question = table.asked(units, np.array([target]))
        begin = time.perf_counter()
        answer = table.answer(question)
        middle = time.perf_counter()
        _, seconds = graph.nearest(int(target), units, 10, HourClass.NIGHT)
        ours.append(time.perf_counter() - middle)
        theirs.append(middle - begin)
        expected = np.sort(table.seconds(answer)[:, 0])[:10]
        np.testing.assert_allclose(seconds, expected, atol=0.051)
    p50, peer = quantiles(ours)[0], quantiles(theirs)[0]
    print(f"  {count} units: ours p50 {p50 * 1000:.3f} ms, OSRM's table {peer * 1000:.1f} ms, times equal")
    faster(f"nearest_10_of_{count}_{name}_same_weights", "osrm_ch_table", p50, peer, 50)


def matrix(name: str) -> None:
    """300 sites to 2,594 demand points, bounded at 15 minutes."""
    graph = network(name)
    graph.warm()
    sites, demand = somewhere(graph, 300, 3), somewhere(graph, 2594, 4)
    begin = time.perf_counter()
    graph.times(sites, demand, limit_s=900)
    at_most(f"matrix_300x2594_{name}", time.perf_counter() - begin, 1, "s")


def ways(name: str) -> None:
    """Routes with names, rings as polygons, and the first nearest after a street was closed."""
    graph = network(name)
    graph.warm()
    places = somewhere(graph, QUERIES + 1, 5).tolist()
    routed, reopened = [], []
    route(graph, places[0], places[1])
    for source, target in pairwise(places):
        begin = time.perf_counter()
        found = route(graph, source, target)
        routed.append(time.perf_counter() - begin)
        assert found is not None
        np.testing.assert_allclose(found.seconds, graph.times([source], [target])[0, 0], rtol=1e-4)
    at_most(f"route_{name}_p50", quantiles(routed)[0] * 1000, 10, "ms")
    units = somewhere(graph, 500, 1)
    for place in places[:20]:
        begin = time.perf_counter()
        closed = graph.with_closures([Closure(np.flatnonzero(graph.head == place)[:1])])
        closed.nearest(place, units, 10)
        reopened.append(time.perf_counter() - begin)
    at_most(f"closed_and_nearest_{name}_p50", quantiles(reopened)[0] * 1000, 50, "ms")
    for count in (1, 60):
        begin = time.perf_counter()
        _, ten = rings(graph, somewhere(graph, count, 6))
        seconds = time.perf_counter() - begin
        print(f"  rings of {count}: ten minutes hold {ten.area_km2:.1f} km², {ten.road_km:,.0f} km of road")
        at_most(f"rings_5_10_min_of_{count}_{name}", seconds, 5, "s")


if __name__ == "__main__":
    print(f"roads, {machine()}")
    imports()
    for where in ("sf", "columbus"):
        for many in (500, 10_000):
            nearest(where, many)
    matrix("columbus")
    ways("columbus")
    against_osrm("columbus")
