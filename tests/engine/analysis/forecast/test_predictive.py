"""Predictive distributions and the split by shift."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from anlan.engine.analysis.decay import Decay
from anlan.engine.analysis.forecast import expected_next
from anlan.engine.analysis.forecast.predictive import (
    Predictive,
    county_predictive,
    dispersion,
    next_day_predictive,
)
from anlan.engine.analysis.forecast.shifts import discounted, shrunken_shares, split

DAYS = np.arange(np.datetime64("2019-01-01"), np.datetime64("2021-01-01"))


def test_quantiles_equal_r():
    """R: qnbinom(c(.05, .5, .95), size = 1 / 0.25, mu = 6) gives 1, 5, 13; pnbinom(3, ...) gives 0.2898."""
    six = Predictive(np.array([6.0]), np.array([0.25]))
    assert [int(six.quantile(p)[0]) for p in (0.05, 0.5, 0.95)] == [1, 5, 13]
    assert six.variance[0] == pytest.approx(15.0)
    assert six.cdf(3)[0] == pytest.approx(0.289792, abs=1e-6)
    assert six.cdf(3)[0] + six.upper_tail(4)[0] == pytest.approx(1.0)


@given(mean=st.floats(0.001, 300), alpha=st.floats(0, 3))
@settings(max_examples=40, deadline=None)
def test_probabilities_are_a_distribution_with_that_mean(mean, alpha):
    """Masses are non-negative, sum to 1 and have the mean that was forecast."""
    one = Predictive(np.array(mean), np.array(alpha))
    top = int(one.quantile(1 - 1e-9)) + 10
    mass = one.pmf(np.arange(top + 1))
    assert (mass >= 0).all()
    assert mass.sum() == pytest.approx(1, abs=1e-6)
    assert mass @ np.arange(top + 1) == pytest.approx(mean, rel=1e-4)


@given(mean=st.floats(0.0, 500), alpha=st.floats(0.001, 3), chance=st.floats(0.001, 0.999))
@settings(max_examples=60, deadline=None)
def test_probabilities_equal_scipy(mean, alpha, chance):
    """Quantiles, cdf and upper tail are those of scipy.stats.nbinom."""
    one = Predictive(np.array(mean), np.array(alpha))
    peer = stats.nbinom(1 / alpha, 1 / (1 + alpha * max(mean, 1e-12)))
    count = np.arange(-1, 40)
    assert np.allclose(one.cdf(count), peer.cdf(count), atol=1e-9)
    assert np.allclose(one.upper_tail(count), peer.sf(count - 1), atol=1e-9)
    found = int(one.quantile(chance))
    assert peer.cdf(found) >= chance - 1e-9
    assert found == 0 or peer.cdf(found - 1) < chance + 1e-9


def test_without_dispersion_it_is_poisson():
    """α = 0 gives Poisson probabilities."""
    mean = np.array([0.3, 4.0, 40.0])
    assert np.allclose(Predictive(mean, np.zeros(3)).cdf(4), stats.poisson.cdf(4, mean), atol=1e-4)


def test_dispersion_is_found_again():
    """Counts drawn with α = 0.4 give about 0.4 back, and cells with little data take the common value."""
    rng = np.random.default_rng(0)
    mean = np.repeat(rng.gamma(2, 3, 200)[:, None], 100, axis=1)
    mean[0] = 1e-4
    count = rng.negative_binomial(2.5, 2.5 / (2.5 + mean))
    found = dispersion(count, mean)
    assert np.median(found) == pytest.approx(0.4, rel=0.1)
    assert found[0] == pytest.approx(np.average(found, weights=(mean**2).sum(axis=1)), rel=0.1)


def test_pit_is_even():
    """Of counts drawn from the forecast every tenth of PIT holds a tenth."""
    rng = np.random.default_rng(1)
    mean = rng.gamma(1.0, 2.0, 60_000)
    count = rng.negative_binomial(4, 4 / (4 + mean))
    values = Predictive(mean, np.full(1, 0.25)).pit(count, rng.random(len(mean)))
    assert np.histogram(values, 10, (0, 1))[0] / len(mean) == pytest.approx(np.full(10, 0.1), abs=0.006)


def test_next_day_interval_holds_what_it_says():
    """Intervals of 90 % for the next day, made again each day for 150 days, hold 86 to 97 % of counts."""
    rng = np.random.default_rng(2)
    mean = np.array([2.0, 5.0, 12.0])[:, None] * np.ones(len(DAYS))
    daily = rng.negative_binomial(5, 5 / (5 + mean))
    exposed = np.ones(len(DAYS), bool)
    held = []
    for end in range(500, 650):
        low, high = next_day_predictive(daily[:, :end], DAYS[:end], exposed[:end]).interval(0.9)
        held.append((daily[:, end] >= low) & (daily[:, end] <= high))
    assert 0.86 <= np.mean(held) <= 0.97


def test_its_mean_is_the_forecast():
    """The distribution's mean is that of the briefing's next-day forecast; the county's is one number."""
    rng = np.random.default_rng(3)
    daily = rng.poisson(3.0, (4, len(DAYS)))
    exposed = np.ones(len(DAYS), bool)
    expected, _ = expected_next(daily, DAYS, exposed, Decay())
    assert np.allclose(next_day_predictive(daily, DAYS, exposed).mean, expected)
    assert county_predictive(daily, DAYS, exposed).mean.shape == (1,)


def test_shares_go_from_cell_to_group_to_county():
    """An empty cell has its group's shares, a group without incidents the county's; a busy cell its own."""
    weighed = np.array([[0.0, 0, 0], [0, 0, 300], [0, 0, 0], [3000, 0, 0]])
    share = shrunken_shares(weighed, np.array([0, 0, 1, 2]))
    assert np.allclose(share.sum(axis=1), 1)
    assert share[0, 2] > 0.9
    assert np.allclose(share[2], weighed.sum(axis=0) / weighed.sum())
    assert share[3, 0] > 0.99


def test_splitting_keeps_the_day():
    """Shifts add up to the day; older days weigh less."""
    rng = np.random.default_rng(4)
    share = shrunken_shares(discounted(rng.poisson(1.0, (5, 30, 3)), 10.0))
    expected = rng.random((5, 7))
    assert np.allclose(split(expected, share).sum(axis=2), expected)
    assert discounted(np.ones((1, 2, 1)), 1.0)[0, 0] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Predictive(np.array([-1.0]), np.array([0.1])), "mean"),
        (lambda: Predictive(np.array([1.0]), np.array([np.nan])), "alpha"),
        (lambda: Predictive(np.array([1.0]), np.array([0.1])).quantile(1.0), "probability"),
        (lambda: dispersion(np.ones((2, 3)), np.ones((2, 2))), "observed"),
        (lambda: dispersion(np.ones((2, 2)), np.ones((2, 2)), 0.0), "prior"),
        (lambda: discounted(np.ones((1, 1, 3)), 0.0), "half_life"),
        (lambda: shrunken_shares(np.ones((2, 3)), cell_prior=0.0), "cell_prior"),
        (lambda: shrunken_shares(np.ones((2, 3)), np.zeros(3, int)), "group"),
    ],
)
def test_refused(make, message):
    """Values without meaning are refused by name."""
    with pytest.raises(ValueError, match=message):
        make()
