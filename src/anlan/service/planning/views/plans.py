"""The plan of a day: seen, made in the background, signed, published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.engine.planning.deployment import METHOD
from anlan.service.patrol import queries as briefings
from anlan.service.patrol.views.common import county_of, parsed
from anlan.service.places.queries import county_area
from anlan.service.planning import domain, queries
from anlan.service.planning.joint.page import on_day
from anlan.service.planning.models import DeploymentPlan, DispatchRule, Level, PlanningJob
from anlan.service.planning.standards import standards_of
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FAR_VERSIONS = 30
POLICIES = [choice for choice in DispatchRule.Policy.choices if choice[0] != DispatchRule.Policy.CLOSEST]


@require_GET
@requires("planning.view")
def plan_day(request: HttpRequest, day: str) -> HttpResponse:
    """Show a day's newest plan, the version asked for, or how to make one."""
    date, county = parsed(day), county_of(request)
    rows = queries.plans(county, request.user).filter(date=date).prefetch_related("signatures")
    versions = list(rows.defer("body")[:FAR_VERSIONS])
    briefing = briefings.colours_briefing(county, date)
    context: dict[str, Any] = {"day": day, "date": date, "briefing": briefing, "versions": versions}
    context |= {"levels": Level.choices, "joint": on_day(county, date)}
    if not versions:
        return shell(request, "plan.html", context | {"plan": None})
    asked = request.GET.get("version", "")
    plan = next((row for row in versions if str(row.version) == asked), versions[0])
    return shell(request, "plan.html", context | shown(plan))


def shown(plan: DeploymentPlan) -> dict[str, Any]:
    """Return what the page of a version needs; one made by an earlier method says only that."""
    if plan.body.get("method") != METHOD:
        return {"plan": plan, "old": True}
    from anlan.service.planning.presentation import page  # noqa: PLC0415  heavy, and only here

    county6 = plan.area_code[:6]
    return page(plan) | {
        "plan": plan, "needed": standards_of(county6).signatures[plan.level], "policies": POLICIES,
        "signatures": list(plan.signatures.select_related("signed_by")),
        "rehearsals": queries.rehearsals(county6).filter(plan=plan)[:FAR_VERSIONS],
    }  # fmt: skip


@require_POST
@requires("planning.make")
def plan_make(request: HttpRequest, day: str) -> HttpResponse:
    """Queue the making of the day's plan; the form may set the county's level."""
    parsed(day)
    level = request.POST.get("level", "")
    if level and level not in Level.values:
        raise Http404(level)
    area = county_area(county_of(request))
    job = domain.ask_for(PlanningJob.Kind.PLAN, area, day, {"level": level} if level else {}, request.user)
    return redirect("planning:job", planning_job_id=job.pk)


@require_POST
@requires("planning.approve")
def plan_sign(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Sign a version."""
    plan = get_object_or_404(queries.plans(county_of(request), request.user), pk=plan_id)
    domain.sign_plan(plan, request.user)
    messages.success(
        request, _("Approved.") if plan.approved_at else _("Signed. Another signature is missing.")
    )
    return redirect(address(plan))


@require_POST
@requires("planning.publish")
def plan_publish(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Send the orders to the phones."""
    plan = get_object_or_404(queries.plans(county_of(request), request.user), pk=plan_id)
    try:
        domain.publish_plan(plan, request.user)
        messages.success(request, _("Published. The units have their orders."))
    except domain.NotReady as problem:
        messages.error(request, str(problem))
    return redirect(address(plan))


def address(plan: DeploymentPlan) -> str:
    """Return the page of a version."""
    return queries.address_of(plan)
