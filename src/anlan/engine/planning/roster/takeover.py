"""Who can take over the duties of a member who falls ill, ranked by what it costs and by fairness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.roster.fairness import burdens
from anlan.engine.planning.roster.finder import Finder, State
from anlan.engine.planning.roster.machine import machines
from anlan.engine.planning.roster.table import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.roster.problem import Problem, Rows


@dataclass(frozen=True)
class Takeover:
    """A member who could take a duty: `change` of the objective, of it `rules` by rules and fairness alone.

    `burden` is what the member has done beyond the fair share of this kind of duty (nights for a night, else
    hours in minutes), earlier months included. `from_shift` is what the member would leave ("" = is off).
    """

    member: str
    change: int
    rules: int
    burden: int
    from_shift: str


@dataclass(frozen=True)
class Gap:
    """A duty left open: whether the need is met without anyone, and who could take it, the best first."""

    day: int
    shift: str
    covered: bool
    takeovers: tuple[Takeover, ...]


def takeovers(
    problem: Problem, rows: Rows, member: str, days: Sequence[int], *, most: int = 10
) -> tuple[Gap, ...]:
    """Of each duty of the member on these days, who could take it without breaking a hard rule.

    Each duty is looked at by itself, the others of the ill member left open.

    Raises:
        ValueError: no such member, or a day outside the horizon.

    """
    names = [one.code for one in problem.members]
    if member not in names:
        raise ValueError(f"member: no {member!r}")
    if any(not 0 <= day < problem.days for day in days):
        raise ValueError(f"days: from 0 to {problem.days - 1}")
    codes = {code: one for one, code in enumerate(problem.codes)}
    roster = np.asarray([[codes[code] for code in rows[name]] for name in names], np.int64)
    work = _Taking(problem, roster, names.index(member))
    open_ = [(day, int(roster[work.ill, day])) for day in sorted(set(days)) if roster[work.ill, day]]
    work.leave([day for day, _ in open_])
    return tuple(work.gap(day, symbol, most) for day, symbol in open_)


class _Taking:
    def __init__(self, problem: Problem, roster: NDArray[np.int64], ill: int) -> None:
        self.problem, self.ill = problem, ill
        self.table = table(problem)
        self.finder = Finder(self.table, machines(self.table))
        self.state = State(self.finder, roster)
        self.kinds = {kind.kind: kind for kind in burdens(problem, self.table.allowed)}

    def leave(self, days: list[int]) -> None:
        """The ill member is off on these days."""
        row = self.state.roster[self.ill].copy()
        row[days] = 0
        self.state.take(self.ill, row)

    def gap(self, day: int, symbol: int, most: int) -> Gap:
        """One duty."""
        covers = self.table.covers
        here = (covers.day == day) & (covers.symbol == symbol)
        covered = bool((self.state.there >= covers.people)[here].all())
        shift = self.problem.shifts[symbol - 1]
        kind = self.kinds["nights" if self.problem.is_night(shift) else "hours"]
        taken = kind.tally(self.state.roster)
        burden = taken - kind.fair(int(taken.sum()))
        found = [
            one for who in range(len(self.problem.members))
            if who != self.ill and (one := self._one(who, day, symbol, int(burden[who]))) is not None
        ]  # fmt: skip
        found.sort(key=lambda one: (one.change, one.burden, one.member))
        return Gap(day, shift.code, covered, tuple(found[:most]))

    def _one(self, who: int, day: int, symbol: int, burden: int) -> Takeover | None:
        row = self.state.roster[who]
        if row[day] == symbol or not self.table.allowed[who, day, symbol]:
            return None
        trial = row.copy()
        trial[day] = symbol
        machine = self.finder.machines[who]
        rules = float(machine.costs(trial).sum() - machine.costs(row).sum())
        if not np.isfinite(rules):
            return None
        cells = self.state.cells(who)
        change = rules + float(cells[day, symbol] - cells[day, row[day]])
        name = self.problem.members[who].code
        return Takeover(name, round(change), round(rules), burden, self.problem.codes[row[day]])
