"""Changes between counts carry the exact and mid-p intervals that textbooks and R print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.comparison import compare, exact_p, ratio_interval

COUNTS = st.integers(0, 400)


def test_the_change_of_the_year_is_as_published():
    """2,253 after 2,584 is a fall of 12.81 %."""
    assert compare("", 2253, 2584, 365, 365).change == pytest.approx(-0.1281, abs=5e-5)


def test_rates_agree_with_r_poisson_test():
    """R prints for poisson.test(c(11, 21), c(800, 3011)): 1.971488, 0.8584264 to 4.2772659, p 0.07967."""
    low, high = ratio_interval(11, 21, 800, 3011)
    assert compare("", 11, 21, 800, 3011).ratio == pytest.approx(1.971488, abs=1e-6)
    assert (float(low), float(high)) == (
        pytest.approx(0.8584264, abs=1e-6),
        pytest.approx(4.2772659, abs=1e-6),
    )
    assert exact_p(11, 21, 800, 3011) == pytest.approx(0.07967, abs=1e-5)


@given(COUNTS, COUNTS)
def test_mid_p_lies_inside_exact(observed, baseline):
    """Mid-p limits are never wider than the exact ones."""
    low, high = ratio_interval(observed, baseline)
    mid_low, mid_high = ratio_interval(observed, baseline, mid_p=True)
    assert low <= mid_low + 1e-9
    assert mid_high <= high * (1 + 1e-9)


@given(COUNTS, COUNTS)
def test_swapping_sides_inverts_the_interval(observed, baseline):
    """The lower limit of one ratio is the inverse of the upper limit of the other."""
    low, _ = ratio_interval(observed, baseline)
    _, high = ratio_interval(baseline, observed)
    assert float(low) * float(high) == pytest.approx(1) or low == 0


def test_nothing_before_gives_no_ratio_and_no_upper_limit():
    """From zero no percentage can be told, but a lower limit can."""
    change = compare("", 9, 0, 7, 7)
    assert (change.ratio, change.change, change.high) == (None, None, None)
    assert change.low > 0


def test_a_period_without_data_cannot_be_compared():
    """No exposed day on one side: counts are shown, no change is."""
    change = compare("", 0, 40, 0, 7)
    assert (change.change, change.low, change.clear) == (None, None, False)


def test_unequal_exposure_is_allowed_for():
    """Ten incidents in one day against twenty in two days is no change."""
    assert compare("", 10, 20, 1, 2).change == pytest.approx(0)


@pytest.mark.parametrize(("name", "value"), [("observed", (-1, 0)), ("baseline", (0, -1))])
def test_a_negative_count_is_refused_by_name(name, value):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        compare("", *value, 1, 1)
