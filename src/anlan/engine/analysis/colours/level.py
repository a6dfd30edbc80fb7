"""Level: how much is expected, for staffing; told beside the colour, never mixed into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.colours.tail import quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

LEVELS = 5


@dataclass(frozen=True)
class Level:
    """A beat's expected incidents of the day to come, their central interval, and its fifth in the county.

    `level` 1 is the fifth of beats with least expected, 5 with most; equal beats share a level.
    """

    beat_code: str
    expected: float
    low: int
    high: int
    level: int


def levels(
    beats: Sequence[str], expected: ArrayLike, dispersion: ArrayLike, *, coverage: float = 0.8
) -> list[Level]:
    """Return the level of each beat.

    Args:
        beats: codes, shape (beats,).
        expected: mean incidents of the day to come, shape (beats,).
        dispersion: φ of variance m + φm², shape (beats,) (`Surprise.daily_dispersion`).
        coverage: at least this share of days lies within low to high.

    Raises:
        ValueError: `coverage` is outside (0, 1), or a shape does not fit.

    """
    mean, spread = np.asarray(expected, float), np.asarray(dispersion, float)
    if not 0 < coverage < 1:
        raise ValueError(f"coverage: {coverage} is not between 0 and 1")
    if not len(beats) == len(mean) == len(spread):
        raise ValueError(f"expected: {len(mean)} and {len(spread)} values for {len(beats)} beats")
    low, high = quantile((1 - coverage) / 2, mean, spread), quantile((1 + coverage) / 2, mean, spread)
    ordered = np.sort(mean)
    rank = (np.searchsorted(ordered, mean) + 1 + np.searchsorted(ordered, mean, side="right")) / 2
    fifth = np.ceil(rank / max(len(mean), 1) * LEVELS).astype(int)
    rows = zip(beats, mean.tolist(), low.tolist(), high.tolist(), fifth.tolist(), strict=True)
    return [Level(str(code), *row) for code, *row in rows]
