"""What hindsight could reach at best: a bound on the mean response under any choice of units.

Whoever knew all calls beforehand could choose units, and let calls wait, as it pleases; still each unit comes
from its post, or goes on from a call before, straight or from somewhere on its way home. So each slot has
one predecessor: a unit's post (always free in the relaxation), or a slot that the same unit served before,
each with one successor. Going on costs the wait until the one before can be over at the earliest and the rest
of the way; where the unit would have been home by then, the one before must have been late, and that counts
too. The cheapest choice, in parts of units where that is cheaper, is a linear program; its optimum is a lower
bound. Its gap to a rehearsal is the room that a better dispatch rule has with these posts, or less: the
relaxation forgets that units are busy, and so says little where many calls wait.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from anlan.engine.planning.mip import Program, Status, solve
from anlan.engine.planning.rehearsal.model import HOUR_S, Calls, Setup, Travel
from anlan.engine.planning.rehearsal.simulate import simulate

PARTS, WINDOW = 6, 400

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Bound:
    """Mean seconds from receipt to scene over all units asked for.

    `rehearsed`: by the plan's rules; `bound`: no choice of units, hindsight included, has a lower mean;
    `gap`: (rehearsed - bound) / bound. `posts`: were every unit free at its post for every call.
    """

    rehearsed: float
    bound: float
    gap: float
    posts: float
    slots: int


def hindsight(setup: Setup, calls: Calls, travel: Travel, *, time_limit_s: float = 300.0) -> Bound:
    """The bound for recorded or drawn calls, and the same plan's rehearsal beside it.

    Raises:
        ValueError: no call; calls that may be called off, units diverted or moved up, for which the bound
            does not hold; or a call that gets no unit.
        RuntimeError: not solved in `time_limit_s`.

    """
    if not len(calls):
        raise ValueError("calls: none")
    if np.isfinite(calls.cancel_s).any():
        raise ValueError("cancel_s: the bound holds only where no unit is called off")
    if setup.rules.preempt or setup.rules.move_up:
        raise ValueError("preempt, move_up: the bound holds only without them")
    run = simulate(setup, calls, travel)
    if (run.unit < 0).any():
        raise ValueError(f"calls: call {int(calls.call[np.argmin(run.unit)])} gets no unit from this plan")
    delay = float(calls.delay_s[calls.call].mean())
    posts, starting, arcs = _Costs(setup, calls, travel).all()
    rehearsed = float((run.arrived_s - calls.time_s[calls.call]).mean())
    bound = min(delay + _cheapest(starting, arcs, time_limit_s) / calls.slots, rehearsed)
    gap = (rehearsed - bound) / bound if bound > 0 else 0.0
    return Bound(rehearsed, bound, gap, delay + float(posts.min(axis=1).mean()), calls.slots)


@dataclass(frozen=True, eq=False)
class _Arcs:
    """Going on: slot, the one before, unit, whether that one was itself gone on to, cost, all (A,)."""

    slot: NDArray[np.int64]
    before: NDArray[np.int64]
    unit: NDArray[np.int64]
    chained: NDArray[np.int64]
    cost: NDArray[np.float64]


def _cheapest(posts: NDArray[np.float64], arcs: _Arcs, time_limit_s: float) -> float:
    """Least sum of costs, window by window of `WINDOW` slots in order of time.

    Going on from a slot of another window costs the same but asks nothing of that slot, so the windows'
    sums still make a bound.
    """
    window = np.arange(len(posts)) // WINDOW
    limit = time.perf_counter() + time_limit_s
    return sum(_in_window(window == number, posts, arcs, limit) for number in range(int(window[-1]) + 1))


def _in_window(mine: NDArray[np.bool_], posts: NDArray[np.float64], arcs: _Arcs, limit: float) -> float:
    """Least cost of a window's slots: each served once, every unit going on once from a slot it has served.

    `posts` (N, U): starting a unit. Columns: the cheapest start, those from which a unit goes on, and arcs.
    """
    units = posts.shape[1]
    rows = np.flatnonzero(mine[arcs.slot])
    slot, unit, chained = arcs.slot[rows], arcs.unit[rows], arcs.chained[rows]
    source = arcs.before[rows] * units + unit
    inside = mine[arcs.before[rows]]
    own = np.flatnonzero(mine)
    starts = np.unique(np.append(source[inside & (chained == 0)], own * units + posts[own].argmin(axis=1)))
    cost = np.concatenate((posts.ravel()[starts], arcs.cost[rows]))
    # Where a column leads (slot, unit, started or gone on to), and from where it goes on.
    leads = np.concatenate((2 * starts, 2 * (slot * units + unit) + 1))
    links, row = np.unique((2 * source + chained)[inside], return_inverse=True)
    gives = np.flatnonzero(np.isin(leads, links))
    once = coo_array((np.ones(len(cost)), (leads // (2 * units) - own[0], np.arange(len(cost)))))
    places = np.append(len(starts) + np.flatnonzero(inside), gives)
    signs = np.append(-np.ones(len(row)), np.ones(len(gives)))
    ends = np.append(row, np.searchsorted(links, leads[gives]))
    flow = coo_array((signs, (ends, places)), shape=(len(links), len(cost)))
    known = np.isfinite(cost)
    matrix = csr_array(csr_array(vstack((once, flow)))[:, known])
    low = np.append(np.ones(len(own)), np.zeros(len(links)))
    high = np.append(np.ones(len(own)), np.full(len(links), np.inf))
    count = int(known.sum())
    program = Program(-cost[known], np.ones(count), np.zeros(count, np.bool_), matrix, low, high)
    answer = solve(program, time_limit_s=max(0.01, limit - time.perf_counter()))
    if answer.status is not Status.OPTIMAL:
        raise RuntimeError("hindsight: not solved in time_limit_s; give more time or fewer calls")
    return -answer.value


class _Costs:
    """The least that each way to serve a slot costs, in seconds from when it is ready, whatever else happens.

    A unit with several posts counts once for each, as a home; costs are the least over its homes.
    """

    def __init__(self, setup: Setup, calls: Calls, travel: Travel) -> None:
        self.force, self.rolling = setup.force, setup.rules.rolling
        self.calls, self.travel = calls, travel
        self.least, self.most = travel.seconds.min(axis=0), travel.seconds.max(axis=0)
        self.ready = calls.ready_s[calls.call]
        self.place = calls.place[calls.call]
        self.leaves = np.where(calls.end >= 0, calls.end, self.place)
        self.homes = np.unique(np.stack((self.force.unit, self.force.post)), axis=1)

    def all(self) -> tuple[NDArray[np.float64], NDArray[np.float64], _Arcs]:
        """From posts, starting (both (N, U)), and going on where that costs less than from the nearest post.

        Going on at more counts as starting at that cost: never dearer than it is, and the program stays
        small. The first pass knows nothing of when a unit came to the slot before; the next know the least
        time for that, started or gone on to, and take as free what beyond it is charged for that slot.
        """
        posts = np.stack([self._from_posts(slot) for slot in range(self.calls.slots)])
        nearest = posts.min(axis=1, keepdims=True)
        nothing = np.zeros_like(posts)
        far = np.where(np.isfinite(posts), posts, posts[np.isfinite(posts)].max())
        least, arcs = self._pass(posts, [(nothing, far)])
        going = np.full_like(posts, np.inf)
        np.minimum.at(going, (arcs.slot, arcs.unit), arcs.cost)
        # What goes on in the first pass may count as a start in the next, then at the nearest post's cost.
        least = np.where(np.isfinite(going), np.minimum(least, nearest), least)
        gone_on = going, np.maximum(nearest - going, 0)
        starting, _ = self._pass(posts, [(least, nothing), gone_on])
        charged = np.where(np.isfinite(starting), starting - least, far)
        last, arcs = self._pass(posts, [(least, np.maximum(charged, 0)), gone_on])
        return posts, np.minimum(starting, last), arcs

    def _pass(
        self, posts: NDArray[np.float64], modes: list[tuple[NDArray[np.float64], NDArray[np.float64]]]
    ) -> tuple[NDArray[np.float64], _Arcs]:
        """Costs of starting (N, U), and arcs; `modes`: least time and free delay of the one before (N, U)."""
        nearest = posts.min(axis=1)
        over = self.ready + self.calls.service_s
        order = np.argsort(over, kind="stable")
        longest = [least[np.isfinite(least)].max(initial=0) + spare.max() for least, spare in modes]
        first = np.searchsorted(over[order], self.ready - float(self._longest.max() + max(longest)) - nearest)
        last = np.searchsorted(over[order], self.ready + nearest)
        found, starting = [(np.zeros(0, np.int64),) * 4 + (np.zeros(0),)], posts.copy()
        for slot in range(self.calls.slots):
            before = order[first[slot] : last[slot]]
            before = before[before != slot]
            for mode, (least, spare) in enumerate(modes if len(before) else ()):
                since = (self.ready[slot] - over[before])[:, None] - least[before]
                cost = self._going_on(slot, before, since[:, self.homes[0]], spare[before][:, self.homes[0]])
                good = cost < nearest[slot]
                starting[slot] = np.minimum(starting[slot], np.where(good, np.inf, cost).min(axis=0))
                row, unit = np.nonzero(good)
                number = np.full(len(row), slot), np.full(len(row), mode)
                found.append((number[0], before[row], unit, number[1], cost[row, unit]))
        slots, befores, units, chained, costs = (np.concatenate(part) for part in zip(*found, strict=True))
        return starting, _Arcs(slots, befores, units, chained, costs)

    def _fit(self, needs: int) -> NDArray[np.bool_]:
        fit: NDArray[np.bool_] = self.force.skills & needs == needs
        return fit

    def _from_posts(self, slot: int) -> NDArray[np.float64]:
        """From the post of each unit on duty, or when it comes on duty, (U,); inf where it never is."""
        force, ready = self.force, float(self.ready[slot])
        # A unit that drives from post to post may be near the one it left: then every post of its counts.
        useful = (force.end_s > ready) | self._driven
        late = np.maximum(force.start_s - ready, 0)
        turnout = float(self.calls.turnout_s[slot]) * (self.rolling if self._driven else 1.0)
        cost = np.where(useful, late + turnout + self._way(force.post, slot, ready), np.inf)
        best = np.full(force.units, np.inf)
        np.minimum.at(best, force.unit, cost)
        return np.where(self._fit(int(self.calls.needs[slot])), best, np.inf)

    @cached_property
    def _driven(self) -> bool:
        """Whether a unit ever drives from one post to another, and so may be sent on the road."""
        order = np.lexsort((self.force.start_s, self.force.unit))
        unit, post = self.force.unit[order], self.force.post[order]
        meets = self.force.end_s[order][:-1] == self.force.start_s[order][1:]
        return bool((meets & (unit[1:] == unit[:-1]) & (post[1:] != post[:-1])).any())

    def _way(self, start: NDArray[np.int64], slot: int, ready: float) -> NDArray[np.float64]:
        """Driving time from places by the hour class when ready, or by a faster one waited for."""
        classes, hour = self.travel.classes, int(ready // HOUR_S)
        turn = np.roll(classes, -(hour % len(classes)))
        other = np.flatnonzero(turn != turn[0])
        to, pace = self.place[slot], self.calls.pace[slot]
        now = self.travel.seconds[turn[0], start, to] * float(pace)
        if not len(other):
            return np.asarray(now, np.float64)
        later = (hour + other[0]) * HOUR_S - ready + self.least[start, to] * float(pace)
        return np.asarray(np.minimum(now, later), np.float64)

    def _home(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        """The way from where each slot ends to each home, (N, V); 1 s at least, and where there is none."""
        way = table[self.leaves][:, self.homes[1]].astype(np.float64)
        return np.where(np.isfinite(way), np.maximum(way, 1.0), 1.0)

    @cached_property
    def _longest(self) -> NDArray[np.float64]:
        return self._home(self.most)

    @cached_property
    def _shortest(self) -> NDArray[np.float64]:
        return self._home(self.least)

    def _going_on(
        self, slot: int, before: NDArray[np.int64], since: NDArray[np.float64], spare: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The least cost after each of `before` by each unit, over all delays of those before, (B, U).

        `since`: from the earliest end of the one before until this slot is ready, by home (B, V). A unit that
        has been on its way home for e seconds is where the simulation says; the one before then ended since
        - e late, of which `spare` (B, V) costs nothing. The way is least at a known e, the price falls with
        e: over parts of [0, since] the least of one and of the other is a lower bound.
        """
        to = self.place[slot]
        longest, shortest = self._longest[before], self._shortest[before]
        there = self.least[self.leaves[before], to].astype(float)[:, None]
        home = self.least[self.homes[1], to].astype(float)[None]
        waited = np.clip(since, 0, None)
        most, best = np.minimum(waited, longest), np.full(longest.shape, np.inf)
        for part in range(PARTS):
            begin, end = most * (part / PARTS), most * ((part + 1) / PARTS)
            way = _nearest_on(there, home, begin / longest, end / shortest, longest)
            price = np.maximum(waited - spare - end, 0.0)
            best = np.minimum(best, way * self.calls.pace[slot] + price)
        wait = np.maximum(-since, 0) + self.rolling * self.calls.turnout_s[slot]
        return self._by_unit(slot, before, best + wait)

    def _by_unit(
        self, slot: int, before: NDArray[np.int64], cost: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The least over the homes of each unit, inf where it is not fit for both slots."""
        table = np.full((self.force.units, len(before)), np.inf)
        np.minimum.at(table, self.homes[0], cost.T)
        both = self.calls.needs[before] | self.calls.needs[slot]
        able = self.force.skills[:, None] & both == both
        return np.asarray(np.where(able, table, np.inf).T)


def _nearest_on(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    first: NDArray[np.float64],
    last: NDArray[np.float64],
    c: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The least time to a place from a leg of length c between two shares of it, a and b from its ends."""
    with np.errstate(invalid="ignore"):
        f = np.clip((a * a - b * b + c * c) / (2 * c * c), first, np.minimum(last, 1.0))
        f = np.where(np.isfinite(f), f, 0.0)
        return np.sqrt(np.maximum((1 - f) * a * a + f * b * b - f * (1 - f) * c * c, 0.0))
