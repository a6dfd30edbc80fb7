"""Mann and Kendall's test equals pymannkendall and a sum over all pairs."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.local import mann_kendall, sen_slope

# pymannkendall 1.4.3, original_test(series): s, z, p, slope
PEER = [
    ([1, 2, 2, 3, 5, 4, 4, 6, 7, 7], 38, 3.3498226035731857, 0.0008086333048040739, 2 / 3),
    ([5, 5, 4, 4, 4, 3, 2, 2, 1, 0, 0, 0], -58, -3.997335177914177, 6.40595653029763e-05, -0.5),
    ([0, 0, 0, 1, 0, 0, 2, 0, 0, 0], 1, 0, 1, 0),
    ([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9], 55, 2.703381341337498, 0.00686379498544909, 4 / 9),
]


@pytest.mark.parametrize(("series", "s", "z", "p", "slope"), PEER)
def test_equals_pymannkendall(series, s, z, p, slope):
    """Score, z with ties and continuity, two-sided p, Sen's slope."""
    found = mann_kendall([series])
    assert (found.s[0], found.z[0], found.p[0]) == pytest.approx((s, z, p), rel=1e-10)
    assert sen_slope([series])[0] == pytest.approx(slope)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=12))
def test_score_and_variance_over_all_pairs(values):
    """The definition, pair by pair and tie by tie."""
    n = len(values)
    s = sum(int(np.sign(later - early)) for early, later in combinations(values, 2))
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    found = mann_kendall([values, values[::-1]])
    assert found.s.tolist() == [s, -s]
    assert found.z[0] == pytest.approx((s - np.sign(s)) / variance**0.5 if s else 0)


def test_missing_slices_are_left_out():
    """NaN anywhere: the score is that of the rest, the slope keeps the true distance in time."""
    series = [np.nan, 1.0, np.nan, 2.0, 3.0, np.nan]
    assert mann_kendall([series]).z == pytest.approx(mann_kendall([[1, 2, 3]]).z)
    assert sen_slope([series])[0] == pytest.approx(2 / 3)
    assert np.isnan(sen_slope([[np.nan, 1.0]])[0])


def test_a_constant_or_empty_series_has_no_trend():
    """z is 0 and p is 1."""
    found = mann_kendall([[4, 4, 4], [np.nan] * 3])
    assert (found.z.tolist(), found.p.tolist()) == ([0, 0], [1, 1])


@pytest.mark.parametrize("method", [mann_kendall, sen_slope])
def test_one_axis_is_refused(method):
    """The message names the parameter."""
    with pytest.raises(ValueError, match="series"):
        method([1.0, 2.0])
