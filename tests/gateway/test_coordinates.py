"""Positions as they are typed, and Plus Codes."""

from __future__ import annotations

import pytest

from anlan.gateway import pluscodes
from anlan.gateway.coordinates import Box, read_positions

HECHUAN = Box(106.2, 29.8, 106.5, 30.1)

PUBLISHED = [
    ("7FG49Q00+", 20.375, 2.775),
    ("7FG49QCJ+2V", 20.3700625, 2.7821875),
    ("7FG49QCJ+2VX", 20.3701125, 2.782234375),
    ("8FVC2222+22", 47.0000625, 8.0000625),
    ("4VCPPQGP+Q9", -41.2730625, 174.7859375),
    ("62H20000+", 1.5, -179.5),
]
"""From the test data of github.com/google/open-location-code: code, latitude and longitude of its middle."""


@pytest.mark.parametrize(("code", "lat", "lon"), PUBLISHED)
def test_plus_codes_as_published(code: str, lat: float, lon: float) -> None:
    """Full codes decode to the middle of their cell."""
    cell = pluscodes.decode(code)
    assert (cell.lat, cell.lon) == (pytest.approx(lat, abs=1e-9), pytest.approx(lon, abs=1e-9))


@pytest.mark.parametrize(
    ("short", "lat", "lon", "full"),
    [
        ("9QCJ+2VX", 51.3708675, -1.217765625, "9C3W9QCJ+2VX"),
        ("CJ+2VX", 51.3708675, -1.217765625, "9C3W9QCJ+2VX"),
        ("22+", 42.899, 9.012, "8FJFW222+"),
        ("22+", 14.95125, -23.5001, "796RXG22+"),
    ],
)
def test_short_plus_codes_as_published(short: str, lat: float, lon: float, full: str) -> None:
    """A short code is the cell nearest to the reference, as in the project's own test data."""
    found, meant = pluscodes.nearest(short, lon, lat), pluscodes.decode(full)
    assert (found.lon, found.lat) == (pytest.approx(meant.lon, abs=1e-9), pytest.approx(meant.lat, abs=1e-9))


@pytest.mark.parametrize(
    "code", ["", "+", "8FVC9G8F", "8FVC9G8F+6", "1FVC9G8F+6X", "X9FVC9G8F+", "WC2300+G6g", "2300+"]
)
def test_what_is_no_plus_code(code: str) -> None:
    """Codes that break the rules are refused."""
    assert not pluscodes.valid(code)


@pytest.mark.parametrize(
    "text",
    [
        "29.97, 106.275", "106.275 29.97", "29.97，106.275", "北纬29.97 东经106.275", "N29.97 E106.275",
        "106.275E 29.97N", "lat=29.97 lon=106.275", "29°58'12\"N 106°16'30\"E", "29°58′12″ 106°16′30″",
    ],
)  # fmt: skip
def test_typed_coordinates(text: str) -> None:
    """Decimal degrees and sexagesimal ones in either order, in either language, are the same point."""
    first = read_positions(text, HECHUAN)[0]
    assert (first.lon, first.lat) == (pytest.approx(106.275), pytest.approx(29.97))
    assert first.given == "WGS-84"


def test_gcj02_is_offered_and_labelled() -> None:
    """In China the shifted system is a second reading, a few hundred metres off; said, it is the only one."""
    plain, shifted = read_positions("29.97, 106.275", HECHUAN)
    assert shifted.given == "GCJ-02"
    assert 100 < 111_000 * abs(plain.lon - shifted.lon) + 111_000 * abs(plain.lat - shifted.lat) < 1_500
    assert read_positions("GCJ02 29.97, 106.275", HECHUAN) == [shifted]


def test_outside_china_there_is_one_reading() -> None:
    """Where nothing is shifted nothing is offered twice."""
    assert len(read_positions("37.79 -122.41", Box(-122.6, 37.6, -122.3, 37.9))) == 1


@pytest.mark.parametrize("text", ["", "12 Main 13", "人民路12号", "95, 195", "100", "1 2 3", "nan nan", "+"])
def test_what_is_no_position(text: str) -> None:
    """Addresses and impossible figures are no coordinates."""
    assert read_positions(text, HECHUAN) == []


def test_a_short_code_takes_the_county_as_reference() -> None:
    """A short code within words is the cell near the county."""
    found = read_positions("在 X74G+2C 附近", HECHUAN)
    assert len(found) == 1
    assert HECHUAN.holds(found[0].lon, found[0].lat)
