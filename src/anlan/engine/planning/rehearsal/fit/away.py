"""How often a unit is not there for a call: on calls that the record leaves out, in training, in repair.

Units of a kind are ranked by road time to each call. The one sent first was there; each that would have been
clearly nearer and was on no recorded run was not. Its share of calls at which it was there is its
availability. What is left out of the record becomes spells of absence that begin by chance (an alternating
renewal process), as long as a recorded run of its kind, so often that the share comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.fit.record import Record

CLEAR_S = 20.0
PRIOR = 4.0


def availability(record: Record, rank: NDArray[np.int64], way: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of time that each unit is there when on no recorded run, (units,); NaN for units not ranked.

    `rank` (units,): the kind within which a unit is ranked, -1 for none; `way` (units, P): its road seconds
    to every place. Each share is drawn to the mean of all by `PRIOR` calls.
    """
    there, asked = np.zeros(len(rank)), np.zeros(len(rank))
    busy = [_spells(record, unit) for unit in range(len(rank))]
    for row in _first_of_kind(record, rank):
        unit, place, now = int(record.unit[row]), record.place[row], record.sent_s[row]
        there[unit] += 1
        asked[unit] += 1
        nearer = np.flatnonzero((rank == rank[unit]) & (way[:, place] < way[unit, place] - CLEAR_S))
        asked[[other for other in nearer if not _within(busy[other], now)]] += 1
    ranked = rank >= 0
    mean = there[ranked].sum() / max(asked[ranked].sum(), 1.0)
    share = (there + PRIOR * mean) / (asked + PRIOR)
    return np.where(ranked, share, np.nan)


def _first_of_kind(record: Record, rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the only unit of its kind sent first to a call: with two sent at once none was passed over."""
    rows = np.flatnonzero((rank[record.unit] >= 0) & (record.sent_s == record.first_sent))
    key = record.call[rows] * (int(rank.max()) + 1) + rank[record.unit[rows]]
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    return np.asarray(rows[first[count == 1]])


def _spells(record: Record, unit: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mine = np.flatnonzero((record.unit == unit) & (record.freed_s > record.sent_s))
    order = mine[np.argsort(record.sent_s[mine], kind="stable")]
    return record.sent_s[order], np.maximum.accumulate(record.freed_s[order])


def _within(spells: tuple[NDArray[np.float64], NDArray[np.float64]], now: float) -> bool:
    begins, ends = spells
    last = int(np.searchsorted(begins, now, side="right")) - 1
    return last >= 0 and bool(now < ends[last])


def absences(
    share: float, mean_s: float, until_s: float, random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Begins and ends of spells with which a unit is there for `share` of [0, until_s)."""
    if share >= 1:
        return np.zeros(0), np.zeros(0)
    present_s = mean_s * share / (1 - share)
    count = int(2 * until_s / (mean_s + present_s)) + 20
    lengths = random.exponential(1, (count, 2)) * (present_s, mean_s)
    # In the long run, the first spell is met absent with chance 1 - share, and has all of its length to go.
    if random.random() > share:
        lengths[0, 0] = 0.0
    ends = np.cumsum(lengths.sum(axis=1))
    begins = ends - lengths[:, 1]
    kept = begins < until_s
    return begins[kept], ends[kept]
