"""What matters, in at most five lines: the first thing on the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anlan.gateway.report import Section
from anlan.service.patrol.presentation import outlook, words
from anlan.service.patrol.presentation.changes import comparison, sentence, total_sentence
from anlan.service.patrol.presentation.colours import worst_first
from anlan.service.patrol.presentation.words import number, percent

if TYPE_CHECKING:
    from anlan.service.patrol.presentation.names import Names

SHIFTS = ("00–08", "08–16", "16–24")
BEATS_NAMED = 3


def summary(body: dict[str, Any], names: Names) -> Section:
    """Return the five lines: colours, change, near repeats, outlook, verdict."""
    told = (
        alerts(body, names), rises(body, names), near(body, names), coming(body, names),
        outlook.verdict(body),
    )  # fmt: skip
    return Section("summary", _("What matters"), bullets=[line for line in told if line])


def alerts(body: dict[str, Any], names: Names) -> str:
    """Return which beats stand out, and why the first of them."""
    if body["period"] != "day":
        return hot_beats(body, names)
    rows = [row for row in worst_first(body) if row["alert"]["colour"] in ("red", "orange")]
    if not rows:
        return _("No beat is red or orange today.")
    first = _("%(beat)s (%(reason)s)") % {
        "beat": names.beat(rows[0]["alert"]["beat_code"]), "reason": words.reason(rows[0], names),
    }  # fmt: skip
    others = [names.beat(row["alert"]["beat_code"]) for row in rows[1:]]
    counts = {colour: sum(row["alert"]["colour"] == colour for row in rows) for colour in ("red", "orange")}
    head = _("%(red)s red, %(orange)s orange: %(first)s") % (counts | {"first": first})
    if not others:
        return f"{head}."
    return _("%(head)s; also %(beats)s.") % {"head": head, "beats": words.listed(others)}


def hot_beats(body: dict[str, Any], names: Names) -> str:
    """Return the beats with the most red and orange days of the period."""
    rows = [row for row in body["colour_days"] if row["red"] + row["orange"]][:BEATS_NAMED]
    if not rows:
        return _("No beat was red or orange in the period.")
    named = [
        _("%(beat)s (%(red)s red, %(orange)s orange)")
        % {"beat": names.beat(row["beat_code"]), "red": row["red"], "orange": row["orange"]}
        for row in rows
    ]
    return _("Most red and orange days: %(beats)s.") % {"beats": words.listed(named)}


def rises(body: dict[str, Any], names: Names) -> str:
    """Return the change of all, and the clearest rise."""
    previous, year = comparison(body, "previous"), comparison(body, "last_year")
    if previous is None or year is None:
        return ""
    risen = [row for row in previous["types"] if row["clear"] and (row["low"] or 0) > 0]
    risen.sort(key=lambda row: -(row["low"] or 0))
    text = total_sentence(previous, year)
    more = sentence(risen[0], names.type(risen[0]["key"])) if risen else _("No type rose clearly.")
    return f"{text} {more}"


def near(body: dict[str, Any], names: Names) -> str:
    """Return the type that draws repeats most, or the largest chain; then the most likely cluster."""
    return f"{warned(body, names) or chained(body, names)} {cluster(body, names)}".strip()


def warned(body: dict[str, Any], names: Names) -> str:
    """Return what draws near repeats and how many places are warned, "" where nothing does."""
    if not body["warnings"]:
        return ""
    first = body["warnings"][0]
    count = sum(row["type"] == first["type"] for row in body["warnings"])
    text = ngettext(
        "%(type)s draws another within %(metres)s m and %(days)s days %(ratio)s times as often as chance: "
        "%(count)s place is warned.",
        "%(type)s draws another within %(metres)s m and %(days)s days %(ratio)s times as often as chance: "
        "%(count)s places are warned.",
        count,
    )
    return text % {
        "type": names.type(first["type"]), "metres": number(first["radius_m"]), "days": first["days"],
        "ratio": number(first["ratio"], 1), "count": number(count),
    }  # fmt: skip


def chained(body: dict[str, Any], names: Names) -> str:
    """Return the largest group of one type close together, "" without one."""
    if not body["repeats"]:
        return ""
    first = body["repeats"][0]
    text = _("%(count)s × %(type)s within 200 m and 7 days in %(beat)s, last on %(last)s.")
    return text % {
        "count": first["count"], "type": names.type(first["type"]),
        "beat": names.beat(first.get("beat_code", "")), "last": words.day(first["last"]),
    }  # fmt: skip


def cluster(body: dict[str, Any], names: Names) -> str:
    """Return the most likely cluster that is alive, "" without one."""
    if not body["clusters"]:
        return ""
    first = body["clusters"][0]
    text = _("Cluster in %(beat)s: %(observed)s, expected %(expected)s (by chance once in %(recurrence)s).")
    return text % {
        "beat": names.beat(first["beat_code"]), "observed": number(first["observed"]),
        "expected": number(first["expected"], 1),
        "recurrence": words.recurrence(first["recurrence_days"]),
    }  # fmt: skip


def coming(body: dict[str, Any], names: Names) -> str:
    """Return how much is expected, when and where most."""
    rows = sorted(body["expected"], key=lambda row: -row["expected"])
    parts = [
        _("%(label)s: %(expected)s incidents (80 %% interval %(limits)s)")
        % {
            "label": words.expected_label(body),
            "expected": number(body["expected_total"]),
            "limits": words.limits({"low": body["expected_low"], "high": body["expected_high"]}),
        }
    ]
    shifts = [sum(part) for part in zip(*(row["shifts"] for row in rows), strict=True)]
    if shifts and sum(shifts):
        best = shifts.index(max(shifts))
        figures = {"hours": SHIFTS[best], "share": percent(shifts[best] / sum(shifts))}
        parts.append(_("%(share)s of them %(hours)s h") % figures)
    if len(rows) > 1:
        beats = words.listed([names.beat(row["beat_code"]) for row in rows[:BEATS_NAMED]])
        parts.append(_("most in %(beats)s") % {"beats": beats})
    return "; ".join(parts) + "."
