"""Questions put to a plan: asked, answered, and the dispatch rule switched by the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.patrol.views.common import county_of
from anlan.service.places.queries import county_area
from anlan.service.planning import domain, queries
from anlan.service.planning.dispatch_rule import rule_of
from anlan.service.planning.models import DispatchRule, PlanningJob, Rehearsal
from anlan.service.planning.presentation.answers import answer
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.service.planning.models import DeploymentPlan


@require_POST
@requires("planning.make")
def plan_rehearse(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Queue a question to a plan."""
    plan = get_object_or_404(queries.plans(county_of(request), request.user), pk=plan_id)
    try:
        ask = _asked(request, plan)
    except ValueError as problem:
        messages.error(request, str(problem))
        return redirect(queries.address_of(plan))
    area = county_area(plan.area_code[:6])
    about = f"{plan.date.isoformat()} v{plan.version} {ask['kind']}"
    job = domain.ask_for(PlanningJob.Kind.REHEARSAL, area, about, ask, request.user)
    return redirect("planning:job", planning_job_id=job.pk)


def _asked(request: HttpRequest, plan: DeploymentPlan) -> dict[str, Any]:
    """Return the question of a form.

    Raises:
        ValueError: it is none; the message names the field.

    """
    kind = request.POST.get("kind", "")
    if kind not in Rehearsal.Kind.values:
        raise ValueError(_("Choose what to rehearse."))
    ask: dict[str, Any] = {"plan": plan.pk, "kind": kind}
    if kind == Rehearsal.Kind.SURGE:
        ask["times"] = _times(request.POST.get("times", ""))
    elif kind == Rehearsal.Kind.RULE:
        ask["policy"] = request.POST.get("policy", "")
        if ask["policy"] not in (DispatchRule.Policy.COVER, DispatchRule.Policy.PREPAREDNESS):
            raise ValueError(_("Choose the rule to hold against the closest unit."))
    elif kind == Rehearsal.Kind.COMPARE:
        key = request.POST.get("other", "")
        rows = queries.plans(county_of(request), request.user)
        known = key.isascii() and key.isdigit() and len(key) < 19
        other = rows.filter(pk=key).exclude(pk=plan.pk).first() if known else None
        if other is None:
            raise ValueError(_("Choose another plan to compare with."))
        ask["other"] = other.pk
    return ask


def _times(text: str) -> float:
    try:
        times = float(text)
    except ValueError:
        times = -1.0
    if not 0.1 <= times <= 20:
        raise ValueError(_("How many times the calls: a number from 0.1 to 20."))
    return times


@require_GET
@requires("planning.view")
def rehearsal(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """Show an answer."""
    found = get_object_or_404(queries.rehearsals(county_of(request), request.user), pk=rehearsal_id)
    context = {
        "rehearsal": found, "plan": found.plan, "address": queries.address_of(found.plan),
        "answer": answer(found), "rule": rule_of(found.area_code[:6]),
    }  # fmt: skip
    return shell(request, "rehearsal.html", context)


@require_POST
@requires("planning.approve")
def rule_switch(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """Switch to the rule that a rehearsal found better, or back to the closest unit."""
    found = get_object_or_404(queries.rehearsals(county_of(request), request.user), pk=rehearsal_id)
    back = request.POST.get("policy") == DispatchRule.Policy.CLOSEST
    policy = DispatchRule.Policy.CLOSEST if back else str(found.ask.get("policy", ""))
    try:
        domain.switch_rule(county_area(found.area_code[:6]), policy, request.user, found)
        messages.success(request, _("The dispatch rule is switched."))
    except domain.NotReady as problem:
        messages.error(request, str(problem))
    return redirect("planning:rehearsal", rehearsal_id=found.pk)
