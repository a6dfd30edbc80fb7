"""The joint plan as plain data: who goes where, what is short and why, who is used how."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from anlan.engine.planning.joint.fairness import WEEKEND
from anlan.engine.planning.joint.model import WEEK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anlan.engine.planning.joint.explain import Conflict, Relaxed
    from anlan.engine.planning.joint.forces import Force
    from anlan.engine.planning.joint.patterns import Mix
    from anlan.engine.planning.joint.problem import JointProblem
    from anlan.engine.planning.joint.tasks import Cell

TINY = 1e-6


@dataclass(frozen=True)
class Sent:
    """People of a force at a task in a shift of a day."""

    force: str
    task: str
    code: str
    day: int
    shift: str
    people: int


@dataclass(frozen=True)
class Short:
    """What is missing at a task: people, capabilities, its price, and what keeps each force from helping.

    Reasons by force: "task", "shift", "beat", "colour", "day_off", "muster" (its rules), "people" (all are
    out), "hours", "group" (too few left for a group), "beside" (no officer there); "unable" (it may come, but
    has not the capability, and people are not missing); "worth" (it could, elsewhere it covers dearer).
    """

    kind: str
    task: str
    code: str
    day: int
    shift: str
    missing: int
    lacking: dict[str, int]
    price: int
    reasons: dict[str, str]


@dataclass(frozen=True)
class ForceUse:
    """How a force is used: person-shifts, hours given and allowed, people out on each day."""

    force: str
    person_shifts: int
    hours: float
    allowed_hours: float
    by_day: list[int]


@dataclass(frozen=True)
class OfficeTurns:
    """Days on which an office group is out; weekend turns with the earlier ones."""

    force: str
    office: str
    people: int
    days: list[int]
    weekends: int


@dataclass(frozen=True)
class Relief:
    """So many more members of a force, alike in all, would clear at least `price` of what is short."""

    force: str
    shift: str
    members: int
    price: int


@dataclass(frozen=True)
class JointPlan:
    """The plan. `price` is of all that is short, `bound` what no plan is below.

    `gap` = (price - bound) / price; `status` is "optimal" where the gap asked for is reached.
    `binds`: rules that are used up while something is short, by force, with the number of days (people) or
    weeks (hours). `unfairness` and `fair_gap`: the second objective. Where `status` is "infeasible" there is
    no plan but `conflicts` and the smallest relaxation, `relaxed`.
    """

    status: str
    price: int
    bound: float
    gap: float
    unfairness: float
    fair_gap: float
    sent: list[Sent]
    short: list[Short]
    use: list[ForceUse]
    offices: list[OfficeTurns]
    binds: dict[str, dict[str, int]]
    reliefs: list[Relief]
    conflicts: list[Conflict]
    relaxed: list[Relaxed]


@dataclass(frozen=True, eq=False)
class Tally:
    """Who is out: people by (force, day), by (force, day, shift), hours by (force, week), office days."""

    problem: JointProblem
    mixes: Sequence[Mix]
    out: Mapping[str, Sequence[int]]
    day: Counter[tuple[int, int]]
    shift: Counter[tuple[int, int, str]]
    hours: Mapping[tuple[int, int], float]

    @classmethod
    def of(cls, problem: JointProblem, mixes: Sequence[Mix], out: Mapping[str, Sequence[int]]) -> Tally:
        """Count."""
        day: Counter[tuple[int, int]] = Counter()
        shift: Counter[tuple[int, int, str]] = Counter()
        hours: dict[tuple[int, int], float] = defaultdict(float)
        for cell, mix in zip(problem.cells, mixes, strict=True):
            for number, people in enumerate(mix):
                day[number, cell.day] += people
                shift[number, cell.day, cell.shift] += people
                hours[number, cell.day // WEEK] += people * problem.hours[cell.shift]
        return cls(problem, mixes, out, day, shift, hours)

    def spare(self, number: int, day: int, shift: str) -> int:
        """People of a force who could still come in a shift, but for hours."""
        force = self.problem.forces[number]
        there = force.members
        if force.offices:
            there = sum(office.people for office in force.offices if day in self.out[office.code])
        left = there - self.day[number, day]
        if shift in force.per_shift:
            left = min(left, force.per_shift[shift] - self.shift[number, day, shift])
        return left

    def rested(self, number: int, day: int, shift: str) -> int:
        """People of a force whose hours of the week would still allow the shift."""
        force = self.problem.forces[number]
        left = force.heads * force.max_hours - self.hours.get((number, day // WEEK), 0.0)
        return int((left + TINY) / self.problem.hours[shift])


def sent_list(tally: Tally) -> list[Sent]:
    """Every assignment."""
    return [
        Sent(tally.problem.forces[number].code, cell.task.value, cell.code, cell.day, cell.shift, people)
        for cell, mix in zip(tally.problem.cells, tally.mixes, strict=True)
        for number, people in enumerate(mix)
        if people
    ]


def shortages(tally: Tally) -> list[Short]:
    """Every task that is short, the dearest first."""
    found = []
    for cell, mix in zip(tally.problem.cells, tally.mixes, strict=True):
        missing, lacking = short_of(cell, mix, tally.problem.forces)
        if missing or lacking:
            price = tally.problem.prices[cell.kind] * (missing + sum(lacking.values()))
            reasons = {
                force.code: _reason(tally, number, cell, mix, missing, lacking)
                for number, force in enumerate(tally.problem.forces)
            }
            found.append(
                Short(
                    cell.kind,
                    cell.task.value,
                    cell.code,
                    cell.day,
                    cell.shift,
                    missing,
                    lacking,
                    price,
                    reasons,
                )
            )
    return sorted(found, key=lambda one: -one.price)


def short_of(cell: Cell, mix: Mix, forces: Sequence[Force]) -> tuple[int, dict[str, int]]:
    """People and capabilities missing."""
    lacking = {}
    for name, number in cell.needs.items():
        able = sum(people for people, force in zip(mix, forces, strict=True) if name in force.capabilities)
        if able < number:
            lacking[name] = number - able
    return max(cell.people - sum(mix), 0), lacking


def _reason(  # noqa: PLR0911  one return a reason
    tally: Tally, number: int, cell: Cell, mix: Mix, missing: int, lacking: Mapping[str, int]
) -> str:
    force = tally.problem.forces[number]
    ruled = _ruled_out(force, cell)
    if ruled:
        return ruled
    if not missing and not any(name in force.capabilities for name in lacking):
        return "unable"
    spare = tally.spare(number, cell.day, cell.shift)
    least = max(force.group - mix[number], 1)
    if spare < 1:
        return "people"
    if tally.rested(number, cell.day, cell.shift) < least:
        return "hours"
    if spare < least:
        return "group"
    police = sum(people for people, one in zip(mix, tally.problem.forces, strict=True) if one.leads())
    if not force.alone and not force.leads() and mix[number] + least > force.beside * police:
        return "beside"
    return "worth"


def _ruled_out(force: Force, cell: Cell) -> str:
    """Which of the force's rules keeps it from the task; "" where none does."""
    rules = {
        "task": cell.task not in force.tasks,
        "day_off": cell.day in force.days_off,
        "shift": bool(force.shifts) and cell.shift not in force.shifts,
        "beat": bool(force.beats) and not any(cell.beat.startswith(beat) for beat in force.beats),
        "colour": bool(force.colours) and bool(cell.colour) and cell.colour not in force.colours,
        "muster": bool(cell.muster_min) and force.muster_min > cell.muster_min,
    }
    return next((name for name, broken in rules.items() if broken), "")


def uses(tally: Tally) -> list[ForceUse]:
    """How each force is used."""
    problem = tally.problem
    weeks = -(-problem.days // WEEK)
    return [
        ForceUse(
            force.code,
            sum(tally.day[number, day] for day in range(problem.days)),
            float(sum(tally.hours.get((number, week), 0.0) for week in range(weeks))),
            float(force.heads * force.max_hours * weeks),
            [tally.day[number, day] for day in range(problem.days)],
        )
        for number, force in enumerate(problem.forces)
    ]


def office_turns(tally: Tally) -> list[OfficeTurns]:
    """When each office group is out."""
    first = tally.problem.first_weekday
    return [
        OfficeTurns(
            force.code,
            office.code,
            office.people,
            list(tally.out[office.code]),
            office.weekends + sum((day + first) % 7 in WEEKEND for day in tally.out[office.code]),
        )
        for force in tally.problem.forces
        for office in force.offices
    ]


def binding(tally: Tally, short: Sequence[Short]) -> dict[str, dict[str, int]]:
    """Rules used up where something is short that the force may do: "people" (days), "hours" (weeks)."""
    found: dict[str, dict[str, int]] = {}
    for number, force in enumerate(tally.problem.forces):
        days = {one.day for one in short if one.reasons[force.code] == "people"}
        weeks = {one.day // WEEK for one in short if one.reasons[force.code] == "hours"}
        counts = {"people": len(days), "hours": len(weeks)}
        counts = {name: count for name, count in counts.items() if count}
        if counts:
            found[tally.problem.forces[number].code] = counts
    return found


def reliefs(tally: Tally, short: Sequence[Short]) -> list[Relief]:
    """For each force that may stand alone and each shift: the members more that would clear what it may do.

    Enough for the worst day, and for the hours of the week.
    """
    problem, found = tally.problem, []
    place = {(cell.code, cell.day, cell.shift): row for row, cell in enumerate(problem.cells)}
    for number, force in enumerate(problem.forces):
        if force.offices or not (force.alone or force.leads()):
            continue
        for shift in problem.hours:
            more: Counter[int] = Counter()
            price = 0
            for one in short:
                if one.shift != shift or one.reasons[force.code] not in {"people", "hours", "group", "worth"}:
                    continue
                row = place[one.code, one.day, one.shift]
                people, cleared = _clears(tally.mixes[row], force, number, one)
                more[one.day] += people
                price += cleared * problem.prices[one.kind]
            if price:
                found.append(Relief(force.code, shift, _members(problem, force, shift, more), price))
    return sorted(found, key=lambda one: (-one.price, one.members))


def _clears(mix: Mix, force: Force, number: int, short: Short) -> tuple[int, int]:
    """People of a force that a task would take, and how much of what is short they clear."""
    able = [count for name, count in short.lacking.items() if name in force.capabilities]
    people = max(short.missing, *able, 0) if able else short.missing
    people = max(people, force.group - mix[number]) if people else 0
    return people, min(short.missing, people) + sum(min(count, people) for count in able)


def _members(problem: JointProblem, force: Force, shift: str, more: Mapping[int, int]) -> int:
    """Members for the worst day and for the week's hours."""
    weeks: Counter[int] = Counter()
    for day, people in more.items():
        weeks[day // WEEK] += people
    hours = max(weeks.values()) * problem.hours[shift]
    rested = ceil(hours / force.max_hours - TINY) if force.max_hours else 0
    return max(*more.values(), rested)
