"""A briefing as a file: PDF, a picture of its first page, HTML, Excel, Parquet, GeoJSON, JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from anlan.gateway.report import to_html, to_pdf, to_png
from anlan.gateway.tables import to_xlsx
from anlan.service.patrol import queries
from anlan.service.patrol.exports.contrast import export_contrast
from anlan.service.patrol.exports.files import ENDINGS, FONTS, KINDS, PNG_PPI
from anlan.service.patrol.exports.frames import frames, zipped
from anlan.service.patrol.exports.shapes import as_geojson
from anlan.service.patrol.models import Period
from anlan.service.patrol.presentation import report_of
from anlan.service.places.models import Area
from anlan.service.planning.queries import posts_on_map

if TYPE_CHECKING:
    from anlan.gateway.report import Report
    from anlan.service.patrol.models import Briefing

__all__ = ["ENDINGS", "KINDS", "as_json", "export", "export_contrast", "file_name", "printed"]
FIRST_PAGE = ("summary", "suggestions", "map", "colours")


def export(briefing: Briefing, kind: str) -> bytes:
    """Return the briefing as a file in the active language; `parquet` is a ZIP with a file for each table.

    Raises:
        ValueError: the kind is none of `KINDS`.

    """
    if kind not in KINDS:
        raise ValueError(f"format {kind!r}: expected {', '.join(KINDS)}")
    if kind == "json":
        return as_json(briefing)
    if kind == "geojson":
        return as_geojson(briefing)
    if kind == "xlsx":
        return to_xlsx([(table.label, table.headings, table.frame) for table in frames(briefing)])
    if kind == "parquet":
        return zipped(frames(briefing))
    return _on_paper(printed(briefing), kind)


def _on_paper(report: Report, kind: str) -> bytes:
    if kind == "html":
        return to_html(report).encode()
    if kind == "pdf":
        return to_pdf(report, [FONTS])
    first = replace(report, sections=[part for part in report.sections if part.key in FIRST_PAGE])
    return to_png(first, [FONTS], ppi=PNG_PPI)[0]


def as_json(briefing: Briefing) -> bytes:
    """Return the content with what it is about and the analyst's words."""
    facts = {
        "county": briefing.area_code,
        "beat": briefing.beat_code,
        "version": briefing.version,
        "made_at": briefing.made_at.isoformat(),
        "texts": {key: row.text for key, row in queries.texts(briefing).items()},
    }
    return json.dumps(facts | briefing.body, ensure_ascii=False, indent=1).encode()


def file_name(briefing: Briefing, kind: str) -> str:
    """Return what the file of a version is called."""
    about = briefing.beat_code or briefing.area_code.rstrip("0").ljust(6, "0")
    period = "" if briefing.period == Period.DAY else f"-{briefing.period}"
    name = f"briefing-{about}{period}-{briefing.date}-v{briefing.version}"
    return f"{name}.{ENDINGS.get(kind, kind)}"


def printed(briefing: Briefing) -> Report:
    """Return the report with its maps."""
    plan = briefing.plans.order_by("-version").first()
    posts = [(lon, lat) for lon, lat in posts_on_map(plan)]
    return report_of(
        briefing, Area.objects.get(code=briefing.area_code), queries.texts(briefing),
        posts=posts,
    )  # fmt: skip
