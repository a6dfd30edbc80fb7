"""Local and global Moran equal R, quadrants esda, p-values a dealing-out by hand."""

import numpy as np
import pytest
from tests.engine.analysis.local.cases import (
    COUNTS,
    ESDA_QUADRANT,
    GLOBAL,
    GRID,
    LOCAL_I,
    LOCAL_Z,
    numbers,
)

from anlan.engine.analysis.local import QUADRANTS, Neighbours, getis_ord, local_moran, moran


def test_local_statistic_and_z_equal_r():
    """Spdep's localmoran, conditional moments."""
    found = local_moran(COUNTS, GRID)
    assert found.statistic == pytest.approx(numbers(LOCAL_I), abs=1e-10)
    assert found.z == pytest.approx(numbers(LOCAL_Z), abs=1e-10)


def test_quadrants_equal_esda():
    """Own value first: high-low is a full cell among empty ones."""
    expected = [QUADRANTS[number] for number in ESDA_QUADRANT]
    assert local_moran(COUNTS, GRID).quadrant.tolist() == expected


def test_local_p_is_that_of_the_neighbour_sum_read_from_the_own_side():
    """Like neighbours: a high sum for a high cell, a low sum for a low one."""
    like = local_moran(COUNTS, GRID, alternative="greater").p
    high = getis_ord(COUNTS, GRID, alternative="greater").p
    low = getis_ord(COUNTS, GRID, alternative="less").p
    assert (like == np.where(COUNTS.mean() < COUNTS, high, low)).all()


def by_hand(values, neighbours, cell, draws):
    """Return the share of draws with a local I at least as large, the cell's own value held."""
    rng = np.random.default_rng(5)
    mine = neighbours.indices[neighbours.indptr[cell] : neighbours.indptr[cell + 1]]
    deviation = values - values.mean()
    others = np.delete(deviation, cell)
    drawn = [deviation[cell] * rng.choice(others, len(mine), replace=False).mean() for _ in range(draws)]
    return np.mean(np.array(drawn) >= deviation[cell] * deviation[mine].mean() - 1e-12)


@pytest.mark.parametrize("cell", [0, 7, 13])
def test_local_p_is_a_conditional_permutation(cell):
    """The same chance as drawing neighbours by hand."""
    found = local_moran(COUNTS, GRID, permutations=9_999, alternative="greater").p[cell]
    assert found == pytest.approx(by_hand(COUNTS, GRID, cell, 2_000), abs=0.05)


def test_a_cell_on_the_mean_has_no_side():
    """Its I is always 0: p is 1, and no quadrant is named."""
    found = local_moran([2, 4, 0, 2, 4, 0, 2, 4, 0], Neighbours.queen((3, 3)))
    assert (found.quadrant[0], found.statistic[0], found.p[0]) == ("none", 0, 1)


def test_the_whole_map_equals_r():
    """I, expectation, variance and z of moran.test; p near that of the normal, 0.348."""
    found = moran(COUNTS, GRID, permutations=9_999)
    assert (found.i, found.expected, found.variance, found.z) == pytest.approx(GLOBAL, abs=1e-10)
    assert found.p == pytest.approx(0.33, abs=0.05)


def test_a_gradient_is_alike_and_a_chessboard_is_not():
    """The two ends of the scale, each found by its own alternative."""
    rows, columns = np.divmod(np.arange(64), 8)
    side_by_side = Neighbours.from_pairs(
        np.repeat(np.arange(64), 2), np.clip(np.arange(64)[:, None] + [-1, 1], 0, 63).ravel(), 64
    )
    assert moran(rows + columns, Neighbours.queen((8, 8))).p == pytest.approx(0.001)
    board = moran((np.arange(64) % 2), side_by_side, alternative="less")
    assert board.i == pytest.approx(-1)
    assert board.p == pytest.approx(0.001)


def test_equal_values_say_nothing():
    """I is 0 and p is 1."""
    assert (moran(np.ones(20), GRID).i, moran(np.ones(20), GRID).p) == (0, 1)
    assert (local_moran(np.ones(20), GRID).p == 1).all()


@pytest.mark.parametrize(
    ("values", "permutations", "named"),
    [(COUNTS[:3], 9, "values"), (COUNTS, 0, "permutations"), (COUNTS + np.inf, 9, "values")],
)
def test_what_makes_no_sense_is_refused_by_name(values, permutations, named):
    """The message names the parameter, for the map and for its cells."""
    for method in (moran, local_moran):
        with pytest.raises(ValueError, match=named):
            method(values, GRID, permutations=permutations)
