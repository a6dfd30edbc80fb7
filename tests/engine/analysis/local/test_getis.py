"""Gi and Gi* equal R's z, and their p-values the exact conditional permutation, ties included."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.analysis.local.cases import COUNTS, ESDA_GREATER, GI, GI_STAR, GRID, numbers

from anlan.engine.analysis.local import Neighbours, false_discovery, getis_ord

DRAWS = 40_000


def exact_tails(values, neighbours, cell):
    """Return the chances of a sum as high and as low over all sets that could surround the cell."""
    mine = neighbours.indices[neighbours.indptr[cell] : neighbours.indptr[cell + 1]]
    others = np.delete(values, cell)
    sums = others[np.array(list(combinations(range(len(others)), len(mine))), int)].sum(axis=1)
    return (sums >= values[mine].sum()).mean(), (sums <= values[mine].sum()).mean()


@pytest.fixture(scope="module")
def exact():
    """Return both tails of every cell of the case, (20, 2)."""
    return np.array([exact_tails(COUNTS, GRID, cell) for cell in range(20)])


@pytest.mark.parametrize(("star", "expected"), [(False, GI), (True, GI_STAR)])
def test_z_equals_r(star, expected):
    """Spdep's localG gives the same z, for Gi and Gi*."""
    assert getis_ord(COUNTS, GRID, star=star).z == pytest.approx(numbers(expected), abs=1e-10)


def test_the_statistic_is_the_share_of_the_total():
    """Gi* divides by the total, Gi by the others' total."""
    corner = COUNTS[[1, 5, 6]].sum()
    total = COUNTS.sum()
    assert getis_ord(COUNTS, GRID).statistic[0] == pytest.approx((corner + 3) / total)
    assert getis_ord(COUNTS, GRID, star=False).statistic[0] == pytest.approx(corner / (total - 3))


@pytest.mark.parametrize(("alternative", "column"), [("greater", 0), ("less", 1)])
@pytest.mark.parametrize("star", [False, True])
def test_p_is_the_exact_conditional_chance(exact, alternative, column, star):
    """Within five Monte Carlo errors of the enumeration of all neighbourhoods, for each cell."""
    found = getis_ord(COUNTS, GRID, permutations=DRAWS, star=star, alternative=alternative).p
    chance = exact[:, column]
    assert (np.abs(found - chance) < 5 * np.sqrt(chance * (1 - chance) / DRAWS) + 2 / DRAWS).all()


def test_two_sided_is_twice_the_smaller_tail(exact):
    """Never more than 1."""
    found = getis_ord(COUNTS, GRID, permutations=DRAWS).p
    assert found == pytest.approx(np.minimum(1, 2 * exact.min(axis=1)), abs=0.025)


def test_esda_agrees_where_its_floats_do_not_break_ties(exact):
    """Esda drops ties in cells 5, 8 and 15 of Gi or Gi*; the exact chance is on our side there."""
    found = getis_ord(COUNTS, GRID, permutations=DRAWS, alternative="greater").p
    astray = np.abs(found - numbers(ESDA_GREATER)) > 0.012
    assert np.abs(found - exact[:, 0]).max() < 0.012
    assert astray.sum() <= 3


def test_a_cell_never_draws_itself():
    """A single full cell among empty ones: no set of others ever reaches its own count."""
    values = np.zeros(9, int)
    values[4] = 5
    found = getis_ord(values, Neighbours.queen((3, 3)), permutations=999, alternative="greater").p
    assert found[4] == 1.0  # its neighbours are empty, as any other set of cells is
    # A corner has three neighbours of the eight others, one of which is the full cell.
    assert found[0] == pytest.approx(3 / 8, abs=0.06)
    # An edge cell has five.
    assert found[1] == pytest.approx(5 / 8, abs=0.06)


def test_rates_tie_as_counts_do():
    """Counts divided by a power of ten have the same p-values, though their float sums differ by order."""
    whole = getis_ord(COUNTS, GRID, permutations=999)
    tenth = getis_ord(COUNTS / 10, GRID, permutations=999)
    assert (tenth.p == whole.p).all()
    assert tenth.z == pytest.approx(whole.z)


def test_nothing_to_tell_where_all_are_equal():
    """z is 0 and p is 1."""
    found = getis_ord(np.full(20, 3), GRID)
    assert (found.z == 0).all()
    assert (found.p == 1).all()


def test_an_island_says_nothing():
    """A cell without neighbours has z 0 in Gi and p 1."""
    alone = Neighbours.within([0, 1, 2, 1000], [0, 0, 0, 0], 1.5)
    found = getis_ord([1, 2, 3, 9], alone, star=False)
    assert (found.z[3], found.p[3]) == (0, 1)


@given(st.lists(st.integers(0, 6), min_size=12, max_size=12), st.integers(0, 2**31 - 1))
def test_turning_the_map_around_turns_the_figures(values, seed):
    """z follows the cells; hot and cold swap with the sign; p stays between its floor and 1."""
    counts, grid = np.array(values), Neighbours.queen((3, 4))
    found = getis_ord(counts, grid, permutations=19, seed=seed)
    assert getis_ord(counts[::-1], grid, permutations=19, seed=seed).z[::-1] == pytest.approx(found.z)
    high = getis_ord(counts, grid, permutations=19, seed=seed, alternative="greater").p
    low = getis_ord(6 - counts, grid, permutations=19, seed=seed, alternative="less").p
    assert (high == low).all()
    assert found.p.min() >= 1 / 20
    assert found.p.max() <= 1


def test_q_is_benjamini_and_hochberg():
    """R: p.adjust(c(.01, .04, .03, .5, .005), "BH")."""
    assert false_discovery([0.01, 0.04, 0.03, 0.5, 0.005]) == pytest.approx([0.025, 0.05, 0.05, 0.5, 0.025])


def test_false_alarms_keep_to_the_level():
    """On counts scattered at random, a share of 5 % of cells has p ≤ 0.05, less where ties forbid."""
    rng = np.random.default_rng(3)
    grid = Neighbours.queen((60, 60))
    shares = [
        (getis_ord(rng.poisson(4, 3600), grid, permutations=999, seed=seed).p <= 0.05).mean()
        for seed in range(5)
    ]
    assert 0.03 < np.mean(shares) <= 0.055


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"values": COUNTS[:5]}, "values"),
        ({"values": np.full(20, np.nan)}, "values"),
        ({"values": np.full(20, 1e18)}, "values"),
        ({"permutations": 0}, "permutations"),
        ({"alternative": "both"}, "alternative"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(change, named):
    """The message names the parameter."""
    arguments = {"values": COUNTS, "neighbours": GRID} | change
    with pytest.raises(ValueError, match=named):
        getis_ord(**arguments)
