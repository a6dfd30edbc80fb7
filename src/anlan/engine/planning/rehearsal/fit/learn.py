"""All that a record tells a rehearsal: homes, speeds, turnout, time on scene, absences.

A run takes pace x (access + way): `way` by road from its home, `access` the part that no road explains, and a
pace drawn by kind and sort of run. Units without a home (ambulances that cruise, officers) keep the
distribution of their times from order to scene instead: it is theirs wherever the others stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from anlan.engine.planning.rehearsal.fit.away import availability
from anlan.engine.planning.rehearsal.fit.grain import chances, likelihood, mixing, quantiles, ungrained
from anlan.engine.planning.rehearsal.fit.homes import FLOOR, LONGEST_S, PACES, Homes, infer_homes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.fit.record import Record, Ways

    type Find = Callable[[NDArray[np.int64]], NDArray[np.float64]]

LEAST_RUNS = 60
FACTORS = np.arange(0.7, 1.6, 0.05)
ALL = -1


@dataclass(frozen=True, eq=False)
class Groups:
    """Distributions by kind and sort of run, as sorted values; -1 stands for all sorts, or kinds."""

    of: dict[tuple[int, int], NDArray[np.float64]]

    def get(self, kind: int, sort: int) -> NDArray[np.float64]:
        """That of the kind and sort, else of the kind, else of all."""
        for key in ((kind, sort), (kind, ALL), (ALL, ALL)):
            if key in self.of:
                return self.of[key]
        raise ValueError(f"kind {kind}, sort {sort}: nothing was learned")


@dataclass(frozen=True, eq=False)
class Learned:
    """What `learn` found. `factor` (H,): times of each hour class over those of the first.

    `station` (units,): of each unit, -1 without a home; `kinds` (units,). `there` (units,): availability;
    `away_s` (units,): mean length of an absence. `reach`: from order to scene of units without a home.
    `delay`: from receipt to the first order. `alike`: correlation of the luck of one call's units, on the
    normal scale. `error_s`: mean absolute error of the placed units' ways by the median pace;
    `plain_error_s`: by the median time of kind and sort alone.
    """

    homes: Homes
    station: NDArray[np.int64]
    kinds: NDArray[np.int64]
    factor: NDArray[np.float64]
    pace: Groups
    turnout: Groups
    reach: Groups
    delay: Groups
    service: Groups
    alike: float
    there: NDArray[np.float64]
    away_s: NDArray[np.float64]
    error_s: float
    plain_error_s: float


def learn(record: Record, ways: Ways, station: NDArray[np.int64], first_kind: int) -> Learned:
    """Learn from a record; `station` (units,) of each unit, -1 for those without a home.

    Raises:
        ValueError: see `infer_homes`, or nothing recorded to learn a distribution from.

    """
    homes = infer_homes(record, ways, station, first_kind)
    way = all_ways(ways, homes, station)
    kinds = np.zeros(len(station), np.int64)
    kinds[record.unit] = record.kind
    placed, ever = station[record.unit] >= 0, np.ones(len(record), np.bool_)
    runs = _placed_runs(record, way, homes.fixed_s)
    factor = _factors(runs)
    pace, error_s, plain_error_s = _paces(runs, factor)
    length = record.freed_s - record.sent_s
    known = length >= 0
    return Learned(
        homes, station, kinds, factor, pace,
        _times(record, record.left_s - record.sent_s, placed),
        _times(record, record.arrived_s - record.sent_s, ~placed),
        _times(record, record.sent_s - record.first_received, record.sent_s == record.first_sent),
        _times(record, record.freed_s - record.arrived_s, ever),
        _alike(record),
        availability(record, np.where(station >= 0, kinds, -1), way),
        _mean_by(kinds, record.kind[known], length[known]),
        error_s,
        plain_error_s,
    )  # fmt: skip


def all_ways(ways: Ways, homes: Homes, station: NDArray[np.int64]) -> NDArray[np.float64]:
    """Road seconds of every unit to every place, (units, P); inf without a home."""
    found = np.full((len(station), ways.homes.shape[1]), np.inf)
    placed = station >= 0
    found[placed] = ways.homes[homes.station[station[placed]]]
    return found


def _mean_by(
    kinds: NDArray[np.int64], kind: NDArray[np.int64], value: NDArray[np.float64]
) -> NDArray[np.float64]:
    size = int(kinds.max()) + 1
    sums, count = np.bincount(kind, value, size), np.bincount(kind, minlength=size)
    return np.asarray(sums[kinds] / np.maximum(count[kinds], 1))


def _grouped(kind: NDArray[np.int64], sort: NDArray[np.int64], find: Find) -> Groups:
    """Learn all, each kind, and each kind's sorts of run that have `LEAST_RUNS`."""
    found = {}
    keys = [(ALL, ALL)] + [(int(one), ALL) for one in np.unique(kind)]
    keys += [(one, int(which)) for one, _ in keys[1:] for which in np.unique(sort[kind == one])]
    for key in keys:
        mine = ((kind == key[0]) | (key[0] == ALL)) & ((sort == key[1]) | (key[1] == ALL))
        if mine.sum() >= LEAST_RUNS or (key[0] == ALL and mine.any()):
            found[key] = find(np.flatnonzero(mine))
    return Groups(found)


def _times(record: Record, seconds: NDArray[np.float64], rows: NDArray[np.bool_]) -> Groups:
    """Distributions of times as recorded, the grain undone."""
    kept = np.flatnonzero(rows & np.isfinite(seconds) & (seconds >= 0))
    return _grouped(
        record.kind[kept], record.sort[kept], lambda mine: ungrained(seconds[kept][mine], record.grain_s)
    )


@dataclass(frozen=True, eq=False)
class _Placed:
    """Runs (n,) of units with a home: access and way in s, as recorded in s, hour class, kind, sort."""

    nominal: NDArray[np.float64]
    took: NDArray[np.float64]
    hour_class: NDArray[np.int64]
    kind: NDArray[np.int64]
    sort: NDArray[np.int64]
    grain_s: float

    def like(self, rows: NDArray[Any], factor: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Chance of the recorded lengths by pace, (n, K), with the way slowed by a factor."""
        slowed = np.asarray(self.nominal[rows] * factor)
        return chances(self.took[rows][:, None], slowed[:, None] * PACES, self.grain_s) + FLOOR


def _placed_runs(record: Record, way: NDArray[np.float64], fixed_s: float) -> _Placed:
    nominal = fixed_s + way[record.unit, record.place]
    took = record.arrived_s - record.left_s
    rows = np.flatnonzero((took >= 0) & (took <= LONGEST_S) & np.isfinite(nominal))
    return _Placed(
        nominal[rows], took[rows], record.hour_class[rows], record.kind[rows], record.sort[rows],
        record.grain_s,
    )  # fmt: skip


def _mixture(like: NDArray[np.float64]) -> NDArray[np.float64]:
    return mixing(like, np.ones(len(like)))


def _factors(runs: _Placed) -> NDArray[np.float64]:
    """How much slower than in the first each hour class is: the likeliest factor with the first's paces."""
    factor = np.ones(int(runs.hour_class.max(initial=0)) + 1)
    calm = runs.hour_class == 0
    if not calm.any():
        return factor
    base = _mixture(runs.like(calm, 1.0))
    for one in range(1, len(factor)):
        mine = runs.hour_class == one
        if mine.sum() >= LEAST_RUNS:
            told = [likelihood(runs.like(mine, times), np.ones(mine.sum()), base) for times in FACTORS]
            factor[one] = FACTORS[int(np.argmax(told))]
    return factor


def _paces(runs: _Placed, factor: NDArray[np.float64]) -> tuple[Groups, float, float]:
    """Paces by kind and sort, and how far lengths are from what they say: by road, and without."""
    by_run = factor[runs.hour_class]
    log = np.log(PACES)
    pace = _grouped(
        runs.kind, runs.sort,
        lambda mine: np.exp(quantiles(log, _mixture(runs.like(mine, by_run[mine])))),
    )  # fmt: skip
    road, plain = np.zeros(len(by_run)), np.zeros(len(by_run))
    for kind, sort in {*zip(runs.kind.tolist(), runs.sort.tolist(), strict=True)}:
        mine = (runs.kind == kind) & (runs.sort == sort)
        road[mine] = (runs.nominal * by_run)[mine] * np.median(pace.get(kind, sort))
        plain[mine] = np.median(runs.took[mine])
    return pace, float(np.abs(road - runs.took).mean()), float(np.abs(plain - runs.took).mean())


def _alike(record: Record) -> float:
    """Correlation of normal scores, by kind and sort, of the times to scene of units sent together."""
    reach = record.arrived_s - record.sent_s
    rows = np.flatnonzero(np.isfinite(reach) & (record.sent_s == record.first_sent))
    if not len(rows):
        return 0.0
    group = record.kind[rows] * (int(record.sort.max()) + 1) + record.sort[rows]
    score = np.zeros(len(rows))
    for one in np.unique(group):
        mine = group == one
        score[mine] = ndtri((rankdata(reach[rows][mine]) - 0.5) / mine.sum())
    _, of, count = np.unique(record.call[rows], return_inverse=True, return_counts=True)
    pairs = float((count * (count - 1)).sum())
    products = float((np.bincount(of, score) ** 2 - np.bincount(of, score**2)).sum())
    spread = float((score**2).mean())
    return float(np.clip(products / pairs / spread, 0, 1)) if pairs and spread else 0.0
