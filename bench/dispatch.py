"""Dispatch: recommendation among 500 and 10,000 units in SF, against a plain Dijkstra and Valhalla.

The times are equal to the plain Dijkstra's. Valhalla adds costs of turns that the graph does not have, so its
times differ; on the same weights, the metres of the shortest way between the same junctions, it must agree.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import dijkstra

from anlan.engine.dispatch.recommend import Demand, UnitTable, recommend
from anlan.engine.geo.roads import HourClass, RoadGraph
from bench.claims import at_least, at_most, faster, machine, quantiles
from bench.networks import network, somewhere
from bench.valhalla_peer import ValhallaMatrix, by_metres

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


SAME_M, SAME_SHARE = 15.0, 0.005


def same_metres(graph: RoadGraph, peer: ValhallaMatrix) -> None:
    """The shortest way in metres from 200 junctions to each of five, ours and Valhalla's."""
    plain_graph = by_metres(graph)
    starts, ends = somewhere(graph, 200, 21), somewhere(graph, 5, 22)
    ours = plain_graph.times(starts, ends, HourClass.NIGHT)
    theirs = np.stack(
        [
            peer.ask(
                graph.node_lon[starts], graph.node_lat[starts],
                (float(graph.node_lon[end]), float(graph.node_lat[end])), shortest=True,
            )[:, 1]
            for end in ends
        ],
        axis=1,
    )  # fmt: skip
    both = np.isfinite(ours) & np.isfinite(theirs)
    off = np.abs(ours - theirs)[both]
    agree = float((off <= SAME_M + SAME_SHARE * ours[both]).mean())
    print(f"  {both.sum()} ways of {both.size}, median {np.median(off):.1f} m off, {agree:.1%} the same")
    at_least("valhalla_same_metres", 100 * agree, 99, "%")


def against_valhalla(graph: RoadGraph, peer: ValhallaMatrix, count: int, calls: int) -> None:
    """The same calls asked of Valhalla's matrix: how long, and how often it names the same best unit."""
    units = unit_table(graph, count)
    able = np.array([{"patrol"} <= has for has in units.capabilities]) & units.available
    ours, theirs, top, ratio = [], [], [], []
    for lon, lat in zip(*scatter(graph, calls, 10), strict=True):
        begin = time.perf_counter()
        found = recommend(graph, lon, lat, units, {"patrol"}, 5)
        ours.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        seconds = peer.ask(units.lon[able], units.lat[able], (float(lon), float(lat)))[:, 0]
        order = np.flatnonzero(able)[np.argsort(seconds, kind="stable")[:5]]
        theirs.append(time.perf_counter() - begin)
        top.append(found[0].unit_index in order)
        ratio.append(np.sort(seconds)[0] / max(found[0].seconds, 1.0))
    print(
        f"  {count} units: our first is among Valhalla's five in {np.mean(top):.0%} of {calls} calls;"
        f" its time of the first is {np.median(ratio):.2f} x ours (median)"
    )
    p50, p99 = quantiles(theirs)
    print(f"  valhalla, {count} units: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
    faster(f"recommend_{count}", "valhalla_matrix", quantiles(ours)[0], p50, 1)


if __name__ == "__main__":
    print(f"dispatch, {machine()}")
    sf = network("sf")
    sf.warm()
    recommendations(sf, 500, 20)
    recommendations(sf, 10_000, 50)
    with tempfile.TemporaryDirectory() as tiles:
        matrix = ValhallaMatrix(sf, Path(tiles))
        same_metres(sf, matrix)
        against_valhalla(sf, matrix, 500, 10)
        against_valhalla(sf, matrix, 10_000, 2)
