"""A comparison of two periods as a file."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.gateway.report import to_html, to_pdf, to_png
from anlan.gateway.tables import to_xlsx
from anlan.service.patrol.exports.files import FONTS, KINDS, PNG_PPI
from anlan.service.patrol.exports.frames import CHANGE, Frame, framed, zipped
from anlan.service.patrol.presentation.contrast import report_of_contrast
from anlan.service.patrol.presentation.shapes import shapes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.engine.analysis.briefing import Contrast
    from anlan.service.patrol.presentation.names import Names


def export_contrast(found: Contrast, label: str, names: Names, beats: list[str], kind: str) -> bytes:
    """Return a comparison as a file in the active language.

    Raises:
        ValueError: the kind is none of `KINDS`.

    """
    if kind not in KINDS:
        raise ValueError(f"format {kind!r}: expected {', '.join(KINDS)}")
    if kind == "json":
        return json.dumps(plain(found), ensure_ascii=False, indent=1).encode()
    if kind == "geojson":
        return json.dumps(features(found, names, beats), ensure_ascii=False).encode()
    if kind == "xlsx":
        return to_xlsx([(table.label, table.headings, table.frame) for table in frames(found, names)])
    if kind == "parquet":
        return zipped(frames(found, names))
    report = report_of_contrast(found, label, names, beats)
    if kind == "html":
        return to_html(report).encode()
    return to_pdf(report, [FONTS]) if kind == "pdf" else to_png(report, [FONTS], ppi=PNG_PPI)[0]


def plain(found: Contrast) -> dict[str, Any]:
    """Return the comparison as data."""
    return json.loads(json.dumps(asdict(found), default=str))


def features(found: Contrast, names: Names, beats: list[str]) -> dict[str, Any]:
    """Return the beats with both counts, their ratio and its interval."""
    rows = {row.key: asdict(row) for row in found.beats}
    shapes = shapes_of(names.county6, beats)
    for feature in shapes["features"]:
        row = rows.get(feature["properties"]["code"], {})
        feature["properties"] |= {name: row[name] for name in CHANGE if name in row}
    return shapes


def frames(found: Contrast, names: Names) -> list[Frame]:
    """Return the tables that have rows."""
    parts: list[tuple[str, str, list[Any], Callable[[str], str]]] = [
        ("total", _("All incidents"), [found.total], lambda _key: _("All incidents")),
        ("categories", _("By category"), found.categories, names.stream),
        ("types", _("By type"), found.types, names.type),
        ("beats", _("By beat"), found.beats, names.beat),
        ("slots", _("When"), found.slots, str),
    ]
    about = {
        "first_start": found.first.first, "first_end": found.first.last,
        "second_start": found.second.first, "second_end": found.second.last,
    }  # fmt: skip
    tables = [
        framed(
            name, title,
            [
                about | {"key": row.key, "label": label(row.key)} | {n: getattr(row, n) for n in CHANGE}
                for row in rows
            ],
        )
        for name, title, rows, label in parts
    ]  # fmt: skip
    return [table for table in tables if table is not None]
