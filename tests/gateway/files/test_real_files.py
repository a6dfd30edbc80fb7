"""Public files of four agencies, whole: each row is stored or a duplicate, none is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from anlan.engine.geo.locate import Locator
from anlan.gateway.files.incidents import Summary, import_incidents
from anlan.gateway.files.mapping import preset
from anlan.gateway.files.places import Places
from anlan.gateway.history import HistoryStore

pytestmark = pytest.mark.realdata

SIDE = 10
BOXES = {
    "060750": (-122.52, 37.70, -122.35, 37.83),
    "170310": (-87.95, 41.64, -87.52, 42.03),
    "410510": (-122.90, 45.40, -122.45, 45.66),
}
FILES = [
    ("sf/sf_crime_2014_2015.csv.gz", "sfpd", "060750", 102_350, 102_350),
    ("sf/sffd_cad_2018_ne.parquet", "sffd", "060750", 74_489, 35_894),
    ("chicago/chicago_homicides_2001_2018.csv", "chicago", "170310", 9_265, 9_265),
    ("chicago/chicago_crimes_2018_jan_aug.parquet", "chicago-short", "170310", 156_385, 156_385),
    ("chicago/chicago_crimes_2016_2017_4types.parquet", "chicago-bare", "170310", 321_877, 321_877),
    ("portland/nij_burglary_2012_2017.csv", "nij-burglary", "410510", 5_364, 5_364),
    ("portland/nij_motor_vehicle_theft_2012_2017.csv", "nij-vehicle-theft", "410510", 9_842, 9_842),
    ("portland/calls_one_day_2017-02-28.csv", "portland-calls", "410510", 322, 322),
]


def city(county: str) -> Places:
    """A hundred equal cells over the city's box, in two beats."""
    west, south, east, north = BOXES[county]
    xs, ys = np.linspace(west, east, SIDE + 1), np.linspace(south, north, SIDE + 1)
    cells = [shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for j in range(SIDE) for i in range(SIDE)]
    codes = [f"{county}001000{number:04}" for number in range(len(cells))]
    beats = ["B1" if number % 2 else "B2" for number in range(len(cells))]
    areas = [code[:12] for code in codes]
    outline = Locator([county], np.array([shapely.box(west, south, east, north)]))
    return Places(county, Locator(codes, np.array(cells)), codes, areas, beats, outline)


def run(file: Path, name: str, county: str, root: Path) -> Summary:
    return import_incidents(file, preset(name), HistoryStore(root), city(county))


@pytest.mark.slow
@pytest.mark.parametrize(("file", "name", "county", "read", "stored"), FILES, ids=[row[1] for row in FILES])
def test_a_public_file_is_read_whole(
    shared_data: Path, tmp_path: Path, file: str, name: str, county: str, read: int, stored: int
) -> None:
    """Every row is stored or a further row of a call, none refused, and the history holds what was stored."""
    summary = run(shared_data / file, name, county, tmp_path)
    assert (summary.read, summary.stored, summary.quarantined) == (read, stored, 0)
    assert summary.duplicate == summary.merged == read - stored
    assert HistoryStore(tmp_path).scan(county).select(pl.len()).collect().item() == stored
    # 14 of Portland's 322 calls were geocoded far off, as far as Florida
    assert summary.no_location + summary.outside_grids < 0.05 * read


@pytest.mark.slow
def test_twelve_years_of_san_francisco(shared_data: Path, tmp_path: Path) -> None:
    """All 878,017 rows are stored, the 67 at 90° north without location; again, each is a duplicate."""
    file = shared_data / "sf/sf_crime_2003_2015.parquet"
    first = run(file, "sfpd", "060750", tmp_path)
    assert (first.read, first.stored, first.quarantined) == (878_017, 878_017, 0)
    assert (first.no_location, first.outside_area) == (67, 0)
    again = run(file, "sfpd", "060750", tmp_path)
    assert (again.stored, again.duplicate, again.quarantined) == (0, 878_017, 0)
