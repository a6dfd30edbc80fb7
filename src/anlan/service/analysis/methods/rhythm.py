"""When: hours and weekdays (intervals shared out), the year's course, holidays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.rhythm import (
    Aoristic,
    HolidayEffect,
    Season,
    aoristic,
    busiest_hours,
    holiday_effect,
    season,
    weekday,
)
from anlan.gateway.holidays import holiday_dates
from anlan.gateway.report.plots import Heat, Lines, Series
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm
from anlan.service.analysis.inputs import NothingToAnalyse, some
from anlan.service.analysis.method import Group, Method
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.service.analysis.inputs import Inputs

HOURS = [f"{hour:02}" for hour in range(24)]
LEAST_HOLIDAYS = 3


class Form(AskForm):
    """A year by default: the season needs it; the country whose holidays count."""

    days = 365
    country = forms.CharField(
        label=gettext_lazy("Country of the holidays"), initial="CN", max_length=2, required=False,
        help_text=gettext_lazy("Two letters, such as CN; empty: no holidays."),
    )  # fmt: skip

    def clean_country(self) -> str:
        """Refuse a country whose holidays are not known."""
        country: str = self.cleaned_data["country"]
        first, last = self.ground.day_range()
        if country:
            try:
                holiday_dates(country, first, last)
            except ValueError:
                raise forms.ValidationError(_("The holidays of this country are not known.")) from None
        return country


def weekdays() -> list[str]:
    """Return Monday to Sunday, short, in the reader's language."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Tell the hours, weekdays, months and holidays of the question's incidents."""
    cube, exposed = some(inputs.cube()), inputs.exposed()
    daily, days = cube.dense().sum(axis=0), cube.days
    found = _hours(inputs)
    open_days = np.maximum(np.bincount(weekday(days[exposed]), minlength=7), 1)[:, None]
    course, effect = _season(daily, days, exposed), _holidays(inputs, given["country"], daily, days, exposed)
    by_day = np.array([_mean(daily[exposed & (weekday(days) == one)]) for one in range(7)])
    sheets = {"hours": _hour_sheet(found.weights, found.weights / open_days)}
    pictures: dict[str, Any] = {
        "hours": Heat(
            _("Incidents by weekday and hour"), weekdays(), HOURS, np.round(found.weights, 1).tolist()
        )
    }
    if course is not None:
        sheets["months"], pictures["months"] = _month_sheet(course), _month_lines(course)
    said = [*_says(found.weights, by_day), *_interval_words(found)]
    said += [*_season_words(course), *_holiday_words(effect)]
    return Finding(
        said,
        [
            _("Rates are per weekday with data, so that a missing day is no quiet day."),
            _(
                "Incidents of which only the day is known have no hour; exact midnights often stand "
                "for unknown times."
            ),
            _("A season told from one year may be that year's alone; holidays move with the calendar."),
        ],
        [
            (_("Incidents with a time"), number(found.events)),
            (_("Half of them"), _band(busiest_hours(found.weights.sum(axis=0)))),
            (_("Known as an interval"), number(found.events - found.exact)),
        ],
        sheets,
        pictures,
    )  # fmt: skip


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _hours(inputs: Inputs) -> Aoristic:
    """Return the weights of hours, incidents known as an interval shared out over it.

    Raises:
        NothingToAnalyse: no incident knows more than its day.

    """
    rows = inputs.records().filter((pl.col("source") == "resident") & (pl.col("precision") == "time"))
    if rows.is_empty():
        raise NothingToAnalyse(_("These incidents know only their day: there is nothing to say by hour."))
    ends = (rows[name].to_numpy().astype("datetime64[s]") for name in ("occurred", "occurred_to"))
    return aoristic(*ends)


def _season(daily: Any, days: Any, exposed: Any) -> Season | None:
    try:
        return season(daily, days, exposed)
    except ValueError:  # less than a year
        return None


def _holidays(inputs: Inputs, country: str, daily: Any, days: Any, exposed: Any) -> HolidayEffect | None:
    if not country:
        return None
    dates = holiday_dates(country, inputs.question.start, inputs.question.end)
    effect = holiday_effect(daily, days, exposed, dates)
    return effect if effect.holidays >= LEAST_HOLIDAYS else None


def _band(band: tuple[int, int] | None) -> str:
    return "–" if band is None else f"{band[0]:02}–{band[1]:02} h"


def _says(weights: NDArray[np.float64], by_day: NDArray[np.float64]) -> list[str]:
    hours, names = weights.sum(axis=0), weekdays()
    band = busiest_hours(hours) or (0, 0)
    peak, low = int(by_day.argmax()), int(by_day.argmin())
    first = _(
        "Half of the incidents fall into %(band)s, %(length)s of 24 hours; the busiest hour is "
        "%(hour)s h with "
        "%(share)s."
    )
    facts = {
        "band": _band(band), "length": (band[1] - band[0]) % 24 or 24, "hour": HOURS[int(hours.argmax())],
        "share": percent(hours.max() / hours.sum(), 1),
    }  # fmt: skip
    second = _("%(high)s has most, %(more)s above the average day; %(low)s fewest, %(less)s below it.")
    average = by_day.mean() or 1
    more = {
        "high": names[peak], "more": percent(by_day[peak] / average - 1), "low": names[low],
        "less": percent(1 - by_day[low] / average),
    }  # fmt: skip
    return [first % facts, second % more]


def _interval_words(found: Aoristic) -> list[str]:
    between = found.events - found.exact
    if not between:
        return []
    told = _(
        "%(count)s incidents are known only as an interval; each is shared out over the hours it "
        "may have happened in."
    )
    return [told % {"count": number(between)}]


def _season_words(course: Season | None) -> list[str]:
    if course is None:
        return [_("With less than a year of days there is no season to tell.")]
    known = [one for one in course.months if one.ratio is not None]
    high, low = max(known, key=lambda one: one.ratio), min(known, key=lambda one: one.ratio)
    told = _(
        "In month %(high)s there are %(more)s more than in the year's mean, in month %(low)s %(less)s fewer."
    )
    facts = {
        "high": high.month, "more": percent(high.ratio - 1), "low": low.month, "less": percent(1 - low.ratio),
    }  # fmt: skip
    return [told % facts]


def _holiday_words(effect: HolidayEffect | None) -> list[str]:
    if effect is None or effect.ratio is None or effect.low is None:
        return []
    facts = {
        "count": effect.holidays, "ratio": number(effect.ratio, 2), "low": number(effect.low, 2),
        "high": "∞" if effect.high is None else number(effect.high, 2),
    }  # fmt: skip
    told = _(
        "On %(count)s public holidays there were %(ratio)s times as many as on like weekdays "
        "(%(low)s … %(high)s)."
    )
    if not effect.clear:
        told = _(
            "On %(count)s public holidays there were no clearly more or fewer: %(ratio)s times "
            "like weekdays (%(low)s … %(high)s)."
        )
    return [told % facts]


def _hour_sheet(weights: NDArray[np.float64], rates: NDArray[np.float64]) -> Sheet:
    columns = [
        Column("weekday", _("Weekday")), Column("hour", _("Hour")), Column("count", _("Incidents"), 1),
        Column("rate", _("Per hour"), 3),
    ]  # fmt: skip
    rows = [
        (day, hour, float(weights[i, hour]), float(rates[i, hour]))
        for i, day in enumerate(weekdays())
        for hour in range(24)
    ]
    return Sheet.of(_("By weekday and hour"), columns, rows)


def _month_sheet(course: Season) -> Sheet:
    columns = [
        Column("month", _("Month")), Column("days", _("Days with data")), Column("count", _("Incidents")),
        Column("ratio", _(
            "Against the year's mean"
        ), 2), Column("low", _("From"), 2), Column("high", _("To"), 2),
    ]  # fmt: skip
    rows = [(one.month, one.days, one.count, one.ratio, one.low, one.high) for one in course.months]
    return Sheet.of(_("By month"), columns, rows)


def _month_lines(course: Season) -> Lines:
    ratio = [one.ratio for one in course.months]
    ends = [(one.low, one.high) for one in course.months]
    known = all(low is not None and high is not None for low, high in ends)
    band = ([low or 0.0 for low, _high in ends], [high or 0.0 for _low, high in ends]) if known else None
    return Lines(
        _("The course of the year, against its mean, with 95 % interval"),
        [str(one.month) for one in course.months], [Series(_("ratio"), ratio)], _("times the mean"), band,
        from_zero=False,
    )  # fmt: skip


METHOD = Method(
    "rhythm", Group.WHEN, gettext_lazy("Rhythm"),
    gettext_lazy("At which hours, on which weekdays, in which months, and what do holidays do?"), Form, run,
    "rhythm",
)  # fmt: skip
