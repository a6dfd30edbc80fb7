"""The four colours of a morning, with level and change apart and what made each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis import colours as engine
from anlan.engine.analysis.decay import Decay, past
from anlan.engine.analysis.forecast import expected_next
from anlan.gateway.report.model import COLOURS
from anlan.gateway.report.plots import Scatter, Shade
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import MorningForm
from anlan.service.analysis.inputs import some
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import graded, painted
from anlan.service.analysis.taxonomy import known
from anlan.service.patrol.models import Colour
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

LEAST_A_DAY = 1.0
ORDER = ("green", "yellow", "orange", "red", "unknown")


def share(label: Any, initial: float) -> forms.FloatField:
    """Return a field of a share in percent."""
    return forms.FloatField(label=label, initial=initial, min_value=0, max_value=50)


class Form(MorningForm):
    """The false-alarm budget."""

    red = share(gettext_lazy("Red: % of beat-days by chance"), 1)
    orange = share(gettext_lazy("Orange: %"), 4)
    yellow = share(gettext_lazy("Yellow: %"), 15)


def run(inputs: Inputs, given: Mapping[str, Any]) -> Finding:
    """Tell the colours of the day after the last one."""
    budget = engine.Budget(given["red"] / 100, given["orange"] / 100, given["yellow"] / 100)
    cube = _from_first(some(inputs.cube()))
    exposed = inputs.exposed()[-len(cube.periods) :]
    streams, counts = _streams(inputs, cube)
    found = engine.surprise(counts, cube.periods, exposed, streams, engine.Watch(budget=budget))
    effective = float(past(np.append(exposed, False).astype(float), Decay().half_life, 0)[-1])
    codes = cube.cells.tolist()
    rows = engine.alerts(found, codes, effective, budget)
    tomorrow, _days = expected_next(cube.dense(), cube.periods, exposed, Decay())
    level = engine.levels(codes, tomorrow, found.daily_dispersion)
    tally = {one: sum(row.colour == one for row in rows) for one in ORDER}
    classes = {row.beat_code: ORDER.index(row.colour) for row in rows}
    shades = [Shade(COLOURS[one], f"{Colour(one).label}") for one in ORDER]
    return Finding(
        _says(rows, tally, inputs),
        [
            _(
                "Of all quiet beat-days, the budget lets %(red)s %% be red, %(orange)s %% orange "
                "and %(yellow)s %% "
                "yellow by chance."
            )
            % {name: number(given[name], 1) for name in ("red", "orange", "yellow")},
            _(
                "A colour tells of change against the beat's own level, not of how much there "
                "is: see the level."
            ),
            _("“Unknown” means too little history or no data of late, not calm."),
            _("Method %(method)s; only incidents reported by residents.") % {"method": engine.METHOD},
        ],
        [
            (str(Colour(one).label), number(tally[one]))
            for one in reversed(ORDER)
            if tally[one] or one != "unknown"
        ],
        {"colours": _sheet(inputs, rows, level)},
        {
            "change": painted(inputs.ground, "beat", classes, shades, _("Change: the colour of the morning")),
            "level": graded(
                inputs.ground,
                "beat",
                {one.beat_code: one.expected for one in level},
                _("Level: incidents expected on the day"),
            ),
            "both": _both(inputs, rows, level),
        },
    )


def _from_first(cube: Any) -> Any:
    """Leave out the days before the record began."""
    return cube.select(start=cube.periods[int(cube.period.min())].astype("datetime64[D]"))


def _streams(inputs: Inputs, cube: Any) -> tuple[list[str], np.ndarray]:
    """Return all incidents and each category with at least one a day, counts (streams, beats, days)."""
    categories = {code: category for code, category, _label in known(inputs.ground.county6)}
    grouped = cube.regroup_types(categories)
    daily = grouped.by_type().mean(axis=1)
    names = [str(one) for one, rate in zip(grouped.types, daily, strict=True) if rate >= LEAST_A_DAY]
    return ["", *names], np.stack([grouped.dense(), *(grouped.dense([one]) for one in names)])


def _says(rows: list[Any], tally: dict[str, int], inputs: Inputs) -> list[str]:
    names = inputs.ground.names
    worst = [row for row in rows if row.colour in {"red", "orange"}]
    if not worst:
        return [_("No beat is red or orange: nothing in the last two weeks is far above its own level.")]
    told = _("Red beats: %(red)s; orange: %(orange)s.")
    said = [told % {"red": tally["red"], "orange": tally["orange"]}]
    reason = _("%(beat)s: %(stream)s %(observed)s in %(days)s days, expected %(expected)s%(held)s.")
    for row in sorted(worst, key=lambda one: one.p or 1)[:5]:
        facts = {
            "beat": names.beat(row.beat_code), "stream": names.stream(row.stream), "days": row.window_days,
            "observed": number(row.observed), "expected": number(row.expected, 1),
            "held": _(" (falling slowly; today alone it would be lower)") if row.held else "",
        }  # fmt: skip
        said.append(reason % facts)
    return said


def _sheet(inputs: Inputs, rows: list[Any], level: list[Any]) -> Sheet:
    names = inputs.ground.names
    columns = [
        Column("beat", _("Beat")), Column("colour", _("Colour")), Column("p", _(
            "Surprise (share of beat-days)"
        ), 4),
        Column("stream", _("Because of")), Column(
            "window_days"
        , _("Days")), Column("observed", _("Observed")),
        Column("expected", _("Expected"), 1), Column("level", _("Level (1–5)")), Column("day", _(
            "Expected on the day"
        ), 1),
        Column("low", _("From")), Column("high", _("To")), Column("code", _("Code"), shown=False),
    ]  # fmt: skip
    of = {one.beat_code: one for one in level}
    ordered = sorted(rows, key=lambda row: (-_rank(row.colour), row.p if row.p is not None else 2))
    table = [
        (
            names.beat(row.beat_code), str(Colour(row.colour).label), row.p,
            names.stream(row.stream) if row.window_days else "", row.window_days, row.observed, row.expected,
            of[row.beat_code].level, of[row.beat_code].expected, of[row.beat_code].low,
            of[row.beat_code].high, row.beat_code,
        )
        for row in ordered
    ]  # fmt: skip
    return Sheet.of(_("Beats, the most surprising first"), columns, table, [row.colour for row in ordered])


def _rank(colour: str) -> int:
    return -1 if colour == "unknown" else ORDER.index(colour)


def _both(inputs: Inputs, rows: list[Any], level: list[Any]) -> Scatter:
    """Set level against surprise: two different things."""
    expected = {one.beat_code: one.expected for one in level}
    told = [row for row in rows if row.p]
    surprise = [float(-np.log10(row.p)) for row in told]
    names = [inputs.ground.names.beat(row.beat_code) for row in told]
    named = [place for place, row in enumerate(told) if row.colour in {"red", "orange"}]
    return Scatter(
        _("Level and change apart"), [expected[row.beat_code] for row in told], surprise, names,
        _("expected on the day (level)"), _("surprise, −log₁₀ p (change)"), named=named,
    )  # fmt: skip


METHOD = Method(
    "colours", Group.NEXT, gettext_lazy("Alert colours"),
    gettext_lazy("Which beats are above their own level, and how surely?"), Form, run, "alert-colours",
)  # fmt: skip
