"""The search: a good plan fast. Greedy or a plan at hand, swaps, and kicks (iterated local search, seeded).

One face for both kinds of problem; the loops are Numba's.
"""

from __future__ import annotations

import time
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csc_array

from anlan.engine.planning.posts import _cover_kernels as cover_kernels
from anlan.engine.planning.posts import _median_kernels as median_kernels
from anlan.engine.planning.posts.problem import CoverProblem, MedianProblem
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.problem import Patterns, Problem
    from anlan.engine.planning.watch import Watch

ROUGH, BATCH, CYCLE = 1e-9, 10, 500


def layer(of: Patterns) -> cover_kernels.Layer:
    """Patterns as plain arrays, by site and by pattern."""
    by_site = csc_array(of.reach)
    arrays = (by_site.indptr, by_site.indices, of.reach.indptr, of.reach.indices)
    return cover_kernels.Layer(*(np.asarray(array, np.int64) for array in arrays))


def cover_worth(of: CoverProblem) -> cover_kernels.Worth:
    """The problem as plain arrays for the search."""
    busy = np.zeros(0) if of.busy is None else of.busy
    return cover_kernels.Worth(
        layer(of.ring), of.ring.weight, of.table, busy, of.required, of.price, layer(of.support),
        of.support.weight, of.site, of.low, of.high,
    )  # fmt: skip


def by_cost(of: MedianProblem) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Each point's sites and costs in order of cost, (D, S) both."""
    cost = np.ascontiguousarray(of.cost.T)
    near = np.argsort(cost, axis=1, kind="stable")
    paid = np.ascontiguousarray(np.take_along_axis(cost, near, axis=1))
    return np.ascontiguousarray(near, np.int32), paid


class Search:
    """State of the search for one problem: the plan at hand, the best found, its value (guards included)."""

    def __init__(self, of: Problem, seed: int = 0, order: tuple[Any, Any] | None = None) -> None:
        """`order` is `by_cost` of the problem, if it is known already (p-median only)."""
        self.of = of
        self.kernels: Any
        if isinstance(of, MedianProblem):
            near, paid = by_cost(of) if order is None else order
            self.kernels = median_kernels
            self.task: Any = median_kernels.Task(of.cost, near, paid, of.worst, of.site, of.low, of.high)
        else:
            self.kernels = cover_kernels
            self.task = cover_worth(of)
        self.near = ROUGH * (1 + of.scale)
        self.state = self.kernels.empty(self.task)
        self.best = np.zeros(len(of.low), np.int64)
        self.record = -np.inf
        self.random = np.array([0x9E3779B97F4A7C15 ^ (seed * 2 + 1)], np.uint64)
        self.kicks = 0

    def begin(self, start: NDArray[np.int64] | None = None) -> None:
        """Begin from a plan made to fit the bounds, or greedily from the pinned cars, and swap."""
        cars = self.of.low if start is None else np.clip(start, self.of.low, self.of.high)
        self.kernels.place(self.task, self.state, cars)
        self.kernels.trim(self.task, self.state, self.of.cars)
        self.fill()
        self.kernels.swaps(self.task, self.state, self.near)
        self.keep()

    def fill(self) -> None:
        """Add cars to the plan at hand, each where it helps most, until all stand."""
        if isinstance(self.of, MedianProblem):
            self.kernels.fill(self.task, self.state, self.of.cars)
        else:
            self.kernels.fill(self.task, self.state, self.of.cars, self.near)

    def kick(self) -> None:
        """Shake the plan at hand."""
        if isinstance(self.of, MedianProblem):
            self.kernels.kick(self.task, self.state, self.random)
        else:
            self.kernels.kick(self.task, self.state, self.random, self.near)

    def with_sites(self, site: NDArray[np.float64]) -> Search:
        """A search of the same problem with other worth of sites, on the same arrays."""
        other = copy(self)
        other.of, other.task = replace(self.of, site=site), self.task._replace(site=site)
        other.record, other.best, other.kicks = -np.inf, self.best.copy(), 0
        return other

    def keep(self) -> None:
        """Keep the plan at hand if it is the best so far."""
        value = self.kernels.value(self.task, self.state)
        if value > self.record:
            self.best, self.record = self.state.cars.copy(), float(value)

    def exchanges(self, cars: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Sites that can give up a car, and the change by its move to each site, (len, S)."""
        self.kernels.place(self.task, self.state, cars)
        leave = np.flatnonzero(cars > self.of.low)
        gain = np.empty((len(leave), len(cars)))
        self.kernels.exchanges(self.task, self.state, leave, gain)
        return leave, gain

    def _slack(self) -> float:
        whole = self.of.ring.weight.sum() * 0.0015 if isinstance(self.of, CoverProblem) else 0.0
        most: float = whole or 0.0005 * abs(self.record)
        return most * (1 - (self.kicks % CYCLE) / CYCLE)

    def run(
        self, kicks: int, seconds: float, watch: Watch = UNWATCHED, until: float = np.inf
    ) -> NDArray[np.int64]:
        """Kick and swap; ends at the number, the time, a wish to stop or a value `until` reached."""
        end, last = time.perf_counter() + seconds, self.kicks + kicks
        self.kernels.place(self.task, self.state, self.best)
        while self.kicks < last and time.perf_counter() < end and self.record < until:
            if watch.stopped():
                break
            batch = min(BATCH, last - self.kicks)
            self.record = float(
                self.kernels.rounds(
                    self.task,
                    self.state,
                    self.best,
                    self.random,
                    batch,
                    self.record,
                    self._slack(),
                    self.near,
                )
            )
            self.kicks += batch
            watch.told("search", 1 - (last - self.kicks) / kicks)
        return self.best
