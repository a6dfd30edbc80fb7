"""Colours rise at once and fall by steps; levels are fifths with an interval, apart from colours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anlan.engine.analysis.colours import Budget, Hold, levels, settle, settled, steps

P = st.one_of(st.floats(0.0001, 1), st.sampled_from([np.nan, 0.01, 0.05, 0.2, 0.3]))


def one(*p, hold=None):
    """Return the colours of one beat over mornings."""
    return settled(np.array([p]), Budget(), hold or Hold())[0].tolist()


@given(arrays(float, (3, 20), elements=P), st.integers(1, 4), st.floats(1, 3))
def test_colours_fall_by_steps_and_only_alarms_rise(p, days, margin):
    """Never below the day's own colour; down one step at most; every rise is the day's own colour."""
    shown = settled(p, Budget(), Hold(margin, days)).astype(int)
    own = steps(p, Budget()).astype(int)
    assert (shown >= own).all()
    assert ((shown == -1) == np.isnan(p)).all()
    known = (shown[:, 1:] >= 0) & (shown[:, :-1] >= 0)
    change = np.diff(shown, axis=1)
    assert (change[known] >= -1).all()
    rises = change > 0
    assert (shown[:, 1:][rises] == own[:, 1:][rises]).all()


def test_red_falls_by_a_step_a_morning():
    """Red, then nothing: orange, yellow, green."""
    assert one(0.005, 0.9, 0.9, 0.9) == [3, 2, 1, 0]


def test_within_the_margin_a_colour_is_held():
    """A p just above the boundary holds red; beyond 1.5 times the boundary it falls."""
    assert one(0.005, 0.012, 0.014, 0.016) == [3, 3, 3, 2]


def test_more_calm_mornings_may_be_asked_for():
    """With two, red stays a morning longer, and a relapse starts the count again."""
    assert one(0.005, 0.9, 0.9, hold=Hold(days=2)) == [3, 3, 2]
    assert one(0.005, 0.9, 0.011, 0.9, 0.9, hold=Hold(days=2)) == [3, 3, 3, 3, 2]


def test_unknown_breaks_the_series():
    """After a morning without data nothing is held."""
    assert one(0.005, np.nan, 0.9) == [3, -1, 0]


def test_one_morning_is_a_step_of_the_series():
    """`settle` with yesterday's state gives what the replay gives."""
    p = np.random.default_rng(0).random((5, 30)) ** 3
    shown, calm = np.full(5, -1, np.int8), np.zeros(5, np.int64)
    for day in range(30):
        shown, calm = settle(shown, calm, p[:, day], Budget(), Hold(days=2))
    assert shown.tolist() == settled(p, Budget(), Hold(days=2))[:, -1].tolist()


def test_levels_are_fifths_of_beats():
    """Ten beats, two to a level, whatever their order; equal beats share one."""
    expected = np.array([5, 1, 9, 3, 7, 2, 10, 4, 8, 6.0])
    found = levels([str(i) for i in range(10)], expected, np.full(10, 0.1))
    assert [row.level for row in found] == np.ceil(expected / 2).astype(int).tolist()
    assert {row.level for row in levels(["a", "b"], [2.0, 2.0], [0.1, 0.1])} == {4}


def test_the_interval_holds_four_days_in_five():
    """At least the stated coverage of the days lies within, on drawn counts."""
    size, mean = 1 / 0.3, 6.0
    drawn = np.random.default_rng(1).negative_binomial(size, size / (size + mean), 20_000)
    row = levels(["a"], [mean], [0.3])[0]
    assert 0.79 < ((drawn >= row.low) & (drawn <= row.high)).mean() < 0.9


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Hold(margin=0.9), "margin"),
        (lambda: Hold(days=0), "days"),
        (lambda: levels(["a"], [1.0], [0.1], coverage=1.0), "coverage"),
        (lambda: levels(["a"], [1.0, 2.0], [0.1, 0.1]), "expected"),
    ],
)
def test_a_parameter_without_meaning_is_refused_by_name(make, name):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        make()
