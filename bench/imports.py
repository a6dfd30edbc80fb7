"""Importing incidents into history: rate, and memory that stays flat when the file grows tenfold.

Rows are located in 250 m cells and typed by the preset. The file at 10x holds ten copies with new minutes and
addresses, so that no row is a duplicate. Input: San Francisco's incidents of the public data sets, beside the
checkout or where ANLAN_SHARED_DATA points.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from anlan.engine.geo.locate import Locator
from anlan.gateway.files.incidents import import_incidents
from anlan.gateway.files.mapping import preset
from anlan.gateway.files.places import Places
from anlan.gateway.history import HistoryStore
from bench.claims import at_least, at_most, machine, measure

COUNTY = "990001"
RATE = 100_000
GROWTH = 1.3
COPIES = 10


def places() -> Places:
    """Return 250 m cells over San Francisco."""
    east, north = np.meshgrid(np.arange(-122.52, -122.35, 0.00284), np.arange(37.70, 37.84, 0.00225))
    cells = shapely.box(east.ravel(), north.ravel(), east.ravel() + 0.00284, north.ravel() + 0.00225)
    codes = [f"{COUNTY}000000{number:04d}" for number in range(len(cells))]
    beats = [f"B{number % 30}" for number in range(len(cells))]
    return Places(COUNTY, Locator(codes, cells), codes, [f"{COUNTY}000000"] * len(cells), beats)


def run(path: Path, root: Path) -> tuple[int, int]:
    """Import one file; rows read and stored."""
    summary = import_incidents(path, preset("sfpd"), HistoryStore(root), places())
    return summary.read, summary.stored


def inputs(source: Path, folder: Path) -> dict[str, Path]:
    """Write the file at 1x and 10x, as Parquet and CSV."""
    once = pl.read_parquet(source)
    more = [
        once.with_columns(pl.col("Dates") + pl.duration(minutes=number), pl.col("Address") + f" {number}")
        for number in range(COPIES)
    ]
    files = {}
    for size, frame in (("1x", once), ("10x", pl.concat(more))):
        files[f"parquet {size}"] = folder / f"{size}.parquet"
        files[f"csv {size}"] = folder / f"{size}.csv"
        frame.write_parquet(files[f"parquet {size}"], row_group_size=100_000)
        frame.write_csv(files[f"csv {size}"], datetime_format="%Y-%m-%d %H:%M:%S")
    return files


def main(data: Path) -> bool:
    """Measure each file in a fresh process; whether all claims hold."""
    print(machine())
    held = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = measure(inputs, data / "sf/sf_crime_2003_2015.parquet", folder).value
        peaks = {}
        for label, path in files.items():
            done = measure(run, path, folder / f"history {label}")
            read, stored = done.value
            peaks[label] = done.peak_mb
            took = f"{done.seconds:.1f} s, peak {done.peak_mb:.0f} MB, load {os.getloadavg()[0]:.1f}"
            print(f"{label}: {read:,} rows, {stored:,} stored, {took}")
            held.append(at_least(f"import {label}", read / done.seconds, RATE, "rows/s"))
        for kind in ("parquet", "csv"):
            growth = peaks[f"{kind} 10x"] / peaks[f"{kind} 1x"]
            held.append(at_most(f"import {kind} memory at 10x over 1x", growth, GROWTH, "x"))
    return all(held)


if __name__ == "__main__":
    shared = Path(os.environ.get("ANLAN_SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared/data")
    if not shared.is_dir():
        sys.exit(f"no data at {shared}; set ANLAN_SHARED_DATA")
    main(shared)
