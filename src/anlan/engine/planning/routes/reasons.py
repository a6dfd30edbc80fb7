"""Why a visit is not made, and the smallest change that would make room for it.

What no unit could do even alone is named first (capability, way, window, shift); the rest wants time beside
other visits. Each relaxation is found by putting the visit into the plan with just that limit loosened, so it
is known to help; nothing else is rearranged, so a cleverer plan may need less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from anlan.engine.planning.routes.model import NO_WAY
from anlan.engine.planning.routes.plan import Relaxation, Unmet
from anlan.engine.planning.routes.search import Routed
from anlan.engine.planning.routes.slots import most_visits
from anlan.engine.planning.routes.timing import soonest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from anlan.engine.planning.routes.inputs import Request
    from anlan.engine.planning.routes.model import Model, Stop, Task

MOST_EXPLAINED = 20  # owed visits for which relaxations are worked out


@dataclass(frozen=True)
class Trial:
    """What putting an option into a route would overrun: its own window, the shift, the busy time."""

    unit: int
    window: int
    shift: int
    busy: int
    others: int

    @property
    def short_s(self) -> int:
        """Seconds missing altogether."""
        return self.window + self.shift + self.busy + self.others


def unmet(routed: Routed, forbidden: Sequence[str]) -> list[Unmet]:
    """Every visit that is not made, owed ones first; nothing is said of a spot that got a visit."""
    model = routed.model
    made = {model.options[row].task for route in routed.routes for row in route}
    seen = {model.tasks[task].code for task in made}
    left = [row for row, task in enumerate(model.tasks) if row not in made and task.kind != "meal"]
    owed = [row for row in left if model.tasks[row].must]
    free = {model.tasks[row].code: row for row in left if not model.tasks[row].must}
    found = [_owed(routed, row, explain=place < MOST_EXPLAINED) for place, row in enumerate(owed)]
    found += _too_many(model)
    found += _meals(routed) + _stranded(model)
    named = seen | {one.code for one in found}
    found += [_free(routed, row) for code, row in free.items() if code not in named]
    return found + _forbidden(model.ground.request, forbidden)


def _owed(routed: Routed, row: int, *, explain: bool) -> Unmet:
    model = routed.model
    task, stop = model.tasks[row], model.ground.stop_of[model.tasks[row].code]
    base = Unmet(task.code, task.kind, task.visit, must=True, reason="")
    if (alone := _alone(model, stop, task)) is not None:
        if alone["reason"] == "capability":
            alone["relaxations"] = _if_able(routed, row)
        return replace(base, **alone)
    best = _least(routed, row)
    unit = model.ground.units[best.unit].code
    relaxations = _relaxations(routed, row) if explain else []
    return replace(base, reason="time", short_s=best.short_s, unit=unit, relaxations=relaxations)


def _if_able(routed: Routed, row: int) -> list[Relaxation]:
    """The first unit that could make the visit beside its others if it had the capability."""
    able = (trial for trial in _trials(routed, row, able=False) if trial.short_s == 0)
    first = next(able, None)
    return [Relaxation("capability", 1, routed.model.ground.units[first.unit].code)] if first else []


def _free(routed: Routed, row: int) -> Unmet:
    model = routed.model
    task, stop = model.tasks[row], model.ground.stop_of[model.tasks[row].code]
    base = Unmet(task.code, task.kind, task.visit, must=False, reason="time")
    if (alone := _alone(model, stop, task)) is not None:
        return replace(base, **{**alone, "relaxations": []})
    best = _least(routed, row)
    unit = model.ground.units[best.unit].code
    return replace(base, reason="time" if best.short_s else "worth", short_s=best.short_s, unit=unit)


def _alone(model: Model, stop: Stop, task: Task) -> dict[str, Any] | None:
    """What keeps every unit from the visit (or the one it is pinned to) even if it did nothing else."""
    ground = model.ground
    pinned = model.slots[task.code][task.visit - 1].units
    asked = range(len(ground.units)) if pinned is None else sorted(pinned)
    units = [row for row in asked if ground.allowed(row, stop) and not ground.stranded_s(row)]
    if not units:
        able = [row for row in asked if stop.needs is None or stop.needs in ground.units[row].can]
        if not able:
            return {"reason": "capability"}
        barred = all((stop.code, row) in ground.barred for row in able)
        return {"reason": "forbidden" if barred else "way"}
    movers = [unit for unit in units if _seconds(model, stop, unit) is not None]
    if not movers:
        return {"reason": "kind"}
    if not any(_ways(model, stop, unit) for unit in movers):
        return {"reason": "way"}
    if any(model.may[unit, row] for unit in movers for row in task.options):
        return None
    return _too_late(model, stop, task, movers)


def _seconds(model: Model, stop: Stop, unit: int) -> int | None:
    kind = model.ground.kind_of[unit]
    return min((way.seconds[kind] for way in stop.ways if way.seconds[kind] >= 0), default=None)


def _ways(model: Model, stop: Stop, unit: int) -> list[tuple[int, int, int]]:
    """(drive there, seconds, drive home) of each way that leads there and back."""
    ground, kind = model.ground, model.ground.kind_of[unit]
    start, end = ground.ends[unit]
    ways = [
        (int(ground.drive[kind, start, way.entry]), way.seconds[kind], int(ground.drive[kind, way.exit, end]))
        for way in stop.ways
        if way.seconds[kind] >= 0
    ]
    return [way for way in ways if way[0] < NO_WAY and way[2] < NO_WAY]


def _too_late(model: Model, stop: Stop, task: Task, movers: Sequence[int]) -> dict[str, Any]:
    """By how much the best unit misses the window, or its shift's end."""
    ground = model.ground
    windows = model.slots[task.code][task.visit - 1].windows or stop.windows or ((NO_WAY, NO_WAY),)
    best: tuple[str, str, int] | None = None
    for unit in movers:
        crew = ground.units[unit]
        for there, seconds, home in _ways(model, stop, unit):
            for early, late in windows:
                arrive = max(crew.from_s + there, early)
                over = arrive + seconds + home - crew.until_s
                by_window = arrive > late and (stop.asked or over <= 0)
                missed = ("window", arrive - late) if by_window else ("shift", over)
                if best is None or missed[1] < best[2]:
                    best = (missed[0], crew.code, missed[1])
    assert best is not None  # noqa: S101  movers have a way
    kind, unit_code, short = best
    if short >= NO_WAY // 2:
        return {"reason": "window"}
    return {
        "reason": kind,
        "short_s": short,
        "unit": unit_code,
        "relaxations": [Relaxation(kind, short, unit_code)],
    }


def _trials(routed: Routed, row: int, *, loose: bool = False, able: bool = True) -> Iterator[Trial]:
    """Every option of a task at every place of every route that may take it.

    `loose`: its window is disregarded. `able` False: whoever could do it in time if it were able.
    """
    model = routed.model
    for unit, route in enumerate(routed.routes):
        for row_of in model.tasks[row].options:
            allowed = model.may[unit, row_of] if able else model.ground.fits(unit, model.options[row_of])
            for at in range(len(route) + 1 if allowed else 0):
                yield _trial(model, unit, [*route[:at], row_of, *route[at:]], at, loose=loose)


def _least(routed: Routed, row: int) -> Trial:
    """Of all trials the one that is short of least, the first unit's; which cannot be it is not made."""
    model = routed.model
    places = sorted(
        (over, unit, option, at)
        for unit in range(len(routed.routes))
        for option in model.tasks[row].options
        if model.may[unit, option]
        for at, over in enumerate(_busy_overs(routed, unit, option))
    )
    best: Trial | None = None
    for over, unit, option, at in places:
        if best and over > best.short_s:
            break
        route = routed.routes[unit]
        trial = _trial(model, unit, [*route[:at], option, *route[at:]], at, loose=False)
        if best is None or (trial.short_s, trial.unit) < (best.short_s, best.unit):
            best = trial
    assert best is not None  # noqa: S101  whoever asks knows that some unit may
    return best


def _busy_overs(routed: Routed, unit: int, row: int) -> list[int]:
    """By how much the busy time is overrun with an option put at each place of a route."""
    model, route = routed.model, routed.routes[unit]
    ground, option, timing = model.ground, model.options[row], soonest(model, unit, route)
    drive, kind = ground.drive[ground.kind_of[unit]], ground.kind_of[unit]
    target = ground.ends[unit][1]
    ahead = [target]
    for one in reversed(route):
        entry = model.options[one].way.entry
        target = target if entry < 0 else entry
        ahead.append(target)
    busy = timing.drive + timing.visit + option.way.seconds[kind] - ground.units[unit].busy_s
    return [
        max(0, busy + int(drive[came, option.way.entry] + drive[option.way.exit, to] - drive[came, to]))
        for came, to in zip([ground.ends[unit][0], *timing.places], reversed(ahead), strict=True)
    ]


def _trial(model: Model, unit: int, route: Sequence[int], at: int, *, loose: bool) -> Trial:
    timing, option = soonest(model, unit, route, at if loose else -1), model.options[route[at]]
    begin = timing.arrives[at]
    window = max(0, begin - option.late, option.early - begin)
    back = max(0, timing.back - model.ground.units[unit].until_s)
    return Trial(unit, window, back, timing.over, timing.late - back - (0 if loose else window))


def _relaxations(routed: Routed, row: int) -> list[Relaxation]:
    """The smallest of each kind, in order of seconds, more units last."""
    model = routed.model
    units, stop = model.ground.units, model.ground.stop_of[model.tasks[row].code]
    whole = _trials(Routed(_without_end(model), routed.routes), row)
    fits = [trial for trial in whole if trial.others == 0 and trial.window == 0]
    found = [("shift", _longer(units[one.unit].room, one), one.unit) for one in fits]
    found += [("room", one.busy, one.unit) for one in fits if one.shift == 0 and units[one.unit].room > 0]
    if stop.asked and stop.visits == 1:
        opened = (one for one in _trials(routed, row, loose=True) if one.short_s == one.window)
        found += [("window", one.window, one.unit) for one in opened]
    best: dict[str, tuple[int, int]] = {}
    for kind, amount, unit in found:
        best[kind] = min(best.get(kind, (amount, unit)), (amount, unit))
    least = sorted((amount, kind, unit) for kind, (amount, unit) in best.items())
    more, like = _more_units(routed, row)
    return [
        *(Relaxation(kind, amount, units[unit].code) for amount, kind, unit in least),
        Relaxation("units", more, units[like].code),
    ]


def _without_end(model: Model) -> Model:
    """The same, with windows that nobody asked for no longer ending with the last shift."""
    ground = model.ground
    options = tuple(
        replace(option, late=NO_WAY)
        if (stop := ground.stop_of.get(model.tasks[option.task].code))
        and not stop.asked
        and stop.windows
        and option.late == stop.windows[-1][1]
        else option
        for option in model.options
    )
    return replace(model, options=options)


def _longer(room: float, trial: Trial) -> int:
    """Seconds by which the shift must grow: for the way back, and for busy time beside what is kept free."""
    return max(trial.shift, ceil((trial.busy + 1) / (1 - room)) if trial.busy else 0)


def _more_units(routed: Routed, row: int) -> tuple[int, int]:
    """How many more units take what is owed and left, each filled in turn; units like the first that can."""
    model = routed.model
    can = [unit for unit in range(len(model.may)) if model.may[unit, list(model.tasks[row].options)].any()]
    made = {model.options[one].task for route in routed.routes for one in route}
    left = [
        one
        for one, task in enumerate(model.tasks)
        if task.must and task.meal < 0 and one not in made and model.may[can[0], list(task.options)].any()
    ]
    count = 0
    while left and count < MOST_EXPLAINED:
        route = _with_meal(model, can[0])
        for one in list(left):
            if (longer := _placed(model, can[0], route, one)) is not None:
                route = longer
                left.remove(one)
        count += 1
    return count, can[0]


def _with_meal(model: Model, unit: int) -> list[int]:
    rows = [row for row in model.meal_rows if model.may[unit, row]]
    return next(([row] for row in rows if soonest(model, unit, [row]).holds), [])


def _placed(model: Model, unit: int, route: list[int], task: int) -> list[int] | None:
    """The route with the task put where it drives least, if it holds anywhere."""
    tried = [
        (soonest(model, unit, longer).drive, longer)
        for option in model.tasks[task].options
        if model.may[unit, option]
        for at in range(len(route) + 1)
        if soonest(model, unit, longer := [*route[:at], option, *route[at:]]).holds
    ]
    return min(tried)[1] if tried else None


def _too_many(model: Model) -> list[Unmet]:
    """Owed visits for which there is no slot: the windows are too short for the gap, or nobody is out."""
    found = []
    for stop in model.ground.stops:
        slots = len(model.slots[stop.code])
        for visit in range(slots + 1, stop.musts + 1):
            base = Unmet(stop.code, stop.kind, visit, must=True, reason="gap")
            found.append(_no_slot(model, stop, base))
    return found


def _no_slot(model: Model, stop: Stop, base: Unmet) -> Unmet:
    if not any(seconds >= 0 for way in stop.ways for seconds in way.seconds):
        return replace(base, reason="kind")
    if not stop.windows:
        begin = min(unit.from_s for unit in model.ground.units)
        end = max(unit.until_s for unit in model.ground.units) - stop.quickest_s
        away = min(max(begin - late, early - end) for early, late in stop.asked or ((begin, begin),))
        return replace(base, reason="window", short_s=max(0, away))
    low, high = 1, stop.apart
    while low < high:
        middle = (low + high + 1) // 2
        fits = most_visits(stop.windows, middle, stop.visits) == stop.visits
        low, high = (middle, high) if fits else (low, middle - 1)
    gap = stop.gap_s - (stop.apart - low)
    relaxations = [Relaxation("gap", gap)] if gap >= 0 else []
    return replace(base, short_s=stop.apart - low, relaxations=relaxations)


def _meals(routed: Routed) -> list[Unmet]:
    """Units that get no meal."""
    model = routed.model
    found = []
    for units in model.meals:
        for unit in sorted(units):
            if not any(model.tasks[model.options[row].task].meal >= 0 for row in routed.routes[unit]):
                may = any(model.may[unit, row] for row in model.meal_rows)
                code = model.ground.units[unit].code
                found.append(Unmet(code, "meal", 1, must=True, reason="time" if may else "window", unit=code))
    return found


def _stranded(model: Model) -> list[Unmet]:
    """Units that cannot get from their start to their end within the shift, and so do nothing."""
    ground = model.ground
    found = []
    for row, unit in enumerate(ground.units):
        if short := ground.stranded_s(row):
            no_way = short >= NO_WAY // 2
            longer = [] if no_way else [Relaxation("shift", short, unit.code)]
            reason, seconds = ("way", 0) if no_way else ("shift", short)
            found.append(
                Unmet(
                    unit.code,
                    "unit",
                    1,
                    must=True,
                    reason=reason,
                    short_s=seconds,
                    unit=unit.code,
                    relaxations=longer,
                )
            )
    return found


def _forbidden(request: Request, codes: Sequence[str]) -> list[Unmet]:
    """What is owed but forbidden altogether."""
    points = [Unmet(one.code, "point", 1, must=True, reason="forbidden") for one in request.points]
    lines = [Unmet(one.code, "line", 1, must=one.prize is None, reason="forbidden") for one in request.lines]
    spots = [Unmet(one.code, "stop", 1, must=one.treat is True, reason="forbidden") for one in request.spots]
    return [one for one in (*points, *lines, *spots) if one.code in codes]
