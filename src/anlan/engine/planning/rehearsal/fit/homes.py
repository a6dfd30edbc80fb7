"""Where units wait, from their runs alone.

A unit's home is the candidate that makes likeliest both how long its runs took, by road time and a common
distribution of paces, and which calls it was sent to first: unit u with chance exp(-t_u/s) / Σ exp(-t/s)
over the units of its kind, by road times t (a multinomial logit; McFadden 1974). Units are placed in turn
until none moves. Units that share a station share a home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.rehearsal.fit.grain import chances, likelihood, mixing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.fit.record import Record, Ways

PACES = np.exp(np.linspace(np.log(0.1), np.log(10), 61))
LONGEST_S = 1200.0
SHARPNESS_S = (8.0, 12.0, 18.0, 27.0, 40.0, 60.0, 90.0)
FIXED_S = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0, 140.0, 160.0)
STARTS_S = FIXED_S[::2]
ROUNDS = 10
FLOOR = 1e-4


@dataclass(frozen=True, eq=False)
class Homes:
    """Candidate (row of `Ways.homes`) of each station, (S,).

    `fixed_s`: of every run beside the way, by the same pace; `sharpness_s`: how decisive road time was for
    who is sent.
    """

    station: NDArray[np.int64]
    fixed_s: float
    sharpness_s: float


@dataclass(frozen=True, eq=False)
class _Runs:
    """Runs of each station counted by recorded length in grains and place (K, P); first orders (S, P)."""

    tables: list[NDArray[np.float64]]
    sent: NDArray[np.float64]
    grain_s: float

    @property
    def recorded_s(self) -> NDArray[np.float64]:
        """The recorded lengths, (K,)."""
        return self.grain_s * np.arange(len(self.tables[0]), dtype=np.float64)


def infer_homes(record: Record, ways: Ways, station: NDArray[np.int64], first_kind: int) -> Homes:
    """Place stations by their most urgent runs; `station` (units,) of each unit, -1 for none.

    `first_kind`: a kind of which no station has two units; its first orders tell whose district a place is.

    Raises:
        ValueError: a station without runs to place it by.

    """
    runs = _runs(record, station, first_kind, ways.homes.shape[1])
    way = np.minimum(np.where(np.isfinite(ways.homes), ways.homes, LONGEST_S), LONGEST_S)
    medoids = np.array([int(np.argmin(way @ sent)) for sent in runs.sent])
    found = [_placed(runs, way, medoids, (fixed,)) for fixed in STARTS_S]
    best = max(found, key=lambda one: one[0])[1]
    return _placed(runs, way, best.station, FIXED_S)[1]


def _placed(
    runs: _Runs, way: NDArray[np.float64], start: NDArray[np.int64], among_s: tuple[float, ...]
) -> tuple[float, Homes]:
    """Homes in turn until none moves, with the likeliest `fixed_s` among some; and how likely they are.

    Access and way make up for each other: where both move at once homes stop short of the truth.
    """
    homes, whole = start.copy(), way.astype(np.int64)
    fixed, sharp = among_s[0], SHARPNESS_S[4]
    weight = _paces(runs, way[homes], fixed)[0]
    for _ in range(ROUNDS):
        before = homes.copy()
        table, pull = _table(runs, weight, fixed), np.exp(-way / sharp)
        for one in range(len(homes)):
            homes[one] = int(np.argmax(_length(runs, one, whole, table) + _choice(runs, one, pull, homes)))
        fixed = max(among_s, key=lambda seconds: _paces(runs, way[homes], seconds)[1])
        weight, told = _paces(runs, way[homes], fixed)
        sharp = max(SHARPNESS_S, key=lambda seconds: _logit(runs, way[homes], seconds))
        if (homes == before).all():
            break
    return told + _logit(runs, way[homes], sharp), Homes(homes, fixed, sharp)


def _runs(record: Record, station: NDArray[np.int64], first_kind: int, places: int) -> _Runs:
    urgent = record.priority == record.priority.min()
    of = station[record.unit]
    took = record.arrived_s - record.left_s
    timed = urgent & (of >= 0) & (took >= 0) & (took <= LONGEST_S)
    first = urgent & (of >= 0) & (record.kind == first_kind) & (record.sent_s == record.first_sent)
    grains = int(LONGEST_S / record.grain_s) + 1
    tables, sent = [], np.zeros((int(station.max()) + 1, places))
    np.add.at(sent, (of[first], record.place[first]), 1)
    for one in range(len(sent)):
        mine = timed & (of == one)
        if not mine.any() or not sent[one].any():
            raise ValueError(f"station {one}: no urgent runs on scene, or never the first of its kind")
        table = np.zeros((grains, places))
        np.add.at(table, ((took[mine] / record.grain_s).astype(np.int64), record.place[mine]), 1)
        tables.append(table)
    return _Runs(tables, sent, record.grain_s)


def _table(runs: _Runs, weight: NDArray[np.float64], fixed_s: float) -> NDArray[np.float64]:
    """Log chance of each recorded length (K,) for every whole second of way, (K, LONGEST_S + 1)."""
    seconds = np.arange(LONGEST_S + 1)
    found = np.zeros((len(runs.recorded_s), len(seconds)))
    for pace, part in zip(PACES, weight, strict=True):
        if part > 0:
            found += part * chances(runs.recorded_s[:, None], pace * (fixed_s + seconds), runs.grain_s)
    return np.log(found + FLOOR)


def _length(
    runs: _Runs, one: int, whole: NDArray[np.int64], table: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Log-likelihood of a station's run lengths from every candidate, by whole seconds of way, (V,)."""
    found = np.zeros(len(whole))
    for grains, row in enumerate(runs.tables[one]):
        places = np.flatnonzero(row)
        if len(places):
            found += table[grains][whole[:, places]] @ row[places]
    return found


def _choice(
    runs: _Runs, one: int, pull: NDArray[np.float64], homes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Log-likelihood of who was sent first, were a station at every candidate, by exp(-way/s), (V,)."""
    asked = np.flatnonzero(runs.sent.sum(axis=0))
    others = pull[np.delete(homes, one)][:, asked].sum(axis=0)
    mine, sent = pull[:, asked] + FLOOR * 1e-6, runs.sent[:, asked]
    return np.asarray(np.log(mine) @ sent[one] - np.log(others + mine) @ sent.sum(axis=0))


def _logit(runs: _Runs, way: NDArray[np.float64], sharp: float) -> float:
    """Log-likelihood of who was sent first with stations at homes, by their ways (S, P)."""
    pull = -way / sharp
    total = np.log(np.exp(pull).sum(axis=0) + FLOOR * 1e-6)
    return float((runs.sent * (pull - total)).sum())


def _paces(runs: _Runs, way: NDArray[np.float64], fixed_s: float) -> tuple[NDArray[np.float64], float]:
    """The distribution of paces, and the log-likelihood of run lengths with it."""
    parts = []
    for one, table in enumerate(runs.tables):
        grains, place = np.nonzero(table)
        parts.append(np.stack((runs.recorded_s[grains], way[one, place], table[grains, place])))
    observed, nominal, count = np.concatenate(parts, axis=1)
    like = chances(observed[:, None], (fixed_s + nominal[:, None]) * PACES, runs.grain_s) + FLOOR
    weight = mixing(like, count)
    return weight, likelihood(like, count, weight)
