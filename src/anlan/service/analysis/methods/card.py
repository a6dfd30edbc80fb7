"""The model card: what the models are for, what they learn from, and how they did in this county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis import colours as engine
from anlan.engine.analysis import forecast
from anlan.engine.analysis.decay import Decay
from anlan.gateway.report.plots import Lines, Series
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import MorningForm
from anlan.service.analysis.inputs import some
from anlan.service.analysis.method import Group, Method
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.service.analysis.inputs import Inputs

TRIED_DAYS, LEAST_DAYS = 28, 60
LOW, HIGH = 0.1, 0.9


class Form(MorningForm):
    """The days that the models would learn from."""


def run(inputs: Inputs, _given: Mapping[str, Any]) -> Finding:
    """Tell purpose, data and versions, and try the models on the last four weeks."""
    cube, budget = some(inputs.cube()), engine.Budget()
    cube = cube.select(start=cube.periods[int(cube.period.min())].astype("datetime64[D]"))
    exposed = inputs.exposed()[-len(cube.periods) :]
    officer = inputs.cube(source="officer").total
    found = engine.surprise(cube.dense()[None], cube.periods, exposed, [""], engine.Watch())
    alarms, forecasts = _alarms(found, budget), _forecasts(cube, exposed, found.daily_dispersion)
    sheets = {
        "versions": _versions(),
        "data": _data(cube, exposed, officer),
        "alarms": alarms,
    }
    pictures = {}
    if forecasts is not None:
        sheets["forecasts"], pictures["forecasts"] = forecasts
    return Finding(_purpose(), _limits(), _facts(cube, officer), sheets, pictures)


def _purpose() -> list[str]:
    return [
        _(
            "The models say where and when more is expected than usual, so that patrols and "
            "remedies go there."
        ),
        _("They know places, days, hours and types of incident. They know no person, and score none."),
        _(
            "They learn only from what residents report. What officers find is shown beside, "
            "never learned from."
        ),
        _("A forecast that is no better than last year's counts is not used; the counts are."),
    ]


def _limits() -> list[str]:
    return [
        _("What residents do not report, the models do not know: silence is not safety."),
        _("Colours tell of change against the beat's own level. They do not say who or why."),
        _("Do not use them to judge residents, officers or teams, or as a ground to stop anybody."),
        _("The trial below is this county's own past; other years may be different."),
    ]


def _facts(cube: Any, officer: int) -> list[tuple[str, str]]:
    share = officer / max(cube.total + officer, 1)
    return [
        (_("Days"), number(len(cube.periods))), (_("Reported by residents"), number(cube.total)),
        (_("Found by officers"), percent(share, 1)),
    ]  # fmt: skip


def _versions() -> Sheet:
    columns = [Column("part", _("Part")), Column("version", _("Method")), Column("page", _("Explained in"))]
    rows = [
        (_("Alert colours"), engine.METHOD, "docs/methods/alert-colours.md"),
        (_("Next day's expectation"), forecast.METHOD, "docs/methods/forecast.md"),
    ]
    return Sheet.of(_("Methods in use"), columns, rows)


def _data(cube: Any, exposed: NDArray[np.bool_], officer: int) -> Sheet:
    columns = [Column("what", _("Data")), Column("value", _("Value"))]
    rows = [
        (_("First day"), str(cube.days[0])), (_("Last day"), str(cube.days[-1])),
        (_("Days without any data"), number(int((~exposed).sum()))),
        (_("Beats"), number(len(cube.cells))), (_("Types"), number(len(cube.types))),
        (_("Learned from"), number(cube.total)), (_("Left out: found by officers"), number(officer)),
    ]  # fmt: skip
    return Sheet.of(_("What the models learn from"), columns, rows)


def _alarms(found: engine.Surprise, budget: engine.Budget) -> Sheet:
    """Tell how often each colour came in the second half of the past, judged by the first half alone."""
    past = found.least[:, :-1]
    half = past.shape[1] // 2
    mean = np.nan_to_num(found.expected[0, 0, :, :half]).mean(axis=1)
    p = engine.Pool.of(past[:, :half], mean).calibrated(past[:, half:])
    known = p[np.isfinite(p)]
    edges = np.cumsum([0.0, budget.red, budget.orange, budget.yellow])
    rows = [
        (label, float(high - low), float(((known > low) & (known <= high)).mean()) if len(known) else None)
        for label, low, high in zip(
            (_("red"), _("orange"), _("yellow")), edges[:-1], edges[1:], strict=True
        )
    ]  # fmt: skip
    columns = [
        Column("colour", _("Colour")), Column("budget", _("Budget"), 1, percent=True),
        Column("came", _("Came"), 1, percent=True),
    ]  # fmt: skip
    caption = _("False alarms: %(count)s later beat-days, judged by the earlier ones")
    return Sheet.of(caption % {"count": number(len(known))}, columns, rows)


def _forecasts(
    cube: Any, exposed: NDArray[np.bool_], dispersion: NDArray[np.float64]
) -> tuple[Sheet, Lines] | None:
    """Forecast each of the last days from the days before it; None with too short a past."""
    counts, days = cube.dense(), cube.days
    tried = [day for day in range(len(days) - TRIED_DAYS, len(days)) if day >= LEAST_DAYS and exposed[day]]
    if not tried:
        return None
    expected = np.array([_expected(counts, cube.periods, exposed, day) for day in tried])
    came = counts[:, tried].T
    low, high = (engine.quantile(share, expected, dispersion) for share in (LOW, HIGH))
    inside = ((came >= low) & (came <= high)).mean()
    rows = [
        (_("Expected in all"), float(expected.sum())), (_("Came in all"), float(came.sum())),
        (_("Came over expected"), float(came.sum() / expected.sum())),
        (_("Beat-days inside the 80 % interval"), float(inside)),
    ]  # fmt: skip
    columns = [Column("what", _("Trial")), Column("value", _("Value"), 2)]
    picture = Lines(
        _("Each day forecast from the days before it"), [str(days[day]) for day in tried],
        [
            Series(_("Came"), came.sum(axis=1).astype(float).tolist()),
            Series(_("Expected"), expected.sum(axis=1).tolist(), dashed=True),
        ],
        _("per day"),
    )  # fmt: skip
    return Sheet.of(_("The last four weeks, forecast day by day"), columns, rows), picture


def _expected(
    counts: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_], day: int
) -> NDArray[np.float64]:
    return forecast.expected_next(counts[:, :day], days[:day], exposed[:day], Decay())[0]


METHOD = Method(
    "card", Group.TRUST, gettext_lazy("Model card"),
    gettext_lazy("What are the models for, what do they learn from, and how well did they do here?"),
    Form, run, "audit",
)  # fmt: skip
