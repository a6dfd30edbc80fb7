"""What one coin decided: incidents where treated and where not, and what both places had before.

Flipping a coin swaps the two sums, whatever the design: all inference is about signs of coins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.trials.model import Statistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.trials.model import Design, Outcome, Protocol
    from anlan.engine.planning.trials.schedule import Schedule

FLOOR = 0.05  # incidents a period: a place without any past still expects something


@dataclass(frozen=True, eq=False)
class Units:
    """Coins in the order (coin, pair), so that a later look only adds at the end; arrays (..., U).

    Attributes:
        treated: incidents in counted periods where treated.
        control: the same where not.
        expected_treated: incidents that the places' past lets expect there.
        expected_control: the same where not.
        periods: counted periods of each coin, (U,).
        pair: row of the pair, (U,).

    """

    treated: NDArray[np.float64]
    control: NDArray[np.float64]
    expected_treated: NDArray[np.float64]
    expected_control: NDArray[np.float64]
    periods: NDArray[np.int64]
    pair: NDArray[np.int64]

    def scores(self, protocol: Protocol) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x, z (..., U): treated and control incidents, each by the other's share of the expectation.

        E x = ratio · E z, whatever the ratio; Σx/Σz is the Mantel-Haenszel ratio of rates. Flipping a coin
        swaps x and z.
        """
        one, two = self.expected_treated, self.expected_control
        if protocol.statistic is Statistic.RAW:
            one, two = np.ones_like(one), np.ones_like(two)
        total = np.maximum(one + two, 1e-12)
        return two / total * self.treated, one / total * self.control


def base(
    before: NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64], prior: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return incidents a period of each pair's places before, (pairs,) each, shrunk to the pair's mean.

    Empirical Bayes in its simplest form: `prior` periods at the pair's mean are added to the w of the past.
    """
    length = before.shape[1]
    sums = before.sum(axis=1, dtype=np.float64)
    mean = (sums[first] + sums[second]) / (2 * length) if length else np.ones(len(first))
    mean = np.maximum(mean, FLOOR)
    weight = max(length + prior, 1e-9)
    one, two = ((sums[rows] + prior * mean) / weight if length else mean for rows in (first, second))
    return np.maximum(one, FLOOR), np.maximum(two, FLOOR)


def grouping(protocol: Protocol, periods: int, known: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Return which of the first `periods` periods count for which coin, (periods, coins)."""
    counted = protocol.counted()[:periods].copy()
    if known is not None:
        counted &= known[:periods]
    of = np.zeros((periods, protocol.coins))
    of[np.arange(periods), protocol.coin_of()[:periods]] = counted
    return of


def summed(
    face: NDArray[np.bool_],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    of: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum (..., pairs, periods) of the first and second places over each coin's periods by side, (..., U)."""
    treated = np.where(face, first, second).astype(np.float64) @ of
    control = np.where(face, second, first).astype(np.float64) @ of
    return _flat(treated), _flat(control)


def _flat(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    turned = np.swapaxes(sums, -1, -2)
    return np.ascontiguousarray(turned).reshape((*turned.shape[:-2], -1))


def units(design: Design, plan: Schedule, outcome: Outcome, periods: int | None = None) -> Units:
    """Return the coins of the first `periods` periods (all that the outcome has).

    Raises:
        ValueError: the outcome lacks a place or has more periods than the trial; schedule and design differ.

    """
    if plan.places != design.places or plan.periods != design.protocol.periods:
        raise ValueError("plan: not the schedule of this design")
    given = outcome.during.shape[1]
    until = given if periods is None else periods
    if not 0 < until <= min(given, plan.periods):
        raise ValueError(f"periods: from 1 to {min(given, plan.periods)}, not {until}")
    rows = outcome.rows(design.places)
    first, second = rows[: len(design.pairs)], rows[len(design.pairs) :]
    face = plan.table()[: len(design.pairs), :until]
    of = grouping(design.protocol, until, outcome.known)
    during = outcome.during[:, :until].astype(np.float64)
    sums = summed(face, during[first], during[second], of)
    bases = base(outcome.before, first, second, design.protocol.prior)
    expected = summed(face, bases[0][:, None], bases[1][:, None], of)
    coins, pairs = design.protocol.coins, len(design.pairs)
    return Units(
        *sums, *expected, np.repeat(of.sum(axis=0).astype(np.int64), pairs), np.tile(np.arange(pairs), coins)
    )


def inflation(design: Design, past: Outcome) -> float:
    """How much more the coins' differences vary than Poisson counts would, 1: no more.

    Mean square over mean, on `past.during` cut into stretches of a coin's length (or all of it where it is
    shorter), levels from `past.before`.
    """
    protocol, rows, pairs = design.protocol, past.rows(design.places), len(design.pairs)
    size = min(protocol.coin_periods, past.during.shape[1])
    pieces = past.during.shape[1] // size
    sums = past.during[rows][:, : pieces * size].reshape(2 * pairs, pieces, size).sum(axis=2).astype(float)
    one, two = base(past.before, rows[:pairs], rows[pairs:], protocol.prior)
    side = np.zeros(0, np.int64)
    of = Units(sums[:pairs], sums[pairs:], size * one[:, None], size * two[:, None], side, side)
    off = 2 * np.subtract(*of.scores(protocol))
    return float((off**2).sum() / max(sums.sum(), 1.0))
