"""One member's rules as an automaton with counters, and the best row they allow for given costs of cells.

The windows of a row make a deterministic automaton (Aho & Corasick 1975, over sets of symbols); counts and
weekends become counters beside it. The best row is a shortest path with resources (Irnich & Desaulniers
2005).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.roster import _kernels as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.roster.parts import Count, Row, Table, Weekends, Window

LABELS = 60_000
HIGHEST = 2**30


@dataclass(frozen=True, eq=False)
class Automaton:
    """States (Q) by symbol: the next one (-1: forbidden), the price; whether the last was a duty."""

    follow: NDArray[np.int32]
    passed: NDArray[np.int32]
    price: NDArray[np.float64]
    worked: NDArray[np.bool_]

    def after(self, symbols: tuple[int, ...]) -> int:
        """State after the days before the horizon, whatever they broke."""
        state = 0
        for symbol in symbols:
            state = int(self.passed[state, symbol])
        return state


State = tuple[frozenset[tuple[int, int]], bool]


def automaton(windows: tuple[Window, ...], symbols: int) -> Automaton:
    """Build the automaton of the windows by its reachable states."""
    numbers: dict[State, int] = {(frozenset(), False): 0}
    queue: list[State] = [(frozenset(), False)]
    passed, forbidden, price = [], [], []
    for state in queue:
        steps = [_step(windows, state[0], symbol) for symbol in range(symbols)]
        for symbol, (active, _, _) in enumerate(steps):
            if (active, symbol > 0) not in numbers:
                numbers[active, symbol > 0] = len(numbers)
                queue.append((active, symbol > 0))
        passed.append([numbers[step[0], symbol > 0] for symbol, step in enumerate(steps)])
        forbidden.append([step[1] for step in steps])
        price.append([step[2] for step in steps])
    to = np.asarray(passed, np.int32)
    follow = np.where(np.asarray(forbidden), -1, to).astype(np.int32)
    return Automaton(
        follow, to, np.asarray(price, np.float64), np.asarray([state[1] for state in queue], np.bool_)
    )


def _step(
    windows: tuple[Window, ...], active: frozenset[tuple[int, int]], symbol: int
) -> tuple[frozenset[tuple[int, int]], bool, float]:
    """Partial matches after a symbol; whether a hard window is complete; the prices of the soft ones."""
    after: set[tuple[int, int]] = set()
    forbidden, price = False, 0.0
    for number, at in (*active, *((number, 0) for number in range(len(windows)))):
        window = windows[number]
        if symbol not in window.parts[at]:
            continue
        if at + 1 < len(window.parts):
            after.add((number, at + 1))
        elif window.price is None:
            forbidden = True
        else:
            price += window.price
    return frozenset(after), forbidden, price


@dataclass(frozen=True, eq=False)
class Machine:
    """A row's automaton, its start, and its counters (K) by day (D): see `_kernels.best_rows`.

    `fair` (K,) marks the counters of fairness, which a bound may leave out.
    """

    graph: Automaton
    start: int
    begin: NDArray[np.int32]
    kind: NDArray[np.int32]
    inc: NDArray[np.int32]
    place: NDArray[np.int32]
    last: NDArray[np.bool_]
    run: NDArray[np.float64]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    close: NDArray[np.int32]
    tables: NDArray[np.float64]
    pivot: NDArray[np.int32]
    fair: NDArray[np.bool_]

    def best(
        self, cells: NDArray[np.float64], *, use: NDArray[np.bool_] | None = None, width: int = HIGHEST,
        top: int = 1, labels: int = LABELS,
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], bool]:  # fmt: skip
        """Costs and rows of the cheapest rows for costs of cells (D, S + 1), inf where not allowed.

        Counters not in `use` are left out: the first cost then bounds all rows from below. The flag says
        whether the search was cut (by `width` labels of a kind, or by `labels` a day): no bound then.
        """
        used = np.ones(len(self.kind), np.bool_) if use is None else use
        return kernels.best_rows(
            cells, self.graph.follow, self.graph.price, self.graph.worked, self.start, self.begin, self.kind,
            used, self.inc, self.place, self.last, self.run, self.low, self.high, self.close, self.tables,
            self.pivot, width, labels, top,
        )  # fmt: skip

    def costs(self, row: NDArray[np.int64]) -> NDArray[np.float64]:
        """What a row (D,) costs by its windows (first) and each counter (K + 1,); inf: not allowed."""
        return kernels.row_costs(
            row, self.graph.follow, self.graph.price, self.graph.worked, self.start, self.begin, self.kind,
            self.inc, self.place, self.last, self.run, self.low, self.high, self.close, self.tables,
        )  # fmt: skip

    @property
    def needed(self) -> NDArray[np.bool_]:
        """Counters that no search may leave out: those with a least. Fairness is leant towards instead."""
        return (self.pivot > 0).any(1) & ~self.fair

    def missed(self, row: NDArray[np.int64], use: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Counters left out that a row does not keep (K,), but for fairness."""
        return (self.costs(row)[1:] > 0) & ~use & ~self.fair

    def least(self, cells: NDArray[np.float64]) -> tuple[float, NDArray[np.int64] | None]:
        """A lower bound of what a row costs, fairness left out, and the row found.

        Counters that only ever limit from above are left out as long as the row found keeps them
        (decremental state-space relaxation, Righini & Salani 2008).
        """
        use = self.needed | (self.kind != kernels.TOTAL)
        while True:
            costs, rows, cut = self.best(cells, use=use)
            if cut or not len(rows):
                return -math.inf if cut else math.inf, None
            missed = self.missed(rows[0], use)
            if not missed.any():
                return float(costs[0]), rows[0]
            use = use | missed


def machines(table: Table) -> list[Machine]:
    """One machine a member; members with the same windows share the automaton."""
    _, days, symbols = table.allowed.shape
    graphs: dict[tuple[Window, ...], Automaton] = {}
    for row in table.rows:
        if row.windows not in graphs:
            graphs[row.windows] = automaton(row.windows, symbols)
    return [machine(row, graphs[row.windows], days, symbols) for row in table.rows]


def machine(row: Row, graph: Automaton, days: int, symbols: int) -> Machine:
    """Put a row's rules beside its automaton."""
    chains = _chains(row.counts)
    build = _Build(days, symbols)
    for chain in chains:
        build.chain(chain)
    build.weekends(row.weekends)
    return build.done(graph, graph.after(row.before), row.weekends)


def _chains(counts: tuple[Count, ...]) -> list[list[Count]]:
    """Counts of one kind that follow each other share a counter."""
    chains: list[list[Count]] = []
    for count in counts:
        for chain in chains:
            if (chain[-1].rule, chain[-1].shift) == (count.rule, count.shift) and chain[
                -1
            ].end <= count.first:
                chain.append(count)
                break
        else:
            chains.append([count])
    return chains


class _Build:
    def __init__(self, days: int, symbols: int) -> None:
        self.days, self.symbols = days, symbols
        self.kind: list[int] = []
        self.begin: list[int] = []
        self.fair: list[bool] = []
        self.inc: list[NDArray[np.int32]] = []
        self.limits: list[NDArray[np.int32]] = []
        self.tables: list[list[float]] = []

    def counter(self, kind: int, *, begin: int = 0, fair: bool = False) -> NDArray[np.int32]:
        """Add a counter; its limits by day are rows low, high, close, pivot of what returns."""
        self.kind.append(kind)
        self.begin.append(begin)
        self.fair.append(fair)
        self.inc.append(np.zeros((self.days, self.symbols), np.int32))
        limits = np.zeros((4, self.days), np.int32)
        limits[1], limits[2] = HIGHEST, -1
        self.limits.append(limits)
        return limits

    def chain(self, counts: list[Count]) -> None:
        limits = self.counter(kernels.TOTAL, fair=counts[0].fair)
        for count in counts:
            step = math.gcd(*(int(one) for one in np.unique(count.weights))) or 1
            weights = (count.weights // step).astype(np.int32)
            self.inc[-1][count.first : count.end] = weights
            most = weights.max(1)
            values = [count.price(count.base + step * one) for one in range(int(most.sum()) + 1)]
            costs = [math.inf if one is None else float(one) for one in values]
            self._limit(limits, count, costs, most)

    def _limit(
        self, limits: NDArray[np.int32], count: Count, costs: list[float], most: NDArray[np.int32]
    ) -> None:
        able = [value for value, cost in enumerate(costs) if cost < math.inf]
        low, high = (able[0], able[-1]) if able else (len(costs), -1)
        left = np.append(most[::-1].cumsum()[::-1], 0)
        span = slice(count.first, count.end)
        limits[0, span], limits[1, span] = low - left[1:], high
        limits[2, count.end - 1] = len(self.tables)
        limits[3, span] = int(np.argmin(costs))
        # After its last day a counter begins anew: its value tells labels apart no longer.
        limits[3, count.end - 1] = 0
        self.tables.append(costs)

    def weekends(self, weekends: Weekends) -> None:
        if weekends.most:
            limits = self.counter(kernels.WEEKENDS, begin=int(weekends.begun))
            value, price = weekends.most.value, weekends.most.price
            if price is None:
                limits[1] = value
            limits[2, -1] = len(self.tables)
            top = len(weekends.days) + 2
            self.tables.append([float((price or 0) * max(0, one - value)) for one in range(top)])
        if weekends.off_in:
            self.counter(kernels.RUN, begin=min(weekends.running, weekends.off_in.value))

    def done(self, graph: Automaton, start: int, weekends: Weekends) -> Machine:
        place, last = np.zeros(self.days, np.int32), np.zeros(self.days, np.bool_)
        for number, days in enumerate(weekends.days):
            place[list(days)] = [
                2 if at or (number == 0 and weekends.begun) else 1 for at in range(len(days))
            ]
            last[days[-1]] = True
        run = np.asarray([HIGHEST, 0.0])
        if weekends.off_in:
            price = weekends.off_in.price
            run = np.asarray([weekends.off_in.value, math.inf if price is None else price], np.float64)
        width = max((len(one) for one in self.tables), default=1)
        tables = np.asarray([one + [one[-1]] * (width - len(one)) for one in self.tables]).reshape(-1, width)
        limits = np.asarray(self.limits, np.int32).reshape(len(self.kind), 4, self.days)
        return Machine(
            graph, start, np.asarray(self.begin, np.int32), np.asarray(self.kind, np.int32),
            np.asarray(self.inc, np.int32).reshape(len(self.kind), self.days, self.symbols), place, last, run,
            np.ascontiguousarray(limits[:, 0]), np.ascontiguousarray(limits[:, 1]),
            np.ascontiguousarray(limits[:, 2]), tables.astype(np.float64), np.ascontiguousarray(limits[:, 3]),
            np.asarray(self.fair, np.bool_),
        )  # fmt: skip
