"""The randomisation distribution: what the statistic would have been, had the coins fallen otherwise.

Each coin swaps its pair's two sums (x, z). Under a constant ratio θ the places would have had x/θ and z
untreated, so S(θ) = Σ s (x - θ z) over all signs s is the distribution against which S(θ) with s = 1 is held
(Fisher 1935; Rosenbaum 2002, Observational Studies, 2.4). For one assignment let K be the coins it keeps and
F those it flips: |S| is as large as observed exactly where θ lies between the ratios Σ_F x / Σ_F z and
Σ_K x / Σ_K z. So the interval's limits are order statistics of such ratios (Hartigan 1969, JASA 64, typical
values): no search over θ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LISTED = 14  # coins up to which all 2^coins assignments are listed
TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Assignments:
    """Signs of the coins, (n, U), the observed assignment being all ones; `exact`: all there are."""

    signs: NDArray[np.float64]
    exact: bool

    def share(self, as_extreme: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the p-value from flags (n, ...); the observed assignment counts as one of those drawn."""
        count, total = as_extreme.sum(axis=0), len(self.signs)
        return np.asarray(count / total if self.exact else (count + 1) / (total + 1))

    def rank(self, alpha: float) -> int:
        """Return how many assignments may be as extreme as a rejected one."""
        total = len(self.signs)
        return int(np.floor(alpha * total + TIE) if self.exact else np.floor(alpha * (total + 1) + TIE) - 1)


def assignments(coins: int, draws: int, seed: int) -> Assignments:
    """Return all assignments of a few coins, else `draws` of them; the same for the same seed."""
    if coins <= LISTED:
        every = np.arange(2**coins)[:, None] >> np.arange(coins) & 1
        return Assignments(_signs(every), exact=True)
    random = np.random.default_rng(seed)
    bits = np.unpackbits(
        np.frombuffer(random.bytes(draws * -(-coins // 8)), np.uint8).reshape(draws, -1), axis=1
    )
    return Assignments(_signs(bits[:, :coins]), exact=False)


def _signs(flipped: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(1.0 - 2.0 * flipped, np.float64)


@dataclass(frozen=True)
class Ratio:
    """Incidents in treated place-periods against untreated ones.

    Attributes:
        ratio: treated over control, None where the controls had none.
        low: lower limit of the ratio.
        high: upper limit, None: unbounded.
        p: two-sided randomisation p-value of ratio 1.
        confidence: of the limits.
        exact: whether every assignment was listed.
        assignments: how many were, or were drawn.
        coins: units that were tossed for and have something counted.
        treated: incidents where treated.
        control: incidents where not.
        place_periods: counted place-periods on each side.

    """

    ratio: float | None
    low: float
    high: float | None
    p: float
    confidence: float
    exact: bool
    assignments: int
    coins: int
    treated: int
    control: int
    place_periods: int

    @property
    def change(self) -> float | None:
        """The ratio minus one: -0.15 is 15 % fewer."""
        return None if self.ratio is None else self.ratio - 1


def p_value(x: NDArray[np.float64], z: NDArray[np.float64], of: Assignments, theta: float = 1.0) -> float:
    """Two-sided p-value of the ratio `theta`; x, z: (U,)."""
    score = x - theta * z
    drawn, observed = of.signs @ score, float(score.sum())
    slack = TIE * max(1.0, float(np.abs(score).sum()))
    return float(of.share(np.abs(drawn) >= abs(observed) - slack))


def interval(
    x: NDArray[np.float64], z: NDArray[np.float64], of: Assignments, alpha: float
) -> tuple[float, float]:
    """Return the limits of all ratios with a p-value above `alpha`; 0 and infinity where there is none."""
    drawn_x, drawn_z = of.signs @ x, of.signs @ z
    kept = _ratios((x.sum() + drawn_x) / 2, (z.sum() + drawn_z) / 2)
    flipped = _ratios((x.sum() - drawn_x) / 2, (z.sum() - drawn_z) / 2)
    low = np.sort(np.minimum(kept[0], flipped[0]))
    high = np.sort(np.maximum(kept[1], flipped[1]))[::-1]
    rank = of.rank(alpha)
    if rank < 0:
        return 0.0, np.inf
    # A whole tie of limits stays out or in together: p jumps over all of them at once.
    return float(low[min(rank, len(low) - 1)]), float(high[min(rank, len(high) - 1)])


def _ratios(
    x: NDArray[np.float64], z: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and greatest θ at which x - θz changes sign: any θ does where both are 0."""
    x, z = np.where(np.abs(x) < TIE, 0.0, x), np.where(np.abs(z) < TIE, 0.0, z)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x / z
    nothing = (x == 0) & (z == 0)
    return np.where(nothing, 0.0, at), np.where(nothing, np.inf, at)
