"""Rosters against an independent checker and against every roster there is."""

from __future__ import annotations

import dataclasses
import itertools
import json

import pytest
from hypothesis import HealthCheck, given, settings
from tests.engine.planning.roster.cases import EFFORT_S, TWO, WEEK, problems
from tests.engine.planning.roster.checker import check

from anlan.engine.planning.roster import (
    Balance,
    Cell,
    Edits,
    Effort,
    Limit,
    Member,
    Need,
    Problem,
    Rules,
    Status,
    Wish,
    assess,
    named,
    pattern_rows,
    solve,
)
from anlan.engine.planning.shifts import THREE_SHIFTS

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
QUICK = Effort(EFFORT_S, workers=1)


def tuples(rows):
    """Rows as a problem takes them."""
    return {member: tuple(row) for member, row in rows.items()}


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(problems(members=2, days=3))
def test_the_best_of_all_rosters(problem):
    """On tiny problems: the cost of the cheapest roster that keeps the hard rules, or that there is none."""
    names = [member.code for member in problem.members]
    every = itertools.product(itertools.product(problem.codes, repeat=problem.days), repeat=len(names))
    costs = []
    for rows in every:
        broken, cost = check(problem, dict(zip(names, rows, strict=True)))
        if not broken:
            costs.append(cost)
    found = solve(problem, effort=QUICK)
    if not costs:
        assert found.status == Status.INFEASIBLE
        return
    assert found.status == Status.OPTIMAL
    assert found.objective == min(costs) == found.bound


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(problems(members=4, days=9))
def test_what_is_reported_is_true(problem):
    """The checker finds the same cost and broken rules; a bound is never above; it is plain data."""
    found = solve(problem, effort=Effort(0.3, workers=1))
    json.dumps(dataclasses.asdict(found))
    if not found.rows:
        assert found.status == Status.INFEASIBLE
        return
    broken, cost = check(problem, found.rows)
    assert found.objective == cost == found.parts.total
    assert (found.status in {Status.OPTIMAL, Status.FEASIBLE}) == (not broken)
    assert found.bound <= found.objective
    hard = [one.rule for one in found.broken if one.price is None]
    assert bool(hard) or any(one.hard and one.missing for one in found.cover) or not broken
    assert sum(one.price or 0 for one in found.broken) == found.parts.rules


@settings(max_examples=8, deadline=None, suppress_health_check=SLOW)
@given(problem=problems(members=3, days=5, hard=False))
def test_the_search_without_cp_sat(problem, monkeypatch_module):
    """Column generation alone: its bound is no more than CP-SAT's optimum, its roster no less."""
    exact = solve(problem, effort=QUICK)
    with monkeypatch_module.context() as patch:
        patch.setattr("anlan.engine.planning.roster.solving.SMALL", -1)
        found = solve(problem, effort=Effort(0.5, workers=2))
    if not exact.rows:
        assert found.status == Status.INFEASIBLE
        return
    assert exact.status == Status.OPTIMAL
    assert found.bound <= exact.objective <= found.objective
    broken, cost = check(problem, found.rows)
    assert (broken, cost) == ([], found.objective)


@pytest.fixture(scope="module")
def monkeypatch_module():
    """A patch that lives as long as the examples of one test."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def four_teams(members=24, days=28, spare=0):
    """Four teams in three shifts by the cycle of eight days."""
    people = tuple(Member(f"{'ABCD'[place % 4]}-{place:02d}", "ABCD"[place % 4]) for place in range(members))
    each = members // 4 - spare
    needs = tuple(Need(day, shift.code, each) for day in range(days) for shift in THREE_SHIFTS)
    rules = Rules(nights_running=Limit(2), days_running=Limit(6), off_after_nights=Limit(1))
    problem = Problem(WEEK, days, THREE_SHIFTS, people, needs, rules)
    return dataclasses.replace(
        problem, base=pattern_rows(problem, {"": named("four_teams_8", shifts=THREE_SHIFTS)})
    )


def test_a_pattern_that_fits_stays_as_it_is():
    """Where the pattern covers everything and nobody wishes otherwise, no cell deviates."""
    problem = four_teams()
    found = solve(problem, effort=QUICK)
    assert tuples(found.rows) == problem.base
    assert found.parts.deviation == found.parts.uncovered == 0


def test_leave_makes_a_few_deviations():
    """Two of a team on leave the same two days: somebody stands in, with every need met, few cells change."""
    problem = four_teams(members=16, days=14, spare=1)
    away = [place for place, member in enumerate(problem.members) if member.team == "A"][:2]
    members = [dataclasses.replace(one, leave=(9, 10)) if place in away else one
               for place, one in enumerate(problem.members)]  # fmt: skip
    problem = dataclasses.replace(problem, members=tuple(members))
    found = solve(problem, effort=QUICK)
    assert all(not one.missing for one in found.cover)
    assert 4 <= found.parts.deviation <= 10
    assert check(problem, found.rows) == ([], found.objective)


def test_edits_are_kept_and_little_changes():
    """Around a cell fixed by hand the rest stays close to the roster given."""
    problem = four_teams(members=16, days=14, spare=1)
    first = problem.base
    who = next(code for code, row in first.items() if row[4] == "")
    edits = Edits(fixed=(Cell(who, 4, "evening"),), near=first, change=100)
    again = solve(dataclasses.replace(problem, edits=edits), effort=QUICK)
    assert again.rows[who][4] == "evening"
    changed = sum(
        one != two for code in first for one, two in zip(first[code], again.rows[code], strict=True)
    )
    assert 1 <= changed <= 6
    assert again.parts.changes == 100 * changed


def test_months_join():
    """Rest and nights running go on over the edge of the month, and what is owed is made good."""
    before = ("N", "N")
    members = (Member("a", before=before), Member("b"))
    rules = Rules(nights_running=Limit(2), rest_min=Limit(660))
    needs = tuple(Need(day, "N", 1) for day in range(3))
    found = solve(Problem(WEEK, 3, TWO, members, needs, rules), effort=QUICK)
    assert found.rows["a"][0] == ""
    assert found.rows["b"][0] == "N"
    owing = dataclasses.replace(members[1], balance=Balance(nights=3, minutes=3 * 720))
    free = Rules(rest_min=None)
    found = solve(Problem(WEEK, 3, TWO, (Member("a"), owing), needs, free), effort=QUICK)
    assert found.rows == {"a": ["N"] * 3, "b": [""] * 3}
    assert [one.balance_nights for one in found.tallies] == [0, 0]


def test_priorities():
    """A person missing outweighs a wish; a wish outweighs the pattern."""
    members = (Member("a", wishes=(Wish(0, ""),)), Member("b", wishes=(Wish(1, ""),)))
    base = {"a": ("D", "D"), "b": ("", "D")}
    problem = Problem(WEEK, 2, TWO, members, (Need(0, "D", 1), Need(1, "D", 2)), base=base)
    found = solve(problem, effort=QUICK)
    assert found.rows == {"a": ["", "D"], "b": ["D", "D"]}
    assert (found.parts.uncovered, found.parts.wishes, found.parts.deviation) == (0, 20, 2)


def test_a_team_is_kept_together():
    """Its members on duty share a shift where that is dearer than the wish."""
    wish = (Wish(0, "N", weight=1),)
    members = (Member("a", "T"), Member("b", "T"), Member("c", "T", wishes=wish))
    needs = (Need(0, "D", 2),)
    apart = solve(Problem(WEEK, 1, TWO, members, needs), effort=QUICK)
    assert apart.rows["c"] == ["N"]
    near = solve(Problem(WEEK, 1, TWO, members, needs, together=50), effort=QUICK)
    assert near.rows["c"] != ["N"]
    assert near.parts.rules == 0


def test_stopped_at_once_it_has_a_roster():
    """Asked to stop from the beginning, it gives the first roster."""

    steps = []

    class Stopping:
        def told(self, step, done, gap=None):
            assert 0 <= done <= 1
            assert gap is None or 0 <= gap <= 1
            steps.append(step)

        def stopped(self):
            return True

    watch = Stopping()
    problem = four_teams(members=16, days=14)
    found = solve(problem, effort=Effort(60), watch=watch)
    assert found.rows
    assert steps[0] == "start"
    assert check(problem, found.rows) == ([], found.objective)


def test_a_given_roster_is_assessed():
    """The figures of a roster made elsewhere, broken hard rules named with their figure."""
    problem = Problem(WEEK, 2, TWO, (Member("a"),), (Need(0, "N", 1), Need(1, "D", 1)))
    found = assess(problem, {"a": ("N", "D")})
    assert found.status == Status.UNKNOWN
    (one,) = found.broken
    assert (one.rule, one.member, one.day, one.value, one.limit, one.price) == (
        "rest_min",
        "a",
        1,
        0,
        660,
        None,
    )


@pytest.mark.parametrize(("field", "value"), [("time_limit_s", 0), ("workers", 0), ("gap", 1.0)])
def test_wrong_effort_is_named(field, value):
    """Each refusal names the parameter."""
    with pytest.raises(ValueError, match=field):
        Effort(**{field: value})
