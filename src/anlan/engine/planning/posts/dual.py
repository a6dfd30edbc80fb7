"""Cheap bounds by Lagrangian relaxation, and what they fix: cars that no better plan can have otherwise."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning import mip
from anlan.engine.planning.posts import _dual_kernels as kernels
from anlan.engine.planning.posts.problem import CoverProblem, MedianProblem
from anlan.engine.planning.posts.program import cover_program
from anlan.engine.planning.posts.search import by_cost, layer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.problem import Problem

ROUNDS, CHUNK, ENOUGH = 1500, 100, 2e-3


@dataclass(frozen=True, eq=False)
class Bound:
    """No plan within the problem's bounds is worth more than `value`.

    `earns` (S, C) is what the first, second ... car at a site earns at the prices of that bound: no more than
    the one before it. `price` are those prices, `cars` (S,) the plan that they suggest (p-median only).
    """

    value: float
    earns: NDArray[np.float64]
    price: NDArray[np.float64]
    cars: NDArray[np.int64] | None = None


def bound(of: Problem, known: NDArray[np.int64], seconds: float) -> Bound:
    """A relaxation's bound, given a plan that is known: by prices, or by HiGHS where time suffices."""
    end = time.perf_counter() + seconds
    if isinstance(of, MedianProblem):
        return median(of, of.value(known), end=end)
    by = _cover(of, known, CHUNK)
    exact = linear(of, of.value(known), 0.8 * seconds)
    if exact is None:
        by = _cover(of, known, ROUNDS)
    return by if exact is None or by.value < exact.value else exact


def _cover(of: CoverProblem, known: NDArray[np.int64], rounds: int) -> Bound:
    count = (of.ring.reach @ known).astype(np.float64)
    price = of.ring.weight * np.where(count < 1, 1.0, 0.5 / np.maximum(count, 1))
    return _at(of, price, np.zeros(len(of.support.weight)), of.price / 4, of.value(known), rounds)


def _at(
    of: CoverProblem,
    price: NDArray[np.float64],
    duty: NDArray[np.float64],
    sigma: float,
    known: float,
    rounds: int,
) -> Bound:
    """The least bound in `rounds` steps from these prices."""
    first = np.zeros(len(of.low))
    value, _ = kernels.cover(_data(of), price, duty, sigma, known - of.constant, rounds, first)
    return Bound(float(value) + of.constant, np.diff(of.site, axis=1) + first[:, None], price)


def linear(of: CoverProblem, known: float, seconds: float) -> Bound | None:
    """The bound at the prices of the linear relaxation, None where HiGHS does not solve it in time.

    The prices are HiGHS's, the bound is computed from them anew: it holds whatever their tolerance.
    """
    if of.busy is not None:
        return None
    program, marks = cover_program(of, [])
    relaxed = replace(program, whole=np.zeros_like(program.whole))
    dual = mip.prices(relaxed, time_limit_s=seconds)
    if dual is None:
        return None
    price = np.maximum(0.0, -dual[marks["ring"]])
    duty = np.maximum(0.0, -dual[marks["support"]]) if "support" in marks else np.zeros(0)
    duty = duty if of.hard else np.minimum(duty, of.support.weight)
    sigma = min(of.price, max(0.0, -float(dual[marks["alpha"]][0]))) if "alpha" in marks else 0.0
    return _at(of, price, duty, sigma, known, 1)


def _data(of: CoverProblem) -> kernels.Cover:
    apart = of.busy is not None
    rate = np.ones(len(of.low)) if of.busy is None else -np.log(of.busy)
    room = of.ring.reach @ (rate * of.high)
    return kernels.Cover(
        layer(of.ring), of.ring.weight, of.table, rate, apart, np.asarray(room, np.float64), of.required,
        of.price, layer(of.support), of.support.weight, of.hard, of.site, of.low, of.high, of.cars,
    )  # fmt: skip


def median(
    of: MedianProblem,
    known: float,
    rounds: int = ROUNDS,
    price: NDArray[np.float64] | None = None,
    order: tuple[NDArray[np.int32], NDArray[np.float64]] | None = None,
    end: float = np.inf,
) -> Bound:
    """The p-median's bound, from prices (D,) if there are any; `order` is `by_cost`, if it is known."""
    near, paid = by_cost(of) if order is None else order
    theta = 1.5 if price is None else 0.7
    if price is None:
        price = paid[:, min(1, paid.shape[1] - 1)]
    price, earns = np.minimum(price, of.worst), np.zeros(len(of.low))
    cars, least = np.zeros(len(of.low), np.int64), np.inf
    for begin in range(0, rounds, CHUNK):
        value, theta = kernels.median(
            near, paid, of.worst, of.site, of.low, of.high, of.cars, price, known, _grain(of),
            min(CHUNK, rounds - begin), theta, earns, cars,
        )  # fmt: skip
        least = min(least, float(value))
        if theta <= ENOUGH or time.perf_counter() > end:
            break
    worth = np.diff(of.site, axis=1)
    worth[:, 0] += earns
    return Bound(least, worth, price, cars)


def _grain(of: MedianProblem) -> float:
    return of.grain * (1 - 1e-6)


def fixed(of: Problem, by: Bound, target: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bounds of cars per site, (S,) each, outside which no plan is worth more than `target`.

    A car more or less at a site than the relaxation takes costs at least the difference to the next best.
    """
    car = np.arange(1, of.site.shape[1])
    can = (car > of.low[:, None]) & (car <= of.high[:, None])
    left = of.cars - int(of.low.sum())
    earns = np.sort(by.earns[can])[::-1]
    low, high = of.low.copy(), of.high.copy()
    if not 0 < left < len(earns):
        return low, high
    worst_in, best_out = earns[left - 1], earns[left]
    never = can & (by.value - worst_in + by.earns <= target) & (by.earns < worst_in)
    always = can & (by.value - by.earns + best_out <= target) & (by.earns > best_out)
    high -= never.sum(axis=1)
    low += always.sum(axis=1)
    return low, high
