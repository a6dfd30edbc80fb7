"""What a briefing covers: a day, a week, half a month or a month, with what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import Literal

Period = Literal["day", "week", "half-month", "month"]
PERIODS: tuple[Period, ...] = ("day", "week", "half-month", "month")
SAME_WEEKDAYS = 364
ROLLING_DAYS = (7, 28)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days from `first` to `end`, which is not included."""

    first: Date
    end: Date

    def __post_init__(self) -> None:
        """Refuse a span without days."""
        if self.end <= self.first:
            raise ValueError(f"end: {self.end} is not after {self.first}")

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.first).days

    @property
    def last(self) -> Date:
        """The last day."""
        return self.end - DAY

    def back(self, days: int) -> Span:
        """Return the same number of days, `days` earlier."""
        return Span(self.first - timedelta(days=days), self.end - timedelta(days=days))


@dataclass(frozen=True)
class Window:
    """A span held against another; `baseline` is "previous" or "last_year"."""

    span: Span
    baseline: str
    against: Span


def period_of(period: Period, day: Date) -> Span:
    """Return the calendar period that holds the day: the day, Monday to Sunday, 1st–15th or 16th–end, month.

    Raises:
        ValueError: the period is none of the four.

    """
    if period == "day":
        return Span(day, day + DAY)
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + timedelta(days=7))
    if period == "half-month":
        middle = day.replace(day=16)
        return Span(day.replace(day=1), middle) if day < middle else Span(middle, _next_month(day))
    if period == "month":
        return Span(day.replace(day=1), _next_month(day))
    raise ValueError(f"period {period!r}: expected {', '.join(PERIODS)}")


def before(period: Period, span: Span) -> Span:
    """Return the period before a period."""
    return period_of(period, span.first - DAY)


def year_before(period: Period, span: Span) -> Span:
    """Return the same weekdays a year earlier; of months and half-months the same dates."""
    if period in ("day", "week"):
        return span.back(SAME_WEEKDAYS)
    return period_of(period, span.first.replace(year=span.first.year - 1))


def windows(period: Period, coming: Span) -> list[Window]:
    """Return what is compared with what before the coming period; the period's own comparison comes first.

    A day is too short to compare: its briefing looks at the last 28 and 7 days. A week's looks at the
    week and at the last 28 days; half-months and months at themselves.
    """
    told = before(period, coming)
    if period in ("half-month", "month"):
        spans = [(told, before(period, told), year_before(period, told))]
    else:
        sizes = sorted(ROLLING_DAYS, reverse=period == "day")
        rolling = [Span(coming.first - timedelta(days=size), coming.first) for size in sizes]
        spans = [(span, span.back(span.days), span.back(SAME_WEEKDAYS)) for span in rolling]
    return [
        Window(span, name, against)
        for span, previous, last_year in spans
        for name, against in (("previous", previous), ("last_year", last_year))
    ]


def _next_month(day: Date) -> Date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
