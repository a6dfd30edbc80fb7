"""The answers of rehearsals in words and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.service.patrol.presentation.names import Names
from anlan.service.planning.models import Rehearsal
from anlan.service.planning.presentation.change import told
from anlan.service.planning.words import Labels
from anlan.service.tags import duration, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator


def answer(of: Rehearsal) -> dict[str, Any]:
    """Return title, sentences and a table (head, rows) of a rehearsal."""
    county6 = of.area_code[:6]
    if of.kind == Rehearsal.Kind.LESS:
        return {
            "title": _("Without each car in turn"), "told": [], "head": _less_head(),
            "rows": list(_less(of.body["losses"], Labels(county6))),
        }  # fmt: skip
    names = Names(county6)
    if of.kind == Rehearsal.Kind.RULE:
        verdict = of.body
        return {
            "title": of.get_kind_display(), "verdict": verdict["answer"], "told": _verdict(verdict),
            "head": _change_head(), "rows": list(_changes(verdict["comparison"], [], names)),
        }  # fmt: skip
    title = of.get_kind_display()
    if of.kind == Rehearsal.Kind.SURGE:
        title = _("A day with %(times)s times the calls") % {"times": number(of.ask["times"], 1)}
    elif of.other:
        title = _("Version %(other)s against version %(this)s") % {
            "other": of.other.version, "this": of.plan.version,
        }  # fmt: skip
    return {
        "title": title, "told": told(of.body), "head": _change_head(),
        "rows": list(_changes(of.body, of.body["beats"], names)),
    }  # fmt: skip


def _verdict(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    words = {
        "better": _("Better than the closest unit, beyond chance: it may be switched on."),
        "worse": _("Worse than the closest unit, beyond chance: it may not be switched on."),
        "unclear": _("No difference beyond chance: the closest unit stays."),
    }
    reasons = {
        "urgent_slower": _("The most urgent calls wait longer."),
        "slower": _("The mean response rises."),
        "fewer_within": _("Fewer calls are reached within the response ring's time."),
        "more_within": _("More calls are reached within the response ring's time."),
    }
    better = {"better": True, "worse": False, "unclear": None}[verdict["answer"]]
    first = {"text": words[verdict["answer"]], "better": better}
    return [
        first,
        *({"text": reasons[code], "better": None} for code in verdict["reasons"]),
        *told(verdict["comparison"]),
    ]


def _change_head() -> list[str]:
    return [
        _("Calls"), _("A day"), _("Mean before"), _("Mean after"), _("Change"), _("95 % interval"),
        _("Nine in ten before"), _("after"), _("In time before"), _("after"),
    ]  # fmt: skip


def _changes(comparison: dict[str, Any], beats: list[str], names: Names) -> Iterator[list[str]]:
    """Yield a row for all calls, each priority, each beat."""
    for row in comparison["rows"]:
        if row["beat"] != -1 and (row["priority"] != -1 or not beats):
            continue
        times = row["response"]
        moved = times["mean"]["change"]
        yield [
            _about(row, beats, names), number(row["calls"], 1), duration(times["mean"]["before"]),
            duration(times["mean"]["after"]), _signed(moved["value"]), _limits(moved),
            duration(times["q90"]["before"]), duration(times["q90"]["after"]),
            percent(times["within"]["before"], 1), percent(times["within"]["after"], 1),
        ]  # fmt: skip


def _about(row: dict[str, Any], beats: list[str], names: Names) -> str:
    if row["beat"] == -1 and row["priority"] == -1:
        return _("All calls")
    if row["beat"] == -1:
        return _("Priority %(n)s") % {"n": row["priority"]}
    code = beats[row["beat"]]
    return names.beat(code) if code else _("outside all beats")


def _signed(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:+.0f} s"


def _limits(moved: dict[str, Any]) -> str:
    if moved["low"] is None or moved["high"] is None:
        return "–"
    return _("%(low)s to %(high)s") % {"low": _signed(moved["low"]), "high": _signed(moved["high"])}


def _less_head() -> list[str]:
    return [_("Without"), _("Mean response"), _("Change"), _("95 % interval"), _("Nine in ten"), _("In time")]


def _less(losses: list[dict[str, Any]], labels: Labels) -> Iterator[list[str]]:
    """Yield a row for each car, the one missed most first."""
    for loss in losses:
        moved = loss["mean"]["change"]
        yield [
            labels.unit(loss["code"]), duration(loss["mean"]["after"]), _signed(moved["value"]),
            _limits(moved), duration(loss["q90"]["after"]), percent(loss["within"]["after"], 1),
        ]  # fmt: skip
