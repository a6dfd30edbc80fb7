"""From what was gathered to a roster: call-up, search, and why where there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from anlan.engine.planning import roster as engine
from anlan.engine.planning.roster import Alert, CallUps, Cell, Effort, Order, Status
from anlan.engine.planning.watch import UNWATCHED
from anlan.service.patrol.domain.common import plain
from anlan.service.patrol.evidence import NoData
from anlan.service.planning.rosters import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anlan.engine.planning.roster import Problem
    from anlan.engine.planning.roster.problem import Rows
    from anlan.engine.planning.watch import Watch
    from anlan.service.planning.rosters.ask import RosterAsk
    from anlan.service.planning.rosters.gather import Gathered

EXPLAIN_S = 20.0
FIRST_SHARE = 0.4
NONE_FOUND = {Status.INFEASIBLE, Status.UNKNOWN}
MONDAY = "2024-01-01"


@dataclass(frozen=True, eq=False)
class Found:
    """What came of a search: the problem as it was solved, the result, the call-ups, why there is none."""

    problem: Problem
    result: dict[str, Any]
    calls: CallUps | None
    why: dict[str, Any] | None


def search(
    found: Gathered,
    ask: RosterAsk,
    *,
    near: Rows | None = None,
    called: Sequence[Mapping[str, Any]] = (),
    watch: Watch = UNWATCHED,
) -> Found:
    """Make a roster, near to `near` where it is given (`called` are the call-ups in it).

    Raises:
        NoData: the call-up cannot be made as asked.

    """
    problem = replace(found.problem, edits=engine.Edits(fixed=cells_of(ask, found.problem)))
    known = {member.code for member in problem.members}
    close = {key: row for key, row in (near or {}).items() if key in known}
    effort = Effort(float(ask.seconds))
    calls = None
    if ask.alerts:
        calls, effort = _called(problem, ask, records.without(close, called), found.times, effort, watch)
        problem, close = _joined(problem, calls, close)
    if close:
        problem = replace(problem, edits=replace(problem.edits, near=close))
    made = engine.solve(problem, effort=effort, watch=watch)
    result, why = plain(made), None
    if made.status in NONE_FOUND:
        result, why = _explained(problem, result, EXPLAIN_S, watch)
    return Found(problem, result, calls, why)


def cells_of(ask: RosterAsk, problem: Problem) -> tuple[Cell, ...]:
    """Return the cells set by hand that lie in the roster, of members who are still there."""
    known = {member.code for member in problem.members}
    days = {one: (one.date - ask.first).days for one in ask.fixed}
    return tuple(
        Cell(one.member, day, one.shift)
        for one, day in days.items()
        if one.member in known and 0 <= day < ask.days and one.shift in problem.codes
    )


def alerts_of(ask: RosterAsk) -> tuple[Alert, ...]:
    """Return the days of an alert level inside the roster; of two on a day the first counts."""
    found = []
    for day in range(ask.days):
        date = ask.first + timedelta(days=day)
        alert = next((one for one in ask.alerts if one.first <= date <= one.last), None)
        if alert is not None:
            found.append(Alert(day, alert.level, alert.shift))
    return tuple(found)


def order_of(ask: RosterAsk, problem: Problem) -> Order:
    """Return the published order of call-up: as asked, the groups left out after those named."""
    groups = sorted({member.team for member in problem.members})
    named = [one for one in ask.order if one in groups]
    return Order((*named, *(one for one in groups if one not in named)), MONDAY, ask.every)


def _called(
    problem: Problem, ask: RosterAsk, rows: Rows, times: Mapping[str, int], effort: Effort, watch: Watch
) -> tuple[CallUps, Effort]:
    """Call up on the rows that are there, else the pattern's, else those of a first search."""
    base = dict(problem.base or {}) | dict(rows)
    if any(member.code not in base for member in problem.members):
        first = engine.solve(problem, effort=Effort(FIRST_SHARE * effort.time_limit_s), watch=watch)
        base = {key: tuple(row) for key, row in first.rows.items()} | base
        effort = Effort((1 - FIRST_SHARE) * effort.time_limit_s)
    off = ("",) * problem.days
    base = {member.code: base.get(member.code, off) for member in problem.members}
    try:
        calls = engine.call_up(
            replace(problem, base=base), alerts_of(ask), order_of(ask, problem),
            shares=ask.shares, before=times,
        )  # fmt: skip
    except ValueError as error:
        raise NoData(str(error)) from error
    return calls, effort


def _joined(problem: Problem, calls: CallUps, close: Rows) -> tuple[Problem, Rows]:
    """The problem with the called-up duties fixed and needed; neither pattern nor near rows speak against."""
    duties = [Cell(one.member, one.day, one.shift) for one in calls.called]
    base, near = (
        records.changed(rows, [one for one in duties if one.member in rows])
        for rows in (problem.base or {}, close)
    )
    return replace(calls.problem, base=base or None), near


def _explained(
    problem: Problem, result: dict[str, Any], seconds: float, watch: Watch
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Why there is none; where the explanation finds a roster after all, that one."""
    why = engine.explain(problem, effort=Effort(seconds), watch=watch)
    whole = {member.code for member in problem.members} <= set(why.rows)
    if why.feasible and whole:
        rows = {key: tuple(row) for key, row in why.rows.items()}
        return records.judged(problem, rows), None
    return result, plain(why)
