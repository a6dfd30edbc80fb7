"""Making a briefing in the background: asked for, watched, tried again."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.engine.analysis.briefing import STEPS
from anlan.service.patrol import domain, queries
from anlan.service.patrol.models import BriefingJob
from anlan.service.patrol.presentation.names import Names
from anlan.service.patrol.subjects import subject_about, subject_of
from anlan.service.patrol.views.briefings import address
from anlan.service.patrol.views.common import county_of
from anlan.service.places.models import Area
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

ALL_STEPS = ("", "read", *STEPS, "keep")


@require_POST
@requires("patrol.make_briefing")
def briefing_make(request: HttpRequest) -> HttpResponse:
    """Queue the briefing of the form and show how it goes."""
    given = request.POST
    try:
        date = Date.fromisoformat(given.get("date", ""))
    except ValueError:
        told = _("Date %(day)s: write it as year-month-day.") % {"day": given.get("date", "")}
        messages.error(request, told)
        return redirect("patrol:briefing")
    try:
        subject = subject_of(county_of(request), date, given.get("period", "day"), given.get("area", ""))
    except ValueError as problem:
        messages.error(request, str(problem))
        return redirect("patrol:briefing")
    job = domain.ask_for_briefing(subject, request.user)
    return redirect("patrol:briefing_job", job_id=job.pk)


@require_GET
@requires("patrol.view_briefing")
def briefing_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show how far a making is; once done, go to the briefing."""
    job = get_object_or_404(queries.jobs(county_of(request), request.user), pk=job_id)
    if job.state == BriefingJob.State.DONE and job.briefing is not None:
        target = address(subject_about(job), job.briefing.version)
        if request.htmx:
            return HttpResponse(headers={"HX-Redirect": target})
        return redirect(target)
    at = ALL_STEPS.index(job.step) if job.step in ALL_STEPS else 0
    context = {"job": job, "done": round(100 * at / len(ALL_STEPS)), "step": step_name(job.step)}
    if request.htmx:
        return render(request, "patrol/_job.html", context)
    answer = render(request, "patrol/job.html", context | {"label": label_of(job)})
    if job.state in BriefingJob.OPEN:
        answer["Refresh"] = "15"  # for browsers without scripts
    return answer


def label_of(job: BriefingJob) -> str:
    """Return the name of what the briefing is about."""
    if job.beat_code:
        return Names(job.area_code[:6]).beat(job.beat_code)
    area = Area.objects.filter(code=job.area_code).defer("geometry").first()
    return area.label if area else job.area_code


def step_name(step: str) -> str:
    """Return a step in words."""
    return {
        "read": _("Reading the history"),
        "compare": _("Comparing periods"),
        "places": _("Finding hot spots and near repeats"),
        "clusters": _("Scanning for clusters"),
        "forecast": _("Looking ahead"),
        "colours": _("Weighing the colours"),
        "keep": _("Keeping the version"),
    }.get(step, _("Waiting for a worker"))
