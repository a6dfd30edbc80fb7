"""Tables of results as files: CSV, Excel, Parquet. Numbers stay numbers; no cell can start a formula."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl
import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMULA = r"^[=+\-@\t\r]"
SHEET_NAME = 31


def to_csv(frame: pl.DataFrame) -> bytes:
    """Return CSV in UTF-8 with a byte-order mark, as Excel expects; text that could run is quoted."""
    text = pl.col(pl.String)
    safe = frame.with_columns(
        pl.when(text.str.contains(FORMULA)).then("'" + text).otherwise(text).name.keep()
    )
    return safe.write_csv(include_bom=True).encode()


def to_parquet(frame: pl.DataFrame) -> bytes:
    """Return Parquet."""
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def to_xlsx(sheets: Sequence[tuple[str, Sequence[str], pl.DataFrame]]) -> bytes:
    """Return a workbook with a sheet per (name, headings, frame).

    Raises:
        ValueError: a sheet has another number of headings than its frame has columns.

    """
    out = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, (name, headings, frame) in enumerate(sheets, start=1):
            if len(headings) != frame.width:
                raise ValueError(f"sheet {name!r}: {len(headings)} headings for {frame.width} columns")
            sheet = book.add_worksheet(_sheet_name(name, number))
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, headings, bold)
            for column, values in enumerate(frame.iter_columns()):
                kind = day if values.dtype == pl.Date else None
                sheet.write_column(1, column, values.to_list(), kind)
                widest = max((len(str(value)) for value in values.head(200)), default=0)
                sheet.set_column(column, column, min(max(len(headings[column]), widest, 8) + 2, 48))
    return out.getvalue()


def _sheet_name(name: str, number: int) -> str:
    """Return a name that Excel takes and that occurs once."""
    clean = "".join(" " if letter in "[]:*?/\\'" else letter for letter in name).strip()
    return f"{number} {clean}"[:SHEET_NAME].strip()
