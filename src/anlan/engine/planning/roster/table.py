"""A problem in numbers: what each member's row must keep, what cells cost, whom each need counts.

Every rule of a row becomes one of three things: a *window* (sets of symbols that must not follow each other),
a *count* (a weighted number of duties between bounds), or a rule on weekends. Model, search and score read
these, so that they cannot differ in what a rule means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.roster.fairness import fair_counts
from anlan.engine.planning.roster.parts import Count, Covers, Piece, Row, Table, Weekends, Window
from anlan.engine.planning.roster.rules import ANY_DUTY
from anlan.engine.planning.shifts import DAY_MIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.roster.problem import Problem, Rows
    from anlan.engine.planning.roster.rules import Hours, Limit, Rules

HOUR = 60
DEAR = 10_000_000


def table(problem: Problem) -> Table:
    """Put a problem into numbers."""
    symbol = {code: place for place, code in enumerate(problem.codes)}
    allowed = allowed_cells(problem, symbol)
    shared: dict[Rules, tuple[Window, ...]] = {}
    fair = fair_counts(problem, allowed)
    rows = []
    for place, member in enumerate(problem.members):
        rules = problem.rules_of(member)
        if rules not in shared:
            shared[rules] = windows(problem, rules, symbol)
        before = tuple(symbol[code] for code in member.before)
        counts = (*_hours(problem, rules, before), *_most(problem, rules, symbol), *fair[place])
        rows.append(Row(shared[rules], counts, _weekends(problem, rules, before), before))
    teams = sorted({member.team for member in problem.members} - {""})
    numbers = [teams.index(member.team) if member.team else -1 for member in problem.members]
    return Table(
        allowed, _wishes(problem, symbol), _beside(problem, problem.base, problem.prices.deviation, symbol),
        _beside(problem, problem.edits.near, problem.edits.change, symbol), _covers(problem, symbol),
        tuple(rows), np.asarray(numbers, np.int64), problem.together or 0,
    )  # fmt: skip


def allowed_cells(problem: Problem, symbol: dict[str, int]) -> NDArray[np.bool_]:
    """Which symbols each cell may take (M, D, S + 1), by leave, shifts of the member and edits."""
    allowed = np.ones((len(problem.members), problem.days, len(problem.codes)), np.bool_)
    place = {member.code: row for row, member in enumerate(problem.members)}
    for row, member in enumerate(problem.members):
        allowed[row, list(member.leave), 1:] = False
        if member.shifts is not None:
            may = {symbol[code] for code in member.shifts} | {0}
            allowed[row, :, [one for one in symbol.values() if one not in may]] = False
        for code, limit in problem.rules_of(member).shifts_most:
            if limit.value == 0 and limit.price is None:
                allowed[row, :, symbol[code]] = False
    for cell in problem.edits.fixed:
        only = np.arange(len(symbol)) == symbol[cell.shift]
        allowed[place[cell.member], cell.day] &= only
    for cell in problem.edits.forbidden:
        allowed[place[cell.member], cell.day, symbol[cell.shift]] = False
    return allowed


def _wishes(problem: Problem, symbol: dict[str, int]) -> NDArray[np.int64]:
    cost = np.zeros((len(problem.members), problem.days, len(symbol)), np.int64)
    for row, member in enumerate(problem.members):
        for wish in member.wishes:
            is_it = np.arange(len(symbol)) == symbol[wish.shift]
            cost[row, wish.day] += problem.prices.wish * wish.weight * (is_it != wish.want)
    return cost


def _beside(problem: Problem, rows: Rows | None, price: int, symbol: dict[str, int]) -> NDArray[np.int64]:
    cost = np.zeros((len(problem.members), problem.days, len(symbol)), np.int64)
    given = rows or {}
    for place, member in enumerate(problem.members):
        if member.code in given:
            wanted = np.asarray([symbol[code] for code in given[member.code]])
            cost[place] = price * (np.arange(len(symbol)) != wanted[:, None])
    return cost


def _covers(problem: Problem, symbol: dict[str, int]) -> Covers:
    needs, members = problem.needs, problem.members
    counts = np.asarray(
        [[not need.skill or need.skill in member.skills for member in members] for need in needs], np.bool_
    ).reshape(len(needs), len(members))
    prices = [problem.prices.uncovered if need.price is None else need.price for need in needs]
    under = [DEAR if need.hard else price for need, price in zip(needs, prices, strict=True)]
    day, place = [need.day for need in needs], [symbol[need.shift] for need in needs]
    people, over = [need.people for need in needs], [need.over for need in needs]
    numbers = [np.asarray(column, np.int64) for column in (day, place, people, under, over)]
    hard = np.asarray([need.hard for need in needs], np.bool_)
    return Covers(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], hard, counts)


def windows(problem: Problem, rules: Rules, symbol: dict[str, int]) -> tuple[Window, ...]:
    """The windows of a set of rules."""
    off, duty = frozenset({0}), frozenset(range(1, len(symbol)))
    nights = frozenset(symbol[shift.code] for shift in problem.shifts if problem.is_night(shift))
    found = [*_rest(problem, rules.rest_min, symbol)]
    for rule, limit, kind in (
        ("nights_running", rules.nights_running, nights),
        ("days_running", rules.days_running, duty),
    ):
        if limit and kind:
            found.append(Window(rule, (kind,) * (limit.value + 1), limit.price, limit.value))
    found += _least("days_least", rules.days_least, off, duty)
    found += _least("off_least", rules.off_least, duty, off)
    if rules.off_after_nights and nights:
        found += _after(rules.off_after_nights, nights, off, duty)
    for one in rules.forbidden:
        parts = tuple(duty if code == ANY_DUTY else frozenset({symbol[code]}) for code in one.codes)
        found.append(Window("forbidden", parts, one.price, len(parts)))
    return tuple(found)


def _times(price: int | None, units: int) -> int | None:
    return None if price is None else price * units


def _rest(problem: Problem, limit: Limit | None, symbol: dict[str, int]) -> list[Window]:
    """After each shift the shifts that begin too early, by the number of days off between."""
    found = []
    for first in problem.shifts if limit else ():
        for days in range(1, 2 + (first.end_min + (limit.value if limit else 0)) // DAY_MIN):
            gap = {other.code: days * DAY_MIN + other.start_min - first.end_min for other in problem.shifts}
            early = frozenset(symbol[code] for code, rest in gap.items() if limit and rest < limit.value)
            if early and limit:
                between = (frozenset({0}),) * (days - 1)
                parts = (frozenset({symbol[first.code]}), *between, early)
                found.append(Window("rest_min", parts, limit.price, limit.value))
    return found


def _least(rule: str, limit: Limit | None, edge: frozenset[int], inside: frozenset[int]) -> list[Window]:
    if limit is None:
        return []
    return [
        Window(rule, (edge, *(inside,) * run, edge), _times(limit.price, limit.value - run), limit.value)
        for run in range(1, limit.value)
    ]


def _after(limit: Limit, nights: frozenset[int], off: frozenset[int], duty: frozenset[int]) -> list[Window]:
    ends = [(0, duty - nights), *((days, duty) for days in range(1, limit.value))]
    return [
        Window("off_after_nights", (nights, *(off,) * days, end), _times(limit.price, limit.value - days),
               limit.value)
        for days, end in ends if end and limit.value
    ]  # fmt: skip


def minutes(problem: Problem) -> NDArray[np.int64]:
    """Minutes of each symbol (S + 1,)."""
    return np.asarray([0, *(shift.minutes for shift in problem.shifts)], np.int64)


def _hours(problem: Problem, rules: Rules, before: tuple[int, ...]) -> list[Count]:
    found = []
    length = minutes(problem)
    for hours in rules.hours:
        for first, end, cut in _stretches(problem, hours.days):
            known = before[len(before) - min(cut, len(before)) :]
            whole = len(known) == cut and end <= problem.days
            base = int(length[list(known)].sum())
            weights = np.tile(length, (min(end, problem.days) - first, 1))
            found.append(_bounded(hours, whole, Count("hours", first, weights, base)))
    return found


def _stretches(problem: Problem, days: int) -> list[tuple[int, int, int]]:
    """First day in the horizon, day after the last (maybe beyond it), days before the first."""
    length = days or problem.days
    cut = problem.weekday(0) if days == 7 else 0
    begins = range(-cut, problem.days, length)
    return [(max(begin, 0), begin + length, max(0, -begin)) for begin in begins]


def _bounded(hours: Hours, whole: bool, count: Count) -> Count:
    least, most = hours.least if whole else None, hours.most
    return Count(
        count.rule, count.first, count.weights, count.base,
        least.value if least and least.price is None else None,
        most.value if most and most.price is None else None,
        (Piece(most.value, HOUR, most.price),) if most and most.price is not None else (),
        (Piece(least.value, HOUR, least.price),) if least and least.price is not None else (),
    )  # fmt: skip


def _most(problem: Problem, rules: Rules, symbol: dict[str, int]) -> list[Count]:
    found = []
    for code, limit in rules.shifts_most:
        weights = np.zeros((problem.days, len(symbol)), np.int64)
        weights[:, symbol[code]] = 1
        hard = limit.value if limit.price is None else None
        over = () if limit.price is None else (Piece(limit.value, 1, limit.price),)
        if limit.value < problem.days:
            found.append(Count("shifts_most", 0, weights, 0, None, hard, over, (), code))
    return found


def _weekends(problem: Problem, rules: Rules, before: tuple[int, ...]) -> Weekends:
    groups: dict[int, list[int]] = {}
    for day in range(-len(before), problem.days):
        if problem.weekday(day) in problem.weekend:
            groups.setdefault((day - problem.weekday(day)) // 7, []).append(day)
    past = [group for group in groups.values() if group[-1] < 0]
    coming = [group for group in groups.values() if group[-1] >= 0]
    running = 0
    for group in past:
        running = running + 1 if any(before[day] for day in group) else 0
    begun = bool(coming) and any(before[day] for day in coming[0] if day < 0)
    days = tuple(tuple(day for day in group if day >= 0) for group in coming)
    return Weekends(days, running, begun, rules.weekends_most, rules.weekend_off_in)
