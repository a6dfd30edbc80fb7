"""Alert levels call off-duty people up in a published order, respecting rest; their duties join the roster.

Which team is first reserve is known beforehand: the order of the teams turns by one every `every` days, so
that each is first as often. Within a team those called least so far come first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.roster.finder import Finder
from anlan.engine.planning.roster.machine import machines
from anlan.engine.planning.roster.problem import Cell, Need, Problem
from anlan.engine.planning.roster.rules import OFF
from anlan.engine.planning.roster.table import table

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALLED: Mapping[str, Fraction] = {
    "I": Fraction(4, 5), "II": Fraction(3, 5), "III": Fraction(2, 5), "IV": Fraction(1, 5),
    "red": Fraction(4, 5), "orange": Fraction(3, 5), "yellow": Fraction(2, 5), "green": Fraction(0),
}  # fmt: skip
"""Default share of off-duty people called up by level (editable; no source: each force sets its own)."""


@dataclass(frozen=True)
class Alert:
    """A level on a day, and the shift in which the called-up serve."""

    day: int
    level: str
    shift: str


@dataclass(frozen=True)
class Order:
    """The published order: teams in turn from the ISO date `since`, another first every `every` days.

    Raises:
        ValueError: names the field that is out of range.

    """

    teams: tuple[str, ...]
    since: str
    every: int = 1

    def __post_init__(self) -> None:
        if not self.teams or len(set(self.teams)) < len(self.teams):
            raise ValueError("teams of the order: at least one, none twice")
        if self.every < 1:
            raise ValueError(f"every: at least 1 day, not {self.every}")

    def on(self, day: str) -> tuple[str, ...]:
        """Teams on an ISO date, the first reserve first."""
        gone = (date.fromisoformat(day) - date.fromisoformat(self.since)).days // self.every
        first = gone % len(self.teams)
        return self.teams[first:] + self.teams[:first]


@dataclass(frozen=True)
class Called:
    """A member called up: `reserve` is the team's place in the day's order, 1 = first reserve."""

    day: int
    level: str
    member: str
    team: str
    shift: str
    reserve: int


@dataclass(frozen=True)
class ShortCall:
    """A day on which fewer than the level's share could be called; `resting` would have broken hard rules."""

    day: int
    level: str
    wanted: int
    called: int
    resting: int


@dataclass(frozen=True, eq=False)
class CallUps:
    """The problem with the extra duties fixed and needed, who was called, and where it fell short."""

    problem: Problem
    called: tuple[Called, ...]
    short: tuple[ShortCall, ...]


def call_up(
    problem: Problem, alerts: tuple[Alert, ...], order: Order, *,
    shares: Mapping[str, float | Fraction] = CALLED, before: Mapping[str, int] | None = None,
) -> CallUps:  # fmt: skip
    """Call people up from the pattern (`problem.base`) by level, day by day.

    A level's share of the members off duty and not on leave that day is rounded up. `before`: how often each
    was called in earlier months. The duties become fixed cells and raise the need of their shift, so a solve
    keeps them, and they count in fairness.

    Raises:
        ValueError: no pattern, an unknown level, shift or team, or two alerts on one day.

    """
    if not problem.base:
        raise ValueError("base: calling up needs the pattern's rows")
    _checked(problem, alerts, order, shares)
    work = _Calling(problem, order, dict(before or {}))
    for alert in sorted(alerts, key=lambda one: one.day):
        work.call(alert, Fraction(shares[alert.level]).limit_denominator(10_000))
    return CallUps(_with(problem, work.rows(), tuple(work.called)), tuple(work.called), tuple(work.short))


def _checked(
    problem: Problem, alerts: tuple[Alert, ...], order: Order, shares: Mapping[str, float | Fraction]
) -> None:
    days = [alert.day for alert in alerts]
    if len(set(days)) < len(days):
        raise ValueError("alerts: one a day")
    for alert in alerts:
        if not 0 <= alert.day < problem.days:
            raise ValueError(f"alerts: day {alert.day} is not from 0 to {problem.days - 1}")
        if alert.level not in shares or not 0 <= shares[alert.level] <= 1:
            raise ValueError(f"level {alert.level!r}: needs a share from 0 to 1")
        if alert.shift not in problem.codes[1:]:
            raise ValueError(f"alerts: no shift {alert.shift!r}")
    teams = {member.team for member in problem.members}
    for team in order.teams:
        if team not in teams:
            raise ValueError(f"order: no team {team!r}")


class _Calling:
    def __init__(self, problem: Problem, order: Order, times: dict[str, int]) -> None:
        self.problem, self.order, self.times = problem, order, times
        self.codes = {code: one for one, code in enumerate(problem.codes)}
        numbers = table(problem)
        self.finder = Finder(numbers, machines(numbers))
        base = problem.base or {}
        rows = [base.get(member.code, (OFF,) * problem.days) for member in problem.members]
        self.roster = np.asarray([[self.codes[code] for code in row] for row in rows], np.int64)
        self.called: list[Called] = []
        self.short: list[ShortCall] = []

    def call(self, alert: Alert, share: Fraction) -> None:
        """Call up for one alert."""
        members = self.problem.members
        idle = [who for who, row in enumerate(self.roster)
                if row[alert.day] == 0 and alert.day not in members[who].leave
                and members[who].team in self.order.teams]  # fmt: skip
        wanted = math.ceil(share * len(idle))
        day = date.fromisoformat(self.problem.start) + timedelta(days=alert.day)
        turn = {team: place for place, team in enumerate(self.order.on(day.isoformat()), 1)}
        idle.sort(key=lambda who: (turn[members[who].team], self.times.get(members[who].code, 0), who))
        got, resting = 0, 0
        for who in idle:
            if got == wanted:
                break
            if self._takes(who, alert):
                got += 1
                name, team = members[who].code, members[who].team
                self.times[name] = self.times.get(name, 0) + 1
                self.called.append(Called(alert.day, alert.level, name, team, alert.shift, turn[team]))
            else:
                resting += 1
        if got < wanted:
            self.short.append(ShortCall(alert.day, alert.level, wanted, got, resting))

    def _takes(self, who: int, alert: Alert) -> bool:
        """Give the duty unless it breaks a hard rule that the row keeps now."""
        trial = self.roster[who].copy()
        trial[alert.day] = self.codes[alert.shift]
        now, then = (self._wrong(who, row) for row in (self.roster[who], trial))
        if then & ~now:
            return False
        self.roster[who] = trial
        return True

    def _wrong(self, who: int, row: NDArray[np.int64]) -> int:
        """Which hard rules a row breaks, as bits: the windows, each counter, the cells."""
        costs = self.finder.machines[who].costs(row)
        allowed = bool(self.finder.table.allowed[who, self.finder.days, row].all())
        bits = [*np.isinf(costs), not allowed]
        return sum(1 << place for place, bit in enumerate(bits) if bit)

    def rows(self) -> dict[str, tuple[str, ...]]:
        """The rows with the extra duties."""
        codes = self.problem.codes
        base = self.problem.base or {}
        return {
            member.code: tuple(codes[one] for one in row)
            for member, row in zip(self.problem.members, self.roster, strict=True) if member.code in base
        }  # fmt: skip


def _with(problem: Problem, rows: dict[str, tuple[str, ...]], called: tuple[Called, ...]) -> Problem:
    """Fix the duties; the needs of their shifts grow by them (where there is none, one is made)."""
    extra: dict[tuple[int, str], int] = {}
    for one in called:
        extra[one.day, one.shift] = extra.get((one.day, one.shift), 0) + 1
    needs = []
    for need in problem.needs:
        more = extra.pop((need.day, need.shift), 0) if not need.skill else 0
        needs.append(replace(need, people=need.people + more))
    base = list((problem.base or {}).values())
    for (day, shift), people in extra.items():
        needs.append(Need(day, shift, people + sum(row[day] == shift for row in base)))
    fixed = tuple(Cell(one.member, one.day, one.shift) for one in called)
    edits = replace(problem.edits, fixed=problem.edits.fixed + fixed)
    return replace(problem, base=rows, needs=tuple(needs), edits=edits)
