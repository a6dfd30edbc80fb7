"""Tables as files: numbers stay numbers, text cannot run."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import polars as pl
import pytest

from anlan.gateway.tables import to_csv, to_parquet, to_xlsx

FRAME = pl.DataFrame(
    {"name": ["=1+1", "盗窃"], "count": [3, 4], "share": [0.25, None], "day": [date(2026, 3, 1)] * 2}
)


def test_csv_keeps_numbers_and_quotes_formulas():
    """A cell that could start a formula gets an apostrophe; a byte-order mark leads."""
    text = to_csv(FRAME).decode("utf-8-sig")
    assert text.splitlines() == ["name,count,share,day", "'=1+1,3,0.25,2026-03-01", "盗窃,4,,2026-03-01"]
    assert to_csv(FRAME).startswith(b"\xef\xbb\xbf")


def test_parquet_reads_back_equal():
    """Nothing is lost."""
    assert pl.read_parquet(io.BytesIO(to_parquet(FRAME))).equals(FRAME)


def test_a_workbook_has_a_sheet_a_table():
    """Headings in the reader's words, numbers as numbers, names that Excel takes."""
    heads = ["Name", "Count", "Share", "Day"]
    book = openpyxl.load_workbook(
        io.BytesIO(to_xlsx([("By type: what/rose?", heads, FRAME), ("b" * 40, heads, FRAME)]))
    )
    assert [len(name) <= 31 for name in book.sheetnames] == [True, True]
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0] == tuple(heads)
    assert rows[1][:3] == ("=1+1", 3, 0.25)
    assert book.worksheets[0]["A2"].data_type == "s"


def test_headings_must_fit():
    """A heading too few is refused by the sheet's name."""
    with pytest.raises(ValueError, match="sheet 'x'"):
        to_xlsx([("x", ["a"], FRAME)])
