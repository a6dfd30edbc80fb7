"""Numba kernels of the Lagrangian bounds: what no plan exceeds, by prices on what ties sites to points.

Subgradient steps after Held, Wolfe & Crowder (1974) with Polyak's length and a deflected direction.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from anlan.engine.planning.posts._cover_kernels import Layer


class Cover(NamedTuple):
    """`problem.CoverProblem` in plain arrays; `room` (P,) is the most that can count in a pattern's ring.

    `rate` (S,) is what a car adds to that count: 1, or -log of its busy probability where that differs.
    """

    ring: Layer
    weight: NDArray
    table: NDArray
    rate: NDArray
    apart: bool
    room: NDArray
    required: float
    price: float
    support: Layer
    outside: NDArray
    hard: bool
    site: NDArray
    low: NDArray
    high: NDArray
    cars: int


@numba.njit(cache=True, nogil=True)
def pick(
    first: NDArray, site: NDArray, low: NDArray, high: NDArray, total: int, chosen: NDArray, earning: int
) -> float:
    """Best cars per site when a car at a site earns `first` (S,), the first `earning` of them.

    `chosen` (S,) becomes the cars; their worth comes back.
    """
    sites, most = site.shape
    worth = 0.0
    step = np.full(sites * (most - 1), -np.inf)
    left = total
    for at in range(sites):
        chosen[at] = low[at]
        left -= low[at]
        worth += site[at, low[at]] + first[at] * min(low[at], earning)
        for car in range(low[at], high[at]):
            earns = first[at] if car < earning else 0.0
            step[at * (most - 1) + car] = earns + site[at, car + 1] - site[at, car]
    order = np.argsort(-step)
    for rank in range(left):
        chosen[order[rank] // (most - 1)] += 1
        worth += step[order[rank]]
    return worth


@numba.njit(cache=True, nogil=True)
def _ring_side(of: Cover, price: NDArray, sigma: float, taken: NDArray) -> tuple[float, float]:
    """Best count of each pattern, `taken` (P,), at `price` a count: worth, and demand covered once."""
    worth, once = 0.0, 0.0
    top = len(of.table) - 2
    for point in range(len(price)):
        weight = of.weight[point]
        if of.apart:
            best = 0.0
            if price[point] < weight:
                best = of.room[point]
                if price[point] > 0:
                    best = min(best, np.log(weight / price[point]))
            taken[point] = best
            worth += weight * (1 - np.exp(-best)) - price[point] * best
            continue
        record, best = weight * of.table[0], 0
        for count in range(1, min(top, int(of.room[point])) + 1):
            now = weight * (of.table[count] + sigma) - price[point] * count
            if now > record:
                record, best = now, count
        taken[point] = best
        worth += record
        once += weight if best else 0.0
    return worth, once


@numba.njit(cache=True, nogil=True)
def _earned(of: Cover, price: NDArray, duty: NDArray, first: NDArray) -> None:
    """What a car at each site earns, `first` (S,), from the prices of its rings."""
    for site in range(len(first)):
        total = 0.0
        for at in range(of.ring.start[site], of.ring.start[site + 1]):
            total += price[of.ring.points[at]]
        total *= of.rate[site]
        for at in range(of.support.start[site], of.support.start[site + 1]):
            total += duty[of.support.points[at]]
        first[site] = total


@numba.njit(cache=True, nogil=True)
def _counts(layer: Layer, rate: NDArray, chosen: NDArray, count: NDArray) -> None:
    count[:] = 0.0
    for site in range(len(chosen)):
        if chosen[site]:
            for at in range(layer.start[site], layer.start[site + 1]):
                count[layer.points[at]] += rate[site] * chosen[site]


@numba.njit(cache=True, nogil=True)
def cover(
    of: Cover, price: NDArray, duty: NDArray, sigma: float, known: float, rounds: int, first: NDArray
) -> tuple[float, float]:
    """Least bound found in `rounds` steps from the prices of ring, support (`duty`) and alpha (`sigma`).

    The prices become those of the least bound, and `first` (S,) what a car earns at them. Returns the bound,
    and the price of alpha; it ends early at the value `known`.
    """
    ones = np.ones(len(of.low))
    taken, count = np.zeros(len(price)), np.zeros(len(price))
    held = np.zeros(len(duty))
    chosen = np.zeros(len(of.low), np.int64)
    earns = np.zeros(len(of.low))
    step, step_duty, step_sigma = np.zeros(len(price)), np.zeros(len(duty)), 0.0
    now, now_duty, now_sigma = price.copy(), duty.copy(), sigma
    mean = 4 * of.weight.sum() / max(1, len(price))
    small = 1.0 / np.sqrt(max(1.0, float(len(price))))
    best, theta, stall = 1e300, 1.0, 0
    for _ in range(rounds):
        _earned(of, now, now_duty, earns)
        worth, once = _ring_side(of, now, now_sigma, taken)
        bound = worth + pick(earns, of.site, of.low, of.high, of.cars, chosen, of.cars)
        bound -= now_duty.sum() + now_sigma * of.required
        stall = 0 if bound < best - 1e-4 * abs(best - known) else stall + 1
        if bound < best:
            best, sigma = bound, now_sigma
            price[:], duty[:], first[:] = now, now_duty, earns
        if stall >= 12:
            theta *= 0.7
            stall = 0
        if best <= known + 1e-7 * abs(known) or theta < 1e-3:
            break
        _counts(of.ring, of.rate, chosen, count)
        _counts(of.support, ones, chosen, held)
        norm = 0.0
        for point in range(len(price)):
            step[point] = of.weight[point] * (taken[point] - count[point]) + 0.7 * step[point]
            norm += step[point] ** 2
        for point in range(len(duty)):
            step_duty[point] = mean * (1.0 - held[point]) + 0.7 * step_duty[point]
            norm += step_duty[point] ** 2
        step_sigma = small * (of.required - once) + 0.7 * step_sigma
        norm += step_sigma**2
        if norm == 0.0:
            break
        length = theta * (bound - known) / norm
        for point in range(len(price)):
            now[point] = max(0.0, now[point] + length * of.weight[point] * step[point])
        for point in range(len(duty)):
            dearer = max(0.0, now_duty[point] + length * mean * step_duty[point])
            now_duty[point] = dearer if of.hard else min(of.outside[point], dearer)
        now_sigma = min(of.price, max(0.0, now_sigma + length * small * step_sigma))
    return best, sigma


@numba.njit(cache=True, nogil=True)
def undercut(near: NDArray, paid: NDArray, price: NDArray, first: NDArray) -> None:
    """`first` (S,) becomes what the points save at a site against `price` (D,)."""
    first[:] = 0.0
    for point in range(len(price)):
        for at in range(near.shape[1]):
            cost = paid[point, at]
            if cost >= price[point]:
                break
            first[near[point, at]] += price[point] - cost


@numba.njit(cache=True, nogil=True)
def median(  # noqa: PLR0913, PLR0917  plain values are what Numba compiles
    near: NDArray, paid: NDArray, worst: NDArray, site: NDArray, low: NDArray, high: NDArray, cars: int,
    price: NDArray, known: float, grain: float, rounds: int, theta: float, first: NDArray, best_cars: NDArray,
) -> tuple[float, float]:  # fmt: skip
    """Least bound of the p-median's value (minus the cost) in `rounds` steps on `price` (D,).

    `near`, `paid` (D, S) are each point's sites and costs in order of cost. `price` becomes that of the least
    bound, `first` (S,) what a site saves at it, `best_cars` the cars chosen there. Returns the bound and the
    step length to go on with, 0 where nothing is to be gained.
    """
    points = len(price)
    step = np.zeros(points)
    now = np.minimum(price, worst)
    earns = np.zeros(len(low))
    chosen = np.zeros(len(low), np.int64)
    best, stall = 1e300, 0
    for _ in range(rounds):
        undercut(near, paid, now, earns)
        bound = pick(earns, site, low, high, cars, chosen, 1) - now.sum()
        stall = 0 if bound < best - 1e-5 * abs(best) else stall + 1
        if bound < best:
            best = bound
            price[:], first[:], best_cars[:] = now, earns, chosen
        if stall >= 20:
            theta *= 0.8
            stall = 0
        if best <= known + grain or theta < 2e-3:
            return best, 0.0
        norm = 0.0
        for point in range(points):
            missing = 1.0
            for at in range(near.shape[1]):
                if paid[point, at] >= now[point]:
                    break
                missing -= min(chosen[near[point, at]], 1)
            step[point] = missing + 0.75 * step[point]
            norm += step[point] ** 2
        if norm == 0.0:
            return best, 0.0
        length = theta * (bound - known + 2e-4 * abs(known)) / norm
        for point in range(points):
            now[point] = min(worst[point], now[point] + length * step[point])
    return best, theta
