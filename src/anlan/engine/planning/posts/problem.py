"""A request as numbers to search and to bound: reach patterns with weights, or costs; worth of sites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from anlan.engine.planning.posts import _row_kernels
from anlan.engine.planning.posts.request import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.request import Request

SUPPORT_PRICE, ALPHA_PRICE = 100.0, 10.0
NEVER = 1e-9


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct sets of sites that reach points: `reach` (P, S) 0/1, and the demand of each, `weight` (P,)."""

    reach: csr_array
    weight: NDArray[np.float64]

    def among(self, sites: NDArray[np.bool_]) -> Patterns:
        """The same where only some sites count: patterns that become equal are put together."""
        return patterns(self.reach.toarray() * sites > 0, self.weight)


def patterns(reach: NDArray[np.bool_], weight: NDArray[np.float64]) -> Patterns:
    """Put points together that the same sites reach, (D, S); points that none reaches are left out."""
    packed = np.packbits(reach, axis=1)
    _, first, inverse = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    total = np.bincount(inverse.ravel(), weight, len(first))
    some = reach[first].any(axis=1)
    return Patterns(csr_array(reach[first[some]].astype(np.float64)), total[some])


def narrowest(reach: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows that contain no other row, narrowest first: who covers these covers all."""
    padded = np.pad(reach, ((0, 0), (0, -reach.shape[1] % 64)))
    words = np.packbits(padded, axis=1).view(np.uint64)
    order = np.argsort(reach.sum(axis=1), kind="stable")
    found: NDArray[np.int64] = order[_row_kernels.narrowest(words, order)[order]]
    return found


@dataclass(frozen=True, eq=False)
class CoverProblem:
    """Maximise what cars (S,) cover, `low` <= cars <= `high`, `cars` in all.

    A pattern of `ring` with n cars is worth `weight` × `table`[min(n, K)], K = len(table) - 2; where `busy`
    (S,) is given, `weight` × (1 - product of busy). Demand missing from `required` with one car costs
    `price`. A pattern of `support` without a car costs its weight; where `hard` that is not allowed, and its
    weight only guides the search. `site` (S, C + 1) is the worth of 0..C cars at a site, concave. `constant`
    is worth that no choice changes.
    """

    ring: Patterns
    support: Patterns
    table: NDArray[np.float64]
    busy: NDArray[np.float64] | None
    required: float
    price: float
    hard: bool
    site: NDArray[np.float64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    cars: int
    constant: float = 0.0

    @property
    def scale(self) -> float:
        """All that can be won: rounding and slack are measured by it."""
        return float(self.ring.weight.sum()) * (1 + self.price) + float(np.abs(self.site).max(initial=0.0))

    def within(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> CoverProblem:
        """The same with tighter bounds of cars per site."""
        allowed = high > 0
        if (allowed == (self.high > 0)).all():
            return replace(self, low=low, high=high)
        support = self._rows(allowed)
        lost = 0.0 if self.hard else float(self.support.weight.sum() - support.weight.sum())
        return replace(
            self, low=low, high=high, ring=self.ring.among(allowed), support=support,
            constant=self.constant - lost,
        )  # fmt: skip

    def _rows(self, allowed: NDArray[np.bool_]) -> Patterns:
        fewer = self.support.among(allowed)
        if not self.hard or not len(fewer.weight):
            return fewer
        rows = narrowest(fewer.reach.toarray() > 0)
        return Patterns(csr_array(fewer.reach[rows]), fewer.weight[rows])

    def value(self, cars: NDArray[np.int64]) -> float:
        """The objective of cars (S,), without what only guides the search."""
        count = (self.ring.reach @ cars).astype(np.int64)
        weight = self.ring.weight
        if self.busy is None:
            main = float(weight @ self.table[np.minimum(count, len(self.table) - 2)])
        else:
            main = float(weight @ -np.expm1(self.ring.reach @ (cars * np.log(self.busy))))
        below = max(0.0, self.required - float(weight[count >= 1].sum()))
        own = float(self.site[np.arange(len(cars)), cars].sum())
        return main - self.price * below - self._outside(cars) + own + self.constant

    def _outside(self, cars: NDArray[np.int64]) -> float:
        return 0.0 if self.hard else float(self.support.weight[self.support.reach @ cars < 1].sum())

    def keeps(self, cars: NDArray[np.int64]) -> bool:
        """Whether the support ring's duty is kept, where it is one."""
        return not self.hard or bool((self.support.reach @ cars >= 1).all())


@dataclass(frozen=True, eq=False)
class MedianProblem:
    """Minimise what points pay at their nearest car: `cost` (S, D) = demand × seconds; `site` as above."""

    cost: NDArray[np.float64]
    worst: NDArray[np.float64]
    site: NDArray[np.float64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    cars: int

    @property
    def scale(self) -> float:
        """What all pay where no car is."""
        return float(self.worst.sum()) + float(np.abs(self.site).max(initial=0.0))

    @property
    def grain(self) -> float:
        """1 where every cost is whole, so that values are too; else 0."""
        whole = all(np.array_equal(part, np.rint(part)) for part in (self.cost, self.worst, self.site))
        return 1.0 if whole and self.scale < 2**50 else 0.0

    def value(self, cars: NDArray[np.int64]) -> float:
        """Minus what all pay, and the worth of cars at sites."""
        open_ = np.flatnonzero(cars)
        paid = np.minimum(self.cost[open_].min(axis=0), self.worst) if len(open_) else self.worst
        return float(self.site[np.arange(len(cars)), cars].sum()) - float(paid.sum())


Problem = CoverProblem | MedianProblem


def site_worth(
    before: NDArray[np.int64] | None, price: float, high: NDArray[np.int64], after: int
) -> NDArray[np.float64]:
    """Worth of 0..C cars at each site, (S, C + 1): each car moved away from `before` costs `price`.

    Where there are fewer cars now, as many leave without moving.
    """
    worth = np.zeros((len(high), int(high.max()) + 1))
    if before is None or price == 0:
        return worth
    away = np.maximum(before[:, None] - np.arange(worth.shape[1]), 0)
    worth = -price * away
    # What leaves duty is no move; said once, at the first site, so that the sum is right.
    worth[0] += price * max(0, int(before.sum()) - after)
    return np.asarray(worth, np.float64)


def problem(request: Request, *, hard: bool) -> Problem:
    """The request as numbers; `hard` makes the support ring a constraint."""
    low, high = request.limits
    before = None if request.before is None else np.asarray(request.before)
    site = site_worth(before, request.move_price, high, request.placed)
    if request.model is Model.P_MEDIAN:
        beyond = float(request.beyond_s or 0.0)
        cost = np.ascontiguousarray(np.minimum(request.table, beyond) * request.weight)
        return MedianProblem(cost, beyond * request.weight, site, low, high, request.placed)
    return _cover(request, site, hard=hard)


def _cover(request: Request, site: NDArray[np.float64], *, hard: bool) -> CoverProblem:
    low, high = request.limits
    allowed = (high > 0)[:, None]
    near = ((request.table <= request.rings.ring_s) & allowed).T
    ring = patterns(near, request.weight)
    table, busy = _worth(request, ring)
    price = ALPHA_PRICE if request.required > 0 else 0.0
    made = CoverProblem(
        ring, _support(request), table, busy, request.required, price, hard, site, low, high, request.placed
    )
    return _guarded(made) if hard else made


def _support(request: Request) -> Patterns:
    sites = len(request.table)
    if not request.support_owed:
        return Patterns(csr_array((0, sites)), np.zeros(0))
    near = (request.table <= request.rings.support_s) & (request.limits[1] > 0)[:, None]
    found = patterns(near.T, request.weight)
    return Patterns(found.reach, found.weight * SUPPORT_PRICE)


def _guarded(of: CoverProblem) -> CoverProblem:
    """The narrowest rows only, each dearer than all that could be won elsewhere."""
    rows = narrowest(of.support.reach.toarray() > 0)
    dear = 2 * (1 + of.scale + float(np.ptp(of.site)) * of.cars)
    return replace(of, support=Patterns(csr_array(of.support.reach[rows]), np.full(len(rows), dear)))


def _worth(request: Request, ring: Patterns) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Worth of a unit of demand by cars in the ring, and busy probabilities where they differ by site."""
    if request.model is Model.DOUBLE_STANDARD:
        return np.array([0.0, 0.0, 1.0, 1.0]), None
    busy = np.asarray(request.busy)
    if request.model is Model.MCLP:
        return np.array([0.0, 1.0, 1.0]), None
    if np.ptp(busy) > 0:
        return np.array([0.0, 1.0, 1.0]), np.maximum(busy, NEVER)
    room = int((ring.reach @ request.limits[1]).max(initial=1.0)) if len(ring.weight) else 1
    count = np.arange(max(1, min(room, request.placed)) + 1)
    table = 1 - busy[0] ** count
    return np.append(table, table[-1]), None


def reach_of(request: Request) -> NDArray[np.bool_]:
    """Points that some allowed site has in its support ring, (D,)."""
    allowed = request.limits[1] > 0
    found: NDArray[np.bool_] = (request.table[allowed] <= request.rings.support_s).any(axis=0)
    return found
