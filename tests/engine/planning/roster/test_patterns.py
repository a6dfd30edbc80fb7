"""Patterns against published cycles."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.engine.planning.roster.cases import TWO, WEEK

from anlan.engine.planning.roster import Member, Pattern, Problem, dated, named, pattern_rows, short_rests
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift

EVENING_NIGHT = (Shift("day", 480, 480), Shift("evening", 960, 480), Shift("night", 1320, 600))
HALVES = {"day": "D", "night": "N"}


def team_rows(pattern, teams, days=56):
    """Rows of the teams."""
    return {team: pattern.row("2026-03-02", days, offset) for team, offset in pattern.spread(teams).items()}


@pytest.mark.parametrize("name", ["four_teams_8", "four_teams_4"])
def test_four_teams_in_three_shifts(name):
    """四班三运转: each shift of each day has just one team, one team is off; a team works 42 hours a week."""
    rows = team_rows(named(name, shifts=THREE_SHIFTS), "ABCD")
    for day in range(56):
        assert Counter(row[day] for row in rows.values()) == {"day": 1, "evening": 1, "night": 1, "": 1}
    for row in rows.values():
        assert sum(code != "" for code in row) * 8 / 8 == 42


def test_the_published_cycle_of_eight_days():
    """Two days, two evenings, two nights, two off; from midnight on, the nights stand a day later."""
    assert named("four_teams_8").cycle == ("day", "day", "evening", "evening", "night", "night", "", "")
    later = ("day", "day", "evening", "evening", "", "night", "night", "")
    assert named("four_teams_8", shifts=THREE_SHIFTS).cycle == later
    assert named("four_teams_8", shifts=EVENING_NIGHT).cycle == named("four_teams_8").cycle


def test_rest_in_the_cycles():
    """Both cycles leave 11 hours; undated, a night from midnight follows the evening at once."""
    for name in ("four_teams_8", "four_teams_4"):
        assert short_rests(named(name, shifts=THREE_SHIFTS), THREE_SHIFTS, 660) == []
    assert short_rests(named("four_teams_8"), THREE_SHIFTS, 660) == [(3, 0)]


def test_twelve_and_twenty_four_hours():
    """Four teams: one by day and one by night each day; or one for 24 hours, every fourth day."""
    rows = team_rows(named("two_shifts_12h", HALVES, TWO), "ABCD")
    assert all(Counter(row[day] for row in rows.values()) == {"D": 1, "N": 1, "": 2} for day in range(56))
    rows = team_rows(named("day_and_night_24h"), "ABCD")
    assert all(sum(row[day] == "day" for row in rows.values()) == 1 for day in range(56))
    assert short_rests(named("day_and_night_24h"), (Shift("day", 480, 1440),), 72 * 60) == []


def test_four_on_two_off_and_the_working_week():
    """Two of three are on duty; the week is worked from Monday to Friday."""
    rows = team_rows(named("four_on_two_off"), "ABC")
    assert all(sum(row[day] != "" for row in rows.values()) == 2 for day in range(56))
    assert named("weekdays").row("2026-03-04", 7) == ("day", "day", "day", "", "", "day", "day")


def test_any_other_pattern_by_team():
    """A team's own pattern and offset; members of a team share its row."""
    members = (Member("a", "A"), Member("b", "A"), Member("c", "B"), Member("d"))
    problem = Problem(WEEK, 4, TWO, members)
    rows = pattern_rows(
        problem, {"A": Pattern(("D", ""), {"A": 1}, WEEK), "B": Pattern(("N", "", ""), {}, WEEK)}
    )
    assert rows == {"a": ("", "D", "", "D"), "b": ("", "D", "", "D"), "c": ("N", "", "", "N")}


def test_wrong_patterns_are_named():
    """An unknown name, an empty cycle, a bad date, a night without room."""
    with pytest.raises(ValueError, match="four_teams_8"):
        named("nine to five")
    with pytest.raises(ValueError, match="cycle"):
        Pattern(())
    with pytest.raises(ValueError, match="anchor"):
        Pattern(("D",), anchor="yesterday")
    with pytest.raises(ValueError, match="falls on day 1"):
        dated(("night", "day"), THREE_SHIFTS)
