"""The day's demand by place and hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.planning.demand import DayDemand, hour_shares, overlap, priority_shares
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift

EVEN = np.full((2, 24), 1 / 24)
DAY = DayDemand(
    ["G1", "G2"], np.zeros(2), np.zeros(2), ["A", ""], np.array([3.0, 1.0]), EVEN, np.array([0.25] * 4)
)


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_a_shift_covers_its_own_minutes(start: int, minutes: int) -> None:
    """Over all clock hours the covered time is the shift's length, past midnight too."""
    covered = overlap(Shift("s", start, minutes))
    assert covered.sum() == pytest.approx(minutes / 60)
    assert (covered <= 1).all()


def test_shifts_share_the_day_out() -> None:
    """Three shifts of eight hours hold all that is expected; a beat's part is that of its places."""
    parts = [DAY.of(shift) for shift in THREE_SHIFTS]
    np.testing.assert_allclose(np.sum(parts, axis=0), DAY.expected)
    np.testing.assert_allclose(DAY.by_beat(THREE_SHIFTS[0], ["A", "B"]), [1.0, 0.0])


def test_hours_follow_the_beat_and_fall_back_on_the_county() -> None:
    """A busy beat keeps its own clock, a place without a beat has the county's, other days do not count."""
    counts = np.zeros((2, 40, 24))
    counts[0, :, 22] = 5
    counts[1, :, 8] = 5
    counts[:, 20:, 3] = 100
    like = np.arange(40) < 20
    shares = hour_shares(counts, like, np.array([0, 1, -1]))
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares[0, 22] > 0.7
    assert shares[1, 8] > 0.7
    np.testing.assert_allclose(shares[2, [8, 22]], 0.5)
    assert (shares[:, 3] == 0).all()


def test_no_history_means_even_hours_and_priorities() -> None:
    """Without any incident nothing is known: every hour and priority counts the same."""
    np.testing.assert_allclose(hour_shares(np.zeros((0, 5, 24)), np.ones(5, bool), np.array([-1])), 1 / 24)
    np.testing.assert_allclose(priority_shares(np.zeros(4)), 0.25)
    assert priority_shares([0, 97, 0, 3])[1] == pytest.approx(0.9725, abs=0.01)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lon": np.zeros(3)}, "lon: 3"),
        ({"hours": EVEN[:, :12]}, "hours: shape"),
        ({"hours": EVEN * 2}, "hours: shares"),
        ({"priorities": np.array([0.5, 0.2])}, "priorities"),
        ({"expected": np.array([-1.0, 0.0])}, "expected"),
        ({"alpha": -1.0}, "alpha"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change: dict[str, object], told: str) -> None:
    """Shapes, shares and signs."""
    with pytest.raises(ValueError, match=told):
        replace(DAY, **change)
