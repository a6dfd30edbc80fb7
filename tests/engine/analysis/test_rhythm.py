"""Intervals are shared out to the minute, seasons and holidays are found and not made up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.analysis.rhythm import aoristic, holiday_effect, season, weekday

DAYS = np.arange("2021-01-01", "2025-01-01", dtype="datetime64[D]")
OPEN = np.ones(len(DAYS), bool)


def minute_by_minute(start, end):
    """Return the weights of one interval by counting its minutes."""
    minutes = np.arange(np.datetime64(start, "m"), np.datetime64(end, "m"))
    hour = minutes.astype("datetime64[h]").astype(int) % 24
    table = np.zeros((7, 24))
    np.add.at(table, (weekday(minutes), hour), 1 / len(minutes))
    return table


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 30_000)), min_size=1, max_size=8))
def test_weights_are_those_of_counting_minutes(intervals):
    """Any intervals, over midnight, over Sunday, longer than a week."""
    first = np.datetime64("2024-02-28T00:00", "m")
    start = np.array([first + np.timedelta64(at, "m") for at, _ in intervals])
    end = start + np.array([length for _, length in intervals]).astype("timedelta64[m]")
    found = aoristic(start, end)
    truth = sum(minute_by_minute(*pair) for pair in zip(start, end, strict=True))
    assert found.weights == pytest.approx(truth, abs=1e-9)
    assert found.weights.sum() == pytest.approx(len(intervals))


def test_ratcliffes_example():
    """A burglary between 09:30 and 12:00 on a Monday weighs 0.2, 0.4, 0.4 in its hours."""
    found = aoristic(["2024-01-01T09:30"], ["2024-01-01T12:00"]).weights
    assert found[0, 8:13] == pytest.approx([0, 0.2, 0.4, 0.4, 0])


def test_what_has_no_interval_counts_in_its_hour_and_what_makes_no_sense_is_left_out():
    """No end, the same moment twice: 1 each; the end before the beginning, no beginning: none."""
    start = ["2024-01-02T05:59:59", "2024-01-02T05:00", "2024-01-02T05:00", "NaT"]
    end = ["NaT", "2024-01-02T05:00", "2024-01-02T04:00", "2024-01-02T04:00"]
    found = aoristic(start, end)
    assert found.weights[1, 5] == found.weights.sum() == 2
    assert (found.events, found.exact, found.left_out) == (2, 2, 2)


def test_long_intervals_are_counted_or_left_out_as_asked():
    """A fortnight's absence is even over the week; with a limit it is not used."""
    start, end = ["2024-01-01T08:00", "2024-01-01T08:00"], ["2024-01-15T08:00", "2024-01-01T09:00"]
    found = aoristic(start, end)
    assert found.beyond_a_week == 1
    assert found.weights[3, 3] == pytest.approx(1 / 168)
    assert aoristic(start, end, longest_h=24).left_out == 1


def wave(level=40.0):
    """Return expected daily counts: 30 % more in July than the mean, growing 5 % a year."""
    angle = 2 * np.pi * ((DAYS - DAYS.astype("datetime64[Y]")).astype(int) - 196) / 365.25
    return level * np.exp(0.3 * np.cos(angle)) * 1.05 ** (np.arange(len(DAYS)) / 365.25)


def test_the_season_and_the_growth_are_found():
    """Four years of counts give the curve back within a few percent, and months whose limits hold it."""
    rng = np.random.default_rng(1)
    found = season(rng.poisson(wave()), DAYS, OPEN)
    curve = np.exp(0.3 * np.cos(2 * np.pi * (np.arange(366) - 196) / 365.25))
    assert found.smooth == pytest.approx(curve / curve.mean(), abs=0.04)
    assert found.growth == pytest.approx(0.05, abs=0.015)
    assert found.months[6].low > 1.2
    assert found.months[0].high < 0.85


def test_growth_and_dispersion_are_rs():
    """R: glm(y ~ t + cos(w) + cos(2w) + sin(w) + sin(2w), quasipoisson), w = 2 pi doy/365.25, t in years."""
    days = np.arange("2022-01-01", "2025-01-01", dtype="datetime64[D]")
    summer = np.isin(days.astype("datetime64[M]").astype(int) % 12, [5, 6, 7])
    found = season(np.arange(len(days)) * 7919 % 23 + 10 * summer, days, np.ones(len(days), bool))
    assert found.growth == pytest.approx(0.004196978393, abs=1e-9)
    assert found.dispersion == pytest.approx(3.715350679, rel=1e-6)


def test_growth_is_not_taken_for_a_season():
    """A level that doubles in four years without a season leaves the months at 1."""
    rng = np.random.default_rng(2)
    found = season(rng.poisson(30 * 2 ** (np.arange(len(DAYS)) / len(DAYS))), DAYS, OPEN)
    assert all(month.low < 1.03 and month.high > 0.97 for month in found.months)


def test_alternate_weeks_make_no_season():
    """Days without data are left out, not counted as quiet."""
    rng = np.random.default_rng(3)
    kept = (np.arange(len(DAYS)) // 7) % 2 == 0
    found = season(np.where(kept, rng.poisson(30, len(DAYS)), 0), DAYS, kept)
    assert np.ptp(found.smooth) < 0.1
    assert sum(month.days for month in found.months) == kept.sum()


def test_uneven_days_widen_the_limits():
    """Counts with three times the Poisson variance have limits about √3 times as wide."""
    rng = np.random.default_rng(4)
    plain = season(rng.poisson(20, len(DAYS)), DAYS, OPEN)
    uneven = season(rng.negative_binomial(10, 1 / 3, len(DAYS)), DAYS, OPEN)
    assert uneven.dispersion == pytest.approx(3, abs=0.3)
    widths = [one.months[0].high - one.months[0].low for one in (uneven, plain)]
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(3), rel=0.1)


HOLIDAYS = DAYS[45::60]


def test_a_holiday_is_held_against_its_own_weekday():
    """Sundays are quiet; holidays double the count: the ratio is 2, not what the weekday makes of it."""
    rng = np.random.default_rng(5)
    level = np.where(weekday(DAYS) == 6, 10, 40)
    counts = rng.poisson(level * np.where(np.isin(DAYS, HOLIDAYS), 2, 1))
    found = holiday_effect(counts, DAYS, OPEN, HOLIDAYS)
    assert found.holidays == len(HOLIDAYS)
    assert found.low < 2 < found.high
    assert found.clear


def test_ordinary_holidays_are_not_clear():
    """In 200 records without any effect about one in twenty intervals leaves 1 out, also with uneven days."""
    rng = np.random.default_rng(6)
    days = DAYS[:400]
    holidays = days[20::40]
    clear = [
        holiday_effect(rng.negative_binomial(10, 1 / 3, 400), days, OPEN[:400], holidays).clear
        for _ in range(200)
    ]
    assert 0 < np.mean(clear) < 0.1


def test_days_without_data_are_no_holidays_and_no_comparison():
    """A closed week around counts for nothing; a holiday without data is none."""
    counts = np.full(len(DAYS), 10)
    closed = ~np.isin(DAYS, DAYS[38:46])
    found = holiday_effect(np.where(closed, counts, 0), DAYS, closed, HOLIDAYS[:2])
    assert (found.holidays, found.ratio) == (1, pytest.approx(1))


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("end", lambda: aoristic(["2024-01-01"], [])),
        ("longest_h", lambda: aoristic(["2024-01-01"], ["2024-01-01"], longest_h=-1)),
        ("days", lambda: season([1] * 300, DAYS[:300], OPEN[:300])),
        ("days", lambda: season([0] * 800, DAYS[:800], OPEN[:800])),
        ("harmonics", lambda: season([1] * 800, DAYS[:800], OPEN[:800], harmonics=0)),
        ("exposed", lambda: season([1] * 800, DAYS[:800], OPEN)),
        ("days", lambda: holiday_effect([1, 1], DAYS[[0, 2]], OPEN[:2], HOLIDAYS)),
        ("weeks", lambda: holiday_effect([1, 1], DAYS[:2], OPEN[:2], HOLIDAYS, weeks=0)),
    ],
)
def test_what_has_no_meaning_is_refused_by_name(name, call):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        call()
