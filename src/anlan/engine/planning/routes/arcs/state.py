"""From lines to the kernel's arrays, and rounds back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.planning.routes.arcs import kernel
from anlan.engine.planning.routes.arcs.bound import fewest_rounds
from anlan.engine.planning.routes.arcs.lines import Leg, Round

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.routes.arcs.lines import Lines

LEFT = 1000.0  # a line left out costs so many mean lines, or twice the dearest round with one line
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Work:
    """What the kernel is told and does not change, in its order."""

    way: NDArray[np.float64]
    enter: NDArray[np.int64]
    leave: NDArray[np.int64]
    cost: NDArray[np.float64]
    demand: NDArray[np.float64]
    near: NDArray[np.int32]
    far: NDArray[np.float64]
    alone: NDArray[np.float64]
    missing: NDArray[np.float64]
    depot: int
    limits: NDArray[np.float64]

    @property
    def mean_line(self) -> float:
        """What going along a line costs on average; a round with one of them where that is nothing."""
        cost = float(self.cost.min(axis=1).mean())
        return cost or float(self.alone.mean()) or 1.0


@dataclass(frozen=True, eq=False)
class State:
    """What the kernel works on, in its order."""

    routes: NDArray[np.int64]
    fore: NDArray[np.float64]
    back: NDArray[np.float64]
    sums: NDArray[np.float64]
    route_of: NDArray[np.int64]
    best_routes: NDArray[np.int64]
    best_sums: NDArray[np.float64]
    stamp: NDArray[np.int64]
    seen: NDArray[np.int64]
    price: NDArray[np.float64]
    place: NDArray[np.int64]

    def best(self) -> list[list[int]]:
        """Lines in order per round, empty rounds left away."""
        lengths = self.best_sums[:, kernel.LENGTH].astype(int)
        return [
            [int(row) for row in route[:length]]
            for route, length in zip(self.best_routes, lengths, strict=True)
            if length
        ]


def anneal() -> Callable[..., float]:
    """The kernel's search; Numba's type of it is known to no checker."""
    compiled: Any = kernel.anneal
    return compiled  # type: ignore[no-any-return]


def tables(part: Work | State) -> tuple[Any, ...]:
    """All fields in order."""
    return tuple(vars(part).values())


def pack(lines: Lines, chance: np.random.Generator) -> Work:
    """The lines as the kernel's arrays; which of two lines equally near comes first is drawn."""
    enter, along = lines.enter, lines.along
    ways = np.asarray(lines.ways, np.float64)
    alone = lines.alone
    mean = float(along.min(axis=1).mean()) if len(along) else 0.0
    count = len(enter)
    most = count if lines.rounds is None else lines.rounds
    return Work(
        way=ways,
        enter=enter,
        leave=np.ascontiguousarray(enter[:, ::-1]),
        cost=along,
        demand=np.asarray(lines.load, np.float64),
        near=_near(ways, enter, chance),
        far=ways[lines.depot, enter].min(axis=1),
        alone=alone,
        missing=np.full(count, max(LEFT * mean, 2 * float(alone.max(initial=1.0)))),
        depot=lines.depot,
        limits=np.array([lines.capacity * (1 + TINY), lines.longest * (1 + TINY), most], np.float64),
    )


def _near(
    ways: NDArray[np.float64], enter: NDArray[np.int64], chance: np.random.Generator
) -> NDArray[np.int32]:
    """For each line all lines, the nearest first, itself at the head."""
    least = np.full((len(enter), len(enter)), np.inf)
    for one in range(2):
        for other in range(2):
            least = np.minimum(least, ways[np.ix_(enter[:, one], enter[:, other])])
    least = np.minimum(least, least.T)
    np.fill_diagonal(least, -1.0)
    order = chance.random(least.shape)
    return np.lexsort((order, least), axis=1).astype(np.int32)


def rows_for(lines: Lines) -> int:
    """How many rounds to have room for: two that are half full could be one, unless that were too long."""
    needed = 2 * fewest_rounds(lines) + 1 if lines.longest == np.inf else len(lines.start)
    return max(1, min(len(lines.start), needed, lines.rounds or len(lines.start)))


def empty(count: int, rows: int) -> State:
    """Nothing is in any round."""
    return State(
        routes=np.zeros((rows, count), np.int64),
        fore=np.zeros((rows, count, 2)),
        back=np.zeros((rows, count, 2)),
        sums=np.zeros((rows, 3)),
        route_of=np.full(count, -1, np.int64),
        best_routes=np.zeros((rows, count), np.int64),
        best_sums=np.zeros((rows, 3)),
        stamp=np.arange(rows + 1, dtype=np.int64),
        seen=np.full((count, rows), -1, np.int64),
        price=np.zeros((count, rows)),
        place=np.zeros((count, rows), np.int64),
    )


def round_of(lines: Lines, rows: Sequence[int]) -> Round:
    """A round along these lines in this order, every direction chosen for least cost."""
    enter, along, ways = lines.enter, lines.along, np.asarray(lines.ways, np.float64)
    costs, froms = np.zeros(2), []
    for place, row in enumerate(rows):
        if place:
            there = costs[:, None] + ways[np.ix_(enter[rows[place - 1], ::-1], enter[row])]
        else:
            there = ways[lines.depot, enter[row]][None]
        froms.append(there.argmin(axis=0))
        costs = there.min(axis=0) + along[row]
    costs += ways[enter[rows[-1], ::-1], lines.depot]
    turn = int(costs.argmin())
    cost, legs = float(costs[turn]), []
    for row, came in zip(reversed(rows), reversed(froms), strict=True):
        legs.append(Leg(int(row), ("forth", "back")[turn]))
        turn = int(came[turn])
    return Round(legs[::-1], cost, float(np.sum(np.asarray(lines.load, np.float64)[list(rows)])))
