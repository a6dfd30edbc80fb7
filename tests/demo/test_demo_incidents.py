"""The generated history: rhythm, repeats and what was hidden in it, from a fixed seed."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
import shapely

from anlan.demo import generate
from anlan.gateway.files import taxonomy

if TYPE_CHECKING:
    from anlan.demo.generate import DemoCounty
    from anlan.demo.generate.incidents import Plot

TODAY = date(2026, 3, 10)
Made = tuple["DemoCounty", pl.DataFrame, "Plot"]


@pytest.fixture(scope="module")
def made() -> Made:
    """The full county of seed 1 with its two years before a fixed day, local time added."""
    demo = generate.county(1)
    table, plot = generate.history(demo, taxonomy.load(), TODAY)
    return demo, table.with_columns(local=pl.col("occurred").dt.convert_time_zone("Asia/Shanghai")), plot


def by_hour(table: pl.DataFrame) -> np.ndarray:
    """Counts by hour of the local day, shape (24,)."""
    return np.bincount(table["local"].dt.hour().to_numpy(), minlength=24)


def test_history_spans_two_years_up_to_yesterday(made: Made) -> None:
    """All incidents lie on the 730 local days before today, about 260 a day, in order of time."""
    _demo, table, _plot = made
    days = table["local"].dt.date()
    assert (days.min(), days.max()) == (date(2024, 3, 10), date(2026, 3, 9))
    assert len(table) == pytest.approx(730 * 260, rel=0.05)
    assert table["occurred"].is_sorted()
    assert table["key"].n_unique() == len(table)


def test_history_has_the_columns_of_the_history_files(made: Made) -> None:
    """Columns and their types are those that the history store takes."""
    _demo, table, _plot = made
    schema = table.drop("local").schema
    assert list(schema) == [
        "key",
        "occurred",
        "occurred_to",
        "lon",
        "lat",
        "type",
        "category",
        "priority",
        "source",
        "area_code",
        "grid_code",
        "beat_code",
        "address",
        "received",
        "dispatched",
        "on_scene",
        "closed",
    ]
    assert schema["occurred"] == pl.Datetime("us", "UTC")
    assert schema["priority"] == pl.UInt8


def test_times_are_in_order_and_officers_are_there_at_once(made: Made) -> None:
    """Received, dispatched, on scene, closed follow each other; what officers found has no travel time."""
    _demo, table, _plot = made
    steps = ("occurred", "received", "dispatched", "on_scene", "closed")
    for earlier, later in pairwise(steps):
        assert (table[earlier] <= table[later]).all()
    found = table.filter(source="officer")
    assert (found["occurred"] == found["on_scene"]).all()
    assert len(found) / len(table) == pytest.approx(0.15, abs=0.02)


def test_thefts_nobody_saw_have_an_interval_that_ends_before_the_call(made: Made) -> None:
    """Most burglaries know only from when to when; it is reported after that; nothing else has one."""
    _demo, table, _plot = made
    unseen = table.filter(pl.col("occurred_to").is_not_null())
    assert set(unseen["category"]) == {"theft"}
    assert (unseen["occurred"] <= unseen["occurred_to"]).all()
    assert (unseen["occurred_to"] <= unseen["received"]).all()
    burglary = table.filter(type="burglary")
    assert 0.6 < burglary["occurred_to"].is_not_null().mean() < 0.8


def test_traffic_peaks_in_the_rush_and_disorder_late(made: Made) -> None:
    """Traffic at 8 and 18 h is over five times that at 3 h; disorder is highest between 20 and 24 h."""
    _demo, table, _plot = made
    traffic = by_hour(table.filter(category="traffic"))
    assert min(traffic[8], traffic[18]) > 5 * traffic[3]
    assert by_hour(table.filter(category="disorder")).argmax() in range(20, 24)


def test_weekends_are_quieter_on_the_roads_and_louder_at_night(made: Made) -> None:
    """A weekend day has less traffic and more disorder than a working day."""
    _demo, table, _plot = made
    weekend = table.with_columns(weekend=pl.col("local").dt.weekday() > 5)
    a_day = {
        kind: weekend.filter(category=kind).group_by("weekend").len().sort("weekend")["len"].to_numpy()
        / (5, 2)
        for kind in ("traffic", "disorder")
    }
    assert a_day["traffic"][1] < 0.92 * a_day["traffic"][0]
    assert a_day["disorder"][1] > 1.1 * a_day["disorder"][0]


def test_few_grids_hold_much_of_the_theft(made: Made) -> None:
    """The worst tenth of the grids holds over a third of the thefts: there are hot spots."""
    demo, table, _plot = made
    counts = table.filter(category="theft").group_by("grid_code").len()["len"].sort(descending=True)
    assert counts.head(len(demo.cells.seed) // 10).sum() > counts.sum() / 3


def test_burglaries_repeat_nearby(made: Made) -> None:
    """Pairs of burglaries within 200 m and a week are over twice as many as with the days shuffled (Knox)."""
    _demo, table, _plot = made
    burglary = table.filter(type="burglary")
    place = burglary.select(pl.col("lon") * 96_486, pl.col("lat") * 110_852).to_numpy()
    day = burglary["occurred"].dt.epoch("s").to_numpy() / 86_400

    def close(times: np.ndarray) -> int:
        near = np.hypot(*(place[:, None] - place[None]).T) < 200
        return int((near & (np.abs(times[:, None] - times[None]) < 7)).sum()) - len(times)

    shuffled = np.random.default_rng(0).permutation(day)
    assert close(day) > 2 * max(close(shuffled), 1)


def test_the_problem_place_grows(made: Made) -> None:
    """The hidden place has over four times its usual number in the last month."""
    demo, table, plot = made
    place = table.filter(grid_code=demo.divisions.grid_code[plot.problem_cell])
    months = place.group_by_dynamic("occurred", every="30d").agg(pl.len())["len"].to_numpy()
    assert months[-3:-1].mean() > 4 * months[:15].mean()


def test_the_rising_beat_rises(made: Made) -> None:
    """The hidden beat has in the last two weeks over half as many again as in the year before."""
    demo, table, plot = made
    beat = table.filter(beat_code=demo.divisions.beats.code[plot.rising_beat])
    days = beat["local"].dt.date()
    recent = (days >= date(2026, 2, 24)).sum() / 14
    assert recent > 1.5 * (days < date(2026, 2, 10)).sum() / 702


def test_every_point_lies_in_the_grid_that_it_names(made: Made) -> None:
    """A sample of incidents lies inside, or within a few metres of, the polygon of its grid."""
    demo, table, _plot = made
    sample = table.sample(2000, seed=1)
    cell = {code: index for index, code in enumerate(demo.divisions.grid_code)}
    polygon = demo.cells.polygon[[cell[code] for code in sample["grid_code"]]]
    points = shapely.points(sample["lon"].to_numpy(), sample["lat"].to_numpy())
    assert shapely.contains(polygon, points).mean() > 0.999
    assert shapely.dwithin(polygon, points, 5e-5).all()


def test_history_is_the_same_from_the_same_seed() -> None:
    """Two runs give equal tables."""
    demo = generate.county(3, generate.SMALL)
    first, _ = generate.history(demo, taxonomy.load(), TODAY)
    second, _ = generate.history(demo, taxonomy.load(), TODAY)
    assert first.equals(second)
