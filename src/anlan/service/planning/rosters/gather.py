"""What a roster is made from: members, leave, wishes, needs, and what approved rosters left over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from anlan.engine.planning import roster as engine
from anlan.gateway.holidays import public_holidays
from anlan.service.patrol.evidence import NoData
from anlan.service.planning.models import Absence, Member, Wish
from anlan.service.planning.rosters import patterns, queries
from anlan.service.planning.rosters.ask import MOST_MEMBERS
from anlan.service.planning.standards import standards_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from anlan.engine.planning.roster import Balance, Problem
    from anlan.engine.planning.shifts import Shift
    from anlan.service.planning.rosters.ask import RosterAsk

BEFORE_DAYS, BALANCE_DAYS = 28, 400
BALANCE = {
    "nights": "balance_nights", "weekends": "balance_weekends", "holidays": "balance_holidays",
    "minutes": "balance_minutes",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Gathered:
    """The engine's problem, who its members are, holidays by ISO date, how often each was called."""

    problem: Problem
    people: list[dict[str, Any]]
    holidays: dict[str, str]
    times: dict[str, int]


def gather(county6: str, ask: RosterAsk) -> Gathered:
    """Read what a roster needs.

    Raises:
        NoData: the teams have no members, a shift is not the county's, or a pattern does not fit; the message
            says which.

    """
    rows = members_of(county6, ask.teams, ask.first, ask.last)
    shifts = standards_of(county6).shifts
    holidays = holidays_of(ask.country, ask.first, ask.last)
    keys = [str(row.pk) for row in rows]
    made = _members(county6, rows, ask, {shift.code for shift in shifts})
    try:
        problem = engine.Problem(
            ask.first.isoformat(), ask.days, shifts, made, needs_of(ask, shifts), ask.rules, ask.prices,
            tuple((Date.fromisoformat(day) - ask.first).days for day in holidays), together=ask.together,
        )  # fmt: skip
    except ValueError as error:
        raise NoData(str(error)) from error
    people = [
        {"key": str(row.pk), "code": row.code, "team": row.team.code, "group": row.group,
         "skills": list(row.skills)}
        for row in rows
    ]  # fmt: skip
    if ask.pattern:
        problem = replace(problem, base=_patterned(problem, ask, people))
    return Gathered(problem, people, holidays, queries.called_times(county6, ask.first, keys))


def members_of(county6: str, teams: Iterable[str], first: Date, last: Date) -> list[Member]:
    """Return the active members of teams with their absences and wishes of the days.

    Raises:
        NoData: there are none, or too many.

    """
    away = Absence.objects.filter(first__lte=last, last__gte=first)
    wishes = Wish.objects.filter(date__gte=first, date__lte=last)
    found = Member.objects.in_county(county6).filter(active=True, team__code__in=list(teams))
    rows = found.select_related("team").prefetch_related(
        Prefetch("absences", away, to_attr="away"), Prefetch("wishes", wishes, to_attr="wished")
    )
    members = list(rows.order_by("team__code", "group", "code"))
    if not members:
        raise NoData(_("These teams have no members yet. Enter or import them first."))
    if len(members) > MOST_MEMBERS:
        told = _("These are %(count)s members; make rosters of at most %(most)s at a time.")
        raise NoData(told % {"count": len(members), "most": MOST_MEMBERS})
    return members


def _members(
    county6: str, rows: Sequence[Member], ask: RosterAsk, codes: set[str]
) -> tuple[engine.Member, ...]:
    """Members in the engine's terms; days before the first count as far back as rosters tell of each."""
    first = ask.first
    served = queries.Served(county6, first - timedelta(days=BEFORE_DAYS), first - timedelta(days=1))
    left = balances(county6, first)
    return tuple(
        engine.Member(
            str(row.pk), patterns.named(row.team.code, row.group), tuple(row.skills), row.weekly_minutes,
            leave_of(row.away, first, ask.days), wishes=_wishes(row.wished, first, codes),
            before=_before(served.of(row.team.code, str(row.pk)), first, codes),
            balance=left.get(str(row.pk), engine.Balance()),
        )
        for row in rows
    )  # fmt: skip


def leave_of(absences: Iterable[Absence], first: Date, days: int) -> tuple[int, ...]:
    """Return the days of absences that lie among `days` from the first, numbered from it."""
    found = {
        day
        for one in absences
        for day in range(max(0, (one.first - first).days), min(days, (one.last - first).days + 1))
    }
    return tuple(sorted(found))


def _wishes(wishes: Iterable[Wish], first: Date, codes: set[str]) -> tuple[engine.Wish, ...]:
    """Wishes in the engine's terms; ours of any duty ("") is the engine's of being off, turned round."""
    return tuple(
        engine.Wish((one.date - first).days, one.shift, one.want != (one.shift == ""), one.weight)
        for one in wishes if not one.shift or one.shift in codes
    )  # fmt: skip


def _before(known: dict[Date, str], first: Date, codes: set[str]) -> tuple[str, ...]:
    """Codes of the days up to the first, as far back as each is known."""
    found: list[str] = []
    for back in range(1, BEFORE_DAYS + 1):
        code = known.get(first - timedelta(days=back))
        if code is None or (code and code not in codes):
            break
        found.append(code)
    return tuple(reversed(found))


def balances(county6: str, first: Date) -> dict[str, Balance]:
    """Return what the last approved roster that ended before a day left over, by the member's key."""
    found: dict[str, Balance] = {}
    past = queries.in_force(county6, first - timedelta(days=BALANCE_DAYS), first - timedelta(days=1))
    for row in sorted((row for row in past if row.last < first), key=lambda row: (row.last, row.approved_at)):
        for tally in row.body["result"]["tallies"]:
            found[tally["member"]] = engine.Balance(**{name: tally[key] for name, key in BALANCE.items()})
    return found


def holidays_of(country: str, first: Date, last: Date) -> dict[str, str]:
    """Return the names of a country's public holidays by ISO date; none without a country.

    Raises:
        NoData: no such country is known.

    """
    if not country:
        return {}
    try:
        found = public_holidays(country, first, last + timedelta(days=1))
    except ValueError as error:
        raise NoData(_("The holidays of this country are not known.")) from error
    return {one.day.isoformat(): one.name for one in found}


def needs_of(ask: RosterAsk, shifts: Sequence[Shift]) -> tuple[engine.Need, ...]:
    """Return the need of each day, shift and skill.

    Raises:
        NoData: a shift is not among the county's.

    """
    known = {shift.code for shift in shifts}
    rows = {(row.shift, row.skill): row.people for row in ask.needs}
    other = {(one.date, one.shift, one.skill): one.people for one in ask.exceptions}
    for code in [shift for shift, _skill in rows] + [shift for _date, shift, _skill in other]:
        if code not in known:
            raise NoData(_("There is no shift “%(code)s” in this county's standards.") % {"code": code})
    kinds = sorted({*rows, *((shift, skill) for _date, shift, skill in other)})
    found = []
    for number in range(ask.days):
        day = ask.first + timedelta(days=number)
        for shift, skill in kinds:
            usual = rows[shift, skill][day.weekday()] if (shift, skill) in rows else 0
            people = other.get((day, shift, skill), usual)
            if people:
                found.append(engine.Need(number, shift, people, skill, hard=ask.hard_needs))
    return tuple(found)


def _patterned(
    problem: Problem, ask: RosterAsk, people: Sequence[dict[str, Any]]
) -> dict[str, tuple[str, ...]]:
    cycle = patterns.available(problem.shifts).get(ask.pattern)
    if cycle is None:
        raise NoData(_("This pattern does not fit the county's shifts. Choose another, or plan by need."))
    groups = [(one["team"], one["group"]) for one in people]
    pattern = patterns.placed(ask.pattern, cycle, groups, ask.ahead)
    return engine.pattern_rows(problem, {"": pattern})
