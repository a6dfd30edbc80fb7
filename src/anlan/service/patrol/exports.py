"""A briefing as a file: PDF, standalone HTML or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from anlan.gateway.report import to_html, to_pdf
from anlan.service.patrol.presentation import report_of
from anlan.service.places.models import Beat
from anlan.service.places.queries import county_area

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


def printed(briefing: Briefing) -> Report:
    """Return the report with its map."""
    plan = briefing.plans.order_by("-version").first()
    posts = [(post["lon"], post["lat"]) for post in plan.body["posts"]] if plan else []
    return report_of(
        briefing, county_area(briefing.area_code), beats=beat_shapes(briefing.area_code[:6]), posts=posts
    )


def beat_shapes(county6: str) -> dict[str, Any]:
    """Return the county's beats as GeoJSON, simplified for print."""
    rows = [beat for beat in Beat.objects.in_county(county6) if beat.geometry is not None]
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
