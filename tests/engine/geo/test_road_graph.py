"""The road graph against an independent Dijkstra, and its file."""

from __future__ import annotations

import heapq
import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.geo.roads import Closure, HourClass, Hours, RoadGraph, RoadLinks, edited, road_links
from anlan.engine.geo.roads.links import CLASS_INDEX, CLASSES

if TYPE_CHECKING:
    from pathlib import Path


@st.composite
def networks(draw: st.DrawFn, most: int = 12) -> RoadLinks:
    """Random directed links, parallel ones and loops included."""
    nodes = draw(st.integers(1, most))
    ends = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    rows = draw(
        st.lists(st.tuples(ends, st.integers(1, 500), st.integers(0, len(CLASSES) - 1)), max_size=4 * most)
    )
    return road_links(
        np.linspace(106, 106.1, nodes),
        np.linspace(29, 29.1, nodes),
        [ends[0] for ends, _, _ in rows],
        [ends[1] for ends, _, _ in rows],
        [metres for _, metres, _ in rows],
        np.full(len(rows), 10.0),
        road_class=[kind for _, _, kind in rows],
    )


def plain_dijkstra(links: RoadLinks, start: int, factor: np.ndarray) -> list[float]:
    """Seconds from one node to all, in plain Python straight from the table of links."""
    time = [float("inf")] * links.nodes
    time[start] = 0.0
    heap = [(0.0, start)]
    while heap:
        now, node = heapq.heappop(heap)
        for row in np.flatnonzero(links.tail == node):
            later = now + float(np.float32(links.length_m[row] / links.speed_mps[row])) * float(
                factor[links.road_class[row]]
            )
            if later < time[links.head[row]]:
                time[links.head[row]] = later
                heapq.heappush(heap, (later, int(links.head[row])))
    return time


def line(count: int = 4) -> RoadLinks:
    """A one-way chain 0 -> 1 -> ..., 100 m and 10 s a link."""
    return road_links(
        106 + np.arange(count) * 0.001,
        np.full(count, 29.0),
        range(count - 1),
        range(1, count),
        np.full(count - 1, 100.0),
        np.full(count - 1, 10.0),
        road_class=np.full(count - 1, CLASS_INDEX["primary"]),
    )


@given(networks(), st.sampled_from(HourClass), st.integers(0, 2**31))
@settings(max_examples=80, deadline=None)
def test_times_equal_plain_dijkstra(links: RoadLinks, hours: HourClass, seed: int) -> None:
    """Matrices of either orientation agree with a Dijkstra written straight from the table."""
    graph = RoadGraph.from_links(links)
    random = np.random.default_rng(seed)
    few, many = random.integers(0, links.nodes, 2), random.integers(0, links.nodes, 5)
    for sources, targets in ((few, many), (many, few)):
        expected = [
            [plain_dijkstra(links, int(a), graph.factors[hours])[b] for b in targets] for a in sources
        ]
        np.testing.assert_allclose(graph.times(sources, targets, hours), expected, rtol=1e-5)


@given(networks(), st.integers(1, 6), st.integers(0, 2**31))
@settings(max_examples=80, deadline=None)
def test_nearest_equals_the_sorted_matrix(links: RoadLinks, k: int, seed: int) -> None:
    """The early-stopping search finds the same units at the same times as sorting a full column."""
    graph = RoadGraph.from_links(links)
    sources = np.random.default_rng(seed).integers(0, links.nodes, 7)
    column = graph.times(sources, [0])[:, 0]
    reached = np.sort(column[np.isfinite(column)])[:k]
    order, seconds = graph.nearest(0, sources, k)
    np.testing.assert_allclose(seconds, reached, rtol=1e-5)
    np.testing.assert_allclose(column[order], seconds, rtol=1e-5)
    assert len(set(order.tolist())) == len(order)


@given(networks(), st.integers(1, 4), st.integers(0, 2**31))
@settings(max_examples=80, deadline=None)
def test_soonest_equals_the_sorted_matrix(links: RoadLinks, k: int, seed: int) -> None:
    """One search from all units gives each target its k soonest, as sorting the matrix does."""
    graph = RoadGraph.from_links(links)
    random = np.random.default_rng(seed)
    sources, targets = random.integers(0, links.nodes, 5), random.integers(0, links.nodes, 6)
    matrix = graph.times(sources, targets)
    expected = np.sort(np.vstack((matrix, np.full((k, 6), np.inf))), axis=0)[:k].T
    who, seconds = graph.soonest(sources, targets, k)
    np.testing.assert_allclose(seconds, expected, rtol=1e-5)
    rows, columns = np.nonzero(who >= 0)
    np.testing.assert_allclose(matrix[who[rows, columns], rows], seconds[rows, columns], rtol=1e-5)


@given(networks())
@settings(max_examples=30, deadline=None)
def test_a_saved_graph_is_the_same_graph(tmp_path_factory: pytest.TempPathFactory, links: RoadLinks) -> None:
    """Saving and mapping back changes nothing."""
    path = tmp_path_factory.mktemp("roads") / "g.roads"
    graph = RoadGraph.from_links(links, facts={"source": "渠江"})
    graph.save(path)
    again = RoadGraph.load(path)
    nodes = range(links.nodes)
    np.testing.assert_array_equal(again.times(nodes, nodes), graph.times(nodes, nodes))
    assert again.facts == graph.facts


@given(networks())
@settings(max_examples=10, deadline=None)
def test_a_graph_goes_to_another_process(links: RoadLinks) -> None:
    """Pickled after use, with closures, it answers the same."""
    graph = RoadGraph.from_links(links)
    nodes = range(links.nodes)
    over = graph.with_closures([Closure(np.arange(graph.edges // 2))])
    times = over.times(nodes, nodes)
    over.nearest(0, nodes, 2)
    again = pickle.loads(pickle.dumps(over))  # noqa: S301  our own bytes
    np.testing.assert_array_equal(again.times(nodes, nodes), times)


def test_a_bounded_search_says_nothing_beyond_the_bound() -> None:
    """Times beyond `limit_s` are inf."""
    graph = RoadGraph.from_links(line())
    np.testing.assert_allclose(graph.times([0], [0, 1, 2, 3], HourClass.NIGHT, 20), [[0, 10, 20, np.inf]])


def test_peak_is_slower_than_night() -> None:
    """The factor of hour class and road class multiplies the free-flow time."""
    graph = RoadGraph.from_links(line(), factors=edited({(HourClass.PEAK, "primary"): 2.5}))
    assert graph.times([0], [3], HourClass.NIGHT)[0, 0] == pytest.approx(30)
    assert graph.times([0], [3], HourClass.PEAK)[0, 0] == pytest.approx(75)


def test_one_way_roads_are_one_way() -> None:
    """Nobody comes back along a one-way chain."""
    graph = RoadGraph.from_links(line())
    assert graph.times([3], [0])[0, 0] == np.inf
    assert graph.nearest(0, [3], 1)[0].size == 0


def test_units_on_one_node_are_all_found() -> None:
    """Several sources on the same node count one by one, in their order."""
    order, seconds = RoadGraph.from_links(line()).nearest(3, [1, 2, 2, 0], 3, HourClass.NIGHT)
    assert order.tolist() == [1, 2, 0]
    np.testing.assert_allclose(seconds, [10, 10, 20])


def test_snapping_gives_node_and_distance() -> None:
    """A point is put on the nearest node and its distance is told in metres."""
    graph = RoadGraph.from_links(line())
    node, metres = graph.snap([106.001], [29.0009])
    assert node.tolist() == [1]
    assert metres[0] == pytest.approx(100, rel=0.01)


def test_snapping_refuses_a_missing_coordinate() -> None:
    """NaN is an error that names its row, not a node."""
    with pytest.raises(ValueError, match="point 1"):
        RoadGraph.from_links(line()).snap([106.0, np.nan], [29.0, 29.0])


def test_an_unknown_node_is_refused() -> None:
    """A node number outside the graph is named."""
    with pytest.raises(ValueError, match="node 9"):
        RoadGraph.from_links(line()).times([0], [9])


def test_length_counts_two_way_roads_once() -> None:
    """The two directions of a road are one road."""
    both = road_links([0, 0.01], [0, 0], [0, 1], [1, 0], [1000, 1000], [10, 10])
    assert RoadGraph.from_links(both).length_km == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tail": [0, 7]}, "link 1: tail names an unknown node"),
        ({"length_m": [100, 0]}, "link 1: length_m must be above 0"),
        ({"length_m": [-5, 10]}, "link 0: length_m must be above 0"),
        ({"speed_mps": [10, np.nan]}, "link 1: speed_mps"),
        ({"speed_mps": [500, 10]}, "link 0: speed_mps"),
        ({"node_lat": [91, 0]}, "node 0: longitude or latitude"),
        ({"road_class": [0, 99]}, "link 1: road_class"),
        ({"head": [1]}, "different lengths"),
    ],
)
def test_a_bad_table_is_refused_by_row(change: dict[str, list[float]], message: str) -> None:
    """The first wrong row and what is wrong with it are named."""
    table = {
        "node_lon": [0, 0.01], "node_lat": [0, 0], "tail": [0, 1], "head": [1, 0], "length_m": [100, 100],
        "speed_mps": [10, 10], "road_class": [0, 0],
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        road_links(**(table | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("keep", [0, 5, 40, -1])
def test_a_file_cut_short_is_refused(tmp_path: Path, keep: int) -> None:
    """Half a file never becomes half a network."""
    path = tmp_path / "g.roads"
    RoadGraph.from_links(line()).save(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"g\.roads"):
        RoadGraph.load(path)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A save that fails changes nothing and leaves no rubbish."""
    path = tmp_path / "g.roads"
    RoadGraph.from_links(line()).save(path)
    before = path.read_bytes()
    broken = RoadGraph.from_links(line(), facts={"bad": object()})
    with pytest.raises(TypeError):
        broken.save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["g.roads"]


@pytest.mark.parametrize(
    ("hour", "weekday", "expected"),
    [
        (3, 0, HourClass.NIGHT),
        (8, 0, HourClass.PEAK),
        (8, 6, HourClass.DAY),
        (12, 2, HourClass.DAY),
        (23, 5, HourClass.NIGHT),
    ],
)
def test_hours_have_classes(hour: int, weekday: int, expected: HourClass) -> None:
    """Peak hours are those of working days."""
    assert Hours().of(hour, weekday) is expected


def test_an_unknown_class_in_the_factors_is_refused() -> None:
    """An edit of the factors that would do nothing is an error."""
    with pytest.raises(ValueError, match="road class 'highway'"):
        edited({(HourClass.DAY, "highway"): 1.2})
