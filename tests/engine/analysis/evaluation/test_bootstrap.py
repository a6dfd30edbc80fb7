"""The block bootstrap covers the truth as often as it says, runs stay runs, seeds repeat."""

import numpy as np
import pytest

from anlan.engine.analysis.evaluation import block_bootstrap_difference
from anlan.engine.analysis.evaluation.bootstrap import resampled


def test_the_interval_holds_the_truth():
    """On correlated series with a mean difference of 1, about 95 % of intervals hold it."""
    rng = np.random.default_rng(8)
    held = 0
    for number in range(400):
        noise = np.convolve(rng.normal(0, 1, 53), np.full(2, 0.7), mode="valid")
        found = block_bootstrap_difference(noise + 1, np.zeros(52), 4, 300, number)
        held += found.low <= 1 <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_single_draws_would_be_too_narrow():
    """Correlated origins drawn in runs give a wider interval than drawn one by one."""
    noise = np.repeat(np.random.default_rng(9).normal(0, 1, 20), 5)
    wide, narrow = (block_bootstrap_difference(noise, np.zeros(100), block) for block in (10, 1))
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_runs_stay_runs():
    """Within a block, origins follow each other; none leaves the series."""
    drawn = resampled(10, 5, 50, 0)
    assert (np.diff(drawn.reshape(50, 2, 5), axis=2) == 1).all()
    assert drawn.min() >= 0
    assert drawn.max() <= 9


def test_weights_and_relative_differences():
    """Sums are divided by the weight's sum, or by the other's."""
    one, two = np.array([6.0, 6, 6, 6]), np.array([5.0, 5, 5, 5])
    assert block_bootstrap_difference(one, two, 2, weight=np.full(4, 10)).value == pytest.approx(0.1)
    found = block_bootstrap_difference(one, two, 2, relative=True)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.2, 0.2))
    assert found.told


def test_the_same_seed_gives_the_same_interval():
    """Results repeat."""
    a, b = np.random.default_rng(10).random((2, 30))
    assert block_bootstrap_difference(a, b, 4, 100, 3) == block_bootstrap_difference(a, b, 4, 100, 3)


def test_too_few_origins_have_no_interval():
    """Fewer than two blocks cannot be resampled: limits are unknown, not narrow."""
    found = block_bootstrap_difference([1, 2, 3], [0, 0, 0], 2)
    assert found.value == 2
    assert np.isnan(found.low)
    assert not found.told


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([1, 2], [1]), "a, b"),
        (([], []), "a, b"),
        (([1, 2], [1, 2], 0), "block"),
        (([1, 2], [1, 2], 1, 0), "draws"),
    ],
)
def test_what_has_no_meaning_is_refused(arguments, named):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=named):
        block_bootstrap_difference(*arguments)
