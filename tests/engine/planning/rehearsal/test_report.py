"""Rehearsals in figures, and two plans against each other."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.rehearsal.cases import county, plane

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.rehearsal.compare import changes, compare, criticality, judge_rule, surge
from anlan.engine.planning.rehearsal.model import DAY_S, Calls, Rules, Setup, Travel, Zones, standing
from anlan.engine.planning.rehearsal.report import ALL, report
from anlan.engine.planning.rehearsal.sample import Expected, Kind
from anlan.engine.planning.rehearsal.simulate import simulate
from anlan.engine.planning.rehearsal.spread import Measured, measured
from anlan.engine.planning.rehearsal.tally import Case, Tally, figure, rehearse, rehearse_each

ZONES = Zones(np.arange(8), np.arange(1.0, 9))


def town(rate: float = 0.3, seed: int = 0, service: float = 1500.0) -> tuple[Expected, Travel]:
    """Two days of calls at eight places."""
    travel = plane(np.random.default_rng(seed), 8, 1)
    kinds = tuple(
        Kind(priority, service_s=np.array([service / 2, 2 * service]), turnout_s=np.array([30.0, 90.0]))
        for priority in (1, 2)
    )
    expected = np.full((48, 8, 2), rate / 4)
    return Expected(expected, np.arange(8), np.arange(8) // 4, kinds, seed=seed), travel


def response(tally: Tally) -> Measured:
    """The response of all calls."""
    return measured(tally, np.arange(len(tally.beat)), tally.response_s)


def test_one_run_is_told_as_it_was() -> None:
    """Mean, quantiles, share within the ring, waits and use of a recorded day are those of its arrays."""
    setup, calls, travel, zones = county(11)
    run, told = simulate(setup, calls, travel, zones), report(rehearse(setup, calls, travel, zones=zones))
    response = run.response_s()
    came = response[np.isfinite(response)]
    row = told.row()
    assert row.response.mean.value == pytest.approx(came.mean(), rel=1e-12)
    assert row.response.q90.value == pytest.approx(np.quantile(came, 0.9))
    assert row.response.within.value == pytest.approx((came <= setup.rules.ring_s).sum() / len(calls))
    assert row.calls == len(calls)
    assert told.unserved == run.unserved().sum()
    assert sum(row.histogram) == len(came)
    assert row.wait.value == pytest.approx(np.nanmean(run.wait_s()))
    use = run.busy_s(setup.force.units) / setup.force.duty_s(calls.until_s)
    assert [unit.utilisation.value for unit in told.units] == pytest.approx(use.tolist())
    assert told.cover_mean.value == pytest.approx(
        np.mean([run.cover[hour * 4 : hour * 4 + 4].mean() for hour in range(6) if hour * 4 < len(run.cover)])
    )


def test_rows_add_up() -> None:
    """Calls of beats, and of priorities, are those of all."""
    expected, travel = town()
    told = report(rehearse(Setup(standing([0, 5], 2 * DAY_S)), expected, travel, zones=ZONES, replications=7))
    by_beat = [row.calls for row in told.rows if row.priority == ALL and row.beat != ALL]
    by_priority = [row.calls for row in told.rows if row.beat == ALL and row.priority != ALL]
    assert sum(by_beat) == pytest.approx(told.calls)
    assert sum(by_priority) == pytest.approx(told.calls)
    assert len(told.rows) == 1 + 2 + 2 + 4
    assert len(told.cover) == 24


def test_it_is_plain_data() -> None:
    """A report and a comparison become JSON as they are."""
    expected, travel = town()
    setup = Setup(standing([0, 5], 2 * DAY_S))
    told = report(rehearse(setup, expected, travel, zones=ZONES, replications=3))
    moved = compare(setup, Setup(setup.force.at([1, -1])), expected, travel, replications=3)
    lost = criticality(setup, expected, travel, replications=2)
    for result in (told, moved, *lost):
        assert json.loads(json.dumps(asdict(result), allow_nan=False))


def test_replications_do_not_depend_on_threads() -> None:
    """The same seed gives the same figures, and more replications begin with the same ones."""
    expected, travel = town()
    setup = Setup(standing([0, 5], 2 * DAY_S))
    one, other = (rehearse(setup, expected, travel, replications=12) for _ in range(2))
    np.testing.assert_array_equal(one.response_s, other.response_s)
    fewer = rehearse(setup, expected, travel, replications=4)
    np.testing.assert_array_equal(one.response_s[: len(fewer.response_s)], fewer.response_s)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Of 40 rehearsals of 20 replications, the figures of 1,500 lie in the 95 % interval of all but a few."""
    expected, travel = town(seed=5)
    setup = Setup(standing([0, 5], 2 * DAY_S))
    truth = response(rehearse(setup, expected, travel, replications=1500)).values()
    held = np.zeros(len(truth))
    for seed in range(1, 41):
        found = response(rehearse(setup, replace(expected, seed=seed), travel, replications=20)).figures()
        held += [one.low <= real <= one.high for one, real in zip(found, truth, strict=True)]
    assert held.min() >= 34


def test_the_same_plan_twice_makes_no_difference() -> None:
    """Common random numbers: every difference is exactly zero, with an interval of no width."""
    expected, travel = town()
    setup = Setup(standing([0, 5], 2 * DAY_S))
    found = compare(setup, setup, expected, travel, zones=ZONES, replications=5)
    for row in found.rows:
        for shift in (row.response, row.reach):
            for change in vars(shift).values():
                assert (change.change.value, change.change.low, change.change.high) == (0, 0, 0)
        assert (row.share_slower, row.share_faster) == (0, 0)
    assert found.cover.change.value == 0


def test_common_numbers_tell_more_than_separate_ones() -> None:
    """A small move of a post shows beyond chance on the same calls, and with a wider interval on others."""
    expected, travel = town(seed=9)
    before = Setup(standing([0, 5], 2 * DAY_S))
    after = Setup(before.force.at([1, -1]))
    paired = compare(before, after, expected, travel, replications=40).row().response.mean.change
    apart = (
        changes(
            rehearse(before, expected, travel, replications=40),
            rehearse(after, replace(expected, seed=99), travel, replications=40),
        )
        .row()
        .response.mean.change
    )
    assert paired.high - paired.low < (apart.high - apart.low) / 2


def test_a_surge_makes_it_worse_and_says_by_how_much() -> None:
    """Four times the calls: longer waits, no share of the same calls (they are not the same)."""
    expected, travel = town()
    setup = Setup(standing([0, 5], 2 * DAY_S))
    found = surge(setup, expected, np.full((1, 1), 4.0), travel, replications=10).row()
    assert found.response.mean.change.low > 0
    assert found.share_slower is None


def test_the_unit_whose_loss_costs_most_comes_first() -> None:
    """Two cars at one end, one at the other: the single one is missed most."""
    line = Travel(np.abs(np.arange(11)[:, None] - np.arange(11)).astype(np.float32)[None] * 60)
    calls = Calls.of(DAY_S, np.arange(40) * 2000.0 + 100, np.tile([0, 10], 20), service_s=100.0)
    setup = Setup(standing([0, 0, 10], DAY_S, codes=["A", "B", "C"]))
    lost = criticality(setup, calls, line)
    assert lost[0].code == "C"
    assert lost[0].mean.change.value == pytest.approx(300)
    assert [loss.mean.change.value for loss in lost[1:]] == [0, 0]
    assert lost[0].mean.before == 0


def test_a_call_nobody_comes_to_is_not_within_the_ring() -> None:
    """Without any car the mean is unknown, the share within the ring 0 and every call unserved."""
    calls = Calls.of(DAY_S, [5.0, 6.0], [0, 1])
    line = plane(np.random.default_rng(0), 2, 1)
    row = report(rehearse(Setup(standing([], DAY_S)), calls, line)).row()
    assert (row.response.mean.value, row.response.within.value, row.unserved) == (None, 0.0, 2)
    assert row.waited.value == 1.0
    lost = criticality(Setup(standing([0], DAY_S)), calls, line)[0]
    assert lost.unserved.change.value == 2
    assert lost.mean.change.value is None


def test_a_rule_is_judged_before_it_is_used() -> None:
    """Sparing a unit here helps nobody: not better, and the figures are there."""
    expected, travel = town(rate=0.5)
    setup = Setup(standing([0, 5, 3], 2 * DAY_S), Rules(ring_s=400))
    verdict = judge_rule(setup, Policy.COVER, expected, travel, zones=ZONES, replications=30)
    assert verdict.policy == "cover"
    assert verdict.answer in {"worse", "unclear"}
    assert verdict.mean.change.value == verdict.comparison.row().response.mean.change.value
    assert verdict.answer != "worse" or verdict.reasons


def test_a_rule_that_pays_is_found_better() -> None:
    """Pairs of calls: a minor one that two cars can take, then one that only the nearer can take in time."""
    table = np.array([[0, 300, 100, 900.0], [300, 0, 150, 20], [100, 150, 0, 200], [900, 20, 200, 0]])
    travel = Travel(np.minimum(table, table.T).astype(np.float32)[None])
    start = np.arange(200) * 4000.0
    time = np.sort(np.concatenate((start, start + 5)))
    calls = Calls.of(
        time[-1] + 4000, time, np.tile([2, 0], 200), priority=np.tile([2, 1], 200), service_s=1000.0
    )
    setup = Setup(standing([0, 1], calls.until_s), Rules(ring_s=200))
    zones = Zones(np.array([0, 2]), np.array([5.0, 1.0]))
    verdict = judge_rule(setup, Policy.COVER, calls, travel, zones=zones)
    assert (verdict.answer, verdict.reasons) == ("better", ["more_within"])
    assert verdict.urgent_mean.change.value == -300.0


class Stopper:
    """Looks on, and asks to stop after some tellings."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.shares: list[float] = []

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Keep the share done."""
        assert (step, gap) == ("rehearse", None)
        self.shares.append(done)

    def stopped(self) -> bool:
        """Stop after so many."""
        return len(self.shares) >= self.after


def test_stopped_early_it_holds_what_was_done() -> None:
    """Two plans stopped half-way are compared on the same replications."""
    expected, travel = town()
    setup = Setup(standing([0, 5], 2 * DAY_S))
    watch = Stopper(5)
    found = compare(setup, setup, expected, travel, replications=200, watch=watch)
    assert 1 <= found.replications < 200
    assert watch.shares == sorted(watch.shares)
    whole = Stopper(10**9)
    rehearse(setup, expected, travel, replications=9, watch=whole)
    assert whole.shares[-1] == 1.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
@settings(max_examples=50, deadline=None)
def test_an_interval_lies_around_its_figure(parts: list[float]) -> None:
    """It is even around the value and shrinks to it where all sections agree."""
    found = figure(3.0, np.array(parts))
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 3.0 <= found.high
    assert figure(3.0, np.full(5, 7.0)).low == 3.0


def test_wrong_rehearsals_are_named() -> None:
    """No replication, no case, recorded and drawn mixed, other periods, other replications."""
    expected, travel = town()
    setup = Setup(standing([0], DAY_S))
    calls = Calls.of(2 * DAY_S, [1.0], [0])
    with pytest.raises(ValueError, match="replications"):
        rehearse(setup, expected, travel, replications=0)
    for cases in ([], [Case(setup, expected), Case(setup, calls)]):
        with pytest.raises(ValueError, match="cases"):
            rehearse_each(cases, travel)
    two = [rehearse(setup, expected, travel, replications=number) for number in (1, 2)]
    with pytest.raises(ValueError, match="replications"):
        changes(*two)
    with pytest.raises(ValueError, match="row"):
        report(two[0]).row(99)
    with pytest.raises(ValueError, match="row"):
        changes(two[0], two[0]).row(99)
    with pytest.raises(ValueError, match="source"):
        judge_rule(setup, Policy.COVER, Calls.of(DAY_S, [], np.zeros(0, int)), travel, zones=ZONES)
