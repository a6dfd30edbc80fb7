"""The request as a solver sees it: stops, their visits (tasks), and the ways to make each visit (options).

A task is one visit of a stop in a slot of time, or one meal of a unit. Its options exclude one another: the
two directions of a line, the windows of a slot, the places of a meal.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.routes.inputs import Kind, Line, Meal, Point, Request, Spot, Unit
from anlan.engine.planning.routes.slots import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.routes.inputs import Windows

NO_WAY = 10**8  # seconds; over three years


@dataclass(frozen=True)
class Way:
    """How a visit is made: from place to place, seconds per kind (-1: that kind cannot), the direction.

    Places of -1: wherever the unit is at the time.
    """

    entry: int
    exit: int
    seconds: tuple[int, ...]
    direction: str = ""


@dataclass(frozen=True)
class Stop:
    """A point, line or spot: `musts` of its `visits` are owed; begins lie `apart` or more from each other.

    `windows`: `asked` ones as far as anyone is out.
    """

    code: str
    kind: str
    ways: tuple[Way, ...]
    visits: int
    musts: int
    prize: float
    again: float
    apart: int
    windows: Windows
    needs: str | None
    longest_s: int
    gap_s: int
    asked: Windows = ()

    @property
    def quickest_s(self) -> int:
        """The shortest time that a visit takes; 0 where no kind of unit that is out can make it."""
        return min((seconds for way in self.ways for seconds in way.seconds if seconds >= 0), default=0)

    def worth(self, visits: int) -> float:
        """What so many visits are worth together."""
        return self.prize * sum(self.again**number for number in range(visits))


@dataclass(frozen=True)
class Slot:
    """When one visit must begin, by which units (None: any), and whether it is owed."""

    windows: Windows
    must: bool
    prize: float
    units: frozenset[int] | None = None
    pinned: bool = False


@dataclass(frozen=True)
class Task:
    """One visit of a stop, or one meal; `options` are rows of the model's options."""

    code: str
    kind: str
    visit: int
    must: bool
    prize: float
    options: tuple[int, ...]
    meal: int = -1
    pinned: bool = False


@dataclass(frozen=True)
class Option:
    """One way to do a task, to begin from `early` to `late`."""

    task: int
    way: Way
    early: int
    late: int


@dataclass(frozen=True, eq=False)
class Ground:
    """What stays the same while slots are cut anew: units, ways between places, stops, who may go where."""

    request: Request
    kinds: tuple[Kind, ...]
    drive: NDArray[np.int64]
    stops: tuple[Stop, ...]
    barred: frozenset[tuple[str, int]] = frozenset()

    @property
    def units(self) -> Sequence[Unit]:
        """The units, in the request's order."""
        return self.request.units

    @cached_property
    def kind_of(self) -> tuple[int, ...]:
        """Row in `kinds` of each unit."""
        return tuple(self.kinds.index(unit.kind) for unit in self.units)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Row of each place."""
        return {code: row for row, code in enumerate(self.request.travel.places)}

    @cached_property
    def ends(self) -> tuple[tuple[int, int], ...]:
        """Places where each unit starts and ends; one that cannot get to its end stays at its start."""
        asked = [(self.place_of[unit.start], self.place_of[unit.end]) for unit in self.units]
        return tuple(
            (start, start if self.stranded_s(row) else end) for row, (start, end) in enumerate(asked)
        )

    def stranded_s(self, unit: int) -> int:
        """Seconds by which the drive from its start to its end, and nothing else, overruns the shift."""
        crew = self.units[unit]
        drive = self.drive[self.kind_of[unit], self.place_of[crew.start], self.place_of[crew.end]]
        return max(0, crew.from_s + int(drive) - crew.until_s)

    @cached_property
    def stop_of(self) -> dict[str, Stop]:
        """Stops by code."""
        return {stop.code: stop for stop in self.stops}

    def allowed(self, unit: int, stop: Stop) -> bool:
        """Whether the unit may visit the stop, as far as capability and edits go."""
        able = stop.needs is None or stop.needs in self.units[unit].can
        return able and (stop.code, unit) not in self.barred

    def fits(self, unit: int, option: Option) -> bool:
        """Whether the unit could do this alone: there, in time, and back before the shift ends."""
        kind, (start, end), crew = self.kind_of[unit], self.ends[unit], self.units[unit]
        seconds = option.way.seconds[kind]
        if seconds < 0:
            return False
        entry, leave = (start, start) if option.way.entry < 0 else (option.way.entry, option.way.exit)
        begin = max(option.early, crew.from_s + int(self.drive[kind, start, entry]))
        back = begin + seconds + int(self.drive[kind, leave, end])
        return begin <= option.late and back <= crew.until_s


@dataclass(frozen=True, eq=False)
class Model:
    """Tasks and options for one cut of the slots; `may` (U, N): which unit may take which option."""

    ground: Ground
    slots: Mapping[str, Sequence[Slot]]
    tasks: tuple[Task, ...]
    options: tuple[Option, ...]
    may: NDArray[np.bool_]
    meals: tuple[frozenset[int], ...] = field(default=())

    @cached_property
    def rows(self) -> dict[tuple[str, str], list[int]]:
        """Options of the stops by (code, direction)."""
        found: dict[tuple[str, str], list[int]] = {}
        for row, option in enumerate(self.options):
            if self.tasks[option.task].meal < 0:
                found.setdefault((self.tasks[option.task].code, option.way.direction), []).append(row)
        return found

    @cached_property
    def meal_rows(self) -> list[int]:
        """Options of the meals."""
        return [row for row, option in enumerate(self.options) if self.tasks[option.task].meal >= 0]


def lay_ground(request: Request, barred: Iterable[tuple[str, int]] = (), gone: Iterable[str] = ()) -> Ground:
    """Read the request: whole seconds (rounded up), stops in one form; those in `gone` are left out."""
    kinds = tuple(kind for kind in Kind if any(unit.kind is kind for unit in request.units))
    drive = np.stack([_whole(request.travel.seconds[kind]) for kind in kinds])
    place = {code: row for row, code in enumerate(request.travel.places)}
    left_out = set(gone)
    stops = [
        *(_point(point, place, kinds) for point in request.points),
        *(_line(line, place, kinds) for line in request.lines),
        *(_spot(spot, place, kinds) for spot in request.spots if spot.treat is not False),
    ]
    opened = [_open(request.units, stop) for stop in stops if stop.code not in left_out]
    return Ground(request, kinds, drive, tuple(opened), frozenset(barred))


def _whole(seconds: NDArray[np.floating]) -> NDArray[np.int64]:
    table = np.asarray(seconds, np.float64)
    known = np.isfinite(table)
    # A hair is taken off first: 60.000004 s from a sum of 32-bit numbers is a minute, not 61 s.
    whole = np.where(known, np.ceil(np.where(known, table, 0) - 1e-3), NO_WAY).astype(np.int64)
    np.fill_diagonal(whole, 0)
    return whole


def _open(units: Sequence[Unit], stop: Stop) -> Stop:
    """Narrow the stop's windows to the shifts."""
    early = min(unit.from_s for unit in units)
    late = max(unit.until_s for unit in units) - stop.quickest_s if _possible(stop) else early - 1
    return replace(stop, windows=within(stop.windows or ((early, late),), early, late), asked=stop.windows)


def _possible(stop: Stop) -> bool:
    return any(seconds >= 0 for way in stop.ways for seconds in way.seconds)


def _point(point: Point, place: Mapping[str, int], kinds: tuple[Kind, ...]) -> Stop:
    row = place[point.place]
    return Stop(
        point.code, "point", (Way(row, row, (point.seconds,) * len(kinds)),), point.visits, point.visits,
        0.0, 1.0, max(point.seconds + point.gap_s, 1), point.windows, point.needs, point.seconds, point.gap_s,
    )  # fmt: skip


def _spot(spot: Spot, place: Mapping[str, int], kinds: tuple[Kind, ...]) -> Stop:
    row = place[spot.place]
    return Stop(
        spot.code, "stop", (Way(row, row, (spot.seconds,) * len(kinds)),), spot.most, int(spot.treat is True),
        spot.prize, spot.again, max(spot.seconds + spot.gap_s, 1), spot.windows, spot.needs, spot.longest_s,
        spot.gap_s,
    )  # fmt: skip


def _line(line: Line, place: Mapping[str, int], kinds: tuple[Kind, ...]) -> Stop:
    start, end = place[line.start], place[line.end]
    ways = []
    for direction, ends, seconds in (
        ("forth", (start, end), line.forth_s),
        ("back", (end, start), line.back_s),
    ):
        if seconds:
            ways.append(Way(*ends, tuple(int(seconds.get(kind, -1)) for kind in kinds), direction))
    slowest = max(max(way.seconds) for way in ways)
    must = line.prize is None
    return Stop(
        line.code, "line", tuple(ways), line.visits, line.visits if must else 0, line.prize or 0.0, 1.0,
        max(slowest + line.gap_s, 1), line.windows, line.needs, 0, line.gap_s,
    )  # fmt: skip


def build(ground: Ground, slots: Mapping[str, Sequence[Slot]]) -> Model:
    """Tasks and options of these slots, and of every unit's meal."""
    tasks: list[Task] = []
    options: list[Option] = []
    for stop in ground.stops:
        for visit, slot in enumerate(slots[stop.code], 1):
            rows = _add(options, len(tasks), stop.ways, slot.windows)
            tasks.append(Task(stop.code, stop.kind, visit, slot.must, slot.prize, rows, pinned=slot.pinned))
    meals = _add_meals(ground, tasks, options)
    return Model(
        ground, slots, tuple(tasks), tuple(options), _may(ground, slots, tasks, options, meals), meals
    )


def _add(options: list[Option], task: int, ways: Iterable[Way], windows: Windows) -> tuple[int, ...]:
    begin = len(options)
    options += [Option(task, way, early, late) for way in ways for early, late in windows]
    return tuple(range(begin, len(options)))


def _add_meals(ground: Ground, tasks: list[Task], options: list[Option]) -> tuple[frozenset[int], ...]:
    """Units with the same meal share its tasks, one each: which of them takes which is all the same."""
    classes: dict[tuple[Meal, tuple[int, ...]], list[int]] = {}
    for row, unit in enumerate(ground.units):
        if unit.meal:
            classes.setdefault((replace(unit.meal, places=()), meal_places(ground, row)), []).append(row)
    for number, ((meal, places), units) in enumerate(classes.items()):
        ways = [Way(place, place, (meal.seconds,) * len(ground.kinds)) for place in places]
        for visit in range(1, len(units) + 1):
            rows = _add(options, len(tasks), ways, ((meal.early_s, meal.late_s),))
            tasks.append(Task("meal", "meal", visit, must=True, prize=0.0, options=rows, meal=number))
    return tuple(frozenset(units) for units in classes.values())


def meal_places(ground: Ground, unit: int) -> tuple[int, ...]:
    """Where a unit may take its meal; -1: wherever it is."""
    meal = ground.units[unit].meal
    return tuple(sorted({ground.place_of[code] for code in meal.places})) if meal and meal.places else (-1,)


def _may(
    ground: Ground,
    slots: Mapping[str, Sequence[Slot]],
    tasks: Sequence[Task],
    options: Sequence[Option],
    meals: Sequence[frozenset[int]],
) -> NDArray[np.bool_]:
    may = np.zeros((len(ground.units), len(options)), np.bool_)
    for task in tasks:
        for unit in range(len(ground.units)):
            if ground.stranded_s(unit):
                continue
            if task.meal >= 0:
                able = unit in meals[task.meal]
            else:
                chosen = slots[task.code][task.visit - 1].units
                able = ground.allowed(unit, ground.stop_of[task.code]) and (chosen is None or unit in chosen)
            for row in task.options if able else ():
                may[unit, row] = ground.fits(unit, options[row])
    return may
