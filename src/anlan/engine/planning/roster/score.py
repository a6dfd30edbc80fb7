"""What a roster costs and breaks, read off its rows rule by rule: the figures that are reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.roster.fairness import burdens
from anlan.engine.planning.shifts import DAY_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from anlan.engine.planning.roster.parts import Count, Row, Table, Weekends, Window
    from anlan.engine.planning.roster.problem import Problem


@dataclass(frozen=True)
class Broken:
    """A rule that a roster breaks on a day: the figure reached, the limit, what it costs (None: it is hard).

    `rule` is the name of the field of `Rules` ("hours_least": too few), or "together", "leave", "shifts",
    "fixed", "forbidden_cell". For rest_min the value is the rest that is left in minutes.
    """

    rule: str
    member: str
    day: int
    value: int
    limit: int
    price: int | None
    shift: str = ""


@dataclass(frozen=True)
class Covered:
    """People of a need, wanted and there."""

    day: int
    shift: str
    skill: str
    needed: int
    there: int
    hard: bool

    @property
    def missing(self) -> int:
        """How many are missing."""
        return max(0, self.needed - self.there)


@dataclass(frozen=True)
class Parts:
    """The objective by kind; they add up to it."""

    uncovered: int
    surplus: int
    rules: int
    wishes: int
    fairness: int
    deviation: int
    changes: int

    @property
    def total(self) -> int:
        """All together."""
        return sum(vars(self).values())


@dataclass(frozen=True)
class Tally:
    """One member's month; `balance` after it: above (+) or below (-) the fair share, made good later."""

    member: str
    minutes: int
    duties: int
    nights: int
    weekends: int
    weekend_duties: int
    holidays: int
    wishes: int
    wishes_met: int
    balance_nights: int
    balance_weekends: int
    balance_holidays: int
    balance_minutes: int


def broken(problem: Problem, table: Table, roster: NDArray[np.int64]) -> list[Broken]:
    """Every rule that the roster (M, D) breaks, hard or soft."""
    found: list[Broken] = []
    for who, row in enumerate(table.rows):
        name, mine = problem.members[who].code, roster[who]
        found += _cells(problem, table, who, mine)
        found += [_window(problem, name, window, day, row, mine) for window, day in _windows(row, mine)]
        for count in row.counts:
            price = count.price(count.value(mine))
            if price != 0 and not count.fair:
                found.append(_counted(price, count, name, count.value(mine)))
        found += _weekends(name, row.weekends, mine)
    return found + _apart(problem, table, roster)


def _cells(problem: Problem, table: Table, who: int, row: NDArray[np.int64]) -> list[Broken]:
    name = problem.members[who].code
    wrong = np.flatnonzero(~table.allowed[who, np.arange(len(row)), row])
    return [
        Broken(
            cell_rule(problem, who, int(day), int(row[day])),
            name,
            int(day),
            1,
            0,
            None,
            problem.codes[row[day]],
        )
        for day in wrong
    ]


def cell_rule(problem: Problem, who: int, day: int, symbol: int) -> str:
    """Why a cell may not take a symbol."""
    member, code = problem.members[who], problem.codes[symbol]
    for cell in problem.edits.fixed:
        if (cell.member, cell.day) == (member.code, day) and cell.shift != code:
            return "fixed"
    if any(
        (cell.member, cell.day, cell.shift) == (member.code, day, code) for cell in problem.edits.forbidden
    ):
        return "forbidden_cell"
    return "leave" if day in member.leave and symbol else "shifts"


def _windows(row: Row, mine: NDArray[np.int64]) -> Iterator[tuple[Window, int]]:
    """Windows that a row breaks, by the day on which they end."""
    whole = [*row.before, *(int(one) for one in mine)]
    back = len(row.before)
    for window in row.windows:
        size = len(window.parts)
        for end in range(max(back, size - 1), len(whole)):
            if all(whole[end - size + 1 + at] in part for at, part in enumerate(window.parts)):
                yield window, end - back


def _window(
    problem: Problem, name: str, window: Window, day: int, row: Row, mine: NDArray[np.int64]
) -> Broken:
    size = len(window.parts)
    value = size - 2 if window.rule in {"days_least", "off_least", "off_after_nights"} else size
    if window.rule == "rest_min":
        first = day - size + 1
        before = int(mine[first]) if first >= 0 else row.before[first]
        early, late = problem.shifts[before - 1], problem.shifts[int(mine[day]) - 1]
        value = (size - 1) * DAY_MIN + late.start_min - early.end_min
    return Broken(window.rule, name, day, value, window.limit, window.price, problem.codes[mine[day]])


def _counted(price: int | None, count: Count, name: str, value: int) -> Broken:
    low = count.under[0].threshold if count.least is None and count.under else count.least
    high = count.over[0].threshold if count.most is None and count.over else count.most
    short = low is not None and value < low
    limit = low if short else high
    rule = f"{count.rule}_least" if short else count.rule
    return Broken(rule, name, count.end - 1, value, limit or 0, price, count.shift)


def worked(weekends: Weekends, row: NDArray[np.int64]) -> list[bool]:
    """Which weekends have a duty."""
    return [bool(row[list(days)].any()) or (weekends.begun and not number)
            for number, days in enumerate(weekends.days)]  # fmt: skip


def _weekends(name: str, weekends: Weekends, row: NDArray[np.int64]) -> list[Broken]:
    found, done = [], worked(weekends, row)
    if weekends.most and sum(done) > weekends.most.value:
        limit, value = weekends.most, sum(done)
        price = None if limit.price is None else limit.price * (value - limit.value)
        if price != 0:
            found.append(Broken("weekends_most", name, -1, value, limit.value, price))
    if weekends.off_in:
        run, size = weekends.running, weekends.off_in.value
        for number, one in enumerate(done):
            run = run + 1 if one else 0
            if run >= size:
                found.append(Broken("weekend_off_in", name, weekends.days[number][-1], run, size,
                                    weekends.off_in.price))  # fmt: skip
    return found


def _apart(problem: Problem, table: Table, roster: NDArray[np.int64]) -> list[Broken]:
    """Members in another shift than most of their team."""
    found = []
    for team in range(int(table.teams.max()) + 1) if table.together else ():
        mates = np.flatnonzero(table.teams == team)
        for day in range(roster.shape[1]):
            each = np.bincount(roster[mates, day], minlength=len(problem.codes))[1:]
            lead = int(np.argmax(each)) + 1
            found += [
                Broken("together", problem.members[who].code, day, 1, 0, table.together,
                       problem.codes[roster[who, day]])
                for who in mates if roster[who, day] not in {0, lead}
            ]  # fmt: skip
    return found


def covered(problem: Problem, table: Table, roster: NDArray[np.int64]) -> list[Covered]:
    """Each need and who is there."""
    covers = table.covers
    there = (covers.counts & (covers.symbol[:, None] == roster[:, covers.day].T)).sum(1)
    return [
        Covered(need.day, need.shift, need.skill, need.people, int(people), need.hard)
        for need, people in zip(problem.needs, there, strict=True)
    ]


def parts(problem: Problem, table: Table, roster: NDArray[np.int64], rules: list[Broken]) -> Parts:
    """The objective by kind; hard rules cost nothing here."""
    covers, days = table.covers, np.arange(roster.shape[1])
    there = np.asarray([one.there for one in covered(problem, table, roster)], np.int64)
    lack = np.maximum(0, covers.people - there)
    surplus = int(np.maximum(0, there - covers.people) @ covers.over)
    each = [
        int(sum(cost[who, days, row].sum() for who, row in enumerate(roster)))
        for cost in (table.wish, table.deviation, table.change)
    ]
    fair = sum(
        count.price(count.value(roster[who])) or 0
        for who, row in enumerate(table.rows) for count in row.counts if count.fair
    )  # fmt: skip
    soft = sum(one.price or 0 for one in rules)
    return Parts(
        int(lack[~covers.hard] @ covers.under[~covers.hard]), surplus, soft, each[0], fair, *each[1:]
    )


def tallies(problem: Problem, table: Table, roster: NDArray[np.int64]) -> list[Tally]:
    """One a member."""
    kinds = burdens(problem, table.allowed)
    each = np.stack([kind.tally(roster) for kind in kinds])
    after = [taken - kind.fair(int(taken.sum())) for kind, taken in zip(kinds, each, strict=True)]
    found = []
    for who, member in enumerate(problem.members):
        row = roster[who]
        nights, weekend, holidays, minutes = (int(one) for one in each[:, who])
        met = sum((problem.codes[row[wish.day]] == wish.shift) == wish.want for wish in member.wishes)
        found.append(Tally(
            member.code, minutes, int((row > 0).sum()), nights, sum(worked(table.rows[who].weekends, row)),
            weekend, holidays, len(member.wishes), met, *(int(one[who]) for one in after),
        ))  # fmt: skip
    return found
