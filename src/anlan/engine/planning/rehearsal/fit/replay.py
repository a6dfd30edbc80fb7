"""Recorded calls played again: what came and what it asked for as recorded, all luck drawn anew.

A call asks for the kinds of unit that it was given, when it was given them, and a run that was called off
before it came is called off again. Who goes, from where, how long it takes and how long it stays is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from anlan.engine.planning.rehearsal.fit.away import absences
from anlan.engine.planning.rehearsal.model import DAY_S, HOUR_S, Calls, Force, Rules, Setup, Travel
from anlan.engine.planning.rehearsal.sample import between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.fit.learn import Groups, Learned
    from anlan.engine.planning.rehearsal.fit.record import Record, Ways

AS_LEARNED, NOT_OUT = -1, -2
# Units without a home are so far from everything; their pace makes of it the time that is drawn.
NOWHERE_S = 1000.0


@dataclass(frozen=True, eq=False)
class Scene:
    """A replay, ready to be simulated.

    Each order of a recorded call (units sent at one moment) is a call of its own; `numbers` (C,): the
    record's call of each.
    """

    setup: Setup
    calls: Calls
    travel: Travel
    numbers: NDArray[np.int64]


def replay(
    learned: Learned,
    record: Record,
    ways: Ways,
    classes: NDArray[np.int64],
    *,
    homes: NDArray[np.int64] | None = None,
    beats: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> Scene:
    """Play the calls of a record; `classes`: the hour class of each hour from its midnight, over again.

    `homes` (units,) or (units, L): candidates where units wait instead, by hour from midnight, over again
    after L hours; `AS_LEARNED` or `NOT_OUT`. Calls, absences and luck stay the same. `beats` (P,): of the
    record's places, for the report.

    Raises:
        ValueError: homes of another number of units, or an unknown candidate.

    """
    random = np.random.default_rng(seed)
    at = _homes(learned, ways, homes)
    used = np.unique(at[at >= 0])
    size = ways.places.shape[1]
    of = np.zeros(size, np.int64) if beats is None else beats
    calls, numbers = _calls(learned, record, of, size + len(used), random)
    place = np.where(at >= 0, size + np.searchsorted(used, at), at)
    force = _force(learned, calls.until_s, place, size + len(used), random)
    travel = _travel(learned, ways, used, classes)
    # Recorded turnout is that of units at home and on the road alike.
    return Scene(Setup(force, Rules(rolling=1.0)), calls, travel, numbers)


def _homes(learned: Learned, ways: Ways, homes: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """The candidate of each unit by hour (units, L); `NOT_OUT` without a home."""
    known = learned.station >= 0
    own = np.where(known, learned.homes.station[learned.station], NOT_OUT)
    if homes is None:
        return own[:, None]
    given = homes.reshape(len(homes), -1)
    if len(given) != len(own) or given.min() < NOT_OUT or given.max() >= len(ways.homes):
        raise ValueError(f"homes: expected {len(own)} units and candidates below {len(ways.homes)}")
    return np.where(known[:, None] & (given != AS_LEARNED), given, own[:, None])


def _travel(learned: Learned, ways: Ways, used: NDArray[np.int64], classes: NDArray[np.int64]) -> Travel:
    """Times between the record's places, the homes in use, and nowhere."""
    size = ways.places.shape[1]
    table = np.full((size + len(used) + 1,) * 2, np.inf)
    table[:size, :size] = ways.places
    table[size:-1, :size] = ways.homes[used]
    table[:size, size:-1] = ways.back[used].T
    table[size:-1, size:-1] = _between_homes(ways, used)
    table += learned.homes.fixed_s
    np.fill_diagonal(table, learned.homes.fixed_s)
    slowed = table * learned.factor[:, None, None]
    slowed[:, -1, :], slowed[:, :, -1] = NOWHERE_S, 0.0
    return Travel(slowed.astype(np.float32), np.minimum(classes, len(learned.factor) - 1))


def _between_homes(ways: Ways, used: NDArray[np.int64]) -> NDArray[np.float64]:
    """From home to home by the best of the places in between: a unit that moves to another post."""
    first, last = ways.homes[used].astype(float), ways.back[used].astype(float)
    return np.array([(row + last).min(axis=1) for row in first]).reshape(len(used), len(used))


def _force(
    learned: Learned, until_s: float, place: NDArray[np.int64], nowhere: int, random: np.random.Generator
) -> Force:
    """Units with a home, but for their absences; of kinds without, as many as there are, always there."""
    has_home = learned.station >= 0
    end_s = until_s + DAY_S
    free = np.flatnonzero(~has_home & ~np.isin(learned.kinds, learned.kinds[has_home]))
    always = np.stack((free, np.zeros(len(free)), np.full(len(free), end_s), np.full(len(free), nowhere)))
    parts = [always]
    for unit in np.flatnonzero(has_home):
        away = absences(float(learned.there[unit]), float(learned.away_s[unit]), end_s, random)
        parts.append(_windows(int(unit), place[unit], end_s, *away))
    unit, start, end, post = np.concatenate(parts, axis=1)
    return Force(
        [str(one) for one in range(len(has_home))], unit.astype(np.int64), start, end, post.astype(np.int64),
        np.left_shift(1, learned.kinds),
    )  # fmt: skip


def _windows(
    unit: int, place: NDArray[np.int64], end_s: float, begins: NDArray[np.float64], ends: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Unit, from, to and place (4, W) of a unit that waits at `place` by hour (L,), absences cut out."""
    hours = np.arange(int(np.ceil(end_s / HOUR_S)))
    by_hour = place[hours % len(place)]
    moves = HOUR_S * hours[1:][by_hour[1:] != by_hour[:-1]]
    edges = np.unique(np.clip(np.concatenate(([0.0, end_s], moves, begins, ends)), 0, end_s))
    start = edges[:-1]
    away = np.searchsorted(begins, start, "right") > np.searchsorted(ends, start, "right")
    where = by_hour[(start // HOUR_S).astype(np.int64)]
    kept = ~away & (where >= 0)
    return np.stack((np.full(len(start), unit), start, edges[1:], where))[:, kept]


def _calls(
    learned: Learned, record: Record, beats: NDArray[np.int64], nowhere: int, random: np.random.Generator
) -> tuple[Calls, NDArray[np.int64]]:
    """The record's orders, and the numbers of their calls."""
    slot = np.lexsort((record.sent_s, record.call, record.first_received))
    run = record.only(slot)
    _, first, of = np.unique(run.call, return_index=True, return_inverse=True)
    new = np.append(True, (np.diff(run.call) != 0) | (np.diff(run.sent_s) != 0))
    row = np.flatnonzero(new)
    luck = random.random((2, len(first)))
    delay = _each(learned.delay, run.kind[first], run.sort[first], luck[0])
    drawn = _slots(learned, run, of, nowhere, random)
    return Calls(
        until_s=float(np.ceil((record.sent_s.max() + 1) / DAY_S) * DAY_S),
        time_s=run.first_received[row] + record.grain_s * luck[1][of[row]],
        place=run.place[row],
        priority=run.priority[row],
        beat=beats[run.place[row]],
        delay_s=delay[of[row]] + (run.sent_s - run.first_sent)[row],
        call=np.cumsum(new) - 1,
        needs=np.left_shift(1, run.kind),
        **drawn,
    ), run.call[row]


def _slots(
    learned: Learned, run: Record, of: NDArray[np.int64], nowhere: int, random: np.random.Generator
) -> dict[str, NDArray]:
    """What is drawn for each run; `of`: its call. The luck of one call's units is alike (normal copula)."""
    kind, sort = run.kind, run.sort
    together = random.standard_normal((2, int(of.max()) + 1))[:, of] * np.sqrt(learned.alike)
    luck = ndtr(together + random.standard_normal((2, len(of))) * np.sqrt(1 - learned.alike))
    stay = random.random((2, len(of)))
    fixed = np.isin(kind, learned.kinds[learned.station >= 0])
    reach = _each(learned.reach, kind, sort, luck[0], ~fixed)
    turnout = _each(learned.turnout, kind, sort, luck[1], fixed)
    off = np.isnan(run.arrived_s)
    length = np.maximum(np.nan_to_num(run.freed_s - run.sent_s), 0) + run.grain_s * stay[1]
    return {
        # A unit that was called off before it came does not come now: it does not leave by then.
        "turnout_s": np.where(off, length + 1, turnout),
        "pace": np.where(fixed, _each(learned.pace, kind, sort, luck[0], fixed), reach / NOWHERE_S),
        "service_s": _each(learned.service, kind, sort, stay[0]),
        "cancel_s": np.where(off, length, np.inf),
        "end": np.where(fixed, -1, nowhere),
    }


def _each(
    groups: Groups,
    kind: NDArray[np.int64],
    sort: NDArray[np.int64],
    luck: NDArray[np.float64],
    rows: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """A draw for every row from the distribution of its kind and sort; 0 for others than `rows`."""
    found = np.zeros(len(kind))
    wanted = np.ones(len(kind), np.bool_) if rows is None else rows
    for pair in {*zip(kind[wanted].tolist(), sort[wanted].tolist(), strict=True)}:
        mine = wanted & (kind == pair[0]) & (sort == pair[1])
        found[mine] = between(groups.get(*pair), luck[mine])
    return found
