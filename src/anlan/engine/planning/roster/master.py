"""The restricted master problem of column generation, in HiGHS."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.roster.finder import Finder
    from anlan.engine.planning.roster.parts import Count

TINY = 1e-6
KINDS = 4


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices of a master: per need (N,), per member and burden (M, 4), per member (M,); its value."""

    need: NDArray[np.float64]
    fair: NDArray[np.float64]
    member: NDArray[np.float64]
    value: float

    def towards(self, other: Duals, share: float) -> Duals:
        """Prices that go a share of the way to others."""
        need, fair = (
            (1 - share) * mine + share * theirs
            for mine, theirs in ((self.need, other.need), (self.fair, other.fair))
        )
        return Duals(need, fair, other.member, other.value)


@dataclass(eq=False)
class Pool:
    """Rows found so far: of whom, the row, its cost without fairness."""

    who: list[int] = field(default_factory=list)
    rows: list[NDArray[np.int64]] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    seen: dict[tuple[int, bytes], int] = field(default_factory=dict)

    def add(self, who: int, row: NDArray[np.int64], cost: float) -> int:
        """The row's number."""
        key = (who, row.astype(np.int8).tobytes())
        number = self.seen.setdefault(key, len(self.who))
        if number == len(self.who):
            self.who.append(who)
            self.rows.append(row)
            self.costs.append(cost)
        return number


@dataclass(frozen=True)
class Slope:
    """What a burden costs beside its centre: `steps` of (length, price of a unit), ever dearer."""

    centre: int
    steps: tuple[tuple[float, float], ...]

    @property
    def steepest(self) -> float:
        """Price of a unit far out."""
        return self.steps[-1][1]

    def spare(self, dual: float) -> float:
        """What the steps of finite length save at a dual price: part of the bound."""
        return sum(
            length * min(0.0, price + sign * dual)
            for length, price in self.steps if length < math.inf for sign in (1, -1)
        )  # fmt: skip


def slope(count: Count) -> Slope:
    """The convex price of a fair count, never above it."""
    centre = (count.over[0].threshold + count.under[0].threshold) // 2
    steps, at, price = [], centre, 0.0
    for piece in count.over:
        if piece.threshold > at:
            steps.append((float(piece.threshold - at), price))
        at, price = piece.threshold, price + piece.price / piece.unit
    return Slope(centre, (*steps, (math.inf, price)))


class Master:
    """Choose one row for each of the `free` members; rows: needs, members, members' burdens."""

    def __init__(
        self, finder: Finder, people: NDArray[np.int64], free: Sequence[int], caps: NDArray[np.float64]
    ) -> None:
        """`people` (N,) still needed; `caps` (N,): what a missing one costs for the time being (shared)."""
        self.finder, self.covers = finder, finder.table.covers
        self.free = {who: place for place, who in enumerate(free)}
        self.caps, self.needs = caps, len(people)
        self.columns: list[int] = []
        self.known: set[int] = set()
        self.solver = highspy.Highs()
        # The basis stays primal feasible when columns come: primal simplex.
        for option, value in (("output_flag", False), ("threads", 1), ("simplex_strategy", 4)):
            self.solver.setOptionValue(option, value)
        nothing = (0, np.zeros(0, np.int32), np.zeros(0))
        for wanted in (*people, *(1 for _ in free)):
            self.solver.addRow(float(wanted), float(wanted), *nothing)
        self.slack = 0
        for need in range(self.needs):
            self._slack(need, float(caps[need]), 1.0)
            self._slack(need, float(self.covers.over[need]), -1.0)
        self.burdens: dict[int, list[tuple[int, int]]] = {who: [] for who in free}
        row = self.needs + len(free)
        for who in free:
            for kind, one in enumerate(finder.slopes[who]):
                if one is not None:
                    self.burdens[who].append((kind, row))
                    self.solver.addRow(float(one.centre), float(one.centre), *nothing)
                    for length, price in one.steps:
                        self._slack(row, price, -1.0, length)
                        self._slack(row, price, 1.0, length)
                    row += 1

    def _slack(self, row: int, cost: float, sign: float, most: float = math.inf) -> None:
        at = np.asarray([row], np.int32)
        self.solver.addCol(
            cost, 0.0, highspy.kHighsInf if most == math.inf else most, 1, at, np.asarray([sign])
        )
        self.slack += 1

    def add(self, pool: Pool, number: int) -> bool:
        """Add a row of the pool as a column; whether it is new."""
        if number in self.known:
            return False
        covers, who, row = self.covers, pool.who[number], pool.rows[number]
        mine = np.flatnonzero(covers.counts[:, who] & (row[covers.day] == covers.symbol))
        burdens = self.burdens[who]
        at = [*mine, self.needs + self.free[who], *(place for _, place in burdens)]
        taken = [float(self.finder.weights[kind][self.finder.days, row].sum()) for kind, _ in burdens]
        values = np.concatenate((np.ones(len(mine) + 1), taken))
        self.solver.addCol(
            pool.costs[number], 0.0, highspy.kHighsInf, len(at), np.asarray(at, np.int32), values
        )
        self.columns.append(number)
        self.known.add(number)
        return True

    def solve(self) -> Duals:
        """Solve the linear relaxation; where people are missing at a price below the true one, it is raised.

        Low prices at first keep the duals from swinging; a bound from them is as sound.
        """
        self.solver.run()
        while self._raised():
            self.solver.run()
        duals = np.asarray(self.solver.getSolution().row_dual)
        members = len(self.finder.machines)
        member, fair = np.zeros(members), np.zeros((members, KINDS))
        for who, place in self.free.items():
            member[who] = duals[self.needs + place]
            for kind, row in self.burdens[who]:
                fair[who, kind] = duals[row]
        value = float(self.solver.getInfo().objective_function_value)
        return Duals(duals[: self.needs], fair, member, value)

    def _raised(self) -> bool:
        lack = np.asarray(self.solver.getSolution().col_value)[: 2 * self.needs : 2]
        cheap = np.flatnonzero((lack > TINY) & (self.caps < self.covers.under))
        self.caps[cheap] = np.minimum(self.covers.under[cheap], 4 * self.caps[cheap])
        for need in cheap:
            self.solver.changeColCost(int(2 * need), float(self.caps[need]))
        return bool(len(cheap))

    def shares(self) -> NDArray[np.float64]:
        """How much of each column the relaxation takes."""
        return np.asarray(self.solver.getSolution().col_value)[self.slack :]

    def fix(self, place: int) -> None:
        """Take the column in this place for good."""
        self.solver.changeColBounds(self.slack + place, 1.0, 1.0)
