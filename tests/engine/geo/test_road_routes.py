"""Routes: the fastest way as edges, line and directions."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.geo.test_road_turns import restricted

from anlan.engine.geo.roads import Bends, HourClass, RoadGraph, RoadLinks, Turns, road_links
from anlan.engine.geo.roads.routing import described, route, routes, turn_of


@given(restricted(), st.sampled_from(HourClass), st.integers(0, 2**31))
@settings(max_examples=100, deadline=None)
def test_a_route_takes_the_time_of_the_matrix_and_no_forbidden_turn(
    links: RoadLinks, hours: HourClass, seed: int
) -> None:
    """Its edges join, hold no forbidden sequence, and take the seconds of the matrix; None where inf."""
    graph = RoadGraph.from_links(links)
    random = np.random.default_rng(seed)
    source, targets = int(random.integers(links.nodes)), np.arange(links.nodes)
    expected = graph.times([source], targets, hours)[0]
    seconds = graph.edge_seconds(hours)
    for target, found in zip(targets, routes(graph, source, targets, hours), strict=True):
        assert (found is None) == np.isinf(expected[target])
        if found is None:
            continue
        path = list(found.edges)
        assert found.seconds == pytest.approx(expected[target], rel=1e-5)
        assert seconds[path].sum() == pytest.approx(found.seconds)
        nodes = [source, *graph.head[path].tolist()]
        assert nodes[:-1] == graph.tail[path].tolist()
        assert nodes[-1] == target
        driven = [tuple(path[a:b]) for a in range(len(path)) for b in range(a + 2, len(path) + 1)]
        assert graph.turns is not None
        assert set(graph.turns.sequences()).isdisjoint(driven)
        assert sum(step.seconds for step in found.steps) == pytest.approx(found.seconds)
        assert sum(step.metres for step in found.steps) == pytest.approx(found.metres)
        assert len(found.coordinates) == len(found.passed_s) == len(nodes)
        assert list(found.passed_s) == sorted(found.passed_s)


def grid() -> RoadGraph:
    """A cross of two-way streets of 111 m: "East Street" 0-1-2 eastward, "North Street" 3-1-4 northward.

    The west arm bends on its way.
    """
    lon, lat = [0.0, 0.001, 0.002, 0.001, 0.001], [0.0, 0.0, 0.0, -0.001, 0.001]
    tail, head = [0, 1, 1, 2, 3, 1, 1, 4], [1, 0, 2, 1, 1, 3, 4, 1]
    of = [1, -1, 0, 0, 0, 0, 0, 0]
    bends = Bends.from_points(of, [0, 2], [0.0, 0.0005], [0.0003, 0.0], ([0.0], [0.0]))
    return RoadGraph.from_links(
        road_links(
            lon, lat, tail, head, [111.0] * 8, [10.0] * 8, name=[1] * 4 + [2] * 4,
            names=("", "East Street", "North Street"), bends=bends,
        )
    )  # fmt: skip


def test_directions_name_streets_and_turns() -> None:
    """Left at the crossing from East into North Street; straight on there is one step only."""
    left = route(grid(), 0, 4, HourClass.NIGHT)
    assert left is not None
    assert [(step.turn, step.name) for step in left.steps] == [
        ("depart", "East Street"),
        ("left", "North Street"),
    ]
    assert [step.seconds for step in left.steps] == pytest.approx([11.1, 11.1], rel=1e-4)
    assert [step.at for step in left.steps] == [0, 3]
    ahead = route(grid(), 0, 2, HourClass.NIGHT)
    assert ahead is not None
    assert [(step.turn, step.name) for step in ahead.steps] == [("depart", "East Street")]
    right = route(grid(), 0, 3, HourClass.NIGHT)
    assert right is not None
    assert right.steps[1].turn == "right"


def test_the_line_follows_the_bends_in_either_direction() -> None:
    """Points between junctions are drawn, in the order and at the time they are passed."""
    there, back = route(grid(), 0, 1, HourClass.NIGHT), route(grid(), 1, 0, HourClass.NIGHT)
    assert there is not None
    assert back is not None
    line = [(0.0, 0.0), (0.0, 0.0003), (0.0005, 0.0), (0.001, 0.0)]
    np.testing.assert_allclose(there.coordinates, line, atol=1e-6)
    np.testing.assert_allclose(back.coordinates, line[::-1], atol=1e-6)
    legs = np.cumsum([0.0, 0.0003, np.hypot(0.0005, 0.0003), 0.0005])
    np.testing.assert_allclose(there.passed_s, legs / legs[-1] * 11.1, rtol=1e-3)


def test_a_route_is_plain_data_and_a_route_to_where_one_is_has_no_steps() -> None:
    """It becomes JSON as it is; zero metres need no instruction."""
    found = route(grid(), 0, 4)
    assert json.loads(json.dumps(asdict(found)))["steps"][1]["turn"] == "left"  # type: ignore[arg-type]
    here = route(grid(), 2, 2)
    assert here is not None
    assert (here.seconds, here.edges, here.steps, here.coordinates) == (0.0, (), (), ((0.002, 0.0),))


def test_no_way_is_none_and_an_unknown_node_an_error() -> None:
    """One cannot drive against a one-way street; node 9 does not exist."""
    graph = RoadGraph.from_links(road_links([0, 0.001], [0, 0], [0], [1], [111.0], [10.0]))
    assert route(graph, 1, 0) is None
    assert route(graph, 0, 1, limit_s=5.0) is None
    with pytest.raises(ValueError, match="node 9"):
        route(graph, 0, 9)


@pytest.mark.parametrize(
    ("angle", "turn"),
    [(0, "straight"), (19, "straight"), (-30, "slight_right"), (90, "left"), (-90, "right"),
     (130, "sharp_left"), (-150, "sharp_right"), (175, "sharp_left")],
)  # fmt: skip
def test_turns_by_angle(angle: float, turn: str) -> None:
    """Left is positive; back along the same road is a u-turn whatever the angle."""
    assert turn_of(angle) == turn
    assert turn_of(angle, back=True) == "u_turn"


def roundabout() -> RoadGraph:
    """A one-way ring 0-1-2-3 driven anticlockwise, with arms 4 to 7 outside each of its nodes."""
    angle = np.radians([180, 270, 0, 90])
    lon, lat = 0.0003 * np.cos(angle), 0.0003 * np.sin(angle)
    ring = [(0, 1), (1, 2), (2, 3), (3, 0)]
    arms = [(outer, outer - 4) for outer in range(4, 8)]
    pairs = [*ring, *arms, *[(inner, outer) for outer, inner in arms]]
    tail, head = zip(*pairs, strict=True)
    return RoadGraph.from_links(
        road_links(
            np.append(lon, 4 * lon), np.append(lat, 4 * lat), tail, head,
            [50.0] * 4 + [100.0] * 8, [10.0] * 12,
            name=[1] * 4 + [2, 3, 4, 5] * 2, names=("", "Circle", "West", "South", "East", "North"),
            roundabout=[True] * 4 + [False] * 8,
        )
    )  # fmt: skip


@pytest.mark.parametrize(("target", "exit_", "name"), [(5, 1, "South"), (6, 2, "East"), (7, 3, "North")])
def test_a_roundabout_is_one_step_with_its_exit(target: int, exit_: int, name: str) -> None:
    """From the west one takes the first exit to the south, the second to the east, the third to the north."""
    found = route(roundabout(), 4, target, HourClass.NIGHT)
    assert found is not None
    assert [(step.turn, step.name, step.exit) for step in found.steps] == [
        ("depart", "West", None),
        ("roundabout", name, exit_),
    ]
    assert found.steps[1].metres == pytest.approx(50.0 * exit_ + 100.0)


def test_a_street_that_turns_a_corner_is_told_where_another_goes_straight_on() -> None:
    """At the crossing one street bears both the west and the north arm: the corner is a step of its own."""
    bent = replace(grid(), name=np.array([1, 1, 2, 2, 1, 2, 2, 1], np.int32), names=("", "Bent", "Other"))
    one, other = (route(bent, 0, node, HourClass.NIGHT) for node in (4, 2))
    assert one is not None
    assert other is not None
    assert [(step.turn, step.name) for step in one.steps] == [("depart", "Bent"), ("left", "Bent")]
    assert [(step.turn, step.name) for step in other.steps] == [("depart", "Bent"), ("straight", "Other")]


def test_a_driven_path_is_described_as_it_is() -> None:
    """A detour keeps its own time; edges that do not join are refused."""
    graph = grid()
    edges = [
        int(np.flatnonzero((graph.tail == a) & (graph.head == b))[0]) for a, b in ((0, 1), (1, 4), (4, 1))
    ]
    found = described(graph, edges, HourClass.NIGHT)
    assert found.seconds == pytest.approx(33.3, rel=1e-3)
    assert found.steps[-1].turn == "u_turn"
    with pytest.raises(ValueError, match="does not begin where"):
        described(graph, [edges[0], edges[2]])
    with pytest.raises(ValueError, match="at least one"):
        described(graph, [])


def test_a_forbidden_turn_is_driven_around() -> None:
    """No left turn at the crossing: one turns round in the next arm; if that is forbidden there is no way."""
    graph = grid()
    ends = zip(graph.tail.tolist(), graph.head.tolist(), strict=True)
    edge = {pair: row for row, pair in enumerate(ends)}
    turns = Turns.of([(edge[0, 1], edge[1, 4]), *[(edge[1, n], edge[n, 1]) for n in (2, 3)]])
    assert route(replace(graph, turns=turns), 0, 4) is None
    around = route(replace(graph, turns=Turns.of([(edge[0, 1], edge[1, 4])])), 0, 4, HourClass.NIGHT)
    assert around is not None
    assert around.seconds == pytest.approx(4 * 11.1, rel=1e-3)
