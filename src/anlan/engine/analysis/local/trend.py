"""Mann and Kendall's test for a trend, per cell, with the variance corrected for ties; Sen's slope.

Mann 1945, *Econometrica* 13; Kendall 1975, *Rank Correlation Methods*; Sen 1968, *J. Am. Stat. Assoc.* 63.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from anlan.engine.analysis.local import _kernels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Trend:
    """Per cell: S = Σ sign(later − earlier), z with continuity correction, two-sided p; each (cells,)."""

    s: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]


def mann_kendall(series: ArrayLike) -> Trend:
    """Test each cell's series for a steady rise (z > 0) or fall; a constant series has z 0 and p 1.

    Args:
        series: a value per cell and slice, shape (cells, slices); NaN is missing and left out.

    Raises:
        ValueError: the series has not two axes.

    """
    table = _table(series)
    s, variance = _kernels.kendall(table, np.sort(table, axis=1))
    z = np.where(s == 0, 0.0, (s - np.sign(s)) / np.sqrt(np.where(variance > 0, variance, 1.0)))
    return Trend(s, z, 2 * ndtr(-np.abs(z)))


def sen_slope(series: ArrayLike) -> NDArray[np.float64]:
    """Return the median change per slice over all pairs of slices, (cells,); NaN where no pair is known.

    Raises:
        ValueError: the series has not two axes.

    """
    return np.asarray(_kernels.median_slopes(_table(series)), np.float64)


def _table(series: ArrayLike) -> NDArray[np.float64]:
    table = np.ascontiguousarray(series, np.float64)
    if table.ndim != 2:
        raise ValueError(f"series: {table.ndim} axes, expected cells and slices")
    return table
