"""Scores of one window: against counting by hand, neutral on ties, bounded by the best possible."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.evaluation import (
    bits_per_event,
    capture_curve,
    gain_bits,
    hit_rate,
    hits,
    pai,
    pei,
    totals_ratio,
)

WINDOWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=2, max_size=5)


def hits_over_all_orders(expected, observed, cells):
    """Return the mean of hits in the first `cells` over every order that sorts by expectation."""
    found = []
    for order in itertools.permutations(range(len(expected))):
        ranked = [expected[i] for i in order]
        if ranked == sorted(ranked, reverse=True):
            found.append(sum(observed[i] for i in order[:cells]))
    return np.mean(found)


@given(WINDOWS, st.data())
def test_ties_are_the_mean_over_all_orders(window, data):
    """Equal expectations score what every possible order of them scores on average."""
    expected, observed = zip(*window, strict=True)
    cells = data.draw(st.integers(1, len(window)))
    found = hits(expected, observed, cells / len(window))[0]
    assert found == pytest.approx(hits_over_all_orders(expected, observed, cells))


@given(WINDOWS, st.randoms())
def test_the_order_of_cells_does_not_matter(window, random):
    """Listing the same cells otherwise changes no score."""
    shuffled = random.sample(window, len(window))
    scores = [hits(*zip(*cells, strict=True), (0.2, 0.5)) for cells in (window, shuffled)]
    assert scores[0] == pytest.approx(scores[1])


def test_a_flat_forecast_hits_its_share():
    """Knowing nothing, 5 % of the area catches 5 % of the incidents, whichever cells they are in."""
    observed = np.zeros(1000)
    observed[:20] = 7
    assert hit_rate(np.ones(1000), observed, 0.05) == pytest.approx(0.05)


def test_rounding_orders_no_cells():
    """Expectations that differ by rounding are one tie."""
    expected = 0.1 + np.arange(100) * 1e-16
    assert hit_rate(expected, np.arange(100), 0.1) == pytest.approx(0.1)


def test_pai_and_pei_by_hand():
    """Best 2 of 10 cells hold 6 of 12 incidents (PAI 2.5); the best two could have held 9 (PEI 2/3)."""
    expected = [9, 8, 1, 1, 1, 1, 1, 1, 1, 1]
    observed = [4, 2, 5, 1, 0, 0, 0, 0, 0, 0]
    assert (pai(expected, observed, 0.2), pei(expected, observed, 0.2)) == (
        pytest.approx(2.5),
        pytest.approx(2 / 3),
    )


@given(WINDOWS)
def test_no_forecast_beats_hindsight(window):
    """PEI never passes 1."""
    expected, observed = zip(*window, strict=True)
    assert sum(observed) == 0 or pei(expected, observed, 0.4) <= 1 + 1e-12


def test_the_capture_curve_runs_from_nothing_to_all():
    """It starts at 0, ends at 1, and passes the hit rate."""
    area, found = capture_curve([3, 2, 1, 1], [5, 0, 1, 2])
    assert area.tolist() == [0, 0.25, 0.5, 1]
    assert found.tolist() == [0, 0.625, 0.625, 1]


def test_bits_are_the_poisson_log_likelihood_ratio():
    """Equal to the difference of scipy's Poisson log-likelihoods, in bits."""
    from scipy import stats

    rng = np.random.default_rng(3)
    observed, expected = rng.poisson(0.7, 60), rng.gamma(1.0, 0.8, 60)
    even = np.full(60, observed.mean())
    truth = (stats.poisson.logpmf(observed, expected) - stats.poisson.logpmf(observed, even)).sum()
    assert gain_bits(expected, observed) == pytest.approx(truth / np.log(2))


def test_an_impossible_incident_costs_everything():
    """A cell held impossible where one came gives minus infinity, not an error and not a patch."""
    assert bits_per_event([1, 0], [0, 1]) == -np.inf


def test_a_window_without_incidents_has_no_rate():
    """Nothing came: rates are not a number, bits are the expectation's cost."""
    assert np.isnan(hit_rate([1, 2], [0, 0], 0.5))
    assert np.isnan(totals_ratio([1, 2], [0, 0]))
    assert gain_bits([1, 2], [0, 0]) == pytest.approx(-3 / np.log(2))


@pytest.mark.parametrize(
    ("expected", "observed", "share", "named"),
    [
        ([1], [1, 2], 0.5, "expected, observed"),
        ([], [], 0.5, "expected, observed"),
        ([1, np.nan], [1, 2], 0.5, "expected"),
        ([1, 2], [1, 2], 0.0, "area_shares"),
        ([1, 2], [1, 2], 1.5, "area_shares"),
    ],
)
def test_what_has_no_meaning_is_refused(expected, observed, share, named):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=named):
        hits(expected, observed, share)


def test_a_negative_expectation_has_no_bits():
    """It orders cells but is no rate."""
    with pytest.raises(ValueError, match="expected"):
        gain_bits([-1, 2], [1, 0])
