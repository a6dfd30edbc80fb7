"""Units per beat and shift: against simulation, enumeration, and the definitions of the targets."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.force import force_per_colour
from anlan.engine.planning.queueing import Unstable
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift
from anlan.engine.planning.staffing import (
    Aim,
    Dispersion,
    Force,
    Quantiles,
    Rule,
    ShiftUnits,
    Targets,
    Travel,
    Work,
    allocate,
    check_shift,
    convex,
    equal_service,
    level_units,
    minimum,
    service,
    share_hours,
    shortfall_prices,
    spread,
    staff,
    tables,
)
from anlan.engine.planning.watch import Unwatched

CURVE = Travel.square_root_law(25.0, 40.0)


def some_work(seed: int = 0, beats: int = 4, calls: float = 8.0, away: float = 0.2) -> Work:
    """Two priorities over three shifts."""
    random = np.random.default_rng(seed)
    number = random.gamma(2, calls / 2, (beats, 3))
    names = [f"B{row}" for row in range(beats)]
    return Work(
        names, np.stack((0.2 * number, 0.8 * number)), (2700.0, 2100.0), away=away, spread=Dispersion(2.0)
    )


# travel


def test_the_square_root_law_agrees_with_random_points() -> None:
    """Nearest of n of random units on a torus, right-angled ways: mean and tail."""
    random = np.random.default_rng(1)
    for free in (10, 40):
        gap = np.abs(random.random((4000, free, 2)) - random.random((4000, 1, 2)))
        distance = np.minimum(gap, 1 - gap).sum(axis=2).min(axis=1)
        law = Travel.square_root_law(1.0, 3600.0)
        assert float(law.mean(free)) == pytest.approx(distance.mean(), rel=0.04)
        at = float(np.quantile(distance, 0.8))
        assert float(law.late(at, free)) == pytest.approx(0.2, abs=0.035)


def test_random_patrol_equals_enumeration() -> None:
    """Two units anywhere among four places, every pair tried."""
    random = np.random.default_rng(2)
    times, calls = random.uniform(60, 900, (4, 5)), random.random(5)
    weight = np.array([0.1, 0.4, 0.3, 0.2])
    curve = Travel.random_patrol(times, calls, weight=weight, most=3, turnout_s=30.0)
    pairs = list(itertools.product(range(4), repeat=2))
    chance = np.array([weight[a] * weight[b] for a, b in pairs])
    nearest = np.array([np.minimum(times[a], times[b]) for a, b in pairs])
    share = calls / calls.sum()
    assert float(curve.mean(2)) == pytest.approx(30 + chance @ nearest @ share)
    late = chance @ (nearest > 300) @ share
    assert float(curve.late(330.0, 2)) == pytest.approx(late, abs=0.02)
    assert curve.late(5000.0, [1, 2]) == pytest.approx([0, 0])


@pytest.mark.realdata
def test_real_roads_follow_a_square_root_nearly(shared_data: Path) -> None:
    """On San Francisco's roads the nearest of n falls with a power of n near -0.4."""
    from anlan.engine.geo.roads import RoadGraph
    from anlan.engine.geo.roads.connect import largest_part
    from anlan.gateway.roads import read

    folder = shared_data / "sf"
    links = largest_part(read(folder / "roads_ne_links.csv", folder / "roads_ne_nodes.csv").links).links
    graph = RoadGraph.from_links(links)
    random = np.random.default_rng(0)
    times = graph.times(random.integers(0, graph.nodes, 150), random.integers(0, graph.nodes, 200))
    curve = Travel.random_patrol(times, np.ones(200), most=20)
    power = np.polyfit(np.log(np.arange(1, 21)), np.log(curve.mean_s), 1)[0]
    assert -0.5 < power < -0.3


# service


@pytest.mark.parametrize(("units", "away"), [(2, 0.0), (4, 0.0), (4, 0.25)])
def test_service_agrees_with_sampling(units: int, away: float) -> None:
    """P(late), mean response and P(wait) of urgent calls, drawn state by state."""
    rates, service_s, limit = (0.6, 1.2), (2400.0, 1800.0), 500.0
    found = service(units, rates, service_s, CURVE, limit, away)
    random = np.random.default_rng(3)
    mean_s = np.dot(rates, service_s) / sum(rates)
    load = sum(rates) * mean_s / 3600
    own = away * units / (units * (1 - away) - load)
    chance = np.cumprod([1.0] + [(load + own * (units - i)) / (i + 1) for i in range(units)])
    chance[-1] /= 1 - load / units
    busy = random.choice(units + 1, 300_000, p=chance / chance.sum())
    waits = np.where(busy == units, random.exponential(1 / (units / mean_s - rates[0] / 3600), len(busy)), 0)
    mean = CURVE.mean(np.maximum(units - busy, 1))
    ride = mean * np.sqrt(4 / np.pi * random.exponential(1, len(busy)))
    assert found.wait_chance == pytest.approx(np.mean(busy == units), abs=0.004)
    assert found.late == pytest.approx(np.mean(waits + ride > limit), abs=0.004)
    if not away and units > 2:
        urgent = waits * units / mean_s / (units / mean_s)
        assert found.waits_s[0] == pytest.approx(urgent.mean(), rel=0.05)


def test_too_few_units_are_infinitely_late() -> None:
    """No number is made up where the queue would grow without end."""
    found = service(1, (3.0,), (3600.0,), CURVE, 600.0)
    assert found.response_s == np.inf
    assert found.late == 1


# demand


def test_demand_at_a_quantile() -> None:
    """Poisson counts have a sure rate; overdispersed ones widen both ways; given quantiles are kept."""
    work = some_work()
    assert replace(work, spread=Dispersion()).rates(0.9) == pytest.approx(work.rates())
    assert (work.rates(0.9) > work.rates()).all()
    assert (work.rates(0.1) < work.rates()).all()
    total = work.calls.sum(axis=0)
    given = replace(work, spread=Quantiles((0.1, 0.5, 0.9), np.stack((0.5 * total, total, 2 * total))))
    assert given.rates(0.9) == pytest.approx(2 * work.rates())
    assert given.rates(0.7) == pytest.approx(1.5 * work.rates())
    assert replace(work, units=(2.0, 1.0)).rates()[0] == pytest.approx(2 * work.rates()[0])


# need


@given(st.integers(0, 2**31), st.floats(0.5, 25), st.floats(0, 0.4))
@settings(max_examples=15, deadline=None)
def test_the_need_is_the_smallest_number_that_meets_all_targets(seed: int, calls: float, away: float) -> None:
    """One unit less misses a target that is said to bind; the need itself misses none."""
    work = some_work(seed, 2, calls, away)
    targets = Targets(response_s=400.0)
    rates = work.rates(targets.plan_for)

    def misses(units: int, b: int, s: int) -> set[str]:
        got = service(units, rates[:, b, s].tolist(), work.service_s, CURVE, 600.0, work.away)
        load = rates[:, b, s] @ np.asarray(work.service_s) / 3600
        over = {
            "wait": got.wait_chance > 0.1,
            "response": got.response_s > 400,
            "late": got.late > 0.1 + 1e-12,
            "taken": away + load / units > 0.6 if units else True,
        }
        return {name for name, bad in over.items() if bad}

    for place, need in enumerate(minimum(work, CURVE, targets)):
        b, s = divmod(place, 3)
        assert not need.unmet
        assert not misses(need.units, b, s)
        assert set(need.binds) == (misses(need.units - 1, b, s) or {"least"})


def test_what_no_number_meets_is_told_and_left_out() -> None:
    """A response that even a unit at every corner does not give is unmet; the other targets still count."""
    need = minimum(some_work(), CURVE, Targets(response_s=5.0))[0]
    assert need.unmet == ["response"]
    assert need.needs["response"] is None
    assert need.units == max(value for value in need.needs.values() if value is not None)


def test_more_demand_is_worse_service() -> None:
    """The low quantile of the demand is answered sooner than the high one."""
    for need in minimum(some_work(), CURVE):
        assert need.low.response_s is not None
        assert need.high.response_s is not None
        assert need.low.response_s < need.high.response_s
        assert need.low.visible > need.high.visible


def test_a_beat_without_calls_needs_the_least() -> None:
    """No division by nothing."""
    work = Work(["a"], np.zeros((1, 1, 1)), (1800.0,), (Shift("day", 0, 600),), away=0.0)
    (need,) = minimum(work, CURVE, Targets(None, None, 600.0, None, None))
    assert (need.units, need.binds) == (1, ["least"])


# allocation


def best_by_trying_all(cost: np.ndarray, hours: np.ndarray, total: float) -> float:
    """Least cost over all choices of units."""
    counts = itertools.product(range(cost.shape[1]), repeat=len(cost))
    return min(
        float(cost[np.arange(len(cost)), list(units)].sum())
        for units in counts
        if np.dot(units, hours) <= total + 1e-9
    )


@given(st.integers(0, 2**31), st.integers(1, 4), st.booleans(), st.booleans(), st.floats(0.3, 0.9))
@settings(max_examples=60, deadline=None)
def test_no_allocation_is_cheaper(seed: int, places: int, alike: bool, bent: bool, share: float) -> None:
    """Convex or not, shifts of one length or not: equal to the best of all choices."""
    random = np.random.default_rng(seed)
    drops = random.exponential(1, (places, 5))
    drops = drops if bent else -np.sort(-drops, axis=1)
    cost = np.cumsum(np.hstack((20 * np.ones((places, 1)), -drops)), axis=1)
    hours = np.full(places, 8.0) if alike else random.choice([6.0, 8.0, 10.0, 12.0], places)
    total = share * 5 * hours.sum()
    found = allocate(cost, hours, total)
    assert found.value == pytest.approx(best_by_trying_all(cost, hours, total))
    assert found.gap == 0
    assert found.hours <= total + 1e-9
    if alike and not bent:
        assert found.method == "marginal"


@given(st.integers(0, 2**31), st.integers(2, 4), st.floats(0.2, 0.9))
@settings(max_examples=60, deadline=None)
def test_without_whole_minutes_the_bound_still_holds(seed: int, places: int, share: float) -> None:
    """Where neither exact way fits, the gap that is told is no smaller than the true one."""
    random = np.random.default_rng(seed)
    cost = np.cumsum(np.hstack((20 * np.ones((places, 1)), -random.exponential(1, (places, 4)))), axis=1)
    hours = random.uniform(5, 12, places)
    total = share * 4 * hours.sum()
    found = allocate(cost, hours, total)
    best = best_by_trying_all(cost, hours, total)
    assert found.method in {"hull", "dynamic"}
    assert found.bound <= best + 1e-9 <= found.value + 2e-9


@given(st.integers(0, 2**31), st.floats(1, 20))
@settings(max_examples=15, deadline=None)
def test_waits_are_convex_in_units(seed: int, calls: float) -> None:
    """Without own activities the wait of every class is convex, so the marginal way is exact."""
    work = some_work(seed, 1, calls, away=0.0)
    rates = work.rates()[:, 0, 0].tolist()
    waits = np.array([service(n, rates, work.service_s, CURVE, 600.0).waits_s for n in range(15)])
    cost = (waits * rates).sum(axis=1)[None]
    assert convex(cost, np.isfinite(cost).argmax(axis=1))


@given(st.integers(0, 2**31), st.integers(1, 4), st.floats(0.3, 0.9))
@settings(max_examples=40, deadline=None)
def test_no_allocation_has_a_better_worst_place(seed: int, places: int, share: float) -> None:
    """Equal service: the worst place is as good as trying everything can make it."""
    random = np.random.default_rng(seed)
    table = -np.sort(-random.uniform(0, 9, (places, 5)), axis=1)
    hours = random.choice([8.0, 10.0], places)
    total = share * 4 * hours.sum()
    found, worst = equal_service(table, table, hours, total)
    best = min(
        max(table[row, count] for row, count in enumerate(units))
        for units in itertools.product(range(5), repeat=places)
        if np.dot(units, hours) <= total + 1e-9
    )
    assert worst == pytest.approx(best)
    assert found.hours <= total + 1e-9


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"cost": [1.0]}, "cost, hours"),
        ({"hours": [0.0]}, "hours"),
        ({"cost": [[np.inf, np.inf]]}, "no finite cost"),
        ({"cost": [[np.inf, 1.0]], "total": 4.0}, "total: 4 car-hours, but 8"),
    ],
)
def test_a_wrong_allocation_is_named(arguments: dict[str, object], told: str) -> None:
    """The refusal says what is needed."""
    with pytest.raises(ValueError, match=told):
        allocate(**({"cost": [[2.0, 1.0]], "hours": [8.0], "total": 8.0} | arguments))  # type: ignore[arg-type]


def test_car_hours_lower_the_delay_or_level_the_service() -> None:
    """Each aim is best at its own measure; more hours help both; a plan too small says how much is needed."""
    work = some_work()
    delay, equal = (share_hours(work, CURVE, 320.0, aim=aim) for aim in Aim)
    assert delay.delay_s <= equal.delay_s
    assert equal.worst_s <= delay.worst_s
    assert delay.used <= 320
    assert delay.gap == 0
    better = share_hours(work, CURVE, 328.0)
    assert better.delay_s - delay.delay_s == pytest.approx(delay.one_more)
    json.dumps(asdict(delay), allow_nan=False)
    with pytest.raises(ValueError, match=r"total: 8 car-hours, but .* are needed"):
        share_hours(work, CURVE, 8.0)


def test_an_urgent_call_counts_as_much_as_it_is_said_to() -> None:
    """Weighting urgent calls moves units to where they are."""
    number = np.full((2, 2, 1), 6.0)
    number[0] = [[9.0], [1.0]]
    number[1] = [[1.0], [9.0]]
    work = Work(["urgent", "other"], number, (1800.0, 1800.0), (Shift("day", 480, 480),))
    units = [
        [cell.units for cell in share_hours(work, CURVE, 56.0, weight=weight).cells]
        for weight in ((50.0, 1.0), (1.0, 50.0))
    ]
    assert units[0][0] > units[1][0]


# the force


def test_people_of_a_level_crew_whole_units_over_the_day() -> None:
    """The day adds up beat by beat, and no shift of the county is favoured."""
    force = force_per_colour(["a", "b", "c"], ["red", "green", "yellow"], [40, 35, 25])
    found = level_units(force, 2)
    assert found.people.sum(axis=1).tolist() == [beat.on_patrol for beat in force]
    assert found.people[0].tolist() == [11, 11, 10]
    assert (found.units == found.people // 2).all()
    assert np.ptp(found.people.sum(axis=0)) <= 1


def small_plan(people: int, rule: Rule) -> object:
    """Four beats of equal strength, half of it out."""
    work = some_work()
    force = force_per_colour(list(work.beats), ["orange"] * 4, [people] * 4)
    return staff(work, CURVE, Targets(response_s=400.0), force=Force(force), rule=rule)


def test_a_force_that_suffices_misses_nothing() -> None:
    """No lack, no price, nothing to relax; what is not needed is held back only if asked."""
    lend, hold = (small_plan(120, rule) for rule in (Rule.LEND, Rule.HOLD))
    for plan in (lend, hold):
        assert plan.price == 0
        assert not plan.relaxations
        assert all(cell.lack == 0 and not cell.short for cell in plan.cells)
    assert [shift.out for shift in lend.shifts] == [shift.available for shift in lend.shifts]
    assert [shift.out for shift in hold.shifts] == [shift.need for shift in hold.shifts]


def test_lending_is_never_dearer_than_each_beat_alone() -> None:
    """The same people, spread where they are missed most."""
    for people in (20, 40, 60):
        assert small_plan(people, Rule.LEND).price <= small_plan(people, Rule.OWN).price + 1e-9


def test_the_spread_is_the_cheapest_of_all() -> None:
    """Against every way to put five units on three beats."""
    work = some_work(3, 3)
    targets = Targets()
    price = shortfall_prices(work, targets, tables(work, CURVE, targets))
    units = spread(price, np.array([5, 5, 5]))
    for shift in range(3):
        best = min(
            sum(price[row, shift, count] for row, count in enumerate(counts))
            for counts in itertools.product(range(6), repeat=3)
            if sum(counts) <= 5
        )
        assert price[np.arange(3), shift, units[:, shift]].sum() == pytest.approx(best)


def test_the_smallest_relaxation_helps_and_a_smaller_one_does_not() -> None:
    """Each that is named is tried: with it the units suffice, with a little less they do not."""
    work = some_work()
    force = force_per_colour(list(work.beats), ["orange"] * 4, [36] * 4)
    targets = Targets(wait_chance=0.03, response_s=400.0)
    plan = staff(work, CURVE, targets, force=Force(force))
    short = [shift for shift in plan.shifts if shift.need > shift.available]
    assert short
    names = {"wait": "wait_chance", "response": "response_s", "late": "within_share", "taken": "visible"}
    tried = 0
    for relaxation in plan.relaxations:
        shift = next(one for one in plan.shifts if one.shift == relaxation.shift)
        if relaxation.kind == "units":
            assert relaxation.value == shift.need - shift.available
        if relaxation.kind in names and relaxation.value is not None:
            tried += 1
            before = getattr(targets, names[relaxation.kind])
            for share, enough in ((1.0, True), (0.97, False)):
                value = before + share * (relaxation.value - before)
                need = minimum(work, CURVE, replace(targets, **{names[relaxation.kind]: value}))
                units = sum(cell.units for cell in need if cell.shift == relaxation.shift)
                assert (units <= shift.available) is enough
        if relaxation.kind == "all":
            assert relaxation.value is not None
    assert tried
    assert {relaxation.shift for relaxation in plan.relaxations} == {shift.shift for shift in short}


def test_a_plan_is_plain_data_even_where_nobody_is_there() -> None:
    """No people at all: every beat lacks its need, and JSON takes the answer without infinities."""
    plan = small_plan(0, Rule.LEND)
    text = json.dumps(asdict(plan), allow_nan=False)
    assert json.loads(text)["cells"][0]["reached"]["response_s"] is None
    assert all(cell.out == 0 and cell.lack == cell.need for cell in plan.cells)
    assert plan.price > 0


def test_without_a_force_the_plan_is_the_need() -> None:
    """Who is there is not known: nothing lacks, nothing is relaxed."""
    plan = staff(some_work(), CURVE)
    assert plan.rule == "need"
    assert [cell.out for cell in plan.cells] == [cell.need for cell in plan.cells]
    assert plan.relaxations == []


# the final check


def shift_units(seed: int = 0, units: int = 6, load: float = 0.35, dispersion: float = 2.0) -> ShiftUnits:
    """Units and points over three beats of a square of 6 km."""
    random = np.random.default_rng(seed)
    posts, points = random.random((units, 2)), random.random((40, 2))
    times = np.abs(posts[:, None] - points).sum(axis=2) * 540
    beats = [f"B{int(3 * x)}" for x, _ in points]
    own = [f"B{int(3 * x)}" for x, _ in posts]
    return ShiftUnits(
        np.full(40, load * units * 3600 / 1500 / 40),
        beats,
        times,
        own,
        on_scene_s=1500.0,
        dispersion=dispersion,
    )


def test_the_check_brackets_what_is_expected_and_repeats_itself() -> None:
    """Intervals hold the expected value, the same seed gives the same, another seed another."""
    shift = shift_units()
    first, again = (check_shift(shift, samples=15) for _ in range(2))
    assert first == again
    assert first != check_shift(shift, samples=15, seed=1)
    for figure in (first.response_s, first.wait_chance, *first.by_beat.values()):
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= figure.value <= figure.high
    assert first.measures.method == "exact"
    assert set(first.by_beat) == {"B0", "B1", "B2"}
    json.dumps(asdict(first), allow_nan=False)


def test_own_activities_take_their_share_in_the_check() -> None:
    """Busy and away together are the calls' load and the share asked for."""
    found = check_shift(shift_units(dispersion=1.0), samples=5)
    busy = np.mean([unit.busy for unit in found.measures.units])
    calls = sum(unit.calls * (1500 + unit.travel_s) for unit in found.measures.units) / 3600 / 6
    assert busy - calls == pytest.approx(0.2, abs=0.03)
    assert found.samples == 0
    assert found.response_s.low is None


def test_demand_beyond_the_units_is_counted_not_hidden() -> None:
    """Samples that the units cannot do are a share of their own, and the upper limit is open."""
    found = check_shift(shift_units(load=0.6, dispersion=25.0), samples=20)
    assert found.overload > 0.1
    assert found.response_s.high is None
    with pytest.raises(Unstable, match="calls: a load"):
        check_shift(shift_units(load=0.85))


def test_the_approximation_checks_like_the_exact_solution() -> None:
    """The same shift by both: mean response within 3 %."""
    shift = shift_units(units=8, dispersion=1.0)
    close, true = (check_shift(shift, exact_to=to).response_s.value for to in (0, 12))
    assert close == pytest.approx(true, rel=0.03)


def test_a_stopped_check_keeps_the_draws_done() -> None:
    """Cancel after three samples: an interval of three."""

    class Three(Unwatched):
        seen = 0

        def told(self, *_: object) -> None:
            self.seen += 1

        def stopped(self) -> bool:
            return self.seen >= 3

    assert check_shift(shift_units(), watch=Three()).samples == 3


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: Targets(wait_chance=0.0), "wait_chance"),
        (lambda: Targets(response_s=-1), "response_s"),
        (lambda: Targets(least=-1), "least"),
        (lambda: Targets(plan_for=1.0), "plan_for"),
        (lambda: replace(some_work(), service_s=(1.0,)), "calls"),
        (lambda: replace(some_work(), service_s=(1.0, 0.0)), "service_s"),
        (lambda: replace(some_work(), away=1.0), "away"),
        (lambda: replace(some_work(), units=(0.5, 1.0)), "units"),
        (lambda: some_work().rates(0.0), "level"),
        (lambda: Travel.square_root_law(0, 40), "area_km2"),
        (lambda: Travel.square_root_law(9, 40, turnout_s=-1), "turnout_s"),
        (lambda: Travel.random_patrol([[np.inf]], [1.0]), "point 0 has no way"),
        (lambda: Travel.random_patrol([[1.0]], [0.0]), "demand"),
        (lambda: minimum(some_work(), [CURVE]), "travel: 1 curves for 4 beats"),
        (lambda: tables(some_work(), CURVE, Targets(), weight=(0.0, 0.0)), "weight"),
        (lambda: level_units([], 0), "crew"),
        (lambda: level_units([], 2, (0.5, 0.4)), "shares"),
        (lambda: check_shift(shift_units(), samples=-1), "samples"),
        (lambda: staff(some_work(), CURVE, force=Force([])), "force: beats"),
    ],
)
def test_a_wrong_argument_is_named(call: object, told: str) -> None:
    """Every refusal names the parameter."""
    with pytest.raises(ValueError, match=told):
        call()  # type: ignore[operator]
    assert THREE_SHIFTS
