"""Trials: listed, designed in the background, started, looked at, ended, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.service.analysis.ground import Ground
from anlan.service.patrol.views.common import county_of
from anlan.service.planning import domain
from anlan.service.planning.forms.trials import EndForm, StartForm, TrialForm
from anlan.service.planning.models import PlanningJob, Trial
from anlan.service.planning.trials import ask as asks
from anlan.service.planning.trials import files, queries
from anlan.service.planning.trials.page import page
from anlan.service.planning.trials.words import verdict
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

ROWS = 30


@require_GET
@requires("planning.view")
def trials(request: HttpRequest) -> HttpResponse:
    """List the county's trials."""
    found = Paginator(queries.listed(county_of(request), request.user), ROWS)
    rows = found.get_page(request.GET.get("page", "1"))
    shown = [
        {"trial": trial, "verdict": verdict(trial.verdict or ""), "places": 2 * (trial.pairs or 0)}
        for trial in rows
    ]
    return shell(request, "trials.html", {"rows": shown, "page": rows})


@require_http_methods(["GET", "POST"])
@requires("planning.make")
def trial_new(request: HttpRequest) -> HttpResponse:
    """Show the design form; posted, queue the design."""
    county_of(request)
    ground = Ground(request.county, request.user)
    form = TrialForm(ground, timezone.localdate(), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        ask = form.ask()
        job = domain.ask_for(PlanningJob.Kind.TRIAL, request.county, ask.name, asks.plain(ask), request.user)
        return redirect("planning:job", planning_job_id=job.pk)
    return shell(request, "trial_new.html", {"form": form}, status=400 if form.is_bound else 200)


@require_GET
@requires("planning.view")
def trial(request: HttpRequest, trial_id: int) -> HttpResponse:
    """Show a trial."""
    return shown(request, own(request, trial_id))


@require_POST
@requires("planning.approve")
def trial_start(request: HttpRequest, trial_id: int) -> HttpResponse:
    """Toss the coins."""
    found = own(request, trial_id)
    form = StartForm(request.POST)
    if not form.is_valid():
        return shown(request, found, start=form)
    try:
        domain.start_trial(found, form.cleaned_data["first"], form.cleaned_data["beacon"], request.user)
        messages.success(request, _("The coins are tossed. The plans follow them from the first day."))
    except domain.NotReady as problem:
        messages.error(request, str(problem))
    return redirect("planning:trial", trial_id=found.pk)


@require_POST
@requires("planning.make")
def trial_look(request: HttpRequest, trial_id: int) -> HttpResponse:
    """Look at a trial; a look that is not planned must be confirmed."""
    found = own(request, trial_id)
    given = request.POST.get("at", "")
    if not (given.isascii() and given.isdigit() and len(given) < 6):
        messages.error(request, _("Say after how many periods to look."))
        return redirect("planning:trial", trial_id=found.pk)
    try:
        domain.look_at(found, int(given), request.user, confirmed=request.POST.get("confirmed") == "yes")
        messages.success(request, _("Looked at, and counted."))
    except domain.NotReady as problem:
        messages.error(request, str(problem))
    return redirect("planning:trial", trial_id=found.pk)


@require_POST
@requires("planning.approve")
def trial_end(request: HttpRequest, trial_id: int) -> HttpResponse:
    """End a trial, or give it up."""
    found = own(request, trial_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        return shown(request, found, end=form)
    domain.end_trial(found, form.cleaned_data["reason"], request.user)
    messages.success(request, _("The trial has ended."))
    return redirect("planning:trial", trial_id=found.pk)


@require_GET
@requires("planning.view")
def trial_file(request: HttpRequest, trial_id: int, form: str) -> HttpResponse:
    """Send the schedule and the results; `part` names a table of the CSV."""
    found = own(request, trial_id)
    if form not in files.KINDS:
        raise Http404(form)
    part = request.GET.get("part", "schedule")
    if part not in files.PARTS:
        raise Http404(part)
    name = f"trial-{found.pk}{f'-{part}' if form == 'csv' else ''}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(files.written(found, form, part), content_type=files.KINDS[form], headers=headers)


def own(request: HttpRequest, trial_id: int) -> Trial:
    """Return a trial of the county at hand, else raise Http404."""
    return get_object_or_404(queries.trials(county_of(request), request.user), pk=trial_id)


def shown(request: HttpRequest, found: Trial, **forms: Any) -> HttpResponse:
    """Return a trial's page, with forms that were filled in wrongly."""
    first = max(found.first, timezone.localdate())
    context = {
        "trial": found,
        "start": StartForm(initial={"first": first}, label_suffix=""),
        "end": EndForm(label_suffix=""),
    }
    return shell(request, "trial.html", context | page(found) | forms, status=400 if forms else 200)
