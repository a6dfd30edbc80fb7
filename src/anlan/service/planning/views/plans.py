"""The plan of a day: seen, made, approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.patrol import queries as briefings
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.presentation.names import Names
from anlan.service.patrol.views.common import county_of, parsed
from anlan.service.planning import domain, queries
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
@requires("planning.view")
def plan_day(request: HttpRequest, day: str) -> HttpResponse:
    """Show a day's newest deployment plan, or how to make it."""
    plan = queries.plans(county_of(request), request.user).filter(date=parsed(day)).first()
    briefing = briefings.colours_briefing(county_of(request), parsed(day))
    context: dict[str, Any] = {"plan": plan, "day": day, "briefing": briefing}
    if plan is not None:
        names = Names(county_of(request))
        context["force"] = [row | {"beat": names.beat(row["beat_code"])} for row in plan.body["force"]]
        context["posts"] = [[post["lon"], post["lat"]] for post in plan.body["posts"]]
        context["colours"] = {row["beat_code"]: row["colour"] for row in plan.body["force"]}
    return render(request, "planning/plan.html", context)


@require_POST
@requires("planning.make")
def plan_make(request: HttpRequest, day: str) -> HttpResponse:
    """Make the day's plan."""
    try:
        domain.make_plan(county_of(request), parsed(day), request.user)
    except NoData as problem:
        messages.error(request, str(problem))
    return redirect("planning:plan", day=day)


@require_POST
@requires("planning.approve")
def plan_approve(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Approve a version."""
    plan = get_object_or_404(queries.plans(county_of(request), request.user), pk=plan_id)
    domain.approve_plan(plan, request.user)
    messages.success(request, _("Approved."))
    return redirect("planning:plan", day=plan.date.isoformat())
