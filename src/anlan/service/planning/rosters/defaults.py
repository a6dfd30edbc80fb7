"""What the form of a new roster begins with: first day, pattern, needs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from anlan.service.planning import queries as plans
from anlan.service.planning.models import Member
from anlan.service.planning.rosters import patterns
from anlan.service.planning.rosters.ask import NeedRow, RosterAsk, next_monday
from anlan.service.planning.rosters.queries import rosters
from anlan.service.planning.standards import standards_of
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.engine.planning.shifts import Shift

WEEK = 7
USUAL = "four_teams_8"
KEPT_FOR_LEAVE = 0.9


def first_day(county6: str, teams: Sequence[str], today: Date) -> Date:
    """Return the day after the last approved roster of these teams, else the Monday to come."""
    found = rosters(county6).filter(approved_at__isnull=False, teams__code__in=teams)
    last = max((row.last for row in found.defer("body", "ask")), default=today)
    return last + timedelta(days=1) if last > today else next_monday(today)


def usual(county6: str, teams: Sequence[str], first: Date) -> tuple[RosterAsk, str]:
    """Return the ask that the form begins with, and where its needs are from: "plan" or "strength"."""
    shifts = standards_of(county6).shifts
    groups = Member.objects.in_county(county6).filter(active=True, team__code__in=teams)
    counts = Counter(groups.values_list("team__code", "group"))
    pattern = USUAL if len(counts) % 4 == 0 and USUAL in patterns.available(shifts) and counts else ""
    out = from_plan(county6, teams)
    people = out or from_strength(shifts, counts.total(), pattern)
    needs = tuple(NeedRow(shift.code, (people.get(shift.code, 0),) * WEEK) for shift in shifts)
    ask = RosterAsk(tuple(teams), first, pattern=pattern, needs=needs)
    return ask, "plan" if out else "strength"


def from_plan(county6: str, teams: Sequence[str]) -> dict[str, int]:
    """Return the people of these teams that the newest plan has out by shift; empty without such a plan."""
    plan = plans.plans(county6).order_by("-date", "-version").first()
    out = [] if plan is None else plan.body.get("out", [])
    crews = {str(pk): size for pk, size in Unit.objects.in_county(county6).values_list("pk", "crew_size")}
    found: Counter[str] = Counter()
    for one in out:
        if one["team"] in teams:
            found[one["shift"]] += crews.get(one["unit"], 0)
    return dict(found)


def from_strength(shifts: Sequence[Shift], people: int, pattern: str) -> dict[str, int]:
    """Return what the members can man in each shift, a tenth kept for leave, 40 hours a week each."""
    cycle = patterns.available(shifts).get(pattern)
    if cycle:
        return patterns.per_shift(cycle, people)
    hours = sum(shift.minutes for shift in shifts) * WEEK / 60
    each = max(1, int(KEPT_FOR_LEAVE * people * 40 / hours)) if people else 0
    return {shift.code: each for shift in shifts}
