"""Colours keep their budget, see a change, and say when they cannot know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from anlan.engine.analysis.colours import Budget, Watch, alerts, calibrated, colour_of, surprise, upper_mid_p

DAYS = np.datetime64("2022-01-01") + np.arange(900).astype("timedelta64[D]")
ALL = np.ones(900, bool)


def even(beats=12, mean=4.0, seed=0):
    """Return Poisson counts without any change, (1, beats, 900)."""
    return np.random.default_rng(seed).poisson(mean, (1, beats, 900))


def colours_of(counts, exposed=ALL):
    """Return the alerts for the day after."""
    found = surprise(counts, DAYS, exposed, [""], Watch())
    return alerts(found, [str(i) for i in range(counts.shape[1])], float(exposed[-120:].sum()), Budget())


def test_quiet_counts_keep_the_budget():
    """On data without change the past statistic is met equally often by the present one."""
    found = surprise(even(40), DAYS, ALL, [""], Watch())
    pool = np.sort(found.least[:, :-29].ravel())
    late = [colour_of(calibrated(value, pool), Budget()) for value in found.least[:, -29:].ravel()]
    assert late.count("red") / len(late) < 0.04
    assert late.count("green") / len(late) == pytest.approx(0.8, abs=0.1)


def test_a_beat_that_doubles_turns_red():
    """Twice the usual for ten days is seen, and only there."""
    counts = even()
    counts[0, 3, -10:] *= 3
    found = colours_of(counts)
    assert found[3].colour == "red"
    assert sum(alert.colour == "red" for alert in found) == 1


def test_a_busy_beat_is_not_red_for_being_busy():
    """Level is not change."""
    counts = even()
    counts[0, 0] = np.random.default_rng(5).poisson(60, 900)
    assert colours_of(counts)[0].colour in {"green", "yellow"}


def test_a_silent_fortnight_is_unknown_not_green():
    """No data for fourteen days: the colour cannot be told."""
    counts, exposed = even(), ALL.copy()
    counts[0, :, -14:] = 0
    exposed[-14:] = False
    assert {(alert.colour, alert.why) for alert in colours_of(counts, exposed)} == {("unknown", "silent")}


@given(st.integers(0, 60), st.floats(0.1, 40), st.floats(0.01, 3))
def test_upper_mid_p_is_scipys_negative_binomial(count, mean, dispersion):
    """The closed form equals the distribution's own tail."""
    size = 1 / dispersion
    law = stats.nbinom(size, size / (size + mean))
    found = upper_mid_p(np.array([count]), np.array([mean]), np.array([dispersion]))[0]
    assert found == pytest.approx(law.sf(count) + law.pmf(count) / 2, abs=1e-9)


@pytest.mark.parametrize(
    ("count", "mean", "dispersion"), [(0, 3.0, 0.4), (90, 20.0, 0.05), (900, 850.0, 1e-9)]
)
def test_upper_mid_p_keeps_its_digits_far_out(count, mean, dispersion):
    """Rare counts, and means whose first term underflows, have nine right digits."""
    size = 1 / max(dispersion, 1e-6)
    law = stats.nbinom(size, size / (size + mean))
    found = upper_mid_p(np.array([count]), np.array([mean]), np.array([dispersion]))[0]
    assert found == pytest.approx(law.sf(count) + law.pmf(count) / 2, rel=1e-7)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Budget(red=-0.1), "red"),
        (lambda: Budget(yellow=0.95), "yellow"),
        (lambda: Watch(windows=()), "windows"),
    ],
)
def test_a_parameter_without_meaning_is_refused_by_name(make, name):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        make()
