"""Good rows of single members, and a roster bettered row by row (best response, kicks)."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from anlan.engine.planning.roster.master import slope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.roster.machine import Machine
    from anlan.engine.planning.roster.parts import Table

Found = TypeVar("Found")
TINY = 1e-6
LABELS = 8000
WIDE = 50


class Finder:
    """Rows by label search, cut to a width; the counters a member must mind grow as rows break them."""

    def __init__(self, table: Table, machines: list[Machine], workers: int = 1) -> None:
        """`workers`: threads that search rows; the search lets the others run."""
        self.table, self.machines, self.workers = table, machines, workers
        self.own = np.where(table.allowed, table.cells.astype(np.float64), math.inf)
        self.use = [machine.needed for machine in machines]
        self.days = np.arange(table.allowed.shape[1])
        self.fair = [tuple(count for count in row.counts if count.fair) for row in table.rows]
        kinds = sorted({count.rule: count.weights for row in self.fair for count in row}.items())
        self.weights = [weights for _, weights in kinds]
        names = [name for name, _ in kinds]
        self.slopes = [
            tuple(next((slope(one) for one in row if one.rule == name), None) for name in names)
            for row in self.fair
        ]

    def each(self, search: Callable[[int], Found], members: Sequence[int]) -> list[Found]:
        """What `search` finds for each of the members, in their order."""
        if self.workers == 1 or len(members) < 2 * self.workers:
            return [search(who) for who in members]
        parts = [members[one :: self.workers] for one in range(self.workers)]
        found: list[Any] = [None] * len(members)
        with ThreadPoolExecutor(self.workers) as threads:
            done = threads.map(lambda part: [search(who) for who in part], parts)
            for one, part in enumerate(done):
                found[one :: self.workers] = part
        return found

    def good(self, who: int, cells: NDArray[np.float64], width: int, top: int = 1) -> list[NDArray[np.int64]]:
        """Good rows for costs of cells, the best first; none if the cut search finds none."""
        machine = self.machines[who]
        while True:
            _, rows, _ = machine.best(cells, use=self.use[who], width=width, top=top, labels=LABELS)
            missed = machine.missed(rows[0], self.use[who]) if len(rows) else np.zeros(0, np.bool_)
            if not missed.any():
                return list(rows)
            self.use[who] = self.use[who] | missed

    def any(self, who: int, cells: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """A row that keeps the hard rules, by ever wider search; None where there is none."""
        for width in (4, WIDE):
            rows = self.good(who, cells, width)
            if rows:
                return rows[0]
        _, found, _ = self.machines[who].best(cells, use=~self.machines[who].fair)
        return found[0] if len(found) else None

    def leaning(self, who: int, row: NDArray[np.int64]) -> Any:
        """What cells cost by fairness, as if it were linear about the row (D, S + 1)."""
        lean: Any = 0.0
        for count in self.fair[who]:
            unit, value = count.over[0].unit, count.value(row)
            above, below = count.price(value + unit), count.price(value - unit)
            slope = ((above or 0) - (below or 0)) / (2 * unit)
            if slope:
                lean = lean + slope * count.weights
        return lean

    def plain(self, who: int, row: NDArray[np.int64]) -> float:
        """Cost of a row by itself without fairness."""
        machine = self.machines[who]
        costs = machine.costs(row)
        rules = float(costs[0] + costs[1:][~machine.fair].sum())
        return float(self.own[who, self.days, row].sum()) + rules

    def cost(self, who: int, row: NDArray[np.int64]) -> float:
        """Cost of a row by itself: its cells and rules; inf where it is not allowed."""
        return float(self.own[who, self.days, row].sum() + self.machines[who].costs(row).sum())


class State:
    """A roster (M, D), the people of each need (N,), and what both cost."""

    def __init__(self, finder: Finder, roster: NDArray[np.int64]) -> None:
        self.finder, self.table = finder, finder.table
        self.roster = roster.copy()
        covers = self.table.covers
        self.there = (covers.counts & (covers.symbol[:, None] == roster[:, covers.day].T)).sum(1)

    def cells(self, who: int) -> NDArray[np.float64]:
        """What each cell of a member costs while the others stand still (D, S + 1), beside its own row."""
        covers, row = self.table.covers, self.roster[who]
        counted = covers.counts[:, who]
        others = self.there - (counted & (row[covers.day] == covers.symbol))
        change = np.where(others < covers.people, -covers.under, covers.over)[counted]
        cells: NDArray[np.float64] = self.finder.own[who].copy()
        np.add.at(cells, (covers.day[counted], covers.symbol[counted]), change)
        if self.table.together and self.table.teams[who] >= 0:
            cells += self._beside(who)
        return cells

    def _beside(self, who: int) -> NDArray[np.float64]:
        """What being in another shift than most of the team costs (D, S + 1)."""
        mates = np.flatnonzero(self.table.teams == self.table.teams[who])
        mates = mates[mates != who]
        symbols = self.table.allowed.shape[2]
        each = np.stack([(self.roster[mates] == one).sum(0) for one in range(1, symbols)], 1)
        before = each.max(1, keepdims=True)
        cost = np.zeros((len(each), symbols))
        cost[:, 1:] = self.table.together * (1 + before - np.maximum(before, each + 1))
        return cost

    def take(self, who: int, row: NDArray[np.int64]) -> None:
        """Put a row in."""
        covers, old = self.table.covers, self.roster[who]
        counted = covers.counts[:, who]
        self.there += counted & (row[covers.day] == covers.symbol)
        self.there -= counted & (old[covers.day] == covers.symbol)
        self.roster[who] = row

    def total(self) -> float:
        """Cost of the roster."""
        covers = self.table.covers
        lack, more = np.maximum(0, covers.people - self.there), np.maximum(0, self.there - covers.people)
        rows = sum(self.finder.cost(who, row) for who, row in enumerate(self.roster))
        return rows + float(lack @ covers.under + more @ covers.over) + self.apart() * self.table.together

    def apart(self) -> int:
        """Duties in another shift than most of the team."""
        if not self.table.together:
            return 0
        found = 0
        for team in range(int(self.table.teams.max()) + 1):
            mine = self.roster[self.table.teams == team]
            each = np.stack([(mine == one).sum(0) for one in range(1, self.table.allowed.shape[2])], 1)
            found += int((each.sum(1) - each.max(1)).sum())
        return found

    def answer(self, who: int, width: int, random: np.random.Generator, noise: float = 0.0) -> float:
        """Give a member the best row against the others (with noise: a fair one); the change of the total."""
        cells, old, days = self.cells(who), self.roster[who], self.finder.days
        blurred = cells + random.uniform(0.0, max(noise, 0.4 / len(cells)), cells.shape)
        blurred += self.finder.leaning(who, old)
        machine = self.finder.machines[who]
        rows = self.finder.good(who, blurred, width, 3 if self.finder.fair[who] else 1)
        costs = [float(cells[days, row].sum() + machine.costs(row).sum()) for row in (*rows, old)]
        best = int(np.argmin(costs[:-1])) if rows else -1
        change = costs[best] - costs[-1]
        if not rows or (rows[best] == old).all() or not (noise or change <= TINY):
            return 0.0
        self.take(who, rows[best].copy())
        return change


def descend(
    state: State, members: Iterable[int], width: int, random: np.random.Generator, stop: Callable[[], bool]
) -> float:
    """Best responses of the members in turn until none gains; the change of the total."""
    order = np.asarray(list(members))
    change, better = 0.0, True
    while better and not stop():
        better = False
        for who in random.permutation(order):
            gain = state.answer(int(who), width, random)
            change += gain
            better |= gain < -TINY
            if stop():
                break
    return change


def kick(
    state: State, width: int, random: np.random.Generator, stop: Callable[[], bool], size: int, noise: float
) -> float:
    """Give a few members other rows, let some answer; taken back where the total is the worse for it."""
    members = len(state.roster)
    few = random.choice(members, min(members, size), replace=False)
    kept, there = state.roster.copy(), state.there.copy()
    moved = few[: int(random.integers(1, 4))]
    change = sum(state.answer(int(who), width, random, noise) for who in moved)
    change += descend(state, few, width, random, stop)
    if change > TINY:
        state.roster, state.there = kept, there
        return 0.0
    return change
