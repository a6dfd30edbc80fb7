"""After the shift: the replay of a night, the timeline of an incident, the report of intervals."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.gateway.tables import to_xlsx
from anlan.service.environment import environment
from anlan.service.incidents.domain.numbers import county_zone
from anlan.service.incidents.queries.interval_report import GROUPS, MEASURES, table, timed
from anlan.service.incidents.queries.phases import timeline as told
from anlan.service.incidents.replay.read import payload
from anlan.service.incidents.review_forms import IntervalForm, ReplayForm
from anlan.service.incidents.views.county import visible_incident, with_county
from anlan.service.incidents.views.ledger import XLSX
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.incidents.queries.interval_report import Row


@requires("incidents.review")
@require_GET
@with_county
def replay(request: HttpRequest, county: str) -> HttpResponse:
    """Show the player; its data come apart."""
    form = ReplayForm(request.GET or None, initial=ReplayForm.usual())
    asked = form.cleaned_data if form.is_valid() else {}
    if not form.is_bound:
        asked = ReplayForm.usual()
    context = {"form": form, "code": county, "asked": asked, "days": environment().position_days}
    return render(request, "incidents/replay.html", context, status=422 if form.errors else 200)


@requires("incidents.review")
@require_GET
@with_county
def replay_data(request: HttpRequest, county: str) -> HttpResponse:
    """Answer with the spans and positions of a window."""
    form = ReplayForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    return JsonResponse(payload(county, request.user, since, until))


@requires("incidents.view")
@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all that happened to an incident, with the phases of each unit."""
    incident = visible_incident(request, pk)
    return render(request, "incidents/timeline.html", {"incident": incident, "told": told(incident)})


def period(county: str, asked: dict[str, Any]) -> tuple[datetime, datetime]:
    """Return the moments at which the days asked for begin and end in the county."""
    zone = county_zone(county)
    end = asked["until"] + timedelta(days=1)
    return datetime.combine(asked["since"], time(), zone), datetime.combine(end, time(), zone)


@requires("incidents.review")
@require_GET
@with_county
def intervals(request: HttpRequest, county: str) -> HttpResponse:
    """Show one measure by one grouping."""
    form = interval_form(request)
    rows: list[Row] = []
    if form.is_valid():
        asked = form.cleaned_data
        times = timed(county, request.user, *period(county, asked))
        rows = table(county, times, asked["measure"], asked["by"])
    context = {"form": form, "rows": rows, "query": form.data.urlencode()}
    return render(request, "incidents/intervals.html", context, status=422 if form.errors else 200)


def interval_form(request: HttpRequest) -> IntervalForm:
    """Return the form with the usual values where nothing is asked."""
    given = request.GET.copy()
    for name, value in IntervalForm.usual().items():
        given.setdefault(name, str(value))
    return IntervalForm(given)


@requires("incidents.review")
@require_GET
@with_county
def intervals_file(request: HttpRequest, county: str) -> HttpResponse:
    """Answer with every measure by every grouping as Excel."""
    form = interval_form(request)
    if not form.is_valid():
        return render(request, "incidents/intervals.html", {"form": form, "rows": []}, status=422)
    asked = form.cleaned_data
    times = timed(county, request.user, *period(county, asked))
    sheets = [(str(label), heads(), frame(county, times, by)) for by, label in GROUPS.items()]
    answer = HttpResponse(to_xlsx(sheets), content_type=XLSX)
    name = f"intervals-{county}-{asked['since']}-{asked['until']}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def heads() -> list[str]:
    """Return the headings of a sheet."""
    return [
        _("Interval"), _("Group"), _("How many"), _("Median (s)"), _("from (s)"), _("to (s)"),
        _("90th percentile (s)"), _("from (s)"), _("to (s)"),
    ]  # fmt: skip


def frame(county: str, times: list[Any], by: str) -> pl.DataFrame:
    """Return all measures of a grouping; an empty cell is a limit that so few values do not give."""
    lines = [
        [str(label), row.label, row.spread.n, *figures(row.spread.median), *figures(row.spread.p90)]
        for measure, label in MEASURES.items()
        for row in table(county, times, measure, by)
    ]
    kinds = [pl.String, pl.String, pl.Int64, *[pl.Float64] * 6]
    schema = {str(number): kind for number, kind in enumerate(kinds)}
    return pl.DataFrame(lines, schema=schema, orient="row")


def figures(one: Any) -> list[float | None]:
    """Return a quantile and its limits."""
    return [None, None, None] if one is None else [one.value, one.low, one.high]
