"""What rose and fell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.gateway.report import Section, Table
from anlan.service.patrol.presentation import words
from anlan.service.patrol.presentation.pictures import change_map, drawn
from anlan.service.patrol.presentation.words import number, signed_percent

if TYPE_CHECKING:
    from anlan.gateway.report.plots import Ink
    from anlan.service.patrol.presentation.names import Names

SHOWN = 10


def comparison(body: dict[str, Any], baseline: str) -> dict[str, Any] | None:
    """Return the briefing's main comparison with a baseline, the first of its kind."""
    return next((row for row in body["comparisons"] if row["baseline"] == baseline), None)


def changes(body: dict[str, Any], names: Names, shapes: dict[str, Any], ink: Ink) -> Section:
    """Return what rose and fell: the clear changes in words, a map, then categories, types and beats."""
    previous, year = comparison(body, "previous"), comparison(body, "last_year")
    if previous is None or year is None:
        return Section("changes", _("What rose, what fell"))
    given = [
        ("categories", _("By category"), names.stream),
        ("types", _("By type"), names.type),
        ("beats", _("By beat"), names.beat),
    ]
    tables = [
        change_table(title, (previous, part), year[part], label)
        for part, title, label in given
        if len(previous[part]) > 1
    ]
    bullets = [sentence(row, names.type(row["key"])) for row in previous["types"] if row["clear"]][:6]
    maps = []
    if len(previous["beats"]) > 1 and shapes["features"]:
        caption = _("Change of each beat against the days before")
        maps.append(drawn(change_map(previous["beats"], shapes, caption), ink))
    none = _("No type changed clearly against the period before.")
    return Section(
        "changes", _("What rose, what fell"), [windows_told(previous, year), total_sentence(previous, year)],
        tables, bullets=bullets or [none], pictures=maps,
    )  # fmt: skip


def windows_told(previous: dict[str, Any], year: dict[str, Any]) -> str:
    """Return which days are compared with which."""
    text = _("%(now)s against the days before (%(before)s) and last year (%(year)s), per day with data.")
    return text % {
        "now": words.span(previous["start"], previous["end"]),
        "before": words.span(previous["base_start"], previous["base_end"]),
        "year": words.span(year["base_start"], year["base_end"]),
    }


def total_sentence(previous: dict[str, Any], year: dict[str, Any]) -> str:
    """Return the change of all incidents in one sentence."""
    return _(
        "In all %(count)s incidents in %(days)s days: %(previous)s against the days before "
        "(95 %% interval %(previous_interval)s), %(year)s against last year (%(year_interval)s)."
    ) % {
        "count": number(previous["total"]["observed"]),
        "days": number(previous["window_days"]),
        "previous": signed_percent(previous["total"]["change"]),
        "previous_interval": words.interval(previous["total"]),
        "year": signed_percent(year["total"]["change"]),
        "year_interval": words.interval(year["total"]),
    }


def sentence(change: dict[str, Any], label: str) -> str:
    """Return one clear change against the period before in words."""
    figures = {
        "what": label,
        "observed": number(change["observed"]),
        "baseline": number(change["baseline"]),
        "change": signed_percent(change["change"]),
        "interval": words.interval(change),
    }
    if change["low"] is not None and change["low"] > 0:
        return _("%(what)s rose: %(observed)s after %(baseline)s, %(change)s (%(interval)s).") % figures
    return _("%(what)s fell: %(observed)s after %(baseline)s, %(change)s (%(interval)s).") % figures


def change_table(title: str, previous: tuple[dict[str, Any], str], year: list[Any], label: Any) -> Table:
    """Return a table of changes of one part, the largest counts first; an arrow marks clear ones."""
    found, part = previous
    other = {row["key"]: row for row in year}
    rows = sorted(found[part], key=lambda row: -row["observed"])[:SHOWN]
    days = {"days": number(found["window_days"])}
    header = [
        title, _("Last %(days)s days") % days, _("Before"), _("Changed by"), _("95 % interval"),
        _("Against last year"), _("95 % interval"),
    ]  # fmt: skip
    lines = [change_row(row, other.get(row["key"]), label(row["key"])) for row in rows]
    return Table(header, lines, [1, 2, 3, 4, 5, 6])


def change_row(row: dict[str, Any], last_year: dict[str, Any] | None, label: str) -> list[str]:
    """Return one line of a table of changes."""
    then = [arrow(last_year), words.interval(last_year)] if last_year else [words.DASH] * 2
    return [label, number(row["observed"]), number(row["baseline"]), arrow(row), words.interval(row), *then]


def arrow(change: dict[str, Any]) -> str:
    """Return the change with ▲ or ▼ where it is clear."""
    if not change["clear"]:
        return signed_percent(change["change"])
    return f"{'▲' if (change['low'] or 0) > 0 else '▼'} {signed_percent(change['change'])}"
