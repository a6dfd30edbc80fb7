"""Made grids are an exact partition, whatever the outline, streets and regions."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.geo import make
from anlan.engine.geo.make import MakeError, Regions
from anlan.engine.geo.partition import check, union

COUNTY = "990101000000"
NONE = Regions.none()


def blob(seed: int, corners: int = 14) -> shapely.Polygon:
    """Return an irregular outline of some five kilometres near 106°E 30°N."""
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, corners))
    radius = random.uniform(0.01, 0.03, corners)
    points = np.column_stack([106 + radius * np.cos(angle), 30 + radius * np.sin(angle)])
    return shapely.convex_hull(shapely.MultiPoint(points)) if seed % 2 else shapely.Polygon(points)


def halves(outline: shapely.Polygon) -> Regions:
    """Return the outline cut in two by a slanting line."""
    west = shapely.Polygon([(105.9, 29.9), (105.99, 29.9), (106.01, 30.1), (105.9, 30.1)])
    parts = np.array([outline & west, outline - west], dtype=object)
    return Regions(["990101001000", "990101002000"], parts)


def streets(seed: int) -> np.ndarray:
    """Return thirty random streets, many of them dead ends or beyond the outline."""
    ends = np.random.default_rng(seed).uniform([105.96, 29.96], [106.04, 30.04], (30, 2, 2))
    return np.asarray(shapely.linestrings(ends), dtype=object)


def assert_partition(cells: make.Cells, outline: shapely.Polygon) -> None:
    """Check that the cells are an exact partition of the outline."""
    result = check([str(i) for i in range(len(cells))], cells.shapes, outline)
    assert result.findings == ()
    assert shapely.coverage_is_valid(cells.shapes)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 500), st.sampled_from([300, 700]), st.sampled_from([make.squares, make.hexagons]))
def test_squares_and_hexagons_partition_any_outline(seed: int, size: float, way: object) -> None:
    """No gap and no overlap, also where the outline is concave."""
    outline = blob(seed)
    if outline.is_valid:
        assert_partition(way(outline, size, NONE, NONE), outline)  # type: ignore[operator]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 500))
def test_blocks_between_streets_partition_the_area(seed: int) -> None:
    """Dead ends and streets beyond the outline do no harm."""
    outline = blob(2 * seed + 1)
    assert_partition(make.by_streets(outline, streets(seed), 400, NONE, NONE), outline)


def test_cells_do_not_cross_townships() -> None:
    """Every cell lies in one township, whose code it carries."""
    outline = blob(3)
    towns = halves(outline)
    cells = make.squares(outline, 400, towns, NONE)
    for code, shape in zip(towns.codes, towns.shapes, strict=True):
        inside = union(cells.shapes[cells.areas == code])
        assert shapely.symmetric_difference(inside, shape).area < 1e-9
    assert_partition(cells, outline)


def test_beats_are_unions_of_cells() -> None:
    """Cut at beat borders, no cell lies in two beats."""
    outline = blob(5)
    cells = make.by_streets(outline, streets(5), 400, NONE, halves(outline))
    assert set(cells.beats) == {"990101001000", "990101002000"}
    assert_partition(cells, outline)


def test_no_cell_is_a_crumb() -> None:
    """Cells cut off at the outline join a neighbour when below a tenth of a square."""
    cells = make.squares(blob(7), 400, NONE, NONE)
    assert cells.area_m2.min() >= 0.1 * 400**2


def test_islets_join_the_nearest_cell() -> None:
    """A rock in the sea is part of a grid, not a grid."""
    outline = shapely.MultiPolygon(
        [shapely.box(106, 30, 106.02, 30.02), shapely.box(106.03, 30.01, 106.0302, 30.0102)]
    )
    cells = make.squares(outline, 500, NONE, NONE)
    assert cells.area_m2.min() > 0.1 * 500**2
    assert_partition(cells, outline)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 500), st.integers(200, 3000))
def test_population_grids_keep_everyone_and_reach_the_target(seed: int, target: int) -> None:
    """The people add up, each grid has enough unless it is all there is, and the partition holds."""
    outline = blob(9)
    base = make.squares(outline, 400, NONE, NONE)
    people = np.random.default_rng(seed).integers(0, 300, len(base)).astype(float)
    cells, joined = make.by_population(base, people, target)
    assert joined.sum() == people.sum()
    assert len(cells) == 1 or joined.min() >= 0.75 * target
    assert_partition(cells, outline)


def test_grids_are_numbered_by_township() -> None:
    """Codes are unique: twelve digits of the township and a serial from one."""
    outline = blob(3)
    cells = make.squares(outline, 400, halves(outline), NONE)
    codes = make.numbered(cells, COUNTY)
    assert len(set(codes)) == len(codes)
    assert {code[:12] for code in codes} == {"990101001000", "990101002000"}
    assert min(code[12:] for code in codes) == "0001"


def test_too_many_cells_for_four_digits_are_refused() -> None:
    """The message says what to do about it."""
    outline = shapely.box(106, 30, 106.12, 30.12)
    with pytest.raises(MakeError, match="more than 9,999 grids"):
        make.numbered(make.squares(outline, 100, NONE, NONE), COUNTY)


def test_nearest_centre_gives_each_point_to_the_nearest() -> None:
    """Every random point lies in the region of the centre nearest to it on the ground."""
    random = np.random.default_rng(1)
    lon, lat = random.uniform(106, 106.5, 8), random.uniform(30, 30.5, 8)
    regions = make.nearest_centre([str(i) for i in range(8)], lon, lat, shapely.box(106, 30, 106.5, 30.5))
    x, y = random.uniform(106, 106.5, 500), random.uniform(30, 30.5, 500)
    shrink = np.cos(np.radians(lat.mean()))
    nearest = np.hypot((x[:, None] - lon) * shrink, y[:, None] - lat).argmin(axis=1)
    assert list(regions.of(x, y)) == [str(i) for i in nearest]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (lambda o: make.squares(o, 0, NONE, NONE), "above 0"),
        (lambda o: make.squares(o, 1, NONE, NONE), "choose a larger size"),
        (lambda o: make.by_streets(o, np.empty(0, dtype=object), 300, NONE, NONE), "no street lines"),
        (lambda o: make.by_population(make.squares(o, 400, NONE, NONE), np.zeros(3), 9), "3 populations"),
        (lambda o: make.nearest_centre(["a", "b"], np.ones(2), np.ones(2), o), "same centre"),
    ],
)
def test_orders_that_make_no_sense_are_refused(order: object, words: str) -> None:
    """Each refusal says what to change."""
    with pytest.raises(MakeError, match=words):
        order(blob(1))  # type: ignore[operator]
