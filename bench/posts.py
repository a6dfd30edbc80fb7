"""Standby posts: the double standard model on real road times, gap and time."""

from __future__ import annotations

import time

import numpy as np

from anlan.engine.geo.roads import HourClass, RoadGraph
from anlan.engine.planning.plan import Demands, Sites, candidate_nodes, site_times
from anlan.engine.planning.posts import Effort, PostPlan, double_standard
from bench.claims import at_most, machine
from bench.dispatch import box
from bench.networks import network


def demands(graph: RoadGraph, metres: float, most: int) -> Demands:
    """Cells over the box that have a road near, with uneven weights."""
    west, east, south, north = box(graph)
    lon, lat = np.meshgrid(np.arange(west, east, metres / 87_000), np.arange(south, north, metres / 111_195))
    lon, lat = lon.ravel(), lat.ravel()
    near = graph.snap(lon, lat)[1] <= 500
    lon, lat = lon[near][:most], lat[near][:most]
    weight = np.random.default_rng(5).gamma(0.5, 1, len(lon))
    return Demands([str(row) for row in range(len(lon))], lon, lat, weight)


def solve(
    where: str, sites: Sites, demand: Demands, times: np.ndarray, case: tuple[int, float, float]
) -> PostPlan:
    """One plan, its figures in a line."""
    cars, ring_s, limit_s = case
    begin = time.perf_counter()
    plan = double_standard(
        times,
        demand.weight,
        cars,
        ring_s=ring_s,
        support_s=2 * ring_s,
        effort=Effort(time_limit_s=limit_s, gap=0.0005),
    )
    seconds = time.perf_counter() - begin
    share = plan.shares
    print(f"  {where}: {cars} cars, {len(sites.lon)} sites, {len(demand.lon)} cells, ring {ring_s:g} s:")
    print(f"    covered {share.ring:.3f}, twice {share.ring_twice:.3f}, in support {share.support:.3f}, "
          f"minimum force {plan.minimum.cars}")  # fmt: skip
    print(f"    gap {plan.gap:.4%}, {seconds:.1f} s, binds {', '.join(plan.binds)}")
    return plan


if __name__ == "__main__":
    print(f"posts, {machine()}")
    for place, cell_m, cases in (
        ("sf", 250.0, ((20, 120.0, 15.0), (30, 120.0, 15.0))),
        ("columbus", 400.0, ((60, 300.0, 15.0), (30, 300.0, 30.0))),
    ):
        roads = network(place)
        candidates, cells = candidate_nodes(roads, 300), demands(roads, cell_m, 10_000)
        begun = time.perf_counter()
        table, _ = site_times(roads, candidates, cells, HourClass.DAY, 2 * cases[0][1])
        print(f"  {place}: times {table.shape} in {time.perf_counter() - begun:.1f} s")
        for one in cases:
            found = solve(place, candidates, cells, table, one)
            at_most(f"dsm_{place}_{one[0]}_cars_gap", 100 * found.gap, 0.5 if one[0] == 60 else 1.0, "%")
