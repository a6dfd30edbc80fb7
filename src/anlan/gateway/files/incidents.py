"""Importing a file of incidents into the history, all or nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import polars as pl

from anlan.gateway.files import taxonomy
from anlan.gateway.files.errors import ImportRefusedError
from anlan.gateway.files.mapping import Mapping
from anlan.gateway.files.normalise import Normaliser, Tally, check_columns
from anlan.gateway.files.places import Places
from anlan.gateway.files.readers import Broken, Rows, open_rows
from anlan.gateway.files.taxonomy import TypeEntry
from anlan.gateway.history import HistoryStore, Session, Written

Progress = Callable[[int, int, int], None]
MIXED_SHARE = 0.01
NOTED_SHARE = 0.05


@dataclass(frozen=True)
class Summary:
    """What an import did; read = stored + duplicate + quarantined.

    `merged` of the duplicates are further rows of a call that the file lists once per unit. The counts of
    places are of rows that were not quarantined. `top_point` is lon, lat and share of the located rows.
    """

    file: str
    encoding: str
    read: int
    stored: int
    duplicate: int
    quarantined: int
    merged: int = 0
    no_location: int = 0
    outside_area: int = 0
    outside_grids: int = 0
    midnight: int = 0
    top_point: tuple[float, float, float] | None = None
    reasons: dict[str, int] = field(default_factory=dict)
    unmapped: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold the sum."""
        if self.read != self.stored + self.duplicate + self.quarantined:
            raise AssertionError(
                f"{self.file}: read {self.read} is not stored {self.stored} + duplicate {self.duplicate} "
                f"+ quarantined {self.quarantined}"
            )

    @property
    def notes(self) -> list[str]:
        """What a reader of the figures should know about the data."""
        kept = max(self.read - self.quarantined, 1)
        found = [
            (self.no_location, "without location, kept and counted for the whole county"),
            (self.outside_area, "outside the county's boundary, kept without a grid"),
            (self.outside_grids, "located in no grid (those outside the boundary included)"),
        ]
        notes = [f"{count:,} rows {what}" for count, what in found if count]
        if self.midnight > NOTED_SHARE * kept:
            notes.append(
                f"{self.midnight / kept:.0%} of the times are 00:00 or 00:01: is only the day known?"
            )
        if self.top_point and self.top_point[2] > NOTED_SHARE / 5 and kept > 100:
            lon, lat, share = self.top_point
            notes.append(
                f"{share:.1%} of the located rows lie at one point ({lon:.5f}, {lat:.5f}): a default address?"
            )
        return notes


def import_incidents(  # noqa: PLR0913 - a file, what it means, where it goes, who watches
    path: Path,
    mapping: Mapping,
    store: HistoryStore,
    places: Places,
    *,
    types: dict[str, TypeEntry] | None = None,
    quarantine: Path | None = None,
    encoding: str = "",
    progress: Progress | None = None,
    within: Callable[[Summary], AbstractContextManager[object]] = nullcontext,
) -> Summary:
    """Import one file; on any error the history stays as it was.

    Args:
        path: .csv, .txt, .csv.gz, .xlsx, .parquet ….
        mapping: what its columns mean.
        store: where the rows go.
        places: the county and its grids.
        types: the county's taxonomy by code; the seed unless given.
        quarantine: file for rows that cannot be read, written only if there are any.
        encoding: overrides what is detected.
        progress: called after each batch with (done, total, rows so far), the first two in one unit.
        within: the rows are committed inside this context; see `Session.commit`.

    Raises:
        ImportRefusedError: the file as a whole cannot be trusted, or the disk is full.
        HistoryBusyError: another import into the county is running.

    """
    normaliser = Normaliser(mapping, places, types or taxonomy.by_code())
    rows = open_rows(
        path, encoding=encoding or mapping.encoding, delimiter=mapping.delimiter, sheet=mapping.sheet
    )
    read_as = f" (read as {rows.encoding.name})" if rows.encoding else ""
    check_columns(mapping, rows.columns, read_as)
    with (
        _clear_disk_errors(path),
        store.session(places.county) as session,
        _Quarantine(quarantine, rows) as refused,
    ):
        read = _stage(rows, normaliser, session, refused, progress)
        if not read:
            raise ImportRefusedError(f"{path.name} has a header and no rows")
        _refuse_untrustworthy(normaliser.tally, mapping, read, path.name)
        refused.finish()

        def summary(written: Written) -> Summary:
            return _summary(rows, read, written, refused.count, session, mapping, normaliser.tally)

        return summary(session.commit(merge=mapping.merge, within=lambda written: within(summary(written))))


def _summary(
    rows: Rows, read: int, written: Written, refused: int, session: Session, mapping: Mapping, tally: Tally
) -> Summary:
    return Summary(
        file=rows.path.name,
        encoding=f"{rows.encoding.name} ({rows.encoding.why})" if rows.encoding else "",
        read=read,
        stored=written.stored,
        duplicate=written.duplicate,
        quarantined=refused,
        merged=session.repeated if mapping.merge else 0,
        no_location=tally.no_location,
        outside_area=tally.outside_area,
        outside_grids=tally.outside_grids,
        midnight=tally.midnight,
        top_point=_top(tally),
        reasons=dict(tally.reasons.most_common()),
        unmapped=dict(tally.unmapped.most_common()),
    )


def _stage(
    rows: Rows, normaliser: Normaliser, session: Session, refused: _Quarantine, progress: Progress | None
) -> int:
    read = broken = 0
    for frame in rows.batches:
        good, bad = normaliser.run(frame)
        if len(good):
            session.add(good)
        refused.add(bad)
        read += len(frame)
        if not broken and read:
            _refuse_untrustworthy(normaliser.tally, normaliser.mapping, read, rows.path.name)
        broken = 1
        if progress:
            progress(rows.done(), rows.total, read)
    for line in rows.broken:
        refused.add_broken(line)
        normaliser.tally.reasons["number of fields"] += 1
    return read + len(rows.broken)


def _refuse_untrustworthy(tally: Tally, mapping: Mapping, read: int, name: str) -> None:
    """Raise where single rows look right but the file as a whole does not."""
    if tally.located and tally.inside_box_swapped * 2 > tally.located > tally.inside_box * 2:
        raise ImportRefusedError(
            f"{name}: {tally.inside_box_swapped:,} of {tally.located:,} points are plausible only with "
            "longitude and latitude swapped. Swap "
            f"columns.lon ({mapping.lon}) and columns.lat ({mapping.lat}) in the mapping. Nothing was stored"
        )
    if tally.other_order > MIXED_SHARE * read:
        raise ImportRefusedError(
            f"{name}: {tally.other_order:,} dates ({tally.first_other_order}) fit only the other order of "
            f"day and month than {', '.join(mapping.formats)}: the file has that order or mixes both, "
            "so none of its dates is safe. Nothing was stored"
        )


def _top(tally: Tally) -> tuple[float, float, float] | None:
    if not tally.points:
        return None
    ((lon, lat), count) = tally.points.most_common(1)[0]
    return lon, lat, count / tally.located


@contextmanager
def _clear_disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        full = ("No space left", "File too large", "quota")
        if any(words in str(error) for words in full):
            raise ImportRefusedError(
                f"{path.name}: the disk is full ({error}). Nothing was stored"
            ) from error
        raise


class _Quarantine:
    """Refused rows with `_row` and `_reason`, so that they can be mended and read again."""

    def __init__(self, path: Path | None, rows: Rows) -> None:
        self.path, self.columns, self.count = path, [c for c in rows.columns if not c.startswith("_")], 0
        self._rows = rows
        self._file: IO[str] | None = None

    def __enter__(self) -> _Quarantine:
        return self

    def add(self, refused: pl.DataFrame) -> None:
        """Append rows; a row number of an earlier quarantine file gives way to this file's own."""
        self.count += len(refused)
        if self.path and len(refused):
            refused.select(*self.columns, "_row", "_reason").write_csv(self._opened(), include_header=False)

    def add_broken(self, line: Broken) -> None:
        """Append a line that does not fit the header; what is too much goes to the last column."""
        self.count += 1
        if self.path:
            cells = next(csv.reader([line.text]), [])
            width = len(self.columns)
            fitted = [*cells[: width - 1], ",".join(cells[width - 1 :])]
            fitted += [""] * (width - len(fitted))
            csv.writer(self._opened(), lineterminator="\n").writerow([*fitted, line.row, line.reason])

    def finish(self) -> None:
        """Put the finished file in its place."""
        if self._file and self.path:
            self._file.close()
            self._draft.replace(self.path)

    @property
    def _draft(self) -> Path:
        assert self.path is not None  # noqa: S101 - only called with a path
        return self.path.with_name(self.path.name + ".part")

    def _opened(self) -> IO[str]:
        if self._file is None:
            self._draft.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._draft.open("w", encoding="utf-8", newline="")
            self._file.write("\ufeff")  # so that spreadsheets read Chinese
            csv.writer(self._file, lineterminator="\n").writerow([*self.columns, "_row", "_reason"])
        return self._file

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()
            self._draft.unlink(missing_ok=True)
