"""Numba kernels of the p-median: interchange with gains kept up to date, and shaking.

Gains, losses and what a pair of them has in common after Resende & Werneck, "A fast swap-based local search
procedure for location problems", Annals of Operations Research 150 (2007), 205-230: a swap touches only the
points whose nearest or second nearest site changes.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from anlan.engine.planning.posts._cover_kernels import draw


class Task(NamedTuple):
    """`problem.MedianProblem` in plain arrays, and each point's sites and costs in order of cost (D, S)."""

    cost: NDArray
    near: NDArray
    paid: NDArray
    worst: NDArray
    site: NDArray
    low: NDArray
    high: NDArray


class State(NamedTuple):
    """Cars; nearest and second nearest site of each point and what it pays there (D,); worth of changes.

    `gain` (S,) of opening a site, `loss` (S,) of closing one, and `extra` (S, S) what is saved when the site
    of the row closes as that of the column opens.
    """

    cars: NDArray
    first: NDArray
    second: NDArray
    paid: NDArray
    spare: NDArray
    gain: NDArray
    loss: NDArray
    extra: NDArray


@numba.njit(cache=True, nogil=True)
def empty(task: Task) -> State:
    """No car anywhere."""
    sites, points = task.cost.shape
    state = State(
        np.zeros(sites, np.int64), np.full(points, -1, np.int64), np.full(points, -1, np.int64),
        task.worst.copy(), task.worst.copy(), np.zeros(sites), np.zeros(sites), np.zeros((sites, sites)),
    )  # fmt: skip
    place(task, state, state.cars.copy())
    return state


@numba.njit(cache=True, nogil=True)
def place(task: Task, state: State, cars: NDArray) -> None:
    """Stand as `cars` says; everything is counted anew, so that rounding does not pile up."""
    state.cars[:] = cars
    state.gain[:] = 0.0
    state.loss[:] = 0.0
    for site in range(len(cars)):
        state.extra[site, :] = 0.0
    for point in range(len(task.worst)):
        _nearest(task, state, point)
        _count(task, state, point, 1.0)


@numba.njit(cache=True, nogil=True)
def _nearest(task: Task, state: State, point: int) -> None:
    state.first[point], state.paid[point] = -1, task.worst[point]
    state.second[point], state.spare[point] = -1, task.worst[point]
    found = 0
    for at in range(len(task.low)):
        site = task.near[point, at]
        if state.cars[site] > 0:
            if found == 0:
                state.first[point], state.paid[point] = site, task.paid[point, at]
                found = 1
            else:
                state.second[point], state.spare[point] = site, task.paid[point, at]
                break


@numba.njit(cache=True, nogil=True)
def _count(task: Task, state: State, point: int, by: float) -> None:
    """Add (1) or take out (-1) what a point adds to gains and losses."""
    first, paid, spare = state.first[point], state.paid[point], state.spare[point]
    if first >= 0:
        state.loss[first] += by * (spare - paid)
    for at in range(len(task.low)):
        cost = task.paid[point, at]
        if cost >= spare:
            break
        site = task.near[point, at]
        if cost < paid:
            state.gain[site] += by * (paid - cost)
            if first >= 0:
                state.extra[first, site] += by * (spare - paid)
        elif first >= 0:
            state.extra[first, site] += by * (spare - cost)


@numba.njit(cache=True, nogil=True)
def shift(task: Task, state: State, site: int, by: int) -> None:
    """One car more (1) or less (-1) at a site."""
    before = state.cars[site]
    state.cars[site] = before + by
    if before > 0 and before + by > 0:
        return
    cost = task.cost[site]
    for point in range(len(cost)):
        if by > 0:
            if cost[point] < state.spare[point]:
                _count(task, state, point, -1.0)
                _nearer(state, point, site, cost[point])
                _count(task, state, point, 1.0)
        elif state.first[point] == site or state.second[point] == site:
            _count(task, state, point, -1.0)
            _nearest(task, state, point)
            _count(task, state, point, 1.0)


@numba.njit(cache=True, nogil=True)
def _nearer(state: State, point: int, site: int, cost: float) -> None:
    if cost < state.paid[point]:
        state.second[point], state.spare[point] = state.first[point], state.paid[point]
        state.first[point], state.paid[point] = site, cost
    else:
        state.second[point], state.spare[point] = site, cost


@numba.njit(cache=True, nogil=True)
def value(task: Task, state: State) -> float:
    """Worth of the sites less what all points pay."""
    worth: float = -state.paid.sum()
    for site in range(len(state.cars)):
        worth += task.site[site, state.cars[site]]
    return worth


@numba.njit(cache=True, nogil=True)
def _more(task: Task, state: State, site: int) -> float:
    """Gain of a car more; -inf where there is no room."""
    here = state.cars[site]
    if here >= task.high[site]:
        return -np.inf
    gain: float = (0.0 if here else state.gain[site]) + task.site[site, here + 1] - task.site[site, here]
    return gain


@numba.njit(cache=True, nogil=True)
def _less(task: Task, state: State, site: int) -> float:
    """Loss of a car less; inf where none may go."""
    here = state.cars[site]
    if here <= task.low[site]:
        return np.inf
    loss: float = state.loss[site] if here == 1 else 0.0
    loss += task.site[site, here] - task.site[site, here - 1]
    return loss


@numba.njit(cache=True, nogil=True)
def best_swap(task: Task, state: State) -> tuple[float, int, int]:
    """The best move of one car: its gain, the site it comes to, the site it leaves."""
    sites = len(task.low)
    more = np.empty(sites)
    for site in range(sites):
        more[site] = _more(task, state, site)
    record, come, leave = -np.inf, -1, -1
    for site in range(sites):
        less = _less(task, state, site)
        if less == np.inf:
            continue
        extra = state.extra[site]
        alone = 1.0 if state.cars[site] == 1 else 0.0
        best, which = -np.inf, -1
        for other in range(sites):
            worth = more[other] + alone * extra[other]
            if worth > best and other != site:
                best, which = worth, other
        if best - less > record:
            record, come, leave = best - less, which, site
    return record, come, leave


@numba.njit(cache=True, nogil=True)
def exchanges(task: Task, state: State, leave: NDArray, gain: NDArray) -> None:
    """`gain` (len(leave), S) becomes the change by a car less at a site of `leave` and one more elsewhere."""
    for row in range(len(leave)):
        site = leave[row]
        less = _less(task, state, site)
        for other in range(len(task.low)):
            common = state.extra[site, other] if state.cars[site] == 1 else 0.0
            gain[row, other] = _more(task, state, other) - less + common if other != site else -np.inf


@numba.njit(cache=True, nogil=True)
def swaps(task: Task, state: State, near: float) -> None:
    """Move single cars to better sites, the best move first, until none helps."""
    while True:
        gain, come, leave = best_swap(task, state)
        if gain <= near:
            break
        shift(task, state, come, 1)
        shift(task, state, leave, -1)


@numba.njit(cache=True, nogil=True)
def fill(task: Task, state: State, cars: int) -> None:
    """Add cars one by one where each helps most until `cars` stand."""
    for _ in range(cars - state.cars.sum()):
        best, record = -1, -np.inf
        for site in range(len(task.high)):
            gain = _more(task, state, site)
            if gain > record:
                best, record = site, gain
        shift(task, state, best, 1)


@numba.njit(cache=True, nogil=True)
def trim(task: Task, state: State, cars: int) -> None:
    """Take away cars one by one where each is missed least until no more than `cars` stand."""
    for _ in range(state.cars.sum() - cars):
        least, record = -1, np.inf
        for site in range(len(task.high)):
            loss = _less(task, state, site)
            if loss < record:
                least, record = site, loss
        shift(task, state, least, -1)


@numba.njit(cache=True, nogil=True)
def _come(task: Task, state: State, seed: NDArray) -> int:
    """A site at random that could be opened, tried a few times; else -1."""
    for _ in range(20):
        site = draw(seed) % len(task.high)
        if state.cars[site] == 0 and task.high[site] > 0:
            return site
    return -1


@numba.njit(cache=True, nogil=True)
def kick(task: Task, state: State, seed: NDArray) -> None:
    """Open a few sites at random, each for the car that is missed least."""
    for _ in range(2 + draw(seed) % 4):
        site = _come(task, state, seed)
        least, record = -1, np.inf
        for other in range(len(task.high) if site >= 0 else 0):
            less = _less(task, state, other)
            if state.cars[other] == 1:
                less -= state.extra[other, site]
            if less < record:
                least, record = other, less
        if least >= 0:
            shift(task, state, site, 1)
            shift(task, state, least, -1)


@numba.njit(cache=True, nogil=True)
def back_to(task: Task, state: State, cars: NDArray) -> None:
    """Stand as `cars` says by single moves, openings first."""
    for site in range(len(cars)):
        while state.cars[site] < cars[site]:
            shift(task, state, site, 1)
    for site in range(len(cars)):
        while state.cars[site] > cars[site]:
            shift(task, state, site, -1)


@numba.njit(cache=True, nogil=True)
def rounds(  # noqa: PLR0913, PLR0917  plain values are what Numba compiles
    task: Task, state: State, best: NDArray, seed: NDArray, kicks: int, record: float, slack: float,
    near: float,
) -> float:  # fmt: skip
    """Iterated local search, as in the covering models' kernel of that name."""
    held = state.cars.copy()
    place(task, state, held)
    for _ in range(kicks):
        kick(task, state, seed)
        swaps(task, state, near)
        now = value(task, state)
        if now > record + near:
            record = now
            best[:] = state.cars
        if now >= record - slack:
            held[:] = state.cars
        else:
            back_to(task, state, held)
    return record
