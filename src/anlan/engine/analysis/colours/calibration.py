"""What a least p-value is worth: how often past beat-days of like volume were as surprising."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.colours.watch import COLOURS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.colours.watch import Budget

CLASSES = 3
SHRUNK_BY = 300.0
SMALLEST_CLASS = 3


@dataclass(frozen=True, eq=False)
class Pool:
    """Past least p-values, sorted: all of them, and those of each class of volume.

    `volume`: each beat's class, shape (beats,), 0 the quietest third.
    """

    volume: NDArray[np.int64]
    everyone: NDArray[np.float64]
    classes: tuple[NDArray[np.float64], ...]

    @classmethod
    def of(cls, least: NDArray[np.float64], mean: NDArray[np.float64]) -> Pool:
        """Make the pool of past beat-days.

        Args:
            least: shape (beats, days), NaN where there was no colour.
            mean: expected incidents by which beats are classed, shape (beats,).

        """
        volume = volume_classes(mean)
        classes = tuple(_sorted(least[volume == number]) for number in range(int(volume.max()) + 1))
        return cls(volume, _sorted(least), classes)

    def calibrated(self, least: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the shares of like beat-days at least as surprising; shape (beats, ...), NaN stays NaN.

        p* = (1 + N_c + k N/n) / (1 + n_c + k): ranks N_c among the n_c of the beat's class and N among all n,
        the latter worth k = 300 beat-days.
        """
        found = np.full(least.shape, np.nan)
        for number, pool in enumerate(self.classes):
            mine = self.volume == number
            rank = np.searchsorted(pool, least[mine], side="right")
            share = np.searchsorted(self.everyone, least[mine], side="right") / max(len(self.everyone), 1)
            found[mine] = (1 + rank + SHRUNK_BY * share) / (1 + len(pool) + SHRUNK_BY)
        return np.where(np.isnan(least), np.nan, found)


def volume_classes(mean: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return each beat's third by volume, 0 the quietest, shape (beats,); under nine beats all are one."""
    number = CLASSES if len(mean) >= CLASSES * SMALLEST_CLASS else 1
    rank = np.empty(len(mean), np.int64)
    rank[np.argsort(mean, kind="stable")] = np.arange(len(mean))
    return rank * number // max(len(mean), 1)


def calibrated(least: float, pool: NDArray[np.float64]) -> float:
    """Return the share of past beat-days at least as surprising, (1 + rank) / (1 + n); `pool` sorted."""
    return float((1 + np.searchsorted(pool, least, side="right")) / (1 + len(pool)))


def colour_of(p: float, budget: Budget) -> str:
    """Return the colour of a calibrated p-value."""
    return COLOURS[int(steps(np.array(p), budget))]


def steps(p: NDArray[Any], budget: Budget) -> NDArray[np.int8]:
    """Return 0 green, 1 yellow, 2 orange, 3 red, −1 for NaN; `p`'s shape."""
    found = sum((p <= boundary).astype(np.int8) for boundary in budget.boundaries)
    return np.where(np.isnan(p), np.int8(-1), found).astype(np.int8)


def _sorted(least: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sort(least[np.isfinite(least)])
