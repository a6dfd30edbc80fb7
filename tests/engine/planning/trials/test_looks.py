"""Looks before the end: the level holds, unplanned looks are refused or counted, harm and futility stop."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.engine.planning.trials.made import design_of, outcome_of, scheduled, tossed, uneven

from anlan.engine.planning.trials import Kind, Outcome, Protocol, Statistic, Verdict, effect, look
from anlan.engine.planning.trials.looks import conditional_power, follow, spent, spent_on_harm
from anlan.engine.planning.trials.schedule import first_treated


def so_far(outcome: Outcome, periods: int) -> Outcome:
    """What is known after some periods."""
    return Outcome.of(outcome.codes, outcome.during[:, :periods], outcome.before)


def test_boundaries_as_published() -> None:
    """O'Brien-Fleming-like bounds for five looks, two-sided 5 %: 3.36, 2.68, 2.29, 2.03 after 4.88.

    From Lan & DeMets' program (ldbounds), for normal increments; here for signs of 60 coins, 60,000
    assignments: within 0.05, at the second look (48 assignments beyond it) within 0.2.
    """
    random = np.random.default_rng(1)
    drawn = random.choice([-1.0, 1.0], (60_000, 60)).reshape(60_000, 5, 12).sum(axis=2).cumsum(axis=1)
    shares = np.arange(1, 6) / 5
    scaled = drawn / np.sqrt(60 * shares)
    found = follow(np.abs(scaled).T, np.zeros(5), spent(shares, 0.05), exact=False)
    assert found.critical[1] == pytest.approx(3.357, abs=0.2)
    assert found.critical[2:] == pytest.approx([2.680, 2.290, 2.031], abs=0.05)
    assert spent(1.0, 0.05) == pytest.approx(0.05)
    assert spent_on_harm(1.0, 0.1) == pytest.approx(0.1)


@pytest.mark.parametrize(("kind", "spread"), [(Kind.CROSSOVER, 1.0), (Kind.PARALLEL, 0.0)])
def test_the_level_holds_over_all_looks(kind: Kind, spread: float) -> None:
    """Of all 512 assignments no more than the level ends in a claim when nothing happens: an exact count."""
    protocol = Protocol(periods=3, kind=kind, looks=(1, 2), alpha=0.2, statistic=Statistic.RAW)
    pairs = 3 if kind is Kind.CROSSOVER else 9
    design = design_of(pairs, protocol)
    random = np.random.default_rng(3)
    outcome = outcome_of(design, uneven(random.gamma(2, 3, 2 * pairs), 3, spread, random))
    claims = 0
    for faces in itertools.product((False, True), repeat=9):
        face = first_treated(protocol, np.array(faces).reshape(pairs, protocol.coins))
        plan = scheduled(design, face)
        claims += look(design, plan, outcome, taken=[1, 2]).crossed_at is not None
    assert 0 < claims <= 0.2 * 512


def strong(design_pairs: int, periods: int, ratio: float, protocol: Protocol, seed: int = 1) -> tuple:
    """A trial in which the treated have `ratio` times as many."""
    design = design_of(design_pairs, protocol)
    plan, random = tossed(design, seed), np.random.default_rng(seed)
    during = random.poisson(np.where(plan.table(), 8 * ratio, 8.0))
    return design, plan, outcome_of(design, during, random.poisson(8, (2 * design_pairs, 20)))


def test_a_look_that_was_not_planned_is_refused_or_counted() -> None:
    """By default nothing is opened; counted, it spends what the function says at its time."""
    protocol = Protocol(periods=20, looks=(10,), draws=999)
    design, plan, outcome = strong(8, 20, 0.8, protocol)
    refused = look(design, plan, so_far(outcome, 7))
    assert (refused.verdict, refused.planned) == (Verdict.REFUSED, False)
    assert (refused.p, refused.ratio, refused.spent, refused.conditional_power) == (None, None, None, None)
    counted = look(design, plan, so_far(outcome, 7), count_unplanned=True)
    assert counted.spent == pytest.approx(float(spent(7 / 20, 0.05)))
    assert not counted.planned
    assert counted.ratio is not None
    later = look(design, plan, so_far(outcome, 10), taken=[7])
    alone = look(design, plan, so_far(outcome, 10))
    assert later.planned
    assert later.p >= alone.p


def test_without_looks_the_end_is_the_plain_test() -> None:
    """The p-value and the interval of a single look at the end are the effect's."""
    protocol = Protocol(periods=10, draws=1999)
    design, plan, outcome = strong(6, 10, 0.8, protocol)
    end, plain = look(design, plan, outcome), effect(design, plan, outcome).primary
    assert end.p == plain.p
    assert (end.ratio.low, end.ratio.high) == pytest.approx((plain.low, plain.high), rel=0.01)
    assert (end.spent, end.conditional_power) == (pytest.approx(0.05), None)


def test_a_strong_effect_stops_early() -> None:
    """40 % fewer crosses before the end; the claim stays at later looks."""
    protocol = Protocol(periods=20, looks=(10, 15), draws=4_999)
    design, plan, outcome = strong(10, 20, 0.6, protocol)
    first = look(design, plan, so_far(outcome, 10))
    assert (first.verdict, first.crossed_at) == (Verdict.EFFECT, 10)
    assert first.p <= first.spent < 0.05
    assert first.ratio.high < 1
    assert first.ratio.confidence > 0.95
    end = look(design, plan, outcome, taken=[10, 15])
    assert (end.verdict, end.crossed_at) == (Verdict.EFFECT, 10)


def test_harm_stops_before_it_is_proven() -> None:
    """20 % more: the guard stops at its own level, where the proof would not yet."""
    protocol = Protocol(periods=20, looks=(5, 10), draws=1_999)
    design, plan, outcome = strong(8, 20, 1.2, protocol)
    found = look(design, plan, so_far(outcome, 5))
    assert found.verdict is Verdict.HARM
    assert found.crossed_at is None
    assert found.harm_p <= spent_on_harm(5 / 20, 0.1)


def test_proven_harm_is_told_as_harm() -> None:
    """A rise beyond the two-sided boundary is no effect to be claimed."""
    protocol = Protocol(periods=20, looks=(10,), draws=1_999)
    design, plan, outcome = strong(8, 20, 2.0, protocol)
    found = look(design, plan, outcome, taken=[10])
    assert (found.verdict, found.crossed_at) == (Verdict.HARM, 10)


def test_a_hopeless_trial_may_stop() -> None:
    """Nothing seen after three quarters: the planned effect will hardly show; early on it may."""
    protocol = Protocol(periods=20, looks=(2, 15), draws=999)
    design, plan, outcome = strong(8, 20, 1.0, protocol, seed=7)
    late = look(design, plan, so_far(outcome, 15), taken=[2])
    early = look(design, plan, so_far(outcome, 2))
    assert late.verdict is Verdict.FUTILE
    assert late.conditional_power < 0.1 < early.conditional_power
    assert early.verdict is Verdict.GO_ON
    assert look(design, plan, outcome, taken=[2, 15]).verdict is Verdict.NO_EFFECT


def test_conditional_power_before_anything_is_the_power() -> None:
    """With next to nothing done it is the stated power."""
    score = np.array([1.0, -1.0])
    assert conditional_power(score, 1e-9, Protocol(periods=9)) == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize("taken", [[3, 2], [10], [0], [2, 2]])
def test_looks_taken_must_rise(taken: list[int]) -> None:
    """Out of order, beyond this one, twice."""
    design, plan, outcome = strong(2, 10, 1.0, Protocol(periods=10))
    with pytest.raises(ValueError, match="taken"):
        look(design, plan, outcome, taken=taken)
