"""The roster as a CP-SAT model: all members, or some while the others stand still.

One literal a member, day and shift. Windows and counts are linear over these; so are needs with the people
missing and too many. Hard rules go through a `Keeper`, which conflict analysis replaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.planning.roster.parts import Count, Piece, Row, Table, Window
from anlan.engine.planning.roster.sat import sat

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from ortools.sat.python import cp_model

Expr = Any


@dataclass(frozen=True)
class Item:
    """What a hard constraint stands for: rule, member or need (its number), day, and its figure."""

    rule: str
    member: int = -1
    day: int = -1
    symbol: int = 0
    need: int = -1
    limit: int = 0


class Keeper:
    """Hard constraints as they are."""

    def __init__(self, model: cp_model.CpModel) -> None:
        self.model = model

    def at_most(self, expr: Expr, bound: int, item: Item) -> None:  # noqa: ARG002  others need it
        """Keep `expr` at or below `bound`."""
        self.model.add(expr <= bound)

    def cell(self, may: bool, item: Item) -> cp_model.IntVar | None:  # noqa: ARG002  others need it
        """The literal of a cell, None where it is not allowed."""
        return self.model.new_bool_var("") if may else None


class Model:
    """Model of the members in `free`; the others' rows (and days not in `days`) are those of `roster`."""

    def __init__(
        self, table: Table, *, free: Sequence[int] | None = None, roster: NDArray[np.int64] | None = None,
        days: range | None = None, keeper: Callable[[cp_model.CpModel], Keeper] = Keeper,
        needs: Sequence[int] | None = None,
    ) -> None:  # fmt: skip
        """`needs`: the numbers of those that count (None: all)."""
        self.table, self.roster, self.needs = table, roster, needs
        members, self.days, self.symbols = table.allowed.shape
        self.free = list(range(members)) if free is None else list(free)
        self.open = days or range(self.days)
        self.model = sat().CpModel()
        self.keeper = keeper(self.model)
        self.cost: list[tuple[Expr, int]] = []
        self.x = {who: [self._day(who, day) for day in range(self.days)] for who in self.free}
        self.work = {who: [_sum(list(one.values())) for one in days_] for who, days_ in self.x.items()}
        for who in self.free:
            self._cells(who)
            self._row(who, table.rows[who])
        self.missing: dict[int, Expr] = {}
        self._needs()
        self._together()
        total = [expr * price for expr, price in self.cost]
        self.model.minimize(_sum(total))

    def _day(self, who: int, day: int) -> dict[int, Expr]:
        """Literals by symbol, or the constant of a day that stands still."""
        if day not in self.open and self.roster is not None:
            symbol = int(self.roster[who, day])
            return {symbol: 1} if symbol else {}
        found: dict[int, Expr] = {}
        for symbol in range(1, self.symbols):
            may = bool(self.table.allowed[who, day, symbol])
            literal = self.keeper.cell(may, Item("cell", who, day, symbol))
            if literal is not None:
                found[symbol] = literal
        if found:
            self.model.add_at_most_one(found.values())
        if not self.table.allowed[who, day, 0]:
            self.keeper.at_most(-_sum(list(found.values())), -1, Item("cell", who, day, 0))
        return found

    def of(self, who: int, day: int, symbols: frozenset[int]) -> Expr:
        """1 where the cell is among the symbols, as an expression."""
        if day < 0:
            return int(self.table.rows[who].before[day] in symbols)
        here = self.x[who][day]
        duties = symbols - {0}
        if 0 not in symbols:
            whole = len(duties) == self.symbols - 1
            return self.work[who][day] if whole else _sum([here[one] for one in duties if one in here])
        left = frozenset(range(1, self.symbols)) - duties
        return 1 - _sum([here[one] for one in left if one in here])

    def _cells(self, who: int) -> None:
        cells = self.table.cells[who]
        for day, here in enumerate(self.x[who]):
            idle = int(cells[day, 0])
            self.cost.append((1, idle))
            for symbol, literal in here.items():
                price = int(cells[day, symbol]) - idle
                if price:
                    self.cost.append((literal, price))

    def _row(self, who: int, row: Row) -> None:
        for window in row.windows:
            for end in range(self.days):
                self._window(who, row, window, end)
        for count in row.counts:
            self._count(who, count)
        self._weekends(who, row)

    def _window(self, who: int, row: Row, window: Window, end: int) -> None:
        first = end - len(window.parts) + 1
        if first < -len(row.before):
            return
        each = [self.of(who, first + at, part) for at, part in enumerate(window.parts)]
        if any(isinstance(one, int) and one == 0 for one in each):
            return
        expr = _sum(each)
        if window.price is None:
            self.keeper.at_most(expr, len(each) - 1, Item(window.rule, who, end, limit=window.limit))
        else:
            self.cost.append((self._beyond(expr, len(each) - 1, 1, 1), window.price))

    def _beyond(self, expr: Expr, threshold: int, unit: int, most: int) -> Expr:
        """How many units `expr` is above a threshold."""
        beyond = self.model.new_int_var(0, most, "")
        self.model.add(unit * beyond >= expr - threshold)
        return beyond

    def _count(self, who: int, count: Count) -> None:
        terms = [
            int(count.weights[day - count.first, symbol]) * literal
            for day in range(count.first, count.end)
            for symbol, literal in self.x[who][day].items()
            if count.weights[day - count.first, symbol]
        ]
        expr = _sum(terms) + count.base
        last = count.end - 1
        if count.most is not None:
            self.keeper.at_most(expr, count.most, Item(count.rule, who, last, limit=count.most))
        if count.least is not None:
            self.keeper.at_most(
                -expr, -count.least, Item(f"{count.rule}_least", who, last, limit=count.least)
            )
        top = count.base + int(count.weights.max(1).sum())
        for piece in count.over:
            self._piece(expr, piece, top)
        for piece in count.under:
            self._piece(-expr, PieceBelow(-piece.threshold, piece.unit, piece.price), -count.base)

    def _piece(self, expr: Expr, piece: Piece | PieceBelow, top: int) -> None:
        most = -(-(top - piece.threshold) // piece.unit)
        if most > 0 and piece.price:
            self.cost.append((self._beyond(expr, piece.threshold, piece.unit, most), piece.price))

    def _weekends(self, who: int, row: Row) -> None:
        rule = row.weekends
        if not (rule.most or rule.off_in) or not rule.days:
            return
        worked: list[Expr] = []
        for number, days in enumerate(rule.days):
            here = self.model.new_bool_var("")
            for day in days:
                self.model.add(here >= self.work[who][day])
            if number == 0 and rule.begun:
                self.model.add(here == 1)
            worked.append(here)
        if rule.most:
            self._limited(worked, rule.most.value, rule.most.price, Item("weekends_most", who, -1,
                          limit=rule.most.value))  # fmt: skip
        if rule.off_in:
            every: list[Expr] = [*([1] * min(rule.running, rule.off_in.value)), *worked]
            back = len(every) - len(worked)
            for end in range(back, len(every)):
                span = every[max(0, end - rule.off_in.value + 1) : end + 1]
                if len(span) == rule.off_in.value:
                    day = rule.days[end - back][-1]
                    self._limited(span, len(span) - 1, rule.off_in.price, Item("weekend_off_in", who, day,
                                  limit=rule.off_in.value))  # fmt: skip

    def _limited(self, those: list[Expr], most: int, price: int | None, item: Item) -> None:
        if price is None:
            self.keeper.at_most(_sum(those), most, item)
        elif price and len(those) > most:
            self.cost.append((self._beyond(_sum(those), most, 1, len(those) - most), price))

    def _needs(self) -> None:
        covers = self.table.covers
        still = standing(self.table, self.roster, self.free)
        for need in range(len(covers.people)) if self.needs is None else self.needs:
            people = covers.people[need]
            day, symbol = int(covers.day[need]), int(covers.symbol[need])
            mine = [self.x[who][day][symbol] for who in self.free
                    if covers.counts[need, who] and symbol in self.x[who][day]]  # fmt: skip
            there = _sum(mine) + int(still[need])
            wanted = int(people)
            if covers.hard[need]:
                item = Item("need", -1, day, symbol, need, wanted)
                self.keeper.at_most(-there, -wanted, item)
            elif covers.under[need] and wanted:
                self.missing[need] = self._beyond(-there, -wanted, 1, wanted)
                self.cost.append((self.missing[need], int(covers.under[need])))
            if covers.over[need]:
                most = len(mine) + int(still[need])
                self.cost.append((self._beyond(there, wanted, 1, most), int(covers.over[need])))

    def _together(self) -> None:
        """Price members on duty in another shift than most of their team that day."""
        if not self.table.together:
            return
        teams = self.table.teams
        for team in sorted({int(teams[who]) for who in self.free} - {-1}):
            mates = [int(one) for one in np.flatnonzero(teams == team)]
            for day in self.open:
                self._led(mates, day)

    def _led(self, mates: list[int], day: int) -> None:
        counts, most = [], self.model.new_int_var(0, len(mates), "")
        leads = [self.model.new_bool_var("") for _ in range(1, self.symbols)]
        self.model.add_exactly_one(leads)
        for symbol, lead in enumerate(leads, 1):
            counts.append(_sum([self._at(who, day, symbol) for who in mates]))
            self.model.add(most <= counts[-1] + len(mates) * (1 - lead))
        self.cost.append((_sum(counts) - most, self.table.together))

    def _at(self, who: int, day: int, symbol: int) -> Expr:
        if who in self.x:
            return self.x[who][day].get(symbol, 0)
        return int(self.roster is not None and self.roster[who, day] == symbol)

    def hint(self, roster: NDArray[np.int64]) -> None:
        """Tell the solver a roster to begin with."""
        for who in self.free:
            for day, here in enumerate(self.x[who]):
                for symbol, literal in here.items():
                    if not isinstance(literal, int):
                        self.model.add_hint(literal, int(roster[who, day] == symbol))

    def read(self, solver: cp_model.CpSolver) -> NDArray[np.int64]:
        """The roster of a solution, (M, D)."""
        members = len(self.table.allowed)
        found = np.zeros((members, self.days), np.int64) if self.roster is None else self.roster.copy()
        for who in self.free:
            for day, here in enumerate(self.x[who]):
                found[who, day] = sum(one for one, literal in here.items() if solver.value(literal))
        return found


@dataclass(frozen=True)
class PieceBelow:
    """A piece of the negated count."""

    threshold: int
    unit: int
    price: int


def _sum(terms: Sequence[Expr]) -> Expr:
    fixed = sum(one for one in terms if isinstance(one, int))
    rest = [one for one in terms if not isinstance(one, int)]
    return sat().LinearExpr.sum(rest) + fixed if rest else fixed


def standing(table: Table, roster: NDArray[np.int64] | None, free: Sequence[int]) -> NDArray[np.int64]:
    """People of each need (N,) among those who stand still."""
    covers = table.covers
    if roster is None:
        return np.zeros(len(covers.people), np.int64)
    there = covers.counts & (covers.symbol[:, None] == roster[:, covers.day].T)
    there[:, list(free)] = False
    people: NDArray[np.int64] = there.sum(1)
    return people
