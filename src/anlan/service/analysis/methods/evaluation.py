"""How good forecasts would have been: made again on past days, held against what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.evaluation import Scores, rolling_origins
from anlan.engine.analysis.forecast.bank import KernelBank
from anlan.engine.analysis.forecast.candidates import Decayed, Kde
from anlan.engine.analysis.forecast.choose import counts
from anlan.gateway.report.plots import Bars, Lines, Series
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import LEVELS, MorningForm, choice, whole
from anlan.service.analysis.inputs import NothingToAnalyse
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.methods.forecast import history_of
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.engine.analysis.evaluation.bootstrap import Difference
    from anlan.service.analysis.inputs import Inputs

SHARES = (0.01, 0.02, 0.05)
MODEL, LEAST_EXPECTED = "bank", 0.01


class Form(MorningForm):
    """Cells, windows, and how many of them."""

    cells = choice(gettext_lazy("Cells"), LEVELS[::-1], "grid")
    horizon = whole(gettext_lazy("Days of a window"), 7, 1, 28)
    windows = whole(gettext_lazy("Windows"), 12, 4, 52)


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Fit each candidate before each window and score what it said."""
    history, horizon = history_of(inputs, given["cells"]), given["horizon"]
    last = history.days[-1] + np.timedelta64(1, "D")
    origins = last - np.arange(given["windows"], 0, -1) * np.timedelta64(horizon, "D")
    candidates = (KernelBank(horizon=horizon), *counts(), Decayed(), Kde())
    try:
        found = rolling_origins(history, candidates, origins, horizon, shares=SHARES)
    except ValueError as problem:
        raise NothingToAnalyse(_("No window of these days was wholly recorded.")) from problem
    model, best = candidates[0].name, _best_count(found)
    gain = found.bits_over(model, best)
    return Finding(
        _says(found, model, best, gain),
        [
            _("Every forecast was made from the days before its window alone."),
            _(
                "A few windows are few: the interval tells how little they say; the evidence page "
                "has years of them."
            ),
            _("Catching incidents is not preventing them: this says how well places were told, no more."),
        ],
        [
            (_("Windows"), number(len(found.origins))), (_("Left out (gaps)"), number(found.skipped)),
            (_("Incidents"), number(float(found.events.sum()))), (_("Cells"), number(len(history.x))),
        ],
        {"scores": _sheet(found)},
        {
            "bits": Bars(_("Bits per incident over an even spread"), list(found.names),
                         [found.bits_per_event(one) for one in found.names], _("bits")),
            "caught": Lines(
                _("Caught in the highest 5 % of cells, by window"), [str(day) for day in found.origins],
                [Series(one, _caught(found, one)) for one in found.names[:3]], "%",
            ),
            "pit": Bars(
                _(
                    "Calibration of %(model)s: share of outcomes in each tenth of its forecast"
                ) % {"model": model},
                [f"{place * 10}–{place * 10 + 10} %" for place in range(10)],
                [100 * float(one) for one in _deciles(found, model)], "%",
            ),
        },
    )  # fmt: skip


def _deciles(found: Scores, model: str) -> Any:
    """Return the shares of outcomes in the tenths of their forecasts, where anything is expected."""
    return found.pit(model, found.dispersion(model), above=LEAST_EXPECTED)


def _best_count(found: Scores) -> str:
    return max((one.name for one in counts()), key=found.bits_per_event)


def _caught(found: Scores, name: str) -> list[float | None]:
    part = found.hits[found.names.index(name), :, -1]
    return [float(100 * hit / all_) if all_ else None for hit, all_ in zip(part, found.events, strict=True)]


def _says(found: Scores, model: str, best: str, gain: Difference) -> list[str]:
    rate = found.hit_rate(model)
    first = _("The kernel model caught %(one)s of the incidents in 1 %% of the cells and %(five)s in 5 %%.")
    lost = gain.high < 0
    figures = (-gain.value, -gain.high, -gain.low) if lost else (gain.value, gain.low, gain.high)
    facts = dict(zip(("gain", "low", "high"), (number(one, 3) for one in figures), strict=True)) | {
        "best": best
    }
    if gain.low > 0:
        second = _("It tells more than counts (%(best)s): %(gain)s bits per incident (%(low)s … %(high)s).")
    elif lost:
        second = _(
            "Counts (%(best)s) tell more: %(gain)s bits per incident (%(low)s … %(high)s). Use counts."
        )
    else:
        second = _(
            "It is not clearly better than counts (%(best)s): %(gain)s bits per incident "
            "(%(low)s … %(high)s)."
        )
    return [first % {"one": percent(float(rate[0]), 1), "five": percent(float(rate[-1]), 1)}, second % facts]


def _sheet(found: Scores) -> Sheet:
    columns = [
        Column("candidate", _("Candidate")), Column("hit_1", _("Caught in 1 %"), 1, percent=True),
        Column("hit_2", _("in 2 %"), 1, percent=True), Column("hit_5", _("in 5 %"), 1, percent=True),
        Column("pai_1", _("PAI at 1 %"), 1), Column("pei_1", _("PEI at 1 %"), 2),
        Column("bits", _("Bits per incident"), 3), Column("total", _("Forecast / came"), 2),
    ]  # fmt: skip
    rows = [
        (
            one, *(float(rate) for rate in found.hit_rate(one)), float(found.pai(one)[0]),
            float(found.pei(one)[0]), found.bits_per_event(one), found.totals_ratio(one),
        )
        for one in sorted(found.names, key=found.bits_per_event, reverse=True)
    ]  # fmt: skip
    return Sheet.of(_("Scores over all windows"), columns, rows)


METHOD = Method(
    "evaluation", Group.TRUST, gettext_lazy("Evaluation of forecasts"),
    gettext_lazy("How well would forecasts have told the last weeks?"), Form, run, "evaluation", heavy=True,
)  # fmt: skip
