"""The live stream's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.service.log import stream
from anlan.service.log.beside import source_of
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@require_GET
@requires("log.stream")
async def live(request: HttpRequest) -> HttpResponseBase:
    """Stream the events of `?county=` behind Last-Event-ID or `?after=`, and of `?with=` (log.beside)."""
    try:
        county = stream.county_of(request)
        after = stream.position(request.headers.get("Last-Event-ID"), request.GET.get("after"))
    except ValueError as error:
        return refuse(400, str(error))
    allowed = await sync_to_async(admit)(request, county)
    if allowed is None:
        return refuse(403, _("This county is outside your area."))
    subscription = stream.Subscription(
        county, 0, request.session.session_key, allowed, beside=source_of(request.GET.get("with", ""))
    )
    return answer(stream.stream(subscription, after))


def answer(frames: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """Return server-sent events that no proxy should keep."""
    response = StreamingHttpResponse(frames, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def refuse(status: int, reason: str) -> HttpResponse:
    """Return the reason as plain text."""
    return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")


def admit(request: HttpRequest, county: str) -> stream.Viewer | None:
    """Return what the reader may see of the county, None for nothing; give the connection back first."""
    seen_as = stream.viewer(request.user)
    if not connections["default"].in_atomic_block:
        connections.close_all()
    return seen_as if county and seen_as.covers(county) else None
