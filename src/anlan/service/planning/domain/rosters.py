"""Rosters: made in the background, edited by hand, taken over where somebody falls ill, approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.planning.roster import Cell
from anlan.engine.planning.watch import UNWATCHED
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check, plain
from anlan.service.patrol.evidence import NoData
from anlan.service.places.queries import county_area
from anlan.service.planning.domain.jobs import does
from anlan.service.planning.domain.members import add_absence
from anlan.service.planning.domain.plans import NotReady
from anlan.service.planning.models import Absence, Member, PlanningJob, Roster
from anlan.service.planning.rosters import ask as asks
from anlan.service.planning.rosters import records
from anlan.service.planning.rosters.ask import Fixed
from anlan.service.planning.rosters.gather import gather
from anlan.service.planning.rosters.search import search
from anlan.service.planning.rosters.words import hard_rules
from anlan.service.staff.models import Team

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.engine.planning.watch import Watch
    from anlan.service.planning.domain.jobs import JobWatch
    from anlan.service.planning.rosters.ask import RosterAsk
    from anlan.service.staff.models import Account

PERMISSION = "planning.make"
TIMES = ("seconds", "first_s")
FOUND = ("result", "why", "called", "short")


@does(PlanningJob.Kind.ROSTER)
def roster(job: PlanningJob, watch: JobWatch) -> str:
    """Make the roster that a job asks for; `parent` is the version that it goes on from."""
    parent = Roster.objects.filter(pk=job.ask.get("parent"), area_code=job.area_code).first()
    try:
        ask = asks.parsed(job.ask)
    except ValueError as problem:
        raise NoData(str(problem)) from problem
    made = make_roster(job.area_code[:6], ask, job.asked_by, parent=parent, watch=watch)
    return reverse("planning:roster", kwargs={"roster_id": made.pk})


def make_roster(
    county6: str,
    ask: RosterAsk,
    actor: Account | None,
    *,
    parent: Roster | None = None,
    watch: Watch = UNWATCHED,
) -> Roster:
    """Make a roster, near to the parent's where there is one, and keep it as a version.

    Where the hard rules contradict each other the version says why and has no rows to serve by. The newest
    version is returned if the same was asked of the same people and nothing better came out.

    Raises:
        PermissionDenied: the actor may not plan for the county.
        NoData: no members, a shift that is not the county's, or a pattern that does not fit.

    """
    area = county_area(county6)
    check(actor, PERMISSION, area)
    watch.told("members", 0.0)
    found = gather(county6, ask)
    near, called = None, []
    if parent is not None and parent.body["why"] is None:
        near, called = records.rows_of(parent), parent.body["called"]
    made = search(found, ask, near=near, called=called, watch=watch)
    body = {
        "method": records.METHOD, "people": found.people, "holidays": found.holidays,
        "problem": records.stored(made.problem), "result": made.result, "why": made.why,
        "called": [plain(one) for one in made.calls.called] if made.calls else [],
        "short": [plain(one) for one in made.calls.short] if made.calls else [],
    }  # fmt: skip
    return _kept(area, ask, body, actor, parent, Verb.ROSTER_MADE)


def _kept(
    area: Any,
    ask: RosterAsk,
    body: dict[str, Any],
    actor: Account | None,
    parent: Roster | None,
    verb: Verb,
) -> Roster:
    """Keep a version, unless the newest one of the same days says the same."""
    given = asks.plain(ask)
    of_days = Roster.objects.filter(area_code=area.code, first=ask.first)
    with transaction.atomic():
        newest = of_days.order_by("-version").first()
        if newest is not None and newest.ask == given and _as_good(newest.body, body):
            return newest
        made = Roster.objects.create(
            area_code=area.code, first=ask.first, days=ask.days, parent=parent, ask=given, body=body,
            version=newest.version + 1 if newest else 1,
            made_at=timezone.now(), made_by=actor, gap=None if body["why"] else body["result"]["gap"],
        )  # fmt: skip
        made.teams.set(Team.objects.in_county(area.code[:6]).filter(code__in=ask.teams))
        data = {
            "first": ask.first.isoformat(), "days": ask.days, "version": made.version,
            "teams": list(ask.teams), "from": parent and parent.version,
        }  # fmt: skip
        log.append(verb, made, actor=actor, area_code=area.code, data=data)
    return made


def _as_good(kept: dict[str, Any], made: dict[str, Any]) -> bool:
    """Whether a kept body answers the same question no worse; two searches may find two that cost alike."""
    if any(kept.get(key) != value for key, value in made.items() if key not in FOUND):
        return False
    if kept["why"] or made["why"]:
        return _untimed(kept["why"]) == _untimed(made["why"])
    return bool(kept["result"]["objective"] <= made["result"]["objective"])


def _untimed(why: dict[str, Any] | None) -> dict[str, Any] | None:
    return why and {**why, **dict.fromkeys(TIMES)}


def with_cells(roster: Roster, cells: Sequence[Cell]) -> RosterAsk:
    """Return the roster's ask with cells set by hand, each in place of what was set there before.

    Raises:
        NotReady: a cell is none of this roster's.

    """
    ask = asks.parsed(roster.ask)
    known = {one["key"] for one in roster.body["people"]}
    codes = {"", *(shift["code"] for shift in roster.body["problem"]["shifts"])}
    for cell in cells:
        if cell.member not in known or cell.shift not in codes or not 0 <= cell.day < roster.days:
            raise NotReady(_("A change names a member, day or shift that this roster has not. Reload it."))
    new = {
        (one.member, one.date): one
        for one in [
            *ask.fixed,
            *(Fixed(cell.member, roster.first + timedelta(days=cell.day), cell.shift) for cell in cells),
        ]
    }
    return replace(ask, fixed=tuple(new.values()))


def checked(roster: Roster, cells: Sequence[Cell]) -> dict[str, Any]:
    """Return the figures of a roster with cells set by hand; nothing is kept.

    Raises:
        NotReady: it has no rows, or a cell is none of this roster's.

    """
    _served(roster)
    with_cells(roster, cells)
    problem = records.overridden(records.problem_of(roster), cells)
    return records.judged(problem, records.changed(records.rows_of(roster), cells))


def _served(roster: Roster) -> None:
    if roster.body["why"] is not None:
        raise NotReady(_("This roster could not be made. Change what is asked and make it again."))


def edit_roster(roster: Roster, cells: Sequence[Cell], actor: Account) -> Roster:
    """Keep the roster with cells set by hand as a version, nothing else changed.

    Raises:
        PermissionDenied: the actor may not plan for the county.
        NotReady: nothing was changed, or a cell is none of this roster's.

    """
    check(actor, PERMISSION, roster)
    if not cells:
        raise NotReady(_("Nothing was changed."))
    result = checked(roster, cells)
    return _edited(roster, cells, result, actor)


def _edited(roster: Roster, cells: Sequence[Cell], result: dict[str, Any], actor: Account) -> Roster:
    problem = records.overridden(records.problem_of(roster), cells)
    places = {(cell.member, cell.day): cell.shift for cell in cells}
    called = [
        one for one in roster.body["called"]
        if places.get((one["member"], one["day"]), one["shift"]) == one["shift"]
    ]  # fmt: skip
    body = {**roster.body, "problem": records.stored(problem), "result": result, "called": called}
    area = county_area(roster.area_code[:6])
    return _kept(area, with_cells(roster, cells), body, actor, roster, Verb.ROSTER_EDITED)


def take_over(
    roster: Roster, member: Member, first: Date, last: Date, takers: Mapping[int, str], actor: Account
) -> Roster:
    """Note that a member is away, take its duties of those days away, and give them to who takes over.

    `takers`: by the day's number the member's key, "" for nobody. An approved roster's new version is
    approved at once where the actor may do that.

    Raises:
        PermissionDenied: the actor may not plan for the county.
        NotReady: the member is not in this roster, or the changes would break a hard rule.

    """
    check(actor, PERMISSION, roster)
    _served(roster)
    rows, key = records.rows_of(roster), str(member.pk)
    if key not in rows:
        raise NotReady(_("%(code)s is not in this roster.") % {"code": member.code})
    days = range(max(0, (first - roster.first).days), min(roster.days, (last - roster.first).days + 1))
    cells = [Cell(key, day, "") for day in days]
    cells += [Cell(taker, day, rows[key][day]) for day, taker in takers.items()
              if day in days and taker and rows[key][day]]  # fmt: skip
    with transaction.atomic():
        add_absence(member, Absence.Kind.OTHER, first, last, actor)
        before = records.hard_broken(roster.body["result"])
        result = checked(roster, cells)
        if new := [one for one in records.hard_broken(result) if one not in before]:
            told = _("This would break a rule: %(rule)s Choose another.")
            raise NotReady(told % {"rule": hard_rules(roster, new)[0]})
        made = _edited(roster, cells, result, actor) if cells else roster
        if roster.approved_at and actor.has_perm("planning.approve", roster):
            approve_roster(made, actor)
    return made


def approve_roster(roster: Roster, actor: Account | None) -> Roster:
    """Let a roster hold: calendars and orders follow it. Approving twice is once.

    Raises:
        PermissionDenied: the actor may not approve for the county.
        NotReady: it has no rows, or breaks a rule that must hold.

    """
    check(actor, "planning.approve", roster)
    _served(roster)
    if wrong := records.hard_broken(roster.body["result"]):
        told = _("It breaks rules that must hold (%(count)s), the first: %(rule)s")
        raise NotReady(told % {"count": len(wrong), "rule": hard_rules(roster, wrong)[0]})
    with transaction.atomic():
        open_one = Roster.objects.filter(pk=roster.pk, approved_at=None)
        if open_one.update(approved_at=timezone.now(), approved_by=actor):
            data = {"first": roster.first.isoformat(), "days": roster.days, "version": roster.version}
            log.append(Verb.ROSTER_APPROVED, roster, actor=actor, area_code=roster.area_code, data=data)
    roster.refresh_from_db()
    return roster
