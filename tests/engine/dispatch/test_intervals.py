"""Intervals of quantiles against SciPy's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import quantile_test

from anlan.engine.dispatch.intervals import quantile, spread


@pytest.mark.parametrize("n", [1, 2, 5, 8, 11, 20, 29, 57, 200])
@pytest.mark.parametrize("q", [0.5, 0.9])
def test_intervals_are_those_of_scipy(n: int, q: float) -> None:
    """The same order statistics as `scipy.stats.quantile_test`, None where it gives none."""
    values = np.random.default_rng(n).exponential(300, n)
    found = quantile(values, q)
    other = quantile_test(values, q=float(np.quantile(values, q)), p=q).confidence_interval(0.95)
    expected = tuple(None if np.isnan(limit) else limit for limit in other)
    assert (found.low, found.high) == expected
    assert found.value == np.quantile(values, q)


def test_no_values_no_figure() -> None:
    """Nothing measured is not zero seconds."""
    assert spread([]) == spread(np.zeros(0))
    assert (spread([]).n, spread([]).median) == (0, None)


@pytest.mark.parametrize(("values", "q", "word"), [([1], 0, "q"), ([1], 1.0, "q"), ([np.nan], 0.5, "values")])
def test_bad_input_is_named(values: list[float], q: float, word: str) -> None:
    """A wrong argument is refused by its name."""
    with pytest.raises(ValueError, match=word):
        quantile(values, q)
