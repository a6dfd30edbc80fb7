"""Public holidays of a country as dates, from the `holidays` package (no network)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import holidays
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Holiday:
    """A public holiday: its day and its name in the country's own language."""

    day: date
    name: str


def public_holidays(country: str, start: date, end: date, *, subdivision: str | None = None) -> list[Holiday]:
    """Return the public holidays from `start` to `end` (excluded), by day.

    Args:
        country: two-letter ISO 3166 code, e.g. CN, US.
        start: first day.
        end: day after the last.
        subdivision: part of the country whose own holidays count too, as the package names it.

    Raises:
        ValueError: the country or subdivision is unknown.

    """
    try:
        found = holidays.country_holidays(
            country.upper(), subdiv=subdivision, years=range(start.year, end.year + 1)
        )
    except NotImplementedError as error:
        raise ValueError(f"country: {error}") from error
    return [Holiday(day, found[day]) for day in sorted(found) if start <= day < end]


def holiday_dates(
    country: str, start: date, end: date, *, subdivision: str | None = None
) -> NDArray[np.datetime64[Any]]:
    """Return the days of `public_holidays` as datetime64, for the engine."""
    days = [holiday.day for holiday in public_holidays(country, start, end, subdivision=subdivision)]
    return np.array(days, "datetime64[D]")
