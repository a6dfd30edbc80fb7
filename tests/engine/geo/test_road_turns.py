"""Forbidden turns: every query against a Dijkstra over single edges in plain Python."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.geo.test_road_graph import networks

from anlan.engine.geo.roads import HourClass, RoadGraph, RoadLinks, Turns, road_links
from anlan.engine.geo.roads.connect import largest_part

if TYPE_CHECKING:
    from pathlib import Path

Sequences = set[tuple[int, ...]]


@st.composite
def restricted(draw: st.DrawFn) -> RoadLinks:
    """Random networks with random forbidden turns, via a junction or via one or two links, loops left out."""
    links = draw(networks(most=7))
    random = draw(st.randoms(use_true_random=False))
    sequences = []
    for _ in range(draw(st.integers(0, 12))):
        path = [row for row in range(links.links) if links.tail[row] != links.head[row]]
        if not path:
            break
        path = [random.choice(path)]
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            leaving = np.flatnonzero((links.tail == links.head[path[-1]]) & (links.head != links.tail))
            if len(leaving):
                path.append(int(random.choice(list(leaving))))
        if len(path) > 1:
            sequences.append(path)
    return replace(links, turns=Turns.of(sequences))


def by_edges(links: RoadLinks, start: int, factor: np.ndarray) -> list[float]:
    """Seconds from one node to all, over paths of links that contain no forbidden sequence.

    The state is the last three links driven: no sequence here is longer than four.
    """
    forbidden = set() if links.turns is None else set(links.turns.sequences())
    time = [float("inf")] * links.nodes
    time[start] = 0.0
    seen: dict[tuple[int, ...], float] = {}
    heap: list[tuple[float, int, tuple[int, ...]]] = [(0.0, start, ())]
    while heap:
        now, node, past = heapq.heappop(heap)
        if past in seen and past:
            continue
        seen[past] = now
        time[node] = min(time[node], now)
        for row in np.flatnonzero((links.tail == node) & (links.head != links.tail)).tolist():
            driven = (*past, row)
            if any(driven[skip:] in forbidden for skip in range(len(driven))):
                continue
            seconds = float(np.float32(links.length_m[row] / links.speed_mps[row]))
            later = now + seconds * float(factor[links.road_class[row]])
            heapq.heappush(heap, (later, int(links.head[row]), driven[-3:]))
    return time


@given(restricted(), st.sampled_from(HourClass))
@settings(max_examples=150, deadline=None)
def test_all_queries_observe_forbidden_turns(links: RoadLinks, hours: HourClass) -> None:
    """Matrices both ways, the nearest and the soonest equal the search over single edges."""
    graph = RoadGraph.from_links(links)
    every = np.arange(links.nodes)
    expected = np.array([by_edges(links, node, graph.factors[hours]) for node in every])
    np.testing.assert_allclose(graph.times(every, every, hours), expected, rtol=1e-5)
    np.testing.assert_allclose(graph.times(every, [0], hours), expected[:, :1], rtol=1e-5)
    ordered = np.sort(expected, axis=0)
    who, seconds = graph.soonest(every, every, links.nodes, hours)
    np.testing.assert_allclose(seconds, ordered.T, rtol=1e-5)
    assert ((who >= 0) == np.isfinite(ordered.T)).all()
    for target in every:
        order, near = graph.nearest(int(target), every, links.nodes, hours)
        np.testing.assert_allclose(near, expected[order, target], rtol=1e-5)
        assert len(order) == np.isfinite(expected[:, target]).sum()


@given(restricted())
@settings(max_examples=30, deadline=None)
def test_turns_outlive_the_file(tmp_path_factory: pytest.TempPathFactory, links: RoadLinks) -> None:
    """A saved graph forbids the same turns."""
    path = tmp_path_factory.mktemp("roads") / "g.roads"
    graph = RoadGraph.from_links(links)
    graph.save(path)
    again, every = RoadGraph.load(path), range(links.nodes)
    np.testing.assert_array_equal(again.times(every, every), graph.times(every, every))


@given(restricted())
@settings(max_examples=80, deadline=None)
def test_the_part_that_is_kept_hangs_together_for_all_its_turns(links: RoadLinks) -> None:
    """Forbidden turns that would cut a place off are dropped and counted; the others stay."""
    try:
        connected = largest_part(links, keep_share=0)
    except ValueError:
        assert not links.links
        return
    graph = RoadGraph.from_links(connected.links)
    every = range(graph.nodes)
    assert np.isfinite(graph.times(every, every)).all()
    assert connected.links.turns is not None
    asked = 0 if links.turns is None else len(links.turns)
    assert connected.dropped_turns + len(connected.links.turns) <= asked


def crossing(turns: list[tuple[int, ...]]) -> RoadLinks:
    """A cross of four two-way arms of 100 m around node 0, joined outside by a ring of 300 m pieces."""
    arms = [(arm, 0) for arm in (1, 2, 3, 4)] + [(0, arm) for arm in (1, 2, 3, 4)]
    ring = [(1, 2), (2, 3), (3, 4), (4, 1), (2, 1), (3, 2), (4, 3), (1, 4)]
    tail, head = zip(*arms, *ring, strict=True)
    return road_links(
        [106.001, 106.001, 106.002, 106.001, 106.0], [29.001, 29.002, 29.001, 29.0, 29.001], tail, head,
        [100.0] * 8 + [300.0] * 8, [10.0] * 16, turns=Turns.of(turns),
    )  # fmt: skip


def test_a_forbidden_turn_costs_the_detour() -> None:
    """From arm 1 one may not turn into arm 2: the ring is faster than over arm 3 and back."""
    free, bound = (RoadGraph.from_links(crossing(turns)) for turns in ([], [(0, 5)]))
    night = HourClass.NIGHT
    assert free.times([1], [2], night)[0, 0] == pytest.approx(20)
    assert bound.times([1], [2], night)[0, 0] == pytest.approx(30)
    assert bound.times([0], [2], night)[0, 0] == pytest.approx(10)
    assert bound.times([1], [0], night)[0, 0] == pytest.approx(10)
    assert bound.snap(free.node_lon, free.node_lat)[0].tolist() == [0, 1, 2, 3, 4]
    assert (bound.nodes, bound.edges) == (free.nodes, free.edges)


def test_a_turn_forbidden_via_a_road_forbids_that_way_only() -> None:
    """From arm 1 through arm 2 and on along the ring is forbidden; each part of that way alone is not."""
    others = [(0, 6), (0, 7), (5, 1), (8, 1), (15, 3)]
    free, bound = (RoadGraph.from_links(crossing(turns)) for turns in (others, [*others, (0, 5, 9)]))
    night = HourClass.NIGHT
    assert free.times([1], [3], night)[0, 0] == pytest.approx(50)
    assert bound.times([1], [3], night)[0, 0] == pytest.approx(60)
    for source, target in ((1, 2), (0, 3), (2, 3)):
        there = free.times([source], [target], night)[0, 0]
        assert bound.times([source], [target], night)[0, 0] == pytest.approx(there)


@pytest.mark.parametrize(
    ("turns", "message"),
    [([(0,)], "turn 0: has fewer than two links"), ([(0, 5), (0, 99)], "turn 1: names an unknown link"),
     ([(0, 1)], "turn 0: has links that do not join")],
)  # fmt: skip
def test_turns_that_nobody_can_drive_are_refused(turns: list[tuple[int, ...]], message: str) -> None:
    """The first wrong turn and what is wrong with it are named."""
    with pytest.raises(ValueError, match=message):
        crossing(turns)


def test_an_older_file_still_loads(tmp_path: Path) -> None:
    """A file of the arrays that there were before turns, bends and signals gives the same times."""
    from anlan.engine.geo.roads import file
    from anlan.engine.geo.roads.graph import ARRAYS

    graph = RoadGraph.from_links(replace(crossing([]), turns=None))
    path = tmp_path / "old.roads"
    file.write(path, {name: getattr(graph, name) for name in ARRAYS}, {"names": graph.names, "facts": {}})
    old = RoadGraph.load(path)
    np.testing.assert_array_equal(old.times(range(5), range(5)), graph.times(range(5), range(5)))
    assert (old.turns, old.bends, old.signals, old.waits) == (None, None, None, None)
