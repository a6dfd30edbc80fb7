"""Change between two counts: ratio of rates with exact conditional and mid-p intervals.

Given n₁ + n₀, n₁ is binomial with share π = ρe₁ / (ρe₁ + e₀), where ρ is the ratio of rates and e the exposed
days. Clopper–Pearson limits for π give exact limits for ρ (Przyborowski & Wilenski 1940; R `poisson.test`).
Mid-p limits count half of the observed outcome's probability (Lancaster 1961) and are less conservative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special, stats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

BISECTIONS = 60


@dataclass(frozen=True)
class Change:
    """One count against another.

    `ratio` is of rates per exposed day, None where the earlier count is 0 or a side has no exposed day;
    `change` is ratio − 1; `low`, `high` are the exact limits of `change` (`high` None: unbounded);
    `mid_low`, `mid_high` the mid-p ones; `clear` whether the exact interval leaves 0 out.
    """

    key: str
    observed: int
    baseline: int
    observed_days: int
    baseline_days: int
    ratio: float | None
    change: float | None
    low: float | None
    high: float | None
    mid_low: float | None
    mid_high: float | None
    clear: bool


def compare(
    key: str,
    observed: int,
    baseline: int,
    observed_days: int,
    baseline_days: int,
    *,
    confidence: float = 0.95,
) -> Change:
    """Compare `observed` incidents in `observed_days` with `baseline` in `baseline_days`.

    Raises:
        ValueError: a count or exposure is negative, or `confidence` is outside (0, 1).

    """
    return compare_each([key], [observed], [baseline], observed_days, baseline_days, confidence=confidence)[0]


def compare_each(
    keys: Sequence[str],
    observed: ArrayLike,
    baseline: ArrayLike,
    observed_days: int,
    baseline_days: int,
    *,
    confidence: float = 0.95,
) -> list[Change]:
    """Compare many counts, (N,), over the same days at once.

    Raises:
        ValueError: a count or exposure is negative, or `confidence` is outside (0, 1).

    """
    n1, n0 = np.asarray(observed, np.int64), np.asarray(baseline, np.int64)
    for name, value in (("observed", n1), ("baseline", n0)):
        if (value < 0).any():
            raise ValueError(f"{name}: {value.min()} is negative")
    rows = list(zip(keys, n1.tolist(), n0.tolist(), strict=True))
    if not observed_days or not baseline_days:
        unknown = (None,) * 6
        return [Change(*row, observed_days, baseline_days, *unknown, clear=False) for row in rows]
    exact = ratio_interval(n1, n0, observed_days, baseline_days, confidence=confidence)
    mid = ratio_interval(n1, n0, observed_days, baseline_days, confidence=confidence, mid_p=True)
    limits = zip(rows, *exact, *mid, strict=True)
    return [_change(row, observed_days, baseline_days, *limit) for row, *limit in limits]


def _change(row: tuple[str, int, int], days: int, base_days: int, *limits: np.float64) -> Change:
    _key, observed, baseline = row
    ratio = observed / days / (baseline / base_days) if baseline else None
    low, high, mid_low, mid_high = (_as_change(limit) for limit in limits)
    clear = bool(limits[0] > 1 or limits[1] < 1)
    change = None if ratio is None else ratio - 1
    return Change(*row, days, base_days, ratio, change, low, high, mid_low, mid_high, clear)


def _as_change(limit: np.float64) -> float | None:
    return float(limit) - 1 if np.isfinite(limit) else None


def ratio_interval(
    observed: ArrayLike,
    baseline: ArrayLike,
    observed_days: ArrayLike = 1,
    baseline_days: ArrayLike = 1,
    *,
    confidence: float = 0.95,
    mid_p: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lower and upper limits of the ratio of rates; 0 and infinity where a count is 0 (or both are).

    Raises:
        ValueError: `confidence` is outside (0, 1) or an exposure is not positive.

    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: {confidence} is not between 0 and 1")
    n1, n0 = np.asarray(observed, float), np.asarray(baseline, float)
    e1, e0 = np.asarray(observed_days, float), np.asarray(baseline_days, float)
    if (e1 <= 0).any() or (e0 <= 0).any():
        raise ValueError("observed_days, baseline_days: must be positive")
    tail = (1 - confidence) / 2
    low, high = _mid_p_share(n1, n0, tail) if mid_p else _exact_share(n1, n0, tail)
    with np.errstate(divide="ignore"):
        return low / (1 - low) * e0 / e1, high / (1 - high) * e0 / e1


def exact_p(observed: int, baseline: int, observed_days: float = 1, baseline_days: float = 1) -> float:
    """Return the two-sided exact p-value of equal rates (sum of outcomes no likelier than the observed)."""
    if observed + baseline == 0:
        return 1.0
    share = observed_days / (observed_days + baseline_days)
    return float(stats.binomtest(observed, observed + baseline, share).pvalue)


def _exact_share(
    n1: NDArray[np.float64], n0: NDArray[np.float64], tail: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low = np.where(n1 > 0, special.betaincinv(np.maximum(n1, 1), n0 + 1, tail), 0.0)
    high = np.where(n0 > 0, special.betaincinv(n1 + 1, np.maximum(n0, 1), 1 - tail), 1.0)
    return low, high


def _mid_p_share(
    n1: NDArray[np.float64], n0: NDArray[np.float64], tail: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low = np.where(n1 > 0, _solve(n1, n0, tail), 0.0)
    high = np.where(n0 > 0, _solve(n1, n0, 1 - tail), 1.0)
    return low, high


def _solve(n1: NDArray[np.float64], n0: NDArray[np.float64], target: float) -> NDArray[np.float64]:
    """Bisect for the share π at which P(X > n₁) + ½P(X = n₁), rising in π, equals `target`."""
    low = np.zeros(np.broadcast_shapes(n1.shape, n0.shape))
    high = np.ones_like(low)
    least = np.maximum(n1, 1)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        above = np.where(n0 > 0, special.betainc(n1 + 1, np.maximum(n0, 1), middle), 0.0)
        here_or_above = np.where(n1 > 0, special.betainc(least, n0 + 1, middle), 1.0)
        rising = (above + here_or_above) / 2 < target
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return (low + high) / 2
