"""Every trap is found by name and share where it was laid, and none where none was."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from anlan.engine.analysis.density import to_metres
from anlan.engine.analysis.quality import iso_week, quality

FIRST = np.datetime64("2023-01-02T00:00", "s")


def clean(rows=20_000, days=400, seed=1):
    """Return an honest record: times of two years to the minute, places that are hardly ever shared."""
    rng = np.random.default_rng(seed)
    start = FIRST + (60 * rng.integers(0, days * 1440, rows)).astype("timedelta64[s]")
    return start, *rng.uniform(0, 20_000, (2, rows))


def codes(found):
    """Return the codes of the traps that are told."""
    return {trap.code for trap in found.told}


def test_an_honest_record_has_no_trap():
    """Nothing is told where nothing was laid."""
    assert codes(quality(*clean())) == set()


def test_a_default_address_is_found_with_its_place_and_share():
    """Three percent on the police station."""
    start, x, y = clean()
    x[:600], y[:600] = 1234, 5678
    trap = quality(start, x, y).trap("default_address")
    assert (trap.told, trap.figures["places"], trap.figures["x"]) == (True, 1, 1234.0)
    assert trap.share == pytest.approx(0.03, abs=1e-3)


def test_points_snapped_to_corners_are_found():
    """Points rounded to 1 km share their places."""
    start, x, y = clean()
    trap = quality(start, np.rint(x / 1000) * 1000, np.rint(y / 1000) * 1000).trap("shared_places")
    assert trap.told
    assert trap.share > 0.9


@pytest.mark.parametrize(("odd", "named"), [(0, "even"), (1, "odd")])
def test_alternate_weeks_are_named_with_the_weeks_that_are_there(odd, named):
    """Half of the days are missing, in a pattern of fourteen days."""
    start, x, y = clean(days=700)
    kept = iso_week(start) % 2 == odd
    trap = quality(start[kept], x[kept], y[kept]).trap("alternate_weeks")
    assert trap.figures["iso_weeks"] == named
    assert trap.figures["period_days"] == 14
    assert trap.share == pytest.approx(0.5, abs=0.02)


def test_weekends_without_data_repeat_every_seven_days():
    """An office that records on working days."""
    start, x, y = clean()
    kept = (start.astype("datetime64[D]").astype(int) + 3) % 7 < 5
    trap = quality(start[kept], x[kept], y[kept]).trap("missing_days")
    assert trap.figures["period_days"] == 7
    assert trap.share == pytest.approx(2 / 7, abs=0.01)


def test_one_gap_is_no_pattern():
    """Three weeks without a server are told with their length, without a period."""
    start, x, y = clean()
    day = (start - FIRST).astype(int) // 86_400
    kept = (day < 100) | (day >= 121)
    trap = quality(start[kept], x[kept], y[kept]).trap("missing_days")
    assert (trap.count, trap.figures["longest"], "period_days" in trap.figures) == (21, 21, False)


def test_midnights_that_mean_unknown_are_told_from_full_hours():
    """Half of all times on the full hour is a habit; 5 % more at midnight is a trap, and only these count."""
    start, x, y = clean()
    start[::2] = start[::2].astype("datetime64[h]")
    assert "midnight" not in codes(quality(start, x, y))
    start[:1000] = start[:1000].astype("datetime64[D]")
    trap = quality(start, x, y).trap("midnight")
    assert trap.count == pytest.approx(1000, rel=0.15)


def test_days_without_a_time_are_not_midnights():
    """Rows known by day only are counted as that."""
    start, x, y = clean()
    day_only = np.arange(len(start)) % 4 == 0
    start[day_only] = start[day_only].astype("datetime64[D]")
    found = quality(start, x, y, day_only=day_only)
    assert codes(found) == {"day_only"}
    assert found.trap("day_only").share == 0.25


def test_repeated_rows_are_duplicates_of_the_first_only():
    """Two further copies are two duplicates; the same place and time with another type is none."""
    start, x, y = clean(1000)
    types = np.array(["a"] * 1000)
    start[:4], x[:4], y[:4] = start[0], np.nan, np.nan
    types[3] = "b"
    assert quality(start, x, y, types=types).trap("duplicates").count == 2
    assert quality(start, x, y, types=types).trap("no_location").count == 4


def test_intervals_and_ends_before_beginnings_are_counted():
    """A night away is an interval, a minute is none, and time does not run backwards."""
    start, x, y = clean(1000)
    end = start + np.timedelta64(60, "s")
    end[:100] = start[:100] + np.timedelta64(10, "h")
    end[100:103] = start[100:103] - np.timedelta64(1, "h")
    end[500:] = np.datetime64("NaT", "s")
    found = quality(start, x, y, end=end)
    assert (found.trap("intervals").count, found.trap("intervals").figures["median_h"]) == (100, 10.0)
    assert found.trap("ends_before_start").count == 3


def test_an_empty_record_is_no_error():
    """Nothing to look at: nothing told."""
    assert quality([], [], []).told == []


def test_weeks_are_those_of_the_calendar():
    """Every day of thirty years has the week number that the standard library gives."""
    days = [date(2000, 1, 1) + timedelta(days=number) for number in range(0, 11_000, 3)]
    assert iso_week(np.array(days, "datetime64[D]")).tolist() == [day.isocalendar().week for day in days]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("x", lambda: quality([FIRST], [], [0])),
        ("end", lambda: quality([FIRST], [0], [0], end=[])),
        ("start", lambda: quality([np.datetime64("NaT", "s")], [0], [0])),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name, call):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        call()


@pytest.mark.realdata
def test_the_traps_of_san_francisco_are_named(shared_data):
    """A station's address with 3 %, even ISO weeks only, times just past midnight, shared corners."""
    columns = ["Dates", "X", "Y", "Category"]
    table = pl.read_parquet(shared_data / "sf/sf_crime_2003_2015.parquet", columns=columns)
    x, y = to_metres(table["X"].to_numpy(), table["Y"].to_numpy(), (-122.42, 37.77))
    nowhere = table["Y"].to_numpy() == 90
    x[nowhere] = np.nan
    start = table["Dates"].to_numpy().astype("datetime64[s]")
    found = quality(start, x, y, types=table["Category"].to_numpy().astype(str))
    assert found.trap("no_location").count == 67
    assert found.trap("default_address").figures["largest_share"] == pytest.approx(0.03, abs=1e-3)
    assert found.trap("alternate_weeks").figures["iso_weeks"] == "even"
    assert {"default_address", "alternate_weeks", "midnight", "shared_places"} <= codes(found)
