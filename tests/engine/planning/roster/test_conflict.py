"""Which rules conflict, and the smallest relaxation that helps."""

from __future__ import annotations

import dataclasses
import json

from hypothesis import HealthCheck, given, settings
from tests.engine.planning.roster.cases import TWO, WEEK, problems
from tests.engine.planning.roster.checker import check

from anlan.engine.planning.roster import (
    Cell,
    Edits,
    Effort,
    Hours,
    Limit,
    Member,
    Need,
    Problem,
    Rules,
    explain,
)
from anlan.engine.planning.shifts import THREE_SHIFTS

QUICK = Effort(6.0, workers=1)


def test_too_few_with_a_skill():
    """Three drivers wanted, one of two on leave: two more people, and just these two causes."""
    members = (
        Member("a", skills=("driver",)),
        Member("b", skills=("driver",), leave=(1,)),
        *map(Member, "cdef"),
    )
    need = Need(1, "N", 3, "driver", hard=True)
    found = explain(Problem(WEEK, 3, TWO, members, (need, Need(0, "D", 1, hard=True))), effort=QUICK)
    assert found.feasible is False
    assert found.minimal
    assert found.smallest
    (relaxation,) = found.relaxations
    assert (relaxation.rule, relaxation.day, relaxation.shift, relaxation.skill) == ("need", 1, "N", "driver")
    assert (relaxation.limit, relaxation.value) == (3, 1)
    assert {(one.rule, one.member, one.day) for one in found.causes} <= {("need", "", 1), ("leave", "b", 1)}
    json.dumps(dataclasses.asdict(found))


def test_rest_between_fixed_duties():
    """Two duties fixed 8 hours apart: the rest would have to be 8 hours, for that member on that day."""
    edits = Edits(fixed=(Cell("a", 1, "day"), Cell("a", 2, "night")))
    problem = Problem(WEEK, 4, THREE_SHIFTS, (Member("a"), Member("b")), edits=edits)
    found = explain(problem, effort=QUICK)
    (relaxation,) = found.relaxations
    assert (relaxation.rule, relaxation.member, relaxation.day) == ("rest_min", "a", 2)
    assert (relaxation.limit, relaxation.value) == (660, 480)
    assert {(one.rule, one.member, one.day) for one in found.causes} == {
        ("fixed", "a", 1), ("fixed", "a", 2), ("rest_min", "a", -1)}  # fmt: skip
    assert found.minimal


def test_hours_against_leave():
    """The least hours cannot be had beside leave: the smaller of the two gives."""
    member = Member("a", leave=(0, 1, 2, 3, 4), rules=Rules(hours=(Hours(7, Limit(2160)),)))
    found = explain(Problem(WEEK, 7, TWO, (member,)), effort=QUICK)
    assert {one.rule for one in found.causes} <= {"leave", "hours_least", "rest_min"}
    assert found.causes
    (relaxation,) = found.relaxations
    assert (relaxation.rule, relaxation.limit, relaxation.value) == ("leave", 0, 1) or (
        relaxation.rule, relaxation.limit, relaxation.value) == ("hours_least", 2160, 1440)  # fmt: skip


def test_nothing_to_explain():
    """A problem that has a roster has no cause."""
    found = explain(Problem(WEEK, 2, TWO, (Member("a"),), (Need(0, "D", 1, hard=True),)), effort=QUICK)
    assert (found.feasible, found.causes, found.relaxations) == (True, (), ())


def without(problem, cause):
    """The problem less one cause."""
    if cause.rule == "need":
        kept = [
            one
            for one in problem.needs
            if (one.day, one.shift, one.skill) != (cause.day, cause.shift, cause.skill)
        ]
        return dataclasses.replace(problem, needs=tuple(kept))
    if cause.rule in {"fixed", "forbidden_cell"}:
        edits = problem.edits
        name = "fixed" if cause.rule == "fixed" else "forbidden"
        kept = [one for one in getattr(edits, name) if (one.member, one.day) != (cause.member, cause.day)]
        return dataclasses.replace(problem, edits=dataclasses.replace(edits, **{name: tuple(kept)}))
    members = []
    for member in problem.members:
        mine = member
        if member.code == cause.member:
            rules = member.rules or problem.rules
            if cause.rule == "leave":
                mine = dataclasses.replace(member, leave=tuple(set(member.leave) - {cause.day}))
            elif cause.rule == "shifts":
                never = tuple(one for one in rules.shifts_most if one[1].value)
                mine = dataclasses.replace(
                    member, shifts=None, rules=dataclasses.replace(rules, shifts_most=never)
                )
            elif cause.rule.startswith("hours"):
                name = "least" if cause.rule == "hours_least" else "most"
                hours = tuple(dataclasses.replace(one, **{name: None}) for one in rules.hours)
                mine = dataclasses.replace(member, rules=dataclasses.replace(rules, hours=hours))
            else:
                empty = () if cause.rule in {"shifts_most", "forbidden"} else None
                mine = dataclasses.replace(member, rules=dataclasses.replace(rules, **{cause.rule: empty}))
        members.append(mine)
    return dataclasses.replace(problem, members=tuple(members))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(members=3, days=4))
def test_explanations_hold(problem):
    """What is relaxed is what the checker finds broken; causes are there just where there is no roster."""
    found = explain(problem, effort=QUICK)
    if found.feasible:
        assert not found.relaxations
        return
    assert found.relaxations
    assert found.causes
    if len(found.rows) == len(problem.members) and problem.needs:
        broken, _ = check(problem, found.rows)
        assert {
            one.rule.removesuffix("_least") for one in found.relaxations if one.rule.startswith("hours")
        } <= {one.removesuffix("_least") for one in broken}
        assert ("need" in broken) == any(one.rule == "need" for one in found.relaxations)


def test_a_minimal_conflict_loses_it_with_any_cause():
    """Taking any one cause out leaves that conflict without its proof: fewer relaxations are left."""
    edits = Edits(fixed=(Cell("a", 1, "day"), Cell("a", 2, "night")))
    problem = Problem(WEEK, 4, THREE_SHIFTS, (Member("a"), Member("b")), edits=edits)
    for cause in explain(problem, effort=QUICK).causes:
        assert explain(without(problem, cause), effort=QUICK).feasible
