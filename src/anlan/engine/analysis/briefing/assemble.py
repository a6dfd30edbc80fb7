"""Making a briefing of a period from the evidence up to the day before it."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis import colours, forecast, ranking
from anlan.engine.analysis.briefing import alerts, changes, notes, outlook, periods
from anlan.engine.analysis.briefing.cells import cell_map
from anlan.engine.analysis.briefing.clusters import clusters
from anlan.engine.analysis.briefing.model import BeatColour, Briefing, ColourDays
from anlan.engine.analysis.briefing.places import places
from anlan.engine.analysis.briefing.suggestions import suggestions
from anlan.engine.analysis.briefing.warnings import warnings
from anlan.engine.analysis.exposure import exposed_days

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing.model import Evidence

STEPS = ("compare", "places", "clusters", "forecast", "colours")
YEAR, MONTH = 364, 28


def assemble(
    evidence: Evidence,
    date: Date,
    *,
    period: periods.Period = "day",
    beats: Sequence[str] = (),
    watch: colours.Watch | None = None,
    progress: Callable[[str], Any] = lambda _step: None,
) -> Briefing:
    """Make the briefing of the period that begins on `date`; it knows the days before and nothing later.

    Only incidents reported by residents are learned from; what officers found is counted beside. Colours and
    forecasts are made from all of the county and then told for the beats asked for.

    Args:
        evidence: the county's history, ending on the day before `date`.
        date: first day of the coming period.
        period: its length, one of `periods.PERIODS`.
        beats: what the briefing is about; empty for the county.
        watch: how the colours look.
        progress: told the name of each step of `STEPS` as it begins.

    Raises:
        ValueError: the evidence does not end on the day before, holds no beat or no day, or none of the
            beats, or `date` does not begin such a period.

    """
    coming = periods.period_of(period, date)
    _check(evidence, date, coming)
    told = periods.before(period, coming)
    exposed = exposed_days(evidence.days.dense().sum(axis=0))
    mine = evidence.within(beats) if beats else evidence
    progress("compare")
    comparisons = [changes.comparison(mine, exposed, w) for w in periods.windows(period, coming)]
    progress("places")
    spots, near, by_beat = places(mine.points, mine.cells, evidence.outline)
    warned = warnings(evidence, coming.first - timedelta(days=1), beats)
    progress("clusters")
    alive = clusters(mine, period)
    lately = exposed[-len(evidence.grids.periods) :]
    progress("forecast")
    found = outlook.ahead(mine.days.dense(), mine.days.periods, exposed, np.ones(coming.days, bool))
    expected = outlook.expected_of(mine, exposed, found)
    progress("colours")
    beat_colours, history = _colours(evidence, mine, exposed, by_beat, told, watch or colours.Watch())
    rhythm_days = YEAR if period == "day" else max(told.days, MONTH)
    last = evidence.days.periods[-1].astype("datetime64[D]")
    return Briefing(
        period=period, date=date.isoformat(), until=coming.last.isoformat(),
        start=told.first.isoformat(), end=told.last.isoformat(), beats=list(beats),
        first_day=str(evidence.days.periods[0].astype("datetime64[D]")), last_day=str(last),
        exposed_days=int(exposed.sum()), incidents=mine.days.total,
        officer_found=notes.officer_found(mine, last),
        comparisons=comparisons, rhythm_days=rhythm_days, rhythms=changes.rhythms(mine, exposed, rhythm_days),
        hot_cells=ranking.hot_cells(mine.grids, lately),
        captured=ranking.captured(mine.grids, lately, len(mine.cells.code)),
        hot_spots=spots, repeats=near, warnings=warned, clusters=alive,
        colours=beat_colours, colour_days=history,
        expected_total=float(found.expected[-1]), expected_low=int(found.low[-1]),
        expected_high=int(found.high[-1]), expected=expected,
        cells=cell_map(mine, lately, {row.beat_code: row.expected for row in expected}),
        verdict=outlook.verdict(mine, exposed, told),
        suggestions=suggestions(beat_colours, spots, (near, warned), alive, comparisons[0]),
        notes=notes.notes_on(mine, exposed),
        methods={"colours": colours.METHOD, "forecast": forecast.METHOD},
    )  # fmt: skip


def _colours(
    evidence: Evidence,
    mine: Evidence,
    exposed: NDArray[np.bool_],
    near: dict[str, int],
    told: periods.Span,
    watch: colours.Watch,
) -> tuple[list[BeatColour], list[ColourDays]]:
    """Return the colours of the day to come, or for longer periods of the days that were."""
    known = set(mine.days.cells.tolist())
    if told.days == 1:
        rows = alerts.colours_of(evidence, exposed, near, watch)
        return [row for row in rows if row.alert.beat_code in known], []
    days = alerts.colour_days(evidence, exposed, told.days, watch)
    return [], [row for row in days if row.beat_code in known]


def _check(evidence: Evidence, date: Date, coming: periods.Span) -> None:
    days = evidence.days
    if not len(days.periods) or not len(days.cells):
        raise ValueError("days: the cube has no day or no beat")
    if coming.first != date:
        raise ValueError(f"date: {date} does not begin a period; {coming.first} does")
    last = days.periods[-1].astype("datetime64[D]")
    if last != np.datetime64(date - timedelta(days=1), "D"):
        raise ValueError(f"days: the cube ends {last}, expected the day before {date}")
