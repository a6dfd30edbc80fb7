"""Pages about places: the map, the tree of areas, ledgers, the partition check; features for maps."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.core.paginator import Paginator
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition

from anlan.engine.geo.partition import Kind
from anlan.service.places import queries
from anlan.service.places.queries import ledgers
from anlan.service.places.queries.closed import closure_features
from anlan.service.places.views.shell import county6, shell
from anlan.service.staff.access import requires
from anlan.service.staff.queries import counties_for

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.engine.geo.partition import Finding

PAGE = 50
CLOSURES = "closures"
KIND_LABELS = {
    Kind.INVALID: _("Invalid outline"),
    Kind.GAP: _("Gap"),
    Kind.OVERLAP: _("Overlap"),
    Kind.OUTSIDE: _("Beyond the outline"),
    Kind.TWO_BEATS: _("In two beats"),
    Kind.NO_BEAT: _("In no beat"),
    Kind.NO_RESPONSIBLE: _("Nobody responsible"),
}


@requires("places.view")
def map_page(request: HttpRequest) -> HttpResponse:
    """Show the county on a map, layer by layer, with how many places of each kind it has."""
    totals = ledgers.totals(county6(request), request.user) if county6(request) else {}
    layers = [(kind, ledger.title, totals.get(kind, 0)) for kind, ledger in ledgers.LEDGERS.items()]
    shown = [kind for kind in ("areas", "beats", "grids") if totals.get(kind)]
    shown += [kind for kind in ledgers.LEDGERS if kind not in shown and totals.get(kind)]
    shown.append(CLOSURES)
    return shell(request, "map.html", {"layers": layers, "shown": " ".join(shown), "totals": totals})


@requires("places.view")
def areas_page(request: HttpRequest) -> HttpResponse:
    """Show the tree of areas with counts, or what a search finds in it."""
    words, under = request.GET.get("q", "").strip(), request.GET.get("under", "").strip()
    rows = ledgers.area_rows(county6(request), request.user, under, words) if county6(request) else []
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = ledgers.counts_by_area(county6(request), request.user) if county6(request) else {}
    context = {"page": page, "words": words, "under": under}
    listed = [(area, counts.get(area.code[:9], {}) if area.level == 9 else {}) for area in page]
    return shell(request, "areas.html", context | {"listed": listed})


@requires("places.view")
def ledger_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Show one kind of place as a list."""
    if kind not in ledgers.LEDGERS:
        raise Http404(kind)
    ledger, words = ledgers.LEDGERS[kind], request.GET.get("q", "").strip()
    rows = ledgers.ledger_rows(ledger, county6(request), request.user, words) if county6(request) else []
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    names = ledgers.area_names(page.object_list)
    listed = [(row, names.get(row.area_code)) for row in page]
    return shell(request, "ledger.html", {"ledger": ledger, "page": page, "listed": listed, "words": words})


@requires("places.view")
def partition_page(request: HttpRequest) -> HttpResponse:
    """Show what keeps the grids from being an exact partition, by kind, largest first."""
    state = (
        queries.partition(county6(request)) if county6(request) else queries.PartitionState(None, "no_grids")
    )
    seen = visible_findings(request, state)
    kind = request.GET.get("kind", "")
    chosen = [finding for finding in seen if not kind or finding.kind == kind]
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    listed = [(finding, KIND_LABELS[finding.kind]) for finding in page]
    context = {"state": state, "page": page, "listed": listed, "kind": kind, "kinds": kinds_of(seen)}
    return shell(
        request, "partition.html", context | {"faults": faults(seen), "slivers": any(f.sliver for f in seen)}
    )


def kinds_of(findings: list[Finding]) -> list[tuple[str, Any, int]]:
    """Return (kind, label, count) of the kinds that were found."""
    counted = [(kind, KIND_LABELS[kind], sum(f.kind == kind for f in findings)) for kind in Kind]
    return [row for row in counted if row[2]]


def faults(findings: list[Finding]) -> int:
    """Return how many findings are about the partition itself, not about people."""
    return sum(finding.kind != Kind.NO_RESPONSIBLE for finding in findings)


def visible_findings(request: HttpRequest, state: queries.PartitionState) -> list[Finding]:
    """Return the findings that concern a grid in the reader's areas."""
    prefixes = request.user.area_prefixes()
    return [
        f for f in state.of_kind("") if any(code.startswith(prefixes) for code in f.codes) or "" in prefixes
    ]


@gzip_page
@requires("places.view")
def findings(request: HttpRequest) -> HttpResponse:
    """Answer with the partition's findings as GeoJSON: the piece, and a mark where it is too small to see."""
    county = asked_county(request)
    seen = [f for f in visible_findings(request, queries.partition(county)) if f.kind != Kind.NO_RESPONSIBLE]
    features = []
    for finding in seen:
        facts = {
            "kind": finding.kind.value,
            "area_m2": round(finding.area_m2, 2),
            "codes": list(finding.codes),
        }
        shapes = [] if np.isnan(finding.lon) else [shapely.Point(finding.lon, finding.lat), finding.shape]
        features += [
            {"type": "Feature", "geometry": shape.__geo_interface__, "properties": facts} for shape in shapes
        ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


def asked_county(request: HttpRequest) -> str:
    """Return the county that the address asks for, else the one at hand; 404 where the reader may not."""
    asked = request.GET.get("county", "")[:6] or county6(request)
    if not counties_for(request.user).filter(code__startswith=asked.ljust(6, "x")).exists():
        raise Http404(asked)
    return asked


def features_etag(request: HttpRequest, kind: str) -> str | None:
    """Return the tag of an answer: it changes with the places, the reader's areas and the language."""
    if not request.user.is_authenticated or kind not in (*queries.KINDS, *queries.BASE_KINDS, CLOSURES):
        return None
    asked = request.GET.get("county", "")[:6] or county6(request)
    facts = (
        kind, asked, request.user.area_prefixes(), get_language(), queries.version(asked),
        kind_version(kind, asked),
    )  # fmt: skip
    return f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'


def kind_version(kind: str, county: str) -> object:
    """Return what changes when places of the kind are stored without a change to grids or areas."""
    if kind in queries.BASE_KINDS:
        return queries.ground_version(kind, county)
    if kind == CLOSURES:
        return queries.closures_version(county), queries.ground_version("roads", county)
    return queries.KINDS[kind][0].objects.in_county(county).count()


@gzip_page
@requires("places.view")
@condition(etag_func=features_etag)
def features(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer with the county's places of one kind as GeoJSON, scoped to the reader."""
    if kind in queries.BASE_KINDS:
        text = queries.ground(kind, asked_county(request))
    elif kind == CLOSURES:
        text = json.dumps(closure_features(asked_county(request)), separators=(",", ":"))
    elif kind in queries.KINDS:
        found = queries.features(kind, asked_county(request), request.user)
        text = json.dumps(found, separators=(",", ":"), cls=DjangoJSONEncoder)
    else:
        raise Http404(kind)
    answer = HttpResponse(text, content_type="application/geo+json")
    patch_cache_control(answer, private=True, no_cache=True)
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    return answer
