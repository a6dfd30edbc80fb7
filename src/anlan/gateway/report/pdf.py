"""A report as PDF, set by Typst: no system library, the fonts given by the caller."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from anlan.gateway.report.fonts import copy_fonts
from anlan.gateway.report.model import COLOURS, MARKS
from anlan.gateway.report.svg import heat_svg, map_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.gateway.report.model import Report


def to_pdf(report: Report, fonts: Sequence[Path]) -> bytes:
    """Return the report as PDF; `fonts` are folders with Noto Sans SC.

    Raises:
        ValueError: no font was found in the folders.

    """
    pages: bytes = _compile(report, fonts, "pdf")
    return pages


def to_png(report: Report, fonts: Sequence[Path], *, ppi: float = 96.0) -> list[bytes]:
    """Return the report's pages as PNG pictures."""
    pages = _compile(report, fonts, "png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _compile(report: Report, fonts: Sequence[Path], form: str, **options: Any) -> Any:
    with tempfile.TemporaryDirectory(prefix="anlan-report-") as name:
        folder = Path(name)
        (folder / "report.json").write_text(json.dumps(_with_pictures(report, folder), ensure_ascii=False))
        template = (files("anlan.gateway.report") / "report.typ").read_text(encoding="utf-8")
        (folder / "main.typ").write_text(template, encoding="utf-8")
        copy_fonts(fonts, folder / "fonts")
        return typst.compile(  # type: ignore[call-overload]
            folder / "main.typ", format=form, font_paths=[str(folder / "fonts")],
            ignore_system_fonts=True, **options,
        )  # fmt: skip


def _with_pictures(report: Report, folder: Path) -> dict[str, Any]:
    """Write maps, heat tables and pictures beside the template and name them in the data."""
    data = asdict(report) | {"palette": COLOURS, "marks": MARKS}
    for number, (section, plain) in enumerate(zip(report.sections, data["sections"], strict=True)):
        if section.map is not None:
            (folder / f"map{number}.svg").write_text(map_svg(section.map), encoding="utf-8")
            plain["map"] = {
                "file": f"map{number}.svg", "caption": section.map.caption, "legend": section.map.legend,
            }  # fmt: skip
        for index, heat in enumerate(section.heats):
            name = f"heat{number}-{index}.svg"
            (folder / name).write_text(heat_svg(heat), encoding="utf-8")
            plain["heats"][index] = {"file": name, "caption": heat.caption}
        for index, drawn in enumerate(section.pictures):
            name = f"picture{number}-{index}.svg"
            (folder / name).write_text(drawn.svg, encoding="utf-8")
            plain["pictures"][index] = {"file": name, "caption": drawn.caption, "tall": drawn.tall}
    return data
