"""The search over several shifts: one shift anew given its neighbours, and cars moved in runs of shifts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.posts.moves import cost, least, matched, neighbours_worth, shortest
from anlan.engine.planning.posts.problem import CoverProblem
from anlan.engine.planning.posts.search import Search
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.moves import Moves
    from anlan.engine.planning.posts.problem import Problem
    from anlan.engine.planning.watch import Watch

Plans = list["NDArray[np.int64]"]
ANEW, STEPS = 60, 500


class Joint:
    """All shifts' problems and the price of moves between them."""

    def __init__(self, problems: list[Problem], moves: Moves, seed: int = 0) -> None:
        sites = len(problems[0].low)
        self.problems = problems
        self.pairs = moves.pairs(len(problems))
        self.costs = shortest(moves.costs(sites))
        self.free = not self.costs.any() or not self.pairs
        self.counted = moves.times is None
        self.price = least(self.costs)
        self.searches = [Search(of, seed) for of in problems]
        self.random = np.random.default_rng(seed)
        self.near = max(search.near for search in self.searches)

    def value(self, plans: Plans) -> float:
        """Worth of all shifts less the moves."""
        own = sum(of.value(plan) for of, plan in zip(self.problems, plans, strict=True))
        return own - self.moving(plans)

    def moving(self, plans: Plans) -> float:
        """What the moves cost."""
        return sum(cost(self.costs, plans[here], plans[there]) for here, there in self.pairs)

    def _guarded(self, plans: Plans) -> float:
        """The value as the search sees it: a duty broken costs its guard."""
        broken = 0.0
        for of, plan in zip(self.problems, plans, strict=True):
            if isinstance(of, CoverProblem) and of.hard:
                broken += float(of.support.weight[of.support.reach @ plan < 1].sum())
        return self.value(plans) - broken

    def search(self, plans: Plans, kicks: int, seconds: float, watch: Watch = UNWATCHED) -> Plans:
        """The best of several starts, then kicks of one shift at a time."""
        if self.free:
            return plans
        end = time.perf_counter() + max(0.0, seconds)
        best = max((self.improve(start, end) for start in self._starts(plans)), key=self._guarded)
        record = self._guarded(best)
        for kick in range(kicks):
            if time.perf_counter() > end or watch.stopped():
                break
            tried = self.improve(self._kicked(best), end)
            value = self._guarded(tried)
            if value > record + self.near:
                best, record = tried, value
            watch.told("shifts", kick / kicks)
        return best

    def _starts(self, plans: Plans) -> list[Plans]:
        """Each shift's own best plan, and each of these for all shifts, fitted to their bounds and cars."""
        common = [[self._fitted(at, plan) for at in range(len(plans))] for plan in plans]
        return [plans, *common]

    def _fitted(self, at: int, plan: NDArray[np.int64]) -> NDArray[np.int64]:
        search, of = self.searches[at], self.problems[at]
        fresh = np.clip(plan, of.low, of.high)
        search.kernels.place(search.task, search.state, fresh)
        search.kernels.trim(search.task, search.state, of.cars)
        search.fill()
        fitted: NDArray[np.int64] = search.state.cars.copy()
        return fitted

    def _kicked(self, plans: Plans) -> Plans:
        at = int(self.random.integers(len(plans)))
        search = self.searches[at]
        search.kernels.place(search.task, search.state, plans[at])
        search.kick()
        return [search.state.cars.copy() if shift == at else plan for shift, plan in enumerate(plans)]

    def improve(self, plans: Plans, end: float = np.inf) -> Plans:
        """Shifts anew in turn and cars moved in runs of shifts, until neither helps."""
        plans, value = list(plans), self._guarded(plans)
        while time.perf_counter() < end:
            for at in range(len(plans)):
                plans = self._anew(plans, at)
            plans = self._by_runs(plans, end)
            now = self._guarded(plans)
            if now <= value + self.near:
                break
            value = now
        return plans

    def _anew(self, plans: Plans, at: int) -> Plans:
        """One shift searched again with its neighbours' plans fixed; taken if all together are better."""
        before = next((plans[here] for here, there in self.pairs if there == at), None)
        after = next((plans[there] for here, there in self.pairs if here == at), None)
        of = self.problems[at]
        worth = neighbours_worth(of.site, self.price, before, after)
        search = self.searches[at].with_sites(worth)
        search.begin(plans[at])
        search.run(ANEW, np.inf)
        tried = [search.best if shift == at else plan for shift, plan in enumerate(plans)]
        return tried if self._guarded(tried) > self._guarded(plans) + self.near else plans

    def _by_runs(self, plans: Plans, end: float) -> Plans:
        """Move a car from one site to another in consecutive shifts, the best such move first."""
        gains = [self._gains(at, plan) for at, plan in enumerate(plans)]
        for _ in range(STEPS):
            run, site, other, gain = self._best_run(plans, gains)
            if gain <= self.near or time.perf_counter() > end:
                break
            tried = list(plans)
            for at in run:
                tried[at] = plans[at].copy()
                tried[at][site] -= 1
                tried[at][other] += 1
            if self._guarded(tried) <= self._guarded(plans) + self.near:
                break
            plans = tried
            for at in run:
                gains[at] = self._gains(at, plans[at])
        return plans

    def _gains(self, at: int, plan: NDArray[np.int64]) -> NDArray[np.float64]:
        """Change of a shift's worth by a car from each site to each, (S, S)."""
        leave, gain = self.searches[at].exchanges(plan)
        whole = np.full((len(plan), len(plan)), -np.inf)
        whole[leave] = gain
        return whole

    def _best_run(self, plans: Plans, gains: list[NDArray[np.float64]]) -> tuple[list[int], int, int, float]:
        best: tuple[list[int], int, int, float] = ([], 0, 0, -np.inf)
        ways = [self._dearer(plans[here], plans[there]) for here, there in self.pairs]
        for run in self._runs(len(plans)):
            total = np.sum([gains[at] for at in run], axis=0)
            for (here, there), (away, to, both) in zip(self.pairs, ways, strict=True):
                if here in run and there in run:
                    total = total - both
                elif here in run:
                    total = total - away
                elif there in run:
                    total = total - to
            at = int(np.argmax(total))
            if total.flat[at] > best[3]:
                best = (run, at // total.shape[1], at % total.shape[1], float(total.flat[at]))
        return best

    def _runs(self, shifts: int) -> list[list[int]]:
        """Consecutive shifts, of a cyclic plan over the end too."""
        cyclic = len(self.pairs) == shifts
        runs = {
            tuple(sorted((first + step) % shifts for step in range(length)))
            for length in range(1, shifts + 1)
            for first in range(shifts)
            if cyclic or first + length <= shifts
        }
        return [list(run) for run in sorted(runs)]

    def _dearer(
        self, here: NDArray[np.int64], there: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """How much dearer the way becomes by a car moved before it, after it, or both, (S, S) each.

        Exact for a price by count; by time no more than this, because cars keep their partners.
        """
        if self.counted:
            return self._dearer_by_count(here, there)
        leave, come = matched(self.costs, here, there)
        size, away, to = len(here), self._nothing(here), self._nothing(there)
        for site in range(size):
            mine, partner = come[leave == site], leave[come == site]
            if len(mine) == here[site] and len(mine):
                away[site] = np.min(self.costs[:, mine].T - self.costs[site, mine][:, None], axis=0)
            if len(partner) == there[site] and len(partner):
                to[site] = np.min(self.costs[partner] - self.costs[partner, site][:, None], axis=0)
        both = away + to
        both[np.intersect1d(leave[leave == come], come)] = 0.0
        return away, to, both

    @staticmethod
    def _nothing(plan: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.zeros((len(plan), len(plan)))

    def _dearer_by_count(
        self, here: NDArray[np.int64], there: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        price, over = float(self.price[0]), here - there
        less = np.where(over > 0, -price, 0.0)
        more = np.where(over >= 0, price, 0.0)
        away = less[:, None] + more[None, :]
        to = np.where(over >= 0, price, 0.0)[:, None] + np.where(over > 0, -price, 0.0)[None, :]
        return away, to, np.zeros_like(away)
