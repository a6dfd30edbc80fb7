"""Recorded trips from a file: all good, or refused with the rows that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from anlan.gateway.roads.trips import read_trips

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from_lon,from_lat,to_lon,to_lat,departed,seconds\n"


def file(folder: Path, *rows: str, head: str = HEAD) -> Path:
    """A file of those rows."""
    path = folder / "trips.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_trips_are_read_with_the_class_of_their_hour(tmp_path: Path) -> None:
    """Night, working-day peak, the same hour on a Sunday; an offset does not move the clock's hour."""
    rows = [f"105,30,105.01,30.01,{when},120" for when in (
        "2026-03-04T02:00", "2026-03-04 17:20:00", "2026-03-08T17:20", "2026-03-04T17:20+08:00",
    )]  # fmt: skip
    found = read_trips(file(tmp_path, *rows))
    assert found.hour_class.tolist() == [0, 2, 1, 2]
    assert (found.from_lon[0], found.to_lat[0], found.seconds[0]) == (105.0, 30.01, 120.0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,30,105,30,2026-03-04T02:00,60", "row 3: from_lon: a number up to 180"),
        ("105,30,105,95,2026-03-04T02:00,60", "row 3: to_lat: a number up to 90"),
        ("105,30,105,30,2026-03-04T02:00,-5", "row 3: seconds: above 0"),
        ("105,30,105,30,2026-03-04T02:00,nan", "row 3: seconds: a number"),
        ("105,30,105,30,yesterday,60", "row 3: departed: local time"),
        ("105,30,105,30,,60", "row 3: departed: local time"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, said: str) -> None:
    """By its number in a spreadsheet, its column and the mend."""
    with pytest.raises(ValueError, match=said):
        read_trips(file(tmp_path, "105,30,105.1,30.1,2026-03-04T02:00,60", row))


@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [("a,b\n", ["1,2"], "no column from_lon"), (HEAD, [], "no trips"), ("", [], "not a CSV file")],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, head: str, rows: list[str], said: str) -> None:
    """Missing columns and empty files in one sentence."""
    with pytest.raises(ValueError, match=said):
        read_trips(file(tmp_path, *rows, head=head))


def test_many_bad_rows_are_counted(tmp_path: Path) -> None:
    """The first five, and how many more."""
    with pytest.raises(ValueError, match="and 7 more"):
        read_trips(file(tmp_path, *["x,30,105,30,2026-03-04T02:00,60"] * 12))
