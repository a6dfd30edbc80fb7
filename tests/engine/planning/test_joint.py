"""Several forces in one plan: every assignment tried on small cases, every rule checked on large ones."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.joint import (
    ORDER,
    Checkpoint,
    Fairness,
    Force,
    JointEffort,
    JointPlan,
    JointProblem,
    Office,
    Patrol,
    Pin,
    Standby,
    Task,
    joint_problem,
    ordered_prices,
    patrols,
    plan_together,
)
from anlan.engine.planning.shifts import Shift
from anlan.engine.planning.staffing import Travel, Work, minimum
from anlan.engine.planning.watch import Unwatched

DAY = (Shift("day", 480, 480),)
TWO = (Shift("day", 480, 480), Shift("night", 0, 480))
EXACT = JointEffort(gap=0.0, fair_gap=0.0)
QUICK = JointEffort(time_limit_s=20, gap=0.005, fair_gap=0.2)


def broken(problem: JointProblem, plan: JointPlan) -> list[str]:
    """Every rule that a plan breaks, checked from its assignments alone."""
    forces = {force.code: force for force in problem.forces}
    cells = {(cell.code, cell.day, cell.shift): cell for cell in problem.cells}
    out = {turn.office: turn.days for turn in plan.offices}
    at, day, shift, hours = Counter(), Counter(), Counter(), Counter()
    found = []
    for sent in plan.sent:
        force, cell = forces[sent.force], cells[sent.code, sent.day, sent.shift]
        at[sent.code, sent.day, sent.shift] += sent.people * ("police" in force.capabilities)
        day[sent.force, sent.day] += sent.people
        shift[sent.force, sent.day, sent.shift] += sent.people
        hours[sent.force, sent.day // 7] += sent.people * problem.hours[sent.shift]
        found += ["may"] if not problem.may(force, cell) else []
        found += ["group"] if sent.people < force.group else []
    for sent in plan.sent:
        force, cell = forces[sent.force], cells[sent.code, sent.day, sent.shift]
        beside = force.alone or "police" in force.capabilities
        found += (
            [] if beside or sent.people <= force.beside * at[sent.code, sent.day, sent.shift] else ["beside"]
        )
    for (code, number), people in day.items():
        force = forces[code]
        there = (
            sum(one.people for one in force.offices if number in out[one.code])
            if force.offices
            else force.members
        )
        found += ["people"] if people > there else []
    for (code, _day, name), people in shift.items():
        found += ["per_shift"] if people > forces[code].per_shift.get(name, people) else []
    for (code, _week), total in hours.items():
        found += ["hours"] if total > forces[code].heads * forces[code].max_hours + 1e-6 else []
    for pin in problem.pins:
        people = sum(
            one.people for one in plan.sent
            if (one.force, one.code, one.day, one.shift) == (pin.force, pin.code, pin.day, pin.shift)
        )  # fmt: skip
        found += ["pin"] if people != pin.people else []
    return found


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
@settings(max_examples=40, deadline=None)
def test_no_assignment_is_short_of_less(seed: int) -> None:
    """On small cases the price equals the least over all assignments; the plan breaks no rule."""
    problem = small(seed)
    plan = plan_together(problem, effort=EXACT)
    assert plan.price == best_by_trying_all(problem)
    assert plan.gap == 0
    assert broken(problem, plan) == []
    assert sum(one.price for one in plan.short) == plan.price


def county(seed: int, scale: float = 1.0, beats: int = 3, days: int = 7) -> JointProblem:
    """Four forces and five offices over a week of changing levels."""
    random = np.random.default_rng(seed)
    forces = [
        Force("police", int(60 * scale), ("police", "armed", "riot"), group=2, muster_min=15),
        Force(
            "community", int(30 * scale), alone=False, beside=3, max_hours=24,
            tasks=(Task.PATROL, Task.CHECKPOINT),
        ),
        Force(
            "volunteers", int(30 * scale), alone=False, max_hours=8, shifts=("day",),
            colours=("green", "yellow"),
        ),
        Force(
            "offices", offices=[Office(f"O{row}", int(random.integers(4, 9))) for row in range(5)],
            shifts=("evening",), tasks=(Task.PATROL,), alone=False,
        ),
    ]  # fmt: skip
    points = [Checkpoint(f"C{row}", 1 + row // 3, 3) for row in range(8)]
    levels = [str(random.choice(["I", "II", "III", "IV"])) for _ in range(days)]
    patrols = [
        Patrol(
            f"B{b}", day, shift, int(random.integers(1, 4)) * 2,
            str(random.choice(["red", "yellow", "green"])), {"police": 1},
        )
        for day in range(days) for b in range(beats) for shift in ("day", "evening", "night")
    ]  # fmt: skip
    return JointProblem(
        levels, forces, checkpoints=points, patrols=patrols, standby=Standby({"I": 12, "II": 6}, 20)
    )


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


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tasks": (Task.PATROL,)}, "task"),
        ({"shifts": ("night",)}, "shift"),
        ({"beats": ("Z",)}, "beat"),
        ({"days_off": (0,)}, "day_off"),
        ({"members": 0}, "people"),
        ({"max_hours": 0.0}, "hours"),
        ({"group": 6}, "group"),
        ({"per_shift": {"day": 0}}, "people"),
        ({"alone": False}, "beside"),
        ({"capabilities": ()}, "unable"),
    ],
)
def test_the_reason_for_a_gap_is_told(change: dict[str, object], reason: str) -> None:
    """One rule at a time keeps the guards from the checkpoint, and it is the one that is named."""
    guards = replace(Force("guards", 5, ("armed",)), **change)
    other = [Force("wardens", 3)] if reason == "unable" else []
    problem = JointProblem(("III",), [guards, *other], DAY, [Checkpoint("C", 1, 3, beat="A1")])
    (short,) = plan_together(problem).short
    assert short.reasons["guards"] == reason


def test_standby_counts_only_those_who_muster_in_time() -> None:
    """Volunteers need an hour: they hold no standby of 30 minutes."""
    forces = [Force("volunteers", 9, muster_min=60), Force("police", 2, ("police",), muster_min=10)]
    plan = plan_together(JointProblem(("I",), forces, DAY, standby=Standby({"I": 4})))
    assert [(one.force, one.people) for one in plan.sent] == [("police", 2)]
    assert plan.short[0].reasons == {"volunteers": "muster", "police": "people"}


def test_a_relief_delivers_what_it_claims() -> None:
    """With the members it names the price falls by at least what it says, for every relief."""
    problem = county(3, 0.5, beats=2, days=4)
    plan = plan_together(problem, effort=QUICK)
    assert plan.reliefs
    for relief in plan.reliefs[:2]:
        more = [
            replace(force, members=force.members + relief.members) if force.code == relief.force else force
            for force in problem.forces
        ]
        better = plan_together(replace(problem, forces=more), effort=QUICK)
        assert better.bound <= plan.price - relief.price


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


def test_rules_that_conflict_are_named_with_the_smallest_relaxation() -> None:
    """Five pinned where three serve: the pin and the people conflict, and two must give."""
    problem = JointProblem(
        ("III",), [Force("police", 3, ("police", "armed"))], DAY, [Checkpoint("C", 1, 3)],
        [Patrol("B", 0, "day", 3)],
        pins=[Pin("police", "C", 0, "day", 2), Pin("police", "B", 0, "day", 3)],
    )  # fmt: skip
    plan = plan_together(problem)
    assert plan.status == "infeasible"
    kinds = Counter(conflict.kind for conflict in plan.conflicts)
    assert kinds == {"pin": 2, "people": 1}
    assert sum(one.by for one in plan.relaxed) == 2
    json.dumps(asdict(plan), allow_nan=False)


def test_a_pin_against_a_forces_rules_names_both() -> None:
    """Volunteers pinned to a checkpoint that they may not man."""
    problem = JointProblem(
        ("III",), [Force("volunteers", 9, tasks=(Task.PATROL,))], DAY, [Checkpoint("C", 1, 3)],
        pins=[Pin("volunteers", "C", 0, "day", 2)],
    )  # fmt: skip
    plan = plan_together(problem)
    assert {conflict.kind for conflict in plan.conflicts} == {"pin", "allowed"}
    assert plan.conflicts[0].about == ["volunteers", "C", 0, "day"]


def test_too_many_turns_for_the_days_between_them_conflict() -> None:
    """Four turns a week, two days apart: at most three fit; one turn must give."""
    office = Force("office", offices=[Office("a", 5, turns=4, apart=2)])
    problem = JointProblem(("IV",) * 7, [office], DAY, patrols=[Patrol("B", 0, "day", 1)])
    plan = plan_together(problem)
    assert plan.status == "infeasible"
    assert {conflict.kind for conflict in plan.conflicts} == {"turns", "apart"}
    assert sum(one.by for one in plan.relaxed) == 1


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


def test_the_problem_survives_json() -> None:
    """Out to plain data and back, the same plan; what is left out keeps its default."""
    problem = county(4, 0.7, beats=2, days=3)
    again = joint_problem(json.loads(json.dumps(asdict(problem))))
    assert plan_together(again, effort=QUICK) == plan_together(problem, effort=QUICK)
    assert joint_problem({"levels": ["I"], "forces": [{"code": "a", "members": 3}]}).forces[0].max_hours == 40


ONE: dict[str, object] = {"levels": ["I"], "forces": []}
PATROL = {"beat": "b", "day": 1, "shift": "day", "people": 1}
PIN = {"force": "a", "code": "C", "day": 0, "shift": "day", "people": 1}


def office(**change: object) -> dict[str, object]:
    """One force of one office."""
    return {"code": "a", "offices": [{"code": "o", "people": 1} | change]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"levels": []}, "levels"),
        ({"levels": ["V"], "checkpoints": [{"code": "C", "ring": 1}]}, "level 'V'"),
        ({"forces": [{"code": "a", "member": 1}]}, "force a: no field 'member'"),
        ({"forces": [{"members": 1}]}, "force : .*code"),
        ({"forces": [{"code": "a", "members": -1}]}, "members of a"),
        ({"forces": [{"code": "a", "group": 0}]}, "group of a"),
        ({"forces": [{"code": "a", "tasks": ["arrest"]}]}, "tasks of a: 'arrest'"),
        ({"forces": [{"code": "a"}, {"code": "a"}]}, "forces: code a twice"),
        ({"forces": [office(people=0)]}, "people of o"),
        ({"forces": [office(turns=8)]}, "turns of o"),
        ({"patrols": [PATROL]}, "day 1"),
        ({"checkpoints": [{"code": "C", "ring": 1, "shifts": ["x"]}]}, "shifts of C"),
        ({"checkpoints": [{"code": "C", "ring": 9}], "rings": {"I": [9]}}, "checkpoint_9"),
        ({"pins": [PIN]}, "pins"),
    ],
)
def test_wrong_data_is_refused_by_name(change: dict[str, object], told: str) -> None:
    """The message names the field and whose it is."""
    with pytest.raises(ValueError, match=told):
        joint_problem(ONE | change)


@pytest.mark.parametrize(
    "make", [lambda: JointEffort(time_limit_s=0), lambda: JointEffort(gap=1.0), lambda: Fairness(peak=-1)]
)
def test_wrong_parameters_are_refused(make: object) -> None:
    """The parameters of the search and of fairness are checked too."""
    with pytest.raises(ValueError, match=r"time_limit_s|gap|peak"):
        make()  # type: ignore[operator]


def test_the_need_of_staffing_becomes_patrols() -> None:
    """Units times crew, an officer in each; a beat without a colour is named."""
    work = Work(["a"], np.full((1, 1, 3), 6.0), (1800.0,))
    need = minimum(work, Travel.square_root_law(20.0, 40.0))
    found = patrols(need, 2, 3, {"a": "red"})
    assert [(one.shift, one.people) for one in found] == [(one.shift, 3 * one.units) for one in need]
    assert found[0].needs == {"police": need[0].units}
    problem = JointProblem(("IV",) * 3, [Force("police", 99, ("police",))], patrols=found)
    assert plan_together(problem, effort=QUICK).price == 0
    with pytest.raises(ValueError, match="beat a has none"):
        patrols(need, 0, 2, {})
    with pytest.raises(ValueError, match="officers"):
        patrols(need, 0, 1, {"a": "red"}, officers=2)
