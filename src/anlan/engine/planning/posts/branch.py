"""The p-median to the proof: branch and bound on the Lagrangian bound, with sites fixed by what they earn.

After Christofides & Beasley, "A tree search algorithm for the p-median problem", EJOR 10 (1982), 196-204.
"""

from __future__ import annotations

import heapq
import itertools
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.posts.dual import Bound, fixed, median
from anlan.engine.planning.posts.search import Search, by_cost
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.problem import MedianProblem
    from anlan.engine.planning.watch import Watch

ROOT_ROUNDS, NODE_ROUNDS, KICKS = 500, 60, 1000


@dataclass(frozen=True, eq=False)
class Proof:
    """The best plan (S,) found and the bound that holds for all."""

    cars: NDArray[np.int64]
    bound: float


@dataclass(frozen=True, eq=False)
class _Node:
    bound: float
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    price: NDArray[np.float64]


class Tree:
    """Open nodes, best bound first, and the best plan so far."""

    def __init__(self, of: MedianProblem, known: NDArray[np.int64], gap: float) -> None:
        self.of, self.gap = of, gap
        self.order = by_cost(of)
        self.best, self.value = known, of.value(known)
        self.nodes: list[tuple[float, int, _Node]] = []
        self.serial = itertools.count()
        self.pruned = -np.inf

    @property
    def target(self) -> float:
        """Nodes that cannot be worth more than this are of no use."""
        if self.of.grain:
            return self.value + self.of.grain * (1 - 1e-6)
        return self.value + max(self.gap, 1e-9) * abs(self.value)

    @property
    def bound(self) -> float:
        """No plan is worth more."""
        most = max([self.value, self.pruned, *(node.bound for _, _, node in self.nodes)])
        return float(np.floor(most + 1e-6)) if self.of.grain else most

    def add(self, node: _Node) -> None:
        """Leave a node for later, or leave it out for good."""
        if node.bound <= self.target:
            self.pruned = max(self.pruned, node.bound)
        else:
            heapq.heappush(self.nodes, (-node.bound, next(self.serial), node))

    def found(self, cars: NDArray[np.int64]) -> None:
        """Keep a plan if it is the best so far."""
        value = self.of.value(cars)
        if value > self.value:
            self.best, self.value = cars.copy(), value

    def bounded(self, node: _Node, rounds: int, end: float = np.inf) -> tuple[_Node, Bound]:
        """The node with its own bound, and bounds of cars tightened by it."""
        if node.high.sum() < self.of.cars:
            return replace(node, bound=-np.inf), Bound(
                -np.inf, np.zeros_like(self.of.site[:, 1:]), node.price
            )
        part, sites, order = self.among(node)
        by = median(part, self.value, rounds, node.price.copy(), order, end)
        by = replace(by, value=min(by.value, node.bound))
        low, high = node.low.copy(), node.high.copy()
        low[sites], high[sites] = fixed(part, by, self.target)
        by = _spread(by, sites, len(low))
        if by.cars is not None:
            self.found(by.cars)
        return _Node(by.value, low, high, by.price), by

    def among(
        self, node: _Node
    ) -> tuple[MedianProblem, NDArray[np.int64], tuple[NDArray[np.int32], NDArray[np.float64]]]:
        """The problem with only the sites that are still allowed."""
        allowed = node.high > 0
        sites = np.flatnonzero(allowed)
        back = np.cumsum(allowed).astype(np.int32) - 1
        near, paid = self.order
        kept = allowed[near]
        order = (back[near[kept]].reshape(len(near), -1), paid[kept].reshape(len(paid), -1))
        part = replace(self.of, cost=self.of.cost[sites], site=self.of.site[sites], low=node.low[sites],
                       high=node.high[sites])  # fmt: skip
        return part, sites, order

    def grow(self, node: _Node, by: Bound) -> None:
        """Close a node that is of no use or has no freedom left; else split it."""
        full = [cars for cars in (node.low, node.high) if cars.sum() == self.of.cars]
        if node.bound <= self.target or node.high.sum() < self.of.cars:
            self.pruned = max(self.pruned, min(node.bound, self.target))
        elif full:
            self.found(full[0])
            self.pruned = max(self.pruned, self.of.value(full[0]))
        else:
            self._split(node, by)

    def _split(self, node: _Node, by: Bound) -> None:
        """Two nodes: the free car that earns most is there, or it is not."""
        car = np.arange(1, by.earns.shape[1] + 1)
        free = (car > node.low[:, None]) & (car <= node.high[:, None])
        site = int(np.argmax(np.where(free, by.earns, -np.inf).max(axis=1)))
        low, high = node.low.copy(), node.high.copy()
        low[site] += 1
        high[site] = node.low[site]
        self.add(replace(node, high=high))
        self.add(replace(node, low=low))


def _spread(by: Bound, sites: NDArray[np.int64], count: int) -> Bound:
    earns = np.full((count, by.earns.shape[1]), -np.inf)
    earns[sites] = by.earns
    cars = None if by.cars is None else np.zeros(count, np.int64)
    if cars is not None and by.cars is not None:
        cars[sites] = by.cars
    return replace(by, earns=earns, cars=cars)


def prove(
    of: MedianProblem,
    known: NDArray[np.int64],
    by: Bound,
    gap: float,
    time_limit_s: float,
    watch: Watch = UNWATCHED,
) -> Proof:
    """The best plan and a bound: equal to within `gap` unless time ends or the watch stops it.

    `known` is a plan and `by` the bound at hand.
    """
    end = time.perf_counter() + time_limit_s
    tree = Tree(of, known, gap)
    low, high = fixed(of, by, tree.target)
    root, by = tree.bounded(_Node(by.value, low, high, by.price), ROOT_ROUNDS, end)
    _search_free(tree, root, by, end, watch)
    tree.grow(root, by)
    while tree.nodes and tree.nodes[0][2].bound > tree.target:
        if time.perf_counter() > end or watch.stopped():
            break
        _, _, node = heapq.heappop(tree.nodes)
        tree.grow(*tree.bounded(node, NODE_ROUNDS))
        watch.told("prove", 0.0, (tree.bound - tree.value) / abs(tree.bound or 1.0))
    return Proof(tree.best, tree.bound)


def _search_free(tree: Tree, root: _Node, by: Bound, end: float, watch: Watch) -> None:
    """Search among what the root left free: fewer sites, so the kicks fall where they matter."""
    if root.bound <= tree.target or not root.low.sum() < tree.of.cars < root.high.sum():
        return
    part, sites, order = tree.among(root)
    free = Search(part, order=order)
    for start in (tree.best, by.cars):
        free.begin(None if start is None else start[sites])
    free.run(KICKS, max(0.0, end - time.perf_counter()) / 4, watch, until=tree.target)
    whole = np.zeros_like(root.low)
    whole[sites] = free.best
    tree.found(whole)
