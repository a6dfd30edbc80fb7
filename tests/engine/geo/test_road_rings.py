"""Rings: the area reached within minutes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from tests.engine.geo.test_road_closures import town
from tests.engine.geo.test_road_turns import restricted

from anlan.engine.geo.roads import Bends, HourClass, RoadGraph, road_links
from anlan.engine.geo.roads.closures import Closure
from anlan.engine.geo.roads.connect import largest_part
from anlan.engine.geo.roads.reach import Look, rings, rings_of_each

if TYPE_CHECKING:
    from pathlib import Path

    from anlan.engine.geo.roads import RoadLinks

NIGHT = HourClass.NIGHT
METRE = 1 / 111_195


def straight(metres: float = 1000.0, *, both: bool = True) -> RoadGraph:
    """One road eastward from 0 to 1 on the equator, 10 m/s."""
    tail, head = ([0, 1], [1, 0]) if both else ([0], [1])
    count = len(tail)
    return RoadGraph.from_links(
        road_links([0, metres * METRE], [0, 0], tail, head, [metres] * count, [10.0] * count)
    )


def test_a_road_is_reached_in_part() -> None:
    """In 30 s at 10 m/s one drives 300 m of a kilometre: a stadium of 60 m on either side."""
    (ring,) = rings(straight(), [0], [30.0], NIGHT)
    assert ring.road_km == pytest.approx(0.3)
    assert ring.places == 1
    assert ring.area_km2 == pytest.approx((300 * 120 + np.pi * 60**2) / 1e6, rel=0.01)
    west, _, east, _ = ring.shape.bounds
    assert (west, east) == pytest.approx((-60 * METRE, 360 * METRE), rel=1e-3)


def test_a_road_is_reached_from_both_ends() -> None:
    """From its two ends a road is whole once the ways meet, and counts once."""
    apart, whole = rings(straight(), [0, 1], [40.0, 60.0], NIGHT)
    assert apart.road_km == pytest.approx(0.8)
    assert apart.shape.geom_type == "MultiPolygon"
    assert whole.road_km == pytest.approx(1.0)
    assert whole.shape.geom_type == "Polygon"
    each = rings_of_each(straight(), [0, 1], [40.0], NIGHT)
    assert [ring.road_km for (ring,) in each] == pytest.approx([0.4, 0.4])


def test_a_bent_road_is_followed() -> None:
    """Half of the way along a bend ends at its corner, not on the line between its ends."""
    bends = Bends.from_points([1], [0, 1], [500 * METRE], [0.0], ([0.0], [0.0]))
    bent = RoadGraph.from_links(
        road_links([0, 500 * METRE], [0, 500 * METRE], [0], [1], [1000.0], [10.0], bends=bends)
    )
    (ring,) = rings(bent, [0], [75.0], NIGHT, Look(beside_m=10))
    assert ring.shape.contains(shapely.Point(500 * METRE, 245 * METRE))
    assert not ring.shape.contains(shapely.Point(500 * METRE, 275 * METRE))
    assert not ring.shape.contains(shapely.Point(250 * METRE, 250 * METRE))


def test_small_holes_are_filled_and_large_ones_stay() -> None:
    """Blocks of 111 m between streets reached are filled; told to keep holes, the ring has nine."""
    everywhere = 1000.0
    (filled,), (open_,) = (
        rings(town(), [0], [everywhere], NIGHT, Look(beside_m=20, hole_m2=size)) for size in (20_000, 1000)
    )
    assert len(filled.shape.interiors) == 0
    assert len(open_.shape.interiors) == 9
    assert filled.area_km2 > open_.area_km2


@given(restricted(), st.integers(0, 2**31), st.booleans())
@settings(max_examples=40, deadline=None)
def test_rings_grow_with_the_limit_and_count_what_the_matrix_reaches(
    links: RoadLinks, seed: int, close: bool
) -> None:
    """Later rings hold earlier ones; places are those within the limit; every reached place lies inside."""
    graph = RoadGraph.from_links(links)
    random = np.random.default_rng(seed)
    if close and graph.edges:
        graph = graph.with_closures([Closure(random.integers(0, graph.edges, 2))])
    source, limits = int(random.integers(graph.nodes)), np.cumsum(random.uniform(0.5, 40, 3)).tolist()
    found = rings(graph, [source], limits)
    time = graph.times([source], range(graph.nodes))[0]
    for limit, ring in zip(limits, found, strict=True):
        inside = time <= np.float32(limit)
        assert ring.places == inside.sum()
        at = shapely.points(graph.node_lon[inside], graph.node_lat[inside])
        assert shapely.contains(ring.shape, at).all()
        geodesic = abs(Geod(ellps="WGS84").geometry_area_perimeter(ring.shape)[0]) / 1e6
        assert ring.area_km2 == pytest.approx(geodesic, rel=0.01)
    for inner, outer in pairwise(found):
        assert inner.area_km2 <= outer.area_km2 + 1e-9
        assert inner.road_km <= outer.road_km + 1e-9
        assert shapely.difference(inner.shape, outer.shape).area / METRE**2 < 1.0
        assert inner.shape.is_valid


def test_a_source_that_goes_nowhere_still_has_its_own_ground() -> None:
    """A place from which no road leads is a circle."""
    (ring,) = rings(straight(both=False), [1], [60.0], NIGHT)
    assert ring.area_km2 == pytest.approx(np.pi * 60**2 / 1e6, rel=0.03)
    assert ring.road_km == 0.0


@pytest.mark.parametrize(
    ("sources", "limits", "message"),
    [([], [300.0], "sources"), ([0], [], "limits_s"), ([0], [0.0], "limits_s"),
     ([0], [600.0, 300.0], "must rise"), ([7], [60.0], "node 7")],
)  # fmt: skip
def test_bad_arguments_are_named(sources: list[int], limits: list[float], message: str) -> None:
    """Each error says which argument."""
    with pytest.raises(ValueError, match=message):
        rings(straight(), sources, limits)


@pytest.mark.parametrize("look", [{"beside_m": 0.0}, {"beside_m": 5000.0}, {"hole_m2": -1.0}])
def test_a_look_out_of_range_is_refused(look: dict[str, float]) -> None:
    """Width and holes have bounds."""
    with pytest.raises(ValueError, match=next(iter(look))):
        Look(**look)


@pytest.mark.realdata
def test_real_rings_are_nested_and_as_large_as_can_be(shared_data: Path) -> None:
    """Around Vaduz: five minutes lie in ten, few places beyond the limit lie inside, areas are plausible."""
    from anlan.gateway.roads import read

    links = read(shared_data / "roads/liechtenstein-latest.osm.pbf").links
    graph = RoadGraph.from_links(largest_part(links).links)
    node, _ = graph.snap([9.521], [47.141])
    five, ten = rings(graph, node, (300.0, 600.0))
    assert shapely.contains(shapely.buffer(ten.shape, 1e-9), five.shape)
    assert 1.0 < five.area_km2 < ten.area_km2 < 160.0
    assert five.road_km < ten.road_km < graph.length_km
    time = graph.times(node, range(graph.nodes))[0]
    inside = shapely.contains(ten.shape, shapely.points(graph.node_lon, graph.node_lat))
    assert inside[time <= 600].all()
    assert (time[inside] <= 600).mean() > 0.95
