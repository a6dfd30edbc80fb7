"""Numba kernels of the covering models: counts and gains kept up to date car by car, and the search on them.

A module of its own because importing Numba takes a while. All moves are single cars; a car that comes or goes
touches only the points in its rings and the gains of the sites that share them.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray


class Layer(NamedTuple):
    """Distinct reach patterns of one ring: patterns by site (CSC) and sites by pattern (CSR)."""

    start: NDArray
    points: NDArray
    owner_start: NDArray
    owners: NDArray


class Worth(NamedTuple):
    """What cars are worth: `problem.CoverProblem` in plain arrays.

    `table` (K + 2,) worth of one unit of demand by cars in its ring, constant from K on. `busy` (S,) the
    busy probability by site where it differs, else empty. `site` (S, C + 1) worth of cars at a site itself.
    """

    ring: Layer
    weight: NDArray
    table: NDArray
    busy: NDArray
    required: float
    price: float
    support: Layer
    outside: NDArray
    site: NDArray
    low: NDArray
    high: NDArray


class State(NamedTuple):
    """Cars, counts, gains of one more car (S, 3) and sums (main, once, outside, site)."""

    cars: NDArray
    ring: NDArray
    miss: NDArray
    support: NDArray
    gain: NDArray
    total: NDArray


@numba.njit(cache=True, nogil=True)
def empty(worth: Worth) -> State:
    """No car anywhere."""
    sites = len(worth.high)
    state = State(
        np.zeros(sites, np.int64), np.zeros(len(worth.weight), np.int64), np.ones(len(worth.weight)),
        np.zeros(len(worth.outside), np.int64), np.zeros((sites, 3)), np.zeros(4),
    )  # fmt: skip
    rebuild(worth, state)
    return state


@numba.njit(cache=True, nogil=True)
def rebuild(worth: Worth, state: State) -> None:
    """Counts, gains and sums from the cars alone, so that rounding does not pile up."""
    state.ring[:] = 0
    state.miss[:] = 1.0
    state.support[:] = 0
    state.gain[:] = 0.0
    state.total[:] = 0.0
    for site in range(len(worth.high)):
        here = state.cars[site]
        state.total[3] += worth.site[site, here]
        if here > 0:
            _stand(worth, state, site, here)
    for point in range(len(worth.weight)):
        _weigh(worth, state, point)
    for point in range(len(worth.outside)):
        if state.support[point] == 0:
            state.total[2] += worth.outside[point]
            for at in range(worth.support.owner_start[point], worth.support.owner_start[point + 1]):
                state.gain[worth.support.owners[at], 2] += worth.outside[point]


@numba.njit(cache=True, nogil=True)
def _stand(worth: Worth, state: State, site: int, cars: int) -> None:
    """Count the cars of a site in its rings."""
    for at in range(worth.ring.start[site], worth.ring.start[site + 1]):
        point = worth.ring.points[at]
        state.ring[point] += cars
        if len(worth.busy):
            state.miss[point] *= worth.busy[site] ** cars
    for at in range(worth.support.start[site], worth.support.start[site + 1]):
        state.support[worth.support.points[at]] += cars


@numba.njit(cache=True, nogil=True)
def _weigh(worth: Worth, state: State, point: int) -> None:
    """Add a pattern's worth to the sums and what one more car would add to the gains of its sites."""
    count = min(state.ring[point], len(worth.table) - 2)
    weight = worth.weight[point]
    if len(worth.busy):
        more = weight * state.miss[point]
        state.total[0] += weight - more
    else:
        more = weight * (worth.table[count + 1] - worth.table[count])
        state.total[0] += weight * worth.table[count]
    once = 0.0 if count else weight
    state.total[1] += weight - once
    for at in range(worth.ring.owner_start[point], worth.ring.owner_start[point + 1]):
        owner = worth.ring.owners[at]
        state.gain[owner, 0] += more
        state.gain[owner, 1] += once


@numba.njit(cache=True, nogil=True)
def place(worth: Worth, state: State, cars: NDArray) -> None:
    """Stand as `cars` says."""
    state.cars[:] = cars
    rebuild(worth, state)


@numba.njit(cache=True, nogil=True)
def shift(worth: Worth, state: State, site: int, by: int) -> None:
    """One car more (1) or less (-1) at a site."""
    here = state.cars[site]
    state.cars[site] = here + by
    state.total[3] += worth.site[site, here + by] - worth.site[site, here]
    _ring(worth, state, site, by)
    for at in range(worth.support.start[site], worth.support.start[site + 1]):
        point = worth.support.points[at]
        before = state.support[point]
        state.support[point] = before + by
        if before == 0 or before + by == 0:
            change = -worth.outside[point] * by
            state.total[2] += change
            for owner in range(worth.support.owner_start[point], worth.support.owner_start[point + 1]):
                state.gain[worth.support.owners[owner], 2] += change


@numba.njit(cache=True, nogil=True)
def _ring(worth: Worth, state: State, site: int, by: int) -> None:
    top = len(worth.table) - 2
    table = worth.table
    apart = len(worth.busy) > 0
    for at in range(worth.ring.start[site], worth.ring.start[site + 1]):
        point = worth.ring.points[at]
        before = state.ring[point]
        after = before + by
        state.ring[point] = after
        weight = worth.weight[point]
        if apart:
            missed = state.miss[point]
            factor = worth.busy[site] if by > 0 else 1.0 / worth.busy[site]
            state.miss[point] = missed * factor if after else 1.0
            change = weight * (state.miss[point] - missed)
            state.total[0] -= change
        else:
            low, high = min(before, top), min(after, top)
            state.total[0] += weight * (table[high] - table[low])
            change = weight * ((table[high + 1] - table[high]) - (table[low + 1] - table[low]))
        once = 0.0
        if before == 0 or after == 0:
            once = -weight * by
            state.total[1] -= once
        if change == 0.0 and once == 0.0:
            continue
        for owner in range(worth.ring.owner_start[point], worth.ring.owner_start[point + 1]):
            state.gain[worth.ring.owners[owner], 0] += change
            state.gain[worth.ring.owners[owner], 1] += once


@numba.njit(cache=True, nogil=True)
def value(worth: Worth, state: State) -> float:
    """The objective, guards of the support ring included."""
    below = max(0.0, worth.required - state.total[1])
    total: float = state.total[0] - worth.price * below - state.total[2] + state.total[3]
    return total


@numba.njit(cache=True, nogil=True)
def with_one_more(worth: Worth, state: State, site: int) -> float:
    """The objective after one more car at a site that has room."""
    scale = 1.0 - worth.busy[site] if len(worth.busy) else 1.0
    below = max(0.0, worth.required - state.total[1] - state.gain[site, 1])
    here = state.cars[site]
    total: float = (
        state.total[0] + scale * state.gain[site, 0] - worth.price * below
        - state.total[2] + state.gain[site, 2]
        + state.total[3] + worth.site[site, here + 1] - worth.site[site, here]
    )  # fmt: skip
    return total


@numba.njit(cache=True, nogil=True)
def _best(worth: Worth, state: State, but: int) -> tuple[int, float]:
    best, record = -1, -np.inf
    for site in range(len(worth.high)):
        if state.cars[site] < worth.high[site] and site != but:
            worthy = with_one_more(worth, state, site)
            if worthy > record:
                best, record = site, worthy
    return best, record


@numba.njit(cache=True, nogil=True)
def _likely(worth: Worth, state: State, near: float) -> int:
    """Of the sites that are best to within `near`, the one that reaches most demand as yet reached little."""
    _, record = _best(worth, state, -1)
    best, most = -1, -1.0
    for site in range(len(worth.high)):
        if state.cars[site] >= worth.high[site] or with_one_more(worth, state, site) < record - near:
            continue
        reach = 0.0
        for at in range(worth.ring.start[site], worth.ring.start[site + 1]):
            point = worth.ring.points[at]
            reach += worth.weight[point] / (1.0 + state.ring[point]) ** 2
        if reach > most:
            best, most = site, reach
    return best


@numba.njit(cache=True, nogil=True)
def fill(worth: Worth, state: State, cars: int, near: float) -> None:
    """Add cars one by one where each helps most until `cars` stand."""
    for _ in range(cars - state.cars.sum()):
        shift(worth, state, _likely(worth, state, near), 1)


@numba.njit(cache=True, nogil=True)
def trim(worth: Worth, state: State, cars: int) -> None:
    """Take away cars one by one where each is missed least until no more than `cars` stand."""
    for _ in range(state.cars.sum() - cars):
        least, record = -1, -np.inf
        for site in range(len(worth.high)):
            if state.cars[site] > worth.low[site]:
                shift(worth, state, site, -1)
                left = value(worth, state)
                shift(worth, state, site, 1)
                if left > record:
                    least, record = site, left
        shift(worth, state, least, -1)


@numba.njit(cache=True, nogil=True)
def exchanges(worth: Worth, state: State, leave: NDArray, gain: NDArray) -> None:
    """`gain` (len(leave), S) becomes the change by a car less at a site of `leave` and one more elsewhere."""
    before = value(worth, state)
    for row in range(len(leave)):
        shift(worth, state, leave[row], -1)
        for site in range(len(worth.high)):
            room = state.cars[site] < worth.high[site] and site != leave[row]
            gain[row, site] = with_one_more(worth, state, site) - before if room else -np.inf
        shift(worth, state, leave[row], 1)


@numba.njit(cache=True, nogil=True)
def swaps(worth: Worth, state: State, near: float) -> None:
    """Move single cars to better sites until no such move helps."""
    sites = len(worth.high)
    idle, site = 0, 0
    while idle < sites:
        idle += 1
        if state.cars[site] > worth.low[site]:
            before = value(worth, state)
            shift(worth, state, site, -1)
            best, record = _best(worth, state, site)
            if best >= 0 and record > before + near:
                shift(worth, state, best, 1)
                idle = 0
            else:
                shift(worth, state, site, 1)
        site = (site + 1) % sites


@numba.njit(cache=True, nogil=True)
def draw(seed: NDArray) -> int:
    """The next number of a xorshift generator (Marsaglia 2003), 0 to 2⁶² - 1; `seed` (1,) uint64."""
    x = seed[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    seed[0] = x
    return int(x >> np.uint64(2))


@numba.njit(cache=True, nogil=True)
def _movable(worth: Worth, state: State, seed: NDArray) -> int:
    """A site at random that can give up a car, or -1."""
    count = 0
    for site in range(len(worth.high)):
        count += state.cars[site] > worth.low[site]
    if count == 0:
        return -1
    nth = draw(seed) % count
    for site in range(len(worth.high)):
        if state.cars[site] > worth.low[site]:
            if nth == 0:
                return site
            nth -= 1
    return -1


@numba.njit(cache=True, nogil=True)
def _neighbour(worth: Worth, state: State, site: int, seed: NDArray) -> int:
    """A site with a car to spare that shares a point with `site`, tried a few times; else any."""
    layer = worth.support if draw(seed) % 2 and len(worth.outside) else worth.ring
    many = layer.start[site + 1] - layer.start[site]
    for _ in range(8 if many else 0):
        point = layer.points[layer.start[site] + draw(seed) % many]
        first = layer.owner_start[point]
        other: int = layer.owners[first + draw(seed) % (layer.owner_start[point + 1] - first)]
        if state.cars[other] > worth.low[other]:
            return other
    return _movable(worth, state, seed)


@numba.njit(cache=True, nogil=True)
def kick(worth: Worth, state: State, seed: NDArray, near: float) -> None:
    """Take away a few cars that stand near each other and put them back, not always where best."""
    total = state.cars.sum()
    out = 2 + draw(seed) % 4
    site = _movable(worth, state, seed)
    for _ in range(out):
        if site < 0:
            break
        shift(worth, state, site, -1)
        site = _neighbour(worth, state, site, seed)
    while state.cars.sum() < total:
        site = _likely(worth, state, near) if draw(seed) % 3 else _second(worth, state, seed)
        shift(worth, state, site, 1)


@numba.njit(cache=True, nogil=True)
def _second(worth: Worth, state: State, seed: NDArray) -> int:
    """One of the best few sites: the best of a random third of those with room, else the best."""
    best, record = -1, -np.inf
    for site in range(len(worth.high)):
        if state.cars[site] < worth.high[site] and draw(seed) % 3 == 0:
            worthy = with_one_more(worth, state, site)
            if worthy > record:
                best, record = site, worthy
    return best if best >= 0 else _best(worth, state, -1)[0]


@numba.njit(cache=True, nogil=True)
def rounds(  # noqa: PLR0913, PLR0917  plain values are what Numba compiles
    worth: Worth, state: State, best: NDArray, seed: NDArray, kicks: int, record: float, slack: float,
    near: float,
) -> float:  # fmt: skip
    """Iterated local search: `kicks` times kick and swap; `best` (S,) is kept, its value comes back.

    A result up to `slack` below the record is taken as the next start (record-to-record travel, Dueck 1993).
    """
    rebuild(worth, state)
    held = state.cars.copy()
    for _ in range(kicks):
        kick(worth, state, seed, near)
        swaps(worth, state, near)
        now = value(worth, state)
        if now > record + near:
            record = now
            best[:] = state.cars
        if now >= record - slack:
            held[:] = state.cars
        else:
            place(worth, state, held)
    return record
