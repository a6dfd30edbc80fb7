"""Data sets without clusters, and the highest ratio in each: what a find is ranked among."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.scan import _kernels

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from anlan.engine.analysis.scan.model import Search
    from anlan.engine.analysis.scan.windows import Circles

BLOCK_BYTES, WIDEST = 6_000_000, 32


@dataclass(frozen=True)
class Scanned:
    """What is scanned: circles, expected counts of the days scanned, total of the period, cylinders.

    `expected`: (cells, days); `total`: incidents of the whole period; `last_only`: cylinders end on the
    last day.
    """

    circles: Circles
    expected: NDArray[np.float64]
    total: float
    longest: int
    last_only: bool
    least: int

    @property
    def before(self) -> NDArray[np.float64]:
        """Expected counts before each day, (cells, days + 1)."""
        return summed(self.expected)

    @property
    def limits(self) -> tuple[float, int, int, int]:
        """Total, first day a cylinder may end before, longest cylinder, fewest incidents."""
        first_end = self.expected.shape[1] if self.last_only else 1
        return self.total, first_end, self.longest, self.least


def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (cells, days + 1) sums over the days before."""
    out = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out


def scattered(scanned: Scanned, search: Search) -> Callable[[NDArray[np.int64], NDArray[np.float32]], None]:
    """Return what fills a block with Poisson replicas: multinomial, given the period's total.

    Of the period only the scanned days matter: how many incidents fall into them is binomial.
    """
    cumulated = np.cumsum(scanned.expected.ravel())
    share = min(float(cumulated[-1]) / scanned.total, 1.0)
    random = np.random.default_rng(np.random.SeedSequence((search.seed, 1)))
    events = random.binomial(int(scanned.total), share, search.replicas).astype(np.int64)
    states = _states(search)

    def fill(rows: NDArray[np.int64], out: NDArray[np.float32]) -> None:
        _kernels.multinomial(cumulated, events[rows], states[rows], out)

    return fill


def shuffled(
    counts: NDArray[np.int64], first: int, search: Search
) -> Callable[[NDArray[np.int64], NDArray[np.float32]], None]:
    """Return what fills a block with permutation replicas: the days dealt out anew among the incidents."""
    where = np.nonzero(counts)
    times = counts[where]
    cell = np.asarray(np.repeat(where[0], times), np.int32)
    day = np.asarray(np.repeat(where[1], times), np.int32)
    late = day[day >= first] - np.int32(first)
    states = _states(search)

    def fill(rows: NDArray[np.int64], out: NDArray[np.float32]) -> None:
        _kernels.permuted(cell, late, states[rows], out)

    return fill


def highest(
    scanned: Scanned, fill: Callable[[NDArray[np.int64], NDArray[np.float32]], None], replicas: int
) -> NDArray[np.float64]:
    """Return the highest ratio in each replica, (replicas,); blocks of them run side by side.

    Threads, not Numba's own: its pool may not be entered from two threads of a server at once.
    """
    cells, days = scanned.expected.shape
    width = int(np.clip(BLOCK_BYTES // (4 * cells * (days + 1)), 8, WIDEST))
    blocks = [np.arange(at, min(at + width, replicas)) for at in range(0, replicas, width)]
    circles, before = scanned.circles, scanned.before

    def one(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        counts = np.zeros((cells, days + 1, len(rows)), np.float32)
        fill(rows, counts)
        _kernels.accumulate(counts)
        return _kernels.highest(circles.rows, counts, before, scanned.limits)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate([np.zeros(0), *pool.map(one, blocks)])


def _states(search: Search) -> NDArray[np.uint64]:
    """Return a generator's state for each replica: the same whatever the blocks."""
    sequence = np.random.SeedSequence((search.seed, 2))
    return sequence.generate_state(max(search.replicas, 1), np.uint64).astype(np.uint64)
