"""A plan's orders on paper, and duties as calendars to subscribe to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from anlan.engine.planning.deployment import METHOD
from anlan.gateway.report import to_pdf
from anlan.service.patrol.exports.files import FONTS
from anlan.service.patrol.views.common import county_of
from anlan.service.places.queries import county_area
from anlan.service.planning import calendars, queries
from anlan.service.planning.presentation.orders import orders
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import public, requires
from anlan.service.staff.models import Team, Unit

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
@requires("planning.view")
def plan_orders(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Answer with the orders of a version as PDF, of one team with `?team=`."""
    plan = get_object_or_404(queries.plans(county_of(request), request.user), pk=plan_id)
    if plan.body.get("method") != METHOD:
        return redirect(queries.address_of(plan))  # where it says that it is of an earlier method
    report = orders(plan, county_area(plan.area_code[:6]), request.GET.get("team", "").replace("\x00", ""))
    answer = HttpResponse(to_pdf(report, [FONTS]), content_type="application/pdf")
    name = f"orders-{plan.area_code[:6]}-{plan.date.isoformat()}-v{plan.version}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@require_GET
@requires("planning.view")
def calendars_page(request: HttpRequest) -> HttpResponse:
    """List the calendars of the reader's units and teams with their addresses."""
    county = county_of(request)
    with_duties = Q(units__isnull=False) | Q(members__active=True)
    teams = Team.objects.visible_to(request.user).in_county(county).filter(with_duties).distinct()
    units = Unit.objects.visible_to(request.user).in_county(county).order_by("call_sign")
    rows = [(str(team), _address(request, "team", team.pk)) for team in teams.order_by("code")]
    rows += [(unit.call_sign, _address(request, "unit", unit.pk)) for unit in units]
    return shell(request, "calendars.html", {"rows": rows})


def _address(request: HttpRequest, kind: str, pk: int) -> str:
    return request.build_absolute_uri(
        reverse("planning:calendar", kwargs={"token": calendars.token(kind, pk)})
    )


@public
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with a calendar; whoever has its address may read it, as calendar programs cannot sign in."""
    whose = calendars.of_token(token)
    if whose is None:
        raise Http404(token)
    answer = HttpResponse(
        calendars.feed(whose, request.get_host()), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = 'inline; filename="duties.ics"'
    patch_cache_control(answer, private=True, max_age=300)
    return answer
