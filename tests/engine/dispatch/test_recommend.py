"""Which units are recommended, on what basis, and what their leaving costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.dispatch.recommend import Basis, Cover, Demand, UnitTable, covers, recommend, rested_first
from anlan.engine.geo.roads import HourClass, RoadGraph, road_links

NIGHT = HourClass.NIGHT


def street(count: int = 11, *, both: bool = True) -> RoadGraph:
    """A street to the east along the equator: nodes 0.001° (111 m) apart, 10 s a link."""
    west, east = np.arange(count - 1), np.arange(1, count)
    tail, head = (np.concatenate((west, east)), np.concatenate((east, west))) if both else (west, east)
    length = np.full(len(tail), 111.195)
    return RoadGraph.from_links(
        road_links(np.arange(count) / 1000, np.zeros(count), tail, head, length, length / 10)
    )


def units(lon: list[float], lat: list[float] | None = None, **columns: object) -> UnitTable:
    """Free units without special capabilities unless said otherwise."""
    count = len(lon)
    table = {
        "lon": np.array(lon), "lat": np.zeros(count) if lat is None else np.array(lat),
        "age_s": np.full(count, 5.0),
        "capabilities": [frozenset({"patrol"})] * count, "available": np.ones(count, np.bool_),
    }  # fmt: skip
    return UnitTable(**(table | columns))  # type: ignore[arg-type]


def test_the_nearest_by_road_comes_first() -> None:
    """On a one-way street the unit that must not drive back is not the nearest, however near it is."""
    found = recommend(street(both=False), 0.005, 0, units([0.006, 0.001]), hour_class=NIGHT, count=2)
    assert [(one.unit_index, one.basis) for one in found] == [(1, Basis.ROAD), (0, Basis.STRAIGHT)]
    assert found[0].seconds == pytest.approx(40)
    assert found[1].straight


def test_a_unit_without_position_is_unknown_and_last() -> None:
    """Could not check is a state of its own: no time, no age, but not hidden."""
    found = recommend(street(), 0.005, 0, units([np.nan, 0.0]), hour_class=NIGHT)
    assert [(one.unit_index, one.seconds is None, one.age_s) for one in found] == [
        (1, False, 5.0),
        (0, True, None),
    ]
    assert found[1].basis is Basis.UNKNOWN


def test_without_roads_all_times_are_straight_line() -> None:
    """No graph, no road time: the order is by distance and every time is marked."""
    found = recommend(None, 0.005, 0, units([0.0, 0.004]), demand=Demand(*np.zeros((3, 1))))
    assert [(one.unit_index, one.basis, one.cover_after) for one in found] == [
        (1, Basis.STRAIGHT, None),
        (0, Basis.STRAIGHT, None),
    ]


def test_an_incident_far_from_any_road_is_not_snapped_silently() -> None:
    """Two degrees away no road time is claimed."""
    assert recommend(street(), 2.0, 0, units([0.0]))[0].basis is Basis.STRAIGHT


def test_only_free_and_capable_units() -> None:
    """Busy units and those without the skill are not offered."""
    able, plain = frozenset({"patrol", "boat"}), frozenset({"patrol"})
    table = units(
        [0.005, 0.004, 0.0], capabilities=[plain, able, able], available=np.array([True, False, True])
    )
    assert [one.unit_index for one in recommend(street(), 0.005, 0, table, {"boat"})] == [2]


def test_no_unit_at_all() -> None:
    """An empty table gives an empty list."""
    assert recommend(street(), 0.005, 0, units([])) == []


def test_cover_before_and_after() -> None:
    """One of two cars leaving halves the response cover; the support ring then has no second car."""
    demand = Demand(np.array([0.0, 0.010]), np.zeros(2), np.array([1.0, 1.0]))
    table = units([0.0, 0.010])
    found = recommend(
        street(), 0.0, 0, table, demand=demand, hour_class=NIGHT, ring_s=50, support_s=100, count=1
    )
    assert found[0].cover_before == Cover(1.0, 1.0)
    assert found[0].cover_after == Cover(0.5, 0.0)


@given(st.integers(0, 2**31), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_cover_equals_counting_on_the_full_matrix(seed: int, leave: int) -> None:
    """The one search from all units agrees with the matrix of every unit to every point."""
    random = np.random.default_rng(seed)
    graph = street(12, both=bool(seed % 2))
    table = units(list(random.uniform(0, 0.011, 6)), available=random.random(6) < 0.8)
    demand = Demand(random.uniform(0, 0.011, 9), np.zeros(9), random.integers(1, 5, 9).astype(float))
    gone = random.integers(0, 6, leave).tolist()
    times = graph.times(graph.snap(table.lon, table.lat)[0], graph.snap(demand.lon, demand.lat)[0])
    left = table.available.copy()
    left[gone] = False
    stay = np.sort(np.vstack((times[left], np.full((2, 9), np.inf))), axis=0)
    total = demand.weight.sum()
    expected = (demand.weight[stay[0] <= 35].sum() / total, demand.weight[stay[1] <= 70].sum() / total)
    _, (after,) = covers(graph, table, demand, [gone], ring_s=35, support_s=70)
    assert (after.response, after.support) == pytest.approx(expected)


@pytest.mark.parametrize(("lon", "count", "message"), [(np.nan, 1, "incident_lon"), (0.0, 0, "count")])
def test_wrong_arguments_are_named(lon: float, count: int, message: str) -> None:
    """A call without coordinates is an error of the caller."""
    with pytest.raises(ValueError, match=message):
        recommend(street(), lon, 0, units([0.0]), count=count)


def test_columns_of_different_lengths_are_refused() -> None:
    """A table is rectangular."""
    with pytest.raises(ValueError, match="different lengths"):
        units([0.0], available=np.ones(2, np.bool_))


@pytest.mark.parametrize(("seconds", "order"), [(0, [0, 1, 2, 3]), (9, [0, 1, 2, 3]), (11, [1, 0, 3, 2])])
def test_a_crew_whose_rest_is_due_counts_as_farther_away(seconds: float, order: list[int]) -> None:
    """Ten seconds ahead it stays ahead by nine, not by eleven; a known way stays before an unknown one."""
    nodes = [0.005, 0.004, np.nan, np.nan]
    ranked = recommend(street(), 0.005, 0, units(nodes), hour_class=NIGHT)
    assert [one.unit_index for one in ranked] == [0, 1, 2, 3]
    found = rested_first(ranked, {0, 2}, seconds)
    assert [one.unit_index for one in found if one.seconds is not None] == [one for one in order if one < 2]
    assert {one.unit_index for one in found[2:]} == {2, 3}


def test_rest_is_no_time_gained() -> None:
    """Seconds below nothing would rank the tired first."""
    with pytest.raises(ValueError, match="seconds"):
        rested_first([], (), -1)
