"""The highest peaks of a density surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from anlan.engine.analysis.density.surface import Surface


@dataclass(frozen=True)
class HotSpot:
    """A peak of the surface: place (m), density per km², incidents within one bandwidth, and their share."""

    x: float
    y: float
    density: float
    count: int
    share: float


def hot_spots(of: Surface, x: ArrayLike, y: ArrayLike, *, number: int = 5) -> list[HotSpot]:
    """Return the highest peaks of the surface, at least two bandwidths apart, highest first."""
    east, north = np.asarray(x, float), np.asarray(y, float)
    if not len(east):
        return []
    density = np.nan_to_num(of.density)
    step = of.x[1] - of.x[0] if len(of.x) > 1 else of.bandwidth_m
    width = 2 * int(np.ceil(2 * of.bandwidth_m / step)) + 1
    peak = (density == ndimage.maximum_filter(density, size=width)) & (density > 0)
    rows, columns = np.nonzero(peak)
    best = np.argsort(-density[rows, columns], kind="stable")[:number]
    spots = []
    for row, column in zip(rows[best], columns[best], strict=True):
        near = np.hypot(east - of.x[column], north - of.y[row]) <= of.bandwidth_m
        count = int(near.sum())
        spots.append(
            HotSpot(
                float(of.x[column]), float(of.y[row]), float(density[row, column]), count, count / len(east)
            )
        )
    return spots
