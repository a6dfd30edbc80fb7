"""Patrol routes of every shift: the units of a beat with its points, lines and hot spots, together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning import routes
from anlan.engine.planning.deployment.inputs import Place
from anlan.engine.planning.deployment.model import Problem, Ways
from anlan.engine.planning.deployment.posted import hour_class_of
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.deployment.inputs import Day, Stretch
    from anlan.engine.planning.deployment.model import Out
    from anlan.engine.planning.shifts import Shift
    from anlan.engine.planning.staffing import StaffedCell
    from anlan.engine.planning.watch import Watch

SLOW_MPS = {routes.Kind.CAR: 20 / 3.6, routes.Kind.BIKE: 12 / 3.6, routes.Kind.FOOT: 5 / 3.6}
PACE_MPS = {routes.Kind.BIKE: 15 / 3.6, routes.Kind.FOOT: 5 / 3.6}
DETOUR = 1.3  # between random points of a city a way is 1.2-1.3 times as long as the straight line
MOST_ROOM, LEAST_ROOM = 0.6, 0.1
EACH_S = 1.0
FULL_DAY_MIN = 240


def routed(
    day: Day,
    out: Sequence[Out],
    cells: Sequence[StaffedCell],
    watch: Watch = UNWATCHED,
    each_s: float = EACH_S,
) -> tuple[list[Ways], list[Problem]]:
    """Plan the routes of every shift's units, beat by beat.

    A beat in which no unit of a shift works is visited by the units whose post is nearest.
    """
    found: list[Ways] = []
    problems: list[Problem] = []
    busy = {(cell.beat, cell.shift): cell.reached.busy for cell in cells}
    groups = [(shift, *one) for shift in day.shifts for one in _groups(day, shift, out)]
    for done, (shift, beats, units) in enumerate(groups):
        watch.told("routes", done / max(len(groups), 1))
        if watch.stopped():
            break
        task = _task(day, shift, beats, units, busy)
        if task is None:
            continue
        past = [one for beat in beats for one in day.past.get(f"{beat} {shift.code}", ())]
        vary = routes.Vary(day.number, day.standards.stops.varied, past[-14:])
        plan = routes.plan_routes(task, vary=vary, effort=routes.Effort(each_s, seed=day.number))
        found.append(Ways(shift.code, beats, plan))
        problems += _problems(shift, plan)
    return found, problems + _unvisited(day, groups)


def _problems(shift: Shift, plan: routes.RoutePlan) -> list[Problem]:
    return [
        Problem("not_visited", one.code, {"shift": shift.code, "reason": one.reason, "short_s": one.short_s})
        for one in plan.unmet
        if one.must
    ]


def _unvisited(day: Day, groups: Sequence[tuple[Shift, list[str], list[Out]]]) -> list[Problem]:
    """Shifts in which nobody is out to visit anything."""
    out = {shift.code for shift, _beats, _units in groups}
    return [Problem("nobody_out", shift.code) for shift in day.shifts if shift.code not in out]


def _groups(day: Day, shift: Shift, out: Sequence[Out]) -> list[tuple[list[str], list[Out]]]:
    """Beats with the units that work them; beats of nobody go to the unit that stands nearest."""
    mine = [one for one in out if one.shift == shift.code]
    if not mine:
        return []
    middles = _middles(day)
    own: dict[str, list[Out]] = {}
    for unit in mine:
        beat = unit.beat or _nearest_beat(middles, unit)
        own.setdefault(beat, []).append(unit)
    served: dict[str, list[str]] = {beat: [beat] for beat in own}
    wanted = {point.beat for point in day.points} | {line.beat for line in day.lines}
    for beat in sorted(wanted - set(own)):
        if beat in middles:
            near = min(mine, key=lambda unit: _apart(middles[beat], unit))
            served[near.beat or _nearest_beat(middles, near)].append(beat)
    return [(served[beat], own[beat]) for beat in sorted(own)]


def _middles(day: Day) -> dict[str, tuple[float, float]]:
    """The middle of each beat's demand."""
    beats = np.asarray(day.demand.beat_codes)
    return {
        str(beat): (float(day.demand.lon[beats == beat].mean()), float(day.demand.lat[beats == beat].mean()))
        for beat in np.unique(beats)
        if beat
    }


def _apart(middle: tuple[float, float], unit: Out) -> float:
    return (middle[0] - unit.lon) ** 2 + (middle[1] - unit.lat) ** 2


def _nearest_beat(middles: Mapping[str, tuple[float, float]], unit: Out) -> str:
    return min(middles, key=lambda beat: (_apart(middles[beat], unit), beat)) if middles else ""


def _task(
    day: Day, shift: Shift, beats: list[str], units: list[Out], busy: Mapping[tuple[str, str], float]
) -> routes.Request | None:
    """The routing question of some beats' units, None where there is nothing to visit."""
    stops = day.standards.stops
    points = [place for place in day.points if place.beat in beats]
    lines = [line for line in day.lines if line.beat in beats]
    spots = spots_of(day, shift, beats)
    if not (points or lines or spots):
        return None
    ground = _Ground(day, shift)
    crews = [_unit(day, ground, unit, beats, busy) for unit in units]
    seconds = round(60 * stops.point_min)
    parts = (
        [routes.Point(one.code, ground.at(one.code, one.lon, one.lat), seconds) for one in points],
        [_line(ground, one) for one in lines],
        [_spot(day, ground, *one) for one in spots],
        [routes.Post(code, ground.at(code, lon, lat)) for code, lon, lat in _posts(units)],
    )
    return routes.Request(crews, ground.travel({crew.kind for crew in crews}), *parts)


def spots_of(day: Day, shift: Shift, beats: Sequence[str]) -> list[tuple[Place, float, bool | None]]:
    """Hot spots of some beats in a shift: place, expected incidents, what a trial wants of it.

    The places where most is expected, and all places of trials. A trial's place keeps its own flag; a place
    that is not in one is free.
    """
    weight = day.demand.of(shift)
    found: dict[str, tuple[Place, float, bool | None]] = {}
    codes = np.asarray(day.demand.beat_codes)
    for beat in beats:
        rows = np.flatnonzero(codes == beat)
        for row in rows[np.argsort(-weight[rows], kind="stable")[: day.standards.stops.per_beat]]:
            code = str(day.demand.codes[row])
            place = Place(code, float(day.demand.lon[row]), float(day.demand.lat[row]), beat)
            found[code] = (place, float(weight[row]), day.trial.get(code))
    known = {str(code): float(weight[row]) for row, code in enumerate(day.demand.codes)}
    for place in day.trial_places:
        if place.beat in beats and place.code in day.trial:
            found[place.code] = (place, known.get(place.code, 0.0), day.trial[place.code])
    return list(found.values())


class _Ground:
    """The places of one routing question, and the times between them."""

    def __init__(self, day: Day, shift: Shift) -> None:
        self.day, self.shift = day, shift
        self.places: dict[str, tuple[float, float]] = {}

    def at(self, code: str, lon: float, lat: float) -> str:
        """Make a place known; its code."""
        self.places.setdefault(code, (lon, lat))
        return code

    def travel(self, kinds: set[routes.Kind]) -> routes.Travel:
        """Seconds between all places for each kind of movement."""
        lon, lat = (np.array(column) for column in zip(*self.places.values(), strict=True))
        seconds = {kind: self._seconds(kind, lon, lat) for kind in sorted(kinds)}
        return routes.Travel(list(self.places), seconds)

    def _seconds(
        self, kind: routes.Kind, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Cars on the roads at the shift's hours; feet and bicycles straight, a detour allowed for."""
        graph = self.day.graph
        if kind is routes.Kind.CAR:
            nodes, _ = graph.snap(lon, lat)
            return graph.times(nodes, nodes, hour_class_of(self.day, self.shift)).astype(np.float64)
        metres = graph.project(lon, lat)
        straight = np.hypot(*(metres[:, None, :] - metres[None]).transpose(2, 0, 1))
        return np.asarray(straight * (DETOUR / PACE_MPS[kind]), np.float64)


def _unit(
    day: Day, ground: _Ground, unit: Out, beats: Sequence[str], busy: Mapping[tuple[str, str], float]
) -> routes.Unit:
    home = ground.at(unit.post or f"unit {unit.unit}", unit.lon, unit.lat)
    begin, end = 60 * unit.start_min, 60 * (unit.start_min + unit.minutes)
    load = max((busy.get((beat, unit.shift), 0.0) for beat in beats), default=0.0)
    return routes.Unit(
        unit.unit, routes.Kind(unit.kind), home, home, begin, end, _meal(day, begin, end),
        room=min(max(load, LEAST_ROOM), MOST_ROOM),
    )  # fmt: skip


def _meal(day: Day, begin: int, end: int) -> routes.Meal | None:
    """A break in the middle half of a shift that is long enough to need one."""
    seconds = round(60 * day.standards.work.meal_min)
    if not seconds or end - begin < 60 * FULL_DAY_MIN:
        return None
    quarter = (end - begin) // 4
    return routes.Meal(seconds, begin + quarter, end - quarter - seconds)


def _line(ground: _Ground, line: Stretch) -> routes.Line:
    metres = float(np.hypot(*np.diff(ground.day.graph.project(*line.course.T), axis=0).T).sum())
    first, last = (
        ground.at(f"{line.code} {end}", float(point[0]), float(point[1]))
        for end, point in (("from", line.course[0]), ("to", line.course[-1]))
    )
    seconds = {kind: max(1, round(metres / pace)) for kind, pace in SLOW_MPS.items()}
    return routes.Line(line.code, first, last, seconds, seconds, metres=metres)


def _spot(day: Day, ground: _Ground, place: Place, prize: float, treat: bool | None) -> routes.Spot:
    stops = day.standards.stops
    return routes.Spot(
        place.code, ground.at(place.code, place.lon, place.lat), prize, round(60 * stops.minutes),
        round(60 * stops.longest_min), stops.most, round(60 * stops.gap_min), treat=treat,
    )  # fmt: skip


def _posts(units: Sequence[Out]) -> list[tuple[str, float, float]]:
    return sorted({(unit.post, unit.lon, unit.lat) for unit in units if unit.post})
