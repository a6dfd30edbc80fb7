"""What is left to plan when beginnings are driven, units fell out, points came in: a request like any other.

A locked unit starts where its last locked entry ends, at that time, with the busy time that it has left; what
was visited is owed no more, and further visits wait for the gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from anlan.engine.planning.routes.slots import within

if TYPE_CHECKING:
    from anlan.engine.planning.routes.edits import Edits
    from anlan.engine.planning.routes.inputs import Line, Point, Request, Spot, Unit, Windows
    from anlan.engine.planning.routes.plan import Entry, RoutePlan, UnitRoute

FOREVER = 10**8
VISITS = frozenset({"point", "line", "stop"})


@dataclass(frozen=True, eq=False)
class Rest:
    """The request that is left, who may not go where, and each unit's entries that stay or may change."""

    whole: Request
    request: Request
    barred: frozenset[tuple[str, int]]
    gone: frozenset[str]
    locked: Mapping[str, Sequence[Entry]]
    open: Mapping[str, Sequence[Entry]]
    dropped: tuple[str, ...]


def rest_of(request: Request, edits: Edits, start: RoutePlan | None) -> Rest:
    """Take the edits into the request.

    Raises:
        ValueError: names an unknown code, locks without a plan, no unit left.

    """
    whole = replace(request, points=(*request.points, *edits.urgent)) if edits.urgent else request
    _known(whole, edits)
    if edits.locks and start is None:
        raise ValueError("locks: need the plan whose beginnings are locked as start")
    routes = {route.unit: route for route in start.units} if start else {}
    until = {lock.unit: lock.until_s for lock in edits.locks}
    locked = {code: _begun(routes[code], when) for code, when in until.items() if code in routes}
    units = [
        _left(unit, locked.get(unit.code, ()), until.get(unit.code), whole)
        for unit in whole.units
        if unit.code not in edits.drop
    ]
    if not units:
        raise ValueError("drop: no unit is left")
    made = _made(entry for entries in locked.values() for entry in entries)
    left = replace(
        whole,
        units=units,
        points=_some(_fewer(point, made) for point in whole.points),
        lines=_some(_fewer(line, made) for line in whole.lines),
        spots=_some(_fewer_spot(spot, made) for spot in whole.spots),
    )
    code_of = [unit.code for unit in units]
    return Rest(
        whole=whole,
        request=left,
        barred=frozenset((one.stop, code_of.index(one.unit)) for one in edits.forbids if one.unit in code_of),
        gone=frozenset(one.stop for one in edits.forbids if one.unit is None),
        locked=locked,
        open={code: route.entries[len(locked.get(code, ())) :] for code, route in routes.items()},
        dropped=tuple(code for code in edits.drop),
    )


def _known(request: Request, edits: Edits) -> None:
    units = {unit.code for unit in request.units}
    stops = {stop.code for stop in request.stops}
    named = [("drop", code) for code in edits.drop] + [("locks", lock.unit) for lock in edits.locks]
    named += [("pins", pin.unit) for pin in edits.pins if pin.unit]
    named += [("forbids", one.unit) for one in edits.forbids if one.unit]
    for name, code in named:
        if code not in units:
            raise ValueError(f"{name}: unit {code} is not in the request")
    for name, code in [("pins", pin.stop) for pin in edits.pins] + [
        ("forbids", one.stop) for one in edits.forbids
    ]:
        if code not in stops:
            raise ValueError(f"{name}: {code} is no point, line or spot of the request")
    control = {spot.code for spot in request.spots if spot.treat is False}
    for pin in edits.pins:
        if pin.stop in control:
            raise ValueError(f"pins: {pin.stop} is left untreated by today's trial")
        if pin.unit in edits.drop:
            raise ValueError(f"pins: unit {pin.unit} of {pin.stop} is dropped")


def _begun(route: UnitRoute, until_s: int) -> list[Entry]:
    """What the unit has begun or is on its way to; time at a post or free for calls is cut short."""
    begun = [entry for entry in route.entries if entry.locked or entry.arrive_s - entry.drive_s < until_s]
    if begun and begun[-1].kind in {"post", "reserve"}:
        last = begun[-1]
        begun[-1] = replace(last, leave_s=min(last.leave_s, max(until_s, last.arrive_s)))
    return [replace(entry, locked=True) for entry in begun]


def _left(unit: Unit, locked: Sequence[Entry], until_s: int | None, request: Request) -> Unit:
    """The unit as it is when its locked entries are over; it gets home even if that is late."""
    if until_s is None:
        return unit
    now = max([unit.from_s, until_s, *(entry.leave_s for entry in locked)])
    start = locked[-1].to if locked else unit.start
    places = list(request.travel.places)
    way = request.travel.seconds[unit.kind][places.index(start), places.index(unit.end)]
    end = max(unit.until_s, now + 1, now + int(-(-way // 1)) if way < FOREVER else 0)
    meal = None if any(entry.kind == "meal" for entry in locked) else unit.meal
    if meal and (meal.late_s < now or meal.seconds > end - now):
        meal = replace(meal, early_s=meal.late_s) if meal.seconds <= end - now else None
    spent = sum(entry.drive_s + (entry.leave_s - entry.begin_s) * _works(entry) for entry in locked)
    time = end - now - (meal.seconds if meal else 0)
    busy = unit.busy_s - spent - (meal.seconds if meal else 0)
    room = min(max(0.0, 1 - busy / time), 0.999) if time > 0 else 0.0
    return replace(unit, start=start, from_s=now, until_s=end, meal=meal, room=room)


def _works(entry: Entry) -> bool:
    return entry.kind in VISITS or entry.kind == "meal"


def _made(locked: Iterable[Entry]) -> dict[str, list[int]]:
    """When the visits that were made were left, per stop."""
    made: dict[str, list[int]] = {}
    for entry in locked:
        if entry.kind in VISITS:
            made.setdefault(entry.code, []).append(entry.leave_s)
    return made


def _some[Stop](stops: Iterable[Stop | None]) -> list[Stop]:
    return [stop for stop in stops if stop is not None]


def _fewer[Stop: (Point, Line)](stop: Stop, made: Mapping[str, Sequence[int]]) -> Stop | None:
    times = made.get(stop.code, ())
    if not times:
        return stop
    left = stop.visits - len(times)
    windows = _after(stop.windows, max(times) + stop.gap_s)
    return replace(stop, visits=left, windows=windows) if left > 0 else None


def _fewer_spot(spot: Spot, made: Mapping[str, Sequence[int]]) -> Spot | None:
    times = made.get(spot.code, ())
    if not times:
        return spot
    left = spot.most - len(times)
    if left <= 0:
        return None
    treat = None if spot.treat else spot.treat
    prize = spot.prize * spot.again ** len(times)
    return replace(
        spot, most=left, prize=prize, treat=treat, windows=_after(spot.windows, max(times) + spot.gap_s)
    )


def _after(windows: Windows, when: int) -> Windows:
    """The windows from a moment on; where none is left, one that nobody is out for."""
    return within(windows or ((0, FOREVER),), when, FOREVER) or ((FOREVER, FOREVER),)
