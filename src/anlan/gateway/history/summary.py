"""What is stored of a county, and what is odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl


@dataclass(frozen=True)
class Summary:
    """What is stored of one county.

    `by_year_type` has columns year, type, count; shares are fractions of all rows.
    """

    rows: int
    first: datetime | None
    last: datetime | None
    by_year_type: pl.DataFrame
    no_location_share: float
    outside_grids_share: float
    day_only_share: float
    midnight_share: float
    top_point: tuple[float, float, float] | None

    def by_year(self) -> list[tuple[int, int]]:
        """Return (local year, incidents), rising."""
        return list(self.by_year_type.group_by("year").agg(pl.col("count").sum()).sort("year").iter_rows())

    def notes(self) -> list[str]:
        """Return what a reader of the figures should know about the data."""
        shares = [
            (self.no_location_share, "have no location"),
            (self.outside_grids_share, "lie in no grid (those without location included)"),
            (self.day_only_share, "know only their day: left out of counts by hour and shift"),
            (self.midnight_share, "have the time 00:00 or 00:01, which often stands for unknown"),
        ]
        found = [f"{share:.2%} {what}" for share, what in shares if share > 0]
        if self.top_point:
            lon, lat, share = self.top_point
            found.append(f"{share:.2%} lie at the most common point {lon:.5f}, {lat:.5f}")
        return found


def summarise(rows: pl.LazyFrame, zone: str) -> Summary:
    """Count the rows of a history, with the usual traps; `zone` tells which hour is midnight."""
    local = pl.col("occurred").dt.convert_time_zone(zone)
    timed = pl.col("precision") == "time"
    totals = rows.select(
        pl.len().alias("rows"),
        pl.col("occurred").min().alias("first"),
        pl.col("occurred").max().alias("last"),
        pl.col("lon").is_null().mean().alias("no_location"),
        (pl.col("grid_code") == "").mean().alias("outside"),
        (~timed).mean().alias("day_only"),
        ((local.dt.time() <= pl.time(0, 1)) & timed).sum().alias("midnight"),
        timed.sum().alias("timed"),
    ).collect(engine="streaming")
    found = totals.row(0, named=True)
    by_year_type = rows.group_by(local.dt.year().alias("year"), "type").agg(pl.len().alias("count"))
    return Summary(
        rows=found["rows"],
        first=found["first"],
        last=found["last"],
        by_year_type=by_year_type.sort("year", "type").collect(engine="streaming"),
        no_location_share=found["no_location"] or 0.0,
        outside_grids_share=found["outside"] or 0.0,
        day_only_share=found["day_only"] or 0.0,
        midnight_share=(found["midnight"] or 0) / max(found["timed"] or 0, 1),
        top_point=top_point(rows, found["rows"]),
    )


def top_point(rows: pl.LazyFrame, total: int) -> tuple[float, float, float] | None:
    """Return lon, lat and share of the most common point: a pile-up there is a default address."""
    points = rows.filter(pl.col("lon").is_not_null()).group_by("lon", "lat").agg(pl.len().alias("count"))
    top = points.top_k(1, by="count").collect(engine="streaming")
    if top.is_empty():
        return None
    lon, lat, count = top.row(0)
    return lon, lat, count / total
