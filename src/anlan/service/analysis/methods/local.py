"""Which grids are hot or cold with their neighbours, beyond chance: Gi*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.local import getis_ord
from anlan.gateway.report.plots import COOLING, Shade
from anlan.service.analysis.adjacency import touching
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import LEVELS, AskForm, choice
from anlan.service.analysis.inputs import some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import painted
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

LEVEL = 0.05
DRAWS = [("999", "999"), ("9999", "9,999"), ("99999", "99,999")]


class Form(AskForm):
    """Cells and draws."""

    days = 91
    cells = choice(gettext_lazy("Cells"), LEVELS[::-1], "grid")
    permutations = choice(gettext_lazy("Random draws"), DRAWS, "99999")


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Find hot and cold cells by Gi* with p by permutation and a false-discovery rate."""
    level = given["cells"]
    near = touching(inputs, level)
    counts = some(inputs.cube(level)).dense().sum(axis=1)
    found = getis_ord(counts, near, permutations=int(given["permutations"]))
    codes = inputs.ground.within(level, inputs.question.area)
    place = _places(found)
    return Finding(
        _says(place, counts),
        [
            _("A cell is judged with those that touch it: a hot cell may itself have few incidents."),
            _(
                "After the false-discovery rate, about one in twenty of the cells called hot or "
                "cold is so by "
                "chance; the paler ones did not pass it."
            ),
            _("Counts are compared, not rates: large or busy cells have more of everything."),
        ],
        [
            (_("Cells"), number(len(counts))),
            (_("Hot"), number(int((place == 3).sum()))),
            (_("Cold"), number(int((place == 0).sum()))),
        ],
        {"cells": _sheet(inputs, level, codes, counts, found, place)},
        {
            "map": painted(
                inputs.ground, level, _classes(codes, place), shades(), _("Hot and cold cells (Gi*)"),
                dict(zip(codes, found.z, strict=True)),
            )
        },
    )  # fmt: skip


def shades() -> list[Shade]:
    """Return the classes of the map, coldest first."""
    words = (
        _("cold, q ≤ 0.05"), _("cold, p ≤ 0.05 only"), _("hot, p ≤ 0.05 only"), _("hot, q ≤ 0.05"),
    )  # fmt: skip
    return [Shade(colour, word) for colour, word in zip((*COOLING[:2], *COOLING[3:]), words, strict=True)]


def _places(found: Any) -> np.ndarray:
    """Return the class of each cell, −1 for none."""
    sure, perhaps = found.q <= LEVEL, found.p <= LEVEL
    hot = found.z > 0
    return np.select([sure & hot, sure, perhaps & hot, perhaps], [3, 0, 2, 1], -1)


def _classes(codes: list[str], place: np.ndarray) -> dict[str, int]:
    return {code: int(one) for code, one in zip(codes, place, strict=True) if one >= 0}


def _says(place: np.ndarray, counts: np.ndarray) -> list[str]:
    hot, total = place == 3, counts.sum()
    if not hot.any():
        said = _("No cell is hot beyond chance: the incidents of these days lie as if dealt out at random.")
        if (place == 2).any():
            more = _("%(cells)s cells stand out by themselves, but among so many cells that is no surprise.")
            return [said, more % {"cells": number(int((place == 2).sum()))}]
        return [said]
    text = _("%(hot)s of %(all)s cells are hot beyond chance; they hold %(share)s of the incidents.")
    facts = {"hot": number(int(hot.sum())), "all": number(len(place))}
    return [text % (facts | {"share": percent(counts[hot].sum() / total, 1)})]


def _sheet(
    inputs: Inputs, level: str, codes: list[str], counts: np.ndarray, found: Any, place: np.ndarray
) -> Sheet:
    columns = [
        Column("code", _("Cell")), Column("beat", _("Beat")), Column("count", _("Incidents")),
        Column("z", "z", 2), Column("p", "p", 4), Column("q", "q", 4), Column("class", _("Verdict")),
    ]  # fmt: skip
    words = [*(one.label for one in shades()), ""]
    beats = beats_of(inputs, level)
    order = np.argsort(-found.z, kind="stable")
    rows = [
        (
            codes[i], beats[codes[i]], int(counts[i]), float(found.z[i]), float(found.p[i]),
            float(found.q[i]), words[int(place[i])],
        )
        for i in order
    ]  # fmt: skip
    return Sheet.of(_("Cells, the hottest first"), columns, rows)


def beats_of(inputs: Inputs, level: str) -> dict[str, str]:
    """Return the name of each cell's beat by the cell's code."""
    names = inputs.ground.names
    if level == "beat":
        return {one.code: names.beat(one.code) for one in inputs.ground.beats}
    return {one.code: names.beat(one.beat_id) if one.beat_id else "" for one in inputs.ground.grids}


METHOD = Method(
    "local", Group.WHERE, gettext_lazy("Hot and cold cells"),
    gettext_lazy("Which cells are hot together with their neighbours, beyond chance?"), Form, run,
    "local-statistics",
)  # fmt: skip
