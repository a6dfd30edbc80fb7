"""Closures: an overlay answers as a graph built without the closed roads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.geo.test_road_turns import restricted

from anlan.engine.geo.roads import HourClass, RoadGraph, RoadLinks, road_links
from anlan.engine.geo.roads.closures import (
    Closure,
    cut_off_by_closures,
    edges_along,
    edges_near,
    edges_touching,
)
from anlan.engine.geo.roads.routing import routes


@given(restricted(), st.integers(0, 2**31), st.sampled_from([float("inf"), 1.0, 2.5]))
@settings(max_examples=40, deadline=None)
def test_an_overlay_answers_as_a_graph_built_so(links: RoadLinks, seed: int, factor: float) -> None:
    """Times, nearest, soonest and routes equal those of the network rebuilt; the graph below is unharmed."""
    random = np.random.default_rng(seed)
    graph = RoadGraph.from_links(links)
    every = np.arange(links.nodes)
    before = graph.times(every, every)
    shut = np.flatnonzero(random.random(graph.edges) < 0.3)
    over = graph.with_closures([Closure(shut, factor)])
    seconds = graph.seconds.copy()
    seconds[shut] = seconds[shut] * factor
    again = replace(graph, seconds=seconds)
    expected = again.times(every, every)
    np.testing.assert_allclose(over.times(every, every), expected, rtol=1e-5)
    np.testing.assert_array_equal(graph.times(every, every), before)
    assert over.tail is graph.tail
    assert over.topology is graph.topology
    for target in every.tolist():
        order, near = over.nearest(target, every, 3)
        reached = np.sort(expected[:, target][np.isfinite(expected[:, target])])[:3]
        np.testing.assert_allclose(near, reached, rtol=1e-5)
        assert np.isfinite(expected[order, target]).all()
    _, soon = over.soonest(every, every, 2)
    ordered = np.sort(np.vstack((expected, np.full((2, links.nodes), np.inf))), axis=0)
    np.testing.assert_allclose(soon, ordered[:2].T, rtol=1e-5)
    for target, found in zip(every, routes(over, 0, every), strict=True):
        assert (found is None) == np.isinf(expected[0, target])
        if np.isinf(factor) and found is not None:
            assert set(found.edges).isdisjoint(shut.tolist())


def town() -> RoadGraph:
    """A grid of 4 × 4 places, 111 m apart at the equator, all streets two-way; place = 4 × row + column."""
    places = np.arange(16)
    east = [(p, p + 1) for p in places if p % 4 < 3]
    north = [(p, p + 4) for p in places if p < 12]
    pairs = [*east, *north]
    pairs += [(b, a) for a, b in pairs]
    tail, head = zip(*pairs, strict=True)
    return RoadGraph.from_links(
        road_links(places % 4 * 0.001, places // 4 * 0.001, tail, head, [111.0] * 48, [10.0] * 48)
    )


def pairs(graph: RoadGraph, edges: np.ndarray) -> set[tuple[int, int]]:
    """Edges as pairs of places."""
    return set(zip(graph.tail[edges].tolist(), graph.head[edges].tolist(), strict=True))


def test_closing_by_polygon_closes_what_it_touches() -> None:
    """A square around one crossing closes its four arms both ways."""
    graph = town()
    edges = edges_touching(graph, shapely.box(0.0009, 0.0009, 0.0011, 0.0011))
    arms = {(5, other) for other in (1, 4, 6, 9)}
    assert pairs(graph, edges) == arms | {(b, a) for a, b in arms}
    with pytest.raises(ValueError, match="empty"):
        edges_touching(graph, shapely.Polygon())


@pytest.mark.parametrize(
    ("heading", "expected"), [(None, {(5, 6), (6, 5)}), (80.0, {(5, 6)}), (260.0, {(6, 5)})]
)
def test_closing_at_a_point(heading: float | None, expected: set[tuple[int, int]]) -> None:
    """The nearest road, both ways or the one that is driven towards the heading."""
    graph = town()
    assert pairs(graph, edges_near(graph, [0.0015], [0.0011], heading)) == expected
    with pytest.raises(ValueError, match="point 1: no road"):
        edges_near(graph, [0.0015, 0.0015], [0.0011, 0.0015])


def test_closing_along_a_line_leaves_the_streets_it_crosses() -> None:
    """A line along the second row of streets, a little off: its two middle pieces, and no cross street."""
    graph = town()
    line = shapely.LineString([(0.0, 0.00103), (0.002, 0.00103)])
    there = {(4, 5), (5, 6)}
    assert pairs(graph, edges_along(graph, line)) == there | {(b, a) for a, b in there}
    assert pairs(graph, edges_along(graph, line, "forward")) == there
    assert pairs(graph, edges_along(graph, line, "backward")) == {(b, a) for a, b in there}
    with pytest.raises(ValueError, match="follows no road"):
        edges_along(graph, shapely.LineString([(0.01, 0.01), (0.02, 0.01)]))


def test_what_is_cut_off_is_told() -> None:
    """With both streets of the corner closed one place is lost; the open road at it is none."""
    graph = town()
    corner = np.flatnonzero((graph.tail == 15) | (graph.head == 15))
    told = cut_off_by_closures(graph.with_closures([Closure(corner)]))
    assert told.nodes == (15,)
    assert told.closed_km == pytest.approx(0.222)
    assert told.km == 0.0
    assert cut_off_by_closures(graph).nodes == ()
    one_way_in = graph.with_closures([Closure(corner[graph.head[corner] == 15])])
    assert cut_off_by_closures(one_way_in).nodes == (15,)
    assert cut_off_by_closures(one_way_in).km == pytest.approx(0.111)
    west, east = graph.tail % 4, graph.head % 4
    halves = np.flatnonzero((np.minimum(west, east) == 1) & (np.maximum(west, east) == 2))
    parted = graph.with_closures([Closure(halves)])
    assert len(cut_off_by_closures(parted, [0]).nodes) == 8
    assert cut_off_by_closures(parted, [0, 3]).nodes == ()


def test_slowing_is_no_closing() -> None:
    """A slowed street is driven around or takes as long; nothing is cut off; the greatest factor counts."""
    graph = town()
    edges = edges_near(graph, [0.0005], [0.0])
    slow = graph.with_closures([Closure(edges, 2.0)]).with_closures([Closure(edges, 1.5)])
    night = HourClass.NIGHT
    assert slow.times([0], [1], night)[0, 0] == pytest.approx(2 * graph.times([0], [1], night)[0, 0])
    slower = slow.with_closures([Closure(edges, 5.0)])
    assert slower.times([0], [1], night)[0, 0] == pytest.approx(3 * graph.times([0], [1], night)[0, 0])
    assert cut_off_by_closures(slower).nodes == ()


@pytest.mark.parametrize(("edges", "factor", "message"), [([0], 0.5, "factor"), ([48], 2.0, "edges 0 to 47")])
def test_a_closure_that_is_none_is_refused(edges: list[int], factor: float, message: str) -> None:
    """Roads do not get faster by closing, and unknown edges are an error."""
    with pytest.raises(ValueError, match=message):
        town().with_closures([Closure(np.array(edges), factor)])
