"""Place problems that crews reported: the ledger, one of them, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents.errors import Refused
from anlan.service.incidents.queries.types import types_for
from anlan.service.patrol.domain import make_incident, settle_report
from anlan.service.patrol.models import Picture, PlaceReport
from anlan.service.patrol.report_forms import IncidentForm, ReportFilter, SettleForm
from anlan.service.patrol.views.common import county_of
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

PER_PAGE = 50


def visible(request: HttpRequest) -> QuerySet[PlaceReport]:
    """Return the county's reports that the reader may see, without the pictures' content."""
    rows = PlaceReport.objects.in_county(county_of(request)).visible_to(request.user)
    return rows.select_related("unit", "incident", "settled_by")


@require_GET
@requires("patrol.view_report")
def reports(request: HttpRequest) -> HttpResponse:
    """The list, newest first; open ones only unless asked otherwise."""
    form = ReportFilter(request.GET if "state" in request.GET else {"state": PlaceReport.State.OPEN})
    page = Paginator(form.narrowed(visible(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "patrol/reports.html", {"form": form, "page": page})


@require_GET
@requires("patrol.view_report")
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report with its picture, and what can be done about it."""
    return shown(request, get_object_or_404(visible(request), pk=report_id))


def shown(
    request: HttpRequest,
    found: PlaceReport,
    *,
    settle: SettleForm | None = None,
    incident: IncidentForm | None = None,
    problem: str = "",
) -> HttpResponse:
    """Show a report with its forms, those that failed as they were filled in."""
    county = county_of(request)
    context = {
        "report": found, "settle": settle or SettleForm(), "problem": problem, "types": types_for(county),
        "incident": incident or IncidentForm(county, found),
    }  # fmt: skip
    failed = bool(problem) or settle is not None or incident is not None
    return render(request, "patrol/report.html", context, status=400 if failed else 200)


@require_POST
@requires("patrol.settle_report")
def settle(request: HttpRequest, report_id: int) -> HttpResponse:
    """Close a report with a word on what was done."""
    found = get_object_or_404(visible(request), pk=report_id)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return shown(request, found, settle=form)
    try:
        settle_report(found, form.cleaned_data["outcome"], request.user)
    except Refused as refusal:
        return shown(request, found, problem=str(refusal))
    messages.success(request, _("Settled."))
    return redirect("patrol:report", report_id)


@require_POST
@requires("incidents.take_call")
def to_incident(request: HttpRequest, report_id: int) -> HttpResponse:
    """Make an incident of a report and open it."""
    found = get_object_or_404(visible(request), pk=report_id)
    form = IncidentForm(county_of(request), found, request.POST)
    if not form.is_valid():
        return shown(request, found, incident=form)
    given = form.cleaned_data
    try:
        made = make_incident(found, given["type"], given["address"], request.user)
    except Refused as refusal:
        return shown(request, found, problem=str(refusal))
    return redirect("incidents:incident", made.pk)


@require_GET
@requires("patrol.view_report")
def picture(request: HttpRequest, picture_id: int) -> HttpResponse:
    """A picture of a place."""
    rows = Picture.objects.in_county(county_of(request)).visible_to(request.user)
    found = get_object_or_404(rows, pk=picture_id)
    answer = HttpResponse(bytes(found.content), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Content-Disposition"] = f'inline; filename="place-{found.pk}.jpg"'
    return answer
