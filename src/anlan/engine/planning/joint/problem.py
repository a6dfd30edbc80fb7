"""A joint plan's question: days and levels, shifts, forces, tasks, prices, and what a planner has pinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from anlan.engine.planning.joint.forces import Force
from anlan.engine.planning.joint.tasks import (
    RINGS,
    Cell,
    Checkpoint,
    Patrol,
    Standby,
    checkpoint_cells,
    ordered_prices,
    patrol_cells,
    standby_cells,
)
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift, checked


@dataclass(frozen=True)
class Pin:
    """Exactly so many people of a force at a task (by its code) in a shift; 0 forbids it."""

    force: str
    code: str
    day: int
    shift: str
    people: int


@dataclass(frozen=True, eq=False)
class JointProblem:
    """Everything that a joint plan is made from. `levels`: the alert level (I to IV) of each day.

    `first_weekday`: of day 0, Monday is 0. `prices`: of a person missing for a shift, by class of task.

    Raises:
        ValueError: names what is wrong: a code twice, an unknown shift, level, class or pin.

    """

    levels: Sequence[str]
    forces: Sequence[Force]
    shifts: Sequence[Shift] = THREE_SHIFTS
    checkpoints: Sequence[Checkpoint] = ()
    patrols: Sequence[Patrol] = ()
    standby: Standby | None = None
    pins: Sequence[Pin] = ()
    rings: Mapping[str, Sequence[int]] = field(default_factory=lambda: dict(RINGS))
    prices: Mapping[str, int] = field(default_factory=ordered_prices)
    first_weekday: int = 0

    def __post_init__(self) -> None:
        checked(self.shifts)
        if not self.levels:
            raise ValueError("levels: at least one day")
        _once("forces", [force.code for force in self.forces])
        _once("checkpoints", [point.code for point in self.checkpoints])
        _once("offices", [office.code for force in self.forces for office in force.offices])
        for cell in self.cells:
            if not self.prices.get(cell.kind, 0) > 0:
                raise ValueError(f"prices: {cell.kind} needs one above 0")
        known = {(cell.code, cell.day, cell.shift) for cell in self.cells}
        for pin in self.pins:
            if pin.force not in self.codes or (pin.code, pin.day, pin.shift) not in known:
                raise ValueError(
                    f"pins: no {pin.force} or no {pin.code} on day {pin.day}, shift {pin.shift!r}"
                )
            if pin.people < 0:
                raise ValueError(f"pins: people of {pin.force} at {pin.code} must be 0 or more")

    @property
    def codes(self) -> list[str]:
        """Codes of the forces."""
        return [force.code for force in self.forces]

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.levels)

    @cached_property
    def hours(self) -> dict[str, float]:
        """Length of each shift in hours."""
        return {shift.code: shift.minutes / 60 for shift in self.shifts}

    @cached_property
    def cells(self) -> list[Cell]:
        """Every task of every shift, in the order of days."""
        shifts = [shift.code for shift in self.shifts]
        found = checkpoint_cells(self.checkpoints, self.levels, shifts, self.rings)
        found += standby_cells(self.standby, self.levels, shifts)
        found += patrol_cells(self.patrols, self.days, shifts)
        return sorted(found, key=lambda cell: cell.day)

    def may(self, force: Force, cell: Cell) -> bool:
        """Whether the force's rules let it take the task at all."""
        return (
            cell.task in force.tasks
            and cell.day not in force.days_off
            and (not force.shifts or cell.shift in force.shifts)
            and (not force.beats or any(cell.beat.startswith(beat) for beat in force.beats))
            and (not force.colours or not cell.colour or cell.colour in force.colours)
            and (not cell.muster_min or force.muster_min <= cell.muster_min)
        )


def _once(name: str, codes: Sequence[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise ValueError(f"{name}: code {code} twice")
