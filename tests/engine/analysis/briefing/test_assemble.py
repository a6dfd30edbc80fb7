"""A briefing says what the evidence holds, for the period and the beats asked for, and never peeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from anlan.engine.analysis.briefing import (
    PERIODS,
    Cells,
    Evidence,
    Points,
    Span,
    assemble,
    contrast,
    period_of,
)
from anlan.engine.analysis.briefing.outlook import verdict
from anlan.engine.analysis.cube import CountCube

BEATS = ("b1", "b2", "b3")
LENGTH = 450
RATES = {"b1": 6.0, "b2": 3.0, "b3": 1.5}


def evidence(end: date, days: int = LENGTH, seed: int = 1, burst: int = 0) -> Evidence:
    """Three beats of four grids each, Poisson counts of two types; `burst` more in b3's first grid lately."""
    random = np.random.default_rng(seed)
    start = np.datetime64(end - timedelta(days=days), "s")
    rows = []
    for number, beat in enumerate(BEATS):
        for day in range(days):
            cells = random.integers(4, size=random.poisson(RATES[beat]))
            rows += [(beat, f"{beat}-{cell}", day, number) for cell in cells]
            if beat == "b3" and day >= days - 5:
                rows += [(beat, "b3-0", day, number)] * burst
    beat, grid, day, place = (np.array(column) for column in zip(*rows, strict=True))
    second = random.integers(1, 86_400, len(rows)).astype("timedelta64[s]")
    moment = start + day.astype("timedelta64[D]").astype("timedelta64[s]") + second
    kind = np.where(random.random(len(rows)) < 0.7, "theft-other", "help-other")
    given = {"start": moment, "type": kind, "first": end - timedelta(days=days), "end": end}
    lon = 105.0 + 0.02 * place + 0.004 * np.array([int(code[-1]) for code in grid])
    late = day >= days - 90
    codes = [f"{beat}-{i}" for beat in BEATS for i in range(4)]
    return Evidence(
        CountCube.from_table(cell=beat, step="day", cells=BEATS, **given),
        CountCube.from_table(cell=beat, step="hour", cells=BEATS, **given),
        CountCube.from_table(cell=grid, step="day", **given).select(start=end - timedelta(days=365)),
        Points(
            moment[late], lon[late] + random.normal(0, 5e-4, late.sum()),
            30.0 + random.normal(0, 5e-4, late.sum()), kind[late], beat[late],
        ),
        {"theft-other": "theft", "help-other": "help"},
        Cells(
            np.array(codes), np.array([105.0 + 0.02 * (i // 4) + 0.004 * (i % 4) for i in range(12)]),
            np.full(12, 30.0), np.array([code[:2] for code in codes]),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("period", PERIODS)
def test_the_outlook_is_of_the_coming_period(period):
    """Expected incidents are days × rate, and the interval holds them."""
    coming = period_of(period, date(2026, 3, 5))
    made = assemble(evidence(coming.first), coming.first, period=period)
    assert made.expected_total == pytest.approx(coming.days * sum(RATES.values()), rel=0.15)
    assert made.expected_low < made.expected_total < made.expected_high
    assert (made.date, made.until) == (coming.first.isoformat(), coming.last.isoformat())
    assert sum(made.cells.expected) == pytest.approx(made.expected_total, abs=1e-3)


def test_colours_are_of_days_and_their_history_of_longer_periods():
    """A day's briefing colours beats, a week's counts the days of each colour."""
    monday = period_of("week", date(2026, 3, 5)).first
    given = evidence(monday)
    day, week = assemble(given, monday), assemble(given, monday, period="week")
    assert {row.alert.beat_code for row in day.colours} == set(BEATS)
    assert day.colour_days == week.colours == []
    assert {len(row.days) for row in week.colour_days} == {7}
    assert all(row.red == row.days.count("red") for row in week.colour_days)


def test_a_scope_tells_the_same_colours_and_only_its_own_counts():
    """A beat's colour comes from all of the county; counts, places and outlook are its own."""
    end = date(2026, 3, 5)
    given = evidence(end, burst=4)
    whole, one = assemble(given, end), assemble(given, end, beats=["b3"])
    assert one.colours == [row for row in whole.colours if row.alert.beat_code == "b3"]
    assert one.incidents == int(given.days.select(cells=["b3"]).total)
    assert [row.beat_code for row in one.expected] == ["b3"]
    assert len(one.cells.codes) == 4
    assert one.beats == ["b3"]


def test_what_burst_out_is_raised_suggested_and_found_as_a_cluster():
    """Four more a day in one grid: the beat turns red, the cluster is there, a patrol is suggested."""
    end = date(2026, 3, 5)
    made = assemble(evidence(end, burst=5), end)
    assert {row.alert.beat_code: row.alert.colour for row in made.colours}["b3"] == "red"
    assert made.clusters[0].beat_code == "b3"
    assert made.clusters[0].recurrence_days > 100
    kinds = [row.kind for row in made.suggestions]
    assert made.suggestions[0].beat_code == "b3"
    assert kinds[0] == "patrol"
    assert "cluster" in kinds
    assert len({row.key for row in made.suggestions}) == len(kinds)


def test_a_quiet_county_sends_patrols_to_its_hot_spots():
    """Without a raised beat the suggestions name hot spots with their hours."""
    end = date(2026, 3, 5)
    made = assemble(evidence(end, seed=3), end)
    assert not {row.alert.colour for row in made.colours} & {"red", "orange"}
    assert made.suggestions[0].kind == "spot"
    assert made.suggestions[0].hours is not None


def test_the_verdict_is_the_forecast_of_the_last_period():
    """It forecast from the days before and never saw the period: changing the period leaves it alone."""
    first = date(2026, 3, 1)
    given = evidence(first, burst=0)
    more = evidence(first, burst=0)
    late = more.days.period >= LENGTH - 28
    louder = replace(
        more, days=replace(more.days, count=np.where(late, more.days.count * 3, more.days.count))
    )
    calm, loud = (assemble(one, first, period="month").verdict for one in (given, louder))
    assert calm.date == "2026-02-01"
    assert loud.expected == pytest.approx(calm.expected)
    assert loud.observed == 3 * calm.observed
    assert calm.low <= calm.observed <= calm.high < loud.observed


def test_eighty_percent_intervals_hold_about_eight_in_ten():
    """Over sixty days of three beats the share inside is near 0.8 (binomial, 4 standard errors)."""
    end = date(2026, 3, 5)
    given = evidence(end, days=430)
    inside = judged = 0
    for back in range(60):
        day = end - timedelta(days=back)
        mine = replace(given, days=given.days.select(end=day), hours=None)
        found = verdict(mine, np.ones(len(mine.days.periods), bool), Span(day - timedelta(days=1), day))
        inside, judged = inside + found.inside, judged + found.judged
    assert judged == 180
    assert 0.76 < inside / judged < 0.97


@pytest.mark.parametrize(
    ("change", "match"),
    [({"date": date(2026, 3, 6)}, "ends"), ({"period": "week"}, "begin"), ({"beats": ["zz"]}, "beats")],
)
def test_what_does_not_fit_is_refused(change, match):
    """Evidence of another day, a day within a week, an unknown beat."""
    asked = {"date": date(2026, 3, 5)} | change
    with pytest.raises(ValueError, match=match):
        assemble(evidence(date(2026, 3, 5), days=120), asked.pop("date"), **asked)


def test_two_spans_are_compared_per_day_with_data():
    """Twice as long with the same rate is no difference; both counts are told."""
    end = date(2026, 3, 5)
    given = evidence(end)
    spans = Span(end - timedelta(days=28), end), Span(end - timedelta(days=84), end - timedelta(days=28))
    hours = tuple(given.hours.select(start=span.first, end=span.end) for span in spans)
    found = contrast(given.days, hours, given.categories, spans)
    assert (found.first_days, found.second_days) == (28, 56)
    assert abs(found.total.change) < 0.2
    assert found.total.observed == sum(row.observed for row in found.beats)
    assert found.total.observed == sum(row.observed for row in found.slots)
    assert len(found.slots) == 21
    with pytest.raises(ValueError, match="second"):
        contrast(given.days.select(start=spans[0].first), None, given.categories, spans)
