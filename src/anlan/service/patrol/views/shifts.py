"""Summaries of shifts, on the screen and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from anlan.service.patrol.models import Shift
from anlan.service.patrol.shift_page import page_of
from anlan.service.patrol.views.common import county_of
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

PER_PAGE = 50


def visible(request: HttpRequest) -> QuerySet[Shift]:
    """Return the shifts of the reader's own units, and for supervisors those of their area."""
    rows = Shift.objects.in_county(county_of(request)).select_related("unit")
    if request.user.has_perm("patrol.view_shift"):
        return rows.visible_to(request.user)
    return rows.filter(unit__in=request.user.units.all())


@require_GET
@requires("patrol.read_shift")
def shifts(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    page = Paginator(visible(request).defer("body"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "patrol/shifts.html", {"page": page})


@require_GET
@requires("patrol.read_shift")
def shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    """One shift; while it runs, what is recorded so far."""
    found = get_object_or_404(visible(request), pk=shift_id)
    return render(request, "patrol/shift.html", {"shift": found, **page_of(found)})
