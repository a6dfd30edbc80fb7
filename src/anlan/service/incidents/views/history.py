"""What is stored of past incidents, what is odd about it, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.service.incidents.imports import county_types, store
from anlan.service.incidents.models import Category
from anlan.service.incidents.views.county import with_county
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.gateway.files.taxonomy import TypeEntry
    from anlan.gateway.history import Summary

LAST_IMPORTS = 20


@dataclass(frozen=True)
class Row:
    """One type of the table: counts in the order of the years."""

    label: str
    category: str
    counts: list[int]
    total: int


@requires("incidents.view")
@require_GET
@with_county
def page(request: HttpRequest, county: str) -> HttpResponse:
    """The history of the county at hand."""
    zone = request.county.time_zone or settings.TIME_ZONE  # type: ignore[attr-defined]
    summary = store().summary(county, zone)
    years = sorted(summary.by_year_type["year"].unique())
    context = {
        "summary": summary,
        "first": summary.first and summary.first.astimezone(ZoneInfo(zone)),
        "last": summary.last and summary.last.astimezone(ZoneInfo(zone)),
        "years": years,
        "totals": [count for _year, count in summary.by_year()],
        "rows": rows(summary, years, county_types(county), request.LANGUAGE_CODE),
        "imports": imports(request, county),
        "shares": shares(summary),
    }
    return render(request, "incidents/history.html", context)


def rows(summary: Summary, years: list[int], types: dict[str, TypeEntry], language: str) -> list[Row]:
    """Return one row per stored type, the most frequent first."""
    table = summary.by_year_type.pivot("year", index="type", values="count").fill_null(0)
    found = []
    for line in table.iter_rows(named=True):
        entry = types.get(line["type"])
        name = line["type"] if entry is None else _name(entry, language)
        category = "" if entry is None else str(Category(entry.category).label)
        counts = [line[str(year)] for year in years]
        found.append(Row(name, category, counts, sum(counts)))
    return sorted(found, key=lambda row: -row.total)


def shares(summary: Summary) -> dict[str, float]:
    """Return the data's traps in percent of all rows."""
    named = {
        "no_location": summary.no_location_share,
        "outside": summary.outside_grids_share,
        "day_only": summary.day_only_share,
        "midnight": summary.midnight_share,
        "top": summary.top_point[2] if summary.top_point else 0.0,
    }
    return {name: share * 100 for name, share in named.items()}


def imports(request: HttpRequest, county: str) -> list[dict[str, Any]]:
    """Return the last imports and carry-overs that the reader may see, newest first."""
    verbs = (Verb.HISTORY_IMPORTED, Verb.HISTORY_CARRIED)
    events = Event.objects.visible_to(request.user).filter(county=county, verb__in=verbs)  # type: ignore[arg-type]
    found = events.select_related("actor").order_by("-id")[:LAST_IMPORTS]
    return [{"event": event, "verb": event.get_verb_display(), **event.data} for event in found]


def _name(entry: TypeEntry, language: str) -> str:
    return entry.name if language.startswith("zh") else entry.name_en or entry.name
