"""What many runs gave, call by call, in sections (replications in a row, or days of the one recorded run)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from anlan.engine.planning.rehearsal.model import DAY_S, NO_ZONES, Calls, Setup, Travel, Zones
from anlan.engine.planning.rehearsal.simulate import SAMPLE_S, Run, simulate
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.sample import Expected

SECTIONS = 20
LEVEL = 0.975


@dataclass(frozen=True)
class Figure:
    """A figure and its 95 % interval, None where there is nothing to tell it from."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, eq=False)
class Tally:
    """Per call (n,): section, beat, priority, response, reach and wait in s (NaN: nobody came), unserved.

    Per section (G,): cover by hour of the day (G, 24), NaN without zones. Per replication: busy seconds and
    runs of units (R, U). `duty_s` (U,); `replications` that were run.
    """

    section: NDArray[np.int64]
    beat: NDArray[np.int64]
    priority: NDArray[np.int64]
    response_s: NDArray[np.float64]
    reach_s: NDArray[np.float64]
    wait_s: NDArray[np.float64]
    unserved: NDArray[np.bool_]
    cover: NDArray[np.float64]
    busy_s: NDArray[np.float64]
    runs: NDArray[np.int64]
    duty_s: NDArray[np.float64]
    codes: Sequence[str]
    until_s: float
    replications: int
    diverted: int
    ring_s: float

    @property
    def sections(self) -> int:
        """Number of sections."""
        return len(self.cover)


@dataclass(frozen=True, eq=False)
class Case:
    """A plan, and the calls it meets: recorded ones, or what is expected."""

    setup: Setup
    source: Calls | Expected


def rehearse(
    setup: Setup,
    source: Calls | Expected,
    travel: Travel,
    *,
    zones: Zones = NO_ZONES,
    replications: int = 100,
    watch: Watch = UNWATCHED,
) -> Tally:
    """Run recorded calls once, or `replications` draws from what is expected.

    Raises:
        ValueError: see `rehearse_each`.

    """
    cases = [Case(setup, source)]
    return rehearse_each(cases, travel, zones=zones, replications=replications, watch=watch)[0]


def rehearse_each(
    cases: Sequence[Case],
    travel: Travel,
    *,
    zones: Zones = NO_ZONES,
    replications: int = 100,
    watch: Watch = UNWATCHED,
) -> list[Tally]:
    """Rehearse several cases, replication by replication, so that they meet the same calls and luck.

    Replications run on all cores, each known by its number: their order does not matter. A rehearsal that is
    stopped holds for every case those done by then, at least one.

    Raises:
        ValueError: replications is below 1, there is no case, recorded calls and draws are mixed, periods
            differ, or see `simulate`.

    """
    if replications < 1:
        raise ValueError(f"replications: at least 1, not {replications}")
    if len({(isinstance(case.source, Calls), case.source.until_s) for case in cases}) != 1:
        raise ValueError("cases: at least one, all recorded or all drawn, over the same period")
    alone = isinstance(cases[0].source, Calls)

    def one(replication: int) -> list[_Taken]:
        drawn: dict[int, Calls] = {}
        return [_once(case, replication, drawn, travel, zones) for case in cases]

    done = _all(one, 1 if alone else replications, watch)
    until_s = cases[0].source.until_s
    columns = zip(*done, strict=True)
    return [
        _tally(case.setup, list(taken), until_s, alone=alone)
        for case, taken in zip(cases, columns, strict=True)
    ]


def _once(case: Case, replication: int, drawn: dict[int, Calls], travel: Travel, zones: Zones) -> _Taken:
    source = case.source
    if id(source) not in drawn:
        drawn[id(source)] = source if isinstance(source, Calls) else source.draw(replication)
    run = simulate(case.setup, drawn[id(source)], travel, zones)
    return _taken(run, case.setup.force.units)


def _all(one: Callable[[int], list[_Taken]], replications: int, watch: Watch) -> list[list[_Taken]]:
    done = [one(0)]
    step = max(1, replications // 50)
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        for begin in range(1, replications, step):
            if watch.stopped():
                break
            done += pool.map(one, range(begin, min(begin + step, replications)))
            watch.told("rehearse", len(done) / replications)
    return done


@dataclass(frozen=True, eq=False)
class _Taken:
    """What is kept of one run: per call, per sample, per unit."""

    day: NDArray[np.int64]
    beat: NDArray[np.int64]
    priority: NDArray[np.int64]
    response_s: NDArray[np.float64]
    reach_s: NDArray[np.float64]
    wait_s: NDArray[np.float64]
    unserved: NDArray[np.bool_]
    cover: NDArray[np.float64]
    busy_s: NDArray[np.float64]
    runs: NDArray[np.int64]
    diverted: int


def _taken(run: Run, units: int) -> _Taken:
    calls = run.calls
    day = np.minimum(calls.time_s // DAY_S, _days(calls.until_s) - 1).astype(np.int64)
    return _Taken(
        day, calls.beat, calls.priority, run.response_s(), run.reach_s(), run.wait_s(), run.unserved(),
        run.cover, run.busy_s(units), run.runs(units), run.diverted,
    )  # fmt: skip


def _days(until_s: float) -> int:
    return max(1, int(np.ceil(until_s / DAY_S)))


def _tally(setup: Setup, taken: list[_Taken], until_s: float, *, alone: bool) -> Tally:
    batch = [one.day if alone else np.full(len(one.day), nth) for nth, one in enumerate(taken)]
    count = _days(until_s) if alone else len(taken)
    groups = min(count, SECTIONS)
    return Tally(
        section=np.concatenate(batch).astype(np.int64) * groups // count,
        beat=np.concatenate([one.beat for one in taken]),
        priority=np.concatenate([one.priority for one in taken]),
        response_s=np.concatenate([one.response_s for one in taken]),
        reach_s=np.concatenate([one.reach_s for one in taken]),
        wait_s=np.concatenate([one.wait_s for one in taken]),
        unserved=np.concatenate([one.unserved for one in taken]),
        cover=_cover([one.cover for one in taken], groups, alone=alone),
        busy_s=np.stack([one.busy_s for one in taken]),
        runs=np.stack([one.runs for one in taken]),
        duty_s=setup.force.duty_s(until_s),
        codes=tuple(setup.force.codes),
        until_s=until_s,
        replications=len(taken),
        diverted=sum(one.diverted for one in taken),
        ring_s=setup.rules.ring_s,
    )


def _cover(covers: list[NDArray[np.float64]], groups: int, *, alone: bool) -> NDArray[np.float64]:
    """Mean cover by section and hour of the day, (G, 24)."""
    table = np.stack(covers)
    if not table.shape[1]:
        return np.full((groups, 24), np.nan)
    second = SAMPLE_S * np.arange(table.shape[1])
    hour = (second // 3600).astype(np.int64) % 24
    sample_day = (second // DAY_S).astype(np.int64)
    sample_day = sample_day * groups // (int(sample_day[-1]) + 1)
    rows = np.arange(len(table)) * groups // len(table)
    section = np.broadcast_to(sample_day if alone else rows[:, None], table.shape)
    cell = (section * 24 + hour).ravel()
    seen = np.bincount(cell, minlength=groups * 24)
    sums = np.bincount(cell, table.ravel(), groups * 24)
    mean = np.divide(sums, seen, out=np.full(len(sums), np.nan), where=seen > 0)
    return np.asarray(mean.reshape(groups, 24))


def figure(whole: float, parts: NDArray[np.float64]) -> Figure:
    """A figure of all calls with the interval that the same figure of the sections gives."""
    if not np.isfinite(whole):
        return Figure(None)
    known = parts[np.isfinite(parts)]
    if len(known) < 2:
        return Figure(float(whole))
    half = stats.t.ppf(LEVEL, len(known) - 1) * float(known.std(ddof=1)) / np.sqrt(len(known))
    return Figure(float(whole), float(whole - half), float(whole + half))
