"""Members of teams: listed, entered, imported, filled up, retired; absences and wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.service.patrol.views.common import county_of
from anlan.service.planning import calendars, domain
from anlan.service.planning.forms.members import (
    AbsenceForm,
    FillForm,
    ImportForm,
    MemberChangeForm,
    MemberForm,
    WishForm,
    wish_words,
)
from anlan.service.planning.models import Member
from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.rosters import files, queries
from anlan.service.planning.standards import standards_of
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

    from anlan.service.staff.models import Team

ROWS = 30
SHOWN_ERRORS = 20


@require_GET
@requires("planning.make")
def members(request: HttpRequest) -> HttpResponse:
    """List the teams with their strength and members."""
    found = Paginator(queries.teams(county_of(request), request.user), ROWS)
    return shell(request, "members.html", {"page": found.get_page(request.GET.get("page", "1"))})


@require_http_methods(["GET", "POST"])
@requires("planning.make")
def members_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """List a team's members; posted, add one."""
    team = _team(request, team_id)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _added(form, team, request):
        messages.success(request, _("Kept."))
        return redirect("planning:members_team", team_id=team.pk)
    rows = queries.members(county_of(request), request.user).filter(team=team)
    found = Paginator(rows.order_by("-active", "group", "code"), ROWS)
    context = {"team": team, "form": form, "page": found.get_page(request.GET.get("page", "1"))}
    return shell(request, "members_team.html", context | _missing(team), 400 if form.errors else 200)


def _added(form: MemberForm, team: Team, request: HttpRequest) -> bool:
    """Whether the member was new and could be added; errors go to the form."""
    row = form.row(team.code)
    if team.members.filter(code=row.code).exists():
        form.add_error("code", _("This code is taken in the team."))
        return False
    try:
        domain.save_members([row], team, request.user)
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


def _missing(team: Team) -> dict[str, Any]:
    return {"missing": max(team.strength - team.there, 0), "fill": FillForm()}


@require_POST
@requires("planning.make")
def members_fill(request: HttpRequest, team_id: int) -> HttpResponse:
    """Fill a team up to its strength."""
    team, form = _team(request, team_id), FillForm(request.POST)
    if form.is_valid():
        count = domain.fill_team(team, request.user, form.cleaned_data["groups"])
        told = ngettext("%(count)s member added.", "%(count)s members added.", count)
        messages.success(request, told % {"count": count})
    else:
        messages.error(request, _("From 1 to 26 groups."))
    return redirect("planning:members_team", team_id=team.pk)


@require_http_methods(["GET", "POST"])
@requires("planning.make")
def members_import(request: HttpRequest) -> HttpResponse:
    """Import members from a file, all rows or none."""
    county_of(request)
    form = ImportForm(*([request.POST, request.FILES] if request.method == "POST" else []))
    problems: list[str] = []
    if form.is_bound and form.is_valid():
        try:
            rows, numbers = files.read_members(form.cleaned_data["file"])
            count = domain.save_members(rows, request.county, request.user, numbers=numbers)
        except ValidationError as problem:
            problems = list(problem.messages)
        else:
            told = _("%(count)s of %(rows)s members were new or changed.")
            messages.success(request, told % {"count": count, "rows": len(rows)})
            return redirect("planning:members")
    context = {
        "form": form, "problems": problems[:SHOWN_ERRORS], "more": max(len(problems) - SHOWN_ERRORS, 0),
        "columns": files.COLUMNS,
    }  # fmt: skip
    return shell(request, "members_import.html", context, 400 if form.errors or problems else 200)


@require_GET
@requires("planning.make")
def members_template(request: HttpRequest) -> HttpResponse:
    """Send the members that are there as the workbook to fill in."""
    rows = queries.members(county_of(request), request.user).filter(active=True)
    headers = {"Content-Disposition": 'attachment; filename="members.xlsx"'}
    return HttpResponse(files.template(list(rows)), content_type=files.XLSX, headers=headers)


@require_http_methods(["GET", "POST"])
@requires("planning.make")
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Show a member with absences, wishes and calendar; posted, change it."""
    found = _member(request, member_id)
    form = MemberChangeForm(found, *([request.POST] if request.method == "POST" else []))
    if form.is_bound and form.is_valid():
        try:
            account = form.cleaned_data["account"]
            domain.change_member(found, form.row(found.team.code), account, request.user)
            messages.success(request, _("Kept."))
            return redirect("planning:member", member_id=found.pk)
        except ValidationError as problem:
            form.add_error(None, problem)
    return shown(request, found, form=form)


def shown(request: HttpRequest, found: Member, **forms: Any) -> HttpResponse:
    """Return a member's page, with forms that were filled in wrongly."""
    shifts = standards_of(found.area_code[:6]).shifts
    names = {shift.code: shift_name(vars(shift)) for shift in shifts}
    today = timezone.localdate()
    wishes = found.wishes.filter(date__gte=today)
    address = reverse("planning:calendar", kwargs={"token": calendars.token("member", found.pk)})
    context = {
        "member": found, "form": MemberChangeForm(found), "absence": AbsenceForm(), "wish": WishForm(shifts),
        "absences": found.absences.filter(last__gte=today),
        "wishes": [(one, wish_words(one.shift, one.want, names)) for one in wishes],
        "calendar": request.build_absolute_uri(address),
    }  # fmt: skip
    wrong = any(form.errors for form in forms.values())
    return shell(request, "member.html", context | forms, 400 if wrong else 200)


@require_POST
@requires("planning.make")
def member_retire(request: HttpRequest, member_id: int) -> HttpResponse:
    """Take a member off the rosters to come."""
    found = _member(request, member_id)
    domain.retire_member(found, request.user)
    told = _("%(code)s is off the rosters to come. Keep its form again to bring it back.")
    messages.success(request, told % {"code": found.code})
    return redirect("planning:member", member_id=found.pk)


@require_POST
@requires("planning.make")
def member_away(request: HttpRequest, member_id: int) -> HttpResponse:
    """Note an absence."""
    found, form = _member(request, member_id), AbsenceForm(request.POST)
    if form.is_valid():
        try:
            domain.add_absence(found, *form.cleaned_data.values(), request.user)
            return redirect("planning:member", member_id=found.pk)
        except ValidationError as problem:
            form.add_error(None, problem)
    return shown(request, found, absence=form)


@require_POST
@requires("planning.make")
def absence_remove(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Take an absence back."""
    found = get_object_or_404(queries.absences(county_of(request), request.user), pk=absence_id)
    domain.remove_absence(found, request.user)
    return redirect("planning:member", member_id=found.member_id)


@require_POST
@requires("planning.make")
def member_wish(request: HttpRequest, member_id: int) -> HttpResponse:
    """Note a member's wish, or take it back."""
    found = _member(request, member_id)
    form = wished(request, found)
    if form is not None:
        return shown(request, found, wish=form)
    return redirect("planning:member", member_id=found.pk)


def wished(request: HttpRequest, found: Member) -> Form | None:
    """Keep the wish of a form, or take the one named by `remove` back; return a form filled in wrongly."""
    gone = request.POST.get("remove", "")
    if gone:
        usable = gone.isascii() and gone.isdigit() and len(gone) < 19
        wish = found.wishes.filter(pk=int(gone)).first() if usable else None
        if wish is not None:
            domain.save_wish(found, wish.date, wish.shift, None, request.user)
        return None
    form = WishForm(standards_of(found.area_code[:6]).shifts, request.POST)
    if not form.is_valid():
        return form
    shift, want = form.chosen
    domain.save_wish(found, form.cleaned_data["date"], shift, want, request.user)
    return None


def _team(request: HttpRequest, team_id: int) -> Team:
    return get_object_or_404(queries.teams(county_of(request), request.user), pk=team_id)


def _member(request: HttpRequest, member_id: int) -> Member:
    return get_object_or_404(queries.members(county_of(request), request.user), pk=member_id)
