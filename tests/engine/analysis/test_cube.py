"""The count cube adds up, selects, regroups and coarsens without losing an incident."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.cube import CountCube

ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 10 * 24 - 1), st.sampled_from(["x", "y"])),
    max_size=60,
)


def make(rows, step="hour"):
    """Return a cube of ten days from (cell, hour, type) rows."""
    hours = np.array([row[1] for row in rows], dtype="timedelta64[h]")
    return CountCube.from_table(
        cell=[row[0] for row in rows],
        start=np.datetime64("2020-01-01T00:00:00") + hours,
        type=[row[2] for row in rows],
        step=step,
        first=date(2020, 1, 1),
        end=date(2020, 1, 11),
        cells=["a", "b", "c"],
        types=["x", "y"],
    )


@given(ROWS)
def test_every_row_is_counted_once_whatever_the_step(rows):
    """Totals stay the same from hours through shifts to days."""
    cube = make(rows)
    assert cube.total == cube.coarsen("shift").total == cube.coarsen("day").total == len(rows)


@given(ROWS)
def test_dense_equals_a_plain_count(rows):
    """The dense matrix holds exactly the rows of each cell and hour."""
    expected = np.zeros((3, 240), int)
    for cell, hour, _kind in rows:
        expected["abc".index(cell), hour] += 1
    assert np.array_equal(make(rows).dense(), expected)


@given(ROWS)
def test_regrouping_cells_adds_their_counts(rows):
    """A merged cell holds the sum of its parts and unmapped cells are gone."""
    cube = make(rows)
    merged = cube.regroup({"a": "north", "b": "north"})
    assert np.array_equal(merged.dense().sum(axis=0), cube.dense()[:2].sum(axis=0))


@given(ROWS)
def test_days_built_directly_equal_hours_coarsened(rows):
    """Counting by day and coarsening hours to days agree."""
    assert np.array_equal(make(rows, "day").dense(), make(rows).coarsen("day").dense())


def test_select_keeps_the_interval_half_open():
    """The end day is excluded, the start day included."""
    cube = make([("a", 0, "x"), ("a", 24, "x"), ("a", 48, "y")])
    assert cube.select(start=date(2020, 1, 2), end=date(2020, 1, 3)).total == 1
    assert cube.select(types=["y"]).total == 1
    assert cube.select(cells=["b"]).total == 0


def test_a_repeated_cell_is_refused():
    """An axis with the same code twice cannot say where a count belongs."""
    with pytest.raises(ValueError, match="cells: an entry occurs twice"):
        CountCube.from_table(
            cell=[],
            start=[],
            type=[],
            step="day",
            first=date(2020, 1, 1),
            end=date(2020, 1, 2),
            cells=["a", "a"],
        )


def test_a_finer_step_is_refused():
    """Days cannot be split into hours."""
    with pytest.raises(ValueError, match="finer"):
        make([], "day").coarsen("hour")
