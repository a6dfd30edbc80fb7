"""What a joint command has to man: checkpoints by alert level, patrols by colour, a standby force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from anlan.engine.planning.force import UNKNOWN_AS
from anlan.engine.planning.joint.forces import ARMED, Task

# Which rings are manned at which alert level; ring 1 is the inner one. An assumption, editable.
RINGS: Mapping[str, Sequence[int]] = {"I": (1, 2, 3), "II": (1, 2), "III": (1,), "IV": ()}
# From the most important; each counts FACTOR times the next. An assumption, editable.
ORDER = (
    "checkpoint_1", "standby", "patrol_red", "checkpoint_2", "patrol_orange", "checkpoint_3",
    "patrol_yellow", "patrol_green",
)  # fmt: skip
FACTOR = 3


def ordered_prices(order: Sequence[str] = ORDER, factor: int = FACTOR) -> dict[str, int]:
    """Price of a person missing for a shift by class: `factor` times that of the next class, the last 1."""
    return {name: factor**place for place, name in enumerate(reversed(order))}


@dataclass(frozen=True)
class Checkpoint:
    """A road point in ring 1 (inner) to 3: people for each of its shifts (none named: all), who among them.

    `needs`: at least so many with a capability.
    """

    code: str
    ring: int
    people: int = 3
    needs: Mapping[str, int] = field(default_factory=lambda: {ARMED: 1})
    beat: str = ""
    shifts: Sequence[str] = ()


@dataclass(frozen=True)
class Patrol:
    """People needed on patrol in a beat in one shift of one day (0 is the first), as staffing found."""

    beat: str
    day: int
    shift: str
    people: int
    colour: str = "green"
    needs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Standby:
    """People held ready in every shift: a number by alert level, all within `muster_min` minutes."""

    people: Mapping[str, int]
    muster_min: float = 30.0
    needs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """One task in one shift of one day; `kind` is its class of `ORDER`."""

    task: Task
    code: str
    beat: str
    day: int
    shift: str
    people: int
    needs: Mapping[str, int]
    kind: str
    colour: str = ""
    muster_min: float = 0.0


def checkpoint_cells(
    checkpoints: Sequence[Checkpoint],
    levels: Sequence[str],
    shifts: Sequence[str],
    rings: Mapping[str, Sequence[int]] = RINGS,
) -> list[Cell]:
    """The checkpoints manned at each day's alert level.

    Raises:
        ValueError: a level has no rings named, or a checkpoint names a shift that is none.

    """
    for level in levels:
        if level not in rings:
            raise ValueError(f"level {level!r}: expected one of {', '.join(rings)}")
    for point in checkpoints:
        for shift in point.shifts:
            if shift not in shifts:
                raise ValueError(f"shifts of {point.code}: {shift!r} is none")
    return [
        Cell(
            Task.CHECKPOINT, point.code, point.beat, day, shift, point.people, point.needs,
            f"checkpoint_{point.ring}",
        )
        for day, level in enumerate(levels)
        for point in checkpoints
        if point.ring in rings[level]
        for shift in point.shifts or shifts
    ]  # fmt: skip


def patrol_cells(patrols: Sequence[Patrol], days: int, shifts: Sequence[str]) -> list[Cell]:
    """The patrols with people to find.

    Raises:
        ValueError: a patrol's day or shift is not of the plan.

    """
    for patrol in patrols:
        if not 0 <= patrol.day < days or patrol.shift not in shifts:
            raise ValueError(
                f"patrol of {patrol.beat}: day {patrol.day}, shift {patrol.shift!r} is not planned"
            )
    return [
        Cell(
            Task.PATROL, patrol.beat, patrol.beat, patrol.day, patrol.shift, patrol.people, patrol.needs,
            f"patrol_{colour}", colour,
        )
        for patrol in patrols
        if patrol.people > 0
        for colour in (UNKNOWN_AS if patrol.colour == "unknown" else patrol.colour,)
    ]  # fmt: skip


def standby_cells(standby: Standby | None, levels: Sequence[str], shifts: Sequence[str]) -> list[Cell]:
    """The standby of every shift whose level asks for people."""
    if standby is None:
        return []
    return [
        Cell(
            Task.STANDBY, "standby", "", day, shift, standby.people[level], standby.needs, "standby",
            muster_min=standby.muster_min,
        )
        for day, level in enumerate(levels)
        if standby.people.get(level, 0) > 0
        for shift in shifts
    ]  # fmt: skip
