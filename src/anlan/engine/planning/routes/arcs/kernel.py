"""The Numba kernel of arc routing: ruin and recreate with every direction chosen anew in each round.

Slack induction by string removals (Christiaens & Vanden Berghe, Transportation Science 54, 2020, 417-433)
over lines. For every place in a round and either direction there, `fore` holds the least cost from the depot
through it and `back` the least from it to the depot, so that an insertion is priced with all directions of
the round free (Vidal, "Node, edge, arc routing and turn penalties", Operations Research 65, 2017, 992-1010).
What a line costs to put into a round is remembered until the round changes.

Ours beside the papers: what is remembered, a longest round, and lines left out at a price.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from anlan.engine.planning.routes.strings import LONGEST_STRING, MEAN_REMOVED, string_about

HUGE = 1e17

# Columns of the routes' sums (R, 3).
COST, LOAD, LENGTH = range(3)
# The limits: most load and most cost of a route, most routes.
CAPACITY, LONGEST, MOST = range(3)


@numba.njit(cache=True, nogil=True)
def refresh(  # noqa: PLR0913, PLR0917  plain arrays are what Numba compiles
    route: int, way: NDArray, enter: NDArray, leave: NDArray, cost: NDArray, demand: NDArray, depot: int,
    routes: NDArray, fore: NDArray, back: NDArray, sums: NDArray,
) -> None:  # fmt: skip
    """Work out a route's tables, cost and load anew."""
    count, load = int(sums[route, LENGTH]), 0.0
    for at in range(count):
        edge = routes[route, at]
        load += demand[edge]
        for turn in range(2):
            if at == 0:
                least = way[depot, enter[edge, turn]]
            else:
                before = routes[route, at - 1]
                least = min(
                    fore[route, at - 1, 0] + way[leave[before, 0], enter[edge, turn]],
                    fore[route, at - 1, 1] + way[leave[before, 1], enter[edge, turn]],
                )
            fore[route, at, turn] = least + cost[edge, turn]
    total = 0.0
    for at in range(count - 1, -1, -1):
        edge = routes[route, at]
        for turn in range(2):
            if at == count - 1:
                least = way[leave[edge, turn], depot]
            else:
                after = routes[route, at + 1]
                least = min(
                    back[route, at + 1, 0] + way[leave[edge, turn], enter[after, 0]],
                    back[route, at + 1, 1] + way[leave[edge, turn], enter[after, 1]],
                )
            back[route, at, turn] = least + cost[edge, turn]
        if at == 0:
            total = min(
                back[route, 0, 0] + way[depot, enter[edge, 0]], back[route, 0, 1] + way[depot, enter[edge, 1]]
            )
    sums[route, COST], sums[route, LOAD] = total, load


@numba.njit(cache=True, nogil=True)
def _cheapest(  # noqa: PLR0913, PLR0917
    edge: int, route: int, way: NDArray, enter: NDArray, leave: NDArray, cost: NDArray, depot: int,
    routes: NDArray, fore: NDArray, back: NDArray, sums: NDArray,
) -> tuple[float, int]:  # fmt: skip
    """What an edge adds to a route's cost where it adds least, and where."""
    count, best, found = int(sums[route, LENGTH]), HUGE, 0
    for at in range(count + 1):
        for turn in range(2):
            if at == 0:
                first = way[depot, enter[edge, turn]]
            else:
                before = routes[route, at - 1]
                first = min(
                    fore[route, at - 1, 0] + way[leave[before, 0], enter[edge, turn]],
                    fore[route, at - 1, 1] + way[leave[before, 1], enter[edge, turn]],
                )
            if at == count:
                last = way[leave[edge, turn], depot]
            else:
                after = routes[route, at]
                last = min(
                    back[route, at, 0] + way[leave[edge, turn], enter[after, 0]],
                    back[route, at, 1] + way[leave[edge, turn], enter[after, 1]],
                )
            total = first + cost[edge, turn] + last
            if total < best:
                best, found = total, at
    return best - sums[route, COST], found


@numba.njit(cache=True, nogil=True)
def _cut_string(  # noqa: PLR0913, PLR0917
    route: int, edge: int, longest: float, routes: NDArray, sums: NDArray, route_of: NDArray, gone: NDArray,
    count: int, chance: np.random.Generator,
) -> int:  # fmt: skip
    """Take a string of edges about one out of a route; `gone` gets them, its new count is returned."""
    size, at = int(sums[route, LENGTH]), 0
    while routes[route, at] != edge:
        at += 1
    begin, end, spare, kept = string_about(at, size, longest, chance)
    write = begin
    for read in range(begin, size):
        one = routes[route, read]
        if read >= end or spare <= read < kept:
            routes[route, write] = one
            write += 1
        else:
            gone[count] = one
            count += 1
            route_of[one] = -1
    sums[route, LENGTH] = write
    return count


@numba.njit(cache=True, nogil=True)
def _ruin(
    near: NDArray, routes: NDArray, sums: NDArray, route_of: NDArray, touched: NDArray, gone: NDArray,
    chance: np.random.Generator,
) -> int:  # fmt: skip
    """Remove strings near a random edge; all edges that are in no route come along."""
    count = used = placed = 0
    for edge in range(len(route_of)):
        if route_of[edge] < 0:
            gone[count] = edge
            count += 1
    for route in range(len(sums)):
        used += sums[route, LENGTH] > 0
        placed += int(sums[route, LENGTH])
    if not used:
        return count
    longest = max(1.0, min(LONGEST_STRING, placed / used))
    strings = int(chance.random() * (4 * MEAN_REMOVED / (1 + longest) - 1) + 1)
    centre, cut = int(chance.random() * len(route_of)), 0
    for place in range(len(route_of)):
        if cut == strings:
            break
        edge = near[centre, place]
        route = route_of[edge]
        if route >= 0 and not touched[route]:
            touched[route] = True
            cut += 1
            count = _cut_string(route, edge, longest, routes, sums, route_of, gone, count, chance)
    return count


@numba.njit(cache=True, nogil=True)
def _order(
    demand: NDArray, far: NDArray, gone: NDArray, count: int, key: NDArray, chance: np.random.Generator
) -> None:
    """Sort what is to be put back: by chance, the largest, the farthest or the nearest first."""
    how = chance.random() * 11
    for row in range(count):
        if how < 4:
            key[row] = chance.random()
        elif how < 8:
            key[row] = -demand[gone[row]]
        elif how < 10:
            key[row] = -far[gone[row]]
        else:
            key[row] = far[gone[row]]
    for row in range(1, count):
        value, edge, at = key[row], gone[row], row - 1
        while at >= 0 and key[at] > value:
            key[at + 1], gone[at + 1] = key[at], gone[at]
            at -= 1
        key[at + 1], gone[at + 1] = value, edge


@numba.njit(cache=True, nogil=True)
def worth(sums: NDArray, route_of: NDArray, missing: NDArray, limits: NDArray) -> float:
    """What the routes cost, and what is in none of them at its price; a route too long is never worth it.

    Taking an edge out can lengthen a route: where the way past it is longer than along it.
    """
    total = 0.0
    for route in range(len(sums)):
        total += sums[route, COST] if sums[route, COST] <= limits[LONGEST] else HUGE
    for edge in range(len(route_of)):
        if route_of[edge] < 0:
            total += missing[edge]
    return total


@numba.njit(cache=True, nogil=True)
def _copy(route: int, routes: NDArray, sums: NDArray, to_routes: NDArray, to_sums: NDArray) -> None:
    """Loops, because Numba compiles slices of tables for a long time."""
    for at in range(int(sums[route, LENGTH])):
        to_routes[route, at] = routes[route, at]
    for column in range(3):
        to_sums[route, column] = sums[route, column]


@numba.njit(cache=True, nogil=True)
def _choose(  # noqa: PLR0913, PLR0917
    edge: int, way: NDArray, enter: NDArray, leave: NDArray, cost: NDArray, demand: NDArray, depot: int,
    limits: NDArray, routes: NDArray, fore: NDArray, back: NDArray, sums: NDArray, stamp: NDArray,
    seen: NDArray, price: NDArray, place: NDArray, alone: float, blink: float, chance: np.random.Generator,
) -> int:  # fmt: skip
    """The route that an edge costs least in, some passed over by chance; -1 where none takes it."""
    least, chosen, empty, used = HUGE, -1, -1, 0
    for route in range(len(sums)):
        if sums[route, LENGTH] == 0:
            empty = route
            continue
        used += 1
        if sums[route, LOAD] + demand[edge] > limits[CAPACITY]:
            continue
        if seen[edge, route] != stamp[route]:
            price[edge, route], place[edge, route] = _cheapest(
                edge, route, way, enter, leave, cost, depot, routes, fore, back, sums
            )
            seen[edge, route] = stamp[route]
        more = price[edge, route]
        if more < least and sums[route, COST] + more <= limits[LONGEST] and chance.random() >= blink:
            least, chosen = more, route
    if empty >= 0 and used < limits[MOST] and alone < least:
        chosen, place[edge, empty] = empty, 0
    return chosen


@numba.njit(cache=True, nogil=True)
def anneal(  # noqa: C901, PLR0912, PLR0913, PLR0917  one loop over plain arrays
    way: NDArray, enter: NDArray, leave: NDArray, cost: NDArray, demand: NDArray, near: NDArray, far: NDArray,
    alone: NDArray, missing: NDArray, depot: int, limits: NDArray,
    routes: NDArray, fore: NDArray, back: NDArray, sums: NDArray, route_of: NDArray,
    best_routes: NDArray, best_sums: NDArray,
    stamp: NDArray, seen: NDArray, price: NDArray, place: NDArray,
    heat: float, iterations: int, blink: float, record: float, chance: np.random.Generator,
) -> float:  # fmt: skip
    """Ruin, recreate, accept or take back, so many times at one temperature; returns the record.

    `alone`, `missing` (E,): what each edge costs in a route of its own, and in none. `limits`: see above.
    `stamp` (R + 1): what each route looked like, and the newest stamp; `seen`, `price`, `place` (E, R): when,
    at what price and where each edge would go into it. The best routes are left in `best_*`.
    """
    count_routes, edges = len(sums), len(demand)
    touched, gone, key = np.zeros(count_routes, np.bool_), np.empty(edges, np.int64), np.empty(edges)
    held_routes, held_sums, held_of, held_stamp = routes.copy(), sums.copy(), route_of.copy(), stamp.copy()
    before = worth(sums, route_of, missing, limits)
    for _ in range(iterations):
        for route in range(count_routes):
            touched[route] = False
        count = _ruin(near, routes, sums, route_of, touched, gone, chance)
        for route in range(count_routes):
            if touched[route]:
                refresh(route, way, enter, leave, cost, demand, depot, routes, fore, back, sums)
                stamp[count_routes] += 1
                stamp[route] = stamp[count_routes]
        _order(demand, far, gone, count, key, chance)
        for number in range(count):
            edge = gone[number]
            chosen = _choose(
                edge, way, enter, leave, cost, demand, depot, limits, routes, fore, back, sums, stamp, seen,
                price, place, alone[edge], blink, chance,
            )  # fmt: skip
            if chosen < 0:
                continue
            for at in range(int(sums[chosen, LENGTH]), place[edge, chosen], -1):
                routes[chosen, at] = routes[chosen, at - 1]
            routes[chosen, place[edge, chosen]] = edge
            sums[chosen, LENGTH] += 1
            route_of[edge] = chosen
            touched[chosen] = True
            refresh(chosen, way, enter, leave, cost, demand, depot, routes, fore, back, sums)
            stamp[count_routes] += 1
            stamp[chosen] = stamp[count_routes]
        after = worth(sums, route_of, missing, limits)
        if after < before - heat * np.log(chance.random()):
            before = after
            for route in range(count_routes):
                if touched[route]:
                    _copy(route, routes, sums, held_routes, held_sums)
                    held_stamp[route] = stamp[route]
            for edge in range(edges):
                held_of[edge] = route_of[edge]
            if after < record - 1e-9:
                record = after
                for route in range(count_routes):
                    _copy(route, routes, sums, best_routes, best_sums)
        else:
            for route in range(count_routes):
                if touched[route]:
                    _copy(route, held_routes, held_sums, routes, sums)
                    refresh(route, way, enter, leave, cost, demand, depot, routes, fore, back, sums)
                    stamp[route] = held_stamp[route]
            for edge in range(edges):
                route_of[edge] = held_of[edge]
    return record
