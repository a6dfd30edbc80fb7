"""Streets chosen by name, by area, and between two crossing streets."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from anlan.engine.geo.roads import RoadGraph, road_links
from anlan.engine.geo.roads.streets import (
    called,
    edges_between,
    edges_inside,
    edges_named,
    shape_of,
    streets,
)

NAMES = ("", "Main Street", "First", "Second", "Far Lane")


def graph() -> RoadGraph:
    """Main Street as two one-way carriageways, 30 m apart, of four blocks of 1 km; First, Second cross it."""
    lon = [106 + block / 100 for block in range(5)] * 2 + [106.02, 106.03]
    lat = [29.0] * 5 + [29.00027] * 5 + [29.01, 29.2]
    east = [(n, n + 1, 1) for n in range(4)]
    west = [(n + 1, n, 1) for n in range(5, 9)]
    first, second = [(1, 6, 2), (6, 1, 2)], [(3, 8, 3), (8, 3, 3)]
    rest = [(0, 5, 0), (5, 0, 0), (4, 9, 0), (9, 4, 0), (7, 10, 4), (10, 7, 4), (10, 11, 4), (11, 10, 4)]
    tail, head, name = zip(*east, *west, *first, *second, *rest, strict=True)
    links = road_links(lon, lat, tail, head, [970.0] * len(tail), [10.0] * len(tail), name=name, names=NAMES)
    return RoadGraph.from_links(links)


def ends(network: RoadGraph, edges: np.ndarray) -> set[tuple[int, int]]:
    """Tail and head of edges."""
    return set(zip(network.tail[edges].tolist(), network.head[edges].tolist(), strict=True))


def test_streets_are_found_whatever_their_capitals() -> None:
    """Names come in order, without the nameless; a name is found as it is spelt on the road."""
    network = graph()
    assert streets(network) == ["Far Lane", "First", "Main Street", "Second"]
    assert called(network, "  main   STREET") == "Main Street"
    assert called(network, "Mane Street") is None


def test_a_whole_street_has_both_carriageways() -> None:
    """Every edge of the name, and no other."""
    network = graph()
    assert len(edges_named(network, "Main Street")) == 8
    with pytest.raises(ValueError, match="none is called 'Nowhere'"):
        edges_named(network, "Nowhere")


def test_an_area_keeps_what_reaches_into_it() -> None:
    """The blocks that touch the box, in both directions."""
    network = graph()
    inside = edges_inside(
        network, edges_named(network, "Main Street"), shapely.box(106.005, 28.9, 106.012, 29.1)
    )
    assert ends(network, inside) == {(0, 1), (1, 2), (6, 5), (7, 6)}


def test_between_two_crossings_lie_both_carriageways() -> None:
    """Two blocks each way, and neither the blocks before nor those after."""
    network = graph()
    found = edges_between(network, "Main Street", "First", "Second")
    assert ends(network, found) == {(1, 2), (2, 3), (7, 6), (8, 7)}
    assert ends(network, edges_between(network, "Main Street", "Second", "First")) == ends(network, found)


@pytest.mark.parametrize(
    ("cross", "said"), [("Nowhere", "none is called"), ("Far Lane", "lead"), ("Main Street", "lead")]
)
def test_what_is_no_stretch_is_refused(cross: str, said: str) -> None:
    """A street that is not there, or that meets it at the same place only, gives no stretch."""
    network = graph()
    with pytest.raises(ValueError, match=said):
        edges_between(network, "Far Lane", "Main Street", cross)


def test_streets_that_do_not_meet_are_named() -> None:
    """First Street and Far Lane have no place in common."""
    with pytest.raises(ValueError, match="Far Lane does not meet First"):
        edges_between(graph(), "First", "Far Lane", "Main Street")


def test_the_shape_has_each_road_once() -> None:
    """Both directions of a road are one line; the carriageways are two."""
    network = graph()
    assert shape_of(network, edges_named(network, "Far Lane")).geom_type == "LineString"
    assert len(shape_of(network, edges_named(network, "Main Street")).geoms) == 2
