"""Calls drawn from what is expected."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.rehearsal.model import Calls
from anlan.engine.planning.rehearsal.sample import Expected, Kind, between

URGENT = Kind(1, ((1, 2), (0, 1)), np.array([600.0, 1800]), np.array([60.0]), np.array([0.8, 1.2]), end=2)
MINOR = Kind(2, service_s=np.array([300.0]), delay_s=np.array([10.0, 20.0]))


def week(alpha: float = 0.0, seed: int = 0) -> Expected:
    """Two days by hour, three places, two kinds; place 7 is busy at noon."""
    expected = np.full((48, 3, 2), 0.05)
    expected[[12, 36], 1, 0] = 8.0
    return Expected(
        expected, np.array([5, 7, 9]), np.array([0, 1, 1]), (URGENT, MINOR), alpha=alpha, seed=seed
    )


def same(one: Calls, other: Calls) -> bool:
    """Whether all columns are equal."""
    return all(np.array_equal(a, b) for a, b in zip(vars(one).values(), vars(other).values(), strict=True))


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_counts_have_the_mean_and_the_variance_asked_for(alpha: float) -> None:
    """Over 3,000 draws the busy cell has mean 8 and variance 8 + 64 alpha."""
    expected = week(alpha)
    counts = []
    for replication in range(3000):
        calls = expected.draw(replication)
        hit = (calls.time_s // 3600 == 12) & (calls.place == 7) & (calls.priority == 1)
        counts.append(hit.sum())
    assert np.mean(counts) == pytest.approx(8, rel=0.03)
    assert np.var(counts) == pytest.approx(8 + 64 * alpha, rel=0.1)


@given(st.integers(0, 2**31), st.integers(0, 100), st.sampled_from([0.0, 1.0]))
@settings(max_examples=30, deadline=None)
def test_a_draw_is_known_by_seed_and_number(seed: int, replication: int, alpha: float) -> None:
    """Drawn twice it is the same; another number is another draw; calls are in order and complete."""
    expected = week(alpha, seed)
    calls = expected.draw(replication)
    assert same(calls, expected.draw(replication))
    assert not same(calls, expected.draw(replication + 1))
    assert (np.diff(calls.time_s) >= 0).all()
    assert calls.until_s == 48 * 3600
    sizes = np.bincount(calls.call)
    assert (sizes == np.where(calls.priority == 1, 3, 1)).all()


def test_what_a_kind_says_is_what_its_calls_have() -> None:
    """Skills, turnout, pace, service, delay, end and beat come from the kind and the place."""
    calls = week().draw(4)
    urgent = calls.priority[calls.call] == 1
    assert calls.needs[urgent].reshape(-1, 3).tolist() == [[1, 1, 0]] * (urgent.sum() // 3)
    assert set(calls.end[urgent]) == {2}
    assert set(calls.turnout_s[urgent]) == {60.0}
    assert ((calls.service_s[urgent] >= 600) & (calls.service_s[urgent] <= 1800)).all()
    assert len(set(calls.pace[urgent])) > 1
    minor = calls.priority == 2
    assert ((calls.delay_s[minor] >= 10) & (calls.delay_s[minor] <= 20)).all()
    assert (calls.beat == np.where(calls.place == 5, 0, 1)).all()


def test_a_surge_keeps_every_ordinary_call() -> None:
    """Three times the calls at one place: the ordinary ones are among them with their luck."""
    expected = week(seed=3)
    factor = np.ones((1, 3))
    factor[0, 1] = 3.0
    calm, surge = expected.draw(0), expected.surged(factor).draw(0)
    rows = {(t, p): s for t, p, s in zip(surge.time_s, surge.place, surge.priority, strict=True)}
    assert all(rows[t, p] == s for t, p, s in zip(calm.time_s, calm.place, calm.priority, strict=True))
    assert (calm.place != 7).sum() == (surge.place != 7).sum()
    ordinary = np.isin(surge.time_s, calm.time_s)[surge.call]
    assert surge.service_s[ordinary].tolist() == calm.service_s.tolist()
    assert surge.turnout_s[ordinary].tolist() == calm.turnout_s.tolist()
    counts = [(expected.surged(factor).draw(k).place == 7).sum() for k in range(300)]
    assert np.mean(counts) == pytest.approx(3 * expected.expected[:, 1].sum(), rel=0.03)


def test_a_quiet_day_leaves_calls_out() -> None:
    """A factor below 1 thins; 0 leaves none."""
    expected = week()
    half = [len(expected.surged(np.array([[0.5]])).draw(k)) for k in range(400)]
    assert np.mean(half) == pytest.approx(expected.expected.sum() / 2, rel=0.04)
    assert len(expected.surged(np.zeros((1, 1))).draw(0)) == 0


def test_nothing_expected_nothing_drawn() -> None:
    """An empty forecast gives no calls and no error."""
    nothing = Expected(np.zeros((24, 1, 1)), np.array([0]), np.array([0]), (MINOR,), alpha=0.3)
    assert len(nothing.draw(0)) == 0


def test_between_is_the_inverse_of_the_empirical_distribution() -> None:
    """The ends are the least and greatest, one value a constant."""
    values = np.array([1.0, 3.0, 9.0])
    assert between(values, np.array([0, 0.25, 0.5, 1.0])).tolist() == [1, 2, 3, 9]
    assert between(values[:1], np.array([0.0, 0.7])).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expected": np.zeros((2, 2))}, "expected"),
        ({"expected": -np.ones((2, 1, 1))}, "expected"),
        ({"beat": np.array([0, 1])}, "beat"),
        ({"alpha": -1.0}, "alpha"),
        ({"surge": np.array([[np.nan]])}, "surge"),
        ({"period_s": 0.0}, "period_s"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], message: str) -> None:
    """Every refusal names the field."""
    parts = {"expected": np.ones((2, 1, 1)), "place": np.array([0]), "beat": np.array([0]), "kinds": (MINOR,)}
    with pytest.raises(ValueError, match=message):
        Expected(**(parts | change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [{"service_s": np.zeros(0)}, {"pace": np.array([-1.0])}, {"turnout_s": np.array([np.inf])}, {"asks": ()}],
)
def test_a_wrong_kind_is_named(change: dict[str, object]) -> None:
    """A distribution has values, a call asks for somebody."""
    with pytest.raises(ValueError, match=next(iter(change))):
        Kind(**change)  # type: ignore[arg-type]
