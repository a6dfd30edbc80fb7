"""Every way to plan a tiny shift, tried one by one."""

from __future__ import annotations

from itertools import permutations, product
from math import ceil, inf
from typing import TYPE_CHECKING

import numpy as np
from tests.engine.planning.routes.cases import FROM, travel
from tests.engine.planning.routes.checking import way

from anlan.engine.planning.routes import Kind, Line, Meal, Point, Request, Spot, Travel, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

type Stop = Point | Line | Spot | Meal


def tiny(seed: int) -> Request:
    """One or two units for an hour, four stops at most, one visit each; a meal at a place, windows.

    No line is a short cut: along it takes no less than the way from its start to its end.
    """
    random = np.random.default_rng(seed)
    known = travel(random, 6, [Kind.CAR, Kind.BIKE], metres=False)
    ways = {kind: np.where(np.isfinite(table), table, 4000.0) for kind, table in known.seconds.items()}
    units = []
    for row in range(int(random.integers(1, 3))):
        begin = FROM + int(random.integers(0, 2)) * 600
        meal = Meal(600, FROM + 900, FROM + 2400, ("P0", "P1")) if random.random() < 0.3 else None
        units.append(
            Unit(f"U{row}", list(Kind)[random.integers(2)], "P0", "P0", begin, FROM + 3600, meal,
                 room=float(random.choice([0.0, 0.3])))
        )  # fmt: skip
    points, lines, spots = [], [], []
    for row in range(int(random.integers(1, 5))):
        place, early = f"P{random.integers(6)}", FROM + int(random.integers(0, 2400))
        windows = ((early, early + 900),) if random.random() < 0.5 else ()
        kind = random.integers(3)
        if kind == 0:
            points.append(Point(f"M{row}", place, 300, windows=windows))
        elif kind == 1:
            end, slow = int(random.integers(6)), int(random.integers(60, 200))
            one, other = int(place[1:]), end
            along = {
                kind: slow + ceil(max(table[one, other], table[other, one])) for kind, table in ways.items()
            }
            back = along if random.random() < 0.7 else {}
            prize = None if random.random() < 0.6 else 1.0
            lines.append(Line(f"L{row}", place, f"P{end}", along, back, prize=prize))
        else:
            spots.append(Spot(f"S{row}", place, float(random.gamma(1, 1)), most=1, windows=windows))
    price = float(random.choice([0.5, 5.0]))
    return Request(units, Travel(known.places, ways), points, lines, spots, drive_price=price)


def optimum(request: Request) -> tuple[int, float]:
    """The fewest owed visits and meals missing, and the most that such a plan is worth."""
    stops, units = request.stops, request.units
    best = (len(stops) + len(units), -inf)
    known: dict[tuple[int, tuple[int, ...]], tuple[int, float]] = {}
    for by in product(range(-1, len(units)), repeat=len(stops)):
        missing, worth = sum(_owed(stop) for stop, unit in zip(stops, by, strict=True) if unit < 0), 0.0
        for unit in range(len(units)):
            mine = tuple(row for row in range(len(stops)) if by[row] == unit)
            if (unit, mine) not in known:
                known[unit, mine] = _best_route(request, units[unit], [stops[row] for row in mine])
            lost, value = known[unit, mine]
            missing, worth = missing + lost, worth + value
        if worth > -inf and (-missing, worth) > (-best[0], best[1]):
            best = (missing, worth)
    return best


def _owed(stop: Stop) -> bool:
    return isinstance(stop, Point) or (isinstance(stop, Line) and stop.prize is None)


def _best_route(request: Request, unit: Unit, stops: Sequence[Stop]) -> tuple[int, float]:
    """Meals missing, and the value of the best order; -inf where none holds."""
    with_meal = max(_values(request, unit, [*stops, unit.meal]), default=-inf) if unit.meal else -inf
    if with_meal > -inf:
        return 0, with_meal
    return int(unit.meal is not None), max(_values(request, unit, stops), default=-inf)


def _values(request: Request, unit: Unit, stops: Sequence[Stop]) -> Iterator[float]:
    for order in permutations(stops):
        for choices in product(*(_choices(unit, stop) for stop in order)):
            yield _value(request, unit, list(zip(order, choices, strict=True)))


def _choices(unit: Unit, stop: Stop) -> list[tuple[str, str, int]]:
    """Where a visit begins and ends, and its seconds."""
    if isinstance(stop, Meal):
        return [(place, place, stop.seconds) for place in stop.places]
    if not isinstance(stop, Line):
        return [(stop.place, stop.place, stop.seconds)]
    forth = [(stop.start, stop.end, stop.forth_s[unit.kind])] if unit.kind in stop.forth_s else []
    return forth + ([(stop.end, stop.start, stop.back_s[unit.kind])] if unit.kind in stop.back_s else [])


def _value(request: Request, unit: Unit, route: Sequence[tuple[Stop, tuple[str, str, int]]]) -> float:
    now, place, busy, moved, prize = unit.from_s, unit.start, 0.0, 0.0, 0.0
    for stop, (come, leave, seconds) in route:
        there = way(request, unit, place, come)
        windows = ((stop.early_s, stop.late_s),) if isinstance(stop, Meal) else stop.windows
        begin = _begin(now + there, windows)
        now, place = begin + seconds, leave
        busy, moved = busy + there + seconds, moved + there + seconds * isinstance(stop, Line)
        prize += (getattr(stop, "prize", 0.0) or 0.0) if not isinstance(stop, Meal) else 0.0
    home = way(request, unit, place, unit.end)
    if now + home > unit.until_s or busy + home > unit.busy_s:
        return -inf
    return prize - request.hour_price * (moved + home) / 3600


def _begin(arrive: float, windows: Sequence[tuple[int, int]]) -> float:
    if not windows:
        return arrive
    return next((max(arrive, early) for early, late in windows if arrive <= late), inf)
