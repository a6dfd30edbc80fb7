"""A briefing as a file: PDF, standalone HTML or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from anlan.gateway.report import to_html, to_pdf
from anlan.service.patrol import queries
from anlan.service.patrol.models import Period
from anlan.service.patrol.presentation import report_of
from anlan.service.places.models import Area, Beat

if TYPE_CHECKING:
    from anlan.gateway.report import Report
    from anlan.service.patrol.models import Briefing

FONTS = Path(__file__).resolve().parent.parent / "fonts"
KINDS = {"pdf": "application/pdf", "html": "text/html; charset=utf-8", "json": "application/json"}
PRINT_TOLERANCE = 0.0001


def export(briefing: Briefing, kind: str) -> bytes:
    """Return the briefing as a file in the active language.

    Raises:
        ValueError: the kind is not pdf, html or json.

    """
    if kind not in KINDS:
        raise ValueError(f"format {kind!r}: expected {', '.join(KINDS)}")
    if kind == "json":
        return as_json(briefing)
    report = printed(briefing)
    return to_pdf(report, [FONTS]) if kind == "pdf" else to_html(report).encode()


def as_json(briefing: Briefing) -> bytes:
    """Return the content with what it is about."""
    facts = {
        "county": briefing.area_code,
        "version": briefing.version,
        "made_at": briefing.made_at.isoformat(),
    }
    return json.dumps(facts | briefing.body, ensure_ascii=False, indent=1).encode()


def file_name(briefing: Briefing, kind: str) -> str:
    """Return what the file of a version is called."""
    about = briefing.beat_code or briefing.area_code.rstrip("0").ljust(6, "0")
    period = "" if briefing.period == Period.DAY else f"-{briefing.period}"
    return f"briefing-{about}{period}-{briefing.date}-v{briefing.version}.{kind}"


def printed(briefing: Briefing) -> Report:
    """Return the report with its map."""
    plan = briefing.plans.order_by("-version").first()
    posts = [(post["lon"], post["lat"]) for post in plan.body["posts"]] if plan else []
    return report_of(
        briefing, Area.objects.get(code=briefing.area_code), queries.texts(briefing),
        beats=beat_shapes(briefing), posts=posts,
    )  # fmt: skip


def beat_shapes(briefing: Briefing) -> dict[str, Any]:
    """Return the beats that a briefing is about as GeoJSON, simplified for print."""
    beats = Beat.objects.in_county(briefing.area_code[:6]).order_by("code")
    about = set(briefing.body.get("beats", []))
    rows = [beat for beat in beats if beat.geometry is not None and (not about or beat.code in about)]
    if not rows:
        return {"type": "FeatureCollection", "features": []}
    simple = shapely.coverage_simplify([beat.shape for beat in rows], PRINT_TOLERANCE)
    return {"type": "FeatureCollection", "features": [
        {
            "type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {"code": beat.code, "name": beat.label, "lon": beat.lon, "lat": beat.lat},
        }
        for beat, shape in zip(rows, simple, strict=True)
    ]}  # fmt: skip
