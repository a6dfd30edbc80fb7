"""One batch of a file's rows → rows of the history, and the rows that cannot be, each with its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import time
from hashlib import blake2b
from typing import Any

import numpy as np
import polars as pl

from anlan.engine.geo.crs import Crs, to_wgs84
from anlan.gateway.files.errors import ImportRefusedError
from anlan.gateway.files.mapping import TIMES, Mapping, day_month_order
from anlan.gateway.files.places import Places
from anlan.gateway.files.taxonomy import TypeEntry
from anlan.gateway.history import BASE, SCHEMA, TIME


@dataclass
class Tally:
    """What was met on the way; adds up over batches."""

    located: int = 0
    no_location: int = 0
    outside_area: int = 0
    outside_grids: int = 0
    midnight: int = 0
    inside_box: int = 0
    inside_box_swapped: int = 0
    other_order: int = 0
    first_other_order: str = ""
    unmapped: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    points: Counter[tuple[float, float]] = field(default_factory=Counter)


@dataclass
class Normaliser:
    """Turns batches of one file into history rows."""

    mapping: Mapping
    places: Places
    taxonomy: dict[str, TypeEntry]
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        """Check the mapping against the taxonomy.

        Raises:
            ImportRefusedError: an unknown type, or coordinates of no stated system.

        """
        self.mapping.check_types(self.taxonomy)
        self.crs: Crs | None = self.mapping.located()
        self.box = self.places.bounds
        self._types: dict[tuple[str, ...], str] = {}

    def run(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return (history rows, refused rows with `_row` and `_reason`)."""
        work = raw.select(
            pl.col("_row"), *self._times(raw), *self._coordinates(raw), *self._texts(), *self._source()
        )
        work = self._typed(self._to_utc(work))
        work = self._on_the_globe(work)
        reason = self._reason(work)
        refused = raw.with_columns(reason).filter(pl.col("_reason").is_not_null())
        self._count_refused(refused, work)
        good = work.filter(reason.is_null())
        return self._history(good), refused

    def _times(self, raw: pl.DataFrame) -> list[pl.Expr]:
        parsed = [self._parsed(raw, columns).alias(name) for name, columns in self.mapping.times.items()]
        if self.mapping.day:
            occurred = pl.lit(self.mapping.day).str.to_datetime("%Y-%m-%d", time_unit="us").alias("occurred")
            return [occurred, pl.lit(self.mapping.day).alias("_when"), *parsed]
        text = _joined(self.mapping.occurred, " ")
        return [self._parsed(raw, self.mapping.occurred).alias("occurred"), text.alias("_when"), *parsed]

    def _parsed(self, raw: pl.DataFrame, columns: tuple[str, ...], formats: tuple[str, ...] = ()) -> pl.Expr:
        """Return the time in naive microseconds, or aware where the file itself is."""
        kind = raw.schema[columns[0]]
        if len(columns) == 1 and kind.is_temporal():
            return pl.col(columns[0]).cast(pl.Datetime("us", getattr(kind, "time_zone", None)))
        text = _joined(columns, " ")
        formats = formats or self.mapping.formats
        if not formats:
            raise self.mapping.wrong(f"time.formats is missing: column {columns[0]!r} holds text")
        return pl.coalesce(text.str.to_datetime(form, time_unit="us", strict=False) for form in formats)

    def _to_utc(self, work: pl.DataFrame) -> pl.DataFrame:
        return work.with_columns(
            self._utc(pl.col(name), work.schema[name]).alias(name)
            for name in ("occurred", *self.mapping.times)
        )

    def _utc(self, time: pl.Expr, kind: Any) -> pl.Expr:
        if kind.time_zone:
            return time.dt.convert_time_zone("UTC")
        zone = self.mapping.zone
        # A clock that skips an hour never shows it: such a time was written by a clock not yet put forward.
        plain = time.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        later = time.dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        return pl.coalesce(plain, later).dt.convert_time_zone("UTC")

    def _coordinates(self, raw: pl.DataFrame) -> list[pl.Expr]:
        if not self.mapping.lon:
            return [pl.lit(None, pl.Float64).alias(name) for name in ("x", "y")] + [
                pl.lit(False).alias("_bad_point")  # noqa: FBT003
            ]
        columns = []
        bad = pl.lit(False)  # noqa: FBT003
        for name, column in (("x", self.mapping.lon), ("y", self.mapping.lat)):
            value = pl.col(column).str.strip_chars() if raw.schema[column] == pl.String else pl.col(column)
            number = value.cast(pl.Float64, strict=False)
            number = pl.when(number.is_finite()).then(number)
            given = (value != "") if raw.schema[column] == pl.String else value.is_not_null()
            columns.append(number.alias(name))
            bad |= given.fill_null(value=False) & number.is_null()
        return [*columns, bad.alias("_bad_point")]

    def _texts(self) -> list[pl.Expr]:
        address = _text(self.mapping.address) if self.mapping.address else pl.lit("")
        types = [_text(name).alias(f"_type{i}") for i, name in enumerate(self.mapping.type_columns)]
        key = _joined(self.mapping.key, "|") if self.mapping.key else pl.lit("")
        return [address.alias("address"), key.alias("key"), *types]

    def _source(self) -> list[pl.Expr]:
        if not self.mapping.source_column:
            return [pl.lit(None, pl.String).alias("_source")]
        return [
            _text(self.mapping.source_column)
            .replace_strict(self.mapping.sources, default=None)
            .alias("_source")
        ]

    def _typed(self, work: pl.DataFrame) -> pl.DataFrame:
        names = [f"_type{i}" for i in range(len(self.mapping.type_columns))]
        if not names:
            work = work.with_columns(
                pl.lit(self.mapping.type_constant).alias("type"), pl.lit("").alias("_said")
            )
        else:
            seen = work.select(names).unique()
            seen = seen.with_columns(
                pl.Series("type", [self._type(row) for row in seen.iter_rows()], pl.String)
            )
            work = work.join(seen, on=names, how="left", maintain_order="left")
            work = work.with_columns(pl.concat_str(names, separator="|").alias("_said"))
        entries = {code: self.taxonomy[code] for code in set(work["type"]) if code}
        fields: dict[str, Any] = {"category": pl.String, "priority": pl.UInt8, "source": pl.String}
        return work.with_columns(
            pl.col("type")
            .replace_strict(
                {code: getattr(entry, name) for code, entry in entries.items()},
                default=None,
                return_dtype=kind,
            )
            .alias(name)
            for name, kind in fields.items()
        ).with_columns(pl.coalesce("_source", "source").alias("source"))

    def _type(self, texts: tuple[str, ...]) -> str:
        if texts not in self._types:
            self._types[texts] = self.mapping.type_of(texts)
        return self._types[texts]

    def _on_the_globe(self, work: pl.DataFrame) -> pl.DataFrame:
        """Add lon and lat in WGS-84 (null: no location), and whether a given point is none on the globe."""
        missing = pl.any_horizontal(
            (pl.col("x") - x).abs().lt(1e-9) & (pl.col("y") - y).abs().lt(1e-9)
            for x, y in self.mapping.missing
        )
        gone = missing.fill_null(value=False) | pl.col("x").is_null() | pl.col("y").is_null()
        work = work.with_columns(pl.when(~gone).then(pl.col(name)).alias(name) for name in ("x", "y"))
        x, y = (work[name].fill_null(float("nan")).to_numpy() for name in ("x", "y"))
        lon, lat = (x, y) if self.crs is None else to_wgs84(x, y, self.crs)
        self._look_for_swap(lon, lat, x, y)
        return work.with_columns(
            pl.Series("lon", lon).fill_nan(None), pl.Series("lat", lat).fill_nan(None)
        ).with_columns(
            ((pl.col("lon").abs() > 180) | (pl.col("lat").abs() > 90)).fill_null(value=False).alias("_off")
        )

    def _look_for_swap(self, lon: Any, lat: Any, x: Any, y: Any) -> None:
        here = np.isfinite(lon) & np.isfinite(lat)
        self.tally.located += int(here.sum())
        inside = self._plausible(lon, lat) & here
        self.tally.inside_box += int(inside.sum())
        if self.crs is not None and inside.sum() * 2 < here.sum():
            turned = to_wgs84(y, x, self.crs)
            self.tally.inside_box_swapped += int((self._plausible(*turned) & here).sum())

    def _plausible(self, lon: Any, lat: Any) -> Any:
        west, south, east, north = self.box or (-180.0, -90.0, 180.0, 90.0)
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)

    def _reason(self, work: pl.DataFrame) -> pl.Series:
        """Return why each row is refused, null where it is not."""
        when = " ".join(self.mapping.occurred)
        said = "|".join(self.mapping.type_columns)
        checks = [
            (pl.col("occurred").is_null() & (pl.col("_when") == ""), pl.lit(f"{when}: empty")),
            (
                pl.col("occurred").is_null(),
                pl.format(when + ": '{}' is not a time of the mapping's formats", "_when"),
            ),
            (pl.col("_bad_point"), pl.lit(f"{self.mapping.lon}, {self.mapping.lat}: not a number")),
            (pl.col("_off"), pl.lit(f"{self.mapping.lon}, {self.mapping.lat}: no place on the globe")),
            (
                pl.col("type").is_null() | (pl.col("type") == ""),
                pl.format(said + ": '{}' is not in the mapping's types", "_said"),
            ),
        ]
        if "occurred_to" in self.mapping.times:
            until = " ".join(self.mapping.times["occurred_to"])
            early = pl.col("occurred_to") < pl.col("occurred")
            checks.append((early, pl.lit(f"{until}: before {when}; swap them or leave it empty")))
        if self.mapping.key:
            empty = pl.col("key").str.replace_all("|", "", literal=True) == ""
            checks.append((empty, pl.lit(f"{'|'.join(self.mapping.key)}: the key is empty")))
        reason = pl.coalesce(pl.when(condition).then(text) for condition, text in checks)
        return work.select(reason.alias("_reason")).to_series()

    def _count_refused(self, refused: pl.DataFrame, work: pl.DataFrame) -> None:
        if refused.is_empty():
            return
        kinds = refused["_reason"].str.replace(r"'.*'", "'…'", literal=False)
        self.tally.reasons.update(dict(kinds.value_counts().iter_rows()))
        lost = work.filter((pl.col("type") == "") | pl.col("type").is_null())
        self.tally.unmapped.update(dict(lost["_said"].value_counts().iter_rows()))
        self._look_for_other_order(refused)

    def _look_for_other_order(self, refused: pl.DataFrame) -> None:
        """Count refused dates that fit the other order of day and month: then no date of the file is safe."""
        turned = tuple(_turned(form) for form in self.mapping.formats if day_month_order(form))
        text = all(refused.schema[name] == pl.String for name in self.mapping.occurred)
        if not turned or not text or self.mapping.day:
            return
        plain, other = (
            self._parsed(refused, self.mapping.occurred, forms) for forms in (self.mapping.formats, turned)
        )
        hits = refused.filter(plain.is_null() & other.is_not_null()).select(
            "_row", _joined(self.mapping.occurred, " ")
        )
        self.tally.other_order += len(hits)
        if len(hits) and not self.tally.first_other_order:
            row, text_seen = hits.row(0)
            self.tally.first_other_order = f"row {row}: '{text_seen}'"

    def _history(self, good: pl.DataFrame) -> pl.DataFrame:
        lon, lat = (good[name].fill_null(float("nan")).to_numpy() for name in ("lon", "lat"))
        codes, outside = self.places.locate(lon, lat)
        good = good.with_columns(codes).with_columns(self._keys(good))
        here = good["lon"].is_not_null()
        self.tally.no_location += len(good) - int(here.sum())
        self.tally.outside_area += int(outside.sum())
        self.tally.outside_grids += int((here & (codes["grid_code"] == "")).sum())
        self._count_points(good)
        self._count_midnight(good)
        absent = [name for name in TIMES if name not in good.columns]
        return good.with_columns(
            pl.lit(self.mapping.precision).alias("precision"),
            pl.lit(not self.mapping.key).alias(BASE),
            *(pl.lit(None, TIME).alias(name) for name in absent),
        ).select(*SCHEMA, BASE)

    def _keys(self, good: pl.DataFrame) -> pl.Series:
        """Return keys: the source's own, or a hash of what the mapping reads (the ordinal comes later)."""
        prefix = f"{self.mapping.key_prefix or self.mapping.name}:"
        if self.mapping.key:
            return good.select((pl.lit(prefix) + pl.col("key")).alias("key")).to_series()
        places = [
            (pl.col(name) * 1e6).round().cast(pl.Int64).cast(pl.String).fill_null("") for name in ("x", "y")
        ]
        text = pl.concat_str(
            pl.col("occurred").to_physical().cast(pl.String), "_said", "address", *places, separator="\x1f"
        )
        lines = good.select(text.alias("line"))["line"]
        hashes = [prefix + blake2b(line.encode(), digest_size=10).hexdigest() for line in lines]
        return pl.Series("key", hashes, pl.String)

    def _count_points(self, good: pl.DataFrame) -> None:
        points = good.filter(pl.col("lon").is_not_null()).group_by("lon", "lat").len().top_k(20, by="len")
        self.tally.points.update({(lon, lat): count for lon, lat, count in points.iter_rows()})
        if len(self.tally.points) > 10_000:
            self.tally.points = Counter(dict(self.tally.points.most_common(1_000)))

    def _count_midnight(self, good: pl.DataFrame) -> None:
        if self.mapping.precision == "time":
            local = good["occurred"].dt.convert_time_zone(self.mapping.zone)
            self.tally.midnight += int((local.dt.time() <= time(0, 1)).sum())


def check_columns(mapping: Mapping, columns: list[str], read_as: str) -> None:
    """Raise ImportRefusedError for columns that the mapping names and the file lacks."""
    absent = [name for name in mapping.columns() if name not in columns]
    if absent:
        raise ImportRefusedError(
            f"the file has no column {', '.join(map(repr, absent))}{read_as}; it has {', '.join(columns)}. "
            f"Mend the mapping {mapping.name} or choose another preset"
        )


def _turned(form: str) -> str:
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).fill_null("").str.strip_chars()


def _joined(columns: tuple[str, ...], separator: str) -> pl.Expr:
    return pl.concat_str([_text(column) for column in columns], separator=separator).str.strip_chars()
