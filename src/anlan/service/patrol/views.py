"""The briefing and the plan of a day: seen, made, published, approved, downloaded."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.patrol import domain, exports, queries
from anlan.service.patrol.presentation import report_of
from anlan.service.patrol.presentation.names import Names
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.patrol.models import Briefing


@require_GET
@requires("patrol.view_briefing")
def latest(request: HttpRequest) -> HttpResponse:
    """Go to the newest briefing; without one, say how to make the first."""
    if request.county is not None:
        newest = queries.briefings(county_of(request), request.user).first()
        if newest is not None:
            return redirect("patrol:briefing_day", day=newest.date.isoformat())
    today = timezone.localdate().isoformat()
    return render(request, "patrol/briefing_empty.html", {"day": today, "county": request.county})


@require_GET
@requires("patrol.view_briefing")
def briefing_day(request: HttpRequest, day: str) -> HttpResponse:
    """Show a day's briefing, the newest version or the one asked for by `?version=`."""
    date = parsed(day)
    versions = list(queries.briefings(county_of(request), request.user).filter(date=date).defer("body"))
    if not versions:
        context = {"day": day, "county": request.county}
        return render(request, "patrol/briefing_empty.html", context, status=404)
    briefing = chosen(versions, request.GET.get("version", ""))
    plan = queries.plans(county_of(request), request.user).filter(date=date).first()
    posts = plan.body["posts"] if plan else []
    context = {
        "briefing": briefing, "versions": versions, "day": day, "plan": plan,
        "report": report_of(briefing, request.county),
        "colours": {row["alert"]["beat_code"]: row["alert"]["colour"] for row in briefing.body["colours"]},
        "marks": [[spot["lon"], spot["lat"]] for spot in briefing.body["hot_spots"]],
        "posts": [[post["lon"], post["lat"]] for post in posts],
    }  # fmt: skip
    return render(request, "patrol/briefing.html", context)


@require_POST
@requires("patrol.make_briefing")
def briefing_make(request: HttpRequest) -> HttpResponse:
    """Make the briefing of the day in the form."""
    day = request.POST.get("date", "")
    try:
        date = Date.fromisoformat(day)
    except ValueError:
        messages.error(request, _("Date %(day)s: write it as year-month-day.") % {"day": day})
        return redirect("patrol:briefing")
    try:
        domain.make_briefing(county_of(request), date, request.user)
    except domain.NoData as problem:
        messages.error(request, str(problem))
        return redirect("patrol:briefing")
    return redirect("patrol:briefing_day", day=date.isoformat())


@require_POST
@requires("patrol.publish_briefing")
def briefing_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a version."""
    briefing = get_object_or_404(queries.briefings(county_of(request), request.user), pk=pk)
    domain.publish_briefing(briefing, request.user)
    messages.success(request, _("Published."))
    return redirect("patrol:briefing_day", day=briefing.date.isoformat())


@require_GET
@requires("patrol.view_briefing")
def briefing_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Download a version as PDF, HTML or JSON."""
    briefing = get_object_or_404(queries.briefings(county_of(request), request.user), pk=pk)
    if kind not in exports.KINDS:
        raise Http404
    name = f"briefing-{briefing.area_code[:6]}-{briefing.date}-v{briefing.version}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(exports.export(briefing, kind), content_type=exports.KINDS[kind], headers=headers)


@require_GET
@requires("patrol.view_briefing")
def plan_day(request: HttpRequest, day: str) -> HttpResponse:
    """Show a day's newest deployment plan, or how to make it."""
    plan = queries.plans(county_of(request), request.user).filter(date=parsed(day)).first()
    briefing = queries.briefings(county_of(request), request.user).filter(date=parsed(day)).first()
    context: dict[str, Any] = {"plan": plan, "day": day, "briefing": briefing}
    if plan is not None:
        names = Names(county_of(request))
        context["force"] = [row | {"beat": names.beat(row["beat_code"])} for row in plan.body["force"]]
        context["posts"] = [[post["lon"], post["lat"]] for post in plan.body["posts"]]
        context["colours"] = {row["beat_code"]: row["colour"] for row in plan.body["force"]}
    return render(request, "patrol/plan.html", context)


@require_POST
@requires("patrol.make_plan")
def plan_make(request: HttpRequest, day: str) -> HttpResponse:
    """Make the day's plan."""
    try:
        domain.make_plan(county_of(request), parsed(day), request.user)
    except domain.NoData as problem:
        messages.error(request, str(problem))
    return redirect("patrol:plan", day=day)


@require_POST
@requires("patrol.approve_plan")
def plan_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a version."""
    plan = get_object_or_404(queries.plans(county_of(request), request.user), pk=pk)
    domain.approve_plan(plan, request.user)
    messages.success(request, _("Approved."))
    return redirect("patrol:plan", day=plan.date.isoformat())


def county_of(request: HttpRequest) -> str:
    """Return the six digits of the county at hand; 404 where there is none."""
    if request.county is None:
        raise Http404
    return request.county.code[:6]


def parsed(day: str) -> Date:
    """Return the date in an address; 404 where it is none."""
    try:
        return Date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error


def chosen(versions: list[Briefing], asked: str) -> Briefing:
    """Return the version asked for, else the newest."""
    return next((row for row in versions if str(row.version) == asked), versions[0])
