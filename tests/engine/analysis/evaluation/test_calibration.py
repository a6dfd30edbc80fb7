"""The transform of counts: even where the distribution is true, by hand on one count, and refusals."""

import numpy as np
import pytest

from anlan.engine.analysis.evaluation import dispersion, pit, randomised_pit


def test_one_count_by_hand():
    """A Poisson of mean ln 2 is 0 half the time: a 0 fills the lower five deciles evenly."""
    assert pit([0], [np.log(2)]) == pytest.approx([0.2] * 5 + [0.0] * 5)


@pytest.mark.parametrize("size", [None, 1.7])
def test_true_distributions_are_even(size):
    """Counts drawn from the forecast give deciles of 10 %."""
    rng = np.random.default_rng(4)
    mean = rng.gamma(1.0, 1.5, 40_000)
    drawn = rng.poisson(mean if size is None else rng.gamma(size, mean / size))
    assert np.abs(pit(drawn, mean, size) - 0.1).max() < 0.006


def test_the_randomised_form_agrees_on_average():
    """Drawing instead of spreading gives the same deciles but for the luck of the draw."""
    rng = np.random.default_rng(5)
    mean = rng.gamma(1.0, 1.5, 20_000)
    drawn = rng.poisson(2 * mean)
    share = np.histogram(randomised_pit(drawn, mean, seed=1), bins=10, range=(0, 1))[0] / 20_000
    assert np.abs(share - pit(drawn, mean)).max() < 0.01


def test_too_narrow_a_forecast_shows_at_both_ends():
    """Overdispersed counts under a Poisson pile up in the first and the last decile."""
    rng = np.random.default_rng(6)
    found = pit(rng.poisson(rng.gamma(1.0, 8.0, 5000)), np.full(5000, 8.0))
    assert min(found[0], found[-1]) > 0.15


def test_a_size_without_bound_is_a_poisson():
    """Counts less varied than a Poisson's have an infinite size, which once divided infinity by itself."""
    observed, expected = np.arange(20) % 3, np.full(20, 1.0)
    assert pit(observed, expected, np.inf) == pytest.approx(pit(observed, expected), abs=1e-8)


def test_the_size_is_found_again():
    """Moments give back the size that made the counts; Poisson counts of even mean may have none."""
    rng = np.random.default_rng(7)
    assert dispersion(rng.poisson(rng.gamma(2.0, 3.0, 50_000)), np.full(50_000, 6.0)) == pytest.approx(
        2, rel=0.1
    )
    assert dispersion([2, 2], [2, 2]) == np.inf


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([1], [-1.0]), "expected"),
        (([1], [1.0], 0.0), "size"),
        (([], []), "observed"),
    ],
)
def test_what_has_no_meaning_is_refused(arguments, named):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=named):
        pit(*arguments)
