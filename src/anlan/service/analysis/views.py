"""The methods listed, each method's page, its result and its files. All by GET: an address can be shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from anlan.gateway.report.plots import NARROW, PAGE, MapPicture, svg_of
from anlan.service.analysis import files, kept
from anlan.service.analysis.ground import Ground
from anlan.service.analysis.inputs import NothingToAnalyse
from anlan.service.analysis.method import Group
from anlan.service.analysis.methods import METHODS
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.analysis.finding import Finding, Sheet
    from anlan.service.analysis.forms import AskForm
    from anlan.service.analysis.method import Method

SHOWN_ROWS = 40
MANY_SHAPES = 400


@dataclass(frozen=True)
class Shown:
    """A picture on the page: its name, caption, drawing for wide and (if it gains by it) narrow screens."""

    name: str
    caption: str
    wide: SafeString
    narrow: SafeString | str
    is_map: bool


@requires("analysis.view")
@require_GET
@with_county
def index(request: HttpRequest, _county: str) -> HttpResponse:
    """The methods, grouped by the question they answer."""
    groups = [
        (group.label, [method for method in METHODS.values() if method.group == group]) for group in Group
    ]
    return render(request, "analysis/index.html", {"groups": [one for one in groups if one[1]]})


@requires("analysis.view")
@require_GET
@with_county
def method(request: HttpRequest, _county: str, kind: str) -> HttpResponse:
    """A method's page: its form at once; its result follows."""
    asked, form = _asked(request, kind)
    valid = form.is_valid()
    context = {"method": asked, "form": form, "valid": valid, "query": request.GET.urlencode()}
    context["start"] = valid and (not asked.heavy or bool(request.GET))
    return render(request, "analysis/method.html", context, status=200 if valid else 400)


@requires("analysis.view")
@require_GET
@with_county
def result(request: HttpRequest, _county: str, kind: str) -> HttpResponse:
    """The result alone for htmx; for a reader without scripts, the whole page with it."""
    asked, form = _asked(request, kind)
    page = "analysis/_result.html" if request.headers.get("HX-Request") else "analysis/method.html"
    context = {"method": asked, "form": form, "query": request.GET.urlencode(), "whole": True}
    if not form.is_valid():
        return render(request, page, context | {"valid": False}, status=400)
    context |= {"valid": True, "subject": files.subject(form)}
    try:
        context |= _shown(kept.found(asked, form))
    except NothingToAnalyse as nothing:
        context["nothing"] = str(nothing)
    return render(request, page, context)


@requires("analysis.view")
@require_GET
@with_county
def download(request: HttpRequest, county: str, kind: str, form: str) -> HttpResponse:
    """A table, picture, map or the whole as a file; `part` names which."""
    asked, ask = _asked(request, kind)
    if form not in files.KINDS:
        raise Http404
    if not ask.is_valid():
        return _refused("; ".join(f"{name}: {' '.join(said)}" for name, said in ask.errors.items()))
    try:
        finding = kept.found(asked, ask)
    except NothingToAnalyse as nothing:
        return _refused(str(nothing))
    names = files.parts(finding, form)
    part = request.GET.get("part") or (names[0] if names else "")
    if part not in names:
        raise Http404
    name = f"{asked.name}-{county}{f'-{part}' if part else ''}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = files.written(asked, ask, finding, form, part)
    return HttpResponse(content, content_type=files.KINDS[form], headers=headers)


def _asked(request: HttpRequest, kind: str) -> tuple[Method, AskForm]:
    if kind not in METHODS:
        raise Http404
    ground = Ground(request.county, request.user)  # type: ignore[attr-defined]
    return METHODS[kind], METHODS[kind].form(ground, request.GET)


def _refused(why: str) -> HttpResponse:
    return HttpResponse(why, status=400, content_type="text/plain; charset=utf-8")


def _shown(finding: Finding) -> dict[str, Any]:
    return {
        "finding": finding,
        "pictures": [_picture(name, one) for name, one in finding.pictures.items()],
        "tables": [_table(name, one) for name, one in finding.sheets.items()],
    }


def _picture(name: str, one: Any) -> Shown:
    """Draw a picture for the page; a map of many shapes only once, it shrinks well."""
    is_map = isinstance(one, MapPicture)
    wide = mark_safe(svg_of(one, ink=PAGE))  # noqa: S308 every word in it is escaped where it is drawn
    if is_map and len(one.shapes["features"]) > MANY_SHAPES:
        return Shown(name, one.caption, wide, "", is_map)
    narrow = mark_safe(svg_of(one, width=NARROW, ink=PAGE))  # noqa: S308
    return Shown(name, one.caption, wide, narrow, is_map)


def _table(name: str, given: Sheet) -> dict[str, Any]:
    sheet = given.shown()
    numeric = set(sheet.numeric)
    rows = [
        {
            "cells": [
                {"text": text, "numeric": place in numeric, "heading": heading}
                for place, (text, heading) in enumerate(zip(row, sheet.headings, strict=True))
            ],
            "colour": sheet.colours[number] if sheet.colours else "",
        }
        for number, row in enumerate(sheet.texts(SHOWN_ROWS))
    ]
    heads = [{"text": text, "numeric": place in numeric} for place, text in enumerate(sheet.headings)]
    return {
        "name": name, "caption": sheet.caption, "heads": heads, "rows": rows,
        "more": sheet.frame.height if sheet.frame.height > SHOWN_ROWS else 0, "shown": SHOWN_ROWS,
    }  # fmt: skip
