"""What a planner sets by hand: pins, forbidden stops, beginnings already driven, units that fell out."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.engine.planning.routes.inputs import Point, check_windows


@dataclass(frozen=True)
class Pin:
    """A stop must be visited once by `unit` (None: any), begun from `early_s` to `late_s` (None: any time).

    Raises:
        ValueError: it pins nothing, or only one end of the time is given.

    """

    stop: str
    unit: str | None = None
    early_s: int | None = None
    late_s: int | None = None

    def __post_init__(self) -> None:
        if (self.early_s is None) != (self.late_s is None):
            raise ValueError(f"late_s of the pin of {self.stop}: give early_s and late_s together")
        if self.unit is None and self.early_s is None:
            raise ValueError(f"unit of the pin of {self.stop}: a unit or a time is needed")
        if self.window:
            check_windows(f"the pin of {self.stop}", (self.window,))

    @property
    def window(self) -> tuple[int, int] | None:
        """The time pinned, if one is."""
        return None if self.early_s is None or self.late_s is None else (self.early_s, self.late_s)


@dataclass(frozen=True)
class Forbid:
    """A stop is not to be visited by `unit`, or by none (None)."""

    stop: str
    unit: str | None = None


@dataclass(frozen=True)
class Lock:
    """What the unit has begun, or is on its way to, at `until_s` is driven and stays."""

    unit: str
    until_s: int


@dataclass(frozen=True)
class Edits:
    """All edits of a plan; `drop`: units out from their lock on, or altogether; `urgent`: new points.

    Raises:
        ValueError: a unit is locked twice.

    """

    pins: tuple[Pin, ...] = ()
    forbids: tuple[Forbid, ...] = ()
    locks: tuple[Lock, ...] = ()
    drop: tuple[str, ...] = ()
    urgent: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        locked = [lock.unit for lock in self.locks]
        for unit in locked:
            if locked.count(unit) > 1:
                raise ValueError(f"locks: unit {unit} twice")


NO_EDITS = Edits()
