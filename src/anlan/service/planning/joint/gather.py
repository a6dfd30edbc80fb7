"""What a plan of joint command is made from: rules, checkpoints, the need on patrol, earlier turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from pydantic import TypeAdapter
from pydantic import ValidationError as WrongShape

from anlan.engine.planning import joint as engine
from anlan.engine.planning.staffing import CellNeed
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.presentation.names import Names
from anlan.service.planning.joint import queries
from anlan.service.planning.joint.rules import ForceRule, Rules, rules_of
from anlan.service.planning.standards import standards_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.engine.planning.joint import Checkpoint, JointProblem, Office, Patrol, Pin
    from anlan.engine.planning.standards import Standards
    from anlan.service.planning.joint.ask import JointAsk
    from anlan.service.planning.models import DeploymentPlan, JointCommand

NEEDS: TypeAdapter[list[CellNeed]] = TypeAdapter(list[CellNeed])
STANDBY = "standby"


@dataclass(frozen=True, eq=False)
class Gathered:
    """The engine's problem; names of forces and tasks by code; days of which no need on patrol is known."""

    problem: JointProblem
    forces: dict[str, str]
    tasks: dict[str, str]
    unplanned: list[Date]


def gather(county6: str, ask: JointAsk, rules: Rules | None = None) -> Gathered:
    """Read what the plan needs.

    Raises:
        NoData: no force, nothing to man, or a pin of a task that there is not; the message says which.

    """
    rules, standards = rules or rules_of(county6), standards_of(county6)
    if not rules.forces:
        raise NoData(_("No force is stated. Enter the forces first."))
    points = queries.checkpoints(county6)
    walks, unplanned = _patrols(county6, ask, rules, standards) if ask.patrols else ([], [])
    tasks = {point.code: point.label for point in points} | {STANDBY: _("Standby")}
    names = Names(county6)
    tasks |= {walk.beat: names.beat(walk.beat) for walk in walks}
    made = [_point(point, rules) for point in points]
    problem = _problem(county6, ask, rules, standards, made, walks)
    if not problem.cells:
        raise NoData(
            _(
                "There is nothing to man: at these levels no ring is manned and nobody stands by, and no"
                " deployment plan says how many are needed on patrol. Raise a level, or make the days' plans."
            )
        )
    return Gathered(problem, {force.code: force.name for force in rules.forces}, tasks, unplanned)


def _problem(
    county6: str,
    ask: JointAsk,
    rules: Rules,
    standards: Standards,
    points: list[Checkpoint],
    walks: list[Patrol],
) -> JointProblem:
    weekdays = [day.weekday() for day in ask.dates]
    shifts = [shift.code for shift in standards.shifts]
    last = queries.before(county6, ask.first)
    parts = {
        "levels": ask.levels, "shifts": standards.shifts, "checkpoints": points, "patrols": walks,
        "standby": rules.standby.standby(), "rings": rules.rings,
        "prices": engine.ordered_prices(factor=rules.factor), "first_weekday": weekdays[0],
    }  # fmt: skip
    try:
        forces = [one.force(shifts, weekdays, _offices(one, ask, last)) for one in rules.forces]
        free = engine.JointProblem(forces=forces, **parts)
        pins = _pins(ask, free)
        return engine.JointProblem(forces=forces, pins=pins, **parts) if pins else free
    except ValueError as problem:
        raise NoData(str(problem)) from problem


def _point(point: Any, rules: Rules) -> Checkpoint:
    need = rules.points[min(max(point.ring, 1), len(rules.points))]
    armed = {engine.ARMED: need.armed} if need.armed else {}
    return engine.Checkpoint(point.code, min(max(point.ring, 1), 3), need.people, armed, point.beat_code)


def _offices(force: ForceRule, ask: JointAsk, last: JointCommand | None) -> list[Office]:
    """Return a force's office groups; those of the plan before go on from their last turn."""
    turns = {one["office"]: one for one in last.body["result"]["offices"]} if last else {}
    found = []
    for one in force.offices:
        before = turns.get(one.code)
        gone = {"rested": 7, "weekends": 0}
        if last is not None and before is not None:
            out = max(before["days"], default=-7)
            rested = (ask.first - last.first).days - out - 1
            gone = {"rested": max(0, rested), "weekends": before["weekends"]}
        found.append(engine.Office(one.code, one.people, one.turns, one.apart, **gone))
    return found


def _patrols(
    county6: str, ask: JointAsk, rules: Rules, standards: Standards
) -> tuple[list[Patrol], list[Date]]:
    """Return the people needed on patrol as the days' deployment plans have it, and the days without."""
    plans = queries.newest_plans(county6, ask.dates[0], ask.dates[-1])
    walks: list[Patrol] = []
    unplanned = []
    for number, day in enumerate(ask.dates):
        needs, colours = _needs(plans.get(day), {shift.code for shift in standards.shifts})
        if not needs:
            unplanned.append(day)
        crew = standards.work.crew
        walks += engine.patrols(needs, number, crew, colours, min(rules.officers, crew))
    return walks, unplanned


def _needs(plan: DeploymentPlan | None, shifts: set[str]) -> tuple[list[CellNeed], Mapping[str, str]]:
    staffing = plan.body.get("staffing") if plan else None
    if plan is None or not staffing:
        return [], {}
    try:
        needs = NEEDS.validate_python(staffing["needs"])
    except (WrongShape, KeyError):  # made by an earlier method
        return [], {}
    colours = {row["beat_code"]: row["colour"] for row in plan.body["force"]}
    return [one for one in needs if one.shift in shifts and one.beat in colours], colours


def _pins(ask: JointAsk, problem: JointProblem) -> list[Pin]:
    """Return the pins by number of day.

    Raises:
        NoData: a pin names a task that is not manned then.

    """
    known = {(cell.code, cell.day, cell.shift) for cell in problem.cells}
    found = []
    for pin in ask.pins:
        day = (pin.date - ask.first).days
        if (pin.task, day, pin.shift) not in known:
            _refuse(pin.task, pin.date, ask.levels[day], sorted({cell.code for cell in problem.cells}))
        found.append(engine.Pin(pin.force, pin.task, day, pin.shift, pin.people))
    return found


def _refuse(task: str, date: Date, level: str, known: Sequence[str]) -> None:
    told = _(
        "Pinned: %(task)s is not manned on %(day)s (level %(level)s). Tasks of this week are, among others:"
        " %(known)s."
    )
    shown = ", ".join(known[:8])
    day = date_format(date, "Y-m-d")
    raise NoData(told % {"task": task, "day": day, "level": level, "known": shown})
