"""How sure a difference between two forecasts is: the moving-block bootstrap over origins.

Neighbouring origins share most of their past and much of their weather, so they are resampled in runs
(Künsch 1989, *Annals of Statistics* 17): independent draws of single origins would make intervals too narrow.
With the dozen blocks of one year even runs do, so limits are stretched by √(O / (O − block)), the part of the
variance lost within runs, and by Student's t with O / block − 1 degrees of freedom over the normal quantile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Difference:
    """A difference with its 95 % interval; NaN limits where there are too few origins to resample."""

    value: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def block_bootstrap_difference(
    a: ArrayLike,
    b: ArrayLike,
    block: int = 4,
    draws: int = 2000,
    seed: int = 0,
    *,
    weight: ArrayLike | None = None,
    relative: bool = False,
) -> Difference:
    """Return Σ(a − b) / Σ weight over origins, with its 95 % interval.

    Args:
        a, b: a sum per origin (hits, bits), same origins in time order, (O,).
        block: origins in a run.
        draws: resampled series.
        seed: of the draws.
        weight: what the sums are divided by, e.g. incidents per origin; default 1 each.
        relative: divide by Σ b instead: the difference as a part of b.

    Raises:
        ValueError: lengths differ, no origin, or `block` or `draws` below 1.

    """
    first, second = np.asarray(a, float), np.asarray(b, float)
    base = second if relative else np.ones(len(first)) if weight is None else np.asarray(weight, float)
    if not len(first) == len(second) == len(base) > 0:
        raise ValueError(f"a, b, weight: {len(first)}, {len(second)}, {len(base)} origins")
    if block < 1 or draws < 1:
        raise ValueError(f"block, draws: {block}, {draws}; expected at least 1")
    value = _ratio((first - second).sum(), base.sum())
    if len(first) < 2 * block:
        return Difference(float(value), float("nan"), float("nan"))
    drawn = resampled(len(first), block, draws, seed)
    ratios = _ratio((first - second)[drawn].sum(axis=1), base[drawn].sum(axis=1))
    low, high = value + (np.nanquantile(ratios, (0.025, 0.975)) - value) * stretch(len(first), block)
    return Difference(float(value), float(low), float(high))


def stretch(size: int, block: int) -> float:
    """Return by how much a percentile interval from few blocks is too narrow."""
    student = stats.t.ppf(0.975, size / block - 1) / stats.norm.ppf(0.975)
    return float(student * np.sqrt(size / (size - block)))


def resampled(size: int, block: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Return `draws` series of `size` origins made of runs of `block`, each a random start, (draws, size)."""
    starts = np.random.default_rng(seed).integers(0, size - block + 1, (draws, -(-size // block)))
    runs = (starts[:, :, None] + np.arange(block)).reshape(draws, -1)
    return np.asarray(runs[:, :size], np.int64)


def _ratio(over: ArrayLike, under: ArrayLike) -> NDArray[np.float64]:
    above, below = np.asarray(over, float), np.asarray(under, float)
    return np.asarray(np.divide(above, below, out=np.full(below.shape, np.nan), where=below != 0))
