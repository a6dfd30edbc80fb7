"""The parts a problem is put into numbers with: windows, counts, weekends, and who is counted where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.roster.rules import Limit


@dataclass(frozen=True)
class Window:
    """Sets of symbols that must not stand on days running; `price` None: never."""

    rule: str
    parts: tuple[frozenset[int], ...]
    price: int | None
    limit: int


@dataclass(frozen=True)
class Piece:
    """`price` for each `unit` begun beyond `threshold`."""

    threshold: int
    unit: int
    price: int


@dataclass(frozen=True, eq=False)
class Count:
    """base + sum of `weights` (days, symbols) of a row's cells from day `first` on; hard bounds, prices."""

    rule: str
    first: int
    weights: NDArray[np.int64]
    base: int = 0
    least: int | None = None
    most: int | None = None
    over: tuple[Piece, ...] = ()
    under: tuple[Piece, ...] = ()
    shift: str = ""
    fair: bool = False

    @property
    def end(self) -> int:
        """Day after the last."""
        return self.first + len(self.weights)

    def value(self, row: NDArray[np.int64]) -> int:
        """The count of a row (D,)."""
        part = row[self.first : self.end]
        return self.base + int(self.weights[np.arange(len(part)), part].sum())

    def price(self, value: int) -> int | None:
        """Cost of a value, None where it is not allowed."""
        if (self.most is not None and value > self.most) or (self.least is not None and value < self.least):
            return None
        above = sum(one.price * max(0, -(-(value - one.threshold) // one.unit)) for one in self.over)
        return above + sum(one.price * max(0, -(-(one.threshold - value) // one.unit)) for one in self.under)


@dataclass(frozen=True)
class Weekends:
    """The horizon's weekends by days; `running` worked just before; `begun`: the first one is worked."""

    days: tuple[tuple[int, ...], ...]
    running: int
    begun: bool
    most: Limit | None
    off_in: Limit | None


@dataclass(frozen=True, eq=False)
class Row:
    """One member's rules; `before` are symbols of the days before the first."""

    windows: tuple[Window, ...]
    counts: tuple[Count, ...]
    weekends: Weekends
    before: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Covers:
    """The needs, (N,): day, symbol, people, price of a missing one, of one too many; `counts` (N, M) whom."""

    day: NDArray[np.int64]
    symbol: NDArray[np.int64]
    people: NDArray[np.int64]
    under: NDArray[np.int64]
    over: NDArray[np.int64]
    hard: NDArray[np.bool_]
    counts: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Table:
    """Arrays by member, day and symbol (M, D, S + 1): what is allowed and the costs of cells, by kind.

    `teams` (M,) is the team's number, -1 without one.
    """

    allowed: NDArray[np.bool_]
    wish: NDArray[np.int64]
    deviation: NDArray[np.int64]
    change: NDArray[np.int64]
    covers: Covers
    rows: tuple[Row, ...]
    teams: NDArray[np.int64]
    together: int

    @property
    def cells(self) -> NDArray[np.int64]:
        """Cost of each cell, all kinds together."""
        return self.wish + self.deviation + self.change
