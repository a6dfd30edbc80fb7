"""The hypercube: a dense chain built state by state, Larson's own example, M/M/c, and a SimPy model."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.hypercube import (
    District,
    Places,
    approximate,
    beat_first,
    by_time,
    calibrated,
    exact,
    measures,
    solve,
)
from anlan.engine.planning.queueing import Unstable, erlang_b, erlang_c

# Urban Operations Research (Larson & Odoni 1981), section 5.4.3: three units, ten atoms. Atoms with the same
# order are put together; the book states half of all calls in area 1 and the orders, and its figure gives the
# rates: 0.5 from atoms 1 and 2, 0.25 from atom 4, 0.35 and 0.40 from areas 2 and 3, in calls a service time.
LARSON = District.of([0.50, 0.25, 0.35, 0.40], [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]], 3600.0)
LARSON_PLACES = Places(np.ones((3, 4)), ["1", "2", "3"], ["1", "1", "2", "3"])


def some_district(
    seed: int, units: int, points: int, use: float, *, waits: bool, own: bool = False
) -> District:
    """Random orders of dispatch, rates and unequal service times."""
    random = np.random.default_rng(seed)
    service = random.uniform(1200, 3600, units)
    calls = random.gamma(0.7, 1, points) + 0.01
    calls *= use * (3600 / service).sum() / calls.sum()
    order = np.array([random.permutation(units) for _ in range(points)])
    return District.of(calls, order, service, own=random.uniform(0, 1, units) if own else 0.0, waits=waits)


def dense(district: District, room: int) -> tuple[np.ndarray, np.ndarray]:
    """Chances of (busy set, queue) and of sending each unit to each point, from one dense linear system.

    Built from the rule itself: the first free unit in the point's order goes.
    """
    units, full = district.units, (1 << district.units) - 1
    states = [(held, 0) for held in range(full + 1)] + [(full, queue) for queue in range(1, room + 1)]
    row = {state: place for place, state in enumerate(states)}
    rate = np.zeros((len(states), len(states)))
    for (held, queue), place in row.items():
        for point, calls in enumerate(district.calls):
            free = [unit for unit in district.order[point] if not held >> unit & 1]
            to = (held | 1 << free[0], 0) if free else (full, queue + 1)
            if to in row:
                rate[place, row[to]] += calls
        for unit in range(units):
            if held >> unit & 1:
                to = (held, queue - 1) if queue else (held & ~(1 << unit), 0)
                rate[place, row[to]] += district.ends[unit]
            else:
                rate[place, row[(held | 1 << unit, 0)]] += district.own[unit]
    flow = rate.T - np.diag(rate.sum(axis=1))
    flow[-1] = 1.0
    chance = np.linalg.solve(flow, np.append(np.zeros(len(states) - 1), 1.0))
    sent = np.zeros((units, len(district.calls)))
    for (held, _queue), place in row.items():
        for point in range(len(district.calls)):
            free = [unit for unit in district.order[point] if not held >> unit & 1]
            if free:
                sent[free[0], point] += chance[place]
    return chance, sent


@given(
    st.integers(0, 2**31), st.integers(1, 4), st.integers(1, 6), st.floats(0.05, 0.7),
    st.booleans(), st.booleans(),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_the_exact_solution_is_that_of_the_dense_chain(
    seed: int, units: int, points: int, use: float, waits: bool, own: bool
) -> None:
    """Any orders, unequal service times, own activities, with and without a queue."""
    district = some_district(seed, units, points, use, waits=waits, own=own)
    chance, sent = dense(district, 120 if waits else 0)
    near = np.random.default_rng(seed).random((points, units)) < 0.5
    state = exact(district, near)
    sets = np.arange(1 << units)
    held = chance[: 1 << units].copy()
    held[-1] += chance[1 << units :].sum()
    assert state.busy == pytest.approx([held[sets >> unit & 1 == 1].sum() for unit in range(units)], abs=1e-9)
    assert state.sent == pytest.approx(sent, abs=1e-9)
    assert state.all_busy == pytest.approx(held[-1], abs=1e-9)
    masks = [sum(1 << unit for unit in range(units) if row[unit]) for row in near]
    assert state.covered is not None
    assert state.covered == pytest.approx([1 - held[sets & mask == mask].sum() for mask in masks], abs=1e-9)
    if waits:
        waiting = chance[1 << units :] @ np.arange(1, 121)
        assert state.wait_s == pytest.approx(3600 * waiting / district.total, abs=1e-5)


def test_larsons_example_has_the_published_figures() -> None:
    """Workloads, P(wait), interbeat share and the share of calls that send unit 1 to atom 1."""
    state = exact(LARSON)
    assert state.busy == pytest.approx([0.5574, 0.4734, 0.4693], abs=5e-5)
    assert state.all_busy == pytest.approx(0.23684, abs=5e-6)
    assert measures(LARSON, state, LARSON_PLACES).interbeat == pytest.approx(0.43529, abs=5e-5)
    atom_1 = 0.25 / 1.5 * (state.sent[0, 0] + state.queued[0])
    assert atom_1 == pytest.approx(0.087, abs=5e-4)


def test_larsons_approximation_has_the_published_figures() -> None:
    """Workloads by the procedure of 1975 after three rounds in the book; the fixed point lies within 1e-4."""
    assert approximate(LARSON).busy == pytest.approx([0.5627, 0.4716, 0.4657], abs=1.5e-4)


@pytest.mark.parametrize("units", [1, 3, 7, 12])
@pytest.mark.parametrize("solver", [exact, approximate])
def test_equal_units_are_an_erlang_queue(units: int, solver: object) -> None:
    """With calls spread alike over all units, both solvers give M/M/c to the digit."""
    turn = np.array([np.roll(np.arange(units), -first) for first in range(units)])
    load = 0.6 * units
    for waits, chance in ((True, erlang_c(units, load)), (False, erlang_b(units, load))):
        state = solver(District.of(np.full(units, 0.6), turn, 3600.0, waits=waits))  # type: ignore[operator]
        assert state.all_busy == pytest.approx(chance, rel=1e-9)
        assert state.busy == pytest.approx(np.full(units, 0.6 if waits else 0.6 * (1 - chance)), rel=1e-7)
        assert (state.sent.sum(axis=0) + state.all_busy) == pytest.approx(1)


@given(st.integers(0, 2**31), st.integers(2, 10), st.floats(0.05, 0.9), st.booleans())
@settings(max_examples=25, deadline=None)
def test_work_is_conserved(seed: int, units: int, use: float, waits: bool) -> None:
    """What units do is what calls bring: rates answered times service times is the share of time busy."""
    district = some_district(seed, units, 12, use, waits=waits)
    state = exact(district)
    answered = ((state.sent + state.queued[:, None]) * district.calls).sum(axis=1)
    assert answered * district.service_s / 3600 == pytest.approx(state.busy, rel=1e-7)


def errors(seed: int, units: int, use: float) -> tuple[float, float, float]:
    """Largest and mean error of a busy share, and relative error of mean travel; equal service times."""
    random = np.random.default_rng(seed)
    points, posts = random.random((60, 2)), random.random((units, 2))
    times = np.linalg.norm(posts[:, None] - points, axis=2)
    calls = random.gamma(0.5, 1, 60)
    district = District.of(calls * use * units / calls.sum(), by_time(times), 3600.0)
    close, true = approximate(district), exact(district)
    wrong = np.abs(close.busy - true.busy)
    travel = [((s.sent + s.queued[:, None]) * times * calls).sum() for s in (close, true)]
    return wrong.max(), wrong.mean(), abs(travel[0] / travel[1] - 1)


def test_the_approximation_errs_no_more_than_the_docs_say() -> None:
    """Over 60 districts of 3 to 10 units at 20 to 80 % use: the bounds that the docs state."""
    found = np.array(
        [errors(seed, units, use) for seed in range(5) for units in (3, 5, 8, 10) for use in (0.2, 0.5, 0.8)]
    )
    assert found[:, 0].max() < 0.04
    assert found[:, 1].max() < 0.013
    assert found[:, 2].max() < 0.035


def test_unequal_service_times_stay_near_in_the_approximation() -> None:
    """Jarvis's mean service: busy shares within 0.02, P(all busy) within 0.015 of exact."""
    for seed in range(12):
        district = some_district(seed, 7, 30, 0.5, waits=True, own=seed % 2 == 1)
        close, true = approximate(district), exact(district)
        assert close.busy == pytest.approx(true.busy, abs=0.02)
        assert close.all_busy == pytest.approx(true.all_busy, abs=0.015)


def test_cover_by_the_approximation_is_near_the_exact() -> None:
    """P(a unit near is free) within 0.05 for sets of any size."""
    random = np.random.default_rng(4)
    district = some_district(4, 8, 40, 0.5, waits=True)
    near = random.random((40, 8)) < random.random((40, 1))
    assert approximate(district, near).covered == pytest.approx(exact(district, near).covered, abs=0.05)


def test_a_large_district_is_sane() -> None:
    """500 units: chances stay chances, all work is done."""
    random = np.random.default_rng(0)
    times = np.linalg.norm(random.random((500, 1, 2)) - random.random((1, 900, 2)), axis=2)
    district = District.of(np.full(900, 300 / 900), by_time(times), 3600.0)
    state = solve(district, times.T < 0.05)
    assert not state.exact
    assert state.busy.sum() == pytest.approx(300, rel=1e-6)
    assert (state.sent.sum(axis=0) + state.all_busy) == pytest.approx(np.ones(900))
    assert state.covered is not None
    assert (state.covered >= 0).all()
    assert (state.covered <= 1).all()


def simulate(district: District, calls: int) -> tuple[np.ndarray, float]:
    """Share of calls each unit answers and mean wait (hours), in a SimPy model of the dispatch rule."""
    random = np.random.default_rng(3)
    env = simpy.Environment()
    free, queue = set(range(district.units)), []
    answered, waits = np.zeros(district.units), []

    def work(unit: int) -> object:
        yield env.timeout(random.exponential(1 / district.ends[unit]))
        if queue:
            take(unit, queue.pop(0))
        else:
            free.add(unit)

    def take(unit: int, began: float) -> None:
        answered[unit] += 1
        waits.append(env.now - began)
        env.process(work(unit))

    def source() -> object:
        for _ in range(calls):
            yield env.timeout(random.exponential(1 / district.total))
            point = int(random.choice(len(district.calls), p=district.calls / district.total))
            first = next((unit for unit in district.order[point] if unit in free), None)
            if first is None:
                queue.append(env.now)
            else:
                free.remove(int(first))
                take(int(first), env.now)

    env.process(source())
    env.run()
    return answered / answered.sum(), float(np.mean(waits))


def test_simulation_agrees() -> None:
    """Who answers and how long calls wait, within the sampling error of 40,000 calls."""
    district = some_district(11, 4, 6, 0.55, waits=True)
    state = exact(district)
    shares, wait = simulate(district, 40_000)
    expected = ((state.sent + state.queued[:, None]) * district.calls).sum(axis=1) / district.total
    assert shares == pytest.approx(expected, abs=0.012)
    assert wait * 3600 == pytest.approx(state.wait_s, rel=0.1)


def test_measures_add_up_and_are_plain_data() -> None:
    """Means of beats and of units are the mean of all; JSON takes the answer."""
    random = np.random.default_rng(2)
    times = random.uniform(60, 600, (5, 20))
    units, points = [f"B{n % 3}" for n in range(5)], [f"B{n % 3}" for n in range(20)]
    district = District.of(random.gamma(1, 0.3, 20), beat_first(times, units, points), 2400.0)
    found = measures(district, solve(district, times.T <= 300), Places(times, units, points))
    json.dumps(asdict(found))
    for rows in (found.beats, found.units):
        assert np.average([r.travel_s for r in rows], weights=[r.calls for r in rows]) == pytest.approx(
            found.travel_s
        )
    assert np.average(
        [b.helped for b in found.beats], weights=[b.calls for b in found.beats]
    ) == pytest.approx(found.interbeat)
    assert found.response_s == pytest.approx(found.wait_s + found.travel_s)
    assert found.covered is not None
    assert 0 < found.covered < 1


def test_a_point_without_a_way_is_told_and_spoils_no_mean() -> None:
    """A unit that cannot get there is sent last; the share of such calls is said."""
    times = np.array([[100.0, np.inf], [200.0, 300.0]])
    district = District.of([1.0, 1.0], by_time(times), 900.0)
    assert district.order.tolist() == [[0, 1], [1, 0]]
    found = measures(district, exact(district), Places(times, ["a", "b"], ["a", "b"]))
    assert 0 < found.no_way < 0.3
    assert 100 < found.travel_s < 300


def test_a_unit_that_goes_from_its_last_call_travels_between_points() -> None:
    """With times between points, queued calls are reached from where calls are, not from the post."""
    times = np.array([[10.0, 10.0]])
    district = District.of([1.0, 1.0], [[0], [0]], 1200.0)
    state = exact(district)
    without = measures(district, state, Places(times, ["a"], ["a", "a"]))
    there = measures(district, state, Places(times, ["a"], ["a", "a"], between=np.full((2, 2), 100.0)))
    assert without.travel_s == pytest.approx(10)
    assert there.travel_s == pytest.approx(10 * (1 - state.all_busy) + 100 * state.all_busy)


def test_service_times_settle_with_the_travel_they_cause() -> None:
    """After calibration each unit is bound for its own mean travel plus the time on the scene."""
    random = np.random.default_rng(6)
    times = random.uniform(100, 1200, (4, 15))
    start = District.of(np.full(15, 0.2), by_time(times), 1800.0)
    district = calibrated(start, times, 1500.0)
    found = measures(district, exact(district), Places(times, list("abcd"), ["a"] * 15))
    assert district.service_s == pytest.approx([1500 + unit.travel_s for unit in found.units], abs=2)
    with pytest.raises(Unstable):
        calibrated(District.of(np.full(15, 0.6), by_time(times), 1000.0), times, 1500.0)


def test_a_units_own_beat_comes_first_when_asked() -> None:
    """A nearer unit of another beat waits its turn."""
    times = np.array([[500.0], [100.0], [400.0]])
    assert beat_first(times, ["x", "y", "x"], ["x"]).tolist() == [[2, 0, 1]]
    assert by_time(times).tolist() == [[1, 2, 0]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"calls": [-1.0]}, "calls"),
        ({"calls": [[1.0]]}, "calls"),
        ({"order": [[0, 0]]}, "order: each row"),
        ({"order": [0, 1]}, "order: expected"),
        ({"service_s": 0}, "service_s"),
        ({"service_s": [1, 2, 3]}, "service_s: expected"),
        ({"own": -1}, "own"),
        ({"calls": [9.0], "service_s": 3600.0}, "calls: 9 an hour"),
    ],
)
def test_a_wrong_district_is_refused_by_name(arguments: dict[str, object], told: str) -> None:
    """Every refusal names the argument."""
    with pytest.raises(ValueError, match=told):
        District.of(**({"calls": [1.0], "order": [[0, 1]], "service_s": 600.0} | arguments))  # type: ignore[arg-type]


def test_too_many_units_for_the_exact_solution_are_refused() -> None:
    """Seventeen units would be 131,072 states."""
    with pytest.raises(ValueError, match="17 units"):
        exact(District.of([1.0], [list(range(17))], 600.0))
