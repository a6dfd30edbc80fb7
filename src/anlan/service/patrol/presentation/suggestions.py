"""Suggestions: drafted from the findings, in the analyst's words where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anlan.gateway.report import Section
from anlan.service.patrol.presentation import words
from anlan.service.patrol.presentation.changes import sentence
from anlan.service.patrol.presentation.words import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.patrol.models import BriefingText
    from anlan.service.patrol.presentation.names import Names


@dataclass(frozen=True)
class Suggested:
    """One suggestion as shown: `draft` is the drafted text ("" for one of the analyst's own)."""

    key: str
    text: str
    draft: str
    evidence: str
    edit: BriefingText | None

    @property
    def left_out(self) -> bool:
        """Whether the analyst took it out."""
        return not self.text


def suggested(body: dict[str, Any], texts: Mapping[str, BriefingText], names: Names) -> list[Suggested]:
    """Return all suggestions in order, those left out too, the analyst's own last."""
    rows = []
    for row in body["suggestions"]:
        draft, edit = drafted(row, names), texts.get(row["key"])
        rows.append(Suggested(row["key"], draft if edit is None else edit.text, draft, row["evidence"], edit))
    known = {row.key for row in rows}
    own = [Suggested(key, row.text, "", "", row) for key, row in sorted(texts.items()) if key not in known]
    return rows + own


def section(rows: list[Suggested]) -> Section:
    """Return the suggestions that stand, for print."""
    kept = [row.text for row in rows if not row.left_out]
    return Section("suggestions", _("Suggestions"), bullets=kept or [_("No suggestion.")])


def drafted(row: dict[str, Any], names: Names) -> str:
    """Return a suggestion in words."""
    figures = row["figures"]
    where = {
        "beat": names.beat(row["beat_code"]), "band": words.band(row["hours"]) or _("at all hours"),
        "stream": names.stream(row["stream"]), "type": names.type(row["type"]) if row["type"] else "",
        "cell": names.cell(figures["cell_code"]) if "cell_code" in figures else "",
    }  # fmt: skip
    if row["kind"] == "patrol":
        return patrol(where, figures)
    if row["kind"] == "spot":
        text = _("Patrol hot spot %(number)s near %(cell)s (%(beat)s), %(band)s: %(count)s in 90 days.")
        return text % (where | {"number": figures["number"], "count": number(figures["count"])})
    if row["kind"] == "repeat":
        return repeat(where, figures)
    if row["kind"] == "warning":
        return warning(where, figures)
    if row["kind"] == "cluster":
        return cluster(where, figures)
    return _("Find out why: %(change)s") % {"change": sentence(figures, where["type"])}


def patrol(where: dict[str, str], figures: dict[str, Any]) -> str:
    """Return where to patrol at which hours, and why."""
    text = ngettext(
        "Patrol %(beat)s, %(band)s: %(stream)s, %(observed)s in %(days)s day, expected %(expected)s.",
        "Patrol %(beat)s, %(band)s: %(stream)s, %(observed)s in %(days)s days, expected %(expected)s.",
        figures["days"],
    )
    told = {
        "observed": number(figures["observed"]), "expected": number(figures["expected"], 1),
        "days": number(figures["days"]),
    }  # fmt: skip
    return text % (where | told)


def warning(where: dict[str, str], figures: dict[str, Any]) -> str:
    """Return where another incident is likelier, until when."""
    text = _(
        "Warn and watch within %(metres)s m of %(cell)s (%(beat)s) until %(until)s: after %(type)s on "
        "%(last)s another is %(ratio)s times as likely there."
    )
    told = {
        "metres": number(figures["radius_m"]), "until": words.day(figures["until"]),
        "last": words.day(figures["last"]), "ratio": number(figures["ratio"], 1),
    }  # fmt: skip
    return text % (where | told)


def cluster(where: dict[str, str], figures: dict[str, Any]) -> str:
    """Return where something has begun, and how rarely chance does so."""
    text = _(
        "Look at %(metres)s m around %(cell)s (%(beat)s): %(observed)s incidents since %(start)s, expected "
        "%(expected)s, mostly %(type)s; by chance once in %(recurrence)s."
    )
    told = {
        "start": words.day(figures["start"]), "observed": number(figures["observed"]),
        "expected": number(figures["expected"], 1), "metres": number(round(figures["radius_m"], -2)),
        "recurrence": words.recurrence(figures["recurrence_days"]),
    }  # fmt: skip
    return text % (where | told)


def repeat(where: dict[str, str], figures: dict[str, Any]) -> str:
    """Return where several of one type came."""
    text = _(
        "Look in near %(cell)s (%(beat)s), %(band)s: %(count)s × %(type)s within 200 m and 7 days, "
        "last on %(last)s."
    )
    told = {"count": number(figures["count"]), "last": words.day(figures["last"])}
    return text % (where | told)
