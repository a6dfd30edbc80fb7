"""What a row of the history holds, and how rows of one key become one."""

from __future__ import annotations

from typing import Any

import polars as pl

TIME = pl.Datetime("us", "UTC")
SCHEMA: dict[str, Any] = {
    "key": pl.String,
    "occurred": TIME,
    "occurred_to": TIME,
    "precision": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "type": pl.String,
    "category": pl.String,
    "priority": pl.UInt8,
    "source": pl.String,
    "area_code": pl.String,
    "grid_code": pl.String,
    "beat_code": pl.String,
    "address": pl.String,
    "received": TIME,
    "dispatched": TIME,
    "on_scene": TIME,
    "closed": TIME,
}
DEFAULTS: dict[str, Any] = {"precision": "time", "grid_code": "", "beat_code": "", "address": ""}
REQUIRED = ("key", "occurred", "type", "category", "priority", "source", "area_code")
MERGE_FIRST = ("received", "dispatched", "on_scene")
MERGE_LAST = ("occurred_to", "closed")
BASE = "_base"


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with exactly the columns and types of `SCHEMA`.

    Raises:
        ValueError: a required column is missing or holds nulls.

    """
    for name in REQUIRED:
        if name not in frame.columns:
            raise ValueError(f"history: column {name} is missing")
        if frame[name].null_count():
            raise ValueError(f"history: column {name} has {frame[name].null_count()} empty values")
    columns = [
        (pl.col(name) if name in frame.columns else pl.lit(DEFAULTS.get(name))).cast(kind).alias(name)
        for name, kind in SCHEMA.items()
    ]
    return frame.select(columns).with_columns(
        pl.col(name).fill_null(value) for name, value in DEFAULTS.items()
    )


def with_ordinals(rows: pl.DataFrame) -> pl.DataFrame:
    """Complete the keys made from a row's content: identical rows are numbered in the order of the file."""
    if BASE not in rows.columns:
        return rows
    ordinal = pl.int_range(pl.len()).over("key").cast(pl.String)
    key = pl.when(BASE).then(pl.col("key") + "-" + ordinal).otherwise("key")
    return rows.with_columns(key.alias("key")).drop(BASE)


def merged(rows: pl.DataFrame) -> pl.DataFrame:
    """Make rows of one key one incident, from its earliest to its latest times."""
    first = [
        pl.col(name).min() if name in MERGE_FIRST else pl.col(name).first()
        for name in rows.columns
        if name not in ("key", *MERGE_LAST)
    ]
    last = [pl.col(name).max() for name in MERGE_LAST]
    return rows.group_by("key", maintain_order=True).agg(*first, *last)
