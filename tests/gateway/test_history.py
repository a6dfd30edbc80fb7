"""The history store: complete or unchanged, each key once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from anlan.gateway import warehouse
from anlan.gateway.history import SCHEMA, HistoryBusyError, HistoryStore, conform

COUNTY = "990101"
START = datetime(2026, 1, 30, 22, tzinfo=UTC)


def incidents(count: int, first: int = 0, step_hours: int = 1) -> pl.DataFrame:
    numbers = range(first, first + count)
    return pl.DataFrame(
        {
            "key": [f"A{number}" for number in numbers],
            "occurred": [START + timedelta(hours=number * step_hours) for number in numbers],
            "lon": [106.0 + number % 3 / 100 for number in numbers],
            "lat": [30.0] * count,
            "type": ["burglary"] * count,
            "category": ["theft"] * count,
            "priority": [2] * count,
            "source": ["resident"] * count,
            "area_code": [COUNTY + "000000"] * count,
        }
    )


def test_rows_come_back_with_the_whole_schema(tmp_path: Path) -> None:
    """What was written is read again, in partitions by month, with every column of the schema."""
    store = HistoryStore(tmp_path)
    assert store.write(COUNTY, incidents(100)).stored == 100
    rows = store.scan(COUNTY).collect()
    assert dict(rows.schema) == SCHEMA
    assert set(rows["key"]) == {f"A{number}" for number in range(100)}
    assert [file.parent.name for file in store.files(COUNTY)] == ["month=01", "month=02"]


def test_same_keys_again_are_duplicates(tmp_path: Path) -> None:
    """A second write of the same rows adds nothing."""
    store = HistoryStore(tmp_path)
    store.write(COUNTY, incidents(100))
    again = store.write(COUNTY, incidents(120))
    assert (again.stored, again.duplicate) == (20, 100)
    assert store.scan(COUNTY).collect().height == 120


def test_replace_keeps_one_row_per_key_even_in_another_month(tmp_path: Path) -> None:
    """A corrected incident takes the place of its old version, also when its month changed."""
    store = HistoryStore(tmp_path)
    store.write(COUNTY, incidents(10))
    edited = incidents(1).with_columns(occurred=pl.lit(START + timedelta(days=60)), type=pl.lit("arson"))
    done = store.write(COUNTY, edited, replace=True)
    assert (done.stored, done.replaced) == (0, 1)
    rows = store.scan(COUNTY).filter(pl.col("key") == "A0").collect()
    assert rows["type"].to_list() == ["arson"]
    assert store.scan(COUNTY).collect().height == 10


def test_scan_respects_the_time_range(tmp_path: Path) -> None:
    """Start is included, end is not."""
    store = HistoryStore(tmp_path)
    store.write(COUNTY, incidents(10))
    rows = store.scan(COUNTY, START + timedelta(hours=2), START + timedelta(hours=4)).collect()
    assert sorted(rows["key"]) == ["A2", "A3"]


def test_nothing_is_visible_before_commit(tmp_path: Path) -> None:
    """Staged rows are not part of the history, and vanish when the session fails."""
    store = HistoryStore(tmp_path)
    with pytest.raises(KeyboardInterrupt), store.session(COUNTY) as session:  # noqa: PT012
        session.add(conform(incidents(10)))
        assert store.scan(COUNTY).collect().is_empty()
        raise KeyboardInterrupt
    assert store.scan(COUNTY).collect().is_empty()
    assert not list(tmp_path.rglob("*.arrow"))


def test_one_writer_per_county(tmp_path: Path) -> None:
    """A second import into the same county is told to wait instead of mixing its rows in."""
    store = HistoryStore(tmp_path)
    with store.session(COUNTY), pytest.raises(HistoryBusyError, match=COUNTY), store.session(COUNTY):
        pass


def test_missing_column_is_named(tmp_path: Path) -> None:
    """A frame without a required column is refused by name."""
    with pytest.raises(ValueError, match="column type is missing"):
        HistoryStore(tmp_path).write(COUNTY, incidents(1).drop("type"))


def test_summary_counts_the_traps(tmp_path: Path) -> None:
    """The summary reports totals, rows without location and the most common point."""
    store = HistoryStore(tmp_path)
    frame = incidents(9).with_columns(lon=pl.when(pl.col("key") == "A0").then(None).otherwise("lon"))
    store.write(COUNTY, frame)
    summary = store.summary(COUNTY)
    assert summary.rows == 9
    assert summary.no_location_share == pytest.approx(1 / 9)
    assert summary.top_point is not None
    assert summary.top_point[2] == pytest.approx(3 / 9)
    assert summary.by_year_type["count"].sum() == 9
    assert store.counties() == [COUNTY]


def test_summary_of_nothing(tmp_path: Path) -> None:
    """An empty history has a summary too."""
    summary = HistoryStore(tmp_path).summary(COUNTY)
    assert (summary.rows, summary.first, summary.top_point) == (0, None, None)


def test_a_history_from_before_intervals_were_kept_is_read(tmp_path: Path) -> None:
    """A file without the column of interval ends reads as one that knows every moment, beside a new file."""
    store = HistoryStore(tmp_path)
    store.write(COUNTY, incidents(10))
    [old] = store.files(COUNTY)
    pl.read_parquet(old, hive_partitioning=False).drop("occurred_to").write_parquet(old)
    store.write(COUNTY, incidents(10, first=10))
    rows = store.scan(COUNTY).collect()
    assert rows.columns == list(SCHEMA)
    assert rows["occurred_to"].null_count() == 20
    span = (tmp_path, COUNTY, START.date(), (START + timedelta(days=2)).date())
    assert len(warehouse.points(*span, zone="UTC")) == 20
