"""Making, checking and mending a county's grids through the domain and the commands; real counties."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from typer.testing import CliRunner

from anlan.cli import app
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.places import domain, queries
from anlan.service.places.domain import MakeOrder, PlaceError
from anlan.service.places.models import Area, Beat, Grid
from anlan.service.places.rows import AreaRow, BeatRow

pytestmark = pytest.mark.django_db

COUNTY, CODE = "990101", "990101000000"
OUTLINE = shapely.box(106, 30, 106.04, 30.03)


def run(*arguments: object) -> Any:
    """Run the command and return its result."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def county() -> None:
    """Store a county with an outline, two townships by centre and one without."""
    domain.store_areas(
        [
            AreaRow(CODE, "County", shape=OUTLINE),
            AreaRow("990101001", "West", lon=106.01, lat=30.015),
            AreaRow("990101002", "East", lon=106.03, lat=30.015),
            AreaRow("990101003", "Nowhere"),
        ]
    )


def test_townships_by_centre_are_told_as_an_approximation() -> None:
    """The result says how many borders are only nearest-centre, and who has no place at all."""
    county()
    made = domain.make_grids(COUNTY, MakeOrder(size_m=500))
    assert (made.by_centre, made.without_place, made.areas) == (2, ("Nowhere",), 2)
    assert queries.partition(COUNTY).of_kind("gap") == ()
    assert Grid.objects.filter(area_code="990101003000").count() == 0


def test_grids_are_not_replaced_by_accident() -> None:
    """A second run needs --replace."""
    county()
    domain.make_grids(COUNTY, MakeOrder(size_m=500))
    with pytest.raises(PlaceError, match="pass --replace"):
        domain.make_grids(COUNTY, MakeOrder(size_m=700))


def test_a_county_without_outline_cannot_have_grids_made() -> None:
    """The message says what to import."""
    domain.store_county(AreaRow(CODE, "County"))
    with pytest.raises(PlaceError, match="has no outline"):
        domain.make_grids(COUNTY, MakeOrder())


def test_beats_are_unions_of_made_grids() -> None:
    """Every grid has its beat and none reaches into another."""
    county()
    domain.store_beats(
        COUNTY,
        [
            BeatRow("B1", CODE, "West", shapely.box(106, 30, 106.0123, 30.03)),
            BeatRow("B2", CODE, "East", shapely.box(106.0123, 30, 106.04, 30.03)),
        ],
    )
    domain.make_grids(COUNTY, MakeOrder(size_m=500))
    assert queries.partition(COUNTY).of_kind("two_beats") == ()
    assert not Grid.objects.filter(beat=None).exists()


def test_grids_across_beats_are_reported() -> None:
    """Where cells may cross beat borders the check lists each that does."""
    county()
    domain.store_beats(COUNTY, [BeatRow("B1", CODE, "West", shapely.box(106, 30, 106.0123, 30.03))])
    domain.make_grids(COUNTY, MakeOrder(size_m=500, within_beats=False))
    assert queries.partition(COUNTY).of_kind("no_beat")


def test_repair_reports_each_piece_in_the_log() -> None:
    """Half a metre between two grids is closed, and the log says where, how much, to whom."""
    county()
    domain.make_grids(COUNTY, MakeOrder(size_m=500))
    grid = Grid.objects.order_by("code")[7]
    west, south, east, north = grid.shape.bounds
    grid.shape = shapely.box(west, south, east - 5e-6, north)
    grid.save()
    done = domain.repair_grids(COUNTY, 500)
    told = [e.data for e in Event.objects.filter(verb=Verb.PLACES_REPAIRED) if "kind" in e.data]
    assert [t["kind"] for t in told] == ["gap"] * len(done) != []
    assert not [f for f in queries.partition(COUNTY).of_kind("") if f.kind != "no_responsible"]


def people_file(path: Path, lon: float = 106.01) -> Path:
    """Write villages with their people, the first at `lon`."""
    rows = [f"{lon},30.01,900", "106.03,30.02,1500", "106.02,30.005,600"]
    path.write_text("lon,lat,population\n" + "\n".join(rows) + "\n")
    return path


def test_grids_by_population_keep_everyone(tmp_path: Path) -> None:
    """The grids hold all the people of the file, and partition the county."""
    county()
    order = ("grids", "make", "--county", COUNTY, "--by", "population", "--target", 600, "--size", 500)
    result = run(*order, "--people", people_file(tmp_path / "people.csv"), "--crs", "WGS84")
    assert result.exit_code == 0, result.output
    assert sum(Grid.objects.values_list("population", flat=True)) == 3000
    assert "valid: no gap" in result.output


def test_people_outside_the_county_are_refused_not_dropped(tmp_path: Path) -> None:
    """One village beyond the border refuses the whole order."""
    county()
    order = ("grids", "make", "--county", COUNTY, "--by", "population", "--target", 600)
    result = run(*order, "--people", people_file(tmp_path / "people.csv", lon=107), "--crs", "WGS84")
    assert (result.exit_code, Grid.objects.count()) == (2, 0)
    assert "1 of 3 population places lie outside" in result.output


def write(path: Path, shape: shapely.Geometry, **properties: object) -> Path:
    """Write a GeoJSON of one feature."""
    feature = {"type": "Feature", "properties": properties, "geometry": shape.__geo_interface__}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def test_the_commands_set_a_county_up(tmp_path: Path) -> None:
    """County, beats, grids, posts, check: each says what it did."""
    outline = write(tmp_path / "outline.geojson", OUTLINE, code="B1", name="All")
    assert (
        run("import", "county", COUNTY, "--name", "Test", "--boundary", outline, "--crs", "WGS84").exit_code
        == 0
    )
    assert "1 new" in run("import", "beats", outline, "--county", COUNTY, "--crs", "WGS84").output
    assert "valid: no gap" in run("grids", "make", "--county", COUNTY, "--size", 600).output
    posts = tmp_path / "posts.csv"
    posts.write_text("code,name,lon,lat\nP1,Bridge,106.01,30.01\n")
    assert (
        "1 new"
        in run("import", "places", posts, "--kind", "post", "--county", COUNTY, "--crs", "WGS84").output
    )
    assert run("grids", "check", "--county", COUNTY).exit_code == 0
    assert queries.resolve(COUNTY, 106.01, 30.01).beat_code == "B1"


def test_swapped_columns_are_noticed_where_both_orders_are_on_the_globe(tmp_path: Path) -> None:
    """Latitude and longitude below 90 give no clue, the county does."""
    domain.store_county(AreaRow(CODE, "County", shape=shapely.box(44, 30, 45, 31), time_zone="Asia/Baghdad"))
    posts = tmp_path / "posts.csv"
    posts.write_text("code,name,lon,lat\nP1,Bridge,30.5,44.5\n")
    result = run("import", "places", posts, "--kind", "post", "--county", COUNTY, "--crs", "WGS84")
    assert result.exit_code == 2
    assert "swap the columns" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("grids", "check", "--county", "99"), "could not check"),
        (("grids", "make", "--county", "999999"), "is unknown"),
        (("import", "areas", "nothing.csv", "--format", "divisions"), "no such file"),
        (("import", "county", "990100", "--name", "X"), "two are not both zero"),
        (("import", "county", COUNTY, "--name", "X", "--zone", "Mars/Olympus"), "time zone"),
    ],
)
def test_wrong_commands_end_in_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2 and what to do, never a traceback."""
    result = run(*arguments)
    assert (result.exit_code, words in result.output) == (2, True), result.output


@pytest.mark.realdata
def test_hechuan_has_its_divisions_and_a_valid_partition(shared_data: Path) -> None:
    """30 townships, 412 villages, the outline from GCJ-02, and grids that partition it."""
    china = shared_data / "china"
    table = china / "chongqing_hechuan_500117_divisions.csv"
    assert run("import", "areas", table, "--format", "divisions", "--crs", "GCJ02").exit_code == 0
    assert run("import", "areas", china / "hechuan_500117_gcj02.geojson", "--crs", "GCJ02").exit_code == 0
    counted = [Area.objects.filter(level=level).count() for level in (6, 9, 12)]
    assert counted == [1, 30, 412]
    made = run("grids", "make", "--county", "500117", "--size", "1000").output
    assert "valid: no gap, no overlap" in made
    assert "29 townships have no outline" in made


@pytest.mark.realdata
def test_hechuan_outline_without_crs_is_refused(shared_data: Path) -> None:
    """The file does not say that it is in GCJ-02, so nothing is stored."""
    result = run("import", "areas", shared_data / "china/hechuan_500117_gcj02.geojson")
    assert (result.exit_code, Area.objects.count()) == (2, 0)


@pytest.mark.realdata
def test_san_francisco_districts_become_beats_with_grids(shared_data: Path) -> None:
    """Ten districts, mended because two touch themselves; their true overlaps are told, nothing else."""
    file = shared_data / "sf/sfpd_districts.geojson"
    zone = ("--zone", "America/Los_Angeles")
    assert run("import", "county", "060750", "--name", "SF", *zone, "--boundary", file).exit_code == 2
    assert (
        run("import", "county", "060750", "--name", "SF", *zone, "--boundary", file, "--mend").exit_code == 0
    )
    columns = ("--column", "code=district", "--column", "name=district")
    assert run("import", "beats", file, "--county", "060750", *columns, "--mend").exit_code == 0
    assert run("grids", "make", "--county", "060750", "--size", 250).exit_code == 0
    findings = queries.partition("060750").of_kind("")
    assert {f.kind.value for f in findings} == {"two_beats", "no_responsible"}
    assert Beat.objects.count() == 10


@pytest.mark.realdata
def test_chicago_beats_get_an_exact_partition(shared_data: Path) -> None:
    """277 rows are 275 beats, and the cells cut at their borders partition the city."""
    file = shared_data / "chicago/chicago_beats.geojson"
    assert run("import", "county", "170310", "--name", "Chicago", "--boundary", file).exit_code == 0
    columns = ("--column", "code=beat_num", "--column", "name=beat_num", "--join")
    assert run("import", "beats", file, "--county", "170310", *columns).exit_code == 0
    assert Beat.objects.count() == 275
    made = run("grids", "make", "--county", "170310", "--size", 800).output
    assert "valid: no gap, no overlap, no grid in two beats" in made
