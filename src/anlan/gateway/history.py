"""The history: every past incident, as Parquet files by county, year and month (of the UTC time).

``<root>/county=500117/year=2026/month=11/*.parquet``. Anything that reads hive partitions can read it.

A write is all or nothing. Rows are staged beside the partitions; a marker file, renamed into place, is the
commit; then the staged files are renamed into their partitions. Whoever opens the store next finishes a
committed write that was cut short and throws away an uncommitted one. Readers never see half a write.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

TIME = pl.Datetime("us", "UTC")
SCHEMA: dict[str, Any] = {
    "key": pl.String,
    "occurred": TIME,
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
BASE, MERGE = "_base", "_merge"
STAGING, MARKER = ".staging", "COMMIT"


class HistoryBusyError(Exception):
    """Another import into the same county is running."""


@dataclass(frozen=True)
class Written:
    """What a write did: rows added, rows already there (or repeated), rows replaced by a newer version."""

    stored: int
    duplicate: int
    replaced: int = 0


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


class HistoryStore:
    """The history under one folder."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    def write(
        self, county: str, frame: pl.DataFrame, *, replace: bool = False, drop: Sequence[str] = ()
    ) -> Written:
        """Add rows; a row whose key is stored already counts as duplicate, or replaces it with `replace`.

        Args:
            county: six digits.
            frame: the columns of `SCHEMA`; those of `DEFAULTS` and nullable ones may be missing.
            replace: a stored row of the same key gives way, in whichever month it lies.
            drop: keys whose stored rows go (an incident found to be a duplicate of another).

        Raises:
            ValueError: a required column is missing or holds nulls.
            HistoryBusyError: another write into this county is running.
            OSError: disk full or not writable; nothing was changed.

        """
        with self.session(county) as session:
            session.add(conform(frame))
            return session.commit(replace=replace, drop=drop)

    def session(self, county: str) -> Session:
        """Return a write of many batches that becomes visible as a whole; use it as a context manager."""
        return Session(self, county)

    def scan(self, county: str, start: datetime | None = None, end: datetime | None = None) -> pl.LazyFrame:
        """Return the rows with start <= occurred < end (aware datetimes), lazily, in no particular order."""
        files = self.files(county, start, end)
        if not files:
            return pl.LazyFrame(schema=SCHEMA)
        rows = pl.scan_parquet([str(file) for file in files], hive_partitioning=False)
        if start is not None:
            rows = rows.filter(pl.col("occurred") >= start.astimezone(UTC))
        if end is not None:
            rows = rows.filter(pl.col("occurred") < end.astimezone(UTC))
        return rows

    def files(self, county: str, start: datetime | None = None, end: datetime | None = None) -> list[Path]:
        """Return the committed files whose month overlaps [start, end), sorted."""
        folder = self.county_folder(county)
        if not folder.exists():
            return []
        self._recover(county)
        with _locked(folder / ".commit.lock", shared=True):
            found = sorted(folder.glob("year=*/month=*/*.parquet"))
        return [file for file in found if _overlaps(file, start, end)]

    def counties(self) -> list[str]:
        """Return the counties that have history, sorted."""
        return sorted(
            folder.name.removeprefix("county=")
            for folder in self.root.glob("county=*")
            if any(folder.glob("year=*"))
        )

    def summary(self, county: str, zone: str = "Asia/Shanghai") -> Summary:
        """Count what is stored, with the usual traps: no place, a default point, midnight for unknown."""
        rows = self.scan(county)
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
            top_point=_top_point(rows, found["rows"]),
        )

    def county_folder(self, county: str) -> Path:
        """Return the folder of one county."""
        if not (len(county) == 6 and county.isdigit()):
            raise ValueError(f"county {county!r}: expected six digits")
        return self.root / f"county={county}"

    def _recover(self, county: str) -> None:
        """Finish writes that were committed and then cut short."""
        folder = self.county_folder(county)
        for marker in sorted((folder / STAGING).glob(f"*/{MARKER}")):
            with _locked(folder / ".commit.lock"):
                _publish(marker.parent, folder)


class Session:
    """One all-or-nothing write; leaving the `with` block without `commit` changes nothing.

    `add` takes batches of any order and size; memory holds one batch, then one month at a time.
    """

    def __init__(self, store: HistoryStore, county: str) -> None:
        self.store, self.county = store, county
        self.folder = store.county_folder(county)
        self.name = uuid.uuid4().hex[:12]
        self.staging = self.folder / STAGING / self.name
        self.repeated = 0
        self._batches = 0
        self._lock: int | None = None

    def __enter__(self) -> Session:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.folder / ".write.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise HistoryBusyError(
                f"another import into county {self.county} is running; try again later"
            ) from None
        self.store._recover(self.county)
        # Holding the lock, whatever else is staged belongs to a process that died before its commit.
        shutil.rmtree(self.folder / STAGING, ignore_errors=True)
        (self.staging / "in").mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not (self.staging / MARKER).exists():
            shutil.rmtree(self.staging, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)

    def add(self, frame: pl.DataFrame) -> None:
        """Stage a batch: the columns of `SCHEMA`, optionally `_base` (bool: the key lacks its ordinal)."""
        months = frame.with_columns(pl.col("occurred").dt.strftime("%Y-%m").alias("_month"))
        for (month,), part in months.partition_by("_month", as_dict=True, include_key=False).items():
            target = self.staging / "in" / str(month)
            target.mkdir(exist_ok=True)
            part.write_ipc(target / f"{self._batches:08d}.arrow", compression="lz4")
        self._batches += 1

    def commit(self, *, replace: bool = False, merge: bool = False, drop: Sequence[str] = ()) -> Written:
        """Sort out duplicates month by month, then make everything visible at once.

        Args:
            replace: rows of a stored key replace it instead of counting as duplicates.
            drop: keys whose stored rows go.
            merge: rows of one key are one incident, from its earliest to its latest times.

        """
        counts = [0, 0]
        rewritten, replaced = self._make_room(drop) if replace or drop else ({}, 0)
        for month in sorted((self.staging / "in").iterdir()):
            fresh, duplicate = self._sift(month, merge=merge, replace=replace)
            counts[0] += len(fresh)
            counts[1] += duplicate
            self._put(month.name, fresh)
        shutil.rmtree(self.staging / "in")
        self._seal(rewritten)
        with _locked(self.folder / ".commit.lock"):
            _publish(self.staging, self.folder)
        return Written(stored=counts[0] - replaced, duplicate=counts[1], replaced=replaced)

    def _sift(self, month: Path, *, merge: bool, replace: bool) -> tuple[pl.DataFrame, int]:
        """Return the new rows of one month and how many were duplicates."""
        pieces = [pl.read_ipc(piece) for piece in sorted(month.iterdir())]
        rows = pl.concat(pieces, how="vertical")
        read = len(rows)
        rows = _with_ordinals(rows)
        rows = (
            _merged(rows)
            if merge
            else rows.unique("key", keep="last" if replace else "first", maintain_order=True)
        )
        self.repeated += read - len(rows)
        if not replace:
            year, number = month.name.split("-")
            stored = sorted((self.folder / f"year={year}" / f"month={number}").glob("*.parquet"))
            if stored:
                keys = pl.scan_parquet([str(file) for file in stored], hive_partitioning=False).select("key")
                rows = rows.join(keys.collect(), on="key", how="anti", maintain_order="left")
        return rows, read - len(rows)

    def _put(self, month: str, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        year, number = month.split("-")
        target = self.staging / f"year={year}" / f"month={number}" / f"{self.name}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows.select(list(SCHEMA)).sort("occurred").write_parquet(
            target, compression="zstd", compression_level=1
        )

    def _make_room(self, drop: Sequence[str]) -> tuple[dict[str, str], int]:
        """Rewrite stored files without the keys to be replaced; returns old → new path, and rows gone."""
        staged = [str(piece) for piece in (self.staging / "in").rglob("*.arrow")]
        coming = (
            pl.scan_ipc(staged).select("key").collect() if staged else pl.DataFrame(schema={"key": pl.String})
        )
        keys = pl.concat([coming, pl.DataFrame({"key": drop}, schema={"key": pl.String})]).unique()
        rewritten, gone = {}, 0
        for number, file in enumerate(sorted(self.folder.glob("year=*/month=*/*.parquet"))):
            held = pl.read_parquet(file, columns=["key"], hive_partitioning=False)
            hits = held.join(keys, on="key", how="semi")
            if hits.is_empty():
                continue
            gone += hits.join(coming, on="key", how="semi").height
            rest = pl.read_parquet(file, hive_partitioning=False).join(keys, on="key", how="anti")
            new = self.staging / f"rewritten-{number}.parquet"
            rest.write_parquet(new, compression="zstd", compression_level=1)
            rewritten[str(file.relative_to(self.folder))] = new.name if len(rest) else ""
        return rewritten, gone

    def _seal(self, rewritten: dict[str, str]) -> None:
        """Flush everything to disk, then rename the marker into place: the moment of commit."""
        for file in self.staging.rglob("*.parquet"):
            _flush(file)
        draft = self.staging / "COMMIT.draft"
        draft.write_text(json.dumps(rewritten), encoding="utf-8")
        _flush(draft)
        draft.rename(self.staging / MARKER)
        _flush(self.staging)


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


def _with_ordinals(rows: pl.DataFrame) -> pl.DataFrame:
    """Complete the keys made from a row's content: identical rows are numbered in the order of the file."""
    if BASE not in rows.columns:
        return rows
    ordinal = pl.int_range(pl.len()).over("key").cast(pl.String)
    key = pl.when(BASE).then(pl.col("key") + "-" + ordinal).otherwise("key")
    return rows.with_columns(key.alias("key")).drop(BASE)


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    first = [
        pl.col(name).min() if name in MERGE_FIRST else pl.col(name).first()
        for name in rows.columns
        if name not in ("key", "closed")
    ]
    return rows.group_by("key", maintain_order=True).agg(*first, pl.col("closed").max())


def _top_point(rows: pl.LazyFrame, total: int) -> tuple[float, float, float] | None:
    """Return lon, lat and share of the most common point: a pile-up there is a default address."""
    points = rows.filter(pl.col("lon").is_not_null()).group_by("lon", "lat").agg(pl.len().alias("count"))
    top = points.top_k(1, by="count").collect(engine="streaming")
    if top.is_empty():
        return None
    lon, lat, count = top.row(0)
    return lon, lat, count / total


def _overlaps(file: Path, start: datetime | None, end: datetime | None) -> bool:
    year, month = int(file.parent.parent.name[5:]), int(file.parent.name[6:])
    begins = datetime(year, month, 1, tzinfo=UTC)
    ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return (start is None or ends > start) and (end is None or begins < end)


def _publish(staging: Path, folder: Path) -> None:
    """Move a committed write into the partitions; safe to repeat after a cut."""
    marker = staging / MARKER
    if not marker.exists():  # another process was faster
        return
    for old, new in json.loads(marker.read_text(encoding="utf-8")).items():
        if not new:
            (folder / old).unlink(missing_ok=True)
        elif (staging / new).exists():
            (staging / new).replace(folder / old)
    for file in sorted(staging.glob("year=*/month=*/*.parquet")):
        target = folder / file.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
    for month in {file.parent for file in folder.glob(f"year=*/month=*/{staging.name}.parquet")}:
        _flush(month)
    shutil.rmtree(staging)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
