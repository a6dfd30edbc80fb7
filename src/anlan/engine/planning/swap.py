"""A quick good plan of posts: greedy, swaps, and kicks out of the local optimum (iterated local search).

All moves of one kind are valued at once by matrix-vector products: a pass costs cars × non-zeros of cover.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.planning.cover import Cover, Prices

TINY = 1e-9


class Search:
    """State of the search: cars per site and how many cars reach each demand point."""

    def __init__(self, of: Cover, prices: Prices, cap: NDArray[np.int64], guard: NDArray[np.float64]) -> None:
        """`guard` (D,) is the price of each point outside the support ring, on top of its demand's price."""
        self.of, self.prices, self.cap = of, prices, cap
        self.outside = of.demand * prices.support + guard
        self.ring_t, self.support_t = of.ring.T.tocsr(), of.support.T.tocsr()
        self.place(np.zeros(of.sites, np.int64))

    def place(self, cars: NDArray[np.int64]) -> None:
        """Start from these cars per site."""
        self.cars = cars.copy()
        self.ring = self.of.ring @ self.cars
        self.support = self.of.support @ self.cars

    def move(self, site: int, by: int) -> None:
        """Add or take away cars at a site."""
        self.cars[site] += by
        for reach, count in ((self.of.ring, self.ring), (self.of.support, self.support)):
            rows = reach.indices[reach.indptr[site] : reach.indptr[site + 1]]
            count[rows] += by

    def value(self) -> float:
        """Objective, guard included."""
        once, twice = (float(self.of.demand[self.ring >= times].sum()) for times in (1, 2))
        return float(self._worth(once, twice, float(self.outside[self.support < 1].sum())))

    def _worth(self, once: ArrayLike, twice: ArrayLike, outside: ArrayLike) -> NDArray[np.float64]:
        below = np.maximum(0.0, self.prices.required - np.asarray(once))
        worth: NDArray[np.float64] = np.asarray(twice) - self.prices.alpha * below - np.asarray(outside)
        return worth

    def added(self) -> NDArray[np.float64]:
        """Objective after one more car at each site, (S,); -inf where the site is full."""
        demand = self.of.demand
        once = demand[self.ring >= 1].sum() + self.ring_t @ (demand * (self.ring == 0))
        twice = demand[self.ring >= 2].sum() + self.ring_t @ (demand * (self.ring == 1))
        outside = self.outside[self.support < 1].sum() - self.support_t @ (self.outside * (self.support == 0))
        return np.where(self.cars < self.cap, self._worth(once, twice, outside), -np.inf)

    def greedy(self, cars: int) -> None:
        """Add cars one by one where each helps most; ties go to demand reached at all, then to the first."""
        while self.cars.sum() < cars:
            worth = self.added()
            nearly = worth >= worth.max() - TINY
            reach = self.ring_t @ (self.of.demand / (1 + self.ring) ** 2)
            self.move(int(np.argmax(np.where(nearly, reach, -np.inf))), 1)

    def swaps(self) -> None:
        """Move single cars to better sites until no such move helps."""
        better = True
        while better:
            better = False
            for site in np.flatnonzero(self.cars):
                better |= self._swap(int(site))

    def _swap(self, site: int) -> bool:
        before = self.value()
        self.move(site, -1)
        worth = self.added()
        best = int(np.argmax(worth))
        self.move(best, 1)
        # Valued anew: sums in another order differ in the last digits, and the search would run in circles.
        if worth[best] > before and self.value() > before + TINY:
            return True
        self.move(best, -1)
        self.move(site, 1)
        return False

    def kick(self, random: np.random.Generator) -> None:
        """Take away a few cars at random and put them back greedily elsewhere."""
        total = int(self.cars.sum())
        for _ in range(min(total, 2 + total // 8)):
            self.move(int(random.choice(np.flatnonzero(self.cars))), -1)
        while self.cars.sum() < total:
            worth = self.added()
            best = np.argsort(-worth, kind="stable")[:3]
            best = best[np.isfinite(worth[best])]
            self.move(int(random.choice(best)), 1)


def search(
    of: Cover,
    prices: Prices,
    cap: NDArray[np.int64],
    cars: int,
    *,
    guard: NDArray[np.float64],
    kicks: int,
    seed: int,
) -> NDArray[np.int64]:
    """Cars per site (S,), the best of `kicks` + 1 local optima; the same for the same seed."""
    state = Search(of, prices, cap, guard)
    state.greedy(cars)
    state.swaps()
    best, record = state.cars.copy(), state.value()
    random = np.random.default_rng(seed)
    for _ in range(kicks):
        state.kick(random)
        state.swaps()
        if state.value() > record + TINY:
            best, record = state.cars.copy(), state.value()
        else:
            state.place(best)
    return best
