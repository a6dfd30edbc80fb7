"""When it happens and what to expect; how right the last forecast was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.gateway.report import Heat, Section, Table
from anlan.service.patrol.presentation import words
from anlan.service.patrol.presentation.pictures import drawn, forecast_map
from anlan.service.patrol.presentation.words import number, percent, signed_percent

if TYPE_CHECKING:
    from anlan.gateway.report.plots import Ink
    from anlan.service.patrol.presentation.names import Names


def rhythm(body: dict[str, Any], names: Names) -> Section | None:
    """Return the hour × weekday tables of all incidents and the busiest category."""
    if not body["rhythms"]:
        return None
    return Section(
        "rhythm",
        _("When"),
        [_("Incidents per hour on a day with data, last %(days)s days.") % {"days": body["rhythm_days"]}],
        heats=[heat(row, names.stream(row["key"])) for row in body["rhythms"][:2]],
    )


def heat(row: dict[str, Any], label: str) -> Heat:
    """Return one hour × weekday table as rates."""
    weekdays = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    pairs = zip(row["counts"], row["weekday_days"], strict=True)
    rates = [[round(count / max(days, 1), 2) for count in counts] for counts, days in pairs]
    return Heat(label, weekdays, [f"{hour:02}" for hour in range(24)], rates)


def expected(body: dict[str, Any], names: Names, county6: str, ink: Ink) -> Section:
    """Return the outlook per beat and shift, with the last forecast against what came."""
    came = {row["type"]: row for row in (body["verdict"] or {"beats": []})["beats"]}
    rows = sorted(body["expected"], key=lambda row: -row["expected"])
    header = [
        _("Beat"), words.expected_label(body), _("80 % interval"), _("00–08 h"), _("08–16 h"), _("16–24 h"),
        *words.verdict_labels(body),
    ]  # fmt: skip
    lines = [expected_row(row, came.get(row["beat_code"]), names) for row in rows]
    told = _("In eight of ten periods the count falls into the 80 %% interval.") % ()
    told = [verdict(body), told, *map(top_told, (body["cells"] or {"top": []})["top"])]
    table, found = Table(header, lines, list(range(1, 8))), forecast_map(body, county6)
    return Section(
        "expected", _("What to expect"), told, [table], pictures=[] if found is None else [drawn(found, ink)]
    )


def top_told(row: dict[str, Any]) -> str:
    """Return what the best cells are expected to hold."""
    text = _("The %(part)s of cells that rank highest (%(cells)s) are expected to hold %(share)s of them.")
    figures = {
        "part": percent(row["cell_share"]), "cells": number(row["cells"]), "share": percent(row["share"], 1),
    }  # fmt: skip
    return text % figures


def expected_row(row: dict[str, Any], before: dict[str, Any] | None, names: Names) -> list[str]:
    """Return one beat's outlook."""
    shifts = [number(value, 1) for value in row["shifts"]] or [words.DASH] * 3
    then = [number(before["expected"], 1), number(before["observed"])] if before else [words.DASH] * 2
    return [names.beat(row["beat_code"]), number(row["expected"], 1), words.limits(row), *shifts, *then]


def verdict(body: dict[str, Any]) -> str:
    """Return how right the last forecast was."""
    if not body["verdict"]:
        return _("The last forecast cannot be checked: those days have no data.")
    found = body["verdict"]
    off = found["observed"] / found["expected"] - 1 if found["expected"] else None
    told = _(
        "For %(when)s %(expected)s incidents were expected (%(limits)s) and %(observed)s came (%(off)s)."
    ) % {
        "when": words.span(found["date"], found["end"]),
        "expected": number(found["expected"]),
        "limits": words.limits(found),
        "observed": number(found["observed"]),
        "off": signed_percent(off),
    }
    if not found["judged"]:
        return told
    beats = _("%(inside)s of %(judged)s beats came inside their 80 %% interval.") % {
        "inside": number(found["inside"]), "judged": number(found["judged"]),
    }  # fmt: skip
    return f"{told} {beats}"
