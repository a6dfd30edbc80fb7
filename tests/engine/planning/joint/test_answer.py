"""What is short is told with its reason, and what would clear it is tried."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.planning.joint.cases import DAY, QUICK, county

from anlan.engine.planning.joint import (
    Checkpoint,
    Force,
    JointProblem,
    Standby,
    Task,
    plan_together,
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
