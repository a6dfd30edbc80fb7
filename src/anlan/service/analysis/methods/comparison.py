"""What rose and fell: a period against an earlier one, by type and by beat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.comparison import Change, compare, compare_each
from anlan.gateway.report.plots import Bars
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm, choice
from anlan.service.analysis.inputs import some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import changed
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.engine.analysis.cube import CountCube
    from anlan.service.analysis.inputs import Inputs

SHOWN_BARS = 15
AGAINST = [
    ("year", gettext_lazy("The same weekdays a year before")),
    ("before", gettext_lazy("The days just before")),
]


class Form(AskForm):
    """What to compare with, and how sure to be."""

    against = choice(gettext_lazy("Compared with"), AGAINST, "year")
    confidence = choice(
        gettext_lazy("Interval"), [("0.9", "90 %"), ("0.95", "95 %"), ("0.99", "99 %")], "0.95"
    )


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Compare the period with its baseline."""
    length = inputs.question.days
    back = _back(length, given["against"])
    cube, exposed = some(inputs.cube(back=back)), inputs.exposed(back)
    now, then = _part(cube, back, length), _part(cube, 0, length)
    days = int(exposed[back : back + length].sum()), int(exposed[:length].sum())
    level = {"confidence": float(given["confidence"])}
    total = compare("", int(now.sum()), int(then.sum()), *days, **level)
    by_beat = compare_each(cube.cells.tolist(), now.sum(axis=1), then.sum(axis=1), *days, **level)
    by_type = compare_each(cube.types.tolist(), now.sum(axis=0), then.sum(axis=0), *days, **level)
    by_type = sorted(by_type, key=lambda one: -one.observed)
    names, first = inputs.ground.names, inputs.question.start - timedelta(days=back)
    return Finding(
        _says(total, by_type, names),
        _limits(days, length, first),
        [
            (_("Incidents"), number(total.observed)),
            (_("Before"), number(total.baseline)),
            (_("Change per day"), percent(total.change, 1)),
            (_("Interval"), interval(total)),
        ],
        {
            "types": _sheet(_("By type"), _("Type"), by_type, names.type),
            "beats": _sheet(_("By beat"), _("Beat"), by_beat, names.beat),
        },
        {
            "change": _bars(by_type, names),
            "map": changed(
                inputs.ground, "beat", {one.key: one.change for one in by_beat}, _("Change by beat")
            ),
        },
    )


def _back(length: int, against: str) -> int:
    """Return how many days before the period its baseline starts: whole years of 52 weeks, or its length."""
    return length if against == "before" else 364 * -(-length // 364)


def _part(cube: CountCube, first: int, length: int) -> np.ndarray:
    """Return counts of days [first, first + length), shape (cells, types)."""
    inside = (cube.period >= first) & (cube.period < first + length)
    counts = np.zeros((len(cube.cells), len(cube.types)), np.int64)
    np.add.at(counts, (cube.cell[inside], cube.type[inside]), cube.count[inside])
    return counts


def interval(change: Change) -> str:
    """Return the exact limits of a change in words."""
    if change.low is None:
        return _("unknown")
    upper = "∞" if change.high is None else percent(change.high, 1)
    return f"{percent(change.low, 1)} … {upper}"


def _says(total: Change, by_type: list[Change], names: Any) -> list[str]:
    if total.change is None:
        first = _("There were %(now)s incidents; nothing to compare them with in the earlier period.")
        return [first % {"now": number(total.observed)}]
    facts = {
        "now": number(total.observed), "then": number(total.baseline),
        "change": percent(total.change, 1), "interval": interval(total),
    }  # fmt: skip
    if not total.clear:
        text = _(
            "%(now)s incidents against %(then)s: a change of %(change)s per day with data, which "
            "chance alone "
            "may have made (interval %(interval)s)."
        )
    elif total.change > 0:
        text = _("%(now)s incidents against %(then)s: a rise of %(change)s per day with data (%(interval)s).")
    else:
        text = _("%(now)s incidents against %(then)s: a fall of %(change)s per day with data (%(interval)s).")
        facts["change"] = percent(-total.change, 1)
    said = [text % facts]
    for told, found in (
        (_("Clearly more: %(types)s."), [one for one in by_type if one.clear and (one.change or 1) > 0]),
        (_("Clearly fewer: %(types)s."), [one for one in by_type if one.clear and (one.change or 0) < 0]),
    ):
        if found:
            said.append(told % {"types": ", ".join(_short(one, names) for one in found[:6])})
    return said


def _short(one: Change, names: Any) -> str:
    change = _("new") if one.change is None else percent(one.change)
    return f"{names.type(one.key)} {change}"


def _limits(days: tuple[int, int], length: int, first: Any) -> list[str]:
    told = [
        _(
            "With many types compared at once, about one in twenty is “clear” by chance alone at 95 %: "
            "look for what repeats."
        ),
        _("The earlier period starts on %(first)s. Only incidents reported by residents are counted.")
        % {"first": first},
    ]
    if min(days) < length:
        text = _("Days without any data count as missing: %(now)s and %(then)s of %(all)s days have data.")
        told.append(text % {"now": days[0], "then": days[1], "all": length})
    return told


def _sheet(caption: str, what: str, rows: list[Change], name: Any) -> Sheet:
    columns = [
        Column("code", _("Code"), shown=False), Column("name", what), Column("observed", _("Now")),
        Column("baseline", _("Before")), Column("change", _("Change per day"), 1, percent=True),
        Column("low", _("From"), 1, percent=True), Column("high", _("To"), 1, percent=True),
        Column("mid_low", _("From (mid-p)"), 1, percent=True),
        Column("mid_high", _("To (mid-p)"), 1, percent=True), Column("clear", _("Beyond chance")),
    ]  # fmt: skip
    table = [
        (
            one.key, name(one.key), one.observed, one.baseline, one.change, one.low, one.high, one.mid_low,
            one.mid_high, _("yes") if one.clear else "",
        )
        for one in rows
    ]  # fmt: skip
    return Sheet.of(caption, columns, table)


def _bars(rows: list[Change], names: Any) -> Bars:
    shown = [one for one in rows if one.change is not None][:SHOWN_BARS]
    most = 100 * max((abs(one.change or 0) for one in shown), default=1) * 2
    return Bars(
        _("Change of the most frequent types, with intervals"), [names.type(one.key) for one in shown],
        [100 * (one.change or 0) for one in shown], "%", [100 * (one.low or 0) for one in shown],
        [min(most, 100 * one.high) if one.high is not None else None for one in shown],
    )  # fmt: skip


METHOD = Method(
    "comparison", Group.WHAT, gettext_lazy("Comparison of periods"),
    gettext_lazy("What rose and what fell, and is it more than chance?"), Form, run, "comparison",
)  # fmt: skip
