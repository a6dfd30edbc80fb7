"""Road closures: which are in force, closing a road, opening it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.engine.geo.roads.streets import streets
from anlan.service.places import queries
from anlan.service.places.closing import NoRoad, effect
from anlan.service.places.domain.closures import add_closure, end_closure
from anlan.service.places.forms import ClosureForm
from anlan.service.places.models import Grid
from anlan.service.places.network import base_graph, road_graph
from anlan.service.places.queries import closures
from anlan.service.places.views.shell import county6, county_of, shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 30
SUGGESTED = 30
NAMED = 10


@require_GET
@requires("places.view")
def closures_page(request: HttpRequest) -> HttpResponse:
    """Show the closures in force, those to come and those that are over."""
    county = county6(request)
    if not county:
        return shell(request, "roads.html", {})
    rows = closures.closures(county, request.user).defer("geometry")
    page = Paginator(closures.ended(rows), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "now": list(closures.in_force(rows)),
        "coming": list(closures.coming(rows)),
        "page": page,
        "ended": page,
    }
    return shell(request, "roads.html", context | {"network": base_graph(county) is not None})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("places.close_roads")
def closure_add(request: HttpRequest) -> HttpResponse:
    """Say what a closure would cut off, then close the road."""
    county = county_of(request)
    graph = base_graph(county)
    if graph is None:
        return shell(request, "closure.html", {"form": None}, here="places:roads")
    form = ClosureForm(county, graph, request.POST or None)
    told = told_effect(county, form) if form.is_valid() else None
    if told is not None and "save" in request.POST and form.cleaned_data["seen"] == form.digest():
        saved = save(request, county, form)
        if saved is not None:
            return saved
    context: dict[str, Any] = {"form": form, "effect": told, "digest": form.digest() if told else ""}
    context["changed"] = told is not None and "save" in request.POST
    status = 422 if form.errors else 200
    if request.htmx:
        return render(request, "places/_effect.html", context)
    return shell(request, "closure.html", context, here="places:roads", status=status)


def save(request: HttpRequest, county: str, form: ClosureForm) -> HttpResponse | None:
    """Close the road and go to the list; None where the form has an error now."""
    try:
        made = add_closure(county, actor=request.user, **form.facts())
    except ValidationError as problem:
        for field, errors in problem.message_dict.items():
            form.add_error(field if field in form.fields else None, errors)
        return None
    messages.success(request, _("%(name)s: in force for dispatch and plans.") % {"name": made.name})
    return redirect("places:roads")


def told_effect(county: str, form: ClosureForm) -> dict[str, Any] | None:
    """Return what the closure does, with the names of the grids that it cuts off; None if on no road."""
    graph = road_graph(county, form.cleaned_data["starts_at"])
    try:
        found = effect(graph, form.shape, form.cleaned_data["slowdown"], queries.grid_table(county))
    except NoRoad as problem:
        form.add_error("points" if form.cleaned_data["points"] else "street", str(problem))
        return None
    rows = Grid.objects.filter(code__in=found.grids[:NAMED]).defer("geometry").order_by("code")
    return {
        "told": found,
        "slowdown": form.cleaned_data["slowdown"],
        "grids": [row.label for row in rows],
        "course": shapely.to_geojson(shapely.transform(found.course, lambda xy: xy.round(6))),
        "more_grids": max(len(found.grids) - NAMED, 0),
    }


@require_GET
@requires("places.view")
def street_names(request: HttpRequest) -> HttpResponse:
    """Answer with the streets whose name holds the words, as options."""
    graph = base_graph(county_of(request))
    words = (request.GET.get("q") or next(iter(request.GET.values()), "")).strip().casefold()
    names = [] if graph is None or not words else streets(graph)
    found = [name for name in names if words in name.casefold()]
    found.sort(key=lambda name: not name.casefold().startswith(words))
    return render(request, "places/_streets.html", {"names": found[:SUGGESTED]})


@require_POST
@requires("places.close_roads")
def closure_end(request: HttpRequest, closure_id: int) -> HttpResponse:
    """Open a road again."""
    rows = closures.closures(county_of(request), request.user)
    closure = end_closure(get_object_or_404(rows, pk=closure_id), request.user)
    messages.success(request, _("%(name)s has ended.") % {"name": closure.name})
    return redirect("places:roads")
