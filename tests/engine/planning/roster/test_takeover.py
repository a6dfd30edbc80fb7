"""Who can take over from a member who falls ill."""

from __future__ import annotations

import dataclasses

import pytest
from tests.engine.planning.roster.cases import TWO, WEEK
from tests.engine.planning.roster.checker import check

from anlan.engine.planning.roster import (
    Balance,
    Edits,
    Effort,
    Limit,
    Member,
    Need,
    Problem,
    Rules,
    assess,
    solve,
    takeovers,
)


def problem():
    """Six members, two by day, one driver by night."""
    members = (
        Member("a", skills=("driver",)), Member("b", skills=("driver",), balance=Balance(nights=3)),
        Member("c", skills=("driver",)), Member("d"), Member("e"), Member("f", leave=(0, 1, 2, 3)),
    )  # fmt: skip
    needs = [Need(day, "D", 2) for day in range(4)] + [Need(day, "N", 1, "driver") for day in range(4)]
    return Problem(
        WEEK, 4, TWO, members, tuple(needs), Rules(nights_running=Limit(2), off_after_nights=Limit(1))
    )


ROWS = {
    "a": ("N", "N", "", "D"), "b": ("D", "", "N", ""), "c": ("", "", "", "N"),
    "d": ("D", "D", "", "D"), "e": ("", "D", "D", ""), "f": ("", "", "", ""),
}  # fmt: skip


def test_takeovers_are_what_a_fresh_look_says():
    """Each change is the difference of the assessed rosters; nobody offered breaks a hard rule."""
    given = problem()
    assert check(given, ROWS)[0] == []
    for gap in takeovers(given, ROWS, "a", (0, 1, 2, 3)):
        left = {**ROWS, "a": tuple("" if code else code for code in ROWS["a"])}
        for one in gap.takeovers:
            row = list(left[one.member])
            assert one.from_shift == row[gap.day]
            row[gap.day] = gap.shift
            after = {**left, one.member: tuple(row)}
            broken, cost = check(given, after)
            assert broken == []
            assert one.change == cost - check(given, left)[1]


def test_the_ranking():
    """For the night of day 1 the driver who owes nights comes before the one who did too many."""
    (gap,) = takeovers(problem(), ROWS, "a", (1,))
    assert (gap.day, gap.shift, gap.covered) == (1, "N", False)
    names = [one.member for one in gap.takeovers]
    assert "f" not in names
    assert names[0] == "c"
    changes = [one.change for one in gap.takeovers]
    assert changes == sorted(changes)


def test_a_solve_around_the_ill_member():
    """The same by a solve near the roster: the ill member on leave, little else changes."""
    given = problem()
    ill = dataclasses.replace(given.members[0], leave=(0, 1, 2, 3))
    again = dataclasses.replace(given, members=(ill, *given.members[1:]), edits=Edits(near=ROWS))
    found = solve(again, effort=Effort(3, workers=1))
    assert found.rows["a"] == [""] * 4
    before = assess(again, {**ROWS, "a": ("",) * 4})
    assert found.objective <= before.objective


def test_wrong_questions_are_named():
    """An unknown member, a day outside."""
    with pytest.raises(ValueError, match="member"):
        takeovers(problem(), ROWS, "z", (1,))
    with pytest.raises(ValueError, match="days"):
        takeovers(problem(), ROWS, "a", (9,))
