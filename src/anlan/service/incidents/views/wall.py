"""The board on the wall: figures, the longest waiting, free units per beat, the map; no address, no name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from anlan.service.incidents import queries
from anlan.service.incidents.boards import readings
from anlan.service.incidents.queries.wall import Wall, wall_of
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def seen(request: HttpRequest, county: str) -> Wall:
    """Return what the reader's wall shows now."""
    return wall_of(queries.narrowed(readings.fresh(county).whole, request.user.area_prefixes()))


@requires("incidents.view")
@require_GET
@with_county
def page(request: HttpRequest, county: str) -> HttpResponse:
    """The wall with its first figures."""
    context = {"wall": seen(request, county), "code": county, "now": timezone.now()}
    return render(request, "incidents/wall.html", context)


@requires("incidents.view")
@require_GET
@with_county
def figures(request: HttpRequest, county: str) -> HttpResponse:
    """The figures again, 304 where they are the same."""
    html = render_to_string("incidents/_wall.html", {"wall": seen(request, county)}, request)
    digest = hashlib.blake2b(html.encode(), digest_size=12).hexdigest()
    headers = {"ETag": f'"{digest}"', "Cache-Control": "no-cache"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponseNotModified(headers=headers)
    return JsonResponse({"html": html, "at": timezone.now(), "digest": digest}, headers=headers)
