"""One set at one horizon: roll the origins, keep the figures that the page shows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.evaluation import Difference, Scores, pit, rolling_origins
from anlan.engine.analysis.forecast.predictive import dispersion
from bench.evidence.candidates import COUNTS, OURS, learners, peers
from bench.sets import the_four

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.sets import EventSet

WEEKS = 52
EVERY = {7: 13, 1: 52}  # origins between two times of learning
BLOCK = {7: 4, 1: 8}  # origins in a run of the bootstrap: four recorded weeks
PIT_FROM = 0.2  # cells below expect next to nothing: their transform is even whatever the forecast


@dataclass(frozen=True)
class Row:
    """A candidate's figures: hit rates at 1, 2, 5 %, bits, totals; differences with 95 % intervals."""

    name: str
    hit_rate: tuple[float, ...]
    bits: float
    totals: float
    over_counts: Difference
    over_density: Difference
    deciles: tuple[float, float]


@dataclass(frozen=True)
class Sheet:
    """A set at a horizon."""

    name: str
    horizon: int
    cells: int
    windows: int
    events: int
    first: str
    last: str
    counts: str
    density: str
    rows: tuple[Row, ...]
    seconds: float

    def row(self, name: str) -> Row:
        """Return a candidate's row."""
        return next(row for row in self.rows if row.name == name)

    @property
    def ours(self) -> Row:
        """The row of the product's own choice."""
        return self.row(OURS)


def sheet(number: int, horizon: int, windows: int = WEEKS) -> Sheet:
    """Measure the numbered set of `the_four`."""
    begin = time.perf_counter()
    data = the_four()[number]
    weeks = data.weeks(windows)
    candidates = [*peers(), *learners(horizon, EVERY[horizon])]
    history = data.history(settled=weeks[0])
    scores = rolling_origins(history, candidates, origins(weeks, horizon), horizon)
    counts = max(COUNTS, key=lambda name: scores.hit_rate(name)[0])
    density = max((n for n in scores.names if n.startswith("kde")), key=scores.bits_per_event)
    rows = tuple(_row(scores, name, counts, density) for name in scores.names)
    return Sheet(
        data.name, horizon, len(history.x), len(scores.origins), int(scores.events.sum()),
        str(scores.origins[0]), str(scores.origins[-1]), counts, density, rows, time.perf_counter() - begin,
    )  # fmt: skip


def origins(weeks: NDArray[Any], horizon: int) -> NDArray[Any]:
    """Return the weeks' Mondays, or for one day two days of each week, in turn all seven."""
    if horizon == 7:
        return weeks
    turn = np.arange(len(weeks))
    days = np.stack((weeks + (turn % 7).astype("m8[D]"), weeks + ((turn + 3) % 7).astype("m8[D]")))
    return np.sort(days.ravel())


def about(data: EventSet) -> str:
    """Return a line on a set's size and its busiest coordinate."""
    return f"{len(data.x):,} incidents, {data.largest_place():.1%} of them on one coordinate"


def _row(scores: Scores, name: str, counts: str, density: str) -> Row:
    block = BLOCK[scores.horizon]
    found = _deciles(scores, name)
    return Row(
        name, tuple(scores.hit_rate(name).tolist()), scores.bits_per_event(name), scores.totals_ratio(name),
        scores.hits_over(name, counts, block=block), scores.bits_over(name, density, block=block),
        (float(found.min()), float(found.max())),
    )  # fmt: skip


def _deciles(scores: Scores, name: str) -> NDArray[np.float64]:
    """Return deciles of the later windows under the predictive distribution that the earlier ones showed."""
    forecast, half = scores.expected[scores.names.index(name)].astype(float), len(scores.origins) // 2
    alpha = dispersion(scores.observed[:half].T.astype(float), forecast[:half].T)
    late, came = forecast[half:], scores.observed[half:]
    size = np.broadcast_to(1 / alpha, late.shape)
    kept = late >= PIT_FROM
    return pit(came[kept], late[kept], size[kept]) if kept.any() else np.full(10, np.nan)
