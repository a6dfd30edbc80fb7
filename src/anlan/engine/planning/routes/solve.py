"""Routes for a shift in one call, and again around what a planner or the day has fixed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.routes.annealing import Budget, Effort, warm
from anlan.engine.planning.routes.bound import value_bound
from anlan.engine.planning.routes.edits import NO_EDITS, Edits
from anlan.engine.planning.routes.inputs import Spot
from anlan.engine.planning.routes.model import build, lay_ground
from anlan.engine.planning.routes.plan import METHOD, Dose, Entry, RoutePlan, UnitRoute
from anlan.engine.planning.routes.reasons import unmet
from anlan.engine.planning.routes.rest import Rest, rest_of
from anlan.engine.planning.routes.search import Draft, Visit, search
from anlan.engine.planning.routes.standby import Filler, Scheduled, begins_by_stop, schedule
from anlan.engine.planning.routes.table import even_table
from anlan.engine.planning.routes.vary import Vary, day_seed, varied
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from anlan.engine.planning.routes.inputs import Request
    from anlan.engine.planning.routes.model import Ground

VARIED_FROM = 0.6  # the share of the effort that goes into the best plan first
VISITED = frozenset({"point", "line", "stop"})
WORK = VISITED | {"meal"}


def plan_routes(
    request: Request,
    *,
    edits: Edits = NO_EDITS,
    start: RoutePlan | None = None,
    vary: Vary | None = None,
    effort: Effort | None = None,
    watch: Watch = UNWATCHED,
) -> RoutePlan:
    """Plan a shift; with `start`, go on from an earlier plan of it, whose locked beginnings stay as they are.

    Raises:
        ValueError: names what is wrong: an unknown code in an edit, locks without a plan, no unit left.

    """
    effort = effort or Effort()
    rest = rest_of(request, edits, start)
    ground = lay_ground(rest.request, rest.barred, rest.gone)
    table = even_table(ground, edits.pins)
    draft = _draft(ground, rest) if start else None
    if effort.method == "ruin":
        warm(build(ground, table))
    budget = Budget(replace(effort, seed=day_seed(effort.seed, vary)) if vary else effort, watch)
    best = search(
        ground, table, budget, pins=edits.pins, start=draft, part=(0.0, VARIED_FROM if vary else 1.0)
    )
    chosen = best
    if vary:
        best, chosen = varied(best, vary, budget, (VARIED_FROM, 1.0), edits.pins)
    chance = np.random.default_rng((effort.seed, vary.day)) if vary else None
    plan = _assembled(rest, schedule(chosen, scattered=request.scattered, chance=chance))
    base = best.value()
    return replace(
        plan,
        seed=effort.seed,
        day=vary.day if vary else 0,
        best_value=base,
        loss=(base - plan.value) / abs(base) if base else 0.0,
        iterations=chosen.iterations,
        stopped=budget.stopped,
    )


def _draft(ground: Ground, rest: Rest) -> Draft:
    """The start's entries that are not locked, as visits of the units that are left."""
    return [
        [
            Visit(
                entry.code, entry.direction, entry.begin_s, ground.place_of[entry.place], entry.kind == "meal"
            )
            for entry in rest.open.get(unit.code, ())
            if entry.kind in WORK
        ]
        for unit in ground.units
    ]


def _assembled(rest: Rest, scheduled: Scheduled) -> RoutePlan:
    routed = scheduled.routed
    ground = routed.model.ground
    begins = begins_by_stop(scheduled)
    units = []
    for row in range(len(ground.units)):
        filler = Filler(scheduled, row, begins)
        units.append(_unit(rest, ground, row, filler, filler.fill()))
    units += [_dropped(rest, code) for code in rest.dropped]
    bound = value_bound(routed)
    value = routed.value()
    missing = unmet(routed, sorted(rest.gone))
    metres = [unit.drive_m for unit in units]
    return RoutePlan(
        method=METHOD,
        status="short" if any(one.must for one in missing) else "complete",
        seed=0,
        day=0,
        units=units,
        doses=_doses(rest, units),
        unmet=missing,
        prize=value + ground.request.hour_price * routed.driven() / 3600,
        value=value,
        bound=bound,
        gap=max(0.0, bound - value) / max(abs(bound), 1e-9),
        best_value=value,
        loss=0.0,
        drive_price=ground.request.hour_price,
        drive_s=sum(unit.drive_s for unit in units),
        drive_m=None if None in metres else float(sum(one or 0.0 for one in metres)),
        visit_s=sum(unit.visit_s for unit in units),
        free_s=sum(unit.free_s for unit in units),
        visits=sum(entry.kind in VISITED for unit in units for entry in unit.entries),
        iterations=0,
        stopped=False,
    )


def _unit(rest: Rest, ground: Ground, row: int, filler: Filler, new: list[Entry]) -> UnitRoute:
    """Locked and new entries of a unit as one route."""
    left = ground.units[row]
    crew = next(unit for unit in rest.whole.units if unit.code == left.code)
    locked = list(rest.locked.get(left.code, ()))
    entries = [*locked, *new]
    known = crew.kind in rest.request.travel.metres
    drive = sum(entry.drive_s for entry in locked) + filler.driven
    visit = sum(entry.leave_s - entry.begin_s for entry in entries if entry.kind in WORK)
    until = max(crew.until_s, left.until_s)
    return UnitRoute(
        unit=crew.code,
        kind=crew.kind.value,
        from_s=crew.from_s,
        until_s=until,
        entries=entries,
        home_s=filler.home_s,
        drive_s=drive,
        drive_m=sum(entry.drive_m or 0.0 for entry in locked) + filler.metres if known else None,
        detour_s=filler.detour,
        visit_s=visit,
        line_s=sum(entry.leave_s - entry.begin_s for entry in entries if entry.kind == "line"),
        free_s=until - crew.from_s - drive - visit,
        room_s=crew.until_s - crew.from_s - crew.busy_s,
    )


def _dropped(rest: Rest, code: str) -> UnitRoute:
    """What a unit that fell out had begun."""
    crew = next(unit for unit in rest.whole.units if unit.code == code)
    entries = list(rest.locked.get(code, ()))
    until = entries[-1].leave_s if entries else crew.from_s
    drive = sum(entry.drive_s for entry in entries)
    visit = sum(entry.leave_s - entry.begin_s for entry in entries if entry.kind in WORK)
    return UnitRoute(
        unit=code,
        kind=crew.kind.value,
        from_s=crew.from_s,
        until_s=until,
        entries=entries,
        home_s=until,
        drive_s=drive,
        drive_m=sum(e.drive_m or 0.0 for e in entries) if crew.kind in rest.request.travel.metres else None,
        detour_s=0,
        visit_s=visit,
        line_s=sum(entry.leave_s - entry.begin_s for entry in entries if entry.kind == "line"),
        free_s=until - crew.from_s - drive - visit,
        room_s=0,
    )


def _doses(rest: Rest, units: list[UnitRoute]) -> list[Dose]:
    """Visits and seconds of every stop, in the request's order."""
    whole = rest.whole
    most = {stop.code: stop.most if isinstance(stop, Spot) else stop.visits for stop in whole.stops}
    visits: dict[str, list[int]] = {}
    for entry in (entry for unit in units for entry in unit.entries):
        if entry.kind in VISITED:
            visits.setdefault(entry.code, []).append(entry.leave_s - entry.begin_s)
    return [
        Dose(code, len(visits.get(code, ())), sum(visits.get(code, ())), limit)
        for code, limit in most.items()
    ]
