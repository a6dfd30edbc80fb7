"""Quantiles of times with intervals that assume no distribution.

Between the order statistics with ranks r and s of n values lies the quantile q with probability
P(r <= B < s), B binomial with n and q (Conover 1999, *Practical Nonparametric Statistics*, section 3.2):
ranks are taken so that each tail holds at most (1 - confidence) / 2. With few values a limit may not exist:
None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Quantile:
    """A quantile with its interval; a limit is None where so few values cannot give it."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Spread:
    """How many times there are, their median and their 90th percentile; both None where there are none."""

    n: int
    median: Quantile | None
    p90: Quantile | None


def quantile(values: ArrayLike, q: float, confidence: float = 0.95) -> Quantile | None:
    """The quantile `q` of values (linear between ranks) with its interval; None without values.

    Raises:
        ValueError: q or confidence is not between 0 and 1, or a value is not finite.

    """
    for name, number in (("q", q), ("confidence", confidence)):
        if not 0 < number < 1:
            raise ValueError(f"{name}: must lie between 0 and 1, not {number!r}")
    ordered = np.sort(np.asarray(values, np.float64).ravel())
    if not np.isfinite(ordered).all():
        raise ValueError("values: must be finite")
    count = len(ordered)
    if not count:
        return None
    tail = (1 - confidence) / 2
    low = int(binom.ppf(tail, count, q))
    low -= bool(low and binom.cdf(low - 1, count, q) > tail)
    high = int(binom.ppf(1 - tail, count, q)) + 1
    return Quantile(
        float(np.quantile(ordered, q)),
        float(ordered[low - 1]) if low >= 1 else None,
        float(ordered[high - 1]) if high <= count else None,
    )


def spread(values: ArrayLike, confidence: float = 0.95) -> Spread:
    """Count, median and 90th percentile of times."""
    known = np.asarray(values, np.float64).ravel()
    return Spread(len(known), quantile(known, 0.5, confidence), quantile(known, 0.9, confidence))
