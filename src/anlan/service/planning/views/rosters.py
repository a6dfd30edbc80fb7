"""Rosters: listed, asked for, shown, approved, printed, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.service.patrol.views.common import county_of
from anlan.service.planning import domain
from anlan.service.planning.forms.rosters import ChooseForm, RosterForm
from anlan.service.planning.models import Member, PlanningJob, Roster
from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.rosters import ask as asks
from anlan.service.planning.rosters import defaults, files, patterns, queries, relax, words
from anlan.service.planning.rosters.page import page
from anlan.service.planning.standards import standards_of
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.planning.rosters.ask import RosterAsk
    from anlan.service.staff.models import Team

ROWS = 30
VERSIONS = 20


@require_GET
@requires("planning.view")
def rosters(request: HttpRequest) -> HttpResponse:
    """List the county's rosters."""
    found = Paginator(queries.listed(county_of(request), request.user), ROWS)
    shown = found.get_page(request.GET.get("page", "1"))
    return shell(request, "rosters.html", {"page": shown})


@require_http_methods(["GET", "POST"])
@requires("planning.make")
def roster_new(request: HttpRequest) -> HttpResponse:
    """Choose teams and first day, then ask; posted, queue the search."""
    county6 = county_of(request)
    teams = list(queries.teams(county6, request.user).filter(there__gt=0))
    context: dict[str, Any] = {"teams": teams}
    start, given = _start(request, county6)
    choose = _choose(county6, teams, given)
    context |= {"choose": choose}
    if start is None:
        if not choose.is_bound or not choose.is_valid():
            return shell(request, "roster_new.html", context, status=400 if choose.is_bound else 200)
        codes = choose.cleaned_data["team"]
        start, context["from"] = defaults.usual(county6, codes, choose.cleaned_data["first"])
        context["beyond"] = ", ".join(beyond(county6, start))
    form = _form(request, county6, start)
    if form.is_bound and form.is_valid():
        ask = form.ask()
        job = domain.ask_for(
            PlanningJob.Kind.ROSTER, request.county, ask.about, asks.plain(ask), request.user
        )
        return redirect("planning:job", planning_job_id=job.pk)
    known = {team.code: team.label for team in teams}
    context |= {"form": form, "chosen": [known.get(code, code) for code in start.teams], "ask": start}
    return shell(request, "roster_new.html", context, status=400 if form.is_bound else 200)


def beyond(county6: str, ask: RosterAsk) -> list[str]:
    """Return what the members can man in each shift where the ask wants more, in words; else nothing."""
    shifts = standards_of(county6).shifts
    there = Member.objects.in_county(county6).filter(active=True, team__code__in=ask.teams).count()
    can = defaults.from_strength(shifts, there, ask.pattern)
    if not any(max(row.people) > can.get(row.shift, 0) for row in ask.needs):
        return []
    return [f"{shift_name(vars(shift))} {can.get(shift.code, 0)}" for shift in shifts]


def _choose(county6: str, teams: list[Team], given: Any) -> ChooseForm:
    """Return the first form, with the day that follows the last roster of the teams that are named."""
    if "first" in given:
        return ChooseForm(teams, given)
    known = {team.code for team in teams}
    named = [code for code in given.getlist("team") if code in known]
    first = defaults.first_day(county6, named, timezone.localdate())
    return ChooseForm(teams, initial={"team": named, "first": first})


def _start(request: HttpRequest, county6: str) -> tuple[RosterAsk | None, Any]:
    """Return the ask of the roster that it is to begin from, perhaps relaxed, and the query."""
    given = request.GET.copy()
    source = given.get("from", "")
    if not (source.isascii() and source.isdigit() and len(source) < 19):
        return None, given
    roster = get_object_or_404(queries.rosters(county6, request.user), pk=int(source))
    which = given.get("relax", "")
    if which and roster.body["why"] is not None:
        return relax.applied(roster, words.Names(roster), which), given
    return asks.parsed(roster.ask), given


def _form(request: HttpRequest, county6: str, start: RosterAsk) -> RosterForm:
    members = Member.objects.in_county(county6).filter(active=True, team__code__in=start.teams)
    rows = members.values_list("team__code", "group").distinct()
    groups = sorted({patterns.named(team, group) for team, group in rows})
    data = [request.POST] if request.method == "POST" else []
    return RosterForm(standards_of(county6).shifts, groups, start, *data)


@require_GET
@requires("planning.view")
def roster(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Show a roster as a grid, or day by day."""
    found = own(request, roster_id)
    view = "days" if request.GET.get("view") == "days" else "grid"
    same = queries.listed(county_of(request), request.user).filter(first=found.first)
    context = {"roster": found, "view": view, "versions": list(same.order_by("-version")[:VERSIONS])}
    return shell(request, "roster.html", context | page(found))


@require_GET
@requires("planning.view")
def roster_print(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Show a roster for the printer: A4 across, no navigation."""
    found = own(request, roster_id)
    return shell(request, "roster_print.html", {"roster": found} | page(found))


@require_GET
@requires("planning.view")
def roster_file(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Send a roster as an Excel workbook."""
    found = own(request, roster_id)
    if found.body["why"] is not None:
        messages.error(request, _("This roster could not be made. Change what is asked and make it again."))
        return redirect("planning:roster", roster_id=found.pk)
    name = f"roster-{found.area_code[:6]}-{found.first.isoformat()}-v{found.version}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(files.workbook(found), content_type=files.XLSX, headers=headers)


@require_POST
@requires("planning.approve")
def roster_approve(request: HttpRequest, roster_id: int) -> HttpResponse:
    """Approve a roster."""
    found = own(request, roster_id)
    try:
        domain.approve_roster(found, request.user)
        messages.success(request, _("Approved. Calendars and orders follow this roster."))
    except domain.NotReady as problem:
        messages.error(request, str(problem))
    return redirect("planning:roster", roster_id=found.pk)


def own(request: HttpRequest, roster_id: int) -> Roster:
    """Return a roster of the county at hand, else raise Http404."""
    return get_object_or_404(queries.rosters(county_of(request), request.user), pk=roster_id)
