"""A roster changed by hand: checked, kept, solved around, taken over where somebody falls ill."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.engine.planning.roster import Cell, takeovers
from anlan.service.patrol.views.common import county_of
from anlan.service.places.queries import county_area
from anlan.service.planning import domain
from anlan.service.planning.forms.members import AwayForm
from anlan.service.planning.models import PlanningJob
from anlan.service.planning.rosters import ask as asks
from anlan.service.planning.rosters import queries, records, words
from anlan.service.planning.rosters.page import broken, parts
from anlan.service.planning.views.rosters import own
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.planning.models import Member, Roster

LONGEST = 400_000
MOST_CELLS = 5_000
RANKED = 8


@require_POST
@requires("planning.make")
def roster_check(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Answer which rules a roster with changes breaks; nothing is kept."""
    found = own(request, roster_id)
    try:
        result = domain.checked(found, _cells(request.body.decode(errors="replace")))
    except (domain.NotReady, ValueError) as problem:
        return JsonResponse({"error": str(problem)}, status=422)
    names = words.Names(found)
    context = {
        "broken": broken(changed(result, found), names), "parts": parts(result),
        "objective": result["objective"],
        "before": found.body["result"]["objective"],
    }  # fmt: skip
    cover = [[one["day"], one["shift"], one["skill"], one["there"], one["needed"]] for one in result["cover"]]
    return JsonResponse({"html": render_to_string("planning/_roster_check.html", context), "cover": cover})


def changed(result: dict[str, Any], roster: Roster) -> dict[str, Any]:
    """Return the figures of a check without what the roster breaks already; hard rules stay."""
    before = roster.body["result"]
    there = {(one["day"], one["shift"], one["skill"]): one["there"] for one in before["cover"]}
    wrong = [one for one in result["broken"] if one["price"] is None or one not in before["broken"]]
    cover = [
        one for one in result["cover"]
        if one["hard"] or one["there"] < there.get((one["day"], one["shift"], one["skill"]), one["needed"])
    ]  # fmt: skip
    return {"broken": wrong, "cover": cover}


@require_POST
@requires("planning.make")
def roster_edit(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Keep the changes as a version ("keep"), or queue a search around them ("solve")."""
    found = own(request, roster_id)
    try:
        cells = _posted(request)
        if request.POST.get("do") != "solve":
            made = domain.edit_roster(found, cells, request.user)
            messages.success(request, _("Kept as version %(version)s.") % {"version": made.version})
            return redirect("planning:roster", roster_id=made.pk)
        ask = domain.with_cells(found, cells)
    except (domain.NotReady, ValueError) as problem:
        messages.error(request, str(problem))
        return redirect("planning:roster", roster_id=found.pk)
    given = asks.plain(ask) | {"parent": found.pk}
    area = county_area(found.area_code[:6])
    job = domain.ask_for(PlanningJob.Kind.ROSTER, area, ask.about, given, request.user)
    return redirect("planning:job", planning_job_id=job.pk)


def _posted(request: HttpRequest) -> list[Cell]:
    """Return the changes of a form: the script's JSON, else the one cell of the plain form."""
    if request.POST.get("cells"):
        return _cells(request.POST["cells"])
    if request.POST.get("do") == "solve" and not request.POST.get("member"):
        return []
    one = {name: request.POST.get(name, "") for name in ("member", "day", "shift")}
    return _cells(json.dumps([one]))


def _cells(text: str) -> list[Cell]:
    """Return cells of JSON: a list of {member, day, shift}.

    Raises:
        ValueError: it is no such list; the message says what to do.

    """
    told = _("The changes could not be read. Reload the page.")
    try:
        given: Any = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError) as problem:
        raise ValueError(told) from problem
    if not isinstance(given, list) or len(given) > MOST_CELLS:
        raise ValueError(told)
    found = {}
    for one in given:
        if not isinstance(one, dict):
            raise ValueError(told)
        member, day, shift = (str(one.get(name, "")) for name in ("member", "day", "shift"))
        if not (day.isascii() and day.isdigit() and len(day) < 4):
            raise ValueError(told)
        found[member, int(day)] = Cell(member, int(day), shift)
    return list(found.values())


@require_GET
@requires("planning.make")
def roster_ill(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Show who could take over a member's duties of some days, the best first."""
    found = own(request, roster_id)
    if found.body["why"] is not None:
        messages.error(request, _("This roster could not be made. Change what is asked and make it again."))
        return redirect("planning:roster", roster_id=found.pk)
    form = AwayForm(found, request.GET if request.GET else None)
    context: dict[str, Any] = {"roster": found, "form": form}
    if form.is_bound and form.is_valid():
        context |= {"gaps": _gaps(found, form), "member": form.cleaned_data["member"]}
        context |= {"first": form.cleaned_data["first"], "last": form.cleaned_data["last"]}
    return shell(request, "roster_ill.html", context, status=400 if form.errors else 200)


def _gaps(roster: Roster, form: AwayForm) -> list[dict[str, Any]]:
    """Return each duty left open with who could take it; the best who is better than nobody is proposed."""
    names, key = words.Names(roster), form.cleaned_data["member"]
    problem, rows = records.problem_of(roster), records.rows_of(roster)
    problem = records.overridden(problem, [Cell(key, day, "") for day in form.numbers])
    chosen: set[str] = set()
    found = []
    for gap in takeovers(problem, rows, key, form.numbers, most=RANKED):
        better = [one.member for one in gap.takeovers if one.change < 0 and one.member not in chosen]
        first = next(iter(better), "")
        proposed = "" if gap.covered else first
        chosen |= {proposed}
        found.append({
            "day": gap.day, "name": names.day(gap.day), "shift": names.shift(gap.shift),
            "covered": gap.covered, "proposed": proposed,
            "takers": [
                {"key": one.member, "code": names.member(one.member), "change": one.change,
                 "rules": one.rules, "from": names.shift(one.from_shift) if one.from_shift else ""}
                for one in gap.takeovers
            ],
        })  # fmt: skip
    return found


@require_POST
@requires("planning.make")
def roster_takeover(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Note a member as away and give the duties to those chosen."""
    found = own(request, roster_id)
    form = AwayForm(found, request.POST)
    if not form.is_valid():
        messages.error(request, _("Say who is away, and from when to when."))
        return redirect("planning:roster_ill", roster_id=found.pk)
    member = _member(request, form.cleaned_data["member"])
    takers = {day: request.POST.get(f"taker_{day}", "") for day in form.numbers}
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    try:
        made = domain.take_over(found, member, first, last, takers, request.user)
        messages.success(request, _("Kept as version %(version)s.") % {"version": made.version})
    except domain.NotReady as problem:
        messages.error(request, str(problem))
        made = found
    return redirect("planning:roster", roster_id=made.pk)


def _member(request: HttpRequest, key: str) -> Member:
    return get_object_or_404(queries.members(county_of(request), request.user), pk=int(key))
