"""Containment of an incident: asked for, looked at, approved, ended."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.service.incidents.containment_forms import ContainmentForm
from anlan.service.incidents.domain.containment import (
    approve_containment,
    end_containment,
    propose_containment,
)
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import ContainmentPlan, Incident
from anlan.service.incidents.views.county import visible_incident
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@requires("incidents.dispatch")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a containment of an incident and go to the plan."""
    incident = visible_incident(request, pk)
    initial = {"lon": incident.lon, "lat": incident.lat}
    form = ContainmentForm(request.POST or None, initial=initial)
    if form.is_valid():
        key = form.cleaned_data["client_key"] or uuid.uuid4()
        try:
            plan = propose_containment(incident, form.ask(), request.user, key)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("incidents:containment", plan.pk)
    before = incident.containments.select_related("made_by")
    context = {"incident": incident, "form": form, "plans": before}
    return render(request, "incidents/containment_new.html", context, status=422 if form.errors else 200)


def visible_plan(request: HttpRequest, plan_id: int) -> ContainmentPlan:
    """Return the plan if the reader may see its incident, else raise Http404."""
    rows = ContainmentPlan.objects.filter(incident__in=Incident.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("incident__type", "made_by", "approved_by"), pk=plan_id)


@requires("incidents.view")
@require_GET
def page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show a plan: who reaches which point when, what leaks, on the map."""
    return render(request, "incidents/containment.html", context_of(visible_plan(request, plan_id)))


@requires("incidents.command")
@require_POST
def act(request: HttpRequest, plan_id: int, action: str) -> HttpResponse:
    """Approve or end a plan."""
    plan = visible_plan(request, plan_id)
    if action not in ACTIONS:
        raise Http404(action)
    answer: dict[str, Any] = {}
    try:
        message = ACTIONS[action](request, plan)
    except NeedsConfirmation as warning:
        answer["warnings"] = warning.warnings
    except (Refused, PermissionDenied) as refusal:
        answer["error"] = str(refusal)
    else:
        messages.success(request, message)
        return redirect("incidents:containment", plan.pk)
    return render(request, "incidents/containment.html", context_of(plan) | answer, status=409)


def approve(request: HttpRequest, plan: ContainmentPlan) -> str:
    """Put it in force."""
    sure = request.POST.get("confirmed") == "1"
    approved = approve_containment(plan, request.user, confirmed=sure)
    return _("In force: %(count)s units have their orders.") % {"count": len(approved.posts)}


def end(request: HttpRequest, plan: ContainmentPlan) -> str:
    """End or discard it."""
    end_containment(plan, request.POST.get("reason", "").replace("\x00", "")[:500], request.user)
    return _("The containment is over. Units stay assigned until they are cleared.")


ACTIONS: dict[str, Callable[[HttpRequest, ContainmentPlan], str]] = {"approve": approve, "end": end}


def context_of(plan: ContainmentPlan) -> dict[str, Any]:
    """Return what the page shows."""
    return {"plan": plan, "incident": plan.incident, "features": features(plan)}


def features(plan: ContainmentPlan) -> dict[str, Any]:
    """Return the plan as GeoJSON: ground enclosed and reached, ways, points held and leaking, the place."""
    found = [feature(plan.body[kind], kind) for kind in ("area", "reached") if plan.body.get(kind)]
    for post in plan.posts:
        at = [post["lon"], post["lat"]]
        found.append(feature({"type": "LineString", "coordinates": [post["from"], at]}, "way"))
        found.append(feature({"type": "Point", "coordinates": at}, "post", post["unit"]))
    found += [
        feature({"type": "Point", "coordinates": [leak["lon"], leak["lat"]]}, "leak", "!")
        for leak in plan.leaks
    ]
    start = {"type": "Point", "coordinates": [plan.ask["lon"], plan.ask["lat"]]}
    return {"type": "FeatureCollection", "features": [*found, feature(start, "start")]}


def feature(geometry: dict[str, Any], kind: str, label: str = "") -> dict[str, Any]:
    """Return one shape of the plan's map."""
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, "label": label}}
