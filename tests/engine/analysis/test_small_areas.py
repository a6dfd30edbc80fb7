"""Rates, shrunken rates and funnels are those that R and the papers give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.comparison import (
    compare,
    funnel_limits,
    poisson_interval,
    rates_per_10000,
    ratio_interval,
    shrunken_rates,
)

COUNTS = [0, 3, 30, 45, 7, 1, 20, 150, 2, 9, 14, 61]
RESIDENTS = [120, 800, 2500, 9000, 1500, 300, 2600, 21000, 950, 1800, 700, 4100]


def test_the_change_of_the_year_has_rs_limits():
    """R poisson.test(c(2253, 2584))$conf.int is 0.823645645179, 0.922938735182."""
    change = compare("", 2253, 2584, 365, 365)
    assert (change.low, change.high) == (
        pytest.approx(0.823645645179 - 1, abs=1e-9),
        pytest.approx(0.922938735182 - 1, abs=1e-9),
    )
    assert float(ratio_interval(2253, 2584)[0]) == pytest.approx(0.823645645179, abs=1e-9)


def test_rates_have_rs_exact_limits():
    """R: poisson.test(137, 24.19893) is 4.753124805, 6.692709334; poisson.test(0, 2) is 0, 1.844439727."""
    found = rates_per_10000([137, 0], [241989.3, 20000])
    assert found.low == pytest.approx([4.753124805, 0], abs=1e-8)
    assert found.high == pytest.approx([6.692709334, 1.844439727], abs=1e-8)


def test_where_nobody_lives_there_is_no_rate():
    """A station without residents has incidents but no rate per resident."""
    found = rates_per_10000([5, 5], [0, 1000])
    assert np.isnan([found.rate[0], found.low[0], found.high[0]]).all()
    assert found.rate[1] == 50


@given(st.integers(0, 10_000), st.floats(0.5, 0.99))
def test_the_interval_holds_its_count(count, confidence):
    """The limits lie around the count."""
    low, high = poisson_interval([count], confidence=confidence)
    assert low[0] <= count < high[0]


def test_moments_are_spdeps():
    """R: EBest(n, x, family = "poisson") of package spdep."""
    estimates = [65.58128427, 56.47701682, 109.15110663, 52.07928237, 56.67938897, 63.94535711]
    estimates += [76.55896554, 71.57413108, 45.94065529, 57.83038402, 133.41522734, 136.75763224]
    found = shrunken_rates(COUNTS, RESIDENTS, method="moments")
    assert found.rate == pytest.approx(estimates, rel=1e-9)
    assert (found.mean, found.variance) == (pytest.approx(75.38020719), pytest.approx(938.5869359))


def test_the_likeliest_gamma_is_mass_glm_nb():
    """R: MASS::glm.nb(n ~ 1 + offset(log(x))), then (θ + n) / (θ/μ + x) and qgamma(0.025, …)."""
    estimates = [62.6178565, 52.9699929, 112.8751801, 51.4596765, 54.4276309, 61.0366074]
    estimates += [77.0214385, 71.5715293, 40.6272432, 56.0213035, 148.7371574, 140.9815373]
    lower = [16.7168826, 21.1370493, 78.1262957, 38.0584078, 27.0757510, 19.5504405]
    lower += [49.3015705, 60.7109058, 14.7633326, 29.7506344, 88.0156242, 108.7850462]
    found = shrunken_rates(COUNTS, RESIDENTS)
    assert found.rate == pytest.approx(estimates, rel=1e-5)
    assert found.low == pytest.approx(lower, rel=1e-4)
    assert found.mean == pytest.approx(77.52892945, rel=1e-5)


@pytest.mark.parametrize("method", ["likelihood", "moments"])
def test_areas_that_differ_by_chance_alone_get_the_countys_rate(method):
    """Less spread than Poisson gives no variance: every area has the one rate, also where nobody lives."""
    found = shrunken_rates([10, 10, 11, 0], [1000, 1000, 1000, 0], method=method)
    assert found.variance == 0
    assert found.rate == pytest.approx(np.full(4, 10_000 * 31 / 3000), rel=1e-4)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(50, 5000)), min_size=2, max_size=20))
def test_a_shrunken_rate_lies_between_its_own_and_the_countys(areas):
    """Shrinking never overshoots."""
    number, residents = zip(*areas, strict=True)
    found = shrunken_rates(number, residents, method="moments")
    low, high = np.minimum(found.raw, found.mean), np.maximum(found.raw, found.mean)
    assert (found.rate >= low * (1 - 1e-9) - 1e-9).all()
    assert (found.rate <= high * (1 + 1e-9) + 1e-9).all()


def test_the_funnel_has_the_exact_limits_of_the_paper():
    """R: r = qpois(p, 8.5), limit r − (ppois(r, 8.5) − p)/dpois(r, 8.5) at p = 0.025, 0.975, 0.001, 0.999."""
    found = funnel_limits([8.5], [1000], overdispersed=False)
    assert found.low[:, 0] / 10 == pytest.approx([2.754675, 0.460561], abs=1e-5)
    assert found.high[:, 0] / 10 == pytest.approx([14.178441, 18.390002], abs=1e-5)


def test_areas_by_chance_lie_inside_the_funnel():
    """Of 20,000 Poisson areas 0.2 % lie outside 99.8 % limits, and no overdispersion is seen."""
    rng = np.random.default_rng(1)
    residents = rng.integers(500, 20_000, 20_000)
    found = funnel_limits(rng.poisson(residents * 0.004), residents, target=40)
    assert found.dispersion == 1
    assert (found.outside != 0).mean() == pytest.approx(0.002, abs=0.001)


def test_overdispersion_widens_the_funnel():
    """Rates that differ by more than chance put many areas outside the plain funnel, few outside the wide."""
    rng = np.random.default_rng(2)
    residents = rng.integers(5_000, 20_000, 300)
    counts = rng.poisson(residents * 0.01 * rng.gamma(10, 0.1, 300))
    plain = funnel_limits(counts, residents, overdispersed=False)
    wide = funnel_limits(counts, residents)
    assert wide.dispersion > 5
    assert (plain.outside != 0).mean() > 0.2
    assert (wide.outside != 0).mean() < 0.05


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("counts", lambda: rates_per_10000([-1], [5])),
        ("population", lambda: rates_per_10000([1], [5, 5])),
        ("confidence", lambda: rates_per_10000([1], [5], confidence=1)),
        ("method", lambda: shrunken_rates([1, 2], [5, 5], method="mean")),
        ("population", lambda: shrunken_rates([1, 2], [5, 0])),
        ("confidence", lambda: shrunken_rates([1, 2], [5, 5], confidence=0)),
        ("population", lambda: funnel_limits([1], [0])),
        ("levels", lambda: funnel_limits([1], [5], levels=(2,))),
        ("target", lambda: funnel_limits([0], [5])),
    ],
)
def test_what_has_no_meaning_is_refused_by_name(name, call):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        call()
