"""Cases of joint command: a county of four forces, and every rule that a plan breaks."""

from __future__ import annotations

from collections import Counter

import numpy as np

from anlan.engine.planning.joint import (
    Checkpoint,
    Force,
    JointEffort,
    JointPlan,
    JointProblem,
    Office,
    Patrol,
    Standby,
    Task,
)
from anlan.engine.planning.shifts import Shift

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
