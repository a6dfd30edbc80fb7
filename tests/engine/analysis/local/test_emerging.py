"""Histories made on purpose get their category; random counts get none."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.local import CATEGORIES, Neighbours, emerging_hot_spots
from anlan.engine.analysis.local.emerging import _histories, _tails

SLICES = 20
HISTORIES = {  # 1 hot, 0 neither, -1 cold; trend of z
    "new": ([0] * 19 + [1], 1),
    "consecutive": ([0] * 15 + [1] * 5, 1),
    "intensifying": ([0] + [1] * 19, 1),
    "persistent": ([1] * 20, 0),
    "diminishing": ([1] * 20, -1),
    "sporadic": ([0, 1] * 10, 0),
    "oscillating": ([-1, 1] * 10, 0),
    "historical": ([1] * 19 + [0], -1),
    "none": ([1] * 10 + [0] * 10, 0),
}


@pytest.mark.parametrize("name", CATEGORIES)
def test_each_history_has_its_name(name):
    """One series per category."""
    states, rise = HISTORIES[name]
    found = _histories(np.array([states], np.int8), np.array([rise]))
    assert CATEGORIES[found[0]] == name


def hot(level, block, grid=20):
    """Return Poisson counts of 1 per cell and slice, with a 3 × 3 block at the given level per slice."""
    counts = np.random.default_rng(2).poisson(1.0, (grid * grid, SLICES))
    row, column = np.divmod(np.arange(grid * grid), grid)
    inside = (abs(row - block) <= 1) & (abs(column - block) <= 1)
    counts[inside] = np.random.default_rng(3).poisson(level, (inside.sum(), SLICES))
    return counts, block * grid + block


@pytest.mark.parametrize(
    ("level", "name"),
    [
        ([1.0] * 19 + [9.0], "new"),
        ([1.0] * 15 + [9.0] * 5, "consecutive"),
        (np.linspace(7, 20, SLICES), "intensifying"),
        (np.linspace(20, 7, SLICES), "diminishing"),
        ([9.0] * 19 + [1.0], "historical"),
        ([1.0, 9.0] * 10, "sporadic"),
    ],
)
def test_a_planted_history_is_found(level, name):
    """Grown from counts: at the middle of the block; hardly a cell elsewhere has any."""
    counts, middle = hot(level, 10)
    found = emerging_hot_spots(counts, Neighbours.queen((20, 20)))
    assert found.category[middle] == name
    assert (found.category != "none").sum() <= 30


def test_random_counts_have_no_history():
    """False discoveries stay below the level: at most a cell or two."""
    counts = np.random.default_rng(1).poisson(1.0, (400, SLICES))
    found = emerging_hot_spots(counts, Neighbours.queen((20, 20)))
    assert (found.category != "none").sum() <= 2


def test_z_is_the_space_time_standard_score():
    """Against all values of all slices, by the formula of Gi*, at one corner."""
    counts = np.random.default_rng(4).poisson(2.0, (9, 3))
    found = emerging_hot_spots(counts, Neighbours.queen((3, 3)))
    total, n, k = counts[[0, 1, 3, 4], 1].sum(), 27, 4
    error = counts.std() * np.sqrt(k * (n - k) / (n - 1))
    assert found.z[0, 1] == pytest.approx((total - k * counts.mean()) / error)


@given(st.lists(st.integers(0, 5), min_size=4, max_size=9), st.integers(1, 4))
def test_chances_count_every_set(values, k):
    """Both tails of every sum up to the largest, against an enumeration of all sets of k."""
    counts, every = np.array(values), np.array(list(combinations(values, k))).sum(axis=1)
    sums = np.arange(every.max() + 1)[None, :]
    high, low = _tails(counts, np.array([k]), sums)
    assert high[0] == pytest.approx([(every >= total).mean() for total in sums[0]], abs=1e-12)
    assert low[0] == pytest.approx([(every <= total).mean() for total in sums[0]], abs=1e-12)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"counts": np.ones((9, 1))}, "counts"),
        ({"counts": np.full((9, 3), 0.5)}, "counts"),
        ({"counts": np.full((9, 3), -1)}, "counts"),
        ({"counts": np.full((9, 3), 10**7)}, "counts"),
        ({"level": 0}, "level"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(change, named):
    """The message names the parameter."""
    arguments = {"counts": np.ones((9, 3)), "neighbours": Neighbours.queen((3, 3))} | change
    with pytest.raises(ValueError, match=named):
        emerging_hot_spots(**arguments)
