"""Trials played on a past: stretches drawn, coins tossed, the effect taken out, the protocol's test run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.trials.looks import follow, spent, spent_on_harm
from anlan.engine.planning.trials.randomisation import assignments
from anlan.engine.planning.trials.schedule import first_treated
from anlan.engine.planning.trials.units import Units, base, grouping, summed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.trials.model import Design, Outcome, Protocol

BATCH = 100  # plays at once: a few times 10 MB


@dataclass(frozen=True)
class Plays:
    """How a trial is played: how often, the stretches of the past in periods, draws of the test, the seed."""

    number: int = 1_000
    stretch: int = 4
    draws: int = 999
    seed: int = 1

    def __post_init__(self) -> None:
        if self.number < 1 or self.stretch < 1 or self.draws < 99:
            raise ValueError("number, stretch, draws: at least 1, 1, 99")


def found(of: Design, past: Outcome, plays: Plays, effect: float) -> NDArray[np.bool_]:
    """Whether each play rejects "no effect", (plays,): a look's boundary crossed before the guard's."""
    random = np.random.default_rng(plays.seed)
    rows, pairs = past.rows(of.places), len(of.pairs)
    bases = base(past.before, rows[:pairs], rows[pairs:], of.protocol.prior)
    made = []
    for begin in range(0, plays.number, BATCH):
        size = min(BATCH, plays.number - begin)
        counts = np.stack(
            [stretches(past.during[rows], of.protocol.periods, plays.stretch, random) for _ in range(size)]
        )
        face = first_treated(of.protocol, random.random((size, pairs, of.protocol.coins)) < 0.5)
        planted = plant(counts, np.concatenate((face, ~face), axis=1), effect, random)
        made.append(_rejected(of.protocol, planted.astype(np.float64), face, bases, plays))
    return np.concatenate(made)


def stretches(
    table: NDArray[np.int64], periods: int, stretch: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Return `periods` columns made of drawn stretches of the table's, all rows together, (n, periods)."""
    size = min(stretch, periods)
    begins = random.integers(0, table.shape[1] - size + 1, -(-periods // size))
    columns = (begins[:, None] + np.arange(size)).ravel()[:periods]
    return np.asarray(table[:, columns])


def plant(
    counts: NDArray[np.int64], treated: NDArray[np.bool_], effect: float, random: np.random.Generator
) -> NDArray[np.int64]:
    """Return the counts with the effect in the treated cells: each incident prevented with chance -effect.

    A rise adds a Poisson number with the mean of effect times the count.
    """
    if effect > 0:
        return counts + random.poisson(np.where(treated, effect * counts, 0.0))
    return np.where(treated, random.binomial(counts, 1 + effect), counts)


def _rejected(
    protocol: Protocol,
    counts: NDArray[np.float64],
    face: NDArray[np.bool_],
    bases: tuple[NDArray[np.float64], NDArray[np.float64]],
    plays: Plays,
) -> NDArray[np.bool_]:
    """Run the protocol's test on counts (plays, 2 pairs, periods)."""
    pairs = face.shape[1]
    looks = [*protocol.looks, protocol.periods]
    score = []
    for until in looks:
        of, side = grouping(protocol, until), face[..., :until]
        sums = summed(side, counts[:, :pairs, :until], counts[:, pairs:, :until], of)
        expected = summed(side, bases[0][:, None], bases[1][:, None], of)
        coin = Units(*sums, *expected, np.zeros(0, np.int64), np.zeros(0, np.int64))
        score.append(np.subtract(*coin.scores(protocol)))
    drawn = assignments(score[0].shape[-1], plays.draws, plays.seed)
    every = np.stack([drawn.signs @ one.T for one in score])
    seen, share = np.stack([one.sum(axis=-1) for one in score]), np.array(looks) / protocol.periods
    proof = follow(np.abs(every), np.abs(seen), spent(share, protocol.alpha), exact=drawn.exact)
    if not protocol.looks:
        return np.asarray(proof.first < 1)
    guard = follow(every, seen, spent_on_harm(share, protocol.harm), exact=drawn.exact)
    return np.asarray((proof.first < len(looks)) & (proof.first <= guard.first))
