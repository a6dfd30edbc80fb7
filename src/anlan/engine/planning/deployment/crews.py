"""Which unit takes which post: the shortest ways from home, one's own beat first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from anlan.engine.geo.roads import HourClass
from anlan.engine.planning.deployment.inputs import CAR
from anlan.engine.planning.deployment.model import Out, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.deployment.inputs import Ask, Crew, Day
    from anlan.engine.planning.deployment.model import ShiftPosts, Stand
    from anlan.engine.planning.shifts import Shift

OWN_BEAT_S = 300.0  # a unit in its own beat is worth so much longer a way
FAR_S = 7200.0
SET_BY_HAND = 1e6


def crewed(
    day: Day, ask: Ask, posts: Sequence[ShiftPosts], others: Mapping[str, int]
) -> tuple[list[Out], list[Problem]]:
    """Send the cars to the posts of every shift; the crews that are left go on foot or by bike."""
    out: list[Out] = []
    problems: list[Problem] = []
    for shift, of_shift in zip(day.shifts, posts, strict=True):
        cars = day.cars(ask.out)
        slots = [stand for stand in of_shift.posts for _ in range(stand.cars)]
        table = _ways(day, cars, slots)
        taken = _assigned(_cost(table, cars, slots, ask, shift))
        out += [_car(ask, shift, cars[row], slots[slot], float(table[row, slot])) for row, slot in taken]
        if len(taken) < len(slots):
            figures = {"posts": len(slots), "cars": len(cars)}
            problems.append(Problem("more_posts_than_cars", shift.code, dict(figures)))
        out += _afoot(day, ask, shift, others.get(shift.code, 0))
    return out, problems + _unknown_stays(ask, out)


def _ways(day: Day, cars: Sequence[Crew], slots: Sequence[Stand]) -> NDArray[np.float64]:
    """Seconds from each unit's home to each slot, (U, N), inf without a way."""
    if not cars or not slots:
        return np.zeros((len(cars), len(slots)))
    homes, _ = day.graph.snap([crew.lon for crew in cars], [crew.lat for crew in cars])
    posts, _ = day.graph.snap([stand.lon for stand in slots], [stand.lat for stand in slots])
    return day.graph.times(homes, posts, HourClass.DAY).astype(np.float64)


def _cost(
    table: NDArray[np.float64], cars: Sequence[Crew], slots: Sequence[Stand], ask: Ask, shift: Shift
) -> NDArray[np.float64]:
    cost = np.minimum(np.nan_to_num(table, posinf=FAR_S), FAR_S)
    for row, crew in enumerate(cars):
        wanted = ask.stay.get(f"{crew.code} {shift.code}")
        for slot, stand in enumerate(slots):
            if crew.beat and stand.beat == crew.beat:
                cost[row, slot] -= OWN_BEAT_S
            if wanted is not None and stand.code == wanted:
                cost[row, slot] -= SET_BY_HAND
    return cost


def _assigned(cost: NDArray[np.float64]) -> list[tuple[int, int]]:
    rows, slots = linear_sum_assignment(cost)
    return list(zip(rows.tolist(), slots.tolist(), strict=True))


def _car(ask: Ask, shift: Shift, crew: Crew, stand: Stand, way_s: float) -> Out:
    begin, minutes, by_hand = hours_of(ask, crew.code, shift)
    return Out(
        crew.code, crew.team, crew.kind, shift.code, begin, minutes, stand.beat or crew.beat, stand.code,
        stand.lon, stand.lat, way_s if np.isfinite(way_s) else None, by_hand,
    )  # fmt: skip


def hours_of(ask: Ask, unit: str, shift: Shift) -> tuple[int, int, bool]:
    """A unit's begin and length in a shift in minutes, and whether the planner set them."""
    duty = ask.duties.get(f"{unit} {shift.code}")
    if duty is None:
        return shift.start_min, shift.minutes, False
    return duty.start_min, duty.minutes, True


def _afoot(day: Day, ask: Ask, shift: Shift, crews: int) -> list[Out]:
    """Units on foot and bikes, where most is expected first."""
    there = [crew for crew in day.crews if crew.kind != CAR and crew.code not in ask.out]
    expected = dict(zip(day.beats.codes, day.demand.by_beat(shift, day.beats.codes).tolist(), strict=True))
    there.sort(key=lambda crew: (-expected.get(crew.beat, 0.0), crew.code))
    found = []
    for crew in there[:crews]:
        begin, minutes, by_hand = hours_of(ask, crew.code, shift)
        found.append(
            Out(crew.code, crew.team, crew.kind, shift.code, begin, minutes, crew.beat, "", crew.lon,
                crew.lat, None, by_hand)
        )  # fmt: skip
    return found


def _unknown_stays(ask: Ask, out: Sequence[Out]) -> list[Problem]:
    """Wishes for a post that could not be kept: the unit is not out, or the post has no car in that shift."""
    kept = {f"{one.unit} {one.shift}": one.post for one in out}
    return [
        Problem("stay_not_kept", key, {"post": post})
        for key, post in ask.stay.items()
        if kept.get(key) != post
    ]
