"""The colours of a day, or those of the days of a longer period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anlan.gateway.report import Section, Table
from anlan.service.patrol.models import Colour
from anlan.service.patrol.presentation import words
from anlan.service.patrol.presentation.words import number

if TYPE_CHECKING:
    from anlan.service.patrol.presentation.names import Names

ORDER = ("red", "orange", "yellow", "unknown", "green")


def colours(body: dict[str, Any], names: Names) -> Section:
    """Return the colours of all beats, the worst first."""
    if body["period"] != "day":
        return colour_days(body, names)
    level = {row["beat_code"]: words.level(row) for row in body["expected"]}
    rows = [row for row in worst_first(body) if row["alert"]["colour"] != "green"]
    lines = [
        [
            names.beat(row["alert"]["beat_code"]),
            str(Colour(row["alert"]["colour"]).label),
            level.get(row["alert"]["beat_code"], words.DASH),
            words.reason(row, names),
        ]
        for row in rows
    ]
    header = [_("Beat"), _("Colour"), _("Expected today"), _("What stands out")]
    text = _(
        "The colour tells how surprising the last days were for the beat itself (change); the expected "
        "number tells how much work to plan for (level). By chance alone, 1 %% of beat-days are red, "
        "4 %% orange, 15 %% yellow."
    )
    table = Table(header, lines, [2], [row["alert"]["colour"] for row in rows])
    told = [text % (), *calm(body)]
    return Section("colours", _("Alert colours"), told, [table] if rows else [])


def calm(body: dict[str, Any]) -> list[str]:
    """Return how many beats are green."""
    found = [row["alert"]["colour"] for row in body["colours"]].count("green")
    told = ngettext("%(count)s beat is green.", "%(count)s beats are green.", found)
    return [told % {"count": number(found)}] if found else []


def worst_first(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the day's colours, the worst and the most surprising first."""
    return sorted(
        body["colours"], key=lambda row: (ORDER.index(row["alert"]["colour"]), row["alert"]["p"] or 1)
    )


def colour_days(body: dict[str, Any], names: Names) -> Section:
    """Return how many days each beat was red, orange, yellow."""
    lines = [
        [
            names.beat(row["beat_code"]),
            str(Colour(worst(row["days"])).label),
            *(number(row[colour]) for colour in ("red", "orange", "yellow")),
        ]
        for row in body["colour_days"]
    ]
    header = [_("Beat"), _("Worst colour"), _("Red days"), _("Orange days"), _("Yellow days")]
    text = _("The colours of the days from %(start)s to %(end)s, as the method tells them now.") % {
        "start": words.day(body["start"]), "end": words.day(body["end"]),
    }  # fmt: skip
    table = Table(header, lines, [2, 3, 4], [worst(row["days"]) for row in body["colour_days"]])
    return Section("colours", _("Colours of the period"), [text], [table])


def worst(days: list[str]) -> str:
    """Return the worst colour among days."""
    return min(days, key=ORDER.index, default="unknown")


def by_beat(body: dict[str, Any]) -> dict[str, str]:
    """Return beat → colour for the map: the day's, of longer periods the worst."""
    if body["period"] == "day":
        return {row["alert"]["beat_code"]: row["alert"]["colour"] for row in body["colours"]}
    return {row["beat_code"]: worst(row["days"]) for row in body["colour_days"]}
