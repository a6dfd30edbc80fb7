"""The partition check finds what was planted, exactly, and nothing else; repairs say what they did."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from anlan.engine.geo.crs import LocalPlane
from anlan.engine.geo.partition import Beats, Kind, check, measure
from anlan.engine.geo.repair import repair

STEP = 0.005
INDEX = st.integers(0, 15)


def cells(side: int = 4) -> NDArray[Any]:
    """Return side × side cells of about half a kilometre near 106°E 30°N, vertices shared."""
    x, y = 106 + STEP * np.arange(side + 1), 30 + STEP * np.arange(side + 1)
    boxes = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for j in range(side) for i in range(side)]
    return np.array(boxes, dtype=object)


def names(shapes: NDArray[Any]) -> list[str]:
    """Return a code for each cell."""
    return [f"c{i:02}" for i in range(len(shapes))]


OUTLINE = shapely.union_all(cells())


def size(shape: Any) -> float:
    """Return the true size in m² on the plane of the whole."""
    return measure(np.array([shape], dtype=object), LocalPlane.around(cells()))[0][0]


def test_a_made_partition_is_clean() -> None:
    """Cells that fit have no findings."""
    result = check(names(cells()), cells(), OUTLINE)
    assert result.clean
    assert result.covered_m2 == pytest.approx(size(OUTLINE), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(INDEX, st.floats(0.05, 0.9), st.floats(0.05, 0.9))
def test_a_planted_gap_is_found_with_its_exact_size(cell: int, wide: float, high: float) -> None:
    """A hole cut out of a cell is one gap as large as the hole, and names the cell."""
    shapes = cells()
    west, south, *_ = shapes[cell].bounds
    hole = shapely.box(
        west + 0.05 * STEP, south + 0.05 * STEP, west + wide * STEP + 1e-4, south + high * STEP + 1e-4
    )
    hole = shapely.intersection(hole, shapely.buffer(shapes[cell], -1e-5, join_style="mitre"))
    shapes[cell] = shapely.difference(shapes[cell], hole)
    findings = check(names(shapes), shapes, OUTLINE).findings
    assert [(f.kind, f.codes) for f in findings] == [(Kind.GAP, (f"c{cell:02}",))]
    assert findings[0].area_m2 == pytest.approx(size(hole), rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(INDEX, st.floats(1e-6, 0.002))
def test_a_planted_overlap_is_found_with_its_exact_size(cell: int, depth: float) -> None:
    """A cell that grows into its neighbours overlaps each of them by what was planted."""
    shapes = cells()
    west, south, east, north = shapes[cell].bounds
    grown = shapely.box(west, south, east + depth, north)
    extra = shapely.difference(grown, shapes[cell])
    shapes[cell] = grown
    findings = check(names(shapes), shapes, OUTLINE).findings
    assert sum(f.area_m2 for f in findings) == pytest.approx(size(extra), rel=1e-5)
    assert {f.kind for f in findings} == {Kind.OUTSIDE if cell % 4 == 3 else Kind.OVERLAP}


def test_a_cell_inside_another_is_an_overlap() -> None:
    """Containment without any shared edge is found too."""
    inner = shapely.box(106.001, 30.001, 106.002, 30.002)
    shapes = np.append(cells(), inner)
    findings = check(names(shapes), shapes, OUTLINE).findings
    assert [(f.kind, f.codes) for f in findings] == [(Kind.OVERLAP, ("c00", "c16"))]


def test_the_same_cell_twice_is_an_overlap() -> None:
    """A cell imported under two codes is found."""
    shapes = np.append(cells(), cells()[5])
    findings = check(names(shapes), shapes, OUTLINE).findings
    assert [(f.kind, f.codes) for f in findings] == [(Kind.OVERLAP, ("c05", "c16"))]


def test_a_missing_cell_is_a_gap_that_names_its_neighbours() -> None:
    """Without an outline a hole between cells is still a gap."""
    shapes = np.delete(cells(), 5)
    findings = check(names(shapes), shapes).findings
    assert [f.kind for f in findings] == [Kind.GAP]
    assert len(findings[0].codes) == 8


def test_a_thin_gap_is_a_sliver() -> None:
    """Half a metre between two cells is careless drawing, a missing cell is not."""
    shapes = cells()
    west, south, east, north = shapes[5].bounds
    shapes[5] = shapely.box(west, south, east - 5e-6, north)
    assert [f.sliver for f in check(names(shapes), shapes, OUTLINE).findings] == [True]
    assert [f.sliver for f in check(names(cells()[1:]), cells()[1:], OUTLINE).findings] == [False]


def test_a_self_crossing_cell_is_named() -> None:
    """An invalid outline is a finding, not a crash."""
    shapes = cells()
    shapes[0] = shapely.Polygon([(106, 30), (106.005, 30.005), (106.005, 30), (106, 30.005)])
    findings = check(names(shapes), shapes, OUTLINE).findings
    assert (findings[0].kind, findings[0].codes) == (Kind.INVALID, ("c00",))


def test_cells_in_two_beats_and_in_none_are_found() -> None:
    """Beat borders that cut a cell are told with the size of the foreign part."""
    west = shapely.box(106, 30, 106 + 2.5 * STEP, 30 + 4 * STEP)
    beats = Beats(
        ["W", "E"], np.array([west, OUTLINE - west], dtype=object), [*(["W", "W", "W", "E"] * 4)[:-1], ""]
    )
    findings = check(names(cells()), cells(), OUTLINE, beats).findings
    two = [f for f in findings if f.kind is Kind.TWO_BEATS]
    assert [f.codes[1:] for f in two] == [("W", "E")] * 4
    assert sum(f.area_m2 for f in two) == pytest.approx(size(OUTLINE) / 8, rel=1e-3)
    assert [f.codes for f in findings if f.kind is Kind.NO_BEAT] == [("c15",)]


def test_no_cells_cannot_be_checked() -> None:
    """Nothing to check is an error, not a pass."""
    with pytest.raises(ValueError, match="at least one cell"):
        check([], np.empty(0, dtype=object))


@settings(max_examples=30, deadline=None)
@given(INDEX, st.floats(2e-7, 5e-6), st.booleans())
def test_repair_makes_slivers_clean_and_reports_each(cell: int, width: float, gap: bool) -> None:
    """After mending a thin gap or overlap the partition is clean and its size is reported."""
    shapes = cells()
    west, south, east, north = shapes[cell].bounds
    shapes[cell] = shapely.box(west, south, east - width if gap else east + width, north)
    found = check(names(shapes), shapes, OUTLINE).findings
    mended, done = repair(names(shapes), shapes, OUTLINE, under_m2=1000)
    assert [r.finding for r in done] == sorted(found, key=lambda f: -f.area_m2)
    assert check(names(mended), mended, OUTLINE).clean


def test_repair_leaves_larger_pieces_alone() -> None:
    """What is not under the stated size is for a person to decide."""
    shapes = cells()[1:]
    mended, done = repair(names(shapes), shapes, OUTLINE, under_m2=50)
    assert done == ()
    assert all(a.equals(b) for a, b in zip(mended, shapes, strict=True))


@pytest.mark.parametrize("under", [0, -1])
def test_repair_needs_a_size(under: float) -> None:
    """A size that repairs nothing or everything by accident is refused."""
    with pytest.raises(ValueError, match="above 0"):
        repair(names(cells()), cells(), OUTLINE, under)
