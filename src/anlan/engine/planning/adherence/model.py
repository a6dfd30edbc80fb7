"""Adherence: what was planned, what the units recorded on duty, and what is said about it.

Times are seconds since any one moment, coordinates metres on a local plane (`geo.crs.LocalPlane`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NONE = np.zeros((0, 2))


class Kind(StrEnum):
    """What is to be done at a place: visit a point, walk or drive a line, stay for a dose of minutes."""

    POINT = "point"
    LINE = "line"
    STOP = "stop"


class Status(StrEnum):
    """What became of it.

    SHORT: a line in part, a stop with too few minutes. UNKNOWN: could not be checked.
    """

    ON_TIME = "on_time"
    LATE = "late"
    SHORT = "short"
    MISSED = "missed"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What the status rests on.

    CHECK_IN, POSITION, MATCHED, TIMER: that record shows it. NOT_SEEN: positions without a gap in which it
    could have been done do not. GAP: there was such a gap. NO_POSITIONS: none at all. OFF_DUTY: the unit was
    not on duty then, so nothing is looked at.
    """

    CHECK_IN = "check_in"
    POSITION = "position"
    MATCHED = "matched"
    TIMER = "timer"
    NOT_SEEN = "not_seen"
    GAP = "gap"
    NO_POSITIONS = "no_positions"
    OFF_DUTY = "off_duty"


@dataclass(frozen=True)
class Rules:
    """How records are read.

    Attributes:
        radius_m: a unit this near to a point or a stop is there.
        line_m: a stretch of a line with the unit's way this near is covered.
        gap_s: between two fixes no further apart than this a unit goes straight at an even speed; in longer
            gaps nothing is known.
        early_s: a visit this long before its window is on time.
        late_s: one this long after it is late; later than that it is none.
        line_share: share of a line that must be covered.
        dose_share: share of a stop's planned dose that is enough.
        top_mps: speed that no unit exceeds: tells whether a gap may hide a visit.
        station_m: a unit this near to a station or post is inside.
        moving_mps: slower than this, over `over_s`, a unit stands.
        over_s: time over which speed is measured, so that the jitter of a standing receiver is no patrol.
        tick_s: step in which visible patrol is measured.

    Raises:
        ValueError: names the field that is out of range.

    """

    radius_m: float = 50.0
    line_m: float = 30.0
    gap_s: float = 120.0
    early_s: float = 0.0
    late_s: float = 900.0
    line_share: float = 0.8
    dose_share: float = 1.0
    top_mps: float = 35.0
    station_m: float = 100.0
    moving_mps: float = 1.0
    over_s: float = 30.0
    tick_s: float = 5.0

    def __post_init__(self) -> None:
        for name in ("radius_m", "line_m", "top_mps", "station_m", "over_s", "tick_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: positive, not {getattr(self, name)}")
        for name in ("gap_s", "early_s", "late_s", "moving_mps"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: not negative, not {getattr(self, name)}")
        for name in ("line_share", "dose_share"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name}: above 0, at most 1, not {getattr(self, name)}")


@dataclass(frozen=True)
class Planned:
    """One thing to be done: key of its own, kind, place, unit, window; `dose_s` for a stop."""

    key: str
    kind: Kind
    place: str
    unit: str
    begin_s: float
    end_s: float
    dose_s: float = 0.0
    beat: str = ""
    shift: str = ""

    def __post_init__(self) -> None:
        if not self.end_s > self.begin_s:
            raise ValueError(f"end_s of {self.key}: after its begin_s")
        if self.kind is Kind.STOP and not self.dose_s > 0:
            raise ValueError(f"dose_s of {self.key}: positive for a stop")


@dataclass(frozen=True)
class Duty:
    """A unit's time on duty; nothing outside it is looked at."""

    unit: str
    begin_s: float
    end_s: float
    beat: str = ""
    shift: str = ""

    def __post_init__(self) -> None:
        if not self.end_s > self.begin_s:
            raise ValueError(f"end_s of the duty of {self.unit}: after its begin_s")


@dataclass(frozen=True, eq=False)
class Places:
    """Where things are: points and stops (x, y), lines (k, 2), stations and posts (s, 2)."""

    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    lines: Mapping[str, Floats] = field(default_factory=dict)
    stations: Floats = field(default_factory=lambda: NONE)

    def __post_init__(self) -> None:
        for code, line in self.lines.items():
            if line.ndim != 2 or line.shape[1] != 2 or len(line) < 2 or not np.isfinite(line).all():
                raise ValueError(f"lines: {code} needs two points or more, (k, 2)")


def _columns(of: object, names: Sequence[str]) -> None:
    first = getattr(of, names[0]).shape
    for name in names:
        if getattr(of, name).shape != first or len(first) != 1:
            raise ValueError(f"{name}: expected {first}, not {getattr(of, name).shape}")


@dataclass(frozen=True, eq=False)
class Positions:
    """Fixes of units, (n,) each, in any order; those that are not finite are left out."""

    unit: NDArray[np.str_]
    time_s: Floats
    x: Floats
    y: Floats

    def __post_init__(self) -> None:
        _columns(self, ("unit", "time_s", "x", "y"))


@dataclass(frozen=True, eq=False)
class CheckIns:
    """Visits said by units, (n,) each; x, y are NaN where the phone gave no place."""

    unit: NDArray[np.str_]
    place: NDArray[np.str_]
    time_s: Floats
    x: Floats
    y: Floats

    def __post_init__(self) -> None:
        _columns(self, ("unit", "place", "time_s", "x", "y"))


@dataclass(frozen=True, eq=False)
class Matched:
    """Stretches of lines that map matching found driven, (n,) each: metres along the line.

    A unit that has any is judged by these, not by the nearness of its fixes, on all lines.
    """

    unit: NDArray[np.str_]
    line: NDArray[np.str_]
    time_s: Floats
    from_m: Floats
    to_m: Floats

    def __post_init__(self) -> None:
        _columns(self, ("unit", "line", "time_s", "from_m", "to_m"))


@dataclass(frozen=True, eq=False)
class Stays:
    """Stays at places by the crews' own timers, (n,) each."""

    unit: NDArray[np.str_]
    place: NDArray[np.str_]
    begin_s: Floats
    end_s: Floats

    def __post_init__(self) -> None:
        _columns(self, ("unit", "place", "begin_s", "end_s"))


EMPTY = np.zeros(0)
NOBODY = np.zeros(0, "U1")


@dataclass(frozen=True, eq=False)
class Records:
    """All that units recorded."""

    positions: Positions = field(default_factory=lambda: Positions(NOBODY, EMPTY, EMPTY, EMPTY))
    check_ins: CheckIns = field(default_factory=lambda: CheckIns(NOBODY, NOBODY, EMPTY, EMPTY, EMPTY))
    matched: Matched | None = None
    stays: Stays = field(default_factory=lambda: Stays(NOBODY, NOBODY, EMPTY, EMPTY))


@dataclass(frozen=True)
class Done:
    """What became of one planned thing. Plain data: `asdict` gives JSON.

    Attributes:
        key: of the plan, with its kind, place, unit, beat and shift.
        status: what became of it.
        why: what that rests on.
        at_s: when it was first seen done, None: not.
        dose_s: seconds seen at the place in the window (a stop's late time included), and those of a timer.
        told_s: of these the seconds that a timer alone tells of, in gaps of the positions.
        dose_most_s: the same if every gap was spent there as far as that is possible.
        planned_s: dose planned.
        share: of a line seen covered, None for the others.
        share_most: the same with what gaps may hide.
        length_m: of the line.
        nearest_m: closest known approach in the window, None: no positions.
        seen: share of the window that lies on duty and has a position.
        doubt: a check-in counts though positions without a gap were elsewhere, or it was sent from elsewhere.

    """

    key: str
    kind: str
    place: str
    unit: str
    beat: str
    shift: str
    status: str
    why: str
    at_s: float | None = None
    dose_s: float = 0.0
    dose_most_s: float = 0.0
    planned_s: float = 0.0
    share: float | None = None
    share_most: float | None = None
    length_m: float = 0.0
    nearest_m: float | None = None
    seen: float = 0.0
    doubt: bool = False
    told_s: float = 0.0


@dataclass(frozen=True)
class Patrol:
    """Visible patrol of one duty in seconds.

    `visible_s` is spent outside stations and posts, and moving or at a place of the plan.
    """

    unit: str
    beat: str
    shift: str
    begin_s: float
    duty_s: float
    known_s: float
    visible_s: float
    moving_s: float
    at_place_s: float
    inside_s: float
