"""The joint plan as an integer program: people by force and task, and the rules as linear rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anlan.engine.planning.joint.patterns import most_people
from anlan.engine.planning.joint.program import INF, Columns, Terms, total

if TYPE_CHECKING:
    from anlan.engine.planning.joint.forces import Force, Office
    from anlan.engine.planning.joint.problem import JointProblem
    from anlan.engine.planning.joint.tasks import Cell

WEEK = 7


@dataclass(frozen=True)
class Rule:
    """A rule that a plan may not break, `low` <= `terms` <= `high`; `about` names whose and when.

    `kind`: "people" (force, day, shift; shift "" is the whole day), "hours" (force, week), "turns" (office,
    week), "apart" (office, day), "group", "beside", "allowed", "pin" (force, task, day, shift). `unit`: one
    step of it in the row's own unit (the longest shift, for hours).
    """

    kind: str
    about: tuple[str | int, ...]
    terms: Terms
    low: float
    high: float
    unit: float = 1.0


@dataclass(eq=False)
class Model:
    """Numbers of the variables: `sent[cell][force]`, `missing[cell]`, `lacking[cell, capability]`, `out`."""

    problem: JointProblem
    columns: Columns = field(default_factory=Columns)
    sent: list[dict[int, int]] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    lacking: dict[tuple[int, str], int] = field(default_factory=dict)
    out: dict[str, list[int]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    def price(self) -> dict[int, float]:
        """Cost of what is short, by variable."""
        cells, prices = self.problem.cells, self.problem.prices
        people = {column: float(prices[cells[row].kind]) for row, column in enumerate(self.missing)}
        able = {column: float(prices[cells[row].kind]) for (row, _), column in self.lacking.items()}
        return people | able

    def hard(self) -> list[tuple[Terms, float, float]]:
        """All rules as rows."""
        return [(rule.terms, rule.low, rule.high) for rule in self.rules]


def build(problem: JointProblem) -> Model:
    """Variables, what is short, and all rules of the problem."""
    model = Model(problem)
    pinned = pinned_people(problem)
    for row, cell in enumerate(problem.cells):
        may = [problem.may(force, cell) for force in problem.forces]
        top = most_people(cell, problem.forces, may, pinned.get(row, {}))
        model.sent.append({})
        for number, force in enumerate(problem.forces):
            if may[number]:
                _send(model, number, row, max(min(force.heads, top), pinned.get(row, {}).get(number, 0)))
        _need(model, row, top)
        _beside(model, row)
    for number, force in enumerate(problem.forces):
        for office in force.offices:
            out = model.out[office.code] = [model.columns.add(1) for _ in range(problem.days)]
            model.rules += add_turns(office, out)
        _people(model, number, force)
        _hours(model, number, force)
    _pins(model, pinned)
    return model


def pinned_people(problem: JointProblem) -> dict[int, dict[int, int]]:
    """People pinned by cell and force."""
    place = {(cell.code, cell.day, cell.shift): row for row, cell in enumerate(problem.cells)}
    found: dict[int, dict[int, int]] = {}
    for pin in problem.pins:
        row = place[pin.code, pin.day, pin.shift]
        found.setdefault(row, {})[problem.codes.index(pin.force)] = pin.people
    return found


def _about(force: Force, cell: Cell) -> tuple[str | int, ...]:
    return force.code, cell.code, cell.day, cell.shift


def _send(model: Model, number: int, row: int, top: int) -> None:
    """People of a force at a task: none, or a group at least."""
    force, columns = model.problem.forces[number], model.columns
    people = model.sent[row][number] = columns.add(top)
    if force.group > 1:
        some = columns.add(1)
        columns.row({people: 1.0, some: -float(top)}, high=0.0)
        about = _about(force, model.problem.cells[row])
        model.rules.append(Rule("group", about, {people: 1.0, some: -float(force.group)}, 0.0, INF))


def _need(model: Model, row: int, top: int) -> None:
    """What is missing, of people and of capabilities."""
    cell, here, columns = model.problem.cells[row], model.sent[row], model.columns
    missing = columns.add(cell.people)
    model.missing.append(missing)
    columns.row(total((*here.values(), missing)), cell.people)
    columns.row(total(here.values()), high=top)
    for name, number in cell.needs.items():
        able = [sent for force, sent in here.items() if name in model.problem.forces[force].capabilities]
        lacking = model.lacking[row, name] = columns.add(number)
        columns.row(total((*able, lacking)), number)


def _beside(model: Model, row: int) -> None:
    """Those who may not stand alone need an officer for every few of them."""
    forces, here = model.problem.forces, model.sent[row]
    police = [sent for force, sent in here.items() if forces[force].leads()]
    for number, sent in here.items():
        force = forces[number]
        if not force.alone and not force.leads():
            terms = {sent: 1.0} | total(police, -float(force.beside))
            about = _about(force, model.problem.cells[row])
            model.rules.append(Rule("beside", about, terms, -INF, 0.0, float(force.beside)))


def add_turns(office: Office, out: list[int]) -> list[Rule]:
    """So many turns a week, days apart; a part of a week holds at most as many. `out`: a switch a day."""
    days, rules = len(out), []
    for begin in range(0, days, WEEK):
        week = out[begin : begin + WEEK]
        least = office.turns if len(week) == WEEK else 0
        rules.append(Rule("turns", (office.code, begin // WEEK), total(week), least, office.turns))
    near = [total(out[day : day + office.apart + 1]) for day in range(days - 1 if office.apart else 0)]
    rules += [Rule("apart", (office.code, day), terms, 0, 1) for day, terms in enumerate(near)]
    tired = range(min(max(office.apart - office.rested, 0), days))
    return rules + [Rule("apart", (office.code, day), {out[day]: 1.0}, 0, 0) for day in tired]


def _people(model: Model, number: int, force: Force) -> None:
    """One shift a day each, and the most that a shift takes."""
    by_day: dict[int, list[int]] = {}
    by_shift: dict[tuple[int, str], list[int]] = {}
    for cell, here in zip(model.problem.cells, model.sent, strict=True):
        if number in here:
            by_day.setdefault(cell.day, []).append(here[number])
            by_shift.setdefault((cell.day, cell.shift), []).append(here[number])
    for day, sent in by_day.items():
        there = {model.out[office.code][day]: -float(office.people) for office in force.offices}
        free = 0 if force.offices else force.members
        model.rules.append(Rule("people", (force.code, day, ""), total(sent) | there, -INF, free))
    for (day, shift), sent in by_shift.items():
        if shift in force.per_shift:
            most = force.per_shift[shift]
            model.rules.append(Rule("people", (force.code, day, shift), total(sent), 0, most))


def _hours(model: Model, number: int, force: Force) -> None:
    """Hours of all members in each week."""
    weeks: dict[int, Terms] = {}
    for cell, here in zip(model.problem.cells, model.sent, strict=True):
        if number in here:
            weeks.setdefault(cell.day // WEEK, {})[here[number]] = model.problem.hours[cell.shift]
    longest = max(model.problem.hours.values())
    for week, terms in weeks.items():
        most = force.heads * force.max_hours
        model.rules.append(Rule("hours", (force.code, week), terms, 0, most, longest))


def _pins(model: Model, pinned: dict[int, dict[int, int]]) -> None:
    """What the planner has fixed; a pin against a force's rules contradicts what it is allowed."""
    for row, forces in pinned.items():
        for number, people in forces.items():
            about = _about(model.problem.forces[number], model.problem.cells[row])
            sent = model.sent[row].get(number)
            if sent is None:
                sent = model.columns.add(people)
                model.rules.append(Rule("allowed", about, {sent: 1.0}, 0, 0))
            model.rules.append(Rule("pin", about, {sent: 1.0}, people, people))
