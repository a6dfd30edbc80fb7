"""Several forces in one plan: every assignment tried on small cases, every rule checked on large ones."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.engine.planning.joint.cases import DAY, EXACT, QUICK, TWO, broken, county

from anlan.engine.planning.joint import (
    ORDER,
    Checkpoint,
    Fairness,
    Force,
    JointEffort,
    JointProblem,
    Office,
    Patrol,
    Pin,
    Standby,
    Task,
    ordered_prices,
    plan_together,
)
from anlan.engine.planning.watch import Unwatched


def price_of(problem: JointProblem, counts: tuple[tuple[int, ...], ...]) -> int:
    """Price of what is short, from people by force at each cell."""
    total = 0
    for cell, mix in zip(problem.cells, counts, strict=True):
        short = max(cell.people - sum(mix), 0)
        for name, number in cell.needs.items():
            able = sum(n for n, force in zip(mix, problem.forces, strict=True) if name in force.capabilities)
            short += max(number - able, 0)
        total += problem.prices[cell.kind] * short
    return total


def best_by_trying_all(problem: JointProblem) -> int:
    """Least price over all assignments of one day that break no rule."""
    mixes = []
    for cell in problem.cells:
        choices = []
        for force in problem.forces:
            top = min(force.members, cell.people + 5) if problem.may(force, cell) else 0
            choices.append([0, *range(force.group, top + 1)])
        police = [force.capabilities.count("police") for force in problem.forces]
        mixes.append([
            mix for mix in itertools.product(*choices)
            if all(
                force.alone or is_police or n <= force.beside * np.dot(mix, police)
                for n, force, is_police in zip(mix, problem.forces, police, strict=True)
            )
        ])  # fmt: skip
    least = 10**9
    for counts in itertools.product(*mixes):
        fits = True
        for number, force in enumerate(problem.forces):
            people = sum(mix[number] for mix in counts)
            hours = sum(
                mix[number] * problem.hours[cell.shift]
                for cell, mix in zip(problem.cells, counts, strict=True)
            )
            fits &= people <= force.members and hours <= force.members * force.max_hours
            for shift, most in force.per_shift.items():
                there = sum(
                    mix[number]
                    for cell, mix in zip(problem.cells, counts, strict=True)
                    if cell.shift == shift
                )
                fits &= there <= most
        if fits:
            least = min(least, price_of(problem, counts))
    return least


def small(seed: int) -> JointProblem:
    """One day, two shifts, two forces of a few people, three tasks."""
    random = np.random.default_rng(seed)
    forces = [
        Force(
            "police", int(random.integers(1, 5)), ("police", "armed")[: random.integers(1, 3)],
            group=int(random.integers(1, 3)), max_hours=float(random.choice([4.0, 8.0])),
            per_shift={"day": 2} if random.random() < 0.3 else {},
        ),
        Force(
            "guards", int(random.integers(1, 5)), ("armed",)[: random.integers(0, 2)],
            alone=bool(random.random() < 0.5), beside=int(random.integers(1, 3)),
            group=int(random.integers(1, 3)),
            shifts=("day",) if random.random() < 0.3 else (),
            tasks=(Task.PATROL,) if random.random() < 0.3 else tuple(Task),
        ),
    ]  # fmt: skip
    points = [Checkpoint("C", 1, int(random.integers(1, 3)), {"armed": 1}, shifts=("day",))]
    patrols = [
        Patrol("A", 0, "day", int(random.integers(1, 4)), "red", {"police": 1}),
        Patrol("A", 0, "night", int(random.integers(1, 3)), "green"),
    ]
    return JointProblem(("III",), forces, TWO, points, patrols)


@given(st.integers(0, 2**31))
@example(3668408)  # two guards who must not stand alone need two police, though one person is asked for
@settings(max_examples=40, deadline=None)
def test_no_assignment_is_short_of_less(seed: int) -> None:
    """On small cases the price equals the least over all assignments; the plan breaks no rule."""
    problem = small(seed)
    plan = plan_together(problem, effort=EXACT)
    assert plan.price == best_by_trying_all(problem)
    assert plan.gap == 0
    assert broken(problem, plan) == []
    assert sum(one.price for one in plan.short) == plan.price


@pytest.mark.parametrize(("seed", "scale"), [(0, 0.4), (1, 0.8), (2, 2.0)])
def test_a_weeks_plan_breaks_no_rule(seed: int, scale: float) -> None:
    """Short of people, just enough, or plenty: all rules hold, the bound is below, JSON takes it."""
    problem = county(seed, scale)
    plan = plan_together(problem, effort=QUICK)
    assert broken(problem, plan) == []
    assert plan.bound <= plan.price
    assert 0 <= plan.gap < 0.02
    json.dumps(asdict(plan), allow_nan=False)
    if scale == 2.0:
        assert plan.price == 0
        assert plan.short == []
        assert plan.binds == {}
    else:
        assert plan.price > 0
        assert plan.binds


def test_offices_come_out_twice_a_week_apart_and_share_weekends() -> None:
    """Two turns each, never on two days running, the last turn before the plan counted, weekends levelled."""
    offices = [
        Office("a", 10, rested=0), Office("b", 10, weekends=3), Office("c", 10, weekends=0),
        Office("d", 10, weekends=1),
    ]  # fmt: skip
    police = Force("police", 40, ("police",))
    patrols = [Patrol("B", day, "day", 14, "green") for day in range(14)]
    problem = JointProblem(
        ("IV",) * 14, [police, Force("office", offices=offices, alone=False, beside=4)], DAY, patrols=patrols
    )
    plan = plan_together(problem, effort=QUICK)
    turns = {turn.office: turn for turn in plan.offices}
    for turn in turns.values():
        assert [sum(day // 7 == week for day in turn.days) for week in (0, 1)] == [2, 2]
        assert all(later - day > 1 for day, later in itertools.pairwise(turn.days))
    assert 0 not in turns["a"].days
    assert turns["b"].weekends == 3
    assert np.ptp([turn.weekends for turn in turns.values()]) <= 1
    out = Counter(day for turn in turns.values() for day in turn.days)
    assert max(out.values()) <= 2


def test_importance_decides_who_goes_without() -> None:
    """Three people for an inner checkpoint and a green patrol: the patrol goes without."""
    problem = JointProblem(
        ("III",),
        [Force("police", 3, ("police", "armed"))],
        DAY,
        [Checkpoint("in", 1)],
        [Patrol("B", 0, "day", 2)],
    )
    plan = plan_together(problem)
    assert [(one.code, one.people) for one in plan.sent] == [("in", 3)]
    (short,) = plan.short
    assert (short.kind, short.missing, short.reasons) == ("patrol_green", 2, {"police": "people"})
    assert plan.binds == {"police": {"people": 1}}
    prices = ordered_prices()
    assert [prices[name] for name in ORDER] == sorted(prices.values(), reverse=True)
    flipped = replace(problem, prices=prices | {"checkpoint_1": 1, "patrol_green": 100})
    assert {one.code for one in plan_together(flipped).sent} == {"B", "in"}
    assert {one.kind for one in plan_together(flipped).short} == {"checkpoint_1"}


def test_rings_open_with_the_level() -> None:
    """At III the inner ring stands, at II the second too, at I all three, at IV none; standby by level."""
    points = [Checkpoint(f"C{ring}", ring) for ring in (1, 2, 3)]
    problem = JointProblem(
        ("IV", "III", "II", "I"), [Force("police", 99, ("police", "armed"), max_hours=99)], DAY, points,
        standby=Standby({"I": 5}, needs={"police": 2}),
    )  # fmt: skip
    sent = plan_together(problem).sent
    manned = [sorted(one.code for one in sent if one.day == day) for day in range(4)]
    assert manned == [[], ["C1"], ["C1", "C2"], ["C1", "C2", "C3", "standby"]]
    assert (
        plan_together(replace(problem, rings={"IV": (), "III": (), "II": (), "I": (1,)})).sent[0].code == "C1"
    )


def test_pins_hold_and_the_rest_is_planned_around_them() -> None:
    """A pin moves people to where the planner wants them, a forbidden place stays empty."""
    problem = county(1, 0.8, days=3)
    before = plan_together(problem, effort=QUICK)
    moved = next(one for one in before.sent if one.force == "police" and one.task == "patrol")
    pins = (
        Pin("police", moved.code, moved.day, moved.shift, 0),
        Pin("community", moved.code, moved.day, moved.shift, 0),
    )
    after = plan_together(replace(problem, pins=pins), effort=QUICK)
    assert broken(replace(problem, pins=pins), after) == []
    assert after.price >= before.bound


def test_nothing_to_do_and_nobody_to_do_it_are_plans_too() -> None:
    """A quiet day without forces is an empty plan; a checkpoint without forces is short of all."""
    assert plan_together(JointProblem(("IV",), [])).sent == []
    (short,) = plan_together(JointProblem(("III",), [], DAY, [Checkpoint("C", 1)])).short
    assert (short.missing, short.lacking, short.reasons) == (3, {"armed": 1}, {})


def test_the_same_input_gives_the_same_plan() -> None:
    """No chance enters where the gaps are reached."""
    plans = [plan_together(county(4, 0.7, beats=2, days=3), effort=QUICK) for _ in range(2)]
    assert plans[0] == plans[1]


def test_a_stopped_plan_is_whole() -> None:
    """Stopped as soon as there is a plan: it breaks no rule, and its gap is told."""

    class Stop(Unwatched):
        seen = False

        def told(self, step: str, done: float, gap: float | None = None) -> None:  # noqa: ARG002
            self.seen |= gap is not None

        def stopped(self) -> bool:
            return self.seen

    problem = county(0, 0.6)
    plan = plan_together(problem, watch=Stop())
    assert broken(problem, plan) == []
    assert plan.bound <= plan.price
    assert plan.gap == pytest.approx((plan.price - plan.bound) / plan.price)


@pytest.mark.parametrize(
    "make", [lambda: JointEffort(time_limit_s=0), lambda: JointEffort(gap=1.0), lambda: Fairness(peak=-1)]
)
def test_wrong_parameters_are_refused(make: object) -> None:
    """The parameters of the search and of fairness are checked too."""
    with pytest.raises(ValueError, match=r"time_limit_s|gap|peak"):
        make()  # type: ignore[operator]
