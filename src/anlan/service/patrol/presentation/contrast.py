"""Two periods side by side in the reader's language: sentences, tables, two maps and their difference."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.gateway.report import Report, Section, Table
from anlan.gateway.report.plots import PRINT
from anlan.service.patrol.presentation import words
from anlan.service.patrol.presentation.changes import arrow, sentence
from anlan.service.patrol.presentation.outlook import heat
from anlan.service.patrol.presentation.pictures import change_map, drawn, rate_map
from anlan.service.patrol.presentation.shapes import shapes_of
from anlan.service.patrol.presentation.words import number, signed_percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.engine.analysis.briefing import Contrast, Span
    from anlan.gateway.report.plots import Ink, MapPicture
    from anlan.service.patrol.presentation.names import Names

SHOWN, QUARTERS = 15, (0.2, 0.4, 0.6, 0.8)


def report_of_contrast(
    found: Contrast, label: str, names: Names, beats: list[str], ink: Ink = PRINT
) -> Report:
    """Return two periods side by side; `label` is what they are about, `beats` its beats (empty: all)."""
    when = {"first": told(found.first), "second": told(found.second)}
    parts = [overview(found, names), where(found, names, beats, ink), hours(found)]
    return Report(
        _("Comparison: %(area)s") % {"area": label},
        _("A: %(first)s · B: %(second)s · incidents reported by residents") % when,
        get_language() or "en",
        facts(found),
        [part for part in parts if part is not None],
        _("Anlan · places and hours, never people · methods: %(methods)s") % {"methods": "exact conditional"},
    )


def told(span: Span) -> str:
    """Return a span's dates."""
    return words.span(span.first.isoformat(), span.last.isoformat())


def facts(found: Contrast) -> list[tuple[str, str]]:
    """Return the figures under the title."""
    total = found.total
    return [
        (_("A: incidents, days with data"), f"{number(total.observed)} / {number(found.first_days)}"),
        (_("B: incidents, days with data"), f"{number(total.baseline)} / {number(found.second_days)}"),
        (_("A against B, per day"), signed_percent(total.change)),
        (_("95 % interval"), words.interval(asdict(total))),
    ]


def overview(found: Contrast, names: Names) -> Section:
    """Return what differs: the clear differences in words, then the tables."""
    clear = [sentence(asdict(row), names.type(row.key)) for row in found.types if row.clear]
    tables = [
        table(_("By category"), found.categories, names.stream),
        table(_("By type"), found.types, names.type),
    ]
    text = _(
        "A against B, as rates per day with data; ▲ and ▼ mark differences whose 95 %% interval leaves 0 out."
    )
    bullets = clear[:6] or [_("No type differs clearly.")]
    return Section("changes", _("What differs"), [text % ()], tables, bullets=bullets)


def table(title: str, rows: list[Any], label: Callable[[str], str]) -> Table:
    """Return changes as a table, the largest counts first."""
    best = sorted(rows, key=lambda row: -(row.observed + row.baseline))[:SHOWN]
    lines = [
        [
            label(row.key),
            number(row.observed),
            number(row.baseline),
            arrow(asdict(row)),
            words.interval(asdict(row)),
        ]
        for row in best
    ]
    header = [title, _("A"), _("B"), _("Difference"), _("95 % interval")]
    return Table(header, lines, [1, 2, 3, 4])


def where(found: Contrast, names: Names, beats: list[str], ink: Ink) -> Section | None:
    """Return the beats: both periods' rates on one scale, their difference, the table."""
    if len(found.beats) < 2:
        return None
    maps = pictures(found, shapes_of(names.county6, beats))
    shown = table(_("By beat"), found.beats, names.beat)
    return Section("where", _("Where"), tables=[shown], pictures=[drawn(one, ink) for one in maps])


def pictures(found: Contrast, shapes: dict[str, Any]) -> list[MapPicture]:
    """Return the maps of A, of B, and of the difference; none without shapes."""
    if not shapes["features"]:
        return []
    rows = [asdict(row) for row in found.beats]
    first, second = (
        {row["key"]: row[name] / max(days, 1) for row in rows}
        for name, days in (("observed", found.first_days), ("baseline", found.second_days))
    )
    limits = np.unique(np.quantile([*first.values(), *second.values()], QUARTERS)).tolist()
    return [
        rate_map(first, limits, shapes, _("A: incidents per day")),
        rate_map(second, limits, shapes, _("B: incidents per day")),
        change_map(rows, shapes, _("Difference: A against B")),
    ]


def hours(found: Contrast) -> Section | None:
    """Return the parts of the week that differ, and both rhythms."""
    if not found.slots:
        return None
    weekdays = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    lines = [
        [name, *(arrow(asdict(row)) for row in found.slots[3 * day : 3 * day + 3])]
        for day, name in enumerate(weekdays)
    ]
    shifts = Table([_("Weekday"), _("00–08 h"), _("08–16 h"), _("16–24 h")], lines, [1, 2, 3])
    heats = [
        heat(asdict(row), label)
        for row, label in zip(
            found.rhythms, (_("A: incidents per hour"), _("B: incidents per hour")), strict=True
        )
    ]
    return Section("rhythm", _("When"), tables=[shifts], heats=heats)
