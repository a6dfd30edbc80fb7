"""The store of the history and its all-or-nothing writes."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import uuid
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from anlan.gateway.history.files import MARKER, STAGING, flush, locked, overlaps, publish
from anlan.gateway.history.rows import SCHEMA, conform, merged, with_ordinals
from anlan.gateway.history.summary import Summary, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType


class HistoryBusyError(Exception):
    """Another import into the same county is running."""


@dataclass(frozen=True)
class Written:
    """What a write did: rows added, rows already there (or repeated), rows replaced by a newer version."""

    stored: int
    duplicate: int
    replaced: int = 0


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
        rows = pl.scan_parquet(
            [str(file) for file in files], hive_partitioning=False, schema=SCHEMA, missing_columns="insert"
        )
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
        with locked(folder / ".commit.lock", shared=True):
            found = sorted(folder.glob("year=*/month=*/*.parquet"))
        return [file for file in found if overlaps(file, start, end)]

    def counties(self) -> list[str]:
        """Return the counties that have history, sorted."""
        return sorted(
            folder.name.removeprefix("county=")
            for folder in self.root.glob("county=*")
            if any(folder.glob("year=*"))
        )

    def summary(self, county: str, zone: str = "Asia/Shanghai") -> Summary:
        """Count what is stored, with the usual traps: no place, a default point, midnight for unknown."""
        return summarise(self.scan(county), zone)

    def county_folder(self, county: str) -> Path:
        """Return the folder of one county."""
        if not (len(county) == 6 and county.isdigit()):
            raise ValueError(f"county {county!r}: expected six digits")
        return self.root / f"county={county}"

    def _recover(self, county: str) -> None:
        """Finish writes that were committed and then cut short."""
        folder = self.county_folder(county)
        for marker in sorted((folder / STAGING).glob(f"*/{MARKER}")):
            with locked(folder / ".commit.lock"):
                publish(marker.parent, folder)


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

    def commit(
        self,
        *,
        replace: bool = False,
        merge: bool = False,
        drop: Sequence[str] = (),
        within: Callable[[Written], AbstractContextManager[object]] = nullcontext,
    ) -> Written:
        """Sort out duplicates month by month, then make everything visible at once.

        Args:
            replace: rows of a stored key replace it instead of counting as duplicates.
            drop: keys whose stored rows go.
            merge: rows of one key are one incident, from its earliest to its latest times.
            within: the moment of commit falls inside this context, made of what is about to be written; if
                entering it fails, nothing is. What fails on leaving it comes too late: the rows are stored.

        """
        counts = [0, 0]
        rewritten, replaced = self._make_room(drop) if replace or drop else ({}, 0)
        for month in sorted((self.staging / "in").iterdir()):
            fresh, duplicate = self._sift(month, merge=merge, replace=replace)
            counts[0] += len(fresh)
            counts[1] += duplicate
            self._put(month.name, fresh)
        shutil.rmtree(self.staging / "in")
        written = Written(stored=counts[0] - replaced, duplicate=counts[1], replaced=replaced)
        with within(written):
            self._seal(rewritten)
        with locked(self.folder / ".commit.lock"):
            publish(self.staging, self.folder)
        return written

    def _sift(self, month: Path, *, merge: bool, replace: bool) -> tuple[pl.DataFrame, int]:
        """Return the new rows of one month and how many were duplicates."""
        pieces = [pl.read_ipc(piece) for piece in sorted(month.iterdir())]
        rows = pl.concat(pieces, how="vertical")
        read = len(rows)
        rows = with_ordinals(rows)
        rows = (
            merged(rows)
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
            flush(file)
        draft = self.staging / "COMMIT.draft"
        draft.write_text(json.dumps(rewritten), encoding="utf-8")
        flush(draft)
        draft.rename(self.staging / MARKER)
        flush(self.staging)
