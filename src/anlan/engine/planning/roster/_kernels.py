"""The best rows of one member: labels over days, states of the rules' automaton and counters (Numba).

A label is a row's beginning: its state, its counters, its cost. Of two labels in one state the one that costs
no more and whose counters stand no worse is kept (dominance): exact, unless the search is cut by `width`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOTAL, WEEKENDS, RUN = 0, 1, 2


@numba.njit(cache=True, nogil=True)
def _stepped(  # noqa: C901, PLR0913, PLR0917  a kernel: arrays by name
    old: NDArray[np.int32], new: NDArray[np.int32], state: int, symbol: int, day: int,
    worked: NDArray[np.bool_],
    kind: NDArray[np.int32], use: NDArray[np.bool_], inc: NDArray[np.int32], place: NDArray[np.int32],
    last: NDArray[np.bool_], run: NDArray[np.float64], low: NDArray[np.int32], high: NDArray[np.int32],
    close: NDArray[np.int32], tables: NDArray[np.float64],
) -> float:  # fmt: skip
    """Counters after a day's symbol; what they cost, inf where a bound is broken for good."""
    cost = 0.0
    for k in range(len(kind)):
        if not use[k]:
            new[k] = 0
            continue
        value = old[k]
        if kind[k] == TOTAL:
            value += inc[k, day, symbol]
        elif kind[k] == WEEKENDS:
            if place[day] and symbol > 0 and not (place[day] == 2 and worked[state]):
                value += 1
        elif last[day]:
            if symbol > 0 or (place[day] == 2 and worked[state]):
                value = min(value + 1, int(run[0]))
                if value == int(run[0]):
                    cost += run[1]
            else:
                value = 0
        if value < low[k, day] or value > high[k, day]:
            return np.inf
        if close[k, day] >= 0:
            cost += tables[close[k, day], min(value, tables.shape[1] - 1)]
            value = 0
        new[k] = value
    return cost


@numba.njit(cache=True, nogil=True)
def best_rows(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  a kernel: one loop, arrays by name
    cells: NDArray[np.float64], follow: NDArray[np.int32], price: NDArray[np.float64],
    worked: NDArray[np.bool_], start: int, begin: NDArray[np.int32], kind: NDArray[np.int32],
    use: NDArray[np.bool_], inc: NDArray[np.int32], place: NDArray[np.int32], last: NDArray[np.bool_],
    run: NDArray[np.float64], low: NDArray[np.int32], high: NDArray[np.int32], close: NDArray[np.int32],
    tables: NDArray[np.float64], pivot: NDArray[np.int32], width: int, most: int, top: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], bool]:  # fmt: skip
    """Costs (n,) and rows (n, D) of the best ends, the cheapest first; and whether labels were cut."""
    days, symbols = cells.shape
    counters = len(kind)
    size = 1
    while size < 2 * most:
        size *= 2
    stamp, head = np.zeros(size, np.int32), np.zeros(size, np.int32)
    owner = np.zeros(size, np.int64)
    chain = np.zeros(size, np.int32)
    state, state_new = np.zeros(most, np.int32), np.zeros(most, np.int32)
    cost, cost_new = np.zeros(most), np.zeros(most)
    count, count_new = np.zeros((most, counters), np.int32), np.zeros((most, counters), np.int32)
    link, alive = np.zeros(most, np.int32), np.zeros(most, np.bool_)
    parent_new, symbol_new = np.zeros(most, np.int32), np.zeros(most, np.int8)
    parents, taken = [np.zeros(0, np.int32)], [np.zeros(0, np.int8)]
    trial = np.zeros(counters, np.int32)
    cut = False
    state[0], live = start, 1
    for k in range(counters):
        count[0, k] = begin[k] if use[k] else 0
    for day in range(days):
        made = 0
        for one in range(live):
            for symbol in range(symbols):
                here = cells[day, symbol]
                to = follow[state[one], symbol]
                if to < 0 or here == np.inf:
                    continue
                extra = _stepped(count[one], trial, state[one], symbol, day, worked, kind, use, inc, place,
                                 last, run, low, high, close, tables)  # fmt: skip
                if extra == np.inf:
                    continue
                total = cost[one] + here + price[state[one], symbol] + extra
                key = np.int64(to)
                for k in range(counters):
                    key = key * np.int64(pivot[k, day] + 1) + np.int64(min(trial[k], pivot[k, day]))
                slot = np.int64((np.uint64(key) * np.uint64(11400714819323198485)) >> np.uint64(33)) % size
                while stamp[slot] == day + 1 and owner[slot] != key:
                    slot = (slot + 1) % size
                if stamp[slot] != day + 1:
                    stamp[slot], owner[slot], head[slot], chain[slot] = day + 1, key, -1, 0
                beaten, worst, before = False, -1, -1
                at = head[slot]
                while at >= 0:
                    less, more = True, True
                    for k in range(counters):
                        if count_new[at, k] > trial[k]:
                            less = False
                        elif count_new[at, k] < trial[k]:
                            more = False
                    if less and cost_new[at] <= total + 1e-9:
                        beaten = True
                        break
                    after = link[at]
                    if more and total <= cost_new[at]:
                        alive[at] = False
                        chain[slot] -= 1
                        if before < 0:
                            head[slot] = after
                        else:
                            link[before] = after
                    else:
                        if worst < 0 or cost_new[at] > cost_new[worst]:
                            worst = at
                        before = at
                    at = after
                if beaten:
                    continue
                goes = made
                if chain[slot] >= width or made >= most:
                    cut = True
                    if worst < 0 or total >= cost_new[worst]:
                        continue
                    goes = worst
                else:
                    made += 1
                    chain[slot] += 1
                    link[goes] = head[slot]
                    head[slot] = goes
                alive[goes] = True
                state_new[goes], cost_new[goes] = to, total
                parent_new[goes], symbol_new[goes] = one, symbol
                for k in range(counters):
                    count_new[goes, k] = trial[k]
        keep = 0
        for one in range(made):
            if alive[one]:
                state[keep], cost[keep] = state_new[one], cost_new[one]
                count[keep] = count_new[one]
                parent_new[keep], symbol_new[keep] = parent_new[one], symbol_new[one]
                keep += 1
        parents.append(parent_new[:keep].copy())
        taken.append(symbol_new[:keep].copy())
        live = keep
        if live == 0:
            break
    found = min(top, live)
    order = np.argsort(cost[:live])[:found]
    rows = np.zeros((found, days), np.int64)
    for place_, end in enumerate(order):
        at = np.int64(end)
        for day in range(days - 1, -1, -1):
            rows[place_, day] = taken[day + 1][at]
            at = np.int64(parents[day + 1][at])
    return cost[order], rows, cut


@numba.njit(cache=True, nogil=True)
def row_costs(  # noqa: PLR0913, PLR0917  a kernel: arrays by name
    row: NDArray[np.int64], follow: NDArray[np.int32], price: NDArray[np.float64],
    worked: NDArray[np.bool_], start: int, begin: NDArray[np.int32], kind: NDArray[np.int32],
    inc: NDArray[np.int32], place: NDArray[np.int32], last: NDArray[np.bool_],
    run: NDArray[np.float64], low: NDArray[np.int32], high: NDArray[np.int32], close: NDArray[np.int32],
    tables: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """What a row costs by its windows (first) and by each counter (K + 1,), inf where it is not allowed."""
    costs = np.zeros(len(kind) + 1)
    days = len(row)
    was = np.zeros(days, np.bool_)
    state = start
    for day in range(days):
        was[day] = worked[state]
        costs[0] += price[state, row[day]]
        state = follow[state, row[day]]
        if state < 0:
            costs[0] = np.inf
            return costs
    for k in range(len(kind)):
        value = begin[k]
        for day in range(days):
            duty = row[day] > 0
            if kind[k] == TOTAL:
                value += inc[k, day, row[day]]
            elif kind[k] == WEEKENDS:
                value += place[day] > 0 and duty and not (place[day] == 2 and was[day])
            elif last[day]:
                value = min(value + 1, int(run[0])) if duty or (place[day] == 2 and was[day]) else 0
                costs[k + 1] += run[1] if value == int(run[0]) else 0.0
            if value < low[k, day] or value > high[k, day]:
                costs[k + 1] = np.inf
                break
            if close[k, day] >= 0:
                costs[k + 1] += tables[close[k, day], min(value, tables.shape[1] - 1)]
                value = 0
    return costs
