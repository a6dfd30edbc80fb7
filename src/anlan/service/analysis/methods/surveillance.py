"""Whether the last days or weeks are unusual, by detectors of public health: EARS and Farrington."""

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
from anlan.service.analysis.shading import graded
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

WARM_UP_DAYS, WEEK, YEAR_WEEKS, HALF_WIDTH, LEAST_OPEN = 60, 7, 52, 3, 0.9
DETECTORS = [
    ("C1", gettext_lazy("EARS C1: days against the week before")),
    ("C2", gettext_lazy("EARS C2: the same with two days between")),
    ("C3", gettext_lazy("EARS C3: three days added up")),
    ("farrington", gettext_lazy("Farrington: weeks against the same weeks of past years")),
]


class Form(AskForm):
    """Detector and what it looks back on."""

    days = 91
    least = 7
    detector = choice(gettext_lazy("Detector"), DETECTORS, "C2")
    baseline = whole(
        gettext_lazy("Days of the baseline (EARS)"),
        7,
        3,
        56,
        gettext_lazy("Seven keep the week's rhythm out."),
    )
    years = whole(gettext_lazy("Years back (Farrington)"), 1, 1, 5)


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Hold each period of the question against its own past."""
    by_week = given["detector"] == "farrington"
    starts, counts, first = _weeks(inputs, given["years"]) if by_week else _days(inputs, given["baseline"])
    series = np.vstack((counts.sum(axis=0), counts))
    upper, alarm = _judged(series, first, given)
    upper, alarm, now = upper[:, first:], alarm[:, first:], series[:, first:]
    labels = [str(one) for one in starts[first:]]
    codes = inputs.ground.within("beat", inputs.question.area)
    unit = _("per week") if by_week else _("per day")
    marks = np.flatnonzero(alarm[0]).tolist()
    lines = [
        Series(_("observed"), now[0].astype(float).tolist()),
        Series(_("upper bound"), _known(upper[0]), dashed=True),
    ]
    return Finding(
        _says(labels, alarm, inputs, codes),
        _limits(by_week),
        [
            (_("Periods judged"), number(len(labels))), (_("Alarms of the whole"), number(len(marks))),
            (_("Alarms of beats"), number(int(alarm[1:].sum()))),
        ],
        {(
            "alarms"
        ): _alarms(inputs, codes, labels, now, upper, alarm), (
            "series"
        ): _series(labels, now[0], upper[0], alarm[0])},
        {
            "series": Lines(_("Counts and the bound for an alarm"), labels, lines, unit, marks=marks),
            "map": graded(
                inputs.ground, "beat", dict(zip(codes, alarm[1:].sum(axis=1).tolist(), strict=True)),
                _("Alarms by beat"),
            ),
        },
    )  # fmt: skip


def _days(inputs: Inputs, baseline: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return days with data, counts (beats, days), and the place of the question's first day."""
    back = WARM_UP_DAYS + baseline
    cube, exposed = some(inputs.cube(back=back)), inputs.exposed(back)
    days = cube.days[exposed]
    first = int(np.searchsorted(days, np.datetime64(inputs.question.start, "D")))
    return days, cube.dense()[:, exposed], first


def _weeks(inputs: Inputs, years: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the first days of weeks that end with the question, counts, and its first week's place.

    Raises:
        NothingToAnalyse: the record does not reach far enough back, or has too many gaps.

    """
    asked = max(inputs.question.days // WEEK, 1)
    before = YEAR_WEEKS * years + HALF_WIDTH
    back = (asked + before) * WEEK - inputs.question.days
    cube, exposed = some(inputs.cube(back=back)), inputs.exposed(back)
    if exposed.mean() < LEAST_OPEN:
        told = _("Farrington needs an unbroken record of %(years)s years before the first day.")
        raise NothingToAnalyse(told % {"years": years})
    weeks = cube.dense().reshape(len(cube.cells), -1, WEEK).sum(axis=2)
    return cube.days[::WEEK], weeks, before


def _judged(series: np.ndarray, first: int, given: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    if given["detector"] != "farrington":
        found = ears(series, given["detector"], baseline=given["baseline"], least_sigma=0.5)
        return found.upper, found.alarm
    how = How(years=given["years"], half_width=HALF_WIDTH)
    rows = [farrington(one, how, start=first) for one in series]
    return np.stack([one.upper for one in rows]), np.stack([one.alarm for one in rows])


def _known(values: np.ndarray) -> list[float | None]:
    return [float(one) if np.isfinite(one) else None for one in values]


def _says(labels: list[str], alarm: np.ndarray, inputs: Inputs, codes: list[str]) -> list[str]:
    whole_, beats = np.flatnonzero(alarm[0]), alarm[1:].sum(axis=1)
    if len(whole_):
        told = _("The whole passed its bound on %(days)s of %(all)s periods, last on %(last)s.")
        said = [told % {"days": len(whole_), "all": len(labels), "last": labels[int(whole_[-1])]}]
    else:
        said = [_("The whole never passed its bound in these days.")]
    if beats.any():
        best = int(beats.argmax())
        told = _("Of the beats, %(beats)s had alarms; most had %(beat)s, %(count)s.")
        facts = {"beats": number(int((beats > 0).sum())), "beat": inputs.ground.names.beat(codes[best])}
        said.append(told % (facts | {"count": number(int(beats[best]))}))
    return said


def _limits(by_week: bool) -> list[str]:
    told = [
        _(
            "These detectors are here to hold the alert colours against; the colours keep a "
            "false-alarm budget, these do not."
        ),
        _("Many beats watched at once make alarms by chance alone."),
    ]
    if by_week:
        return [*told, _("With one year back, the bound rests on seven weeks; several years are better.")]
    return [*told, _("EARS knows neither weekday nor season, and estimates its spread from a few days.")]


def _series(labels: list[str], counts: np.ndarray, upper: np.ndarray, alarm: np.ndarray) -> Sheet:
    columns = [
        Column("start", _("From")), Column("count", _("Incidents")), Column("upper", _("Bound"), 1),
        Column("alarm", _("Alarm raised")),
    ]  # fmt: skip
    rows = [
        (labels[i], int(counts[i]), _known(upper)[i], _("alarm") if alarm[i] else "")
        for i in range(len(labels))
    ]
    return Sheet.of(_("All periods, the whole"), columns, rows)


def _alarms(
    inputs: Inputs,
    codes: list[str],
    labels: list[str],
    counts: np.ndarray,
    upper: np.ndarray,
    alarm: np.ndarray,
) -> Sheet:
    columns = [
        Column("code", _("Code"), shown=False), Column("name", _("Beat")), Column("start", _("From")),
        Column("count", _("Incidents")), Column("upper", _("Bound"), 1),
    ]  # fmt: skip
    names = ["", *codes]
    rows = [
        (
            names[i],
            inputs.ground.names.beat(names[i]) if i else _("All together"),
            labels[t],
            int(counts[i, t]),
            float(upper[i, t]),
        )
        for i, t in sorted(zip(*np.nonzero(alarm), strict=True), key=lambda one: (-one[1], one[0]))
    ]
    return Sheet.of(_("Alarms, the latest first"), columns, rows)


METHOD = Method(
    "surveillance", Group.WHEN, gettext_lazy("Surveillance"),
    gettext_lazy("Which days or weeks were unusual by the detectors of public health?"), Form, run,
    "ears",
)  # fmt: skip
