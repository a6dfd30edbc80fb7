"""Bad files and bad moments: a clear message, and the history complete or as it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from tests.gateway.files.samples import COUNTY, chinese, line, mapping, places, write

from anlan.gateway.files.errors import ImportRefusedError
from anlan.gateway.files.incidents import Summary, import_incidents
from anlan.gateway.files.mapping import Mapping
from anlan.gateway.history import MARKER, STAGING, HistoryStore

ROOT = Path(__file__).resolve().parents[2]


def run(path: Path, root: Path, meaning: Mapping | None = None, **options: object) -> Summary:
    return import_incidents(path, meaning or mapping(), HistoryStore(root), places(), **options)  # type: ignore[arg-type]


def keys(root: Path) -> list[str]:
    return sorted(HistoryStore(root).scan(COUNTY).collect()["key"])


def test_empty_file(tmp_path: Path) -> None:
    """An empty file is called empty."""
    (tmp_path / "a.csv").touch()
    with pytest.raises(ImportRefusedError, match=r"a\.csv is empty"):
        run(tmp_path / "a.csv", tmp_path / "h")


def test_header_without_rows(tmp_path: Path) -> None:
    """A header alone is no import."""
    with pytest.raises(ImportRefusedError, match="header and no rows"):
        run(write(tmp_path / "a.csv", []), tmp_path / "h")


def test_wrong_encoding_is_said_with_its_place(tmp_path: Path) -> None:
    """A stated encoding that does not fit names the byte and the option."""
    path = chinese(tmp_path / "110.csv")
    with pytest.raises(ImportRefusedError, match=r"is not utf-8: byte \d+ .*--encoding"):
        run(path, tmp_path / "h", encoding="utf-8")


def test_wrong_encoding_deep_in_the_file(tmp_path: Path) -> None:
    """Bytes that stop decoding after many good rows stop the import, and nothing of it is stored."""
    path = tmp_path / "a.csv"
    good = "\n".join(["id,when,kind,where,lon,lat", *(line(number) for number in range(80_000))])
    path.write_bytes(good.encode() + b"\nN9,2026-03-01 08:30:00,burglary,\xc8\xcb\xc3\xf1,105.001,30.005\n")
    with pytest.raises(ImportRefusedError, match="is not utf-8"):
        run(path, tmp_path / "h", encoding="utf-8")
    assert keys(tmp_path / "h") == []


def test_unknown_encoding(tmp_path: Path) -> None:
    """An encoding that does not exist is answered with those that do."""
    with pytest.raises(ImportRefusedError, match="try utf-8, gb18030"):
        run(write(tmp_path / "a.csv", [line(1)]), tmp_path / "h", encoding="gb-nonsense")


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx"])
def test_file_that_is_not_what_its_name_says(tmp_path: Path, name: str) -> None:
    """Text called Parquet or Excel is refused in words."""
    with pytest.raises(ImportRefusedError, match="is not a"):
        run(write(tmp_path / name, [line(1)]), tmp_path / "h")


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    """A mapping for another file names the missing columns and those that there are."""
    with pytest.raises(ImportRefusedError, match=r"no column 'stadt'.*it has id, when"):
        run(write(tmp_path / "a.csv", [line(1)]), tmp_path / "h", mapping(address="stadt"))


def test_swapped_longitude_and_latitude(tmp_path: Path) -> None:
    """Points that fall into the county only when swapped stop the import."""
    lines = [line(number, lon=30.005, lat=105.001) for number in range(20)]
    with pytest.raises(ImportRefusedError, match="longitude and latitude swapped"):
        run(write(tmp_path / "a.csv", lines), tmp_path / "h")
    assert keys(tmp_path / "h") == []


def test_swapped_without_any_place_known(tmp_path: Path) -> None:
    """Even without a county on the map, latitudes beyond the pole tell."""
    from anlan.gateway.files.places import Places

    lines = [line(number, lon=30.005, lat=105.001) for number in range(20)]
    path = write(tmp_path / "a.csv", lines)
    with pytest.raises(ImportRefusedError, match="swapped"):
        import_incidents(path, mapping(), HistoryStore(tmp_path / "h"), Places(COUNTY))


def test_mixed_order_of_day_and_month_is_refused(tmp_path: Path) -> None:
    """When some dates fit only the other order, no date of the file is believed."""
    times = [f"{day:02}/03/2026" for day in range(1, 13)] + [f"03/{day}/2026" for day in range(13, 20)]
    lines = [line(number, when=time) for number, time in enumerate(times)]
    with pytest.raises(ImportRefusedError, match=r"order of day and month.*|other order"):
        run(write(tmp_path / "a.csv", lines), tmp_path / "h", mapping(formats=("%d/%m/%Y",), precision="day"))
    assert keys(tmp_path / "h") == []


def test_foreign_date_formats_are_quarantined(tmp_path: Path) -> None:
    """Dates of a format that the mapping does not have are not guessed at."""
    lines = [line(1), line(2, when="1.3.2026 8h"), line(3, when="")]
    summary = run(write(tmp_path / "a.csv", lines), tmp_path / "h", quarantine=tmp_path / "q.csv")
    assert (summary.stored, summary.quarantined) == (1, 2)
    reasons = pl.read_csv(tmp_path / "q.csv")["_reason"].to_list()
    assert reasons == ["when: '1.3.2026 8h' is not a time of the mapping's formats", "when: empty"]


def test_one_bad_row_in_ten(tmp_path: Path) -> None:
    """Bad rows go to quarantine with number and reason; mended there, they import with the same mapping."""
    bad = {"when": "yesterday"}, {"lon": "east"}, {"lat": "130"}, {"kind": "witchcraft"}, {"id": ""}
    lines = [line(number, **(bad[number // 10 % 5] if number % 10 == 4 else {})) for number in range(200)]
    lines[100] = "N100,too,few"
    path = write(tmp_path / "a.csv", lines)
    summary = run(path, tmp_path / "h", quarantine=tmp_path / "q.csv")
    assert (summary.read, summary.stored, summary.quarantined) == (200, 179, 21)
    held = pl.read_csv(tmp_path / "q.csv", infer_schema_length=0)
    assert held.columns == ["id", "when", "kind", "where", "lon", "lat", "_row", "_reason"]
    assert {int(row) for row in held["_row"]} == {number + 2 for number in range(200) if number % 10 == 4} | {
        102
    }
    mended = [line(number) for number in range(200) if number % 10 == 4] + [line(100)]
    rows = [f"{text},{number},mended" for number, text in enumerate(mended)]
    again = run(write(tmp_path / "q2.csv", rows, ",".join(held.columns)), tmp_path / "h")
    assert (again.stored, again.duplicate) == (21, 0)
    assert len(keys(tmp_path / "h")) == 200


def test_stop_in_the_middle_leaves_the_history_as_it_was(tmp_path: Path) -> None:
    """Ctrl-C between two batches: earlier imports stay, nothing of this one."""
    run(write(tmp_path / "a.csv", [line(1)]), tmp_path / "h")

    def stop(done: int, total: int, rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(
            write(tmp_path / "b.csv", [line(2, when="x"), line(3)]),
            tmp_path / "h",
            progress=stop,
            quarantine=tmp_path / "q.csv",
        )
    assert keys(tmp_path / "h") == ["plain:N1"]
    assert not list(tmp_path.glob("q.csv*"))
    assert not list(tmp_path.rglob("*.arrow"))


KILLED = """
import os, signal, sys
from pathlib import Path
from anlan.gateway.history import store as history
from tests.faults.test_import_faults import run
folder, moment = Path(sys.argv[1]), sys.argv[2]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if moment == "staging":
    run(folder / "b.csv", folder / "h", progress=die)
if moment == "before the marker":
    history.Session._seal = die
if moment == "after the marker":
    history.publish = lambda staging, to: die() if (staging / history.MARKER).exists() else None
if moment == "half published":
    replace = Path.replace
    done = []
    def twice(self, target):
        if "year=" in str(self):
            done.append(1)
            if len(done) == 3:
                die()
        return replace(self, target)
    Path.replace = twice
run(folder / "b.csv", folder / "h")
"""


@pytest.mark.parametrize(
    ("moment", "complete"),
    [("staging", False), ("before the marker", False), ("after the marker", True), ("half published", True)],
)
def test_kill_at_any_moment_leaves_all_or_nothing(tmp_path: Path, moment: str, complete: bool) -> None:
    """kill -9 before the commit leaves the history as it was; after it, the next reader finds it complete."""
    run(write(tmp_path / "a.csv", [line(1)]), tmp_path / "h")
    lines = [line(number) for number in range(1, 1000)]
    write(tmp_path / "b.csv", lines)
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), moment], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(keys(tmp_path / "h")) == (999 if complete else 1)
    after = run(tmp_path / "b.csv", tmp_path / "h")
    assert after.stored == (0 if complete else 998)
    assert len(keys(tmp_path / "h")) == 999
    assert not list((tmp_path / "h").rglob(f"{STAGING}/*/{MARKER}"))


FULL = """
import resource, sys
from pathlib import Path
from tests.faults.test_import_faults import run
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    run(folder / "b.csv", folder / "h", quarantine=folder / "q.csv")
except Exception as error:
    print(type(error).__name__, error)
"""


def test_disk_full_is_said_and_changes_nothing(tmp_path: Path) -> None:
    """Where the disk takes no more, the message says so, and no half of anything is left."""
    run(write(tmp_path / "a.csv", [line(1)]), tmp_path / "h")
    write(tmp_path / "b.csv", [line(number % 400, id=f"M{number}") for number in range(20_000)])
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "ImportRefusedError" in done.stdout
    assert "disk is full" in done.stdout
    assert "Nothing was stored" in done.stdout
    assert keys(tmp_path / "h") == ["plain:N1"]
    assert not list((tmp_path / "h").rglob("*.arrow"))


def test_two_imports_at_once_take_turns(tmp_path: Path) -> None:
    """While one import runs into a county, another is told so instead of mixing in."""
    from anlan.gateway.history import HistoryBusyError

    path = write(tmp_path / "a.csv", [line(1)])
    with HistoryStore(tmp_path / "h").session(COUNTY), pytest.raises(HistoryBusyError):
        run(path, tmp_path / "h")
