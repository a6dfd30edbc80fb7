"""From the history to the engine: counts by cell, period and type, and points, in the county's own time.

The expressions are ibis, run by DuckDB here; a Spark connection runs the same ones over the same folders.
The session counts in UTC; local time is UTC plus the zone's offset, which changes only at the transitions
that Python's zone database lists. So neither the machine's zone nor the database's own matters.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import polars as pl

from anlan.engine.analysis.cube import STEP_HOURS, CountCube, Step, periods_between
from anlan.gateway.history import HistoryStore

if TYPE_CHECKING:
    from pathlib import Path

Source = Literal["resident", "officer"]
UNTIL = "occurred_to"
POINT_COLUMNS = ("lon", "lat", "type", "category", "grid_code", "beat_code")


def count_cube(  # noqa: PLR0913 - the question has this many parts
    root: Path | str,
    county: str,
    start: date,
    end: date,
    *,
    step: Step,
    zone: str,
    cells: Literal["grid", "beat"],
    source: Source | None = "resident",
) -> CountCube:
    """Return the incidents of [start, end) local days as a count cube.

    Incidents outside all cells are left out. Incidents of which only the day is known count for step "day";
    an hour or shift cube leaves them out.

    Args:
        root: folder of the history.
        county: six digits.
        start: first local day.
        end: local day after the last.
        step: length of a period.
        zone: IANA name of the county's zone.
        cells: what the cube's first axis is.
        source: who brought the incidents; None for all.

    Raises:
        ValueError: every incident of the range knows only its day, but hours or shifts were asked for.

    """
    rows = _rows(root, county, start, end, zone, source)
    if rows is None:
        return CountCube.from_table(cell=[], start=[], type=[], step=step, first=start, end=end)
    column = {"grid": "grid_code", "beat": "beat_code"}[cells]
    rows = rows.filter(rows[column] != "")
    seconds = rows.occurred.epoch_seconds() + _offset(rows.occurred, start, end, zone) - _epoch(start)
    period = (seconds / (STEP_HOURS[step] * 3600)).floor().cast("int64")
    by_day = rows.precision == "day"
    grouped = rows.group_by(cell=rows[column], period=period, type=rows.type).aggregate(
        count=rows.count(), days_only=by_day.sum()
    )
    table = grouped.to_polars()
    if step != "day":
        table = _timed(table, step)
    return CountCube.from_table(
        cell=table["cell"].to_numpy().astype(str),
        start=periods_between(start, end, step)[table["period"].to_numpy()],
        type=table["type"].to_numpy().astype(str),
        count=table["count"].to_numpy(),
        step=step,
        first=start,
        end=end,
    )


def points(
    root: Path | str,
    county: str,
    start: date,
    end: date,
    *,
    zone: str,
    source: Source | None = "resident",
) -> pl.DataFrame:
    """Return the located incidents of [start, end) local days, sorted by time.

    Columns: occurred_local (naive), occurred_to_local (naive, null: the moment is known), lon, lat, type,
    category, grid_code, beat_code.
    """
    rows = _rows(root, county, start, end, zone, source)
    if rows is None:
        schema: dict[str, Any] = dict.fromkeys(("occurred_local", "occurred_to_local"), pl.Datetime("us"))
        schema |= {"lon": pl.Float64, "lat": pl.Float64}
        return pl.DataFrame(schema=schema | dict.fromkeys(POINT_COLUMNS[2:], pl.String))
    if UNTIL not in rows.columns:  # a history written before intervals were kept
        rows = rows.mutate(**{UNTIL: ibis.null("timestamp('UTC')")})
    located = rows.filter(rows.lon.notnull() & rows.lat.notnull()).select("occurred", UNTIL, *POINT_COLUMNS)
    local = [
        pl.col(name).dt.cast_time_unit("us").dt.convert_time_zone(zone).dt.replace_time_zone(None)
        for name in ("occurred", UNTIL)
    ]
    found: pl.DataFrame = located.to_polars()
    times = [time.name.suffix("_local") for time in local]
    return found.select(*times, *POINT_COLUMNS).sort("occurred_local")


def _rows(
    root: Path | str, county: str, start: date, end: date, zone: str, source: str | None
) -> ibis.expr.types.Table | None:
    """Return the rows of the local days as an ibis table; None where nothing is stored."""
    first, last = _midnight(start, zone), _midnight(end, zone)
    files = HistoryStore(root).files(county, first, last)
    if not files or start >= end:
        return None
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    rows = connection.read_parquet([str(file) for file in files], hive_partitioning=False, union_by_name=True)
    seconds = rows.occurred.epoch_seconds()
    rows = rows.filter((seconds >= int(first.timestamp())) & (seconds < int(last.timestamp())))
    return rows if source is None else rows.filter(rows.source == source)


def _timed(table: pl.DataFrame, step: str) -> pl.DataFrame:
    """Drop incidents that know only their day from a finer cube."""
    days_only = int(table["days_only"].sum())
    if days_only and days_only == int(table["count"].sum()):
        raise ValueError(f"step {step!r}: these incidents know only their day; ask for step 'day'")
    return table.with_columns(pl.col("count") - pl.col("days_only")).filter(pl.col("count") > 0)


def _offset(occurred: Any, start: date, end: date, zone: str) -> Any:
    """Return the expression of the zone's offset from UTC in seconds at each time."""
    changes = transitions(start, end, zone)
    seconds = occurred.epoch_seconds()
    later = [(seconds < moment, offset) for (_, offset), (moment, _) in pairwise(changes)]
    last = changes[-1][1]
    return ibis.cases(*later, else_=last) if later else ibis.literal(last)


def transitions(start: date, end: date, zone: str) -> list[tuple[int, int]]:
    """Return (epoch second from which it holds, offset in seconds) of the zone over [start, end]."""
    first, last = int(_midnight(start, zone).timestamp()), int(_midnight(end, zone).timestamp())
    found = [(first, _offset_at(first, zone))]
    for low in range(first, last, 86400):
        high = low + 86400
        if _offset_at(high, zone) != _offset_at(low, zone):
            found.append((_change_between(low, high, zone), _offset_at(high, zone)))
    return found


def _change_between(low: int, high: int, zone: str) -> int:
    before = _offset_at(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset_at(middle, zone) == before else (low, middle)
    return high


def _offset_at(second: int, zone: str) -> int:
    offset = datetime.fromtimestamp(second, ZoneInfo(zone)).utcoffset() or timedelta()
    return int(offset.total_seconds())


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _epoch(day: date) -> int:
    return int(np.datetime64(day, "s").astype(np.int64))
