"""Whether incidents cluster at all, and which cells are like or unlike their neighbours: Moran's I."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.local import local_moran, moran
from anlan.gateway.report.plots import COOLING, Shade
from anlan.service.analysis.adjacency import touching
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import LEVELS, AskForm, choice
from anlan.service.analysis.inputs import some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.methods.local import DRAWS, LEVEL, beats_of
from anlan.service.analysis.shading import painted
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

QUADRANTS = ("low-low", "low-high", "high-low", "high-high")
WHOLE_DRAWS = 999  # for the one test of the map; the many tests of its cells need a finer p


class Form(AskForm):
    """Cells and draws."""

    days = 91
    cells = choice(gettext_lazy("Cells"), LEVELS[::-1], "grid")
    permutations = choice(gettext_lazy("Random draws"), DRAWS, "99999")


def words() -> dict[str, str]:
    """Return what each quadrant means."""
    return {
        "low-low": _("low among low"), "low-high": _("low among high"),
        "high-low": _("high among low (an outlier)"), "high-high": _("high among high"),
    }  # fmt: skip


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Tell the map's Moran's I and the cells that make it."""
    level, draws = given["cells"], int(given["permutations"])
    near = touching(inputs, level)
    counts = some(inputs.cube(level)).dense().sum(axis=1)
    whole = moran(counts, near, permutations=WHOLE_DRAWS)
    found = local_moran(counts, near, permutations=draws)
    codes = inputs.ground.within(level, inputs.question.area)
    sure = found.q <= LEVEL
    place = np.array([QUADRANTS.index(q) if q in QUADRANTS else -1 for q in found.quadrant])
    classes = {code: int(place[i]) for i, code in enumerate(codes) if sure[i] and place[i] >= 0}
    colours = (COOLING[0], COOLING[1], COOLING[3], COOLING[4])
    shades = [Shade(colour, words()[one]) for colour, one in zip(colours, QUADRANTS, strict=True)]
    caption = _("Cells like and unlike their neighbours (local Moran, q ≤ 0.05)")
    return Finding(
        _says(whole, found.quadrant, sure),
        [
            _("Moran's I tells of likeness between neighbours, not of its cause."),
            _("Counts are compared, not rates: large or busy cells have more of everything."),
            _("Cells without colour did not pass the false-discovery rate of 5 %."),
        ],
        [
            ("I", number(whole.i, 3)),
            ("p", number(whole.p, 4)),
            (_("Cells that stand out"), number(len(classes))),
        ],
        {"cells": _sheet(inputs, level, codes, counts, found)},
        {
            "map": painted(
                inputs.ground, level, classes, shades, caption, dict(zip(codes, found.z, strict=True))
            )
        },
    )


def _says(whole: Any, quadrant: Any, sure: Any) -> list[str]:
    facts = {"i": number(whole.i, 3), "p": number(whole.p, 4)}
    if whole.p > LEVEL:
        return [
            _("Neighbouring cells are no more alike than chance would have it (I = %(i)s, p = %(p)s).")
            % facts
        ]
    first = (
        _("Neighbouring cells are alike: incidents cluster (I = %(i)s, p = %(p)s).")
        if whole.i > whole.expected
        else _("Neighbouring cells are unlike each other (I = %(i)s, p = %(p)s).")
    )
    second = _("%(high)s cells are high among high; %(outliers)s are high though their neighbours are low.")
    high, outliers = (int((sure & (quadrant == one)).sum()) for one in ("high-high", "high-low"))
    return [first % facts, second % {"high": number(high), "outliers": number(outliers)}]


def _sheet(inputs: Inputs, level: str, codes: list[str], counts: np.ndarray, found: Any) -> Sheet:
    columns = [
        Column("code", _("Cell")), Column("beat", _("Beat")), Column("count", _("Incidents")),
        Column("i", _("Local I"), 3), Column("p", "p", 4), Column("q", "q", 4), Column(
            "quadrant"
        , _("Quadrant")),
    ]  # fmt: skip
    named, beats = words(), beats_of(inputs, level)
    rows = [
        (
            codes[i], beats[codes[i]], int(counts[i]), float(found.statistic[i]), float(found.p[i]),
            float(found.q[i]), named.get(str(found.quadrant[i]), ""),
        )
        for i in np.lexsort((-found.statistic, found.q))
    ]  # fmt: skip
    return Sheet.of(_("Cells, the surest first"), columns, rows)


METHOD = Method(
    "moran", Group.WHERE, gettext_lazy("Clustering and outliers"),
    gettext_lazy("Do incidents cluster at all, and which cells are unlike their neighbours?"), Form, run,
    "moran",
)  # fmt: skip
