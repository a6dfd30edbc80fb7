"""What is expected of each cell in the days to come, by the model that its own past chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.density import to_metres
from anlan.engine.analysis.forecast.choose import Choice, Chosen, choose
from anlan.engine.analysis.forecast.history import CellHistory
from anlan.engine.analysis.forecast.shifts import discounted, shrunken_shares
from anlan.gateway.report.plots import Bars
from anlan.service.analysis.adjacency import centres
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import LEVELS, MorningForm, choice, whole
from anlan.service.analysis.inputs import NothingToAnalyse, some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.methods.local import beats_of
from anlan.service.analysis.shading import graded
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.engine.analysis.forecast.predictive import Predictive
    from anlan.service.analysis.inputs import Inputs

LEAST_CELLS, LEAST_DAYS, COVERAGE = 4, 60, 0.9
TREES = [("no", gettext_lazy("Kernels and counts")), ("yes", gettext_lazy("Also trees (slower)"))]
SHIFTS = ("00–08 h", "08–16 h", "16–24 h")


class Form(MorningForm):
    """Cells, horizon, and whether trees take part."""

    cells = choice(gettext_lazy("Cells"), LEVELS[::-1], "grid")
    horizon = whole(gettext_lazy("Days ahead"), 7, 1, 28)
    trees = choice(gettext_lazy("Candidates"), TREES, "no")


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Choose by the past, then forecast the days after the last one."""
    level, horizon = given["cells"], given["horizon"]
    history = history_of(inputs, level)
    made = choose(history, Chosen(horizon=horizon, trees=given["trees"] == "yes"))
    ahead = made.predictive(horizon)
    codes = inputs.ground.within(level, inputs.question.area)
    expected = dict(zip(codes, ahead.mean.tolist(), strict=True))
    caption = _("Incidents expected in the next %(days)s days") % {"days": horizon}
    shares = _shifts(inputs, level, ahead.mean)
    pictures: dict[str, Any] = {"map": graded(inputs.ground, level, expected, caption)}
    if shares is not None:
        pictures["shifts"] = Bars(_("Expected by shift"), list(SHIFTS), shares.tolist(), _("incidents"))
    sheets = {"cells": _sheet(inputs, level, codes, ahead)}
    if made.table:
        sheets["candidates"] = _tried(made)
    return Finding(
        _says(made, ahead, horizon),
        _limits(made),
        [
            (_("Expected in all"), number(float(ahead.mean.sum()), 1)), (_("Model in use"), made.name),
            (_("Incidents of the trial"), number(made.events)), (_("Trial blocks"), number(made.blocks)),
        ],
        sheets,
        pictures,
    )  # fmt: skip


def history_of(inputs: Inputs, level: str) -> CellHistory:
    """Return the daily counts of the question's cells from the first day of the record.

    Raises:
        NothingToAnalyse: too few cells, or too short a record.

    """
    cube = some(inputs.cube(level))
    if len(cube.cells) < LEAST_CELLS:
        told = _("A map forecast needs at least %(least)s cells; here are %(found)s.")
        raise NothingToAnalyse(told % {"least": LEAST_CELLS, "found": len(cube.cells)})
    exposed = inputs.exposed()
    first = int(np.flatnonzero(exposed)[0])
    if exposed.sum() < LEAST_DAYS:
        told = _("A forecast needs at least %(least)s days with data; there are %(found)s.")
        raise NothingToAnalyse(told % {"least": LEAST_DAYS, "found": int(exposed.sum())})
    lon, lat = centres(inputs, level)
    x, y = to_metres(lon, lat, (float(np.median(lon)), float(np.median(lat))))
    return CellHistory.of_cells(x, y, cube.dense()[:, first:], cube.days[first:], exposed[first:])


def _shifts(inputs: Inputs, level: str, expected: np.ndarray) -> np.ndarray | None:
    """Return the expectation of the three shifts, None where no incident knows its hour."""
    try:
        cube = inputs.cube(level, "shift")
    except NothingToAnalyse:
        return None
    share = shrunken_shares(discounted(cube.dense().reshape(len(cube.cells), -1, 3)))
    return np.asarray(expected @ share)


def reason(made: Choice) -> str:
    """Return why the model in use was taken."""
    return {
        "best": _("It had most bits per incident in the trial, and caught no fewer than counts do."),
        "gated": _("A model with more bits caught fewer incidents than counts do, and was passed over."),
        "counts": _("No model was better than last years' counts for these types: counts are used."),
        "few": _("There are too few incidents to judge models by: counts are used."),
    }[made.reason]


def _says(made: Choice, ahead: Predictive, horizon: int) -> list[str]:
    top = np.sort(ahead.mean)[::-1][: max(len(ahead.mean) // 20, 1)]
    told = _(
        "%(total)s incidents are expected in the next %(days)s days; the highest twentieth of "
        "the cells holds "
        "%(share)s of them."
    )
    total = float(ahead.mean.sum())
    facts = {
        "total": number(total, 1),
        "days": horizon,
        "share": percent(float(top.sum()) / max(total, 1e-9)),
    }
    return [told % facts, _("Model: %(name)s. %(why)s") % {"name": made.name, "why": reason(made)}]


def _limits(made: Choice) -> list[str]:
    told = [
        _("A forecast of places, not of persons: it says where to be, not whom to stop."),
        _("Only incidents reported by residents are learned from; what patrols find never enters."),
        _("The interval of a cell holds at least 90 % of what may come if things go on as they did."),
    ]
    if made.missing:
        told.append(_("Could not run: %(names)s.") % {"names": ", ".join(made.missing)})
    return told


def _tried(made: Choice) -> Sheet:
    columns = [
        Column("candidate", _("Candidate")), Column("hit_rate", _("Caught in 1 % of cells"), 1, percent=True),
        Column("bits", _("Bits per incident"), 3), Column("total", _("Forecast / came"), 2),
        Column("used", _("In use")),
    ]  # fmt: skip
    rows = [
        (one.name, one.hit_rate, one.bits, one.total, _("yes") if one.name == made.name else "")
        for one in sorted(made.table, key=lambda row: -row.bits)
    ]
    return Sheet.of(_("Candidates on the trial blocks"), columns, rows)


def _sheet(inputs: Inputs, level: str, codes: list[str], ahead: Predictive) -> Sheet:
    columns = [
        Column("code", _("Cell")), Column("beat", _("Beat")), Column("expected", _("Expected"), 2),
        Column("low", _("From")), Column("high", _("To")), Column("some", _("At least one"), percent=True),
    ]  # fmt: skip
    beats = beats_of(inputs, level)
    low, high = ahead.interval(COVERAGE)
    some_ = ahead.upper_tail(1)
    rows = [
        (codes[i], beats[codes[i]], float(ahead.mean[i]), int(low[i]), int(high[i]), float(some_[i]))
        for i in np.argsort(-ahead.mean, kind="stable")
    ]
    return Sheet.of(_("Cells, the most expected first"), columns, rows)


METHOD = Method(
    "forecast", Group.NEXT, gettext_lazy("Forecast"),
    gettext_lazy("Where is how much to be expected in the next days?"), Form, run, "forecast", heavy=True,
)  # fmt: skip
