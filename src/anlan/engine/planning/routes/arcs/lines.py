"""Lines that are to be shared out in rounds, and the rounds."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

METHOD = "ruin-recreate-arcs/1"


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines that units, all alike, go along once each, in rounds from the depot and back at least cost.

    `ways` (P, P): cost of the shortest way from place to place, inf where there is none. `start`, `end` (N,):
    the places where each line begins and ends, the same for a point. `forth`, `back` (N,): cost along it in
    either direction, inf where it must not be gone that way. `load` (N,): what it takes of a round's
    `capacity` (metres, minutes, things to check). `rounds`: the most there may be (None: any number);
    `longest`: the most that one may cost. Costs are in any one unit, seconds or metres.

    Raises:
        ValueError: names the parameter that is out of range.

    """

    ways: NDArray[np.floating]
    start: NDArray[np.integer]
    end: NDArray[np.integer]
    forth: NDArray[np.floating]
    back: NDArray[np.floating]
    load: NDArray[np.floating]
    capacity: float
    depot: int = 0
    rounds: int | None = None
    longest: float = inf

    def __post_init__(self) -> None:
        self._check_tables()
        places = len(self.ways)
        for name, rows in (("start", self.start), ("end", self.end), ("depot", np.array([self.depot]))):
            if np.min(rows, initial=0) < 0 or np.max(rows, initial=0) >= places:
                raise ValueError(f"{name}: rows of ways, from 0 to {places - 1}")
        for name, most in (("capacity", self.capacity), ("longest", self.longest)):
            if not most > 0:
                raise ValueError(f"{name}: above 0, not {most:g}")
        if self.rounds is not None and self.rounds < 1:
            raise ValueError(f"rounds: at least 1, not {self.rounds}")

    def _check_tables(self) -> None:
        places, count = len(self.ways), len(self.start)
        if not places or np.shape(self.ways) != (places, places):
            raise ValueError(f"ways: a square table of one place or more, not {np.shape(self.ways)}")
        for name in ("start", "end", "forth", "back", "load"):
            if np.shape(getattr(self, name)) != (count,):
                raise ValueError(f"{name}: shape {(count,)}, not {np.shape(getattr(self, name))}")
        for name in ("ways", "forth", "back", "load"):
            figures = np.asarray(getattr(self, name), np.float64)
            if np.isnan(figures).any() or np.min(figures, initial=0) < 0:
                raise ValueError(f"{name}: 0 or more")
        if not np.isfinite(np.asarray(self.load, np.float64)).all():
            raise ValueError("load: finite")

    @property
    def enter(self) -> NDArray[np.int64]:
        """Places where a line is entered, (N, 2): forth, back."""
        return np.column_stack((self.start, self.end)).astype(np.int64)

    @property
    def along(self) -> NDArray[np.float64]:
        """Cost along a line, (N, 2): forth, back."""
        return np.column_stack((self.forth, self.back)).astype(np.float64)

    @property
    def alone(self) -> NDArray[np.float64]:
        """What a round along nothing but the line costs, (N,)."""
        out = np.asarray(self.ways, np.float64)[self.depot, self.enter]
        home = np.asarray(self.ways, np.float64)[self.enter[:, ::-1], self.depot]
        return np.asarray((out + self.along + home).min(axis=1), np.float64)


@dataclass(frozen=True)
class Leg:
    """A line (its row) gone along "forth" or "back"."""

    line: int
    direction: str


@dataclass(frozen=True)
class Round:
    """From the depot along some lines, in order, and back."""

    legs: list[Leg]
    cost: float
    load: float


@dataclass(frozen=True)
class Left:
    """A line that is in no round, and why.

    `reason`: "way" (none there and back), "capacity" (a round must take `enough`), "longest" (a round must be
    allowed to cost `enough`), "rounds" (none beside the others; with `enough` rounds all have a place).
    """

    line: int
    reason: str
    enough: float = 0.0


@dataclass(frozen=True)
class LinePlan:
    """Rounds along the lines.

    `status`: "complete" or "short" (a line is left out). `bound`: rounds along all lines that any round can
    take cost no less. `gap`: (cost - bound) / cost; None where some of those are left out. `stopped`: whoever
    looked on stopped the search.
    """

    method: str
    status: str
    rounds: list[Round]
    left: list[Left]
    cost: float
    bound: float
    gap: float | None
    seed: int
    iterations: int
    stopped: bool
