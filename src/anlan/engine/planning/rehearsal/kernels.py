"""The event loop, compiled; a module of its own because importing Numba takes a while.

What is known beforehand (windows, calls, measurements) is one sorted agenda; what is not is when units become
free, which goes before the agenda at equal times. A unit's place is its last leg: from, to, the share of it
behind it when it left, departure, arrival; all else follows from the clock. With tens of units a scan is
faster than a heap. Tables are arrays of records: a kernel called with forty plain arrays spends its time
passing them.
"""

import math
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from anlan.engine.dispatch.rule import closest, sparing

ENDS, BEGINS, READY, COVER = 0, 1, 2, 3

UNIT = np.dtype([
    ("skills", "i8"), ("on", "?"), ("slot", "i8"), ("post", "i8"), ("left", "f8"), ("free_at", "f8"),
    ("a", "i8"), ("b", "i8"), ("t0", "f8"), ("t1", "f8"), ("done", "f8"), ("able", "?"), ("road", "f8"),
])  # fmt: skip
SLOT = np.dtype([
    ("call", "i8"), ("needs", "i8"), ("turnout", "f8"), ("pace", "f8"), ("service", "f8"), ("cancel", "f8"),
    ("end", "i8"), ("unit", "i8"), ("sent", "f8"), ("arrived", "f8"), ("freed", "f8"),
])  # fmt: skip
CALL = np.dtype([("ready", "f8"), ("place", "i8"), ("priority", "i8"), ("first", "i8"), ("last", "i8")])
WINDOW = np.dtype([("unit", "i8"), ("post", "i8")])
EVENT = np.dtype([("time", "f8"), ("kind", "i8"), ("which", "i8")])
ZONE = np.dtype([("place", "i8"), ("weight", "f8")])
RULES = np.dtype([
    ("policy", "i8"), ("ring", "f8"), ("spare_from", "i8"), ("busy", "f8"), ("preempt", "?"),
    ("move_up", "?"), ("rolling", "f8"), ("zone_needs", "i8"),
])  # fmt: skip


class World(NamedTuple):
    """Travel (H, to, from), hour classes, the tables above; slots that wait and how many, units diverted.

    `rules` has one row, `counts` are (waiting, diverted); `posts`: where a unit may move up to.
    """

    into: NDArray[np.float32]
    classes: NDArray[np.int64]
    units: NDArray[Any]
    slots: NDArray[Any]
    calls: NDArray[Any]
    windows: NDArray[Any]
    agenda: NDArray[Any]
    zones: NDArray[Any]
    rules: NDArray[Any]
    posts: NDArray[np.int64]
    queue: NDArray[np.int64]
    counts: NDArray[np.int64]
    cover: NDArray[np.float64]


@numba.njit(cache=True, nogil=True)
def _reach(unit: Any, into: NDArray[Any], to: int, now: float) -> Any:
    """Seconds of a unit to a place, `into` (to, from), from where it is on its leg.

    Between the ends of a leg of length c, a share f of it done, with a and b to go from its ends: Stewart's
    theorem gives sqrt((1 - f) a² + f b² - f (1 - f) c²), exact in a plane; less than the sides of the
    triangle leave it can't be.
    """
    if now >= unit.t1:
        return float(into[to, unit.b])
    f = unit.done
    if now > unit.t0 and unit.t1 < np.inf:
        f += (1.0 - f) * (now - unit.t0) / (unit.t1 - unit.t0)
    a, b, c = float(into[to, unit.a]), float(into[to, unit.b]), float(into[unit.b, unit.a])
    if f == 0.0 or not c < np.inf:
        return a
    square = (1.0 - f) * a * a + f * b * b - f * (1.0 - f) * c * c
    return max(math.sqrt(max(square, 0.0)), a - f * c, b - (1.0 - f) * c)


@numba.njit(cache=True, nogil=True)
def _leg(unit: Any, into: NDArray[Any], to: int, seconds: float, departs: float, now: float) -> None:
    """A new leg of nominal `seconds`, named from the nearer end of the one before, so much of it done."""
    if now >= (unit.t0 + unit.t1) / 2:
        unit.a = unit.b
    whole = float(into[to, unit.a])
    unit.done = max(0.0, 1.0 - seconds / whole) if 0.0 < whole < np.inf else 0.0
    unit.b, unit.t0 = to, departs


@numba.njit(cache=True, nogil=True)
def _home(unit: Any, into: NDArray[Any], to: int, now: float) -> None:
    """A free unit drives to a post."""
    seconds = _reach(unit, into, to, now)
    _leg(unit, into, to, seconds, now, now)
    unit.t1 = now + seconds


@numba.njit(cache=True, nogil=True)
def _at(unit: Any, place: int, now: float) -> None:
    """A unit stands at a place."""
    unit.a = unit.b = place
    unit.t0 = unit.t1 = now


@numba.njit(cache=True, nogil=True)
def _send(unit: Any, which: int, slot: Any, into: NDArray[Any], to: int, turnout: float, now: float) -> None:
    """A unit is ordered to a slot at a place."""
    seconds = _reach(unit, into, to, now)
    _leg(unit, into, to, seconds, now + turnout, now)
    unit.t1 = unit.t0 + seconds * slot.pace
    slot.unit, slot.sent = which, now
    if now + slot.cancel < unit.t1:
        unit.free_at = now + slot.cancel
    else:
        slot.arrived = unit.t1
        unit.free_at = unit.t1 + slot.service


@numba.njit(cache=True, nogil=True)
def _free_roads(units: NDArray, into: NDArray, to: int, needs: int, now: float) -> None:
    """Mark who is free and fit, and how far."""
    for which in range(len(units)):
        unit = units[which]
        unit.able = unit.on and unit.slot < 0 and unit.skills & needs == needs
        if unit.able:
            unit.road = _reach(unit, into, to, now)


@numba.njit(cache=True, nogil=True)
def _late_roads(units: NDArray, slots: NDArray, calls: NDArray, into: NDArray, slot: int, now: float) -> None:
    """Mark who is under way to a less urgent call and fit, and how far."""
    call = calls[slots[slot].call]
    needs, priority, to = slots[slot].needs, call.priority, call.place
    for which in range(len(units)):
        unit = units[which]
        unit.able = False
        if unit.on and unit.slot >= 0 and unit.skills & needs == needs:
            other = slots[unit.slot]
            unit.able = not other.arrived <= now and calls[other.call].priority > priority
        if unit.able:
            unit.road = _reach(unit, into, to, now)


@numba.njit(cache=True, nogil=True)
def _choose(w: World, into: NDArray, slot: int, now: float) -> int:
    """The free unit that the rule sends; -1 none."""
    call, rules = w.calls[w.slots[slot].call], w.rules[0]
    _free_roads(w.units, into, call.place, w.slots[slot].needs, now)
    if rules.policy == 0 or call.priority < rules.spare_from:
        return closest(w.units["road"], w.units["able"])
    idle = _idle(w.units, rules.zone_needs)
    table = np.full((len(idle), len(w.zones)), np.inf)
    for which in np.flatnonzero(idle):
        for zone in range(len(w.zones)):
            table[which, zone] = _reach(w.units[which], into, w.zones[zone].place, now)
    return sparing(
        rules.policy, w.units["road"], w.units["able"], rules.ring, table, idle, w.zones["weight"], rules.busy
    )


@numba.njit(cache=True, nogil=True)
def _idle(units: NDArray, needs: int) -> NDArray:
    """Who is free and counts for cover, (U,)."""
    idle = np.zeros(len(units), np.bool_)
    for which in range(len(units)):
        unit = units[which]
        idle[which] = unit.on and unit.slot < 0 and unit.skills & needs == needs
    return idle


@numba.njit(cache=True, nogil=True)
def _ask(w: World, into: NDArray, slot: int, now: float) -> None:
    """Find a unit for a slot, or let it wait; a diverted unit's old slot asks in its turn."""
    while slot >= 0:
        asked, before, rolling = w.slots[slot], -1, True
        place = w.calls[asked.call].place
        which = _choose(w, into, slot, now)
        if which >= 0:
            rolling = now < w.units[which].t1
        elif w.rules[0].preempt:
            _late_roads(w.units, w.slots, w.calls, into, slot, now)
            which = closest(w.units["road"], w.units["able"])
        if which < 0:
            w.queue[w.counts[0]] = slot
            w.counts[0] += 1
        else:
            unit = w.units[which]
            before = unit.slot
            unit.slot = slot
            turnout = asked.turnout * w.rules[0].rolling if rolling else asked.turnout
            _send(unit, which, asked, into, place, turnout, now)
        if before >= 0:
            w.slots[before].unit = -1
            w.slots[before].sent = w.slots[before].arrived = np.nan
            w.counts[1] += 1
        slot = before


@numba.njit(cache=True, nogil=True)
def _waiting(w: World, into: NDArray, which: int, now: float) -> int:
    """Place in the queue of the first slot that a unit can serve: by priority, time, number; -1 none."""
    best, unit = -1, w.units[which]
    first = (0, 0.0, 0)
    for place in range(w.counts[0]):
        slot = w.slots[w.queue[place]]
        call = w.calls[slot.call]
        if unit.skills & slot.needs != slot.needs or not np.isfinite(_reach(unit, into, call.place, now)):
            continue
        turn = (call.priority, call.ready, w.queue[place])
        if best < 0 or turn < first:
            best, first = place, turn
    return best


@numba.njit(cache=True, nogil=True)
def _serve(w: World, into: NDArray, which: int, rolling: bool, now: float) -> bool:
    """Whether a unit that has become available is sent to a waiting call."""
    place = _waiting(w, into, which, now) if w.counts[0] > 0 else -1
    if place < 0:
        return False
    unit, slot = w.units[which], w.slots[w.queue[place]]
    unit.slot = w.queue[place]
    w.counts[0] -= 1
    w.queue[place] = w.queue[w.counts[0]]
    to = w.calls[slot.call].place
    turnout = slot.turnout * w.rules[0].rolling if rolling else slot.turnout
    _send(unit, which, slot, into, to, turnout, now)
    return True


@numba.njit(cache=True, nogil=True)
def _free(w: World, into: NDArray, which: int, now: float) -> None:
    """A unit is done, or called off: to the next call, or home."""
    unit = w.units[which]
    slot = w.slots[unit.slot]
    slot.freed, unit.slot, unit.free_at = now, -1, np.inf
    if slot.arrived <= now:
        _at(unit, slot.end if slot.end >= 0 else w.calls[slot.call].place, now)
    rolling = True
    if unit.on and not _serve(w, into, which, rolling, now):
        _home(unit, into, _best_post(w, into, which) if w.rules[0].move_up else unit.post, now)


@numba.njit(cache=True, nogil=True)
def _best_post(w: World, into: NDArray, which: int) -> Any:
    """The post where a unit adds most expected cover to where others are bound; its own of equals."""
    rules, unit = w.rules[0], w.units[which]
    there = np.zeros(len(w.zones), np.int64)
    for other in np.flatnonzero(_idle(w.units, rules.zone_needs)):
        if other != which:
            for zone in range(len(w.zones)):
                there[zone] += into[w.zones[zone].place, w.units[other].b] <= rules.ring
    best, most = unit.post, _gain(w.zones, into, there, unit.post, rules)
    for post in w.posts:
        gain = _gain(w.zones, into, there, post, rules)
        if gain > most + 1e-12:
            best, most = post, gain
    return best


@numba.njit(cache=True, nogil=True)
def _gain(zones: NDArray, into: NDArray, there: NDArray, post: int, rules: Any) -> float:
    gain = 0.0
    for zone in range(len(zones)):
        if into[zones[zone].place, post] <= rules.ring:
            gain += zones[zone].weight * (1.0 - rules.busy) * rules.busy ** there[zone]
    return gain


@numba.njit(cache=True, nogil=True)
def _begin(w: World, into: NDArray, window: Any, now: float) -> None:
    """A window begins: at its post, or from the place where the one before it ended just now."""
    unit = w.units[window.unit]
    unit.on, unit.post = True, window.post
    if unit.slot >= 0:
        return
    if unit.left != now:
        _at(unit, unit.post, now)
    elif unit.b != unit.post:
        _home(unit, into, unit.post, now)
    _serve(w, into, window.unit, now < unit.t1, now)


@numba.njit(cache=True, nogil=True)
def _covered(units: NDArray, zones: NDArray, into: NDArray, ring: float, needs: int, now: float) -> float:
    """Share of demand within the ring of a free unit."""
    idle = np.flatnonzero(_idle(units, needs))
    # Most stand at their posts: looking those up first, without a position, is most of the work saved.
    posts = np.unique(units["b"][idle][units["t1"][idle] <= now])
    moving = idle[units["t1"][idle] > now]
    covered = 0.0
    for zone in range(len(zones)):
        if _near(into[zones[zone].place], posts, ring):
            covered += zones[zone].weight
            continue
        for which in moving:
            if _reach(units[which], into, zones[zone].place, now) <= ring:
                covered += zones[zone].weight
                break
    return covered


@numba.njit(cache=True, nogil=True)
def _near(row: NDArray, posts: NDArray, ring: float) -> bool:
    for post in posts:  # noqa: SIM110  Numba compiles no generator
        if row[post] <= ring:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def _planned(w: World, into: NDArray, event: Any) -> None:
    now, which = event.time, event.which
    if event.kind == ENDS:
        unit = w.units[w.windows[which].unit]
        unit.on, unit.left = False, now
    elif event.kind == BEGINS:
        _begin(w, into, w.windows[which], now)
    elif event.kind == READY:
        for slot in range(w.calls[which].first, w.calls[which].last):
            _ask(w, into, slot, now)
    else:
        rules = w.rules[0]
        w.cover[which] = _covered(w.units, w.zones, into, rules.ring, rules.zone_needs, now)


@numba.njit(cache=True, nogil=True)
def run(w: World) -> None:
    """Run until nothing is left to happen; what came of it stands in `slots`, `counts` and `cover`."""
    at = 0
    while True:
        planned = w.agenda[at].time if at < len(w.agenda) else np.inf
        which, free_at = -1, np.inf
        for unit in range(len(w.units)):
            if w.units[unit].free_at < free_at:
                which, free_at = unit, w.units[unit].free_at
        now = min(planned, free_at)
        if now == np.inf:
            break
        into = w.into[w.classes[int(now // 3600.0) % len(w.classes)]]
        if free_at <= planned:
            _free(w, into, which, now)
        else:
            _planned(w, into, w.agenda[at])
            at += 1
