"""Bounds of rounds along lines are never above what is possible."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.routes.arcs.brute import optimum, some_lines

from anlan.engine.planning.routes.arcs import Lines, cost_bound


@given(st.integers(0, 2**31))
@settings(max_examples=80, deadline=None)
def test_nothing_is_cheaper_than_the_bound(seed: int) -> None:
    """Whatever the ways are like: one-way lines, no triangle inequality, no way at all."""
    lines = replace(some_lines(seed, most=4, shortest=False), rounds=None, longest=np.inf)
    made, cost = optimum(lines)
    if made == len(lines.start):
        assert cost_bound(lines) <= cost + 1e-6


@pytest.mark.parametrize(
    ("capacity", "bound"),
    [(2.0, 2 * 5 + 2 * 10), (1.0, 4 * 5 + 2 * 10)],
)
def test_a_round_more_costs_its_way_out_and_home(capacity: float, bound: float) -> None:
    """By hand: two points 5 away, with 10 s of work each, in one round or in two."""
    ways = np.array([[0.0, 5], [5, 0]])
    rows, work = np.array([1, 1]), np.array([10.0, 10])
    assert cost_bound(Lines(ways, rows, rows, work, work, np.ones(2), capacity)) == bound


def test_whole_costs_have_a_whole_bound() -> None:
    """Half pairs are rounded up where every cost is whole, and only there."""
    for seed in range(40):
        lines = replace(some_lines(seed), rounds=None)
        assert cost_bound(lines) == int(cost_bound(lines)) or not np.isfinite(cost_bound(lines))
        finer = replace(lines, ways=lines.ways + 0.25 * (lines.ways > 0))
        assert cost_bound(finer) >= cost_bound(lines) - 1
