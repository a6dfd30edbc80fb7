"""Counts and points in the county's own time."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from anlan.gateway.history import HistoryStore
from anlan.gateway.warehouse import count_cube, points

COUNTY = "990101"


def stored(root: Path, times: list[datetime], **columns: object) -> None:
    frame = pl.DataFrame(
        {
            "key": [str(number) for number in range(len(times))],
            "occurred": times,
            "lon": 106.0,
            "lat": 30.0,
            "type": "burglary",
            "category": "theft",
            "priority": 2,
            "source": "resident",
            "area_code": COUNTY + "000000",
            "grid_code": "G1",
            "beat_code": "B1",
        },
        schema_overrides={"occurred": pl.Datetime("us", "UTC")},
    )
    HistoryStore(root).write(COUNTY, frame.with_columns(**columns))


def test_day_is_the_local_day(tmp_path: Path) -> None:
    """16:00 UTC is midnight in Shanghai and opens the next day."""
    stored(tmp_path, [datetime(2026, 1, 31, 15, 59, tzinfo=UTC), datetime(2026, 1, 31, 16, 0, tzinfo=UTC)])
    cube = count_cube(
        tmp_path, COUNTY, date(2026, 1, 31), date(2026, 2, 2), step="day", zone="Asia/Shanghai", cells="beat"
    )
    assert cube.cells.tolist() == ["B1"]
    assert cube.dense().tolist() == [[1, 1]]


def test_hours_follow_daylight_saving(tmp_path: Path) -> None:
    """Local hours are right on both sides of a change of the clocks."""
    stored(tmp_path, [datetime(2015, 3, 8, 9, 30, tzinfo=UTC), datetime(2015, 3, 8, 10, 30, tzinfo=UTC)])
    cube = count_cube(
        tmp_path,
        COUNTY,
        date(2015, 3, 8),
        date(2015, 3, 9),
        step="hour",
        zone="America/Los_Angeles",
        cells="grid",
    )
    assert np.flatnonzero(cube.dense()[0]).tolist() == [1, 3]


def test_only_what_residents_reported_unless_asked(tmp_path: Path) -> None:
    """What officers found stays out by default and comes in with source None."""
    noon = datetime(2026, 1, 31, 4, tzinfo=UTC)
    stored(tmp_path, [noon, noon], source=pl.Series(["resident", "officer"]))
    span = (tmp_path, COUNTY, date(2026, 1, 31), date(2026, 2, 1))
    assert count_cube(*span, step="shift", zone="Asia/Shanghai", cells="grid").total == 1
    assert count_cube(*span, step="shift", zone="Asia/Shanghai", cells="grid", source=None).total == 2


def test_incidents_without_hour_are_not_put_at_midnight(tmp_path: Path) -> None:
    """Where only the day is known, a cube by hour refuses and a cube by day counts."""
    stored(tmp_path, [datetime(2026, 1, 30, 16, tzinfo=UTC)], precision=pl.lit("day"))
    span = (tmp_path, COUNTY, date(2026, 1, 31), date(2026, 2, 1))
    assert count_cube(*span, step="day", zone="Asia/Shanghai", cells="grid").total == 1
    with pytest.raises(ValueError, match="only their day"):
        count_cube(*span, step="hour", zone="Asia/Shanghai", cells="grid")


def test_points_are_local_and_located(tmp_path: Path) -> None:
    """Points carry naive local time; incidents without location are left out."""
    noon = datetime(2026, 1, 31, 4, tzinfo=UTC)
    stored(tmp_path, [noon, noon], lon=pl.Series([106.0, None]))
    rows = points(tmp_path, COUNTY, date(2026, 1, 31), date(2026, 2, 1), zone="Asia/Shanghai")
    assert rows["occurred_local"].to_list() == [datetime(2026, 1, 31, 12)]
    assert rows.columns == [
        "occurred_local", "occurred_to_local", "lon", "lat", "type", "category", "grid_code", "beat_code",
    ]  # fmt: skip


def test_nothing_stored_gives_an_empty_cube(tmp_path: Path) -> None:
    """No history is no incidents, with the periods still there."""
    span = (tmp_path, COUNTY, date(2026, 1, 31), date(2026, 2, 1))
    assert count_cube(*span, step="hour", zone="Asia/Shanghai", cells="grid").shape == (0, 24, 0)
    assert points(*span, zone="Asia/Shanghai").is_empty()
