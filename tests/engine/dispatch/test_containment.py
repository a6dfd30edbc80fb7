"""Rings around a fleeing car and a spill, against every possible choice on small graphs."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from anlan.engine.dispatch.containment import Reason, Threat, Timing, contain, fleeing_car, spill
from anlan.engine.dispatch.containment.cut import Field
from anlan.engine.dispatch.containment.holding import Search, hold
from anlan.engine.dispatch.containment.threat import junctions_of_roads, reached, roads_both_ways
from anlan.engine.geo.roads import HourClass, RoadGraph, road_links

NIGHT = HourClass.NIGHT
AT_ONCE = Timing(0, 0)


def lattice(wide: int, high: int, seed: int = 0, one_way: float = 0.0) -> RoadGraph:
    """Streets in squares of 111 m around the equator, of random speeds, some of them one-way."""
    random = np.random.default_rng(seed)
    node = np.arange(wide * high).reshape(high, wide)
    pairs = np.concatenate([
        np.column_stack((node[:, :-1].ravel(), node[:, 1:].ravel())),
        np.column_stack((node[:-1].ravel(), node[1:].ravel())),
    ])  # fmt: skip
    speed = random.uniform(5, 15, len(pairs))
    back = random.random(len(pairs)) >= one_way
    tail, head = np.concatenate((pairs[:, 0], pairs[back, 1])), np.concatenate((pairs[:, 1], pairs[back, 0]))
    length = np.full(len(tail), 111.195)
    lon, lat = np.meshgrid(np.arange(wide) / 1000, np.arange(high) / 1000)
    speeds = np.concatenate((speed, speed[back]))
    return RoadGraph.from_links(road_links(lon.ravel(), lat.ravel(), tail, head, length, speeds))


def at(graph: RoadGraph, *nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions at nodes."""
    return graph.node_lon[list(nodes)], graph.node_lat[list(nodes)]


def separates(graph: RoadGraph, threat: Threat, points: set[int], ring: float) -> bool:
    """Whether no road leads from the start beyond the ring while the points are held (plain search)."""
    seen = {node for node in threat.starts.tolist() if node not in points}
    todo = list(seen)
    while todo:
        here = todo.pop()
        edges = np.flatnonzero((graph.tail == here) | (graph.head == here))
        for other in {*graph.tail[edges].tolist(), *graph.head[edges].tolist()}:
            if threat.away[other] > ring and other not in threat.starts:
                return False
            if other not in seen and other not in points:
                seen.add(other)
                todo.append(other)
    return True


def fewest(
    graph: RoadGraph, threat: Threat, unit_nodes: list[int], ring: float, timing: Timing
) -> int | None:
    """The least number of points that distinct units hold in time and that enclose, by trying all of them."""
    arrives = graph.times(unit_nodes, np.arange(graph.nodes), NIGHT) + timing.delay_s
    free = [
        n
        for n in range(graph.nodes)
        if threat.away[n] <= ring and threat.until[n] > 0 and not threat.no_go[n]
    ]
    for size in range(1, len(unit_nodes) + 1):
        for points in combinations(free, size):
            if not separates(graph, threat, set(points), ring):
                continue
            for order in permutations(range(len(unit_nodes)), size):
                pairs = zip(order, points, strict=True)
                if all(arrives[u, p] + timing.margin_s <= threat.until[p] for u, p in pairs):
                    return size
    return None


@pytest.mark.parametrize("seed", range(24))
def test_it_closes_whatever_can_be_closed_with_the_fewest_points(seed: int) -> None:
    """Against every choice of points and units: closed in the same rings, with as few points."""
    random = np.random.default_rng(seed)
    graph = lattice(4, 4, seed, one_way=0.15)
    unit_nodes = random.integers(0, graph.nodes, 3).tolist()
    threat = fleeing_car(graph, random.uniform(0, 0.003), random.uniform(0, 0.003), 2.0, factor=0.7)
    timing = Timing(1.0, 1.0)
    for ring in np.quantile(threat.away, [0.3, 0.5, 0.7, 0.85]):
        found = contain(graph, threat, *at(graph, *unit_nodes), [ring], hour_class=NIGHT, timing=timing)
        least = fewest(graph, threat, unit_nodes, ring, timing)
        assert found.closed == (least is not None)
        if least is not None:
            assert len(found.posts) == least
            assert separates(graph, threat, {post.node for post in found.posts}, ring)
        assert all(post.margin_s >= timing.margin_s - 1e-3 for post in found.posts)
        assert len({post.unit for post in found.posts}) == len(found.posts)


def test_the_tightest_ring_that_holds_is_taken() -> None:
    """Rings that could not be closed are named; a wider one is not tried once one holds."""
    graph = lattice(9, 1)
    threat = fleeing_car(graph, 0.004, 0, 0, factor=0.5)
    far = at(graph, 0, 8)
    rings = [float(value) for value in np.sort(np.unique(threat.away))[1:8]]
    found = contain(graph, threat, *far, [0.01, *rings], hour_class=NIGHT, timing=AT_ONCE)
    assert found.closed
    assert found.tried == tuple(ring for ring in [0.01, *rings] if ring < found.ring)
    assert separates(graph, threat, {post.node for post in found.posts}, found.ring)


def test_a_car_may_drive_against_one_way_streets() -> None:
    """What is forbidden to traffic is not forbidden to a car in flight; its time does not wait at lights."""
    links = road_links(
        np.arange(3) / 1000, np.zeros(3), np.array([0, 1, 2, 0]), np.array([1, 2, 0, 2]), np.full(4, 100.0),
        np.full(4, 10.0),
    )  # fmt: skip
    graph = RoadGraph.from_links(links)
    threat = fleeing_car(graph, 0.002, 0, 0, factor=1.0)
    assert threat.away[1] == pytest.approx(10)


def test_what_the_car_may_have_passed_is_no_point_to_close() -> None:
    """After three links' time only points beyond them are of use; the start itself is enclosed."""
    graph = lattice(9, 1)
    threat = fleeing_car(graph, 0.004, 0, 25, factor=1.0)
    gone = set(reached(threat).tolist())
    found = contain(graph, threat, *at(graph, 0, 8), [1e4], hour_class=NIGHT, timing=AT_ONCE, exits=[0, 8])
    assert found.closed
    assert 4 in gone
    assert not gone & {post.node for post in found.posts}
    assert gone <= set(found.enclosed)


@pytest.mark.parametrize(
    ("unit_nodes", "reason"),
    [((0,), Reason.LATE), ((), Reason.UNREACHED)],
)
def test_a_leak_says_why(unit_nodes: tuple[int, ...], reason: Reason) -> None:
    """One car for the two ends of a street: one end is held or both leak, each with its reason."""
    graph = lattice(9, 1)
    threat = fleeing_car(graph, 0.004, 0, 0, factor=2.0)
    lon, lat = at(graph, *unit_nodes) if unit_nodes else (np.zeros(0), np.zeros(0))
    found = contain(graph, threat, lon, lat, [1e4], hour_class=NIGHT, timing=AT_ONCE, exits=[0, 8])
    assert not found.closed
    assert reason in {leak.reason for leak in found.leaks}


def test_two_points_for_one_unit_leave_one_taken() -> None:
    """The unit in the middle of a ring can hold either end, not both: the other leaks as taken."""
    graph = lattice(3, 1)
    threat = fleeing_car(graph, 0.001, 0, 0, factor=0.01)
    found = contain(graph, threat, *at(graph, 1), [1e6], hour_class=NIGHT, timing=AT_ONCE, exits=[0, 2])
    assert len(found.posts) == 1
    assert [leak.reason for leak in found.leaks] == [Reason.TAKEN]


def test_rings_share_one_search() -> None:
    """Once the seconds for joint choices are used up no ring gets more, as no duty officer waits for each."""
    ground = Field(np.arange(2), np.array([0]), np.array([1]), np.array([0]), np.array([False, True]))
    able, barred = np.ones((2, 1), np.bool_), np.array([True, False])
    search = Search()
    assert search.together(ground, able, barred).tolist() == [1]
    assert search.left_s < Search().left_s
    assert Search(left_s=0.0).together(ground, able, barred) is None


def test_a_spill_is_closed_where_roads_enter_it_and_nobody_drives_through() -> None:
    """Four streets enter a spill at a crossing; the unit on the far side goes around it."""
    graph = lattice(5, 5)
    threat = spill(graph, 0.002, 0.002, 80)
    found = contain(graph, threat, *at(graph, 0, 4, 20, 24), [120.0, 240.0], hour_class=NIGHT, timing=AT_ONCE)
    assert found.closed
    assert {post.node for post in found.posts} == {7, 11, 13, 17}
    assert found.enclosed == (12,)
    assert all(post.threat_s is None and post.margin_s is None for post in found.posts)
    blocked = graph.times([11], [13], NIGHT)[0, 0]
    alone = contain(graph, threat, *at(graph, 11, 7, 17, 10), [120.0], hour_class=NIGHT, timing=AT_ONCE)
    far = next(post for post in alone.posts if post.node == 13)
    assert far.arrives_s > blocked


def test_without_a_way_out_that_can_be_closed_there_is_no_plan() -> None:
    """A car that may be outside already is not enclosed by anything, and no point is claimed."""
    graph = lattice(5, 1)
    threat = fleeing_car(graph, 0.002, 0, 1e4)
    found = contain(graph, threat, *at(graph, 0), [30.0], hour_class=NIGHT)
    assert (found.posts, found.leaks, found.enclosed) == ((), (), ())


@pytest.mark.parametrize("seed", range(10))
def test_the_tightest_margin_is_as_great_as_can_be(seed: int) -> None:
    """The assignment against every other one: as many held, the least slack greatest."""
    random = np.random.default_rng(seed)
    slack = random.normal(0, 100, (3, 4)).round(1)
    able = random.random((3, 4)) < 0.7
    best = max(
        (sum(able[r, c] for r, c in enumerate(order)),
         min((slack[r, c] for r, c in enumerate(order) if able[r, c]), default=0.0))
        for order in permutations(range(4), 3)
    )  # fmt: skip
    unit = hold(slack, able)
    held = [(r, c) for r, c in enumerate(unit.tolist()) if c >= 0]
    assert len(held) == best[0]
    assert all(able[r, c] for r, c in held)
    if len(held) == 3:
        assert min(slack[r, c] for r, c in held) == best[1]


def test_roads_both_ways_takes_the_fastest_of_parallels() -> None:
    """Distances agree with a plain search over all links both ways."""
    graph = lattice(4, 3, 5, one_way=0.4)
    matrix = roads_both_ways(graph, 2.0)
    assert np.allclose(matrix.toarray(), matrix.toarray().T)
    assert dijkstra(matrix, indices=0)[5] > 0
    assert junctions_of_roads(graph, 0) == []


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda g: fleeing_car(g, 0, 0, -1), "passed_s"),
        (lambda g: fleeing_car(g, 0, 0, 0, 0), "factor"),
        (lambda g: fleeing_car(g, 1, 1, 0), "no road"),
        (lambda g: fleeing_car(g, np.nan, 0, 0), "finite"),
        (lambda g: spill(g, 0, 0, 0), "radius_m"),
        (lambda _g: Timing(delay_s=-1), "delay_s"),
        (lambda g: contain(g, fleeing_car(g, 0, 0, 0), [], [], []), "rings"),
        (lambda g: contain(g, fleeing_car(g, 0, 0, 0), [], [], [2, 1]), "rings"),
    ],
)
def test_bad_input_is_named(call, word: str) -> None:
    """A wrong argument is refused by its name."""
    with pytest.raises(ValueError, match=word):
        call(lattice(3, 3))
