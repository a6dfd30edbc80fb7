"""Burdens shared over months: what each member's part of the nights, weekends, holidays and hours is.

A member's fair part of all duties of a kind is by contract and by days not on leave, among those who may do
them; what earlier months left over (`Balance`) is made good. Parts are whole and add up (largest remainder).
Where there is a pattern, one duty beside the part is free: a cycle that the month cuts is fair over time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.force import apportion
from anlan.engine.planning.roster.parts import Count, Piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.roster.problem import Problem

FULL_MIN = 480
KINDS = ("nights", "weekends", "holidays", "hours")


@dataclass(frozen=True, eq=False)
class Burden:
    """A kind of burden: `weights` (D, S + 1) of cells, each member's `part` (M,) of it all, `owed` (M,)."""

    kind: str
    weights: NDArray[np.int64]
    part: NDArray[np.float64]
    owed: NDArray[np.int64]

    def tally(self, roster: NDArray[np.int64]) -> NDArray[np.int64]:
        """Burden of each row of a roster (M, D)."""
        taken: NDArray[np.int64] = self.weights[np.arange(len(self.weights)), roster].sum(1)
        return taken

    def fair(self, total: int) -> NDArray[np.int64]:
        """What each should take of `total` so that all are even with what earlier months left over."""
        if not self.part.any():
            return np.zeros(len(self.part), np.int64)
        able = self.part > 0
        everything = total + int(self.owed[able].sum())
        shares = np.where(able, apportion([float(one) for one in self.part * everything], everything), 0)
        fair: NDArray[np.int64] = np.where(able, shares - self.owed, 0)
        return fair


def burdens(problem: Problem, allowed: NDArray[np.bool_]) -> tuple[Burden, ...]:
    """The four kinds, in the order of `KINDS`."""
    found = []
    for kind, weights in zip(KINDS, _weights(problem), strict=True):
        able = (allowed & (weights > 0)).any((1, 2))
        free = np.asarray([problem.days - len(set(one.leave)) for one in problem.members])
        size = able * free * np.asarray([one.weekly_min for one in problem.members], np.float64)
        owed = [_owed(member.balance, kind) for member in problem.members]
        part = size / size.sum() if size.any() else np.zeros_like(size)
        found.append(Burden(kind, weights, part, np.asarray(owed, np.int64)))
    return tuple(found)


def _owed(balance: object, kind: str) -> int:
    return int(getattr(balance, "minutes" if kind == "hours" else kind))


def _weights(problem: Problem) -> tuple[NDArray[np.int64], ...]:
    length = np.asarray([0, *(shift.minutes for shift in problem.shifts)], np.int64)
    duty = (length > 0).astype(np.int64)
    night = np.asarray([False, *(problem.is_night(shift) for shift in problem.shifts)]).astype(np.int64)
    days = np.arange(problem.days)
    weekend = np.isin([problem.weekday(int(day)) for day in days], problem.weekend)
    holiday = np.isin(days, problem.holidays)
    every = np.ones(problem.days, np.int64)
    weekends, holidays = weekend.astype(np.int64), holiday.astype(np.int64)
    return tuple(
        np.outer(when, what)
        for when, what in ((every, night), (weekends, duty), (holidays, duty), (every, length))
    )


def expected(problem: Problem) -> NDArray[np.int64]:
    """People expected in each shift of each day (D, S + 1): the need, or the pattern's where it has more."""
    codes = {code: place for place, code in enumerate(problem.codes)}
    wanted = np.zeros((problem.days, len(codes)), np.int64)
    for need in problem.needs:
        cell = need.day, codes[need.shift]
        wanted[cell] = max(int(wanted[cell]), need.people)
    patterned = np.zeros_like(wanted)
    for row in (problem.base or {}).values():
        patterned[np.arange(problem.days), [codes[code] for code in row]] += 1
    return np.maximum(wanted, patterned)


def fair_counts(problem: Problem, allowed: NDArray[np.bool_]) -> list[list[Count]]:
    """For each member the counts that price what is beside the fair part."""
    found: list[list[Count]] = [[] for _ in problem.members]
    people = expected(problem)
    for burden in burdens(problem, allowed):
        price = int(getattr(problem.prices.fairness, burden.kind))
        total = int((people * burden.weights).sum())
        if price and total:
            for row, part in enumerate(burden.fair(total)):
                if burden.part[row]:
                    over, under = _pieces(burden.kind, int(part), price, int(bool(problem.base)))
                    name = f"fair_{burden.kind}"
                    found[row].append(Count(name, 0, burden.weights, over=over, under=under, fair=True))
    return found


def _pieces(kind: str, part: int, price: int, free: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if kind == "hours":
        return (Piece(part + FULL_MIN - 1, FULL_MIN, price),), (Piece(part - FULL_MIN + 1, FULL_MIN, price),)
    return (
        (Piece(part + free, 1, price), Piece(part + free + 2, 1, 2 * price)),
        (Piece(part - free, 1, price), Piece(part - free - 2, 1, 2 * price)),
    )
