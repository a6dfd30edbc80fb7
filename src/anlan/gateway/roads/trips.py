"""Recorded trips from a CSV file: from where, to where, when, how long."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from anlan.engine.geo.roads.calibration import Trips, hour_classes

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("from_lon", "from_lat", "to_lon", "to_lat", "departed", "seconds")
LIMITS = {"from_lon": 180.0, "to_lon": 180.0, "from_lat": 90.0, "to_lat": 90.0}
MOST_S = 86_400.0
MAX_NAMED = 5


def read_trips(path: Path) -> Trips:
    """Read trips; `departed` is local time as in 2026-03-04T17:20, whose hour and weekday count.

    Raises:
        ValueError: not CSV in UTF-8, a missing column, or bad rows: the first of them are named.
        OSError: the file cannot be read.

    """
    table = _table(path)
    problems: list[str] = []
    places = {name: _number(table, name, limit, problems) for name, limit in LIMITS.items()}
    seconds = _number(table, "seconds", MOST_S, problems)
    problems += [f"row {row}: seconds: above 0" for row in _rows(seconds <= 0)]
    when = [_moment(text) for text in table["departed"].to_list()]
    missing = np.array([moment is None for moment in when], np.bool_)
    problems += [f"row {row}: departed: local time, as in 2026-03-04T17:20" for row in _rows(missing)]
    if problems:
        more = f", and {len(problems) - MAX_NAMED} more" if len(problems) > MAX_NAMED else ""
        raise ValueError(f"{path.name}: {'; '.join(problems[:MAX_NAMED])}{more}")
    moments = [moment for moment in when if moment is not None]
    hours = hour_classes([moment.hour for moment in moments], [moment.weekday() for moment in moments])
    begin, end = (places["from_lon"], places["from_lat"]), (places["to_lon"], places["to_lat"])
    return Trips.of(*begin, *end, hours, seconds)


def _table(path: Path) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: not a CSV file in UTF-8 ({error})") from None
    table = table.rename({name: name.strip().lstrip("\ufeff") for name in table.columns})
    lacking = [name for name in COLUMNS if name not in table.columns]
    if lacking:
        raise ValueError(f"{path.name}: no column {', '.join(lacking)}; there are {', '.join(table.columns)}")
    if not len(table):
        raise ValueError(f"{path.name}: no trips")
    return table


def _number(table: pl.DataFrame, name: str, limit: float, problems: list[str]) -> np.ndarray:
    values = table[name].str.strip_chars().cast(pl.Float64, strict=False).to_numpy()
    bad = ~(np.abs(values) <= limit)
    problems += [f"row {row}: {name}: a number up to {limit:g}" for row in _rows(bad)]
    return np.asarray(values, np.float64)


def _rows(bad: np.ndarray) -> list[int]:
    """Row numbers as a spreadsheet shows them: the head is row 1."""
    return [int(row) + 2 for row in np.flatnonzero(bad)]


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
