"""What a county states for joint command: its forces with their rules, and what has to be manned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from anlan.engine.geo import codes
from anlan.engine.planning.joint import ARMED, FACTOR, POLICE, RINGS, TASKS, Force, Office, Standby
from anlan.engine.planning.joint import Task as Duty
from anlan.service.planning.models import JointRules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVELS = ("I", "II", "III", "IV")
RING_NUMBERS = (1, 2, 3)
WEEK = 7


@dataclass(frozen=True)
class OfficeRule:
    """A group of office staff: so many people come out together, `turns` a week, `apart` days between."""

    code: str
    people: int
    turns: int = 2
    apart: int = 1


@dataclass(frozen=True)
class ForceRule:
    """One force as the planner states it; see `Force` for what each rule means.

    `most` people in one shift, None: all. `off`: weekdays without duty, Monday is 0.
    """

    code: str
    name: str
    members: int = 0
    police: bool = False
    armed: bool = False
    alone: bool = True
    beside: int = 4
    group: int = 1
    most: int | None = None
    tasks: tuple[Duty, ...] = TASKS
    shifts: tuple[str, ...] = ()
    off: tuple[int, ...] = ()
    beats: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    max_hours: float = 40.0
    muster_min: float = 30.0
    offices: tuple[OfficeRule, ...] = ()

    def force(self, shifts: Sequence[str], weekdays: Sequence[int], offices: Sequence[Office]) -> Force:
        """Return it in the engine's terms; `weekdays` are those of the plan's days.

        Raises:
            ValueError: names the rule that is out of range.

        """
        capabilities = (*([POLICE] if self.police else []), *([ARMED] if self.armed else []))
        return Force(
            self.code, self.members, capabilities, self.alone, self.beside, self.group, self.tasks,
            self.shifts, self.beats, self.colours,
            tuple(day for day, weekday in enumerate(weekdays) if weekday in self.off),
            {} if self.most is None else dict.fromkeys(shifts, self.most),
            self.max_hours, self.muster_min, tuple(offices),
        )  # fmt: skip


@dataclass(frozen=True)
class PointNeed:
    """People at a checkpoint, of them armed."""

    people: int = 3
    armed: int = 1


@dataclass(frozen=True)
class StandbyNeed:
    """People held ready by level, of them armed, all within `muster_min` minutes."""

    people: dict[str, int] = field(default_factory=lambda: {"I": 20, "II": 10, "III": 5, "IV": 0})
    armed: int = 2
    muster_min: float = 30.0

    def standby(self) -> Standby | None:
        """Return it in the engine's terms, None where no level asks for anybody."""
        needs = {ARMED: self.armed} if self.armed else {}
        return Standby(self.people, self.muster_min, needs) if any(self.people.values()) else None


@dataclass(frozen=True)
class Rules:
    """All of a county: forces; rings manned by level; needs at a checkpoint by ring; standby.

    `officers`: police in each unit on patrol. `factor`: how much more a task counts than the next in order.
    """

    forces: tuple[ForceRule, ...] = ()
    rings: dict[str, tuple[int, ...]] = field(
        default_factory=lambda: {level: tuple(rings) for level, rings in RINGS.items()}
    )
    points: dict[int, PointNeed] = field(default_factory=lambda: {ring: PointNeed() for ring in RING_NUMBERS})
    standby: StandbyNeed = field(default_factory=StandbyNeed)
    officers: int = 1
    factor: int = FACTOR


RULES: TypeAdapter[Rules] = TypeAdapter(Rules)


def plain(rules: Rules) -> dict[str, Any]:
    """Return rules as JSON."""
    return dict(RULES.dump_python(rules, mode="json"))


def parsed(body: Mapping[str, Any]) -> Rules:
    """Return the rules of stored JSON.

    Raises:
        ValueError: names the field that is wrong.

    """
    try:
        return RULES.validate_python(body)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from problem


def row_of(county6: str) -> JointRules | None:
    """Return what the county has stated, None where it has not."""
    rows = JointRules.objects.select_related("changed_by")
    return rows.filter(area_code=codes.normalise(county6)).first()


def rules_of(county6: str) -> Rules:
    """Return the county's rules; before any were stated, forces drawn from its teams."""
    from anlan.service.planning.joint.defaults import usual  # noqa: PLC0415  it needs the classes above

    row = row_of(county6)
    return usual(county6) if row is None else parsed(row.body)
