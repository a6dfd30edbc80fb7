"""The forces of a joint command: who they are, what they can do, which rules bind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

POLICE, ARMED = "police", "armed"


class Task(StrEnum):
    """What people are sent to do."""

    PATROL = "patrol"
    CHECKPOINT = "checkpoint"
    STANDBY = "standby"


TASKS = tuple(Task)


@dataclass(frozen=True)
class Office:
    """A group of office staff that comes out together on some days of a week.

    `turns` a week, `apart` days of rest between two turns at least. `rested`: days since its last turn before
    the plan begins (0: it was out on the day before). `weekends`: weekend turns so far, for fairness.

    Raises:
        ValueError: names the field that is out of range.

    """

    code: str
    people: int
    turns: int = 2
    apart: int = 1
    rested: int = 7
    weekends: int = 0

    def __post_init__(self) -> None:
        _at_least("people", self.code, self.people, 1)
        _at_least("turns", self.code, self.turns, 0)
        for name in ("apart", "rested", "weekends"):
            _at_least(name, self.code, getattr(self, name), 0)
        if self.turns > 7:
            raise ValueError(f"turns of {self.code}: at most 7 a week, not {self.turns}")


@dataclass(frozen=True)
class Force:
    """People who are alike: members, what they can do, and where, when and with whom they may stand.

    `per_shift`: at most so many in a shift, by its code; without an entry all members. Everybody serves one
    shift a day at most. `alone`: may stand without police; else at most `beside` of them for each officer at
    the same task. `group`: no fewer of them at one task. `shifts`, `beats`, `colours`: where not empty, only
    these (a beat by its code or the beginning of it; colours count for patrols). `days_off`: days of the
    plan. `max_hours`: per member in seven days. `muster_min`: minutes until a standby is ready. `offices`:
    where not empty, only their people serve, on the days that each is out.

    Raises:
        ValueError: names the field that is out of range.

    """

    code: str
    members: int = 0
    capabilities: Sequence[str] = ()
    alone: bool = True
    beside: int = 4
    group: int = 1
    tasks: Sequence[Task] = TASKS
    shifts: Sequence[str] = ()
    beats: Sequence[str] = ()
    colours: Sequence[str] = ()
    days_off: Sequence[int] = ()
    per_shift: Mapping[str, int] = field(default_factory=dict)
    max_hours: float = 40.0
    muster_min: float = 30.0
    offices: Sequence[Office] = ()

    def __post_init__(self) -> None:
        _at_least("members", self.code, self.members, 0)
        _at_least("group", self.code, self.group, 1)
        _at_least("beside", self.code, self.beside, 1)
        for shift, people in self.per_shift.items():
            _at_least(f"per_shift {shift}", self.code, people, 0)
        if not self.max_hours >= 0:
            raise ValueError(f"max_hours of {self.code}: 0 or more, not {self.max_hours}")

    @property
    def heads(self) -> int:
        """All its people, those of its offices where it has such."""
        return sum(office.people for office in self.offices) if self.offices else self.members

    def leads(self) -> bool:
        """Whether others may stand beside it: it is police."""
        return POLICE in self.capabilities


def _at_least(name: str, code: str, value: int, least: int) -> None:
    if not value >= least:
        raise ValueError(f"{name} of {code}: {least} or more, not {value}")
