"""The covering models as a mixed-integer program for HiGHS.

Columns: cars per site; then, as the model has them, counted cars per pattern, patterns outside the support
ring, demand missing from alpha, and the worth of sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import block_array, coo_array, csr_array, eye_array

from anlan.engine.planning.mip import Program

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.problem import CoverProblem

GRID = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)


class Columns:
    """Columns and rows of a program, put together block by block."""

    def __init__(self) -> None:
        self.cost: list[NDArray[np.float64]] = []
        self.low: list[NDArray[np.float64]] = []
        self.high: list[NDArray[np.float64]] = []
        self.whole: list[NDArray[np.bool_]] = []
        self.rows: list[tuple[dict[int, Any], NDArray[np.float64], NDArray[np.float64]]] = []
        self.count = 0
        self.marks: dict[str, slice] = {}

    def add(self, cost: Any, low: Any, high: Any, *, whole: bool = False) -> int:
        """Add a block of columns; its number comes back."""
        costs = np.atleast_1d(np.asarray(cost, np.float64))
        for held, value in ((self.low, low), (self.high, high)):
            held.append(np.broadcast_to(np.asarray(value, np.float64), costs.shape).copy())
        self.cost.append(costs)
        self.whole.append(np.full(costs.shape, whole))
        return len(self.cost) - 1

    def row(self, parts: dict[int, Any], low: Any, high: Any = np.inf, *, name: str = "") -> None:
        """Add rows: low <= sum of parts (rows, columns of a block) <= high; `marks` keeps where, by name."""
        count = next(iter(parts.values())).shape[0]
        self.marks[name] = slice(self.count, self.count + count)
        self.count += count
        sides = [np.broadcast_to(np.asarray(side, np.float64), (count,)).copy() for side in (low, high)]
        self.rows.append((parts, sides[0], sides[1]))

    def program(self) -> Program:
        """All of it."""
        widths = [len(block) for block in self.cost]
        blocks = [
            [parts.get(at, csr_array((len(low), width))) for at, width in enumerate(widths)]
            for parts, low, _ in self.rows
        ]
        return Program(
            np.concatenate(self.cost), np.concatenate(self.high), np.concatenate(self.whole),
            csr_array(block_array(blocks)), np.concatenate([row[1] for row in self.rows]),
            np.concatenate([row[2] for row in self.rows]), np.concatenate(self.low),
        )  # fmt: skip


def cover_program(of: CoverProblem, known: list[NDArray[np.int64]]) -> tuple[Program, dict[str, slice]]:
    """The program of a covering problem, its first S columns the cars; and where which rows are.

    Where busy probabilities differ by site, worth is bounded from above by tangents on a grid and at the
    counts of the plans `known`: exact for those.
    """
    to = Columns()
    add_cover(to, of, known)
    return to.program(), to.marks


def add_cover(to: Columns, of: CoverProblem, known: list[NDArray[np.int64]]) -> int:
    """Add a covering problem to a program; the number of its block of cars comes back."""
    cars = to.add(np.zeros(len(of.low)), of.low, of.high, whole=True)
    to.row({cars: csr_array(np.ones((1, len(of.low))))}, of.cars, of.cars)
    if of.busy is not None:
        _tangents(to, of, cars, known)
    elif of.required > 0 or _convex_somewhere(of.table):
        _twice(to, of, cars)
    else:
        _levels(to, of, cars)
    if len(of.support.weight):
        _support(to, of, cars)
    if of.site.any():
        _sites(to, of, cars)
    return cars


def _convex_somewhere(table: NDArray[np.float64]) -> bool:
    return bool((np.diff(table, 2) > 0).any())


def _levels(to: Columns, of: CoverProblem, cars: int) -> None:
    """Concave worth: each further car that counts earns less, so the order keeps itself."""
    room = np.asarray(of.ring.reach @ of.high)
    earns = np.diff(of.table[:-1])
    parts = {cars: of.ring.reach}
    for level, more in enumerate(earns):
        has = room > level
        if more > 0 and has.any():
            block = to.add(of.ring.weight[has] * more, 0, 1)
            parts[block] = -csr_array(eye_array(len(room)))[:, np.flatnonzero(has)]
    to.row(parts, 0, name="ring")


def _twice(to: Columns, of: CoverProblem, cars: int) -> None:
    """The double standard model: covered once (whole), covered twice, what is missing from alpha."""
    count = len(of.ring.weight)
    one = eye_array(count, format="csr")
    once = to.add(np.zeros(count), 0, 1, whole=True)
    pairs = np.asarray(of.ring.reach @ of.high) >= 2
    twice = to.add(of.ring.weight, 0, pairs.astype(np.float64))
    to.row({cars: of.ring.reach, once: -one, twice: -one}, 0, name="ring")
    to.row({once: one, twice: -one}, 0)
    if of.required > 0:
        missing = to.add(-of.price, 0, np.inf)
        to.row({once: csr_array(of.ring.weight[None, :]), missing: csr_array([[1.0]])}, of.required,
               name="alpha")  # fmt: skip


def _support(to: Columns, of: CoverProblem, cars: int) -> None:
    parts: dict[int, Any] = {cars: of.support.reach}
    if not of.hard:
        parts[to.add(-of.support.weight, 0, 1)] = eye_array(len(of.support.weight), format="csr")
    to.row(parts, 1, name="support")


def _sites(to: Columns, of: CoverProblem, cars: int) -> None:
    """Concave worth of cars at a site: under each of its pieces."""
    some = np.flatnonzero(np.ptp(of.site, axis=1) > 0)
    flat = np.ptp(of.site, axis=1) == 0
    constant = float(of.site[flat, 0].sum())
    least = of.site.min() - 1.0
    fixed = to.add([1.0], constant, constant)
    if not len(some):
        to.row({fixed: csr_array([[1.0]])}, constant)
        return
    worth = to.add(np.ones(len(some)), least, np.inf)
    one = eye_array(len(some), format="csr")
    for car in range(of.site.shape[1] - 1):
        slope = of.site[some, car + 1] - of.site[some, car]
        at = coo_array((-slope, (np.arange(len(some)), some)), shape=(len(some), len(of.low)))
        to.row({worth: one, cars: csr_array(at)}, -np.inf, of.site[some, car] - slope * car)


def _tangents(to: Columns, of: CoverProblem, cars: int, known: list[NDArray[np.int64]]) -> None:
    """Worth 1 - exp(-z) of z = sum of -log busy, under its tangents."""
    rate = -np.log(np.asarray(of.busy))
    reach = csr_array(of.ring.reach * rate)
    count = len(of.ring.weight)
    worth = to.add(of.ring.weight, 0, 1)
    one = eye_array(count, format="csr")
    _at_most(to, of, {worth: one}, cars)
    places = [np.full(count, at) for at in GRID] + [reach @ plan for plan in known]
    for at in places:
        slope = np.exp(-at)
        scaled = csr_array(reach.multiply(-slope[:, None]))
        to.row({worth: one, cars: scaled}, -np.inf, -np.expm1(-at) - slope * at)


def _at_most(to: Columns, of: CoverProblem, worth: dict[int, Any], cars: int) -> None:
    """Two more upper bounds: the sum of chances, and the worth if all cars were the least busy."""
    busy = np.asarray(of.busy)
    to.row({**worth, cars: csr_array(of.ring.reach * (busy - 1))}, -np.inf, 0)
    least = np.array([busy[row].min() for row in np.split(of.ring.reach.indices, of.ring.reach.indptr[1:-1])])
    for count in range(1, 4):
        slope = least**count * (1 - least)
        scaled = csr_array(of.ring.reach.multiply(-slope[:, None]))
        to.row({**worth, cars: scaled}, -np.inf, 1 - least**count - slope * count)


def completed(of: CoverProblem, cars: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """A start for HiGHS with every column filled in; None where busy probabilities differ by site."""
    if of.busy is not None:
        return None
    count = np.asarray(of.ring.reach @ cars)
    parts: list[NDArray[Any]] = [cars]
    if of.required > 0 or _convex_somewhere(of.table):
        parts += [count >= 1, count >= 2]
        below = max(0.0, of.required - float(of.ring.weight[count >= 1].sum()))
        parts += [np.array([below])] if of.required > 0 else []
    else:
        room = np.asarray(of.ring.reach @ of.high)
        parts += [
            (count > level)[room > level]
            for level, more in enumerate(np.diff(of.table[:-1]))
            if more > 0 and (room > level).any()
        ]
    if len(of.support.weight) and not of.hard:
        parts.append(of.support.reach @ cars < 1)
    if of.site.any():
        some = np.ptp(of.site, axis=1) > 0
        parts.append(np.array([of.site[~some, 0].sum()]))
        parts += [of.site[some, cars[some]]] if some.any() else []
    return np.concatenate([np.asarray(part, np.float64) for part in parts])
