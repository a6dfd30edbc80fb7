"""Containment on the SF network: seconds a plan, and every closed ring checked by a plain search."""

from __future__ import annotations

import time
from collections import deque

import numpy as np

from anlan.engine.dispatch.containment import Containment, Threat, contain, fleeing_car
from anlan.engine.geo.roads import RoadGraph
from bench.claims import at_most, machine, quantiles
from bench.networks import network, somewhere

CHASES = 40
PASSED_S = (60.0, 120.0, 180.0)


def neighbours(graph: RoadGraph) -> list[list[int]]:
    """Neighbours of every node, whatever the direction allowed."""
    found: list[list[int]] = [[] for _node in range(graph.nodes)]
    for tail, head in zip(graph.tail.tolist(), graph.head.tolist(), strict=True):
        found[tail].append(head)
        found[head].append(tail)
    return found


def escapes(graph: list[list[int]], threat: Threat, found: Containment) -> bool:
    """Whether a breadth-first search from the start leaves the ring past the points that are held."""
    held = {post.node for post in found.posts}
    seen = {node for node in threat.starts.tolist() if node not in held}
    queue = deque(seen)
    while queue:
        for other in graph[queue.popleft()]:
            if other not in seen and other not in held:
                if threat.away[other] > found.ring:
                    return True
                seen.add(other)
                queue.append(other)
    return False


def chases(graph: RoadGraph, units: int, limit_s: float) -> None:
    """Chases from random places with units at random places."""
    around, took, closed = neighbours(graph), [], 0
    for number, place in enumerate(somewhere(graph, CHASES, 3)):
        cars = somewhere(graph, units, 100 + number)
        passed = PASSED_S[number % len(PASSED_S)]
        begin = time.perf_counter()
        threat = fleeing_car(graph, graph.node_lon[place], graph.node_lat[place], passed)
        rings = [passed + 60.0 * step for step in range(1, 21)]
        found = contain(graph, threat, graph.node_lon[cars], graph.node_lat[cars], rings)
        took.append(time.perf_counter() - begin)
        if found.closed:
            closed += 1
            assert not escapes(around, threat, found)
            assert all(post.margin_s >= 30 - 1e-3 for post in found.posts)
    p50, p99 = quantiles(took)
    print(f"  {units} units: {closed} of {len(took)} rings closed; p50 {p50:.2f} s, p99 {p99:.2f} s")
    at_most(f"containment_{units}_p99", p99, limit_s, "s")


if __name__ == "__main__":
    print(f"containment, {machine()}")
    sf = network("sf")
    sf.warm()
    assert np.isfinite(sf.seconds).all()
    chases(sf, 40, 3)
    chases(sf, 60, 3)
    chases(sf, 200, 5)
