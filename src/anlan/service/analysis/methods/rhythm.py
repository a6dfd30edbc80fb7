"""When: hours and weekdays, months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.rhythm import busiest_hours, rhythm
from anlan.gateway.report.plots import Heat, Lines, Series
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm
from anlan.service.analysis.inputs import some
from anlan.service.analysis.method import Group, Method
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

HOURS = [f"{hour:02}" for hour in range(24)]


class Form(AskForm):
    """A year by default: the season needs it."""

    days = 365


def weekdays() -> list[str]:
    """Return Monday to Sunday, short, in the reader's language."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def run(inputs: Inputs, _given: Mapping[str, Any]) -> Finding:
    """Tell the hours, weekdays and months of the question's incidents."""
    cube, exposed = some(inputs.cube(step="hour")), inputs.exposed()
    found = rhythm(cube, exposed)
    counts, rates = np.asarray(found.counts), found.rates
    hours, days = counts.sum(axis=0), rates.sum(axis=1)
    band = busiest_hours(hours)
    months, per_day = _months(inputs, exposed)
    return Finding(
        _says(hours, days, band),
        [
            _("Rates are per weekday with data, so that a missing day is no quiet day."),
            _(
                "Incidents of which only the day is known are left out here; exact midnights often "
                "stand for unknown times."
            ),
            _("A month's rate over a single year may be that year's, not the season's."),
        ],
        [(_("Incidents with a time"), number(int(counts.sum()))), (_("Half of them"), _band(band))],
        {"hours": _hour_sheet(counts, rates), "months": _month_sheet(months, per_day)},
        {
            "hours": Heat(_(
                "Incidents by weekday and hour"
            ), weekdays(), HOURS, counts.astype(float).tolist()),
            "months": Lines(
                _("Incidents per day, by month"), months, [Series(_("per day"), [float(v) for v in per_day])],
                _("per day"), marks=[int(np.argmax(per_day))],
            ),
        },
    )  # fmt: skip


def _months(inputs: Inputs, exposed: Any) -> tuple[list[str], list[float]]:
    cube = inputs.cube()
    months = cube.periods.astype("datetime64[M]")
    daily = cube.dense().sum(axis=0)
    names = np.unique(months[exposed])
    return [str(one) for one in names], [float(daily[exposed & (months == one)].mean()) for one in names]


def _band(band: tuple[int, int] | None) -> str:
    return "–" if band is None else f"{band[0]:02}–{band[1]:02} h"


def _says(hours: Any, days: Any, band: tuple[int, int] | None) -> list[str]:
    if band is None:
        return [_("No incident of this question carries a time.")]
    names, total = weekdays(), hours.sum()
    peak, low = int(days.argmax()), int(days.argmin())
    length = (band[1] - band[0]) % 24 or 24
    text = _(
        "Half of the incidents fall into %(band)s, %(length)s of 24 hours; the busiest hour is "
        "%(hour)s h with %(share)s."
    )
    facts = {
        "band": _band(band),
        "length": length,
        "hour": HOURS[int(hours.argmax())],
        "share": percent(hours.max() / total, 1),
    }
    other = _("%(high)s has most, %(more)s above the average day; %(low)s fewest, %(less)s below it.")
    average = days.mean() or 1
    more = {
        "high": names[peak],
        "more": percent(days[peak] / average - 1),
        "low": names[low],
        "less": percent(1 - days[low] / average),
    }
    return [text % facts, other % more]


def _hour_sheet(counts: Any, rates: Any) -> Sheet:
    columns = [
        Column("weekday", _("Weekday")),
        Column("hour", _("Hour")),
        Column("count", _("Incidents")),
        Column("rate", _("Per hour"), 3),
    ]
    rows = [
        (day, hour, int(counts[i, hour]), float(rates[i, hour]))
        for i, day in enumerate(weekdays())
        for hour in range(24)
    ]
    return Sheet.of(_("By weekday and hour"), columns, rows)


def _month_sheet(months: list[str], per_day: list[float]) -> Sheet:
    columns = [Column("month", _("Month")), Column("per_day", _("Per day"), 2)]
    return Sheet.of(_("By month"), columns, list(zip(months, per_day, strict=True)))


METHOD = Method(
    "rhythm", Group.WHEN, gettext_lazy("Rhythm"),
    gettext_lazy("At which hours, on which weekdays, in which months?"), Form, run, "rhythm",
)  # fmt: skip
