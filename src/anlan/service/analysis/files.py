"""A finding as files: tables, pictures, maps as data, the whole as PDF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.gateway.report import Drawn, Report, Section, Table, to_pdf
from anlan.gateway.report.plots import MapPicture, svg_of, to_png_picture
from anlan.gateway.tables import to_csv, to_parquet, to_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anlan.service.analysis.finding import Finding, Sheet
    from anlan.service.analysis.forms import AskForm
    from anlan.service.analysis.method import Method

FONTS = Path(__file__).resolve().parent.parent / "fonts"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    "csv": "text/csv; charset=utf-8", "xlsx": XLSX, "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json", "svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf",
}  # fmt: skip
TABLES, PICTURES = ("csv", "parquet"), ("svg", "png")
PRINTED_ROWS = 60


def parts(finding: Finding, kind: str) -> list[str]:
    """Return the names of what there is of a kind; a whole document has the name ""."""
    if kind in TABLES:
        return list(finding.sheets)
    if kind in PICTURES:
        return list(finding.pictures)
    return list(finding.maps) if kind == "geojson" else [""]


def written(method: Method, form: AskForm, finding: Finding, kind: str, part: str) -> bytes:
    """Return a file of one part of a finding.

    Raises:
        KeyError: there is no such part.

    """
    if kind == "xlsx":
        return to_xlsx([(one.caption, one.headings, one.frame) for one in finding.sheets.values()])
    if kind == "pdf":
        return to_pdf(printed(method, form, finding), [FONTS])
    if kind in TABLES:
        frame = finding.sheets[part].frame
        return to_csv(frame) if kind == "csv" else to_parquet(frame)
    if kind == "geojson":
        return json.dumps(finding.maps[part].geojson(), ensure_ascii=False).encode()
    svg = svg_of(finding.pictures[part])
    return svg.encode() if kind == "svg" else to_png_picture(svg, [FONTS])


def every(method: Method, form: AskForm, finding: Finding, kinds: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of all files of the kinds; parts carry their names."""
    stem = f"{method.name}-{form.ground.county6}-{form.period.replace(' – ', '-')}"
    for kind in kinds:
        for part in parts(finding, kind):
            tail = f"-{part}" if part else ""
            yield f"{stem}{tail}.{kind}", written(method, form, finding, kind, part)


def printed(method: Method, form: AskForm, finding: Finding) -> Report:
    """Return the finding as a report."""
    sections = [Section("says", str(_("What it says")), finding.says, bullets=[])]
    sections += [
        Section(name, one.caption, pictures=[
            Drawn(svg_of(one), one.caption, tall=isinstance(one, MapPicture))
        ])
        for name, one in finding.pictures.items()
    ]  # fmt: skip
    sections += [Section(f"table-{name}", one.caption, tables=[_table(one)], paragraphs=_cut(one))
                 for name, one in finding.sheets.items()]  # fmt: skip
    sections.append(Section("limits", str(_("What to doubt")), bullets=finding.limits))
    return Report(
        f"{method.title}", subject(form), get_language() or "en", finding.facts, sections,
        f"Anlan 安澜 · {timezone.localtime():%Y-%m-%d %H:%M} · docs/methods/{method.page}.md",
    )  # fmt: skip


def subject(form: AskForm) -> str:
    """Return what a finding is about: where, when, which types."""
    given = form.cleaned_data
    where = dict(_flat(form.fields["area"].choices))[given["area"]]
    named = dict(_flat(form.fields["types"].choices))
    types = ", ".join(named[one] for one in given["types"]) or _("all types")
    return f"{form.ground.county.label} · {where} · {form.period} · {types}"


def _flat(choices: object) -> Iterator[tuple[str, str]]:
    for value, label in choices:  # type: ignore[attr-defined]
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def _table(given: Sheet) -> Table:
    sheet = given.shown()
    rows = sheet.texts(PRINTED_ROWS)
    return Table(sheet.headings, rows, sheet.numeric, sheet.colours[: len(rows)])


def _cut(sheet: Sheet) -> list[str]:
    if sheet.frame.height <= PRINTED_ROWS:
        return []
    told = _("The first %(shown)s of %(all)s rows; the files hold all of them.")
    return [told % {"shown": PRINTED_ROWS, "all": sheet.frame.height}]
