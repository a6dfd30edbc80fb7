"""Two periods side by side, as a page and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from anlan.gateway.report.plots import PAGE
from anlan.service.patrol import comparing, exports, queries
from anlan.service.patrol.presentation.contrast import report_of_contrast
from anlan.service.patrol.presentation.names import Names
from anlan.service.patrol.views.common import county_of
from anlan.service.places.models import Area
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.patrol.comparing import Ask


@require_GET
@requires("patrol.view_briefing")
def compare(request: HttpRequest) -> HttpResponse:
    """Show two periods side by side; the address holds what is asked."""
    county6 = county_of(request)
    context: dict[str, Any] = {"scopes": queries.scopes(county6), "kinds": list(exports.KINDS)}
    given = request.GET.dict()
    try:
        ask = comparing.asked(county6, given, timezone.localdate())
        context |= {"given": ask.query, "query": urlencode(ask.query)}
        names = Names(county6)
        found = comparing.compared(ask)
        context["report"] = report_of_contrast(found, label_of(ask, names), names, ask.subject.beats(), PAGE)
    except ValueError as problem:
        context |= {"problem": str(problem), "given": context.get("given", given)}
    return render(request, "patrol/compare.html", context)


@require_GET
@requires("patrol.view_briefing")
def compare_file(request: HttpRequest, form: str) -> HttpResponse:
    """Download a comparison."""
    county6 = county_of(request)
    if form not in exports.KINDS:
        raise Http404
    try:
        ask = comparing.asked(county6, request.GET.dict(), timezone.localdate())
        found = comparing.compared(ask)
    except ValueError as problem:
        return HttpResponse(str(problem), status=400, content_type="text/plain; charset=utf-8")
    names = Names(county6)
    content = exports.export_contrast(found, label_of(ask, names), names, ask.subject.beats(), form)
    name = f"comparison-{ask.first.first}-{ask.second.first}.{exports.ENDINGS.get(form, form)}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=exports.KINDS[form], headers=headers)


def label_of(ask: Ask, names: Names) -> str:
    """Return the name of what is compared."""
    if ask.subject.beat_code:
        return names.beat(ask.subject.beat_code)
    return Area.objects.defer("geometry").get(code=ask.subject.area_code).label
