"""Road speeds: the table in use, where it comes from, and what recorded trips say of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.service.places.domain.speeds import reset_speeds, set_speeds, use_calibration
from anlan.service.places.network import base_graph
from anlan.service.places.queries import county_area
from anlan.service.places.queries.speeds import HOUR_NAMES, calibrations, speed_origin
from anlan.service.places.speed_forms import HOURS, SpeedsForm
from anlan.service.places.views.shell import county6, county_of, shell
from anlan.service.planning.domain.jobs import ask_for
from anlan.service.planning.models import PlanningJob
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.service.places.models import Calibration

SHOWN = 10
ROADS = "places:roads"
NONE = {"median_abs_s": None, "median_share": None, "bias_s": None}


@require_http_methods(["GET", "HEAD", "POST"])
@requires("places.view")
def speeds_page(request: HttpRequest) -> HttpResponse:
    """Show the factors in use; a planner or administrator may change them."""
    county = county6(request)
    graph = base_graph(county) if county else None
    if graph is None:
        return shell(request, "speeds.html", {"form": None}, here=ROADS)
    form = SpeedsForm(graph, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_speeds(county, form.factors(), form.waits(), request.user)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved. Dispatch and plans reckon with these speeds now."))
            return redirect("places:speeds")
    origin = speed_origin(graph)
    context: dict[str, Any] = {"form": form, "origin": origin, "hours": HOURS.values()}
    context["origin_at"] = datetime.fromisoformat(origin["at"]) if "at" in origin else None
    context["calibrations"] = calibrations(county, request.user).defer("body")[:SHOWN]
    return shell(request, "speeds.html", context, here=ROADS, status=422 if form.errors else 200)


@require_POST
@requires("places.set_speeds")
def speeds_reset(request: HttpRequest) -> HttpResponse:
    """Put the default factors back in use."""
    try:
        reset_speeds(county_of(request), request.user)
        messages.success(request, _("The default factors are in use again."))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect("places:speeds")


@require_POST
@requires("places.set_speeds")
def calibrate(request: HttpRequest) -> HttpResponse:
    """Learn factors from this county's recorded trips, in the background."""
    area = county_area(county_of(request))
    kind = PlanningJob.Kind.CALIBRATE
    job = ask_for(kind, area, "trips", {}, request.user, permission="places.set_speeds")
    return redirect("planning:job", planning_job_id=job.pk)


@require_GET
@requires("places.view")
def calibration_page(request: HttpRequest, calibration_id: int) -> HttpResponse:
    """Show what trips say: errors before and after on trips held out, factors, trips left out and why."""
    rows = calibrations(county_of(request), request.user)
    found = get_object_or_404(rows, pk=calibration_id)
    context = {"calibration": found, "errors": error_rows(found), "left_out": left_out(found)}
    context |= {"multipliers": multipliers(found), "fixed": fixed(found)}
    return shell(request, "calibration.html", context, here=ROADS)


@require_POST
@requires("places.set_speeds")
def calibration_use(request: HttpRequest, calibration_id: int) -> HttpResponse:
    """Put what was learnt in use."""
    found = get_object_or_404(calibrations(county_of(request), request.user), pk=calibration_id)
    try:
        use_calibration(found, request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("places:calibration", calibration_id=found.pk)
    messages.success(request, _("In use. Dispatch and plans reckon with these speeds now."))
    return redirect("places:speeds")


def error_rows(found: Calibration) -> list[dict[str, Any]]:
    """Return the errors by time of day: with the factors of before, and on trips held out."""
    names = {"all": _("All trips")} | HOURS
    body = found.body
    return [
        {"label": names[key], "before": body["before"][key], "after": body["after"].get(key, NONE)}
        for key in ("all", *HOUR_NAMES)
        if key in body["before"]
    ]


def multipliers(found: Calibration) -> list[dict[str, Any]]:
    """Return what was learnt by time of day and kind of road, as far as there were trips."""
    groups = {"through": _("main roads"), "collector": _("collector roads"), "local": _("local roads")}
    return [
        row | {"hours_label": HOURS[row["hour"]], "group_label": groups.get(row["group"], row["group"])}
        for row in found.body["multipliers"]
        if row["trips"]
    ]


def fixed(found: Calibration) -> dict[str, float]:
    """Return the time of a trip that no road explains."""
    return {name: found.body[name] for name in ("fixed_s", "fixed_low_s", "fixed_high_s")}


def left_out(found: Calibration) -> list[tuple[str, int]]:
    """Return why trips were left out, and how many."""
    words = {
        "no_pin": _("the incident has no pin"),
        "no_post": _("the unit has no post, and did not come from an incident"),
        "under_way": _("sent on its way back: where it was is not kept"),
        "no_place": _("no place"), "no_time": _("no time, or an impossible one"),
        "too_long": _("over two hours"), "too_fast": _("faster than 180 km/h as the crow flies"),
        "same_place": _("began where it ended"), "off_road": _("over 500 m from any road"),
        "no_way": _("no way leads there"), "sampled": _("beyond the most that are used, left out by lot"),
    }  # fmt: skip
    counted = sorted(found.body["left_out"].items(), key=lambda item: -item[1])
    return [(words.get(reason, reason), count) for reason, count in counted if count]
