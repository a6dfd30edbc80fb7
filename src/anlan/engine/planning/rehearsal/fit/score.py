"""How well a replay reproduces a record: distributions on the grain of the record, by blocks of time.

Simulated instants are rounded as the record's are, then both are differences of grains. Quantiles of grains
count each value as even over its grain. Intervals: blocks (weeks) of the record are drawn again, 500 times;
the replay, of as many calls and more, is held fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.planning.rehearsal.fit.grain import recorded
from anlan.engine.planning.rehearsal.tally import Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.fit.record import Record
    from anlan.engine.planning.rehearsal.fit.replay import Scene
    from anlan.engine.planning.rehearsal.simulate import Run

LONGEST_S = 3600.0
DRAWS = 500


@dataclass(frozen=True, eq=False)
class Intervals:
    """Of calls (C,) that a unit came to, in s on the grain, from the first order and from receipt.

    Both end when the first unit is on scene. `block`: the time block of the call, `priority`, `kind` of that
    unit.
    """

    call: NDArray[np.int64]
    reach_s: NDArray[np.float64]
    response_s: NDArray[np.float64]
    block: NDArray[np.int64]
    priority: NDArray[np.int64]
    kind: NDArray[np.int64]

    def only(self, rows: NDArray[Any]) -> Intervals:
        """Some of the calls, by rows or a mask."""
        return Intervals(*(column[rows] for column in vars(self).values()))


def of_record(record: Record, block_s: float) -> Intervals:
    """As recorded; times below 0 or above an hour are errors of entry, and left out."""
    rows = np.flatnonzero(record.arrived_s == record.first_arrived)
    _, once = np.unique(record.call[rows], return_index=True)
    rows = rows[once]
    received = record.first_received[rows]
    return _kept(Intervals(
        record.call[rows],
        record.arrived_s[rows] - record.first_sent[rows],
        record.arrived_s[rows] - received,
        (received // block_s).astype(np.int64),
        record.priority[rows],
        record.kind[rows],
    ))  # fmt: skip


def of_run(scene: Scene, run: Run, kinds: NDArray[np.int64], grain_s: float, block_s: float) -> Intervals:
    """As a record with that grain would hold a run of the scene; `kinds` (units,)."""
    order = scene.calls.call
    number = scene.numbers[order]
    came = np.flatnonzero(np.isfinite(run.arrived_s))
    came = came[np.lexsort((run.arrived_s[came], number[came]))]
    call, once = np.unique(number[came], return_index=True)
    slot = came[once]
    sent = np.full(len(call), np.inf)
    known = np.flatnonzero(np.isin(number, call) & np.isfinite(run.sent_s))
    np.minimum.at(sent, np.searchsorted(call, number[known]), run.sent_s[known])
    received = scene.calls.time_s[order[slot]]
    return _kept(Intervals(
        call,
        recorded(sent, run.arrived_s[slot], grain_s),
        recorded(received, run.arrived_s[slot], grain_s),
        (received // block_s).astype(np.int64),
        scene.calls.priority[order[slot]],
        kinds[run.unit[slot]],
    ))  # fmt: skip


def _kept(of: Intervals) -> Intervals:
    good = [(seconds >= 0) & (seconds <= LONGEST_S) for seconds in (of.reach_s, of.response_s)]
    return of.only(good[0] & good[1])


@dataclass(frozen=True)
class Fit:
    """Replay against record: KS distance (greatest difference of the distributions, on the grain).

    `median`, `q90`: of the record in s; `median_error`, `q90_error`: the replay's less the record's; `calls`
    of the record. All with 95 % intervals but the record's own figures.
    """

    calls: int
    ks: Figure
    median: float
    median_error: Figure
    q90: float
    q90_error: Figure


def score(
    replayed: NDArray[np.float64], observed: NDArray[np.float64], block: NDArray[np.int64], grain_s: float
) -> Fit:
    """Compare two sets of times on a grain; `block` of each observed one.

    Raises:
        ValueError: one of them is empty.

    """
    if not len(replayed) or not len(observed):
        raise ValueError("replayed, observed: at least one time each")
    bins = int(max(replayed.max(), observed.max()) / grain_s) + 1
    model = np.bincount((replayed / grain_s).astype(np.int64), minlength=bins) / len(replayed)
    names, of = np.unique(block, return_inverse=True)
    table = np.zeros((len(names), bins))
    np.add.at(table, (of, (observed / grain_s).astype(np.int64)), 1)
    draws = np.random.default_rng(0).multinomial(len(names), np.full(len(names), 1 / len(names)), DRAWS)
    drawn = draws @ table
    drawn = drawn[drawn.sum(axis=1) > 0]
    whole = _measures(model, table.sum(axis=0)[None], grain_s)[:, 0]
    many = _measures(model, drawn, grain_s)
    ks, median, q90 = (_figure(one, some, len(names)) for one, some in zip(whole[:3], many[:3], strict=True))
    return Fit(len(observed), ks, float(whole[3]), median, float(whole[4]), q90)


def _measures(model: NDArray[np.float64], counts: NDArray[np.float64], grain_s: float) -> NDArray[np.float64]:
    """KS distance, errors of median and 90 % quantile, and those of the counts (n, bins), (5, n)."""
    share = counts / counts.sum(axis=1, keepdims=True)
    ks = np.abs(np.cumsum(share - model, axis=1)).max(axis=1)
    mine = [_quantile(model[None], level, grain_s)[0] for level in (0.5, 0.9)]
    theirs = [_quantile(share, level, grain_s) for level in (0.5, 0.9)]
    return np.stack((ks, mine[0] - theirs[0], mine[1] - theirs[1], *theirs))


def _quantile(share: NDArray[np.float64], level: float, grain_s: float) -> NDArray[np.float64]:
    """Quantile of each row of shares by grain, each even over half a grain to either side."""
    total = np.cumsum(share, axis=1)
    at = np.argmax(total >= level - 1e-12, axis=1)
    row = np.arange(len(share))
    before = total[row, at] - share[row, at]
    part = (level - before) / np.maximum(share[row, at], 1e-12)
    return np.asarray((at - 0.5 + part) * grain_s)


def _figure(whole: float, draws: NDArray[np.float64], blocks: int) -> Figure:
    if blocks < 2:
        return Figure(float(whole))
    low, high = np.quantile(draws, (0.025, 0.975))
    return Figure(float(whole), float(low), float(high))
