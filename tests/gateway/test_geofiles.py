"""Files of places: formats, coordinate systems that are never guessed, bad input told by row."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from anlan.gateway.divisions import read_divisions
from anlan.gateway.geofiles import CsvColumns, GeoFileError, read_places

CHINA, CHICAGO = shapely.box(106, 30, 106.1, 30.1), shapely.box(-87.7, 41.8, -87.6, 41.9)
BOWTIE = shapely.Polygon([(-87.7, 41.8), (-87.6, 41.9), (-87.6, 41.8), (-87.7, 41.9)])
HEAD = "code,parent,name,level,longitude,latitude\n"


def geojson(path: Path, *shapes: shapely.Geometry, **members: Any) -> Path:
    """Write a GeoJSON with names p1, p2 …"""
    features = [
        {"type": "Feature", "properties": {"name": f"p{i}", "code": i}, "geometry": shape.__geo_interface__}
        for i, shape in enumerate(shapes, start=1)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features} | members))
    return path


def layer(path: Path, crs: str | None, shape: shapely.Geometry = CHICAGO) -> Path:
    """Write one polygon with the driver that the name asks for."""
    wkb = np.array([shapely.to_wkb(shape)], dtype=object)
    pyogrio.raw.write(
        path, wkb, [np.array(["West"], dtype=object)], np.array(["name"]), geometry_type="Polygon", crs=crs
    )
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Any:
    """Return a function that writes a CSV."""

    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "places.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


def test_geojson_outside_china_is_wgs84(tmp_path: Path) -> None:
    """RFC 7946 is believed where no other system is common."""
    table = read_places(geojson(tmp_path / "a.geojson", CHICAGO))
    assert (table.crs, table.shapes[0].equals(CHICAGO), table.column("code")) == ("WGS 84", True, ["1"])


def test_geojson_in_china_must_say_its_system(tmp_path: Path) -> None:
    """There GCJ-02 is as common as WGS-84, so the importer asks."""
    with pytest.raises(GeoFileError, match=r"WGS-84 or GCJ-02.*--crs"):
        read_places(geojson(tmp_path / "a.geojson", CHINA))


def test_geojson_in_china_with_a_crs_member_is_believed(tmp_path: Path) -> None:
    """A file that says what it is need not be asked."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert read_places(geojson(tmp_path / "a.geojson", CHINA, crs=crs)).shapes[0].equals(CHINA)


def test_gcj02_is_converted(tmp_path: Path) -> None:
    """The outline moves by half a kilometre."""
    shape = read_places(geojson(tmp_path / "a.geojson", CHINA), "GCJ02").shapes[0]
    assert 0.001 < shape.distance(shapely.Point(106, 30)) + abs(shape.bounds[0] - 106) < 0.01


@pytest.mark.parametrize(("name", "crs"), [("a.gpkg", "EPSG:4326"), ("a.shp", "EPSG:4326")])
def test_layers_that_say_their_system_are_read(tmp_path: Path, name: str, crs: str) -> None:
    """GeoPackage and Shapefile with .prj need nothing else."""
    table = read_places(layer(tmp_path / name, crs))
    assert table.shapes[0].equals(CHICAGO)
    assert table.column("name") == ["West"]


def test_a_projected_layer_is_converted(tmp_path: Path) -> None:
    """UTM metres come back as degrees."""
    utm = shapely.box(440_000, 4_630_000, 441_000, 4_631_000)
    west, south, *_ = read_places(layer(tmp_path / "a.gpkg", "EPSG:32616", utm)).shapes[0].bounds
    assert (west, south) == pytest.approx((-87.72, 41.82), abs=0.01)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_shapefile_without_prj_is_refused(tmp_path: Path) -> None:
    """No .prj, no guess."""
    with pytest.raises(GeoFileError, match=r"no \.prj beside it.*--crs"):
        read_places(layer(tmp_path / "a.shp", None))


def test_a_csv_needs_a_system(csv: Any) -> None:
    """A CSV cannot carry one."""
    with pytest.raises(GeoFileError, match="does not say its coordinate system"):
        read_places(csv("name,lon,lat\nA,-87.6,41.8\n"))


def test_a_csv_of_points_is_read_in_gb18030(csv: Any) -> None:
    """Chinese column names and encoding are understood."""
    table = read_places(csv("名称,经度,纬度\n大桥,106.5,29.5\n", "gb18030"), "WGS84")
    assert table.shapes[0].equals(shapely.Point(106.5, 29.5))
    assert table.column("名称") == ["大桥"]


def test_a_csv_of_wkt_is_read(csv: Any) -> None:
    """A WKT column may hold any geometry."""
    table = read_places(csv('name,shape\nA,"LINESTRING (1 2, 3 4)"\n'), "WGS84", csv=CsvColumns(wkt="shape"))
    assert table.shapes[0].geom_type == "LineString"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("name,lon,lat\n", "has no rows"),
        ("name,lon,lat\nA,106,30\nB,30,106\n", "row 2: longitude 30, latitude 106: .* swapped"),
        ("name,lon,lat\nA,500000,4000000\n", "row 1: .* not on the globe"),
        ("name,lon,lat\nA,106,30\nB,east,30\n", "row 2: lon 'east' is not a number"),
        ("name,lon,lat\nA,106,\n", "row 1: only one of lon and lat"),
        ("name,where\nA,here\n", "name the columns with --lon and --lat"),
        ("name,wkt\nA,POINT(1 2)\nB,POLYGON((\n", "row 2: wkt is not a geometry"),
    ],
)
def test_bad_csv_is_refused_by_row(csv: Any, text: str, words: str) -> None:
    """The message says where and what to do."""
    with pytest.raises(GeoFileError, match=words):
        read_places(csv(text), "WGS84")


def test_self_crossing_polygons_are_named_and_refused(tmp_path: Path) -> None:
    """Row, name, place of the crossing and the mend are told; nothing is repaired in silence."""
    with pytest.raises(GeoFileError, match=r"row 2 \(p2\): Self-intersection\[-87.65 41.85\][\s\S]*--mend"):
        read_places(geojson(tmp_path / "a.geojson", CHICAGO, BOWTIE))


def test_mending_is_asked_for_and_told(tmp_path: Path) -> None:
    """With `mend` the polygon is valid and the note names it."""
    table = read_places(geojson(tmp_path / "a.geojson", CHICAGO, BOWTIE), mend=True)
    assert shapely.is_valid(table.shapes).all()
    assert table.notes == ("mended row 2 (p2): Self-intersection[-87.65 41.85]",)


@pytest.mark.parametrize("name", ["missing.geojson", "broken.geojson", "empty.gpkg"])
def test_files_that_are_none_are_refused(tmp_path: Path, name: str) -> None:
    """Missing, broken and empty files end in one sentence."""
    path = tmp_path / name
    if not name.startswith("missing"):
        path.write_text("{" if name.startswith("broken") else "")
    with pytest.raises(GeoFileError, match=r"no such file|cannot be read|is empty"):
        read_places(path)


def test_an_unknown_system_is_refused(csv: Any) -> None:
    """A typing error in --crs is told."""
    with pytest.raises(GeoFileError, match="is unknown"):
        read_places(csv("lon,lat\n1,2\n"), "EPSG:none")


def test_divisions_keep_places_without_centre(csv: Any) -> None:
    """A village without a centre point is a village all the same; what lies above the county is left out."""
    text = HEAD + "500000000000,,Chongqing,province,,\n500117000000,500100000000,合川区,county,106.27,29.97\n"
    found = read_divisions(csv(text + "500117001000,500117000000,合阳城,town,,\n"), "GCJ02")
    assert [(d.code, d.level, d.parent) for d in found.rows] == [
        ("500117000000", 6, ""),
        ("500117001000", 9, "500117000000"),
    ]
    assert (found.skipped, found.without_centre) == (1, 1)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("500117000000,,A,county,106,30\n", "say which with --crs"),
        ("5001170,,A,county,,\n", "row 1: area code '5001170'"),
        (
            "500117000000,500100000000,A,county,,\n500117000000,500100000000,B,county,,\n",
            "row 2: .* already given in row 1",
        ),
        ("500117000000,500100000000,A,hamlet,,\n", "row 1: level 'hamlet'"),
        ("500117000000,500100000000,,county,,\n", "row 1: the name is blank"),
        ("500000000000,,A,province,,\n", "has no county, town or village"),
    ],
)
def test_bad_division_tables_are_refused(csv: Any, rows: str, words: str) -> None:
    """Each fault names its row."""
    with pytest.raises(GeoFileError, match=words):
        read_divisions(csv(HEAD + rows))


def test_a_table_of_something_else_is_refused(csv: Any) -> None:
    """The missing columns are named."""
    with pytest.raises(GeoFileError, match="lacks the columns code, parent, level"):
        read_divisions(csv("name\nA\n"))
