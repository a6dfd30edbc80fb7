"""The home page, the county chooser, the health check, and what a refused form says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from anlan.engine.geo.codes import county as county_of
from anlan.service.context import navigation
from anlan.service.staff.access import STAFF, public, requires
from anlan.service.staff.figures import home_figures
from anlan.service.staff.queries import COUNTY_KEY, counties_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@requires(STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """Show the pages that the reader's roles need, with what is going on now."""
    figures = home_figures(request.user, request.county) if request.county else {}
    tiles = [{**item, "figure": figures.get(item["link"].name)} for item in navigation(request)]
    return render(request, "home.html", {"tiles": tiles})


@public
def closed(request: HttpRequest) -> HttpResponse:
    """Refuse what would need mail, which the site does not send: an administrator gives new passwords."""
    raise Http404(request.path)


@require_POST
@requires(STAFF)
def choose_county(request: HttpRequest) -> HttpResponse:
    """Keep the county that the reader wants to look at; an unknown one changes nothing."""
    wanted = county_of(request.POST.get("county", ""))
    if wanted and counties_for(request.user).filter(code__startswith=wanted).exists():
        request.session[COUNTY_KEY] = wanted
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


@public
def healthz(_request: HttpRequest) -> JsonResponse:
    """Say whether the database answers: 200 `ok`, 503 `could not check` when it cannot be asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "could not check", "database": "could not check"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain a form that was refused because its token was missing or too old."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
