"""The ledger of incidents: filtered, by page, as Excel or CSV."""

from __future__ import annotations

import csv
import io
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from anlan.service.incidents.forms import LedgerFilter
from anlan.service.incidents.models import Incident
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpRequest

PER_PAGE = 50
COLUMNS: tuple[tuple[Any, Callable[[Incident], Any]], ...] = (
    (_("number"), lambda incident: incident.number),
    (_("received"), lambda incident: local(incident.received_at)),
    (_("priority"), lambda incident: incident.priority),
    (_("type"), lambda incident: incident.type.label),
    (_("status"), lambda incident: str(incident.get_status_display())),
    (_("outcome"), lambda incident: str(incident.get_disposition_display())),
    (_("address as said"), lambda incident: incident.address),
    (_("longitude"), lambda incident: incident.lon),
    (_("latitude"), lambda incident: incident.lat),
    (_("area"), lambda incident: incident.area_code),
    (_("grid"), lambda incident: incident.grid_code),
    (_("beat"), lambda incident: incident.beat_code),
    (_("closed"), lambda incident: local(incident.closed_at)),
)


@requires("incidents.view")
@require_GET
@with_county
def ledger(request: HttpRequest, county: str) -> HttpResponse:
    """The list, newest first."""
    form = LedgerFilter(request.GET)
    rows = filtered(county, request, form)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "incidents/ledger.html", {"form": form, "page": page, "query": query.urlencode()})


@requires("incidents.view")
@require_GET
@with_county
def export(request: HttpRequest, county: str, form: str) -> HttpResponse:
    """The same list as a file."""
    rows = filtered(county, request, LedgerFilter(request.GET))
    body, kind = (as_xlsx(rows), XLSX) if form == "xlsx" else (as_csv(rows), "text/csv; charset=utf-8")
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="incidents-{county}.{form}"'
    return response


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def filtered(county: str, request: HttpRequest, form: LedgerFilter) -> QuerySet[Incident]:
    """Return the incidents that the filter leaves; a field that cannot be read narrows nothing."""
    form.is_valid()
    asked = form.cleaned_data
    rows = Incident.objects.in_county(county).visible_to(request.user).select_related("type")
    if asked.get("q"):
        rows = rows.filter(Q(number__icontains=asked["q"]) | Q(address__icontains=asked["q"]))
    for name, column in (("status", "status"), ("category", "type__category"), ("priority", "priority")):
        if asked.get(name):
            rows = rows.filter(**{column: asked[name]})
    if asked.get("since"):
        rows = rows.filter(received_at__gte=midnight(asked["since"]))
    if asked.get("until"):
        rows = rows.filter(received_at__lt=midnight(asked["until"] + timedelta(days=1)))
    return rows.order_by("-received_at", "-pk")


def midnight(day: date) -> datetime:
    """Return the local start of a day."""
    return timezone.make_aware(datetime.combine(day, time.min))


def local(moment: datetime | None) -> str:
    """Return a moment as local text, empty for none."""
    return "" if moment is None else f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"


def table(rows: QuerySet[Incident]) -> Iterator[list[Any]]:
    """Yield the heading and the rows."""
    yield [str(title) for title, _value in COLUMNS]
    for incident in rows.iterator(chunk_size=1000):
        yield [value(incident) for _title, value in COLUMNS]


def as_csv(rows: QuerySet[Incident]) -> bytes:
    """Return CSV in UTF-8 with a byte-order mark, as Excel expects; no cell can start a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for line in table(rows):
        writer.writerow(
            [f"'{cell}" if isinstance(cell, str) and cell[:1] in {*"=+-@\t\r"} else cell for cell in line]
        )
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: QuerySet[Incident]) -> bytes:
    """Return an Excel workbook with one sheet."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for number, line in enumerate(table(rows)):
            sheet.write_row(number, 0, line)
    return out.getvalue()
