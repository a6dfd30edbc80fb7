"""How well the second half of the year is reproduced by what the first half taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.rehearsal.fit import Fit, Intervals, of_record, of_run, replay, score
from anlan.engine.planning.rehearsal.simulate import simulate
from bench.evidence.rehearsal.record import GRAIN_S, WEEK_S

if TYPE_CHECKING:
    from anlan.engine.planning.rehearsal.fit import Learned
    from bench.evidence.rehearsal.record import City

REPLAYS = 5
LEAST_CALLS = 300
URGENT, OTHER = 1, 2
MAIN = ("all calls", "urgent", "less urgent")


@dataclass(frozen=True)
class Line:
    """One group of calls; `of`: "response" (from receipt) or "reach" (from the first order).

    `floor`: the record of the weeks learned from against the held-out one: no replay can hope for less.
    """

    what: str
    of: str
    fit: Fit
    floor: float


@dataclass(frozen=True)
class Fitted:
    """All lines, the replayed and the recorded share of calls that nobody was recorded to reach."""

    lines: list[Line]
    nobody: float
    nobody_recorded: float

    def line(self, what: str, of: str) -> Line:
        """One of them."""
        return next(line for line in self.lines if (line.what, line.of) == (what, of))


def fitted(city: City, learned: Learned) -> Fitted:
    """Replay the held-out weeks and compare."""
    held = city.held_out
    parts = [_replayed(city, learned, seed) for seed in range(REPLAYS)]
    replayed = Intervals(*(np.concatenate(column) for column in zip(*map(_columns, parts), strict=True)))
    recorded, before = of_record(held, WEEK_S), of_record(city.learned_from, WEEK_S)
    calls = len(np.unique(held.call))
    lines = []
    for what, chosen in _groups(city, recorded):
        mine = [one.only(chosen(one)) for one in (replayed, recorded, before)]
        measures = ("response", "reach") if what in MAIN else ("response",)
        lines += [_line(what, of, *mine) for of in measures]
    return Fitted(lines, 1 - len(replayed.call) / calls / REPLAYS, 1 - len(recorded.call) / calls)


def _columns(of: Intervals) -> list:
    return list(vars(of).values())


def _replayed(city: City, learned: Learned, seed: int) -> Intervals:
    scene = replay(learned, city.held_out, city.ways, city.classes, seed=seed)
    run = simulate(scene.setup, scene.calls, scene.travel)
    return of_run(scene, run, learned.kinds, GRAIN_S, WEEK_S)


def _groups(city: City, recorded: Intervals) -> list:
    """All calls, those of each priority, and those by the kind that was first on scene."""
    tests = (
        lambda one: np.ones(len(one.call), np.bool_),
        lambda one: one.priority == URGENT,
        lambda one: one.priority == OTHER,
    )
    found = list(zip(MAIN, tests, strict=True))
    for priority, word in ((URGENT, MAIN[1]), (OTHER, MAIN[2])):
        for kind, name in enumerate(city.kinds):
            if ((recorded.kind == kind) & (recorded.priority == priority)).sum() >= LEAST_CALLS:
                found.append((
                    f"{word}, first there: {name.lower()}",
                    lambda one, k=kind, p=priority: (one.kind == k) & (one.priority == p),
                ))  # fmt: skip
    return found


def _line(what: str, of: str, replayed: Intervals, recorded: Intervals, before: Intervals) -> Line:
    seconds = [getattr(one, f"{of}_s") for one in (replayed, recorded, before)]
    found = score(seconds[0], seconds[1], recorded.block, GRAIN_S)
    floor = score(seconds[2], seconds[1], recorded.block, GRAIN_S).ks.value
    return Line(what, of, found, float(floor or 0.0))
