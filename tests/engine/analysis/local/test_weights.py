"""Neighbour lists equal what a walk over all pairs finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.local import Neighbours


def pairs(of):
    """Return the lists as a set of (cell, neighbour)."""
    return set(zip(np.repeat(np.arange(len(of)), of.degree).tolist(), of.indices.tolist(), strict=True))


@given(st.integers(1, 6), st.integers(1, 6))
def test_queen_neighbours_touch(rows, columns):
    """Cells whose rows and columns differ by at most one, and no others."""
    places = [(row, column) for row in range(rows) for column in range(columns)]
    expected = {
        (one, other)
        for one, (row, column) in enumerate(places)
        for other, (up, right) in enumerate(places)
        if one != other and abs(row - up) <= 1 and abs(column - right) <= 1
    }
    assert pairs(Neighbours.queen((rows, columns))) == expected


def test_within_and_nearest_equal_all_distances():
    """Every pair up to the distance, the border included; the k smallest distances of each."""
    x, y = np.random.default_rng(1).uniform(0, 1000, (2, 60))
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(apart, np.inf)
    assert pairs(Neighbours.within(x, y, 200)) == set(zip(*np.nonzero(apart <= 200), strict=True))
    nearest = np.argsort(apart, axis=1)[:, :4]
    assert pairs(Neighbours.nearest(x, y, 4)) == {(i, j) for i in range(60) for j in nearest[i]}


def test_cells_on_one_place_still_have_k_others():
    """Four cells share a centre: each has two neighbours, none itself."""
    found = Neighbours.nearest([0.0] * 4, [0.0] * 4, 2)
    assert found.degree.tolist() == [2, 2, 2, 2]


def test_sums_run_over_neighbours_in_every_slice():
    """Islands sum to 0; integers stay integers."""
    of = Neighbours.from_pairs([0, 1, 1], [1, 0, 2], 4)
    assert of.sums(np.array([[1, 10], [2, 20], [4, 40], [8, 80]])).tolist() == [
        [2, 20],
        [5, 50],
        [0, 0],
        [0, 0],
    ]


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Neighbours(np.array([0, 1]), np.array([0])), "its own neighbour"),
        (lambda: Neighbours(np.array([0, 2, 2]), np.array([1, 1])), "rising"),
        (lambda: Neighbours(np.array([0, 1]), np.array([7])), "outside"),
        (lambda: Neighbours(np.array([0, 3]), np.array([0])), "indptr"),
        (lambda: Neighbours.queen((0, 3)), "shape"),
        (lambda: Neighbours.within([0], [0], 0), "metres"),
        (lambda: Neighbours.nearest([0, 1], [0, 1], 2), "k:"),
    ],
)
def test_broken_lists_are_refused_by_name(make, named):
    """The message says what is wrong."""
    with pytest.raises(ValueError, match=named):
        make()
