"""The level that forecasts and colours share follows exposure and the weekday."""

import numpy as np
import pytest

from anlan.engine.analysis.decay import Decay
from anlan.engine.analysis.forecast import expected_next

DAYS = np.datetime64("2022-01-01") + np.arange(900).astype("timedelta64[D]")


def even(beats, mean):
    """Return Poisson counts without any change, (beats, 900)."""
    return np.random.default_rng(0).poisson(mean, (beats, 900))


def test_missing_weeks_do_not_halve_the_forecast():
    """With every second week missing, the expectation is that of a day with data."""
    exposed = (np.arange(900) // 7) % 2 == 0
    counts = np.where(exposed, even(3, 20), 0)
    expected, _ = expected_next(counts, DAYS, exposed, Decay())
    assert expected.sum() == pytest.approx(60, rel=0.08)


def test_the_expectation_follows_the_weekday():
    """Twice as many on Saturdays: a Saturday's forecast is twice a Monday's."""
    rhythm = np.where((DAYS - np.datetime64("1970-01-05")).astype(int) % 7 == 5, 40, 20)
    day_before = {"sat": np.datetime64("2024-06-07"), "mon": np.datetime64("2024-06-09")}
    means = {}
    for name, last in day_before.items():
        until = int((last - DAYS[0]).astype(int)) + 1
        counts = np.tile(rhythm[:until], (2, 1))
        means[name] = expected_next(counts, DAYS[:until], np.ones(until, bool), Decay())[0].sum()
    assert means["sat"] / means["mon"] == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Decay(half_life=0), "half_life"),
        (lambda: Decay(guard=-1), "guard"),
    ],
)
def test_a_parameter_without_meaning_is_refused_by_name(make, name):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        make()
