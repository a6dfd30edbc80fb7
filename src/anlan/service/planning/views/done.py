"""Planned against done: one day, by unit and beat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.service.patrol.views.common import county_of
from anlan.service.planning.done import files
from anlan.service.planning.done.day import RULES, day_done, last_day
from anlan.service.planning.done.page import page
from anlan.service.planning.forms.done import DoneForm
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.planning.done.day import DayDone


@require_GET
@requires("planning.view")
def done(request: HttpRequest) -> HttpResponse:
    """Show what a day's orders asked for and what was done."""
    form, found = asked(request)
    context: dict[str, Any] = {"form": form, "rules": RULES, "late_h": RULES.late_s / 3600}
    if not form.is_valid():
        return shell(request, "done.html", context, status=400)
    day = form.cleaned_data["day"]
    context |= {"day": day, "before": day - timedelta(days=1), "after": day + timedelta(days=1)}
    if found is not None:
        context |= page(county_of(request), found)
    return shell(request, "done.html", context | {"found": found, "query": request.GET.urlencode()})


@require_GET
@requires("planning.view")
def done_file(request: HttpRequest) -> HttpResponse:
    """Send the same as an Excel workbook."""
    form, found = asked(request)
    if not form.is_valid() or found is None:
        told = _("No orders were given for this day.") if form.is_valid() else _("The day cannot be read.")
        return HttpResponse(told, status=400, content_type="text/plain; charset=utf-8")
    name = f"done-{form.cleaned_data['day'].isoformat()}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(files.workbook(county_of(request), found), content_type=XLSX, headers=headers)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked(request: HttpRequest) -> tuple[DoneForm, DayDone | None]:
    """Return the form and, if it is in order, the day's adherence; without a day the last that has orders."""
    county6, today = county_of(request), timezone.localdate()
    default = last_day(county6, request.user, today) or today
    form = DoneForm(county6, request.user, default, request.GET)
    if not form.is_valid():
        return form, None
    given = form.cleaned_data
    found = day_done(county6, request.user, given["day"], team=given["team"], beat=given["beat"])
    return form, found
