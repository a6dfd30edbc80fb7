"""The readable log: list, check of the chain, export."""

from __future__ import annotations

import csv
import io
import json
from datetime import tzinfo
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from anlan.engine.geo import codes
from anlan.service.log import chain, queries
from anlan.service.log.broadcast import read
from anlan.service.log.forms import Filter
from anlan.service.log.models import Chain, Event
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from django.db.models import QuerySet

PAGE = 50
EXPORT_PAGE = 1000
CHECKED = 100_000
COLUMNS = ("sequence", "at", "actor", "verb", "record_type", "record_id", "area_code", "data", "hash")


@require_GET
@requires("log.read")
def index(request: HttpRequest) -> HttpResponse:
    """List the events that match, newest first, a page of fifty behind `?before=`."""
    form = Filter(request.GET or None)
    county = county_of(request)
    events: list[Event] = []
    if not form.is_bound or form.is_valid():
        events = list(matching(request, form)[: PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "events": events[:PAGE],
        "older": events[PAGE - 1].sequence if len(events) > PAGE else None,
        "query": query.urlencode(),
        "unsealed": queries.unsealed(county),
    }
    return render(request, "log/index.html", context, status=400 if form.is_bound and form.errors else 200)


@require_POST
@requires("log.read")
def verify(request: HttpRequest) -> HttpResponse:
    """Check the last 100,000 rows of the county's chain, say how it went; "could not check" is an answer."""
    county = county_of(request)
    context: dict[str, object] = {"checked": CHECKED}
    try:
        with transaction.atomic():
            last = Chain.objects.filter(county=county).values_list("sequence", flat=True).first() or 0
            context["verdict"] = chain.verify(county, after=max(0, last - CHECKED))
    except DatabaseError as error:
        context["error"] = str(error)
    return render(request, "log/_verdict.html", context)


@require_GET
@requires("log.read")
async def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Stream all events that match as CSV, UTF-8 with a mark for Excel, times in the county's zone."""
    form = Filter(request.GET or None)
    if form.is_bound and not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    events = await sync_to_async(matching)(request, form)
    response = StreamingHttpResponse(
        rows(events, timezone.get_current_timezone()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="log.csv"'
    return response


def county_of(request: HttpRequest) -> str:
    """Return the six digits of the county at hand, empty for none."""
    return codes.county(request.county.code) if request.county else ""


def matching(request: HttpRequest, form: Filter) -> QuerySet[Event]:
    """Return the events that match the filter and come before `?before=`."""
    events = queries.search(county_of(request), request.user, form.cleaned_data if form.is_bound else {})
    before = request.GET.get("before", "")
    return events.filter(sequence__lt=int(before)) if before.isdigit() and len(before) < 19 else events


async def rows(events: QuerySet[Event], zone: tzinfo) -> AsyncIterator[bytes]:
    """Yield the export page by page; no connection is held between pages."""
    yield b"\xef\xbb\xbf" + line(COLUMNS)
    before = None
    while True:
        part = events if before is None else events.filter(sequence__lt=before)
        page = await read(lambda part=part: list(part[:EXPORT_PAGE]))
        yield b"".join(line(cells(event, zone)) for event in page)
        if len(page) < EXPORT_PAGE:
            return
        before = page[-1].sequence


def cells(event: Event, zone: tzinfo) -> tuple[object, ...]:
    """Return an event's cells."""
    actor = event.actor.username if event.actor else ""
    data = json.dumps(event.data, ensure_ascii=False)
    when = event.at.astimezone(zone).isoformat()
    about = (event.record_type, event.record_id, event.area_code)
    return (event.sequence, when, actor, event.verb, *about, safe(data), event.hash)


def safe(text: str) -> str:
    """Return the text so that a spreadsheet does not take it for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def line(values: tuple[object, ...]) -> bytes:
    """Return one CSV line."""
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue().encode()
