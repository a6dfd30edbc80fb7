"""The simulation: against SimPy to the digit, and what must hold for every run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.rehearsal.cases import UNTIL_S, county, plane, some_calls

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.rehearsal.model import DAY_S, Calls, Force, Rules, Setup, Travel, Zones, standing
from anlan.engine.planning.rehearsal.simulate import Run, simulate

LINE = Travel(np.abs(np.arange(11)[:, None] - np.arange(11)).astype(np.float32)[None] * 10)


def one_call(**columns: object) -> Calls:
    """A call at place 5 of the line, at 100 s."""
    return Calls.of(**({"until_s": DAY_S, "time_s": [100.0], "place": [5], "service_s": 50.0} | columns))  # type: ignore[arg-type]


@given(st.integers(0, 2**32))
@settings(max_examples=120, deadline=None)
def test_simpy_gives_the_same_times_to_the_digit(seed: int) -> None:
    """The same rules written as SimPy processes send the same unit at the same instant to every slot."""
    from bench.simpy_model import simpy_run

    setup, calls, travel, zones = county(seed)
    ours, theirs = simulate(setup, calls, travel, zones), simpy_run(setup, calls, travel, zones)
    np.testing.assert_array_equal(ours.unit, theirs["unit"])
    np.testing.assert_array_equal(ours.sent_s, theirs["sent"])
    np.testing.assert_array_equal(ours.arrived_s, theirs["arrived"])
    np.testing.assert_array_equal(ours.freed_s, theirs["freed"])
    assert ours.diverted == theirs["diverted"]


@given(st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_what_holds_for_every_run(seed: int) -> None:
    """No unit has two calls at once, comes before it is sent, serves what it can't, or leaves off duty."""
    setup, calls, travel, zones = county(seed)
    run, force = simulate(setup, calls, travel, zones), setup.force
    sent = run.unit >= 0
    assert (calls.ready_s[calls.call][sent] <= run.sent_s[sent]).all()
    came = np.isfinite(run.arrived_s)
    assert (run.arrived_s[came] >= run.sent_s[came]).all()
    assert (run.freed_s[sent] >= run.sent_s[sent]).all()
    np.testing.assert_allclose((run.freed_s - run.arrived_s)[came], calls.service_s[came])
    np.testing.assert_allclose((run.freed_s - run.sent_s)[sent & ~came], calls.cancel_s[sent & ~came])
    assert (force.skills[run.unit[sent]] & calls.needs[sent] == calls.needs[sent]).all()
    for slot in np.flatnonzero(sent):
        mine = force.unit == run.unit[slot]
        on = (force.start_s[mine] <= run.sent_s[slot]) & (run.sent_s[slot] <= force.end_s[mine])
        assert on.any()
    for unit in range(force.units):
        spells = np.sort(np.stack((run.sent_s, run.freed_s), axis=1)[run.unit == unit], axis=0)
        assert (spells[1:, 0] >= spells[:-1, 1]).all()
    assert (run.cover >= 0).all()
    assert (run.cover <= 1 + 1e-12).all()


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_nobody_waits_while_a_unit_that_could_go_is_free(seed: int) -> None:
    """A slot waits only while every fit unit is off duty or busy."""
    setup, calls, _, _ = county(seed)
    setup, travel = Setup(setup.force), plane(np.random.default_rng(seed), 12)
    run, force = simulate(setup, calls, travel), setup.force
    for slot in np.flatnonzero((run.unit >= 0) & (run.sent_s > calls.ready_s[calls.call])):
        moment = (calls.ready_s[calls.call[slot]] + run.sent_s[slot]) / 2
        busy = set(run.unit[(run.sent_s <= moment) & (moment < run.freed_s)].tolist())
        on = set(force.unit[(force.start_s <= moment) & (moment < force.end_s)].tolist())
        fit = set(np.flatnonzero(force.skills & calls.needs[slot] == calls.needs[slot]).tolist())
        assert not (on & fit) - busy


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_closest_is_sent(seed: int) -> None:
    """With every unit back at its post between calls, no unit's post is nearer than that of the one sent."""
    random = np.random.default_rng(seed)
    travel = plane(random, 12, 1)
    setup = Setup(standing(random.integers(0, 12, 4), 1e9))
    calls = Calls.of(1e9, np.arange(1, 30) * 1e4, random.integers(0, 12, 29), units=random.integers(1, 4, 29))
    run = simulate(setup, calls, travel)
    for call in range(len(calls)):
        mine = run.unit[calls.call == call]
        way = travel.seconds[0, setup.force.post, calls.place[call]]
        np.testing.assert_array_equal(np.sort(way)[: len(mine)], way[mine])


def test_a_unit_on_its_way_home_is_where_the_clock_says() -> None:
    """Half-way home from place 5 to post 0, a call at 10 is 75 s away; from its post it would be 100."""
    setup = Setup(standing([0], DAY_S))
    calls = Calls.of(DAY_S, [0.0, 125.0, 1000.0], [5, 10, 10], service_s=50.0, turnout_s=[0.0, 30.0, 30.0])
    run = simulate(setup, calls, LINE)
    assert run.reach_s().tolist() == [50.0, 75.0, 130.0]


def test_the_most_urgent_is_served_first_then_the_longest_waiting() -> None:
    """One unit, three calls behind the first: by priority, not by time."""
    calls = Calls.of(DAY_S, [0.0, 1.0, 2.0, 3.0], [0, 0, 0, 0], priority=[2, 2, 1, 2], service_s=100.0)
    run = simulate(Setup(standing([0], DAY_S)), calls, LINE)
    assert run.sent_s.tolist() == [0.0, 200.0, 100.0, 300.0]
    assert run.wait_s().tolist() == [0.0, 199.0, 98.0, 297.0]


def test_a_less_urgent_call_gives_up_its_unit_only_where_the_rule_says_so() -> None:
    """Diverted at place 3, one place short of the urgent call; nobody is diverted once on scene."""
    calls = Calls.of(DAY_S, [0.0, 30.0], [8, 4], priority=[2, 1], service_s=100.0)
    plain = simulate(Setup(standing([0], DAY_S)), calls, LINE)
    assert plain.arrived_s.tolist() == [80.0, 180.0 + 40.0]
    diverted = simulate(Setup(standing([0], DAY_S), Rules(preempt=True)), calls, LINE)
    assert diverted.arrived_s.tolist() == [140.0 + 40.0, 30.0 + 10.0]
    assert diverted.diverted == 1


def test_a_crew_at_its_meal_is_not_sent_and_finishes_what_it_has() -> None:
    """The call at 100 s runs into the meal; the next waits for its end."""
    force = standing([5], 1000.0).absent([0], [120.0], [400.0])
    calls = Calls.of(1000.0, [100.0, 200.0], [5, 5], service_s=60.0)
    run = simulate(Setup(force), calls, LINE)
    assert run.sent_s.tolist() == [100.0, 400.0]
    assert run.freed_s.tolist() == [160.0, 460.0]


def test_a_unit_between_two_windows_drives_to_the_new_post() -> None:
    """No break: it leaves for the new post and is met on the way; a break: it begins there."""
    codes, skills = ["A"], np.zeros(1, np.int64)
    unit, post = np.zeros(2, np.int64), np.array([0, 10])
    for ends, begins, expected in ((50.0, 50.0, 0.0), (90.0, 90.0, 40.0), (50.0, 60.0, 50.0)):
        force = Force(codes, unit, np.array([0.0, begins]), np.array([ends, 900.0]), post, skills)
        run = simulate(Setup(force), one_call(place=[5]), LINE)
        assert run.reach_s()[0] == expected


def test_moving_up_goes_where_cover_is_missing() -> None:
    """Two posts, demand at both ends, one car out for good: the one that becomes free takes the empty end."""
    force = standing([0, 10], DAY_S)
    calls = Calls.of(DAY_S, [0.0, 5.0, 1000.0], [10, 2, 10], service_s=[5000.0, 10.0, 1.0])
    zones = Zones(np.array([0, 10]), np.array([1.0, 3.0]))
    plain = simulate(Setup(force, Rules(ring_s=20)), calls, LINE, zones)
    moved = simulate(Setup(force, Rules(ring_s=20, move_up=True)), calls, LINE, zones)
    assert plain.reach_s()[2] == 100.0
    assert moved.reach_s()[2] == 0.0


def test_the_spared_unit_is_the_one_whose_leaving_costs_more() -> None:
    """Both inside the ring: a closer unit that alone covers much stays, but not for the most urgent."""
    force = standing([4, 7, 7], DAY_S)
    zones = Zones(np.array([2, 8]), np.array([3.0, 1.0]))
    for policy in (Policy.COVER, Policy.PREPAREDNESS):
        rules = Rules(policy, ring_s=25)
        lesser = simulate(Setup(force, rules), one_call(priority=2), LINE, zones)
        urgent = simulate(Setup(force, rules), one_call(priority=1), LINE, zones)
        outside = simulate(Setup(force, Rules(policy, ring_s=5)), one_call(priority=2), LINE, zones)
        assert (lesser.unit[0], urgent.unit[0], outside.unit[0]) == (1, 0, 0)


def test_a_called_off_unit_turns_round_where_it_is() -> None:
    """Called off after 40 of 80 s, it is 40 s from home, and 20 s later 20."""
    calls = Calls.of(DAY_S, [0.0, 60.0], [8, 0], service_s=10.0, cancel_s=[40.0, np.inf])
    run = simulate(Setup(standing([0], DAY_S)), calls, LINE)
    assert np.isnan(run.arrived_s[0])
    assert run.freed_s[0] == 40.0
    assert run.reach_s()[1] == 20.0
    assert np.isnan(run.response_s()[0])


def test_a_call_nobody_can_reach_stays_unserved() -> None:
    """An island: the call is counted, no time is made up."""
    table = np.array([[[0.0, np.inf], [np.inf, 0.0]]], np.float32)
    run = simulate(Setup(standing([0], DAY_S)), one_call(place=[1]), Travel(table))
    assert run.unserved().tolist() == [True]
    assert np.isnan(run.response_s()).all()


def waits(priority: np.ndarray, service: np.ndarray, run: Run, first: int) -> list[float]:
    """Mean wait of each priority after a warm-up."""
    wait = run.wait_s()[first:]
    return [float(wait[priority[first:] == one].mean()) for one in np.unique(priority)]


def test_without_travel_it_is_erlangs_queue() -> None:
    """M/M/3 at 80 %: the share that waits and the mean wait are Erlang's (1917) within simulation error."""
    random = np.random.default_rng(4)
    servers, load, mean, count = 3, 2.4, 100.0, 300_000
    time = np.cumsum(random.exponential(mean / load, count))
    calls = Calls.of(time[-1] + 1, time, 0, service_s=random.exponential(mean, count))
    nowhere = Travel(np.zeros((1, 1, 1), np.float32))
    run = simulate(Setup(standing([0] * servers, 2 * time[-1])), calls, nowhere)
    inverse = sum(load**k / np.prod(np.arange(1, k + 1)) for k in range(servers))
    last = load**servers / np.prod(np.arange(1, servers + 1)) * servers / (servers - load)
    chance = last / (inverse + last)
    wait = run.wait_s()[5000:]
    assert (wait > 0).mean() == pytest.approx(chance, rel=0.02)
    assert wait.mean() == pytest.approx(chance * mean / (servers - load), rel=0.04)


def test_with_priorities_it_is_cobhams_queue() -> None:
    """Two priorities, equal service: mean waits of Cobham (1954) within simulation error."""
    random = np.random.default_rng(5)
    servers, load, mean, count = 2, 1.5, 100.0, 300_000
    time = np.cumsum(random.exponential(mean / load, count))
    priority = random.choice([1, 2], count, p=[0.4, 0.6])
    service = random.exponential(mean, count)
    calls = Calls.of(time[-1] + 1, time, 0, priority=priority, service_s=service)
    nowhere = Travel(np.zeros((1, 1, 1), np.float32))
    run = simulate(Setup(standing([0] * servers, 2 * time[-1])), calls, nowhere)
    use = load / servers
    chance = load**2 / 2 / (1 - use) / (1 + load + load**2 / 2 / (1 - use))
    base = chance * mean / servers
    expected = [base / (1 - 0.4 * use), base / (1 - 0.4 * use) / (1 - use)]
    assert waits(priority, service, run, 5000) == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"place": [11]}, "place: expected places from 0 to 10"),
        ({"end": 11}, "end: expected"),
        ({"time_s": [-1.0]}, "time_s"),
        ({"service_s": -1.0}, "service_s"),
        ({"pace": np.inf}, "pace"),
        ({"until_s": 0}, "until_s"),
        ({"units": 0}, "call: every call needs"),
        ({"priority": [1, 2]}, "different lengths"),
        ({"turnout_s": [1.0, 2.0]}, "different lengths"),
    ],
)
def test_wrong_calls_are_named(change: dict[str, object], message: str) -> None:
    """Every refusal names the column."""
    with pytest.raises(ValueError, match=message):
        simulate(Setup(standing([0], DAY_S)), one_call(**change), LINE)


def test_wrong_parts_are_named() -> None:
    """Travel, force, zones and rules are checked too."""
    ones, twice, none = np.zeros(1, np.int64), np.zeros(2, np.int64), np.zeros(1)
    wrong = [
        (lambda: Travel(np.zeros((2, 2), np.float32)), "seconds"),
        (lambda: Travel(-np.ones((1, 2, 2), np.float32)), "seconds"),
        (lambda: Travel(np.ones((1, 2, 2), np.float32), np.array([1])), "classes"),
        (lambda: Force(["A"], ones, none, none, ones, ones), "end_s"),
        (lambda: Force(["A"], ones + 1, none, none + 1, ones, ones), "unit"),
        (lambda: Force(["A"], ones, none, none + 1, ones, np.zeros(2, np.int64)), "skills"),
        (lambda: Force(["A"], ones, np.zeros(2), none + 1, ones, ones), "different lengths"),
        (lambda: Force(["A"], twice, np.array([0.0, 5]), np.array([6.0, 9]), twice, ones), "overlap"),
        (lambda: Zones(ones, np.array([-1.0])), "weight"),
        (lambda: Zones(ones, np.zeros(2)), "weight"),
        (lambda: Rules(ring_s=0), "ring_s"),
        (lambda: Rules(busy=1), "busy"),
        (lambda: Rules(rolling=2), "rolling"),
        (lambda: simulate(Setup(standing([99], DAY_S)), one_call(), LINE), "post"),
        (lambda: simulate(Setup(standing([0], DAY_S), Rules(move_up=True)), one_call(), LINE), "zones"),
    ]  # fmt: skip
    for make, message in wrong:
        with pytest.raises(ValueError, match=message):
            make()


def test_no_calls_no_units() -> None:
    """Nothing to do is no error."""
    random = np.random.default_rng(0)
    empty = some_calls(random, 0, 5)
    assert simulate(Setup(standing([], UNTIL_S)), empty, plane(random, 5)).unit.tolist() == []
    lost = simulate(Setup(standing([], UNTIL_S)), some_calls(random, 3, 5), plane(random, 5))
    assert lost.unserved().all()


def test_cover_is_who_is_free_and_where() -> None:
    """A car at 0, busy from 100 s, free at 10 at 250 s, home at 350 s; the other's skills do not count."""
    travel = Travel(LINE.seconds * 10)
    force = standing([0, 5], 8 * 3600.0, skills=[1, 0])
    calls = Calls.of(8 * 3600.0, [100.0], [10], needs=1, service_s=2600.0)
    zones = Zones(np.array([0, 6, 10]), np.array([1.0, 2.0, 5.0]), needs=1)
    run = simulate(Setup(force, Rules(ring_s=450)), calls, travel, zones)
    # Sent at 100 s, there at 1,100 s, free at 3,700 s; at 4,500 s it is at place 2 on its way, then at 0.
    at = dict(zip(np.arange(32) * 900, run.cover, strict=True))
    assert [at[0], at[900], at[3600]] == [1 / 8, 0.0, 0.0]
    assert at[4500] == pytest.approx(3 / 8)
    assert at[5400] == pytest.approx(1 / 8)
