"""The county's escalation plan, and notices of the levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.engine.geo import codes
from anlan.service.incidents import queries
from anlan.service.incidents.command_forms import StepForm
from anlan.service.incidents.domain.escalation import take_note
from anlan.service.incidents.domain.escalation_plan import save_step
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import EscalationStep, Level, Notice
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires
from anlan.service.staff.models import Role

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.service.incidents.models import IncidentType

EVERY = "every-type"


@requires("incidents.view")
@require_GET
@with_county
def index(request: HttpRequest, county: str) -> HttpResponse:
    """Show the plan: a row a type, a column a level."""
    rows = EscalationStep.objects.filter(area_code=codes.normalise(county)).prefetch_related("agencies")
    steps = {(row.type_code, row.level): row for row in rows}
    names = dict(Role.choices)
    for step in steps.values():
        step.role_names = [names[role] for role in step.roles if role in names]
    kinds: list[tuple[str, str]] = [("", str(_("Every other type")))]
    kinds += [(kind.code, kind.label) for kind in queries.types_for(county)]
    planned = {code for code, _level in steps}
    table = [
        {
            "code": code or EVERY,
            "label": label,
            "cells": [(level, Level(level).label, steps.get((code, level))) for level in LEVELS],
        }
        for code, label in kinds
        if not code or code in planned
    ]
    others = [(code, label) for code, label in kinds if code and code not in planned]
    return render(
        request, "incidents/escalation.html", {"table": table, "others": others, "levels": level_names()}
    )


LEVELS = (4, 3, 2, 1)


def level_names() -> list[str]:
    """Return what the levels are called, IV first."""
    return [str(Level(level).label) for level in LEVELS]


@requires("incidents.edit_escalation")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def step(request: HttpRequest, county: str, code: str, level: int) -> HttpResponse:
    """Edit what one level sets off for a type."""
    kind = kind_of(county, code)
    if level not in LEVELS:
        raise Http404(level)
    area, type_code = codes.normalise(county), "" if kind is None else kind.code
    row = EscalationStep.objects.filter(area_code=area, type_code=type_code, level=level).first()
    form = StepForm(county, request.POST or None, instance=row)
    if form.is_valid():
        try:
            save_step(area, type_code, level, request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": Level(level).label})
            return redirect("incidents:escalation")
    context = {"form": form, "kind": kind, "level": Level(level).label}
    return render(request, "incidents/escalation_step.html", context, status=422 if form.errors else 200)


def kind_of(county: str, code: str) -> IncidentType | None:
    """Return the type, None for every other, or raise Http404."""
    if code == EVERY:
        return None
    kind = next((kind for kind in queries.types_for(county) if kind.code == code), None)
    if kind is None:
        raise Http404(code)
    return kind


@requires("incidents.view")
@require_POST
def note(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Take note of a notice."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=notice_id)
    try:
        take_note(notice, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("incidents:board")
