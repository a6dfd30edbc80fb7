"""The surface equals the exact sum, missing is told from quiet, ranking and chains find what is there."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.analysis.cube import CountCube
from anlan.engine.analysis.density import hot_spots, surface
from anlan.engine.analysis.exposure import exposed_days
from anlan.engine.analysis.ranking import captured, hot_cells
from anlan.engine.analysis.repeats import chains, shared_places
from anlan.engine.analysis.rhythm import busiest_hours


def exact(x, y, at, bandwidth):
    """Return the kernel sum at one place, per km²."""
    squared = (x - at[0]) ** 2 + (y - at[1]) ** 2
    return np.exp(-squared / 2 / bandwidth**2).sum() / (2 * np.pi * bandwidth**2) * 1e6


def test_the_surface_is_the_exact_sum_within_one_percent():
    """At every node where it matters, binning and FFT cost under 1 % of the peak."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 900, 500), rng.normal(0, 600, 500)
    found = surface(x, y, bandwidth_m=300)
    truth = np.array([[exact(x, y, (east, north), 300) for east in found.x[::5]] for north in found.y[::5]])
    assert np.abs(found.density[::5, ::5] - truth).max() <= 0.01 * truth.max()


def test_the_edge_does_not_sag_with_a_mask():
    """Even points in a square give an even surface up to its border."""
    line = np.arange(0, 4001, 50.0)
    x, y = (part.ravel() for part in np.meshgrid(line, line))
    size = (4000 // 100) + 1
    found = surface(
        x, y, bandwidth_m=400, node_m=100, bounds=(0, 0, 4000, 4000), mask=np.ones((size, size), bool)
    )
    assert found.density[2:-2, 2:-2].min() == pytest.approx(found.density[2:-2, 2:-2].max(), rel=0.1)


def test_two_clusters_are_two_hot_spots_in_order():
    """The denser cluster comes first, at its place."""
    rng = np.random.default_rng(2)
    x = np.concatenate((rng.normal(0, 50, 80), rng.normal(5000, 50, 40)))
    spots = hot_spots(surface(x, np.zeros(120), bandwidth_m=400), x, np.zeros(120), number=2)
    assert [spot.count for spot in spots] == [80, 40]


@pytest.mark.parametrize("bandwidth", [0, -1, float("nan")])
def test_a_bandwidth_without_meaning_is_refused(bandwidth):
    """The message names the parameter."""
    with pytest.raises(ValueError, match="bandwidth_m"):
        surface([0.0], [0.0], bandwidth_m=bandwidth)


def test_alternate_weeks_are_missing_not_quiet():
    """Seven silent days in a county with 300 incidents a day were not recorded."""
    counts = np.tile(np.repeat([300, 0], 7), 10)
    assert np.array_equal(exposed_days(counts), counts > 0)


def test_a_quiet_day_in_a_small_county_is_a_zero():
    """With one incident in two days a silent day says something."""
    counts = np.random.default_rng(3).poisson(0.5, 400)
    counts[0] = counts[-1] = 1
    assert exposed_days(counts).all()


@given(st.lists(st.integers(0, 50), max_size=80))
def test_a_day_with_incidents_is_always_exposed(counts):
    """What was recorded could be recorded."""
    assert exposed_days(counts)[np.asarray(counts, int) > 0].all()


def cells(rows, days=60):
    """Return a daily cube from (cell, day) rows."""
    first = np.datetime64("2024-01-01")
    return CountCube.from_table(
        cell=[row[0] for row in rows],
        start=[first + np.timedelta64(row[1], "D") for row in rows],
        type=["x"] * len(rows),
        step="day",
        first=date(2024, 1, 1),
        end=date(2024, 1, 1) + (np.timedelta64(days, "D").astype(object)),
    )


def test_hot_cells_come_heaviest_first_and_add_up():
    """Shares fall, the running total ends at one."""
    cube = cells([("a", day) for day in range(60)] + [("b", day) for day in range(0, 60, 3)] + [("c", 1)])
    found = hot_cells(cube, np.ones(60, bool))
    assert [cell.code for cell in found] == ["a", "b", "c"]
    assert found[-1].cumulative == pytest.approx(1)


def test_the_capture_test_ranks_on_the_past_only():
    """A cell that woke up in the last 28 days does not help the ranking of before."""
    cube = cells([("old", day) for day in range(30)] + [("new", day) for day in range(40, 60)])
    assert captured(cube, np.ones(60, bool), 2, at=(0.5,))[0].share == 0


def test_chains_link_by_place_time_and_type():
    """Three burglaries in a street within a week are a chain; another type or a month ago is not."""
    x = np.array([0, 100, 150, 120, 5000.0])
    day = np.array([1, 3, 6, 6, 6])
    kinds = np.array(["b", "b", "b", "t", "b"])
    (found,) = chains(x, np.zeros(5), day, kinds)
    assert found.members == (0, 1, 2)


def test_a_default_address_is_found():
    """Fifty of a thousand points on one spot are no hot spot."""
    rng = np.random.default_rng(4)
    x = np.concatenate((rng.uniform(0, 9000, 950), np.full(50, 77.0)))
    assert shared_places(x, x * 2).sum() == 50


def test_the_busiest_band_may_pass_midnight():
    """A night's peak is one band, not two."""
    hours = np.zeros(24, int)
    hours[[23, 0, 1]] = 10
    assert busiest_hours(hours, share=1.0) == (23, 2)


def test_near_repeats_are_never_wider_than_their_distance():
    """A row of 40 incidents, each 50 m from the next, is told as clusters of 200 m, not as one chain."""
    x = np.arange(40) * 50.0
    found = chains(x, np.zeros(40), np.full(40, 20), np.array(["damage"] * 40))
    assert max(np.ptp(x[list(chain.members)]) for chain in found) <= 200
    assert found[0].count == 5
