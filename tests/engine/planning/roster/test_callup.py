"""Levels call people up in a published order."""

from __future__ import annotations

import dataclasses
import math

import pytest
from tests.engine.planning.roster.cases import TWO, WEEK
from tests.engine.planning.roster.checker import check

from anlan.engine.planning.roster import (
    Alert,
    Effort,
    Limit,
    Member,
    Order,
    Problem,
    Rules,
    call_up,
    named,
    pattern_rows,
    solve,
)
from anlan.engine.planning.roster.problem import Need

ORDER = Order(("A", "B", "C", "D"), WEEK)


def problem(days=8):
    """Four teams of four in two shifts of twelve hours: two teams are off each day."""
    members = tuple(Member(f"{team}{place}", team) for team in "ABCD" for place in range(4))
    needs = tuple(Need(day, code, 4) for day in range(days) for code in "DN")
    one = Problem(WEEK, days, TWO, members, needs, Rules(days_running=Limit(3)))
    return dataclasses.replace(
        one, base=pattern_rows(one, {"": named("two_shifts_12h", {"day": "D", "night": "N"})})
    )


def test_the_order_turns_and_is_fair():
    """Each team is first reserve as often; it is known from the date alone."""
    firsts = [ORDER.on(f"2026-03-{day:02d}")[0] for day in range(2, 30)]
    assert firsts[:5] == ["A", "B", "C", "D", "A"]
    assert all(firsts.count(team) == 7 for team in "ABCD")
    assert Order(("A", "B"), WEEK, every=7).on("2026-03-08") == ("A", "B")
    assert Order(("A", "B"), WEEK, every=7).on("2026-03-09") == ("B", "A")


@pytest.mark.parametrize(("level", "share"), [("I", 0.8), ("II", 0.6), ("III", 0.4), ("IV", 0.2)])
def test_a_level_calls_its_share(level, share):
    """Of the eight who are off, the level's share rounded up, or it is said how many rest."""
    before = problem()
    found = call_up(before, (Alert(3, level, "N"),), ORDER)
    wanted = math.ceil(share * 8)
    called = len(found.called)
    assert called == wanted or [(one.wanted, one.called) for one in found.short] == [(wanted, called)]
    assert called
    for one in found.called:
        assert before.base[one.member][3] == ""
        assert found.problem.base[one.member][3] == "N"
    assert check(found.problem, found.problem.base)[0] == []


def test_the_first_reserve_comes_first_and_turns_within_the_team():
    """Team by team in the day's order; in a team, those called least."""
    found = call_up(problem(), (Alert(2, "IV", "N"), Alert(6, "IV", "N")), ORDER)
    on = {2: ORDER.on("2026-03-04"), 6: ORDER.on("2026-03-08")}
    for one in found.called:
        assert on[one.day][one.reserve - 1] == one.team
    first, later = ({one.member for one in found.called if one.day == day} for day in (2, 6))
    assert len(first) == len(later) == 2
    assert not first & later
    again = call_up(problem(), (Alert(2, "IV", "N"),), ORDER, before=dict.fromkeys(first, 1))
    assert not first & {one.member for one in again.called}


def test_extra_duties_are_in_the_roster_and_count():
    """A solve keeps them, covers the raised need, and counts them in the tallies."""
    found = call_up(problem(), (Alert(3, "III", "N"),), ORDER)
    roster = solve(found.problem, effort=Effort(3, workers=1))
    assert all(roster.rows[one.member][3] == "N" for one in found.called)
    (need,) = [one for one in roster.cover if (one.day, one.shift) == (3, "N")]
    assert need.needed == 4 + len(found.called) <= need.there
    nights = {one.member: one.nights for one in roster.tallies}
    rows = roster.rows
    assert all(nights[code] == rows[code].count("N") for code in rows)


@pytest.mark.parametrize(
    ("alerts", "message"),
    [
        ((Alert(9, "I", "N"),), "day 9"),
        ((Alert(1, "purple", "N"),), "purple"),
        ((Alert(1, "I", "X"),), "'X'"),
        ((Alert(1, "I", "N"), Alert(1, "II", "N")), "one a day"),
    ],
)
def test_wrong_alerts_are_named(alerts, message):
    """Each refusal names what is wrong."""
    with pytest.raises(ValueError, match=message):
        call_up(problem(), alerts, ORDER)


def test_wrong_orders_are_named():
    """No teams, an unknown one, no pattern."""
    with pytest.raises(ValueError, match="teams"):
        Order((), WEEK)
    with pytest.raises(ValueError, match="every"):
        Order(("A",), WEEK, every=0)
    with pytest.raises(ValueError, match="'X'"):
        call_up(problem(), (), Order(("X",), WEEK))
    with pytest.raises(ValueError, match="base"):
        call_up(dataclasses.replace(problem(), base=None), (), ORDER)
