"""Duty patterns: a cycle of codes that each team runs through, shifted against the others; no search.

Published cycles write a night on the date of its evening. A `Shift` belongs to the day on which it begins, so
a night from midnight on stands a day later: `dated` moves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from anlan.engine.planning.roster.problem import Problem
from anlan.engine.planning.roster.rules import OFF
from anlan.engine.planning.shifts import DAY_MIN, Shift

MONDAY = "2024-01-01"
SMALL_HOURS = 6 * 60

D, E, N = "day", "evening", "night"
CYCLES: Mapping[str, tuple[str, ...]] = {
    "four_teams_8": (D, D, E, E, N, N, OFF, OFF),
    "four_teams_4": (D, E, N, OFF),
    "four_on_two_off": (D, D, D, D, OFF, OFF),
    "two_shifts_12h": (D, N, OFF, OFF),
    "day_and_night_24h": (D, OFF, OFF, OFF),
    "weekdays": (D, D, D, D, D, OFF, OFF),
}
"""Common cycles: four teams in three shifts (四班三运转) by eight and by four days; four on, two off;
four teams in two shifts of 12 hours; 24 hours on, 72 off; the working week (anchored on a Monday)."""


@dataclass(frozen=True)
class Pattern:
    """A cycle of codes ("" = off); on the ISO date `anchor` the team with offset 0 is at its begin.

    `offsets`: days by which a team is ahead of it; teams without one are spread evenly in their order.

    Raises:
        ValueError: names the field that is out of range.

    """

    cycle: tuple[str, ...]
    offsets: Mapping[str, int] = field(default_factory=dict)
    anchor: str = MONDAY

    def __post_init__(self) -> None:
        if not self.cycle:
            raise ValueError("cycle: at least one day")
        try:
            date.fromisoformat(self.anchor)
        except ValueError:
            raise ValueError(f"anchor: an ISO date, not {self.anchor!r}") from None

    def row(self, start: str, days: int, offset: int = 0) -> tuple[str, ...]:
        """Codes of a team from the ISO date `start` on."""
        gone = (date.fromisoformat(start) - date.fromisoformat(self.anchor)).days + offset
        return tuple(self.cycle[(gone + day) % len(self.cycle)] for day in range(days))

    def spread(self, teams: Sequence[str]) -> dict[str, int]:
        """Offset of each team."""
        even = {team: place * len(self.cycle) // len(teams) for place, team in enumerate(teams)}
        return {team: self.offsets.get(team, even[team]) for team in teams}


def named(name: str, codes: Mapping[str, str] | None = None, shifts: Sequence[Shift] = ()) -> Pattern:
    """A common pattern; `codes` replace "day", "evening", "night"; with `shifts` it is dated by them.

    Raises:
        ValueError: there is no such pattern, or it cannot be dated.

    """
    if name not in CYCLES:
        raise ValueError(f"pattern {name!r}: expected one of {', '.join(CYCLES)}")
    cycle = tuple((codes or {}).get(code, code) for code in CYCLES[name])
    return Pattern(dated(cycle, shifts) if shifts else cycle)


def dated(cycle: tuple[str, ...], shifts: Sequence[Shift]) -> tuple[str, ...]:
    """Move duties that begin in the small hours (before 6:00) to the day after the one a cycle has them on.

    Raises:
        ValueError: the day after is taken by a duty that stays.

    """
    late = {shift.code for shift in shifts if shift.start_min < SMALL_HOURS}
    found = [OFF if code in late else code for code in cycle]
    for day, code in enumerate(cycle):
        if code in late:
            after = (day + 1) % len(cycle)
            if found[after] != OFF:
                raise ValueError(f"cycle: {code} of day {day} falls on day {after}, which has {found[after]}")
            found[after] = code
    return tuple(found)


def short_rests(pattern: Pattern, shifts: Sequence[Shift], rest_min: int) -> list[tuple[int, int]]:
    """Days of the cycle whose duty ends less than `rest_min` before the next one, and the rest there."""
    by_code = {shift.code: shift for shift in shifts}
    duties = [(day, by_code[code]) for day, code in enumerate(pattern.cycle) if code != OFF]
    found = []
    for place, (day, shift) in enumerate(duties):
        after, other = duties[(place + 1) % len(duties)]
        days = (after - day) % len(pattern.cycle) or len(pattern.cycle)
        rest = days * DAY_MIN + other.start_min - shift.end_min
        if rest < rest_min:
            found.append((day, rest))
    return found


def pattern_rows(problem: Problem, patterns: Mapping[str, Pattern]) -> dict[str, tuple[str, ...]]:
    """The pattern's row of each member, by team (a pattern under "" serves teams without their own).

    Teams that share a pattern are spread over it in the order of their names. Members without a pattern have
    no row.
    """
    teams = sorted({member.team for member in problem.members})
    of = {team: patterns.get(team, patterns.get("")) for team in teams}
    rows: dict[str, tuple[str, ...]] = {}
    for pattern in {id(one): one for one in of.values() if one is not None}.values():
        offsets = pattern.spread([team for team in teams if of[team] is pattern])
        for team, offset in offsets.items():
            row = pattern.row(problem.start, problem.days, offset)
            rows |= {member.code: row for member in problem.members if member.team == team}
    return rows
