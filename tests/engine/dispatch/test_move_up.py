"""Which unit moves up to which post: the best single move by trying all of them, and when not to move."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.dispatch.test_recommend import NIGHT, street, units

from anlan.engine.dispatch.move_up import Ground, Terms, move_ups
from anlan.engine.dispatch.recommend import Demand, UnitTable, covers

WIDE = 31
TERMS = Terms(threshold=1.0, ring_s=50.0, longest_s=1000.0, least_gain=0.0, most=1)


def ground(posts: list[int], weight: np.ndarray, ring_s: float = 50.0) -> Ground:
    """Posts on the street by node, demand at every node."""
    demand = Demand(np.arange(WIDE) / 1000, np.zeros(WIDE), weight)
    at = np.array(posts) / 1000
    return Ground(street(WIDE), demand, at, np.zeros(len(posts)), ring_s, NIGHT)


def share(table: UnitTable, weight: np.ndarray) -> float:
    """Share of demand in the ring by the recommendation's own count of cover."""
    demand = Demand(np.arange(WIDE) / 1000, np.zeros(WIDE), weight)
    return covers(street(WIDE), table, demand, [], hour_class=NIGHT, ring_s=50.0)[0].response


def moved(table: UnitTable, unit: int, post: int) -> UnitTable:
    """The units with one of them at a post."""
    lon = table.lon.copy()
    lon[unit] = post / 1000
    return dataclasses.replace(table, lon=lon)


@settings(max_examples=40, deadline=None)
@given(
    at=st.lists(st.integers(0, WIDE - 1), min_size=1, max_size=5),
    posts=st.lists(st.integers(0, WIDE - 1), min_size=1, max_size=4, unique=True),
    seed=st.integers(0, 99),
)
def test_the_move_is_the_best_of_all(at: list[int], posts: list[int], seed: int) -> None:
    """No other unit or post leaves more demand in the ring, counted afresh for every pair."""
    weight = np.random.default_rng(seed).integers(0, 5, WIDE).astype(float)
    table = units([node / 1000 for node in at])
    found = move_ups(ground(posts, weight), table, TERMS)
    now = share(table, weight)
    best = max(share(moved(table, unit, post), weight) for unit, post in product(range(len(at)), posts))
    assert found.share == pytest.approx(now)
    if not found.moves:
        assert best <= now + 1e-9
        return
    (move,) = found.moves
    assert (move.before, move.after) == (pytest.approx(now), pytest.approx(best))
    assert share(moved(table, move.unit_index, posts[move.post_index]), weight) == pytest.approx(best)


def test_a_closed_ring_moves_nobody() -> None:
    """Above the threshold nothing is suggested, however much a move would gain."""
    terms = dataclasses.replace(TERMS, threshold=0.3)
    assert move_ups(ground([25], np.ones(WIDE)), units([0.005, 0.006]), terms).moves == ()


def test_of_moves_that_gain_alike_the_shortest() -> None:
    """Two posts would open as much; the nearer one is manned."""
    (move,) = move_ups(ground([25, 20], np.ones(WIDE)), units([0.005, 0.005]), TERMS).moves
    assert (move.post_index, move.seconds) == (1, pytest.approx(150.0, rel=1e-4))


@pytest.mark.parametrize("change", [{"longest_s": 180.0}, {"least_gain": 0.5}])
def test_too_far_and_too_little_are_no_moves(change: dict[str, float]) -> None:
    """A move longer than allowed, or one that gains less than it must, is not made."""
    terms = dataclasses.replace(TERMS, **change)
    assert move_ups(ground([25], np.ones(WIDE)), units([0.005, 0.006]), terms).moves == ()


def test_who_is_ordered_already_stays() -> None:
    """A unit that must not be moved still covers where it is, and another one goes."""
    (move,) = move_ups(ground([25], np.ones(WIDE)), units([0.005, 0.006]), TERMS, fixed=[1]).moves
    assert move.unit_index == 0


def test_several_moves_until_the_ring_is_closed() -> None:
    """Moves follow one another, each from where the one before left the units, no unit twice."""
    terms = dataclasses.replace(TERMS, most=3)
    found = move_ups(ground([16, 25], np.ones(WIDE)), units([0.005] * 4), terms)
    assert [move.post_index for move in found.moves] in ([0, 1], [1, 0])
    assert len({move.unit_index for move in found.moves}) == 2
    assert found.moves[0].after == pytest.approx(found.moves[1].before)


def test_nobody_and_nothing_is_no_move() -> None:
    """No located unit, no post, no demand: nothing to suggest, no fault."""
    weight = np.ones(WIDE)
    assert move_ups(ground([25], weight), units([np.nan]), TERMS).moves == ()
    assert move_ups(ground([], weight), units([0.0]), TERMS).moves == ()
    assert move_ups(ground([25], weight * 0), units([0.0]), TERMS).moves == ()


@pytest.mark.parametrize("wrong", [{"threshold": 1.5}, {"least_gain": -1}, {"ring_s": 0}, {"most": 0}])
def test_bad_terms_name_the_field(wrong: dict[str, float]) -> None:
    """Terms out of range say which."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Terms(**({"threshold": 0.9} | wrong))
