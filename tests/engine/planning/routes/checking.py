"""An independent reading of a route plan: every rule checked from the request alone, in plain loops."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from anlan.engine.planning.routes import Edits, Line, Point, Request, RoutePlan, Spot, Unit, UnitRoute

if TYPE_CHECKING:
    from anlan.engine.planning.routes import Entry

VISITS = {"point", "line", "stop"}


def way(request: Request, unit: Unit, come: str, to: str) -> float:
    """Whole seconds from place to place, rounded up as a careful planner would."""
    places = list(request.travel.places)
    if come == to:
        return 0
    seconds = float(request.travel.seconds[unit.kind][places.index(come), places.index(to)])
    return math.ceil(seconds - 1e-3) if math.isfinite(seconds) else math.inf


def end_of(request: Request, unit: Unit) -> str:
    """Where its shift ends: its start, if it can't get to its end."""
    can = unit.from_s + way(request, unit, unit.start, unit.end) <= unit.until_s
    return unit.end if can else unit.start


def check(request: Request, plan: RoutePlan, edits: Edits | None = None) -> None:
    """Fail where the plan breaks a rule of the request or of the edits."""
    edits = edits or Edits()
    units = {unit.code: unit for unit in request.units}
    stops = {stop.code: stop for stop in (*request.stops, *edits.urgent)}
    assert [route.unit for route in plan.units if route.unit not in edits.drop] == [
        unit.code for unit in request.units if unit.code not in edits.drop
    ]
    for route in plan.units:
        check_route(request, units[route.unit], route, stops, edits)
    check_visits(request, plan, stops, edits)
    check_sums(request, plan, {code: unit for code, unit in units.items() if code not in edits.drop}, stops)


def check_route(request: Request, unit: Unit, route: UnitRoute, stops: dict, edits: Edits) -> None:
    """One unit: ways, windows, service, meal, shift, room for calls."""
    now, place, busy, meals = unit.from_s, unit.start, 0, 0
    for entry in route.entries:
        drive = way(request, unit, place, entry.place)
        assert entry.drive_s == drive
        assert entry.arrive_s >= now + drive
        assert entry.begin_s >= entry.arrive_s
        assert entry.leave_s >= entry.begin_s
        if entry.kind in VISITS:
            check_visit(unit, entry, stops[entry.code])
            assert not any(one.stop == entry.code and one.unit in {None, unit.code} for one in edits.forbids)
        elif entry.kind == "meal":
            meals += 1
            check_meal(unit, entry, place)
        elif entry.kind == "post":
            assert {post.code: post.place for post in request.posts}[entry.code] == entry.place
        busy += drive + (entry.leave_s - entry.begin_s) * (entry.kind in VISITS | {"meal"})
        now, place = entry.leave_s, entry.to
    home = way(request, unit, place, end_of(request, unit)) if route.unit not in edits.drop else 0
    if not any(entry.locked for entry in route.entries):
        assert now + home <= unit.until_s
    assert meals <= 1
    assert route.drive_s == sum(entry.drive_s for entry in route.entries) + home
    assert route.free_s == route.until_s - route.from_s - busy - home
    if route.unit not in edits.drop and not any(entry.locked for entry in route.entries):
        assert route.free_s + route.detour_s >= unit.room * (unit.until_s - unit.from_s - unit.meal_s) - 1


def check_visit(unit: Unit, entry: Entry, stop: Point | Line | Spot) -> None:
    """Place, time along or dose, window, capability."""
    stay = entry.leave_s - entry.begin_s
    if isinstance(stop, Line):
        ends = (stop.start, stop.end) if entry.direction == "forth" else (stop.end, stop.start)
        seconds = stop.forth_s if entry.direction == "forth" else stop.back_s
        assert (entry.place, entry.to) == ends
        assert stay == seconds[unit.kind]
    else:
        assert entry.place == entry.to == stop.place
        longest = stop.longest_s if isinstance(stop, Spot) else stop.seconds
        assert stop.seconds <= stay <= longest
    assert not stop.windows or any(early <= entry.begin_s <= late for early, late in stop.windows)
    assert stop.needs is None or stop.needs in unit.can


def check_meal(unit: Unit, entry: Entry, place: str) -> None:
    """Length, window, place."""
    assert unit.meal
    assert entry.leave_s - entry.begin_s == unit.meal.seconds
    assert unit.meal.early_s <= entry.begin_s <= unit.meal.late_s
    assert entry.place in unit.meal.places if unit.meal.places else entry.place == place


def check_visits(request: Request, plan: RoutePlan, stops: dict, edits: Edits) -> None:
    """All units together: frequencies, gaps, trial flags, pins; what is owed is made or told."""
    made: dict[str, list[tuple[int, int, str]]] = {}
    for route in plan.units:
        for entry in route.entries:
            if entry.kind in VISITS:
                made.setdefault(entry.code, []).append((entry.begin_s, entry.leave_s, route.unit))
    missing = [one.code for one in plan.unmet if one.must]
    assert (plan.status == "short") == bool(missing)
    forbidden = {one.stop for one in edits.forbids if one.unit is None}
    for code, stop in stops.items():
        visits = sorted(made.get(code, []))
        assert all(after[0] - before[1] >= stop.gap_s for before, after in pairwise(visits))
        check_frequency(stop, len(visits), missing.count(code), banned=code in forbidden)
    for pin in edits.pins:
        fits = [
            one
            for one in made.get(pin.stop, [])
            if pin.unit in {None, one[2]} and (pin.window is None or pin.window[0] <= one[0] <= pin.window[1])
        ]
        assert fits or pin.stop in missing or pin.stop in forbidden
    check_units(request, plan, edits)


def check_frequency(stop: Point | Line | Spot, visits: int, missing: int, *, banned: bool) -> None:
    """No more than asked for, and what is owed and not made is told."""
    assert visits <= (stop.most if isinstance(stop, Spot) else stop.visits)
    if isinstance(stop, Spot):
        owed = int(stop.treat is True)
        assert not (stop.treat is False and visits)
    else:
        owed = stop.visits if isinstance(stop, Point) or stop.prize is None else 0
    if banned:
        assert not visits
        assert missing or not owed
    else:
        assert visits + missing >= owed


def check_units(request: Request, plan: RoutePlan, edits: Edits) -> None:
    """No standing by where the trial leaves a place alone; who gets no meal, or not home, is told."""
    control = {spot.place for spot in request.spots if spot.treat is False}
    posts = [entry.place for route in plan.units for entry in route.entries if entry.kind == "post"]
    assert not control & set(posts)
    told = {(one.kind, one.code) for one in plan.unmet}
    for route in plan.units:
        unit = next(one for one in request.units if one.code == route.unit)
        kinds = {entry.kind for entry in route.entries}
        assert not (("unit", unit.code) in told and kinds & VISITS)
        if unit.meal and unit.code not in edits.drop and not any(entry.locked for entry in route.entries):
            assert ("meal" in kinds) != (("meal", unit.code) in told)


def check_sums(request: Request, plan: RoutePlan, units: dict[str, Unit], stops: dict) -> None:
    """Doses, drives, and (where nothing is locked) prize, value and bound."""
    entries = [(route, entry) for route in plan.units for entry in route.entries]
    for dose in plan.doses:
        mine = [entry for _, entry in entries if entry.kind in VISITS and entry.code == dose.code]
        assert (dose.visits, dose.seconds) == (len(mine), sum(one.leave_s - one.begin_s for one in mine))
    assert plan.drive_s == sum(route.drive_s for route in plan.units)
    assert plan.gap >= 0
    assert plan.bound >= plan.value - 1e-6
    if any(entry.locked for _, entry in entries):
        return
    prize = 0.0
    for dose in plan.doses:
        stop = stops[dose.code]
        if isinstance(stop, Spot):
            prize += stop.prize * sum(stop.again**number for number in range(dose.visits))
        elif isinstance(stop, Line):
            prize += (stop.prize or 0.0) * dose.visits
    assert math.isclose(plan.prize, prize, abs_tol=1e-6)
    assert math.isclose(
        plan.value, prize - plan.drive_price * moved(request, plan, units) / 3600, abs_tol=1e-6
    )


def moved(request: Request, plan: RoutePlan, units: dict[str, Unit]) -> float:
    """Seconds driven from visit to visit, home, and along lines; detours by posts aside."""
    total = 0.0
    for route in (route for route in plan.units if route.unit in units):
        unit, place = units[route.unit], units[route.unit].start
        for entry in route.entries:
            if entry.kind in VISITS | {"meal"}:
                total += (
                    way(request, unit, place, entry.place) if entry.kind != "meal" or unit.meal.places else 0
                )
                total += (entry.leave_s - entry.begin_s) * (entry.kind == "line")
                if entry.kind != "meal" or unit.meal.places:
                    place = entry.to
        total += way(request, unit, place, end_of(request, unit))
    return total
