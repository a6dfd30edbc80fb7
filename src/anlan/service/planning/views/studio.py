"""The studio: an edit tried in a second or two, and made into a new version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.engine.planning.deployment import METHOD
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.views.common import county_of
from anlan.service.places.queries import county_area
from anlan.service.planning import asks, domain, queries
from anlan.service.planning.models import PlanningJob
from anlan.service.planning.presentation.change import change
from anlan.service.planning.trying import tried
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.engine.planning.deployment import Ask
    from anlan.service.planning.models import DeploymentPlan

LONGEST = 200_000


@require_POST
@requires("planning.make")
def plan_try(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Answer what a planner's changes (the JSON of an ask) would do; nothing is kept."""
    plan = _plan(request, plan_id)
    try:
        ask = _asked(request.body.decode(errors="replace"))
        _present(plan)
        found = tried(plan, ask)
    except (NoData, ValueError) as problem:
        return JsonResponse({"error": str(problem)}, status=422)
    return JsonResponse(change(plan, found))


@require_POST
@requires("planning.make")
def plan_solve(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Queue a new version with the planner's changes."""
    plan = _plan(request, plan_id)
    try:
        ask = _asked(request.POST.get("ask", ""))
        _present(plan)
    except (NoData, ValueError) as problem:
        messages.error(request, str(problem))
        return redirect(queries.address_of(plan))
    given = asks.plain(ask) | {"parent": plan.pk}
    area = county_area(plan.area_code[:6])
    job = domain.ask_for(PlanningJob.Kind.PLAN, area, plan.date.isoformat(), given, request.user)
    return redirect("planning:job", planning_job_id=job.pk)


def _plan(request: HttpRequest, plan_id: int) -> DeploymentPlan:
    rows = queries.plans(county_of(request), request.user)
    return get_object_or_404(rows, pk=plan_id)


def _asked(text: str) -> Ask:
    """Return the ask of a request's JSON.

    Raises:
        ValueError: it is no ask; the message names the field.

    """
    if len(text) > LONGEST:
        raise ValueError(_("These are more changes than a plan can have."))
    try:
        body: Any = json.loads(text)
    except ValueError as problem:
        raise ValueError(_("The changes could not be read. Reload the page.")) from problem
    return asks.parsed(body)


def _present(plan: DeploymentPlan) -> None:
    if plan.body.get("method") != METHOD:
        raise NoData(_("This version was made by an earlier method. Make the plan again."))
