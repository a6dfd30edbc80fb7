"""Figures of a plan in words: shifts, times, response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.service.tags import duration, percent

if TYPE_CHECKING:
    from anlan.service.planning.words import Labels


def shift_name(shift: dict[str, Any]) -> str:
    """Return a shift's name: the usual ones in words, others by their code."""
    known = {"day": _("Day shift"), "evening": _("Evening shift"), "night": _("Night shift")}
    return known.get(shift["code"], shift["code"])


def clock(duty: dict[str, Any]) -> str:
    """Return from when to when, in hours and minutes of the day."""
    begin, end = duty["start_min"], duty["start_min"] + duty["minutes"]
    return f"{minutes_of_day(begin)}–{minutes_of_day(end)}"


def minutes_of_day(minutes: int) -> str:
    """Return minutes after midnight as a time of day."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def between(figure: dict[str, Any]) -> str:
    """Return a time's 95 % interval in minutes and seconds, empty where there is none."""
    if figure["low"] is None or figure["high"] is None:
        return ""
    return f"{duration(figure['low'])}–{duration(figure['high'])}"


def response(rehearsal: dict[str, Any] | None, labels: Labels) -> dict[str, Any] | None:
    """Return the rehearsed response, of all calls and by priority; None where nothing was rehearsed."""
    rows = rehearsal["rows"] if rehearsal else []
    if not rows or rows[0]["response"]["mean"]["value"] is None:
        return None
    busy = sorted(rehearsal["units"], key=lambda unit: -(unit["utilisation"]["value"] or 0.0))
    return {
        "replications": rehearsal["replications"],
        "ring": duration(rehearsal["ring_s"]),
        "all": _row(rows[0]),
        "priorities": [_row(row) for row in rows if row["beat"] == -1 and row["priority"] != -1],
        "cover": percent(rehearsal["cover_mean"]["value"]),
        "busiest": [(labels.unit(unit["code"]), percent(unit["utilisation"]["value"])) for unit in busy[:5]],
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    times = row["response"]
    return {
        "priority": row["priority"], "calls": row["calls"], "mean": duration(times["mean"]["value"]),
        "interval": between(times["mean"]), "q50": duration(times["q50"]["value"]),
        "q90": duration(times["q90"]["value"]), "within": percent(times["within"]["value"], 1),
        "waited": percent(row["waited"]["value"], 1), "unserved": row["unserved"],
    }  # fmt: skip
