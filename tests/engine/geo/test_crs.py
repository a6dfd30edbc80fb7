"""Coordinate systems: the shift of Chinese web maps, projected systems, the local plane."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.geo.crs import WGS84, Crs, LocalPlane, from_gcj02, shapes_to_wgs84, to_gcj02, to_wgs84

LON, LAT = st.floats(73.6, 134.8), st.floats(18.2, 53.5)


@given(LON, LAT)
def test_gcj02_there_and_back_is_exact(lon: float, lat: float) -> None:
    """The inverse meets the original to better than a ten-millionth of a degree."""
    there = to_gcj02(np.array([lon]), np.array([lat]))
    back = from_gcj02(*there)
    assert np.abs(np.array(back).ravel() - [lon, lat]).max() < 1e-9


@given(LON, LAT)
def test_gcj02_moves_points_by_less_than_a_kilometre(lon: float, lat: float) -> None:
    """The shift is a few hundred metres, never none inside China."""
    east, north = to_gcj02(np.array([lon]), np.array([lat]))
    metres = np.hypot((east - lon) * 111_320 * np.cos(np.radians(lat)), (north - lat) * 111_000)
    assert 10 < metres[0] < 1000


def test_gcj02_of_a_known_place() -> None:
    """Tiananmen as published by the map services: 116.397428 in WGS-84 terms is 116.403669 shifted."""
    lon, lat = to_gcj02(np.array([116.397428]), np.array([39.90923]))
    assert (lon[0], lat[0]) == pytest.approx((116.403669, 39.910634), abs=2e-5)


@pytest.mark.parametrize(("lon", "lat"), [(-122.4, 37.8), (2.35, 48.86), (151.2, -33.9)])
def test_gcj02_leaves_the_rest_of_the_world_alone(lon: float, lat: float) -> None:
    """Outside China nothing is shifted either way."""
    assert [float(v[0]) for v in from_gcj02(np.array([lon]), np.array([lat]))] == [lon, lat]


def test_cgcs2000_is_taken_as_wgs84() -> None:
    """EPSG:4490 agrees with WGS-84 to centimetres."""
    assert Crs.parse("CGCS2000").is_wgs84
    assert Crs.parse("EPSG:4490").is_wgs84


def test_a_projected_cgcs2000_system_comes_back_to_degrees() -> None:
    """Gauss-Krüger zone 35 (EPSG:4523) has its central meridian at 105 degrees."""
    lon, lat = to_wgs84(np.array([35_500_000.0]), np.array([3_320_113.4]), Crs.parse("EPSG:4523"))
    assert (lon[0], lat[0]) == pytest.approx((105, 30), abs=1e-5)


@pytest.mark.parametrize("name", ["nonsense", "EPSG:99999999", ""])
def test_an_unknown_system_is_refused(name: str) -> None:
    """The message says what can be given."""
    with pytest.raises(ValueError, match="give WGS84, CGCS2000, GCJ02 or EPSG"):
        Crs.parse(name)


def test_missing_shapes_stay_missing() -> None:
    """A place without geometry is no error."""
    shapes = np.array([None, shapely.Point(106, 30)], dtype=object)
    assert shapes_to_wgs84(shapes, Crs.parse("GCJ02"))[0] is None
    assert shapes_to_wgs84(shapes, WGS84)[1].equals(shapely.Point(106, 30))


@given(st.floats(-170, 170), st.floats(-60, 60))
def test_the_local_plane_has_true_sizes(lon: float, lat: float) -> None:
    """A spherical rectangle of 0.01 degrees has its ellipsoidal size on the plane to 0.1 %."""
    cell = np.array([shapely.box(lon, lat, lon + 0.01, lat + 0.01)], dtype=object)
    a, e2 = 6_378_137.0, 0.00669438
    phi = np.radians(lat + 0.005)
    w2 = 1 - e2 * np.sin(phi) ** 2
    expected = np.radians(0.01) ** 2 * (a * (1 - e2) / w2**1.5) * (a / np.sqrt(w2)) * np.cos(phi)
    assert shapely.area(LocalPlane.around(cell).flatten(cell))[0] == pytest.approx(expected, rel=1e-3)
