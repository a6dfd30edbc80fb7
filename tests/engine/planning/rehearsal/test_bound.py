"""The bound of hindsight: below whatever any choice of units reaches."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.rehearsal.cases import plane, some_calls, windows

from anlan.engine.planning.rehearsal.bound import hindsight
from anlan.engine.planning.rehearsal.model import DAY_S, Calls, Rules, Setup, Travel, standing
from anlan.engine.planning.rehearsal.simulate import simulate


def position(legs: tuple[int, int, float, float], now: float, to: int, table: np.ndarray) -> float:
    """Seconds to a place from a leg (from, to, begins, ends)."""
    start, end, begins, ends = legs
    if now >= ends:
        return float(table[end, to])
    f = max(0.0, (now - begins) / (ends - begins))
    a, b, c = float(table[start, to]), float(table[end, to]), float(table[start, end])
    inside = (1 - f) * a * a + f * b * b - f * (1 - f) * c * c
    return max(inside, 0.0) ** 0.5


def served(order: list[int], post: int, calls: Calls, table: np.ndarray, idle: float) -> float:
    """Sum of responses of one unit that answers calls in an order, lingering `idle` s before each."""
    leg, free, total = (post, post, -1.0, -1.0), 0.0, 0.0
    for call in order:
        leave = max(free, float(calls.time_s[call])) + idle
        turnout = float(calls.turnout_s[call]) if leave >= leg[3] else 0.0
        arrive = leave + turnout + position(leg, leave, int(calls.place[call]), table)
        total += arrive - float(calls.time_s[call])
        free = arrive + float(calls.service_s[call])
        home = float(table[calls.place[call], post])
        leg = (int(calls.place[call]), post, free, free + home)
    return total


@given(st.integers(0, 2**32), st.sampled_from([0.0, 40.0]), st.sampled_from([10.0, 400.0]))
@settings(max_examples=25, deadline=None)
def test_no_choice_of_units_is_below(seed: int, turnout: float, service: float) -> None:
    """All ways to give four or five calls to two units, in any order, at once or after lingering."""
    random = np.random.default_rng(seed)
    count = int(random.integers(3, 6))
    travel = plane(random, 6, 1)
    calls = Calls.of(
        DAY_S, np.sort(random.uniform(0, 1200, count)), random.integers(0, 6, count), turnout_s=turnout,
        service_s=random.exponential(service, count),
    )  # fmt: skip
    posts = random.integers(0, 6, 2)
    best = np.inf
    for order in itertools.permutations(range(count)):
        for cut in range(count + 1):
            for idle in (0.0, 20.0):
                parts = (list(order[:cut]), list(order[cut:]))
                sums = [
                    served(part, int(post), calls, travel.seconds[0], idle)
                    for part, post in zip(parts, posts, strict=True)
                ]
                best = min(best, sum(sums) / count)
    found = hindsight(Setup(standing(posts, 1e6)), calls, travel)
    assert found.bound <= best + 1e-6
    assert found.bound <= found.rehearsed
    assert found.bound >= 0


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_no_rehearsal_is_below(seed: int) -> None:
    """Windows, skills, delays, two hour classes, several units a call: other plans' choices are not below."""
    random = np.random.default_rng(seed)
    travel, calls = plane(random, 12), some_calls(random, 25, 12, called_off=False)
    force = windows(random, 4, 12)
    more = standing(force.post[:4], 1e6, skills=3)
    setup = Setup(more, Rules(rolling=float(random.choice([0.0, 0.5]))))
    found = hindsight(setup, calls, travel)
    assert found.gap >= 0
    order = random.permutation(4)
    shuffled = standing(force.post[:4][order], 1e6, skills=3)
    run = simulate(Setup(shuffled, setup.rules), calls, travel)
    assert found.bound <= float((run.arrived_s - calls.time_s[calls.call]).mean()) + 1e-6


def test_calls_far_apart_leave_no_room() -> None:
    """One call an hour and all cars at home: closest is optimal, the bound is the rehearsal."""
    random = np.random.default_rng(3)
    travel = plane(random, 20, 1)
    calls = Calls.of(
        1e6, np.arange(1, 40) * 3600.0, random.integers(0, 20, 39), service_s=100.0, turnout_s=30.0
    )
    found = hindsight(Setup(standing([1, 5, 9], 1e6)), calls, travel)
    assert found.bound == pytest.approx(found.rehearsed)
    assert found.bound == pytest.approx(found.posts)


def test_a_better_choice_shows_as_a_gap() -> None:
    """The closest goes to the first call and is missing at the second, which it alone is near."""
    table = np.array([[0, 90, 10.0, 200], [90, 0, 11, 300], [10, 11, 0, 190], [200, 300, 190, 0]])
    travel = Travel(table.astype(np.float32)[None])
    calls = Calls.of(DAY_S, [100.0, 130.0], [2, 0], service_s=600.0)
    found = hindsight(Setup(standing([0, 1], DAY_S)), calls, travel)
    assert found.rehearsed == pytest.approx((10 + 90) / 2)
    assert found.bound <= (11 + 0) / 2 + 1e-6
    assert found.gap > 0


def test_where_it_does_not_hold_it_is_refused() -> None:
    """Called off, diverted, moved up, unserved: no bound is shown."""
    travel = plane(np.random.default_rng(0), 3, 1)
    plain = Calls.of(DAY_S, [1.0], [1])
    off = Calls.of(DAY_S, [1.0], [1], cancel_s=5.0)
    nobody = Calls.of(DAY_S, [1.0], [1], needs=1)
    none = Calls.of(DAY_S, [], np.zeros(0, int))
    force = standing([0], DAY_S)
    for setup, calls, message in (
        (Setup(force), off, "cancel_s"),
        (Setup(force, Rules(preempt=True)), plain, "preempt"),
        (Setup(force), nobody, "gets no unit"),
        (Setup(force), none, "none"),
    ):
        with pytest.raises(ValueError, match=message):
            hindsight(setup, calls, travel)
