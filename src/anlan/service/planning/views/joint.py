"""Joint command: forces stated, a week's plan asked for, shown, approved, printed, exported."""

from __future__ import annotations

from datetime import timedelta
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
from anlan.service.planning.forms.joint import JointForm, WeekForm
from anlan.service.planning.forms.joint_rules import RulesForm
from anlan.service.planning.joint import ask as asks
from anlan.service.planning.joint import files, queries
from anlan.service.planning.joint.ask import JointAsk
from anlan.service.planning.joint.page import day_table, page
from anlan.service.planning.joint.rules import row_of, rules_of
from anlan.service.planning.models import JointCommand, Level, PlanningJob
from anlan.service.planning.standards import standards_of
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from django.http import HttpRequest

ROWS = 30
USUAL_LEVEL = Level.III


@require_GET
@requires("planning.view")
def joints(request: HttpRequest) -> HttpResponse:
    """List the county's plans of joint command, and the forces that it has stated."""
    county6 = county_of(request)
    found = Paginator(queries.commands(county6, request.user).defer("body", "ask"), ROWS)
    context = {"page": found.get_page(request.GET.get("page", "1")), "row": row_of(county6)}
    return shell(request, "joints.html", context | {"rules": rules_of(county6)})


@require_http_methods(["GET", "POST"])
@requires("planning.make")
def joint_rules(request: HttpRequest) -> HttpResponse:
    """Show the forces and needs; posted, keep them."""
    county6 = county_of(request)
    form = RulesForm(
        rules_of(county6), standards_of(county6).shifts, request.POST if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        if domain.set_joint_rules(county6, form.rules(), request.user):
            messages.success(request, _("Saved. Plans made from now on follow these."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("planning:joint_rules")
    context = {"form": form, "row": row_of(county6)}
    return shell(request, "joint_rules.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@requires("planning.make")
def joint_new(request: HttpRequest) -> HttpResponse:
    """Show the form for a week's plan; posted, queue it."""
    county6 = county_of(request)
    start = _start(request, county6)
    rules, shifts = rules_of(county6), [one.code for one in standards_of(county6).shifts]
    data = [request.POST] if request.method == "POST" else []
    form = JointForm(county6, start, [force.code for force in rules.forces], shifts, *data)
    if data and form.is_valid():
        ask = form.ask()
        job = domain.ask_for(PlanningJob.Kind.JOINT, request.county, ask.about, asks.plain(ask), request.user)
        return redirect("planning:job", planning_job_id=job.pk)
    context = {
        "form": form, "rules": rules, "shifts": shifts, "week": WeekForm(initial={"first": start.first}),
        "points": queries.checkpoints(county6),
    }  # fmt: skip
    return shell(request, "joint_new.html", context, status=422 if data else 200)


def _start(request: HttpRequest, county6: str) -> JointAsk:
    """Return the ask that the form begins with: that of an earlier plan, or the week asked for."""
    given = request.GET.get("from", "")
    if given.isascii() and given.isdigit() and len(given) < 19:
        plan = get_object_or_404(queries.commands(county6, request.user), pk=int(given))
        return asks.parsed(plan.ask)
    week = WeekForm(request.POST if request.method == "POST" else request.GET)
    today = timezone.localdate()
    first = week.cleaned_data["first"] if week.is_valid() else today + timedelta(days=7 - today.weekday())
    return JointAsk(first, _levels(county6, first))


def _levels(county6: str, first: Date) -> tuple[str, ...]:
    """Return the levels of the days' deployment plans; where there is none, the usual one."""
    days = [first + timedelta(days=at) for at in range(asks.WEEK)]
    plans = queries.newest_plans(county6, days[0], days[-1])
    return tuple(plans[day].level if day in plans else USUAL_LEVEL for day in days)


@require_GET
@requires("planning.view")
def joint(request: HttpRequest, joint_id: int) -> HttpResponse:
    """Show a plan, one of its days as a table."""
    found = own(request, joint_id)
    context: dict[str, Any] = {"plan": found} | page(found)
    if found.possible:
        at = _day(request, found)
        context |= {"at": at, "table": day_table(found, at)}
    same = queries.commands(county_of(request), request.user).filter(first=found.first)
    context["versions"] = list(same.defer("body", "ask")[:ROWS])
    return shell(request, "joint.html", context)


def _day(request: HttpRequest, plan: JointCommand) -> int:
    """Return the number of the day asked for; else today where the plan has it, or the first."""
    given = request.GET.get("day", "")
    if given.isascii() and given.isdigit() and len(given) < 4 and int(given) < plan.days:
        return int(given)
    today = (timezone.localdate() - plan.first).days
    return today if 0 <= today < plan.days else 0


@require_GET
@requires("planning.view")
def joint_print(request: HttpRequest, joint_id: int) -> HttpResponse:
    """Show all days of a plan for the printer."""
    found = own(request, joint_id)
    if not found.possible:
        return redirect("planning:joint", joint_id=found.pk)
    context = {"plan": found} | page(found)
    context["tables"] = [(day, day_table(found, day["number"])) for day in context["days"]]
    return shell(request, "joint_print.html", context)


@require_GET
@requires("planning.view")
def joint_file(request: HttpRequest, joint_id: int) -> HttpResponse:
    """Send a plan as an Excel workbook."""
    found = own(request, joint_id)
    if not found.possible:
        messages.error(request, _("Its rules contradict each other: there is nothing to send."))
        return redirect("planning:joint", joint_id=found.pk)
    name = f"joint-{found.area_code[:6]}-{found.first.isoformat()}-v{found.version}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(files.workbook(found), content_type=files.XLSX, headers=headers)


@require_POST
@requires("planning.approve")
def joint_approve(request: HttpRequest, joint_id: int) -> HttpResponse:
    """Approve a plan."""
    found = own(request, joint_id)
    try:
        domain.approve_joint(found, request.user)
        messages.success(request, _("Approved. The plans and orders of its days show it."))
    except domain.NotReady as problem:
        messages.error(request, str(problem))
    return redirect("planning:joint", joint_id=found.pk)


def own(request: HttpRequest, joint_id: int) -> JointCommand:
    """Return a plan of the county at hand, else raise Http404."""
    return get_object_or_404(queries.commands(county_of(request), request.user), pk=joint_id)
