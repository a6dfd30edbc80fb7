"""How many go out: force by colour and level, need by queueing, cars and other crews by shift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads import HourClass
from anlan.engine.planning import staffing
from anlan.engine.planning.deployment.model import Problem
from anlan.engine.planning.force import BeatForce, ForceBasis, force_per_colour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.engine.planning.deployment.inputs import Ask, Day
    from anlan.engine.planning.deployment.times import Times

POINTS, PLACES = 40, 25
SPEED_KMH, AREA_KM2 = 30.0, 25.0


@dataclass(frozen=True, eq=False)
class Strength:
    """Force per beat, the alert level and where it comes from, crews by shift beyond those with a car."""

    force: list[BeatForce]
    level: str
    level_from: str
    staffing: staffing.StaffingPlan | None
    cars: Mapping[str, int]
    others: Mapping[str, int]
    problems: list[Problem]


def strength(day: Day, ask: Ask, times: Times, *, staffed: bool = True) -> Strength:
    """Set the force by the colours, raised to the level that the planner asks for, against the need.

    The number of cars in a shift is what the planner says, else what there are people and cars for. Not
    `staffed`, the need is left out and all cars go out where the planner says nothing.

    Raises:
        ValueError: a colour, level or number is out of range.

    """
    beats, standards = day.beats, day.standards
    levels = standards.raised(ask.level)
    force = force_per_colour(beats.codes, beats.colours, beats.strengths, levels=levels)
    total, out = sum(beat.strength for beat in force), sum(beat.on_patrol for beat in force)
    level = ask.level or standards.level_of(out / total if total else levels["green"])
    known = beats.basis is not ForceBasis.NONE and total > 0
    plan = _staffing(day, force if known else None, times) if staffed and len(beats.codes) else None
    there = len(day.cars(ask.out))
    limited = known and beats.basis is ForceBasis.TEAMS  # crews on duty are out as they are
    crews = {row.shift: row.available for row in plan.shifts} if plan and limited else {}
    cars = {
        shift.code: ask.cars.get(shift.code, min(there, crews.get(shift.code, there))) for shift in day.shifts
    }
    others = {code: max(crews.get(code, there) - count, 0) for code, count in cars.items()}
    return Strength(
        force,
        level,
        "planner" if ask.level else "colours",
        plan,
        cars,
        others,
        _problems(day, plan, cars, there),
    )


def _problems(
    day: Day, plan: staffing.StaffingPlan | None, cars: Mapping[str, int], there: int
) -> list[Problem]:
    found = [
        Problem("more_cars_than_there_are", code, {"asked": count, "there": there})
        for code, count in cars.items()
        if count > there
    ]
    found += [Problem("no_car", code) for code, count in cars.items() if count < 1]
    if plan is not None and day.beats.basis is not ForceBasis.NONE:
        found += [
            Problem("fewer_than_needed", row.shift, {"out": row.out, "need": row.need, "lack": row.lack})
            for row in plan.shifts
            if row.lack
        ]
    return found


def _staffing(day: Day, force: list[BeatForce] | None, times: Times) -> staffing.StaffingPlan:
    standards = day.standards
    share = day.demand.priorities
    by_shift = np.stack([day.demand.by_beat(shift, day.beats.codes) for shift in day.shifts], axis=1)
    work = staffing.Work(
        list(day.beats.codes),
        share[:, None, None] * np.maximum(by_shift, 1e-6)[None],
        service_seconds(day),
        day.shifts,
        away=standards.work.away,
        spread=staffing.Dispersion(1 + day.demand.alpha * by_shift),
    )
    crews = None if force is None else staffing.Force(force, standards.work.crew, standards.shares)
    return staffing.staff(work, _travel(day, times), standards.targets, force=crews)


def service_seconds(day: Day) -> tuple[float, ...]:
    """Seconds that a call of each priority binds a unit, its way included: as recorded, else the standard."""
    assumed = day.standards.work.on_scene_min
    ways = day.standards.rings.ring_s
    found = []
    for row in range(len(day.demand.priorities)):
        seen = day.recorded.get(row + 1, ())
        minutes = assumed[min(row, len(assumed) - 1)]
        found.append((float(np.mean(seen)) if len(seen) else 60 * minutes) + ways)
    return tuple(found)


def _travel(day: Day, times: Times) -> list[staffing.Travel]:
    """Travel of the nearest of n free units anywhere in a beat, on road times where the beat has roads."""
    beat_of = np.asarray(day.demand.beat_codes)
    return [_of_beat(day, times, np.flatnonzero((beat_of == beat) & ~times.off)) for beat in day.beats.codes]


def _of_beat(day: Day, times: Times, rows: NDArray[np.int64]) -> staffing.Travel:
    turnout = day.standards.work.turnout_s
    weight = day.demand.expected[rows]
    if len(rows) and weight.sum() > 0:
        best = rows[np.argsort(-weight, kind="stable")[:POINTS]]
        starts = best[:: max(1, len(best) // PLACES)]
        nodes = times.demand_nodes
        table = day.graph.times(nodes[starts], nodes[best], HourClass.DAY)
        if np.isfinite(table).all():
            return staffing.Travel.random_patrol(
                table, day.demand.expected[best], weight=day.demand.expected[starts], turnout_s=turnout
            )
    return staffing.Travel.square_root_law(AREA_KM2, SPEED_KMH, turnout_s=turnout)
