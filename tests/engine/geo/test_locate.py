"""Point location: raster and exact test agree, boundaries are settled, points in no cell are told."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from anlan.engine.geo.locate import FEW, Locator


def checkerboard(side: int) -> NDArray[Any]:
    """Return side × side unit squares, row by row."""
    return np.array([shapely.box(x, y, x + 1, y + 1) for y in range(side) for x in range(side)], dtype=object)


def locator(shapes: NDArray[Any]) -> Locator:
    """Return a locator whose codes are the indices."""
    return Locator([str(i) for i in range(len(shapes))], shapes)


def voronoi(seed: int) -> NDArray[Any]:
    """Return forty irregular cells over the unit square."""
    points = shapely.MultiPoint(np.random.default_rng(seed).random((40, 2)))
    parts = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, 1, 1)))
    return np.asarray(shapely.intersection(parts, shapely.box(0, 0, 1, 1)), dtype=object)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_raster_agrees_with_the_exact_test(seed: int) -> None:
    """For many points the fast way gives exactly what testing each polygon gives."""
    cells = locator(voronoi(seed))
    points = np.random.default_rng(seed).uniform(-0.05, 1.05, (2, FEW + 1))
    fast = cells.locate(*points)
    exact = np.concatenate(
        [locator(cells.geometries).locate(*part) for part in np.array_split(points, 3, axis=1)]
    )
    assert (fast == exact).all()


def test_points_on_shared_borders_belong_to_the_first_cell() -> None:
    """A border point has one cell, the same however many points are asked for."""
    cells = locator(checkerboard(4))
    x, y = np.meshgrid(np.arange(5.0), np.arange(5.0))
    few = cells.locate(x.ravel(), y.ravel())
    many = cells.locate(np.tile(x.ravel(), 1000), np.tile(y.ravel(), 1000))
    assert (np.tile(few, 1000) == many).all()
    assert few[6] == 0
    assert (few >= 0).all()


def test_points_in_no_cell_and_no_number_are_minus_one() -> None:
    """Nothing is dropped: the answer has one index a point."""
    found = locator(checkerboard(2)).locate(np.array([0.5, 9, np.nan, np.inf]), np.array([0.5, 9, 0.5, 0.5]))
    assert list(found) == [0, -1, -1, -1]


def test_codes_of_no_cell_are_empty() -> None:
    """Index -1 has the empty code."""
    assert list(locator(checkerboard(1)).codes_of(np.array([0, -1], dtype=np.int32))) == ["0", ""]


def test_holes_and_missing_cells_contain_nothing() -> None:
    """A hole belongs to no cell, and a cell without geometry is passed over."""
    ring = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 6, 6).exterior])
    cells = locator(np.array([None, ring], dtype=object))
    assert list(cells.locate(np.tile([4.5, 1.0], FEW), np.tile([4.5, 1.0], FEW)))[:2] == [-1, 1]


def test_lengths_that_differ_are_refused() -> None:
    """Each cell has a code."""
    with pytest.raises(ValueError, match="2 codes for 1 geometries"):
        Locator(["a", "b"], checkerboard(1))
