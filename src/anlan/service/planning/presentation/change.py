"""What a planner's change does, as the studio shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.presentation.problems import problems, shortfalls
from anlan.service.planning.words import Labels
from anlan.service.tags import duration, percent

if TYPE_CHECKING:
    from anlan.service.planning.models import DeploymentPlan

FIGURES = ("share_ring", "share_ring_twice", "share_support", "mean_s")


def change(plan: DeploymentPlan, found: dict[str, Any]) -> dict[str, Any]:
    """Return posts and figures of every shift, and sentences on the response, better or worse."""
    labels = Labels(plan.area_code[:6])
    before = {shift["code"]: shift for shift in plan.body["shifts"]}
    known = set(problems(plan.body, labels))
    return {
        "shifts": [_shift(shift, before[shift["code"]]) for shift in found["shifts"]],
        "out": [
            {"unit": one["unit"], "shift": one["shift"], "start": one["start_min"], "minutes": one["minutes"],
             "post": labels.place(one["post"])}
            for one in found["out"] if one["kind"] == "car"
        ],
        "told": told(found["change"]),
        "problems": [
            text for text in problems({"problems": found["problems"], "shifts": found["shifts"]}, labels)
            if text not in known
        ],
    }  # fmt: skip


def _shift(shift: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    figures = {name: _figure(name, before[name], shift[name]) for name in FIGURES}
    gap = _("set by hand") if shift["by_hand"] else percent(shift["gap"], 2)
    return {
        "code": shift["code"], "name": shift_name(shift), "cars": shift["cars"],
        "posts": {
            post["code"]: {"cars": post["cars"], "share": percent(post["share"], 1)}
            for post in shift["posts"]
        },
        "figures": figures | {"gap": {"text": gap, "better": None}},
        "short": shortfalls(shift),
    }  # fmt: skip


def _figure(name: str, before: float | None, after: float | None) -> dict[str, Any]:
    """Return a figure's text, and whether it is better than before (None: alike)."""
    shown = duration if name == "mean_s" else lambda value: percent(value, 1)
    if before is None or after is None or shown(before) == shown(after):
        return {"text": shown(after), "better": None}
    better = after < before if name == "mean_s" else after > before
    return {"text": f"{shown(before)} → {shown(after)}", "better": better}


def told(comparison: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what two plans differ in, in sentences: all calls, the most urgent, cover."""
    rows = {row["priority"]: row for row in comparison["rows"] if row["beat"] == -1}
    found = []
    for priority in (-1, min((key for key in rows if key > 0), default=-1)):
        if priority in rows and (priority != -1 or not found):
            label = (
                _("Mean response") if priority == -1 else _("Mean response, priority %(n)s") % {"n": priority}
            )
            found.append(_seconds(label, rows[priority]["response"]["mean"]))
    if -1 in rows:
        within = rows[-1]["response"]["within"]
        found.append(_share(_("On scene within the response ring's time"), within))
    found.append(_share(_("Demand in the ring of a free car"), comparison["cover"]))
    return [one for one in found if one]


def _seconds(label: str, figure: dict[str, Any]) -> dict[str, Any] | None:
    moved = figure["change"]
    if figure["before"] is None or figure["after"] is None or moved["value"] is None:
        return None
    text = f"{label}: {duration(figure['before'])} → {duration(figure['after'])}"
    return _sure(text, moved, lambda value: f"{value:+.0f} s", falls=True)


def _share(label: str, figure: dict[str, Any]) -> dict[str, Any] | None:
    moved = figure["change"]
    if figure["before"] is None or figure["after"] is None or moved["value"] is None:
        return None
    text = f"{label}: {percent(figure['before'], 1)} → {percent(figure['after'], 1)}"
    return _sure(text, moved, lambda value: f"{100 * value:+.1f}", falls=False)


def _sure(text: str, moved: dict[str, Any], shown: Any, *, falls: bool) -> dict[str, Any]:
    """Return a sentence with the change's interval, and whether it is beyond chance for the better."""
    low, high = moved["low"], moved["high"]
    if low is None or high is None:
        return {"text": text, "better": None}
    interval = _("%(low)s to %(high)s") % {"low": shown(low), "high": shown(high)}
    sure = low > 0 or high < 0
    better = (moved["value"] < 0) == falls if sure else None
    tail = "" if sure or not (low or high) else " – " + _("no difference beyond chance")
    return {"text": f"{text} ({interval}){tail}", "better": better}
