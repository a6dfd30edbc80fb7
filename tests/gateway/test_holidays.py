"""Holidays come as dates of a country, within the days asked for."""

from datetime import date

import numpy as np
import pytest

from anlan.gateway.holidays import holiday_dates, public_holidays


def test_the_national_day_of_china_is_a_holiday():
    """The first of October, with its name."""
    days = {
        holiday.day: holiday.name for holiday in public_holidays("cn", date(2024, 9, 1), date(2024, 11, 1))
    }
    assert days[date(2024, 10, 1)]
    assert min(days) >= date(2024, 9, 1)


def test_the_end_is_not_included():
    """Half-open, like every period; years' ends included."""
    found = holiday_dates("US", date(2023, 12, 25), date(2024, 1, 1))
    assert found.tolist() == [date(2023, 12, 25)]
    assert holiday_dates("US", date(2024, 7, 4), date(2024, 7, 4)).dtype == np.dtype("datetime64[D]")


def test_an_unknown_country_is_refused_by_name():
    """The message names the parameter."""
    with pytest.raises(ValueError, match="country"):
        public_holidays("XX", date(2024, 1, 1), date(2025, 1, 1))
