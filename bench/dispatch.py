"""Dispatch: recommendation among 500 and 10,000 units on the SF network, times equal to a plain Dijkstra."""

from __future__ import annotations

import time

import numpy as np
from scipy.sparse.csgraph import dijkstra

from anlan.engine.dispatch.recommend import Demand, UnitTable, recommend
from anlan.engine.geo.roads import HourClass, RoadGraph
from bench.claims import at_most, faster, machine, quantiles
from bench.networks import network

CALLS = 200
SKILLS = (frozenset({"patrol"}), frozenset({"patrol", "armed"}), frozenset({"traffic"}))


def box(graph: RoadGraph) -> tuple[float, float, float, float]:
    """West, east, south, north."""
    return (
        float(graph.node_lon.min()), float(graph.node_lon.max()),
        float(graph.node_lat.min()), float(graph.node_lat.max()),
    )  # fmt: skip


def scatter(graph: RoadGraph, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions on streets, a few metres off the node."""
    random = np.random.default_rng(seed)
    node = random.integers(0, graph.nodes, count)
    off = random.normal(0, 5e-5, (2, count))
    return graph.node_lon[node] + off[0], graph.node_lat[node] + off[1]


def unit_table(graph: RoadGraph, count: int) -> UnitTable:
    """Units on streets, four of five free."""
    random = np.random.default_rng(7)
    lon, lat = scatter(graph, count, 8)
    skills = [SKILLS[index] for index in random.integers(0, len(SKILLS), count)]
    return UnitTable(lon, lat, random.uniform(0, 60, count), skills, random.random(count) < 0.8)


def cells(graph: RoadGraph) -> Demand:
    """Demand in 250 m cells over the box."""
    west, east, south, north = box(graph)
    lon, lat = np.meshgrid(np.arange(west, east, 250 / 88_000), np.arange(south, north, 250 / 111_195))
    return Demand(lon.ravel(), lat.ravel(), np.random.default_rng(9).gamma(0.5, 1, lon.size))


def plain(graph: RoadGraph, units: UnitTable, lon: float, lat: float) -> np.ndarray:
    """The peer's ranking: full Dijkstra over the reversed graph, then sort the suitable units."""
    able = np.array([{"patrol"} <= has for has in units.capabilities]) & units.available
    target, _ = graph.snap([lon], [lat])
    nodes, _ = graph.snap(units.lon[able], units.lat[able])
    matrix, end = graph.matrix(HourClass.DAY, reverse=True), int(graph.arrivals(target)[0])
    return np.sort(dijkstra(matrix, indices=end)[nodes])[:5]


def recommendations(graph: RoadGraph, count: int, limit_ms: float) -> None:
    """Five best units with cover before and after each."""
    units, demand = unit_table(graph, count), cells(graph)
    ours, bare, theirs = [], [], []
    for lon, lat in zip(*scatter(graph, CALLS, 10), strict=True):
        begin = time.perf_counter()
        found = recommend(graph, lon, lat, units, {"patrol"}, 5, demand=demand)
        ours.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        recommend(graph, lon, lat, units, {"patrol"}, 5)
        bare.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        expected = plain(graph, units, lon, lat)
        theirs.append(time.perf_counter() - begin)
        np.testing.assert_allclose([one.seconds for one in found], expected, rtol=1e-5)
    p50, p99 = quantiles(ours)
    print(
        f"  {count} units, cover on {len(demand.lon)} cells: p50 {p50 * 1000:.2f} ms, p99 {p99 * 1000:.2f} ms"
    )
    at_most(f"recommend_{count}_with_cover_p99", p99 * 1000, limit_ms, "ms")
    at_most(f"recommend_{count}_p99", quantiles(bare)[1] * 1000, limit_ms, "ms")
    faster(f"recommend_{count}", "scipy_dijkstra", quantiles(bare)[0], quantiles(theirs)[0], 1)


if __name__ == "__main__":
    print(f"dispatch, {machine()}")
    sf = network("sf")
    sf.warm()
    recommendations(sf, 500, 20)
    recommendations(sf, 10_000, 50)
