"""Cell histories and the simple candidates."""

import numpy as np
import pytest

from anlan.engine.analysis.forecast.candidates import Counts, Decayed, FourYears, Kde, LastYear
from anlan.engine.analysis.forecast.history import CellHistory
from anlan.engine.analysis.forecast.smoothing import Raster

DAYS = np.arange(np.datetime64("2020-01-01"), np.datetime64("2021-07-01"))


def made(seed: int = 0, *, alternate: bool = False) -> CellHistory:
    """Return two busy places and a thin background over 18 months; alternate weeks missing on demand."""
    rng = np.random.default_rng(seed)
    size = 3000
    x, y = rng.uniform(0, 2000, size), rng.uniform(0, 1600, size)
    x[:900], y[:900] = 450 + rng.normal(0, 60, 900), 850 + rng.normal(0, 60, 900)
    day = rng.choice(DAYS, size)
    exposed = np.ones(len(DAYS), bool)
    if alternate:
        exposed = (np.arange(len(DAYS)) // 7) % 2 == 0
        kept = exposed[(day - DAYS[0]).astype(int)]
        x, y, day = x[kept], y[kept], day[kept]
    return CellHistory.from_points(x, y, day, first=DAYS[0], end="2021-07-01", exposed=exposed)


def test_footprint_and_one_cell_around():
    """One point makes nine cells, its own in the middle."""
    history = CellHistory.from_points([510.0], [710.0], ["2020-01-05"], first="2020-01-01", end="2020-01-10")
    assert history.counts.shape == (9, 9)
    assert (history.x[4], history.y[4]) == (500.0, 700.0)
    assert history.counts[4].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_settled_footprint_ignores_what_came_later():
    """Points after the settled day neither enlarge the area nor count outside it."""
    history = CellHistory.from_points(
        [510.0, 510.0, 5100.0], [710.0] * 3, ["2020-01-02", "2020-01-08", "2020-01-08"],
        first="2020-01-01", end="2020-01-10", settled="2020-01-05",
    )  # fmt: skip
    assert len(history.x) == 9
    assert history.counts.sum() == 2


def test_until_knows_nothing_later():
    """A truncated history is the history made from fewer days."""
    history = made().until(100)
    assert history.counts.shape[1] == len(history.days) == len(history.exposed) == 100
    assert history.coming(2).tolist() == DAYS[100:102].tolist()


@pytest.mark.parametrize("bandwidth", [0.0, 100.0, 400.0])
def test_smoothing_keeps_sums(bandwidth):
    """A Gaussian inside a ragged area loses nothing at its edge."""
    history = made()
    values = np.random.default_rng(1).poisson(0.4, (3, len(history.x)))
    spread = Raster(history).gaussian(values, bandwidth)
    assert np.allclose(spread.sum(axis=-1), values.sum(axis=-1))
    assert (spread >= 0).all()


def test_neighbours_are_the_eight_around():
    """The sum over neighbours equals brute force over distances."""
    history = made()
    values = np.random.default_rng(2).poisson(1.0, len(history.x)).astype(float)
    dx = np.abs(history.x[:, None] - history.x)
    dy = np.abs(history.y[:, None] - history.y)
    near = (dx < 250) & (dy < 250) & ((dx > 50) | (dy > 50))
    assert np.allclose(Raster(history).neighbours(values), near @ values)


def test_irregular_cells_share_their_pixel():
    """Cells with centres anywhere are smoothed on pixels without loss."""
    rng = np.random.default_rng(3)
    counts = rng.poisson(0.2, (60, 40))
    days = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-02-10"))
    history = CellHistory.of_cells(*rng.uniform(0, 3000, (2, 60)), counts, days, np.ones(40, bool))
    spread = Raster(history).gaussian(counts.sum(axis=1), 300.0)
    assert np.isclose(spread.sum(), counts.sum())


@pytest.mark.parametrize("alternate", [False, True])
@pytest.mark.parametrize("candidate", [LastYear(), FourYears(), Decayed(), Kde()], ids=lambda c: c.name)
def test_totals_are_per_exposed_day(candidate, alternate):
    """Forecast totals are the county's rate per recorded day, whether or not weeks are missing."""
    history = made(alternate=alternate)
    expected = candidate.fit(history).expected(14)
    rate = history.daily.sum() / history.exposed.sum()
    assert expected.shape == (len(history.x), 14)
    assert expected.sum() / 14 == pytest.approx(rate, rel=0.15)
    assert (expected > 0).all()


def test_the_busy_place_comes_first():
    """Every simple candidate ranks the place with a third of all incidents first."""
    history = made()
    for candidate in (LastYear(), FourYears(), Decayed(), Kde()):
        best = candidate.fit(history).expected(7).sum(axis=1).argmax()
        assert np.hypot(history.x[best] - 450, history.y[best] - 850) < 150


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Counts("x", 0), "days"),
        (lambda: Counts("x", 9, -1.0), "neighbour"),
        (lambda: Decayed(0.0), "half_life"),
        (lambda: Kde(0.0), "bandwidth_m"),
        (lambda: made().until(0) and LastYear().fit(made()).expected(0), "horizon"),
    ],
)
def test_refused(make, message):
    """Values without meaning are refused by name."""
    with pytest.raises(ValueError, match=message):
        make()
