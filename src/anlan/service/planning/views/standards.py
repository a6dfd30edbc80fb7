"""The county's standards of deployment: every figure with its unit, its default and where that comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.engine.geo import codes
from anlan.engine.planning.standards import Standards
from anlan.service.patrol.views.common import county_of
from anlan.service.planning.domain.standards import reset_standards, set_standards
from anlan.service.planning.forms.standards import StandardsForm, uncovered
from anlan.service.planning.models import CountyStandards
from anlan.service.planning.standards import standards_of
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@requires("planning.view")
def standards(request: HttpRequest) -> HttpResponse:
    """Show the standards; a planner or administrator may change them."""
    county = county_of(request)
    now = standards_of(county)
    form = StandardsForm(now, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if set_standards(county, form.standards, request.user):
            messages.success(request, _("Saved. Plans made from now on are held to these."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("planning:standards")
    row = CountyStandards.objects.select_related("changed_by")
    context = {
        "form": form,
        "row": row.filter(area_code=codes.normalise(county)).first(),
        "default": now == Standards(),
        "uncovered": uncovered(now),
    }
    wrong = request.method == "POST"
    return shell(request, "standards.html", context, status=422 if wrong else 200)


@require_POST
@requires("planning.set_standards")
def standards_reset(request: HttpRequest) -> HttpResponse:
    """Put the defaults back."""
    reset_standards(county_of(request), request.user)
    messages.success(request, _("The defaults are in force again."))
    return redirect("planning:standards")
