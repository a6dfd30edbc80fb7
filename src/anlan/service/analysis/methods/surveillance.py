"""The detectors of public-health surveillance beside the colours: EARS by day, Farrington by week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.surveillance import ears, farrington
from anlan.engine.analysis.surveillance.farrington import How
from anlan.gateway.report.plots import Lines, Series
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm, choice, whole
from anlan.service.analysis.inputs import NothingToAnalyse, some
from anlan.service.analysis.method import Group, Method
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.service.analysis.inputs import Inputs

DETECTORS = [
    ("C1", gettext_lazy("EARS C1, by day")),
    ("C2", gettext_lazy("EARS C2, by day")),
    ("C3", gettext_lazy("EARS C3, by day")),
    ("farrington", gettext_lazy("Farrington, by week")),
]
WARM_UP_DAYS, WEEK, YEAR_WEEKS, HALF_WIDTH, LEAST_OPEN = 60, 7, 52, 3, 0.9


class Form(AskForm):
    """Which detector, and how many years Farrington looks back."""

    days = 91
    least = 14
    detector = choice(gettext_lazy("Detector"), DETECTORS, "C2")
    years = whole(
        gettext_lazy("Years looked back"), 2, 1, 10, gettext_lazy("For Farrington; a trend needs three.")
    )


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Judge each day or week of the question."""
    if given["detector"] == "farrington":
        labels, counts, upper, alarm = _weeks(inputs, given["years"])
    else:
        labels, counts, upper, alarm = _days(inputs, given["detector"])
    rows = [
        (label, int(count), None if np.isnan(bound) else float(bound), _("alarm") if rang else "")
        for label, count, bound, rang in zip(labels, counts, upper, alarm, strict=True)
    ]
    columns = [
        Column("from", _("From")), Column("count", _("Incidents")), Column("upper", _("Upper bound"), 1),
        Column("alarm", _("Alarm")),
    ]  # fmt: skip
    weekly = given["detector"] == "farrington"
    bounds = [None if np.isnan(one) else float(one) for one in upper]
    picture = Lines(
        _("Counts and the upper bound"), labels,
        [
            Series(_("Incidents"), [float(one) for one in counts]),
            Series(_("Upper bound"), bounds, dashed=True),
        ],
        _("per week") if weekly else _("per day"), marks=np.flatnonzero(alarm).tolist(),
    )  # fmt: skip
    return Finding(
        [_says(labels, alarm, weekly=weekly)], _limits(weekly=weekly),
        [(_("Alarms"), number(int(alarm.sum()))), (_("Judged"), number(int(np.isfinite(upper).sum())))],
        {"series": Sheet.of(_("Each period"), columns, rows)}, {"series": picture},
    )  # fmt: skip


def _days(inputs: Inputs, detector: str) -> tuple[list[str], Any, NDArray[np.float64], NDArray[np.bool_]]:
    """Judge each day with data; the days before the question fill the first baseline."""
    cube, exposed = some(inputs.cube(back=WARM_UP_DAYS)), inputs.exposed(WARM_UP_DAYS)
    days, counts = cube.days[exposed], cube.dense().sum(axis=0)[exposed]
    found = ears(counts, detector)
    asked = days >= np.datetime64(inputs.question.start, "D")
    return [str(day) for day in days[asked]], counts[asked], found.upper[asked], found.alarm[asked]


def _weeks(inputs: Inputs, years: int) -> tuple[list[str], Any, NDArray[np.float64], NDArray[np.bool_]]:
    """Judge each whole week of the question, counted back from its last day.

    Raises:
        NothingToAnalyse: the record does not reach far enough back, or has too many gaps.

    """
    asked = inputs.question.days // WEEK
    size = asked + years * YEAR_WEEKS + HALF_WIDTH
    back = max(size * WEEK - inputs.question.days, 0)
    cube, exposed = some(inputs.cube(back=back)), inputs.exposed(back)
    used = slice(len(exposed) - size * WEEK, None)
    if exposed[used].mean() < LEAST_OPEN:
        text = _("Farrington needs an unbroken record of %(years)s years before the first day.")
        raise NothingToAnalyse(text % {"years": years})
    weekly = cube.dense().sum(axis=0)[used].reshape(-1, WEEK).sum(axis=1)
    found = farrington(weekly, How(period=YEAR_WEEKS, years=years, half_width=HALF_WIDTH))
    starts = cube.days[used][::WEEK]
    late = slice(-asked, None)
    return [str(day) for day in starts[late]], weekly[late], found.upper[late], found.alarm[late]


def _says(labels: list[str], alarm: NDArray[np.bool_], *, weekly: bool) -> str:
    rang = [label for label, one in zip(labels, alarm, strict=True) if one]
    if not rang:
        return _("No alarm in these weeks.") if weekly else _("No alarm on these days.")
    text = _("Alarm in the weeks from: %(when)s.") if weekly else _("Alarm on: %(when)s.")
    return text % {"when": ", ".join(rang[-10:])}


def _limits(*, weekly: bool) -> list[str]:
    if weekly:
        return [
            _("Farrington compares with the same weeks of earlier years: few years make wide bounds."),
            _("Too few incidents (under five in four weeks) never make an alarm."),
        ]
    return [
        _("EARS knows no weekday and estimates a deviation from seven days: it cries wolf on quiet series."),
        _("Days without data are left out. Unlike the colours, these keep no false-alarm budget."),
    ]


METHOD = Method(
    "surveillance", Group.TRUST, gettext_lazy("EARS and Farrington"),
    gettext_lazy("What would the usual outbreak detectors have said?"), Form, run, "ears",
)  # fmt: skip
