"""Importing incident files: every row is stored, a duplicate or in quarantine, and the places are right."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.files.samples import COUNTY, chinese, line, mapping, places, write

from anlan.gateway.files.encoding import detect
from anlan.gateway.files.errors import ImportRefusedError
from anlan.gateway.files.incidents import Summary, import_incidents
from anlan.gateway.files.mapping import Mapping, build, load, preset, presets
from anlan.gateway.files.readers import open_rows
from anlan.gateway.history import HistoryStore


def run(path: Path, root: Path, meaning: Mapping | None = None, quarantine: Path | None = None) -> Summary:
    return import_incidents(path, meaning or mapping(), HistoryStore(root), places(), quarantine=quarantine)


def stored(root: Path) -> pl.DataFrame:
    return HistoryStore(root).scan(COUNTY).sort("occurred").collect()


def test_rows_are_timed_located_and_typed(tmp_path: Path) -> None:
    """A row gets UTC time, grid, area and beat, type, category, priority and source."""
    run(write(tmp_path / "a.csv", [line(1)]), tmp_path / "h")
    row = stored(tmp_path / "h").row(0, named=True)
    assert row["occurred"] == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert (row["grid_code"], row["area_code"], row["beat_code"]) == (
        "9901000010000001",
        "990100001000",
        "B1",
    )
    assert (row["type"], row["category"], row["priority"], row["source"]) == (
        "burglary",
        "theft",
        2,
        "resident",
    )
    assert (row["key"], row["address"], row["precision"]) == ("plain:N1", "street 1", "time")


def test_second_import_of_the_same_file_adds_nothing(tmp_path: Path) -> None:
    """The same file again is all duplicates."""
    path = write(tmp_path / "a.csv", [line(number) for number in range(50)])
    assert run(path, tmp_path / "h").stored == 50
    again = run(path, tmp_path / "h")
    assert (again.stored, again.duplicate) == (0, 50)


def test_rows_without_key_are_told_apart_by_content_and_count(tmp_path: Path) -> None:
    """Identical rows without a key are all kept once, and a second import still adds nothing."""
    path = write(tmp_path / "a.csv", [line(1), line(1), line(2)])
    meaning = mapping(key=())
    assert run(path, tmp_path / "h", meaning).stored == 3
    assert run(path, tmp_path / "h", meaning).duplicate == 3


def test_rows_of_one_call_become_one_incident(tmp_path: Path) -> None:
    """With merge, unit rows become one incident with the earliest dispatch; the sum still holds."""
    header = "id,when,kind,where,lon,lat,sent"
    lines = [line(1) + ",2026-03-01 15:40:00", line(1) + ",2026-03-01 15:35:00", line(2) + ","]
    meaning = mapping(merge=True, times={"dispatched": ("sent",)})
    summary = run(write(tmp_path / "a.csv", lines, header), tmp_path / "h", meaning)
    assert (summary.read, summary.stored, summary.duplicate, summary.merged) == (3, 2, 1, 1)
    assert stored(tmp_path / "h")["dispatched"][0] == datetime(2026, 3, 1, 7, 35, tzinfo=UTC)


def test_unknown_types_are_quarantined_and_listed(tmp_path: Path) -> None:
    """A type that the mapping does not know is not guessed."""
    path = write(tmp_path / "a.csv", [line(1), line(2, kind="witchcraft")])
    summary = run(path, tmp_path / "h")
    assert (summary.stored, summary.quarantined) == (1, 1)
    assert summary.unmapped == {"witchcraft": 1}


def test_unknown_types_become_other_where_the_mapping_says_so(tmp_path: Path) -> None:
    """`unmapped = "other"` stores them under other."""
    path = write(tmp_path / "a.csv", [line(2, kind="witchcraft")])
    assert run(path, tmp_path / "h", mapping(unmapped="other")).stored == 1
    assert stored(tmp_path / "h")["type"].to_list() == ["other"]


def test_places_that_are_missing_or_outside_are_kept_and_counted(tmp_path: Path) -> None:
    """No location, outside the county and in no grid: stored under the county, each counted."""
    lines = [
        line(1),
        line(2, lon="", lat=""),
        line(3, lon=0, lat=0),
        line(4, lat=30.015),
        line(5, lat=30.5),
        line(6),
        line(7),
    ]
    summary = run(write(tmp_path / "a.csv", lines), tmp_path / "h")
    assert (summary.no_location, summary.outside_grids, summary.outside_area) == (2, 2, 1)
    lost = stored(tmp_path / "h").filter(pl.col("grid_code") == "")
    assert lost["area_code"].unique().to_list() == ["990100000000"]
    assert lost.height == 4


def test_gzip_semicolons_and_quoted_line_breaks(tmp_path: Path) -> None:
    """Compression, delimiter and quoting are read as they are."""
    lines = ['N1;2026-03-01 08:30:00;burglary;"up\nstairs";105.001;30.005']
    with gzip.open(tmp_path / "a.csv.gz", "wb") as file:
        file.write("\n".join(["id;when;kind;where;lon;lat", *lines, ""]).encode())
    assert run(tmp_path / "a.csv.gz", tmp_path / "h").stored == 1
    assert stored(tmp_path / "h")["address"].to_list() == ["up\nstairs"]


def test_excel_and_parquet_give_the_same_history(tmp_path: Path) -> None:
    """The same rows from CSV, Excel and Parquet are the same incidents."""
    lines = [line(number) for number in range(20)]
    csv_path = write(tmp_path / "a.csv", lines)
    pl.read_csv(csv_path).write_parquet(tmp_path / "a.parquet")
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for number, text in enumerate(["id,when,kind,where,lon,lat", *lines]):
            sheet.write_row(number, 0, text.split(","))
    assert run(csv_path, tmp_path / "h").stored == 20
    assert run(tmp_path / "a.parquet", tmp_path / "h").duplicate == 20
    assert run(tmp_path / "a.xlsx", tmp_path / "h").duplicate == 20


def test_chinese_export_by_its_preset(tmp_path: Path) -> None:
    """A GB18030 export of a 110 desk is detected, typed, timed, and officers' finds told apart."""
    path = chinese(tmp_path / "110.csv")
    summary = run(path, tmp_path / "h", preset("cn110", crs="WGS84"))
    assert (summary.read, summary.stored) == (60, 60)
    assert summary.encoding.startswith("gb18030")
    rows = stored(tmp_path / "h")
    assert set(rows["type"]) == {"robbery", "burglary", "assault", "accident-damage", "lock-out", "quarrel"}
    assert rows["source"].to_list().count("officer") == 6
    assert (rows["on_scene"] - rows["dispatched"]).dt.total_minutes().to_list() == [5] * 60


def test_chinese_preset_does_not_guess_the_coordinate_system(tmp_path: Path) -> None:
    """Without a stated system nothing is read, for GCJ-02 and CGCS2000 look alike."""
    with pytest.raises(ImportRefusedError, match=r"location\.crs"):
        run(chinese(tmp_path / "110.csv"), tmp_path / "h", preset("cn110"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_told_by_the_whole_file(tmp_path: Path, encoding: str) -> None:
    """Chinese that comes after thousands of plain rows still decides."""
    path = tmp_path / "a.csv"
    text = "id,where\n" + "".join(f"{n},plain\n" for n in range(200_000)) + "1,人民路十号公安局大院\n"
    path.write_bytes(text.encode(encoding))
    assert detect(path).name == encoding
    last = list(open_rows(path).batches)[-1]
    assert last["where"][-1] == "人民路十号公安局大院"
    assert last["_row"][-1] == 200_002


def test_times_without_hour_keep_their_precision(tmp_path: Path) -> None:
    """A file of dates is stored as known to the day, at local midnight."""
    path = write(tmp_path / "a.csv", [line(1, when="2026-03-01")])
    run(path, tmp_path / "h", mapping(formats=("%Y-%m-%d",), precision="day"))
    row = stored(tmp_path / "h").row(0, named=True)
    assert (row["precision"], row["occurred"]) == ("day", datetime(2026, 2, 28, 16, tzinfo=UTC))


def test_many_midnights_and_default_addresses_are_noted(tmp_path: Path) -> None:
    """Times all at midnight and points all at one place are stored and remarked on."""
    lines = [line(number, when="2026-03-01 00:00:00", lon=105.005) for number in range(200)]
    notes = " ".join(run(write(tmp_path / "a.csv", lines), tmp_path / "h").notes)
    assert "00:00" in notes
    assert "default address" in notes


def test_hour_that_the_clock_skipped_is_kept(tmp_path: Path) -> None:
    """A local time inside the spring gap is read as of the clock not yet put forward."""
    path = write(tmp_path / "a.csv", [line(1, when="2015-03-08 02:30:00")])
    run(path, tmp_path / "h", mapping(zone="America/Los_Angeles"))
    assert stored(tmp_path / "h")["occurred"].to_list() == [datetime(2015, 3, 8, 10, 30, tzinfo=UTC)]


def test_projected_feet_become_degrees(tmp_path: Path) -> None:
    """Coordinates in a stated projected system are converted."""
    path = write(tmp_path / "a.csv", [line(1, lon=7688186, lat=676342)])
    run(path, tmp_path / "h", mapping(crs="EPSG:2913"))
    row = stored(tmp_path / "h").row(0, named=True)
    assert row["lon"] == pytest.approx(-122.504706, abs=1e-5)
    assert row["lat"] == pytest.approx(45.504336, abs=1e-5)


def test_every_preset_is_sound() -> None:
    """Each preset loads, has a title, and maps only to types of the taxonomy."""
    from anlan.gateway.files.taxonomy import by_code

    assert {"sfpd", "sffd", "chicago", "nij-burglary", "cn110", "portland-calls"} <= set(presets())
    for name, title in presets().items():
        assert title
        preset(name, crs="WGS84").check_types(by_code())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": {"zone": "Mars/Base"}}, "time.zone"),
        ({"time": {"zone": "Asia/Shanghai", "formats": ["%d/%m/%Y", "%m/%d/%Y"]}}, "day before month"),
        ({"types": {"columns": ["kind"], "unmapped": "guess"}}, "types.unmapped"),
        ({"types": {}}, "types.columns"),
        ({"columns": {"occurred": "when", "lon": "x"}}, "belong together"),
        ({"columns": {"occured": "when"}}, "columns.occured"),
        ({"colums": {}}, "colums"),
        ({"source": {"column": "way", "map": {"phone": "citizen"}}}, "source.map"),
    ],
)
def test_wrong_mappings_are_named(change: dict[str, object], message: str) -> None:
    """A mapping that is misspelt or would have to guess is refused by the name of its setting."""
    sound = {
        "columns": {"occurred": "when"},
        "time": {"zone": "Asia/Shanghai"},
        "types": {"columns": ["kind"]},
    }
    with pytest.raises(ImportRefusedError, match=message):
        build({**sound, **change}, "mine")


def test_mapping_file_may_extend_a_preset(tmp_path: Path) -> None:
    """A county's own file changes what differs and keeps the rest."""
    (tmp_path / "m.toml").write_text(
        'extends = "sfpd"\n[columns]\nlon = "LON"\n[types.map]\n"TREA" = "other"\n'
    )
    found = load(tmp_path / "m.toml")
    assert (found.lon, found.lat, found.types["TREA"]) == ("LON", "Y", "other")


def test_type_not_in_the_taxonomy_is_refused(tmp_path: Path) -> None:
    """A mapping to a code that no taxonomy has stops before anything is read."""
    with pytest.raises(ImportRefusedError, match="no such type"):
        run(write(tmp_path / "a.csv", [line(1)]), tmp_path / "h", mapping(types={"burglary": "burglery"}))


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=8
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=8))
def test_whatever_the_cells_hold_the_sum_adds_up(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, ...]]
) -> None:
    """Rows of any text are stored, duplicates or quarantined: none is lost and nothing crashes."""
    folder = tmp_path_factory.mktemp("any")
    frame = pl.DataFrame(
        [("N1", "2026-03-01 08:30:00", "burglary", "x", "105.001", "30.005")]
        + [(a, b, "burglary", "x", c, d) for a, b, c, d in cells],
        schema=["id", "when", "kind", "where", "lon", "lat"],
        orient="row",
    )
    frame.write_csv(folder / "a.csv")
    summary = import_incidents(
        folder / "a.csv", mapping(), HistoryStore(folder / "h"), places(), encoding="utf-8"
    )
    assert summary.read == len(frame)
    assert summary.stored >= 1


NYPD = """CMPLNT_NUM,CMPLNT_FR_DT,CMPLNT_FR_TM,CMPLNT_TO_DT,CMPLNT_TO_TM,OFNS_DESC,Latitude,Longitude
1,03/06/2015,22:00:00,03/07/2015,07:30:00,BURGLARY,40.7,-73.9
2,03/06/2015,12:00:00,,,ROBBERY,40.7,-73.9
3,03/06/2015,12:00:00,03/05/2015,12:00:00,BURGLARY,40.7,-73.9
"""


def test_an_interval_is_kept_and_one_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    """Start and end of a New York complaint become UTC times; an end before the start goes to quarantine."""
    path = tmp_path / "nypd.csv"
    path.write_text(NYPD, encoding="utf-8")
    found = run(path, tmp_path / "h", preset("nypd"), tmp_path / "q.csv")
    assert (found.stored, found.quarantined) == (2, 1)
    reason = pl.read_csv(tmp_path / "q.csv")["_reason"].to_list()
    assert reason == [
        "CMPLNT_TO_DT CMPLNT_TO_TM: before CMPLNT_FR_DT CMPLNT_FR_TM; swap them or leave it empty"
    ]
    robbery, burglary = stored(tmp_path / "h").to_dicts()
    assert robbery["occurred_to"] is None
    assert burglary["occurred"] == datetime(2015, 3, 7, 3, tzinfo=UTC)
    assert burglary["occurred_to"] == datetime(2015, 3, 7, 12, 30, tzinfo=UTC)
