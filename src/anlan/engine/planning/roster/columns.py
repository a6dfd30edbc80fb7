"""Column generation: rows of members as columns, the needs as rows; a sound bound and good rows to combine.

Dantzig & Wolfe (1960); for rosters Jaumard, Semet & Vovor (1998), Burke & Curtois (2014). For any prices of
cover within what missing and surplus people cost, the sum of what each member's best row costs at these
prices and of the prices themselves bounds every roster from below (Lagrange); no more is claimed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.roster.master import TINY, Duals, Master, Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.roster.finder import Finder

CAP = 400
MANY, CROWD = 60, 200


class Generation:
    """Columns and bounds of one table."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.table = finder, finder.table
        self.pool = Pool()
        self.bound = -math.inf
        self.near: Duals | None = None
        self.caps = np.minimum(self.table.covers.under, CAP).astype(np.float64)
        self.kinds, self.kind = np.unique(self.table.covers.counts.T, axis=0, return_inverse=True)

    def earned(self, duals: Duals) -> Callable[[int], NDArray[np.float64]]:
        """What a member's cells earn at these prices (D, S + 1), of cover and of burdens."""
        covers, cover = self.table.covers, []
        for counted in self.kinds:
            by_kind = np.zeros(self.finder.own.shape[1:])
            np.add.at(by_kind, (covers.day[counted], covers.symbol[counted]), duals.need[counted])
            cover.append(by_kind)

        def of(who: int) -> NDArray[np.float64]:
            mine: NDArray[np.float64] = cover[self.kind[who]]
            for kind in np.flatnonzero(duals.fair[who]):
                mine = mine + duals.fair[who, kind] * self.finder.weights[kind]
            return mine

        return of

    def clipped(self, duals: Duals) -> tuple[Duals, float]:
        """Prices within what missing, surplus and unfairness cost; what they are worth without the rows."""
        covers = self.table.covers
        need = np.clip(duals.need, -covers.over.astype(np.float64), covers.under.astype(np.float64))
        worth, fair = float(need @ covers.people), duals.fair.copy()
        for who, slopes in enumerate(self.finder.slopes):
            for kind, one in enumerate(slopes):
                if one is not None:
                    price = float(np.clip(fair[who, kind], -one.steepest, one.steepest))
                    fair[who, kind] = price
                    worth += price * one.centre + one.spare(price)
        return Duals(need, fair, duals.member, duals.value), worth

    def lagrange(self, duals: Duals, stop: Callable[[], bool]) -> list[NDArray[np.int64] | None]:
        """Each member's best row at these prices; the bound becomes better by it, unless stopped."""
        prices, worth = self.clipped(duals)
        earned = self.earned(prices)

        def least(who: int) -> tuple[float, NDArray[np.int64] | None]:
            if stop():
                return -math.inf, None
            return self.finder.machines[who].least(self.finder.own[who] - earned(who))

        found = self.finder.each(least, range(len(self.finder.machines)))
        self.bound = max(self.bound, worth + sum(one for one, _ in found))
        return [row for _, row in found]

    def keep(self, who: int, row: NDArray[np.int64]) -> int:
        """Take a row into the pool."""
        return self.pool.add(who, row, self.finder.plain(who, row))

    def price(
        self, master: Master, duals: Duals, near: Duals, width: int, open_: Sequence[int], top: int = 3
    ) -> int:
        """Add rows of the open members that improve the master, sought at prices `near`; how many."""
        sought, true = self.earned(near), self.earned(duals)
        days, found = self.finder.days, 0

        def good(who: int) -> list[NDArray[np.int64]]:
            return self.finder.good(who, self.finder.own[who] - sought(who), width, top)

        for who, rows in zip(open_, self.finder.each(good, open_), strict=True):
            earned = true(who)
            for row in rows:
                cost = self.finder.plain(who, row)
                if cost - earned[days, row].sum() < duals.member[who] - TINY:
                    found += master.add(self.pool, self.pool.add(who, row, cost))
        return found

    def master(self, roster: NDArray[np.int64], free: Sequence[int], most: int = 40) -> Master:
        """A master of the free members, the others as in the roster; it begins with the pool's likeliest."""
        covers = self.table.covers
        there = covers.counts & (covers.symbol[:, None] == roster[:, covers.day].T)
        there[:, list(free)] = False
        master = Master(self.finder, covers.people - there.sum(1), free, self.caps)
        earned = None if self.near is None else self.earned(self.near)
        groups: dict[int, list[int]] = {who: [] for who in free}
        for number, who in enumerate(self.pool.who):
            if who in groups:
                groups[who].append(number)
        for who, group in groups.items():
            master.add(self.pool, self.keep(who, roster[who]))
            costs = np.asarray([self.pool.costs[number] for number in group])
            if earned is not None and group:
                rows = np.stack([self.pool.rows[number] for number in group])
                costs -= earned(who)[self.finder.days, rows].sum(1)
            for place in np.argsort(costs, kind="stable")[:most]:
                master.add(self.pool, group[int(place)])
        return master


def generate(
    gen: Generation, roster: NDArray[np.int64], stop: Callable[[], bool],
    told: Callable[[float, float], None], widths: tuple[int, ...] = (3, 8),
) -> Master:  # fmt: skip
    """Solve the whole relaxation as far as time allows: prices smoothed (Wentges 1997), at last exact.

    `told` hears the master's value and the bound after each exact round.
    """
    members = range(len(roster))
    master = gen.master(roster, members)
    near: Duals | None = None
    at, few = 0, max(1, len(roster) // 10)
    while not stop():
        duals = master.solve()
        near = duals if near is None else near.towards(duals, 0.2)
        gen.near = near
        found = gen.price(master, duals, near, widths[at], members)
        if found > few:
            continue
        if at + 1 < len(widths):
            at += 1
            continue
        if not _exact(gen, master, duals, near, stop):
            break
        told(duals.value, gen.bound)
    return master


def _exact(gen: Generation, master: Master, duals: Duals, near: Duals, stop: Callable[[], bool]) -> bool:
    """Exact rows at smoothed prices, and at true ones where these bring nothing; whether to go on."""
    for prices in (near, duals):
        rows = gen.lagrange(prices, stop)
        fresh = sum(
            master.add(gen.pool, gen.keep(who, row)) for who, row in enumerate(rows) if row is not None
        )
        if gen.bound > -math.inf and math.ceil(gen.bound - TINY) >= math.ceil(duals.value - TINY):
            return False
        if fresh:
            return True
    return False


def dive(
    gen: Generation, roster: NDArray[np.int64], free: Sequence[int], random: np.random.Generator,
    stop: Callable[[], bool], master: Master | None = None,
) -> NDArray[np.int64]:  # fmt: skip
    """Choose rows of the free members by the relaxation, fixing what it is sure of, with new columns between.

    Where time runs out, those not yet fixed take the row of the greatest share. `master`: one of these
    members to go on with.
    """
    master = master or gen.master(roster, free)
    found, open_ = roster.copy(), list(free)
    rounds = 8 if len(free) <= MANY else 3 if len(free) <= CROWD else 1
    while open_ and not stop():
        for _ in range(rounds):
            duals = master.solve()
            if stop() or not gen.price(master, duals, duals, 4, open_, 2):
                break
        master.solve()
        for place in _sure(gen, master, set(open_), random):
            number = master.columns[place]
            master.fix(place)
            found[gen.pool.who[number]] = gen.pool.rows[number]
            open_.remove(gen.pool.who[number])
    shares = master.shares()
    greatest = dict.fromkeys(open_, 0.0)
    for number, share in zip(master.columns, shares, strict=False):
        who = gen.pool.who[number]
        if share > greatest.get(who, 1.0):
            greatest[who], found[who] = float(share), gen.pool.rows[number]
    return found


def _sure(gen: Generation, master: Master, open_: set[int], random: np.random.Generator) -> list[int]:
    """Places of the columns to fix now: all that are nearly whole, and some of the most whole ones."""
    shares = master.shares()
    mine = np.asarray([gen.pool.who[number] in open_ for number in master.columns], np.bool_)
    blurred = np.where(mine, shares + random.uniform(0, 0.05, len(shares)), -1.0)
    order = np.argsort(-blurred)
    most = max(1, len(open_) // 12)
    sure = [int(place) for place in order[:most] if shares[place] > 0.5]
    whole = [int(place) for place in np.flatnonzero(mine & (shares > 0.95))]
    return sorted({*whole, *sure}) or [int(order[0])]
