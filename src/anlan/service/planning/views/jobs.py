"""Long work: how far it is, and a button to stop it with the best found so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.patrol.views.common import county_of
from anlan.service.planning import domain, queries
from anlan.service.planning.models import PlanningJob
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
@requires("planning.view")
def job(request: HttpRequest, planning_job_id: int) -> HttpResponse:
    """Show how far a job is; once done, go to its result."""
    found = get_object_or_404(queries.jobs(county_of(request), request.user), pk=planning_job_id)
    if found.state == PlanningJob.State.DONE and found.result:
        if request.htmx:
            return HttpResponse(headers={"HX-Redirect": found.result})
        return redirect(found.result)
    context = shown(found)
    if request.htmx and found.state not in PlanningJob.OPEN:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.htmx:
        return render(request, "planning/_job.html", context)
    answer = render(request, "planning/job.html", context)
    if found.state in PlanningJob.OPEN:
        answer["Refresh"] = "15"  # for browsers without scripts
    return answer


def shown(found: PlanningJob) -> dict[str, Any]:
    """Return what the progress panel needs."""
    return {
        "job": found,
        "done": round(100 * found.done),
        "step": step_name(found.step),
        "open_states": PlanningJob.OPEN,
    }


@require_POST
@requires("planning.make")
def stop(request: HttpRequest, planning_job_id: int) -> HttpResponse:
    """Ask a job to end with the best it has."""
    found = get_object_or_404(queries.jobs(county_of(request), request.user), pk=planning_job_id)
    domain.stop_job(found, request.user)
    return redirect("planning:job", planning_job_id=found.pk)


def step_name(step: str) -> str:
    """Return a step in words."""
    return {
        "demand": _("Reading what is expected"),
        "times": _("Driving times"),
        "posts": _("Choosing standby posts"),
        "staffing": _("Units per beat and shift"),
        "crews": _("Crews to posts"),
        "routes": _("Patrol routes"),
        "rehearsal": _("Rehearsing the plan"),
        "compare": _("Rehearsing both plans"),
        "members": _("Reading members, leave and wishes"),
        "start": _("A first roster"),
        "whole": _("Searching for a roster"),
        "columns": _("Pricing rows, for the bound"),
        "dive": _("Searching for a better roster"),
        "relax": _("Looking for what would help"),
        "conflict": _("Looking for what conflicts"),
        "trips": _("Reading recorded trips"),
        "calibrate": _("Learning speeds from trips"),
        "short": _("Making what is short least"),
        "fair": _("Sharing it fairly"),
        "places": _("Choosing and pairing the places"),
        "power": _("Reckoning the power"),
        "keep": _("Keeping the version"),
    }.get(step, _("Working") if step else _("Waiting for a worker"))
