"""Which hot spots are new, lasting, growing or fading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.local import emerging_hot_spots
from anlan.gateway.report.plots import Lines, Series, Shade
from anlan.service.analysis.adjacency import touching
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import LEVELS, AskForm, choice
from anlan.service.analysis.inputs import some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.methods.local import beats_of
from anlan.service.analysis.shading import painted
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

COLOURS = {
    "new": "#c0392b", "consecutive": "#e2613f", "intensifying": "#94172a", "persistent": "#b8504a",
    "diminishing": "#e9a98f", "sporadic": "#f3c46c", "oscillating": "#9a6fb8", "historical": "#8bb9dc",
}  # fmt: skip
SLICES = [("7", gettext_lazy("1 week")), ("14", gettext_lazy("2 weeks")), ("28", gettext_lazy("4 weeks"))]
LEAST_SLICES = 4


class Form(AskForm):
    """Cells and the length of a slice of time."""

    days = 364
    least = 4 * 28
    cells = choice(gettext_lazy("Cells"), LEVELS[::-1], "grid")
    slice = choice(gettext_lazy("Slices of"), SLICES, "28")


def words() -> dict[str, str]:
    """Return what each category means."""
    return {
        "new": _("new: hot in the last slice only"), "consecutive": _("consecutive: hot in the last slices"),
        "intensifying": _("intensifying: hot nearly always, and more and more"),
        "persistent": _("persistent: hot nearly always"), "diminishing": _(
            "diminishing: hot nearly always, less and less"
        ),
        "sporadic": _("sporadic: hot now and then"), "oscillating": _("oscillating: hot now, cold before"),
        "historical": _("historical: was hot nearly always, not now"),
    }  # fmt: skip


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Tell each cell's history of Gi*."""
    level, length = given["cells"], int(given["slice"])
    near, cube = touching(inputs, level), some(inputs.cube(level))
    counts = cube.dense()
    slices = counts.shape[1] // length
    table = counts[:, counts.shape[1] - slices * length :].reshape(len(counts), slices, length).sum(axis=2)
    found = emerging_hot_spots(table, near)
    codes = inputs.ground.within(level, inputs.question.area)
    names = list(COLOURS)
    classes = {
        code: names.index(str(one)) for code, one in zip(codes, found.category, strict=True) if one in COLOURS
    }
    shades = [Shade(COLOURS[one], words()[one].split(":")[0]) for one in names]
    ends = [str(day) for day in cube.periods.astype("datetime64[D]")[::-1][::length][:slices][::-1]]
    return Finding(
        _says(found.category, slices, length),
        [
            _("Slices without data look quiet: check the data quality of these days first."),
            _("The last slice ends on the last day; what it calls new needs a second slice to last."),
            _("The trend test needs several slices: with fewer than eight, few trends are clear."),
        ],
        [(_("Slices"), number(slices)), (_("Cells with a history"), number(len(classes)))],
        {"cells": _sheet(inputs, level, codes, table, found)},
        {
            "map": painted(inputs.ground, level, classes, shades, _("Emerging hot spots")),
            "hot": Lines(
                _("Hot cells in each slice"), ends,
                [Series(_("hot"), [float(v) for v in (found.state > 0).sum(axis=0)]),
                 Series(_("cold"), [float(v) for v in (found.state < 0).sum(axis=0)], dashed=True)],
                _("cells"),
            ),
        },
    )  # fmt: skip


def _says(category: np.ndarray, slices: int, length: int) -> list[str]:
    names, counts = np.unique(category[category != "none"], return_counts=True)
    base = _("Over %(slices)s slices of %(days)s days") % {"slices": slices, "days": length}
    if not len(names):
        return [_("%(base)s no cell has been hot beyond chance.") % {"base": base}]
    parts = [f"{number(int(counts[i]))} {words()[str(names[i])].split(':')[0]}" for i in np.argsort(-counts)]
    return [_("%(base)s: %(parts)s.") % {"base": base, "parts": ", ".join(parts)}]


def _sheet(inputs: Inputs, level: str, codes: list[str], table: np.ndarray, found: Any) -> Sheet:
    columns = [
        Column("code", _("Cell")), Column("beat", _("Beat")), Column("category", _("History")),
        Column("count", _("Incidents")), Column("last", _("In the last slice")), Column("z", _("Last z"), 2),
        Column("trend_z", _("Trend z"), 2), Column("trend_p", _("Trend p"), 4),
    ]  # fmt: skip
    named, beats = words(), beats_of(inputs, level)
    kept = np.flatnonzero(found.category != "none")
    rows = [
        (
            codes[i], beats[codes[i]], named[str(found.category[i])], int(table[i].sum()), int(table[i, -1]),
            float(found.z[i, -1]), float(found.trend.z[i]), float(found.trend.p[i]),
        )
        for i in kept[np.argsort(-found.z[kept, -1], kind="stable")]
    ]  # fmt: skip
    return Sheet.of(_("Cells with a history"), columns, rows)


METHOD = Method(
    "emerging", Group.WHAT, gettext_lazy("Emerging hot spots"),
    gettext_lazy("Which hot spots are new, lasting, growing or fading?"), Form, run, "emerging-hot-spots",
)  # fmt: skip
