"""Printed codes of patrol places: chosen by beat, as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.gateway.report import to_pdf
from anlan.service.patrol.code_sheets import beats_with_places, code_sheet, places_with_codes
from anlan.service.patrol.exports.files import FONTS
from anlan.service.patrol.views.common import county_of
from anlan.service.places.queries import county_area
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
@requires("patrol.print_codes")
def codes(request: HttpRequest) -> HttpResponse:
    """Choose a beat."""
    return render(
        request, "patrol/codes.html", {"beats": beats_with_places(county_of(request), request.user)}
    )


@require_GET
@requires("patrol.print_codes")
def codes_file(request: HttpRequest) -> HttpResponse:
    """The codes of a beat (`?beat=`) as PDF."""
    beat = request.GET.get("beat", "").replace("\x00", "")
    places = places_with_codes(county_of(request), request.user, beat)
    if not places:
        text = _("This beat has no patrol points or lines.")
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    report = code_sheet(county_area(county_of(request)), beat, places)
    answer = HttpResponse(to_pdf(report, [FONTS]), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="codes-{beat}.pdf"'
    return answer
