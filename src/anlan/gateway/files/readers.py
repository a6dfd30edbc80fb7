"""Files as a stream of batches of rows: CSV and Parquet in constant memory, Excel a sheet at a time."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from anlan.gateway.files.encoding import Detected, detect, open_bytes
from anlan.gateway.files.errors import ImportRefusedError

BATCH_ROWS = 1 << 17
BLOCK_BYTES = 1 << 22
FIRST_DATA_ROW = 2
EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass
class Broken:
    """A line that does not fit the header."""

    row: int
    text: str
    reason: str


@dataclass
class Rows:
    """A file being read.

    `batches` yields frames of the file's columns plus `_row`, the row number as a spreadsheet counts (the
    header is row 1). `broken` fills up while reading. `total` and `done()` measure progress in one unit.
    """

    path: Path
    columns: list[str]
    batches: Iterator[pl.DataFrame]
    total: int
    encoding: Detected | None = None
    broken: list[Broken] = field(default_factory=list)
    done: Any = lambda: 0


def open_rows(path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Rows:
    """Open an incident file by its name's ending; .gz is unpacked on the way.

    Raises:
        ImportRefusedError: empty, not readable as what its ending says, or of an unknown encoding.

    """
    if not path.exists():
        raise ImportRefusedError(f"{path} does not exist")
    if path.stat().st_size == 0:
        raise ImportRefusedError(f"{path.name} is empty")
    suffix = path.suffix.lower()
    if suffix in (".parquet", ".pq"):
        return _open_parquet(path)
    if suffix in EXCEL:
        return _open_excel(path, sheet)
    return _open_csv(path, encoding, delimiter)


def _open_parquet(path: Path) -> Rows:
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise ImportRefusedError(f"{path.name} is not a Parquet file: {error}") from None
    seen = [0]

    def batches() -> Iterator[pl.DataFrame]:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            yield _numbered(pl.DataFrame(pa.Table.from_batches([batch])), seen)

    return Rows(path, file.schema_arrow.names, batches(), file.metadata.num_rows, done=lambda: seen[0])


def _open_excel(path: Path, sheet: str) -> Rows:
    import fastexcel  # noqa: PLC0415 - a second to load, wanted by few

    try:
        table = fastexcel.read_excel(path).load_sheet(sheet or 0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise ImportRefusedError(f"{path.name} is not a readable workbook: {error}") from None
    table = table.with_columns(pl.all().cast(pl.String).fill_null(""))
    seen = [0]

    def batches() -> Iterator[pl.DataFrame]:
        for part in table.iter_slices(BATCH_ROWS):
            yield _numbered(part, seen)

    return Rows(path, table.columns, batches(), len(table), done=lambda: seen[0])


def _numbered(frame: pl.DataFrame, seen: list[int]) -> pl.DataFrame:
    start = FIRST_DATA_ROW + seen[0]
    seen[0] += len(frame)
    return frame.with_columns(pl.int_range(start, start + len(frame)).alias("_row"))


def _open_csv(path: Path, encoding: str, delimiter: str) -> Rows:
    found = Detected(_known(encoding), "as stated") if encoding else detect(path)
    header, delimiter = _header(path, found.name, delimiter)
    rows = Rows(path, header, iter(()), path.stat().st_size, found)
    raw = path.open("rb")
    source = _Utf8(_unpacked(raw), found.name, path.name)
    rows.done = lambda: path.stat().st_size if raw.closed else raw.tell()
    rows.batches = _csv_batches(rows, source, delimiter)
    return rows


def _csv_batches(rows: Rows, source: _Utf8, delimiter: str) -> Iterator[pl.DataFrame]:
    def broken(line: Any) -> str:
        reason = f"the row has {line.actual_columns} fields, the header {line.expected_columns}"
        rows.broken.append(Broken(line.number, line.text, reason))
        return "skip"

    parse = pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=broken)
    text = pa.csv.ConvertOptions(column_types=dict.fromkeys(rows.columns, pa.string()), check_utf8=False)
    read = pa.csv.ReadOptions(
        use_threads=False, block_size=BLOCK_BYTES, column_names=rows.columns, skip_rows=1
    )
    with source:
        try:
            stream = pa.csv.open_csv(pa.PythonFile(source, "r"), read, parse, text)
        except (pa.ArrowInvalid, UnicodeDecodeError):
            if source.failed:
                raise source.failed from None
            return  # nothing after the header
        row = FIRST_DATA_ROW
        for batch in _checked(stream, source):
            frame = pl.DataFrame(pa.Table.from_batches([batch]))
            numbers, row = _free_numbers(len(frame), row, {line.row for line in rows.broken})
            yield frame.with_columns(pl.Series("_row", numbers, pl.Int64))


def _checked(stream: Any, source: _Utf8) -> Iterator[Any]:
    try:
        yield from stream
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise (
            source.failed or ImportRefusedError(f"{source.name} is not readable as CSV: {error}")
        ) from None


def _free_numbers(count: int, row: int, taken: set[int]) -> tuple[list[int] | range, int]:
    """Return the next `count` row numbers that no broken line has, and the one after."""
    if not taken:
        return range(row, row + count), row + count
    numbers: list[int] = []
    while len(numbers) < count:
        if row not in taken:
            numbers.append(row)
        row += 1
    return numbers, row


def _header(path: Path, encoding: str, delimiter: str) -> tuple[list[str], str]:
    """Return the column names and the delimiter, the most frequent candidate in the header unless given."""
    with io.TextIOWrapper(open_bytes(path), encoding=encoding, newline="") as text:
        try:
            line = text.readline().lstrip("\ufeff")
        except UnicodeDecodeError as error:
            raise ImportRefusedError(_wrong_encoding(path.name, encoding, error.start)) from None
    delimiter = delimiter or max(",;\t|", key=line.count)
    names = next(csv.reader([line], delimiter=delimiter), [])
    names = [name.strip() for name in names]
    if not any(names):
        raise ImportRefusedError(f"{path.name}: the first line holds no column names")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ImportRefusedError(f"{path.name}: column {twice[0]!r} occurs twice in the header")
    return names, delimiter


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise ImportRefusedError(f"encoding {encoding!r} is unknown; try utf-8, gb18030 or utf-16") from None


def _wrong_encoding(name: str, encoding: str, position: int) -> str:
    return f"{name} is not {encoding}: byte {position:,} does not decode. State the right one with --encoding"


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    import gzip  # noqa: PLC0415 - named like the parameter of many functions

    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[return-value]


class _Utf8(io.RawIOBase):
    """Any encoding as a stream of UTF-8 bytes; `failed` holds what went wrong inside a foreign reader."""

    def __init__(self, source: IO[bytes], encoding: str, name: str) -> None:
        self.source, self.encoding, self.name = source, encoding, name
        self.failed: ImportRefusedError | None = None
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""
        self._position = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes of UTF-8."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            chunk = self.source.read(1 << 20)
            self._ended = not chunk
            self._ready += self._decode(chunk)
        cut = len(self._ready) if size < 0 else size
        taken, self._ready = self._ready[:cut], self._ready[cut:]
        return taken

    def _decode(self, chunk: bytes) -> bytes:
        try:
            text = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            self.failed = ImportRefusedError(
                _wrong_encoding(self.name, self.encoding, self._position + error.start)
            )
            raise
        if not self._position:
            text = text.removeprefix("\ufeff")
        self._position += len(chunk)
        return text.encode("utf-8")

    def close(self) -> None:
        """Close the source too."""
        self.source.close()
        raw = getattr(self.source, "fileobj", None)
        if raw is not None:
            raw.close()
        super().close()
