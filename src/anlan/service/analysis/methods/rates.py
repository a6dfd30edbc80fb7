"""Which beats have more than their residents explain: rates, shrunk for small numbers, and the funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.comparison import funnel_limits, rates_per_10000, shrunken_rates
from anlan.gateway.report.plots import Scatter
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm
from anlan.service.analysis.inputs import NothingToAnalyse, some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import graded
from anlan.service.places.models import Grid
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.engine.analysis.comparison import Funnel, Rates, ShrunkenRates
    from anlan.service.analysis.inputs import Inputs

LEAST_BEATS = 2


class Form(AskForm):
    """A year by default: rates are told per year."""

    days = 365


def run(inputs: Inputs, _given: Mapping[str, Any]) -> Finding:
    """Tell rates per 10,000 residents with the funnel that chance would fill."""
    cube = some(inputs.cube())
    codes, counts = cube.cells.tolist(), cube.dense().sum(axis=1)
    residents = _residents(codes)
    lived = residents > 0
    if lived.sum() < LEAST_BEATS:
        raise NothingToAnalyse(
            _("Rates need the residents of at least two beats; the grids do not tell them.")
        )
    raw, shrunk = rates_per_10000(counts, residents), shrunken_rates(counts, residents)
    funnel = funnel_limits(counts, residents)
    names = inputs.ground.names
    return Finding(
        _says(funnel, codes, names),
        [
            _(
                "Residents are not those who are there: shops, stations and night life raise a rate "
                "by day or night."
            ),
            _("The funnel is widened by what beats differ from each other anyway (dispersion %(phi)s).")
            % {"phi": number(funnel.dispersion, 1)},
            _("Shrunken rates draw small beats to the county's: use them to rank, the raw ones to count."),
        ],
        [
            (_("Incidents"), number(int(counts.sum()))), (_("Residents"), number(int(residents.sum()))),
            (_("Per 10,000"), number(funnel.target, 1)),
        ],
        {"beats": _sheet(codes, names, counts, residents, raw, shrunk, funnel)},
        {
            "funnel": _funnel(codes, names, residents, funnel),
            "map": graded(
                inputs.ground, "beat", dict(zip(codes, shrunk.rate.tolist(), strict=True)),
                _("Incidents per 10,000 residents, shrunken"),
            ),
        },
    )  # fmt: skip


def _residents(codes: list[str]) -> np.ndarray:
    rows = Grid.objects.filter(beat_id__in=codes).order_by().values("beat_id").annotate(all=Sum("population"))
    found = {row["beat_id"]: row["all"] or 0 for row in rows}
    return np.array([found.get(code, 0) for code in codes], float)


def _says(funnel: Funnel, codes: list[str], names: Any) -> list[str]:
    above, below = np.flatnonzero(funnel.outside > 0), np.flatnonzero(funnel.outside < 0)
    if not len(above) and not len(below):
        return [_("No beat lies outside the funnel: they differ no more than beats do anyway.")]
    said = []
    if len(above):
        told = _("Above what residents and chance explain (99.8 %% limits): %(beats)s.")
        said.append(told % {"beats": ", ".join(names.beat(codes[i]) for i in above)})
    if len(below):
        told = _("Below it: %(beats)s.")
        said.append(told % {"beats": ", ".join(names.beat(codes[i]) for i in below)})
    return said


def _funnel(codes: list[str], names: Any, residents: np.ndarray, funnel: Funnel) -> Scatter:
    order = np.flatnonzero(residents > 0)[np.argsort(residents[residents > 0])]
    curves = [
        (f"{level:.1%}", residents[order].tolist(), side[place][order].tolist())
        for place, level in enumerate(funnel.levels)
        for side in (funnel.low, funnel.high)
    ]
    return Scatter(
        _("Rates against residents, with the funnel of chance"), residents[order].tolist(),
        funnel.rate[order].tolist(), [names.beat(codes[i]) for i in order], _("residents"),
        _("incidents per 10,000"), curves, np.flatnonzero(funnel.outside[order]).tolist(),
    )  # fmt: skip


def _sheet(
    codes: list[str], names: Any, counts: np.ndarray, residents: np.ndarray, raw: Rates,
    shrunk: ShrunkenRates, funnel: Funnel,
) -> Sheet:  # fmt: skip
    columns = [
        Column("code", _("Code"), shown=False), Column("name", _("Beat")), Column("count", _("Incidents")),
        Column("residents", _("Residents")), Column("rate", _("Per 10,000"), 1), Column("low", _("From"), 1),
        Column("high", _("To"), 1), Column("shrunken", _("Shrunken"), 1), Column(
            "shrunken_low"
        , _("From"), 1),
        Column("shrunken_high", _("To"), 1), Column("outside", _("Outside the funnel")),
    ]  # fmt: skip
    words = {1: _("above"), 0: "", -1: _("below")}
    rows = [
        (
            codes[i], names.beat(codes[i]), int(counts[i]), int(residents[i]), float(raw.rate[i]),
            float(raw.low[i]), float(raw.high[i]), float(shrunk.rate[i]), float(shrunk.low[i]),
            float(shrunk.high[i]), words[int(funnel.outside[i])],
        )
        for i in np.argsort(-shrunk.rate, kind="stable")
    ]  # fmt: skip
    return Sheet.of(_("Beats, the highest shrunken rate first"), columns, rows)


METHOD = Method(
    "rates", Group.WHAT, gettext_lazy("Rates and small areas"),
    gettext_lazy("Which beats have more incidents than their residents explain?"), Form, run, "small-areas",
)  # fmt: skip
