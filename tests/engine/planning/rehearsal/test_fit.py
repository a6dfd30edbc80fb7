"""What a record teaches a rehearsal: planted truths come back, and a replay gives the record again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.rehearsal.towns import (
    AMBULANCE,
    CAR,
    CLASSES,
    FIXED_S,
    HOMES,
    SLOWER,
    Town,
    town,
)

from anlan.engine.planning.rehearsal.fit import (
    AS_LEARNED,
    NOT_OUT,
    Learned,
    Record,
    infer_homes,
    learn,
    of_record,
    of_run,
    replay,
    score,
)
from anlan.engine.planning.rehearsal.fit.away import absences, availability
from anlan.engine.planning.rehearsal.fit.grain import chances, recorded, ungrained
from anlan.engine.planning.rehearsal.model import DAY_S
from anlan.engine.planning.rehearsal.simulate import Run, simulate

WEEK_S = 7 * DAY_S


@pytest.fixture(scope="module")
def made() -> Town:
    """A town with its record."""
    return town()


@pytest.fixture(scope="module")
def taught(made: Town) -> Learned:
    """What its first 15 weeks teach."""
    early = made.record.only(made.record.first_received < 15 * WEEK_S)
    return learn(early, made.ways, made.station, CAR)


def played(made: Town, taught: Learned, record: Record, **how) -> Run:
    """A replay, run."""
    scene = replay(taught, record, made.ways, CLASSES, **how)
    return simulate(scene.setup, scene.calls, scene.travel)


def test_homes_come_back_from_runs_in_whole_minutes(taught: Learned) -> None:
    """Five planted homes are found again, at most a street corner off."""
    apart = np.abs(np.stack(np.divmod(taught.homes.station, 15)) - np.stack(np.divmod(HOMES, 15)))
    assert apart.sum(axis=0).max() <= 1
    assert (apart.sum(axis=0) == 0).sum() >= 3


def test_homes_around_the_calls_are_not_drawn_to_them() -> None:
    """Access and way make up for each other: with both let go at once these came out a crossing too near."""
    around = HOMES[[0, 1, 3, 4]]
    made = town(1, homes=around)
    found = infer_homes(made.record, made.ways, made.station, CAR)
    assert found.station.tolist() == around.tolist()
    assert found.fixed_s == FIXED_S


def test_speeds_and_times_come_back(taught: Learned) -> None:
    """Access, the slower hours, pace, turnout, handling, time on scene are those that were planted."""
    assert taught.homes.fixed_s == pytest.approx(FIXED_S, abs=20)
    assert taught.factor[1] == pytest.approx(SLOWER, abs=0.08)
    ways = (taught.homes.fixed_s + 100) * np.median(taught.pace.get(CAR, 4 * 1 + 2))
    assert ways == pytest.approx((FIXED_S + 100) * np.exp(0.1), rel=0.08)
    assert np.median(taught.turnout.get(CAR, 6)) == pytest.approx(60, abs=5)
    assert np.median(taught.delay.get(CAR, 6)) == pytest.approx(75, abs=6)
    assert np.mean(taught.service.get(CAR, 6)) == pytest.approx(900, rel=0.08)
    assert np.mean(taught.reach.get(AMBULANCE, 8)) == pytest.approx(600, rel=0.05)


def test_units_that_are_always_there_are_found_there(taught: Learned) -> None:
    """No car of the town is ever away: availability is near 1; who has no home has none."""
    assert np.nanmin(taught.there[:5]) > 0.93
    assert np.isnan(taught.there[5:]).all()
    assert 0 <= taught.alike < 0.1
    assert taught.error_s < taught.plain_error_s


def test_a_car_that_is_often_away_is_found_out() -> None:
    """A car whose runs two times of three were another's: it is there for a third, others nearly always."""
    made = town(3)
    record, gone = made.record, np.random.default_rng(1).random(len(made.record)) < 2 / 3
    hers = (record.unit == 2) & gone
    way = made.ways.homes[HOMES][:, record.place[hers]].astype(float)
    way[2] = np.inf
    unit = record.unit.copy()
    unit[hers] = np.argmin(way, axis=0)
    rank, ways = np.where(made.station >= 0, CAR, -1), np.full((8, 225), np.inf)
    ways[:5] = made.ways.homes[HOMES]
    there = availability(replace(record, unit=unit), rank, ways)[:5]
    assert there[2] == pytest.approx(1 / 3, abs=0.06)
    assert np.delete(there, 2).min() > 0.9


def test_weeks_not_learned_from_are_reproduced(made: Town, taught: Learned) -> None:
    """KS distance and errors of held-out weeks are what chance leaves."""
    held = made.record.only(made.record.first_received >= 15 * WEEK_S)
    scene = replay(taught, held, made.ways, CLASSES, seed=5)
    run = simulate(scene.setup, scene.calls, scene.travel)
    found, seen = of_run(scene, run, taught.kinds, 60.0, WEEK_S), of_record(held, WEEK_S)
    for name in ("reach_s", "response_s"):
        fit = score(getattr(found, name), getattr(seen, name), seen.block, 60.0)
        assert fit.ks.value < 0.05
        assert abs(fit.median_error.value) < 15
        assert fit.calls == len(np.unique(held.call))


def test_a_replay_is_the_same_again_and_plans_share_its_luck(made: Town, taught: Learned) -> None:
    """Same seed, same run; other homes change who goes and how far, never the calls and their luck."""
    held = made.record.only(made.record.first_received >= 19 * WEEK_S)
    one, two = (replay(taught, held, made.ways, CLASSES, seed=3) for _ in range(2))
    moved = np.full((8, 24), AS_LEARNED)
    moved[1, 12:] = 7
    other = replay(taught, held, made.ways, CLASSES, homes=moved, seed=3)
    first = simulate(one.setup, one.calls, one.travel)
    assert np.array_equal(first.arrived_s, simulate(two.setup, two.calls, two.travel).arrived_s)
    for name in ("time_s", "turnout_s", "pace", "service_s", "delay_s", "cancel_s", "needs"):
        assert np.array_equal(getattr(one.calls, name), getattr(other.calls, name))
    assert not np.array_equal(first.unit, simulate(other.setup, other.calls, other.travel).unit)


def test_a_unit_that_is_not_out_is_never_sent(made: Town, taught: Learned) -> None:
    """One car less: it is sent nowhere, every call still gets its units, and cars take longer."""
    held = made.record.only(made.record.first_received >= 19 * WEEK_S)
    less = np.full(8, AS_LEARNED)
    less[2] = NOT_OUT
    whole, fewer = played(made, taught, held), played(made, taught, held, homes=less)
    assert (whole.unit == 2).any()
    assert not (fewer.unit == 2).any()
    assert not fewer.unserved().any()
    assert fewer.response_s().mean() > whole.response_s().mean()


def test_what_was_called_off_stays_so_and_later_orders_come_later(made: Town, taught: Learned) -> None:
    """A run without arrival never arrives in a replay; a second order is no sooner than recorded."""
    held = made.record.only(made.record.first_received >= 19 * WEEK_S)
    second = np.flatnonzero(held.kind == AMBULANCE)
    sent, arrived = held.sent_s.copy(), held.arrived_s.copy()
    sent[second[::2]] += 600
    arrived[second[1::4]] = np.nan
    changed = replace(held, sent_s=sent, arrived_s=arrived)
    scene = replay(taught, changed, made.ways, CLASSES)
    run = simulate(scene.setup, scene.calls, scene.travel)
    number = scene.numbers[scene.calls.call]
    off = np.isin(number, held.call[second[1::4]]) & (scene.calls.needs == 1 << AMBULANCE)
    assert np.isnan(run.arrived_s[off]).all()
    assert np.isfinite(run.arrived_s[~off]).all()
    late = np.flatnonzero(np.isin(scene.numbers, held.call[second[::2]]))
    assert np.array_equal(
        np.diff(scene.calls.delay_s[late].reshape(-1, 2)), np.full((len(late) // 2, 1), 600)
    )


@given(
    share=st.floats(0.2, 0.99), mean_s=st.floats(600, 7200), seed=st.integers(0, 99)
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_absences_leave_a_unit_there_for_its_share(share: float, mean_s: float, seed: int) -> None:
    """Spells are in order, apart, and take what is not the share of a long time."""
    until_s = 4000 * mean_s / (1 - share)
    begins, ends = absences(share, mean_s, until_s, np.random.default_rng(seed))
    assert (ends >= begins).all()
    assert (begins[1:] >= ends[:-1]).all()
    away = float((np.minimum(ends, until_s) - begins).sum()) / until_s
    assert away == pytest.approx(1 - share, rel=0.12)


@given(st.floats(0, 900), st.floats(1, 120), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_chances_of_a_grain_are_those_of_a_uniform_phase(true: float, grain_s: float, seed: int) -> None:
    """Rounding two times that are `true` apart gives each difference as often as `chances` says."""
    phase = np.random.default_rng(seed).uniform(0, grain_s, 4000)
    seen = recorded(phase, phase + true, grain_s)
    grains = grain_s * np.arange(int(true / grain_s) - 1, int(true / grain_s) + 3)
    said = chances(grains, np.array(true), grain_s)
    assert said.sum() == pytest.approx(1)
    for grain, chance in zip(grains, said, strict=True):
        assert np.mean(np.isclose(seen, grain)) == pytest.approx(chance, abs=0.04)


def test_a_distribution_comes_back_from_whole_minutes() -> None:
    """Quantiles of times of under two minutes are found from their minutes."""
    random = np.random.default_rng(2)
    true, phase = random.gamma(6, 15, 20_000), random.uniform(0, 60, 20_000)
    found = ungrained(recorded(phase, phase + true, 60.0), 60.0)
    for level in (0.1, 0.5, 0.9):
        assert np.quantile(found, level) == pytest.approx(np.quantile(true, level), abs=6)
    with pytest.raises(ValueError, match="observed"):
        ungrained(np.array([np.nan, -60.0]), 60.0)


def test_a_score_is_that_of_its_definition() -> None:
    """KS by hand; two equal sets have none; a shift by a grain is a median error of a grain."""
    block = np.array([0, 0, 1, 1])
    fit = score(np.array([0.0, 60, 60, 120]), np.array([60.0, 60, 120, 180]), block, 60.0)
    assert fit.ks.value == pytest.approx(0.25)
    seen = np.random.default_rng(0).integers(2, 9, 400) * 60.0
    week = np.arange(400) // 100
    same, later = score(seen, seen, week, 60.0), score(seen + 60, seen, week, 60.0)
    assert same.ks.value == 0
    assert same.median_error.value == 0
    assert later.median_error.value == pytest.approx(60)
    assert later.median_error.low <= 60 <= later.median_error.high
    with pytest.raises(ValueError, match="at least one time"):
        score(np.zeros(0), seen, week, 60.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": np.zeros(3, np.int64)}, "different lengths"),
        ({"grain_s": 0.0}, "grain_s"),
    ],
)
def test_a_record_that_does_not_fit_together_is_refused(made: Town, change: dict, message: str) -> None:
    """Columns of other lengths, no grain."""
    with pytest.raises(ValueError, match=message):
        replace(made.record, **change)


def test_what_cannot_be_learned_is_said(made: Town, taught: Learned) -> None:
    """No run at all; a station without runs; homes that are not there."""
    with pytest.raises(ValueError, match="no runs"):
        made.record.only(np.zeros(0, np.int64))
    with pytest.raises(ValueError, match="station 5"):
        infer_homes(made.record, made.ways, np.array([0, 1, 2, 3, 4, 5, -1, -1]), CAR)
    with pytest.raises(ValueError, match="homes"):
        replay(taught, made.record, made.ways, CLASSES, homes=np.full(8, 225))


def test_sorts_of_run_tell_what_was_asked_for() -> None:
    """Four times the priority, two more alone, one more when later."""
    columns = [np.array(one) for one in ([1, 2, 2, 3, 3], [0, 0, 1, 0, 1], [0] * 5, [0] * 5, [1, 1, 1, 2, 2])]
    times = [np.array(one, float) for one in ([0] * 5, [60, 60, 60, 60, 120], [60] * 5, [120] * 5, [180] * 5)]
    assert Record(*columns, np.zeros(5, np.int64), *times).sort.tolist() == [6, 4, 4, 10, 11]
