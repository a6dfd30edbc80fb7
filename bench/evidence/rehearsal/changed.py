"""What a plan would have changed: the same calls and luck, at recorded homes and at planned posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.rehearsal.fit import replay
from anlan.engine.planning.rehearsal.simulate import simulate
from anlan.engine.planning.rehearsal.tally import Figure
from bench.evidence.rehearsal.record import WEEK_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.fit import Learned, Record, Scene
    from anlan.engine.planning.rehearsal.simulate import Run
    from bench.evidence.rehearsal.record import City

STEP_S, LONGEST_S, DRAWS = 5.0, 3600.0, 2000
MEASURES = ("mean", "median", "90 %", "within 5 min", "within 10 min")
WHOM = ("first engine", "first unit")
WHICH = ("all", "urgent")


@dataclass(frozen=True)
class Change:
    """A measure at the recorded homes, by the plan, and the difference with its 95 % interval."""

    before: float
    after: float
    change: Figure


@dataclass(frozen=True)
class Effect:
    """Changes of one plan by (whom, which calls, measure); `calls` of one replication, by whom and which."""

    plan: str
    weeks: int
    replications: int
    calls: Mapping[tuple[str, str], float]
    changes: Mapping[tuple[str, str, str], Change]

    def of(self, whom: str, which: str, measure: str) -> Change:
        """One change."""
        return self.changes[whom, which, measure]


@dataclass(frozen=True, eq=False)
class _Seen:
    """Of each call (C,): seconds from receipt to first engine and first unit (2, C), week, urgent."""

    seconds: NDArray[np.float64]
    week: NDArray[np.int64]
    urgent: NDArray[np.bool_]


def effects(
    city: City,
    learned: Learned,
    record: Record,
    plans: Mapping[str, NDArray[np.int64]],
    replications: int,
    against: NDArray[np.int64] | None = None,
) -> list[Effect]:
    """Every plan's homes against the recorded ones (or others), by replication on the same calls and luck."""
    tables: dict[str, list[NDArray[np.float64]]] = {name: [] for name in plans}
    own: list[NDArray[np.float64]] = []
    for seed in range(replications):
        before = _seen(city, learned, record, against, seed)
        after = {name: _seen(city, learned, record, homes, seed) for name, homes in plans.items()}
        both = np.isfinite([before.seconds, *(one.seconds for one in after.values())]).all(axis=0)
        own.append(_table(before, both))
        for name, one in after.items():
            tables[name].append(_table(one, both))
    return [_effect(name, np.stack(own), np.stack(rows)) for name, rows in tables.items()]


def _seen(city: City, learned: Learned, record: Record, homes: NDArray[np.int64] | None, seed: int) -> _Seen:
    scene = replay(learned, record, city.ways, city.classes, homes=homes, seed=seed)
    run = simulate(scene.setup, scene.calls, scene.travel)
    number, row, of = np.unique(scene.numbers, return_index=True, return_inverse=True)
    seconds = np.full((2, len(number)), np.inf)
    slot = of[scene.calls.call]
    took = np.where(np.isnan(run.arrived_s), np.inf, run.arrived_s - scene.calls.time_s[scene.calls.call])
    engine = _is(scene, run, learned, city.kind("ENGINE"))
    np.minimum.at(seconds[0], slot[engine], took[engine])
    np.minimum.at(seconds[1], slot, took)
    received = scene.calls.time_s[row]
    return _Seen(seconds, (received // WEEK_S).astype(np.int64), scene.calls.priority[row] == 1)


def _is(scene: Scene, run: Run, learned: Learned, kind: int) -> NDArray[np.bool_]:
    return (run.unit >= 0) & (learned.kinds[run.unit] == kind) & (scene.calls.needs == 1 << kind)


def _table(seen: _Seen, both: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Calls by whom, which, week and time in steps, (2, 2, weeks, bins); the last bin holds all beyond."""
    week = seen.week - seen.week.min()
    bins = int(LONGEST_S / STEP_S) + 1
    found = np.zeros((2, 2, int(week.max()) + 1, bins))
    for whom in range(2):
        for which in range(2):
            rows = both[whom] & (seen.urgent | (which == 0))
            step = np.minimum(seen.seconds[whom][rows] / STEP_S, bins - 1).astype(np.int64)
            np.add.at(found[whom, which], (week[rows], step), 1)
    return found


def _effect(name: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> Effect:
    """From tables (replications, 2, 2, weeks, bins): weeks are drawn again, or replications of one week."""
    replications, weeks = before.shape[0], before.shape[3]
    calls, changes = {}, {}
    for row, whom in enumerate(WHOM):
        for column, which in enumerate(WHICH):
            blocks = [of[:, row, column].sum(axis=0) if weeks > 1 else of[:, row, column, 0]
                      for of in (before, after)]  # fmt: skip
            calls[whom, which] = float(blocks[0].sum() / replications)
            for measure, change in zip(MEASURES, _changes(*blocks), strict=True):
                changes[whom, which, measure] = change
    return Effect(name, weeks, replications, calls, changes)


def _changes(before: NDArray[np.float64], after: NDArray[np.float64]) -> list[Change]:
    """Changes of all measures from tables (blocks, bins), with a paired bootstrap over blocks."""
    count = len(before)
    draws = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), DRAWS)
    whole = [_measures(table.sum(axis=0)[None])[:, 0] for table in (before, after)]
    moved = _measures(draws @ after) - _measures(draws @ before)
    low, high = np.quantile(moved, (0.025, 0.975), axis=1)
    rows: Sequence = list(zip(*whole, low, high, strict=True))
    return [
        Change(float(one), float(other), Figure(float(other - one), float(least), float(most)))
        for one, other, least, most in rows
    ]


def _measures(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The measures of tables of counts (n, bins), (5, n), linear within a bin."""
    share = counts / counts.sum(axis=1, keepdims=True)
    total = np.cumsum(share, axis=1)
    mean = share @ (STEP_S * (np.arange(counts.shape[1]) + 0.5))
    within = [total[:, int(limit / STEP_S) - 1] for limit in (300, 600)]
    return np.stack((mean, _quantile(share, total, 0.5), _quantile(share, total, 0.9), *within))


def _quantile(share: NDArray[np.float64], total: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    at = np.argmax(total >= level - 1e-12, axis=1)
    row = np.arange(len(share))
    below = total[row, at] - share[row, at]
    return np.asarray(STEP_S * (at + (level - below) / np.maximum(share[row, at], 1e-12)))
