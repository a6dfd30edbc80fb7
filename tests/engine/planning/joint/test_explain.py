"""Rules that contradict each other are named, with the smallest relaxation."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict

from tests.engine.planning.joint.cases import DAY

from anlan.engine.planning.joint import (
    Checkpoint,
    Force,
    JointProblem,
    Office,
    Patrol,
    Pin,
    Task,
    plan_together,
)


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
