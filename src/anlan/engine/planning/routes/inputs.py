"""What routes are planned from: units, what they must and may visit, where they wait, how long ways take.

Every time is in whole seconds after the midnight at which the shift's day begins (above 86 400 after the next
one). A window is a pair (early, late) within which a visit must *begin*; no window means the whole shift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

type Windows = tuple[tuple[int, int], ...]

DOSE_S = 720  # Koper 1995: the deterrence left behind grows with the stay up to about 15 min; 10-15 are meant
LONGEST_S = 900
EVERY_S = 7200  # Telep, Mitchell & Weisburd 2014: each hot spot about every two hours


class Kind(StrEnum):
    """How a unit moves; each kind has travel times of its own."""

    CAR = "car"
    BIKE = "bike"
    FOOT = "foot"


@dataclass(frozen=True)
class Meal:
    """A break of `seconds`, begun from `early_s` to `late_s`, at one of `places` (none: where it is)."""

    seconds: int
    early_s: int
    late_s: int
    places: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(f"seconds of a meal: above 0, not {self.seconds}")
        check_windows("meal", ((self.early_s, self.late_s),))


@dataclass(frozen=True)
class Unit:
    """A crew out from `from_s` to `until_s`, from the place `start` to the place `end`.

    `can`: what it is able to do. `room`: the share of the shift, its meal aside, that is left free for calls.
    """

    code: str
    kind: Kind
    start: str
    end: str
    from_s: int
    until_s: int
    meal: Meal | None = None
    can: frozenset[str] = frozenset()
    room: float = 0.0

    def __post_init__(self) -> None:
        if not self.until_s > self.from_s:
            raise ValueError(f"until_s of unit {self.code}: after {self.from_s}, not {self.until_s}")
        if not 0 <= self.room < 1:
            raise ValueError(f"room of unit {self.code}: from 0 to below 1, not {self.room}")
        if self.meal and self.meal.seconds > self.until_s - self.from_s:
            raise ValueError(f"meal of unit {self.code}: longer than its shift")

    @property
    def meal_s(self) -> int:
        """Seconds of its meal, 0 without one."""
        return self.meal.seconds if self.meal else 0

    @property
    def busy_s(self) -> int:
        """The most seconds that driving, visits and the meal may take together."""
        return int((1 - self.room) * (self.until_s - self.from_s - self.meal_s)) + self.meal_s


@dataclass(frozen=True)
class Point:
    """A place that must be visited `visits` times a shift, at least `gap_s` from leaving to the next begin.

    `needs`: a capability that the unit must have.
    """

    code: str
    place: str
    seconds: int
    visits: int = 1
    gap_s: int = 0
    windows: Windows = ()
    needs: str | None = None

    def __post_init__(self) -> None:
        check_visits(self.code, self.seconds, self.visits, self.gap_s)
        check_windows(self.code, self.windows)


@dataclass(frozen=True)
class Line:
    """A stretch of road from `start` to `end`, to be gone along `visits` times in either direction.

    `forth_s`, `back_s`: seconds along it per kind; a kind that is missing cannot go that way, and an empty
    `back_s` makes it one-way. `prize` None: it must be patrolled; a number: it is worth that much a time.
    """

    code: str
    start: str
    end: str
    forth_s: Mapping[Kind, int]
    back_s: Mapping[Kind, int]
    visits: int = 1
    gap_s: int = 0
    windows: Windows = ()
    needs: str | None = None
    prize: float | None = None
    metres: float | None = None

    def __post_init__(self) -> None:
        for seconds in (*self.forth_s.values(), *self.back_s.values()):
            check_visits(self.code, seconds, self.visits, self.gap_s)
        if not self.forth_s and not self.back_s:
            raise ValueError(f"forth_s of {self.code}: no kind of unit can go along it")
        check_windows(self.code, self.windows)
        if self.prize is not None:
            check_prize(self.code, self.prize)


@dataclass(frozen=True)
class Spot:
    """A hot spot or any other place that may be visited, up to `most` times, for a prize each time.

    `prize`: what the first visit is worth (expected harm, a forecast); every further one `again` times as
    much. A visit is planned for `seconds`; time that would be idle lengthens it up to `longest_s`. `treat`:
    what today's draw of a randomised trial says: True, it must be visited; False, it must not be; None, free.
    """

    code: str
    place: str
    prize: float
    seconds: int = DOSE_S
    longest_s: int = LONGEST_S
    most: int = 2
    gap_s: int = EVERY_S
    again: float = 1.0
    windows: Windows = ()
    needs: str | None = None
    treat: bool | None = None

    def __post_init__(self) -> None:
        check_visits(self.code, self.seconds, self.most, self.gap_s)
        check_windows(self.code, self.windows)
        check_prize(self.code, self.prize)
        if self.longest_s < self.seconds:
            raise ValueError(f"longest_s of {self.code}: at least {self.seconds}, not {self.longest_s}")
        if not 0 <= self.again <= 1:
            raise ValueError(f"again of {self.code}: from 0 to 1, not {self.again}")


@dataclass(frozen=True)
class Post:
    """A standby post: where a unit waits when nothing else is planned."""

    code: str
    place: str


@dataclass(frozen=True, eq=False)
class Travel:
    """Seconds from place to place, (P, P) per kind, inf where there is no way; `metres` where known."""

    places: Sequence[str]
    seconds: Mapping[Kind, NDArray[np.floating]]
    metres: Mapping[Kind, NDArray[np.floating]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = len(self.places)
        if len(set(self.places)) < size:
            raise ValueError("places: a code twice")
        for name, tables in (("seconds", self.seconds), ("metres", self.metres)):
            for kind, table in tables.items():
                if np.shape(table) != (size, size):
                    raise ValueError(f"{name} of {kind}: shape {(size, size)}, not {np.shape(table)}")
                if np.isnan(table).any() or np.min(table, initial=0) < 0:
                    raise ValueError(f"{name} of {kind}: 0 or more, inf where there is no way")


@dataclass(frozen=True, eq=False)
class Request:
    """One shift to be planned.

    `drive_price`: what an hour of driving (or walking) costs in units of prize; None takes a tenth of the
    spots' mean prize, or 1 without spots. `scattered`: free time lies in blocks all over the shift, at a post
    where the way is worth it; otherwise visits begin as soon as they can, and free time is what is left.
    """

    units: Sequence[Unit]
    travel: Travel
    points: Sequence[Point] = ()
    lines: Sequence[Line] = ()
    spots: Sequence[Spot] = ()
    posts: Sequence[Post] = ()
    drive_price: float | None = None
    scattered: bool = True

    def __post_init__(self) -> None:
        if not self.units:
            raise ValueError("units: none given")
        _unique("units", [unit.code for unit in self.units])
        _unique("points, lines and spots", [stop.code for stop in self.stops])
        _unique("posts", [post.code for post in self.posts])
        for unit in self.units:
            if unit.kind not in self.travel.seconds:
                raise ValueError(f"seconds: no travel times for the kind {unit.kind} of unit {unit.code}")
        self._check_places()
        if self.drive_price is not None:
            check_prize("drive_price", self.drive_price)

    def _check_places(self) -> None:
        known = set(self.travel.places)
        named = [(unit.code, place) for unit in self.units for place in (unit.start, unit.end)]
        named += [(unit.code, place) for unit in self.units if unit.meal for place in unit.meal.places]
        placed: list[Point | Spot | Post] = [*self.points, *self.spots, *self.posts]
        named += [(one.code, one.place) for one in placed]
        named += [(line.code, place) for line in self.lines for place in (line.start, line.end)]
        for code, place in named:
            if place not in known:
                raise ValueError(f"place {place} of {code}: not among the places of the travel times")

    @property
    def stops(self) -> list[Point | Line | Spot]:
        """All points, lines and spots."""
        return [*self.points, *self.lines, *self.spots]

    @property
    def hour_price(self) -> float:
        """What an hour of driving costs, the default worked out."""
        if self.drive_price is not None:
            return self.drive_price
        prizes = [spot.prize for spot in self.spots if spot.prize > 0]
        return 0.1 * sum(prizes) / len(prizes) if prizes else 1.0


def expected_room(calls: float, seconds_each: float, units: Sequence[Unit]) -> float:
    """Share of the units' shifts that calls are expected to take: workload over hours on duty, 0-1.

    `calls`: expected number during the shift; `seconds_each`: from dispatch until free again, all units of a
    call together.

    Raises:
        ValueError: a negative figure, or more work than the units have time.

    """
    if calls < 0 or seconds_each < 0:
        raise ValueError(f"calls, seconds_each: 0 or more, not {calls:g} and {seconds_each:g}")
    share = calls * seconds_each / sum(unit.until_s - unit.from_s - unit.meal_s for unit in units)
    if share >= 1:
        raise ValueError(f"calls: {calls:g} of {seconds_each:g} s take all the units' time")
    return share


def check_visits(code: str, seconds: int, visits: int, gap_s: int) -> None:
    """Refuse a visit of negative length, no visit at all, a negative gap."""
    if seconds < 0:
        raise ValueError(f"seconds of {code}: 0 or more, not {seconds}")
    if visits < 1:
        raise ValueError(f"visits of {code}: at least 1, not {visits}")
    if gap_s < 0:
        raise ValueError(f"gap_s of {code}: 0 or more, not {gap_s}")


def check_windows(code: str, windows: Windows) -> None:
    """Refuse windows that end before they begin, or that are not in order."""
    for early, late in windows:
        if late < early:
            raise ValueError(f"windows of {code}: {late} is before {early}")
    if any(after[0] <= before[1] for before, after in pairwise(windows)):
        raise ValueError(f"windows of {code}: must follow one another without overlap")


def check_prize(code: str, prize: float) -> None:
    """Refuse what is not a finite number of 0 or more."""
    if not (np.isfinite(prize) and prize >= 0):
        raise ValueError(f"prize of {code}: a finite number, 0 or more, not {prize}")


def _unique(name: str, codes: list[str]) -> None:
    if not all(codes):
        raise ValueError(f"{name}: an empty code")
    for code in codes:
        if codes.count(code) > 1:
            raise ValueError(f"{name}: code {code} twice")
