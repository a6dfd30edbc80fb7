"""The joint plan's program: how often each pattern is used, office days, and the forces' people and hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.joint.model import WEEK, add_turns
from anlan.engine.planning.joint.patterns import Mix, Pattern, most_people, patterns
from anlan.engine.planning.joint.program import INF, Columns, Terms, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.joint.problem import JointProblem
    from anlan.engine.planning.joint.tasks import Cell


@dataclass(eq=False)
class Kind:
    """Tasks that are alike, by rows of `cells`; `used`: columns that count patterns, or people by force."""

    cells: list[int]
    listed: list[Pattern] | None
    used: list[int] = field(default_factory=list)
    people: dict[int, int] = field(default_factory=dict)


@dataclass(eq=False)
class Master:
    """The program; `hopeless`: a task whose pins no pattern fits, so nothing needs to be solved."""

    problem: JointProblem
    columns: Columns = field(default_factory=Columns)
    kinds: list[Kind] = field(default_factory=list)
    price: dict[int, float] = field(default_factory=dict)
    sent: dict[tuple[int, int, str], Terms] = field(default_factory=dict)
    out: dict[str, list[int]] = field(default_factory=dict)
    hopeless: bool = False

    def people_of(self, x: NDArray[np.float64]) -> list[Mix]:
        """People by force at every task, in the order of the problem's cells."""
        forces = len(self.problem.forces)
        found: list[Mix] = [(0,) * forces] * len(self.problem.cells)
        for kind in self.kinds:
            mixes = _mixes(kind, x, forces)
            for row, mix in zip(kind.cells, mixes, strict=True):
                found[row] = mix
        return found


def _mixes(kind: Kind, x: NDArray[np.float64], forces: int) -> list[Mix]:
    if kind.listed is None:
        return [tuple(round(x[kind.people[f]]) if f in kind.people else 0 for f in range(forces))]
    return [
        pattern.people
        for pattern, column in zip(kind.listed, kind.used, strict=True)
        for _ in range(round(x[column]))
    ]


def build_master(problem: JointProblem, pinned: dict[int, dict[int, int]]) -> Master:
    """Columns and rows of the whole plan."""
    master = Master(problem)
    cache: dict[tuple[object, ...], list[Pattern] | None] = {}
    for key, rows in _alike(problem, pinned).items():
        cell = problem.cells[rows[0]]
        need = (cell.people, tuple(sorted(cell.needs.items())), *key[-2:])
        if need not in cache:
            may = [problem.may(force, cell) for force in problem.forces]
            cache[need] = patterns(cell, problem.forces, may, pinned.get(rows[0], {}))
        listed = cache[need]
        if listed is None:
            for row in rows:
                _loose(master, row, pinned.get(row, {}))
        else:
            _counted(master, Kind(rows, listed))
    _forces(master)
    return master


def _alike(problem: JointProblem, pinned: dict[int, dict[int, int]]) -> dict[tuple[object, ...], list[int]]:
    """Rows of the tasks by what tells them apart for the program."""
    found: dict[tuple[object, ...], list[int]] = {}
    for row, cell in enumerate(problem.cells):
        may = tuple(problem.may(force, cell) for force in problem.forces)
        pins = tuple(sorted(pinned.get(row, {}).items()))
        needs = tuple(sorted(cell.needs.items()))
        key = (cell.kind, cell.day, cell.shift, cell.people, needs, may, pins)
        found.setdefault(key, []).append(row)
    return found


def _counted(master: Master, kind: Kind) -> None:
    """Each task of the kind uses one pattern."""
    cell = master.problem.cells[kind.cells[0]]
    price = master.problem.prices[cell.kind]
    for pattern in kind.listed or []:
        column = master.columns.add(len(kind.cells))
        kind.used.append(column)
        master.price[column] = float(price * pattern.short)
        _note(master, cell, pattern.people, column)
    if not kind.used:
        master.hopeless = True
    master.columns.row(total(kind.used), len(kind.cells), len(kind.cells))
    master.kinds.append(kind)


def _note(master: Master, cell: Cell, people: Sequence[int], column: int) -> None:
    for number, count in enumerate(people):
        if count:
            master.sent.setdefault((number, cell.day, cell.shift), {})[column] = float(count)


def _loose(master: Master, row: int, pinned: dict[int, int]) -> None:
    """A task with too many patterns: people by force, groups by a switch each."""
    cell, columns, forces = master.problem.cells[row], master.columns, master.problem.forces
    top = most_people(cell, forces, [master.problem.may(force, cell) for force in forces], pinned)
    here: dict[int, int] = {}
    for number, force in enumerate(forces):
        people = pinned.get(number)
        if not master.problem.may(force, cell):
            master.hopeless |= bool(people)
            continue
        column = here[number] = columns.add(min(force.heads, top))
        if people is not None:
            columns.row({column: 1.0}, people, people)
        if force.group > 1:
            some = columns.add(1)
            columns.row({column: 1.0, some: -float(top)}, high=0.0)
            columns.row({column: 1.0, some: -float(force.group)}, 0.0)
        master.sent.setdefault((number, cell.day, cell.shift), {})[column] = 1.0
    _loose_rows(master, row, here, top)
    master.kinds.append(Kind([row], None, people=here))


def _loose_rows(master: Master, row: int, here: dict[int, int], top: int) -> None:
    cell, columns, forces = master.problem.cells[row], master.columns, master.problem.forces
    price = float(master.problem.prices[cell.kind])
    police = [column for number, column in here.items() if forces[number].leads()]
    for number, column in here.items():
        if not forces[number].alone and not forces[number].leads():
            columns.row({column: 1.0} | total(police, -float(forces[number].beside)), high=0.0)
    columns.row(total(here.values()), high=top)
    for name, number in (("", cell.people), *cell.needs.items()):
        able = [column for f, column in here.items() if not name or name in forces[f].capabilities]
        short = columns.add(number)
        master.price[short] = price
        columns.row(total((*able, short)), number)


def _forces(master: Master) -> None:
    """Office days, people of each day and shift, hours of each week."""
    problem, columns = master.problem, master.columns
    for number, force in enumerate(problem.forces):
        for office in force.offices:
            master.out[office.code] = [columns.add(1) for _ in range(problem.days)]
            for rule in add_turns(office, master.out[office.code]):
                columns.row(rule.terms, rule.low, rule.high)
        weeks: dict[int, Terms] = {}
        for day in range(problem.days):
            sent: Terms = {}
            for shift in problem.hours:
                part = master.sent.get((number, day, shift), {})
                if shift in force.per_shift:
                    columns.row(part, high=force.per_shift[shift])
                sent |= part
                hours = problem.hours[shift]
                weeks.setdefault(day // WEEK, {}).update({c: hours * n for c, n in part.items()})
            there = {master.out[one.code][day]: -float(one.people) for one in force.offices}
            columns.row(sent | there, -INF, 0 if force.offices else force.members)
        for terms in weeks.values():
            columns.row(terms, high=force.heads * force.max_hours)
