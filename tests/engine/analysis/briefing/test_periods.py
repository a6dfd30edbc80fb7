"""Which days a briefing covers and what it compares them with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.briefing.periods import PERIODS, Span, before, period_of, windows, year_before

DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))


@given(day=DAYS, period=st.sampled_from(PERIODS))
def test_a_period_holds_its_day_and_follows_the_one_before(day, period):
    """Periods part the calendar: each day is in one, and the last ends where the next begins."""
    span = period_of(period, day)
    assert span.first <= day < span.end
    assert period_of(period, span.last) == span
    assert before(period, span).end == span.first


@pytest.mark.parametrize(
    ("period", "day", "first", "last"),
    [
        ("day", date(2024, 2, 29), date(2024, 2, 29), date(2024, 2, 29)),
        ("week", date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 29)),
        ("half-month", date(2024, 2, 29), date(2024, 2, 16), date(2024, 2, 29)),
        ("half-month", date(2026, 12, 15), date(2026, 12, 1), date(2026, 12, 15)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_periods_are_those_of_the_calendar(period, day, first, last):
    """Weeks begin on Monday, half-months on the 1st and 16th, months on the 1st; leap days belong."""
    assert (period_of(period, day).first, period_of(period, day).last) == (first, last)


def test_a_month_is_compared_with_the_month_before_and_last_years():
    """February 2024 against January 2024 and February 2023, whatever their lengths."""
    previous, year = windows("month", period_of("month", date(2024, 3, 9)))
    assert (previous.span.first, previous.span.days) == (date(2024, 2, 1), 29)
    assert (previous.against.first, previous.against.days) == (date(2024, 1, 1), 31)
    assert (year.against.first, year.against.days) == (date(2023, 2, 1), 28)


@given(day=DAYS)
def test_last_years_weeks_have_the_same_weekdays(day):
    """Weeks and days go back 52 weeks, so that Mondays meet Mondays."""
    for period in ("day", "week"):
        span = period_of(period, day)
        assert year_before(period, span).first.weekday() == span.first.weekday()


@given(day=DAYS, period=st.sampled_from(PERIODS))
def test_windows_end_before_the_coming_period(day, period):
    """Nothing of the coming period is ever compared, and a baseline lies before its window."""
    coming = period_of(period, day)
    for window in windows(period, coming):
        assert window.span.end == coming.first
        assert window.against.first < window.span.first


def test_an_empty_span_and_an_unknown_period_are_refused():
    """The message names the parameter."""
    with pytest.raises(ValueError, match="end"):
        Span(date(2026, 1, 2), date(2026, 1, 2))
    with pytest.raises(ValueError, match="period"):
        period_of("year", date(2026, 1, 1))


def test_a_span_goes_back_whole():
    """Length and weekday distance are kept."""
    span = Span(date(2026, 3, 1), date(2026, 3, 8))
    assert span.back(7) == Span(date(2026, 2, 22), date(2026, 3, 1))
    assert span.last + timedelta(days=1) == span.end
