"""A rehearsal in figures: plain data, codes and numbers (`dataclasses.asdict` gives JSON)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from anlan.engine.planning.rehearsal.model import DAY_S
from anlan.engine.planning.rehearsal.spread import means, measured
from anlan.engine.planning.rehearsal.tally import Figure, Tally, figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

METHOD = "rehearsal/1"
BIN_S, BINS = 30, 60
ALL = -1
UNKNOWN = Figure(None)


@dataclass(frozen=True)
class Spread:
    """A time's distribution in seconds: mean, quantiles, and the share (0-1) of calls within the ring."""

    mean: Figure
    q50: Figure
    q80: Figure
    q90: Figure
    q95: Figure
    within: Figure


@dataclass(frozen=True)
class Row:
    """Calls of a beat and a priority; -1: all of them.

    `response`: from receipt to the first unit on scene; `reach`: from its order to the scene. `wait`: from
    ready to the first order; `waited`: share of calls that found no unit free. `calls` and `unserved` (not
    all units came) are per replication.

    `histogram`: calls by response in bins of 30 s, the last holds all beyond.
    """

    beat: int
    priority: int
    calls: float
    unserved: float
    response: Spread
    reach: Spread
    wait: Figure
    waited: Figure
    histogram: list[int]


@dataclass(frozen=True)
class UnitUse:
    """A unit's share of its time on duty that it is on calls (above 1: overtime), and calls a day."""

    code: str
    utilisation: Figure
    runs: Figure


@dataclass(frozen=True)
class Report:
    """A rehearsal: rows for all calls, each priority, each beat, each beat's priorities.

    `cover` by hour of the day (24) and for `cover_mean` over all: share of demand within the ring of a free
    unit; values None without zones. `diverted`: units diverted to more urgent calls per replication.
    """

    method: str
    replications: int
    days: float
    ring_s: float
    calls: float
    unserved: float
    diverted: float
    rows: list[Row]
    units: list[UnitUse]
    cover: list[Figure]
    cover_mean: Figure

    def row(self, beat: int = ALL, priority: int = ALL) -> Row:
        """The row of a beat and a priority; -1 all.

        Raises:
            ValueError: there was no such call.

        """
        return row_of(self.rows, beat, priority)


class Placed(Protocol):
    """A row of a beat and a priority."""

    @property
    def beat(self) -> int:
        """Its number; -1 all."""

    @property
    def priority(self) -> int:
        """Its number; -1 all."""


def row_of[R: Placed](rows: Sequence[R], beat: int, priority: int) -> R:
    """The row of a beat and a priority.

    Raises:
        ValueError: there was no such call.

    """
    for row in rows:
        if (row.beat, row.priority) == (beat, priority):
            return row
    raise ValueError(f"row: no call of beat {beat}, priority {priority}")


def report(tally: Tally) -> Report:
    """The figures of a tally."""
    runs = tally.replications
    return Report(
        METHOD,
        runs,
        tally.until_s / DAY_S,
        tally.ring_s,
        len(tally.beat) / runs,
        float(tally.unserved.sum()) / runs,
        tally.diverted / runs,
        [_row(tally, *group) for group in groups(tally)],
        _units(tally),
        [cover(tally, hour) for hour in range(24)],
        cover(tally),
    )


def groups(tally: Tally) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
    """Beat, priority and the calls of every row of a report."""
    every = np.arange(len(tally.beat))
    yield ALL, ALL, every
    for priority in np.unique(tally.priority):
        yield ALL, int(priority), np.flatnonzero(tally.priority == priority)
    for beat in np.unique(tally.beat):
        mine = np.flatnonzero(tally.beat == beat)
        yield int(beat), ALL, mine
        for priority in np.unique(tally.priority[mine]):
            yield int(beat), int(priority), mine[tally.priority[mine] == priority]


def _row(tally: Tally, beat: int, priority: int, calls: NDArray[np.int64]) -> Row:
    seconds = tally.response_s[calls]
    came = seconds[np.isfinite(seconds)]
    wait = tally.wait_s[calls]
    waited = np.where(np.isnan(wait), 1.0, wait > 0)
    return Row(
        beat,
        priority,
        len(calls) / tally.replications,
        float(tally.unserved[calls].sum()) / tally.replications,
        _spread(tally, calls, tally.response_s),
        _spread(tally, calls, tally.reach_s),
        _mean(tally, calls, wait),
        _mean(tally, calls, waited),
        np.bincount(np.minimum(came // BIN_S, BINS).astype(np.int64), minlength=BINS + 1).tolist(),
    )


def _spread(tally: Tally, calls: NDArray[np.int64], seconds: NDArray[np.float64]) -> Spread:
    return Spread(*measured(tally, calls, seconds).figures())


def _mean(tally: Tally, calls: NDArray[np.int64], values: NDArray[np.float64]) -> Figure:
    known = np.isfinite(values)
    parts = means(values[known], tally.section[calls][known], tally.sections)
    return figure(float(values[known].mean()) if known.any() else np.nan, parts)


def cover(tally: Tally, hour: int | None = None) -> Figure:
    """Cover in an hour of the day, or over all hours."""
    parts = cover_parts(tally, hour)
    known = parts[np.isfinite(parts)]
    return figure(float(known.mean()), parts) if len(known) else UNKNOWN


def cover_parts(tally: Tally, hour: int | None = None) -> NDArray[np.float64]:
    """Cover by section, (G,), NaN where it was not measured."""
    if hour is not None:
        return np.asarray(tally.cover[:, hour], np.float64)
    seen = np.isfinite(tally.cover)
    sums = np.where(seen, tally.cover, 0.0).sum(axis=1)
    mean = np.divide(sums, seen.sum(axis=1), out=np.full(len(sums), np.nan), where=seen.any(axis=1))
    return np.asarray(mean)


def _units(tally: Tally) -> list[UnitUse]:
    days = tally.until_s / DAY_S
    with_duty = np.where(tally.duty_s > 0, tally.duty_s, np.nan)
    share, runs = tally.busy_s / with_duty, tally.runs / days
    return [
        UnitUse(code, _over(share[:, unit]), _over(runs[:, unit])) for unit, code in enumerate(tally.codes)
    ]


def _over(values: NDArray[np.float64]) -> Figure:
    """Mean over replications."""
    return figure(float(values.mean()), values)
