"""Units picked one after another by the rule in force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.dispatch.test_recommend import NIGHT, street, units

from anlan.engine.dispatch.choice import CLOSEST, Choice, InForce, SparingChoice, chooser
from anlan.engine.dispatch.policy import Policy
from anlan.engine.dispatch.recommend import Demand, UnitTable, recommend

GRAPH = street(21)


def points(*weights: float) -> Demand:
    """Demand along the street, a point a node."""
    count = len(weights)
    return Demand(np.arange(count) / 1000, np.zeros(count), np.array(weights))


def picks(rule: InForce, at: int, table: UnitTable, count: int = 1, priority: int = 2) -> list[int | None]:
    """Whom a rule sends to a node of the street, in turn."""
    ranked = recommend(GRAPH, at / 1000, 0, table, (), len(table.lon), hour_class=NIGHT)
    choice = chooser(rule, priority, ranked, GRAPH, table, NIGHT)
    return [choice.pick(range(len(table.lon))) for _ in range(count)]


def test_a_unit_that_alone_covers_much_is_spared() -> None:
    """The second of the ring goes where only the first is near demand; urgent calls get the first."""
    table = units([0.009, 0.002, 0.001])
    rule = InForce(Policy.COVER, points(*[0.0] * 13, *[1.0] * 8), ring_s=100)
    assert picks(rule, 6, table, 3) == [1, 2, 0]
    assert picks(rule, 6, table, 3, priority=1) == picks(CLOSEST, 6, table, 3) == [0, 1, 2]
    # Last to be missed at the far end: the one that is farthest from it.
    assert picks(InForce(Policy.PREPAREDNESS, rule.points, ring_s=100), 6, table) == [2]


def test_beyond_the_ring_the_closest_goes() -> None:
    """However much it covers: a rule never lets a call wait for a unit from outside the ring."""
    table = units([0.009, 0.002])
    assert picks(InForce(Policy.COVER, points(*[1.0] * 21), ring_s=20), 6, table, 3) == [0, 1, None]


def test_without_roads_or_points_the_closest_goes() -> None:
    """A unit off the roads is picked last; a unit without position never."""
    table = units([np.nan, 0.5, 0.003])
    rule = InForce(Policy.COVER, points(1.0, 1.0), ring_s=100)
    assert picks(rule, 1, table, 3) == [2, 1, None]
    ranked = recommend(None, 0.001, 0, table, (), 3)
    assert type(chooser(rule, 2, ranked, None, table, NIGHT)) is Choice
    assert type(chooser(InForce(Policy.COVER), 2, ranked, GRAPH, table, NIGHT)) is Choice
    with pytest.raises(ValueError, match="points"):
        SparingChoice(ranked, GRAPH, table, CLOSEST, NIGHT)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=6),
    st.integers(0, 20),
    st.lists(st.integers(0, 9), min_size=21, max_size=21),
    st.integers(1, 20),
)
def test_the_cover_that_is_lost_is_least(at: list[int], call: int, weights: list[int], reach: int) -> None:
    """Against expected cover Σ w (1 − q^k) counted with and without each unit, pick after pick."""
    rule = InForce(Policy.COVER, points(*map(float, weights)), ring_s=10.0 * reach + 0.5)
    table = units([node / 1000 for node in at])
    left = list(range(len(at)))

    def cover(there: list[int]) -> float:
        near = [sum(abs(at[unit] - node) <= reach for unit in there) for node in range(21)]
        return sum(weight * (1 - rule.busy**count) for weight, count in zip(weights, near, strict=True))

    for chosen in picks(rule, call, table, len(at)):
        assert chosen in left
        inside = [unit for unit in left if abs(at[unit] - call) <= reach]
        if inside:
            lost = {unit: cover(left) - cover([one for one in left if one != unit]) for unit in inside}
            assert chosen in inside
            assert lost[chosen] == pytest.approx(min(lost.values()), abs=1e-9)
        else:
            assert abs(at[chosen] - call) == min(abs(at[unit] - call) for unit in left)
        left.remove(chosen)
