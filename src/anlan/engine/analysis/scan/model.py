"""What a space-time scan looks for, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Search:
    """Which cylinders a scan tries, and how a find is tested.

    `prospective`: only cylinders that are still alive on the last day. `max_radius_m`: widest circle, in
    metres (None: as far as `max_share` lets it grow). `max_share`: largest part of all that is expected
    over the whole period that a circle may hold. `max_days`: longest cylinder. `least`: fewest incidents of
    a cluster. `replicas`: Monte Carlo data sets. `every_days`: days between two analyses, for the recurrence
    interval. `most`: how many clusters are told. `seed`: the same seed gives the same p-values.

    Raises:
        ValueError: a parameter is out of range.

    """

    prospective: bool = True
    max_radius_m: float | None = 1000.0
    max_share: float = 0.5
    max_days: int = 28
    least: int = 2
    replicas: int = 999
    every_days: int = 1
    most: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no scan."""
        if self.max_radius_m is not None and not self.max_radius_m >= 0:
            raise ValueError("max_radius_m: must not be negative")
        if not 0 < self.max_share <= 1:
            raise ValueError("max_share: must be above 0 and at most 1")
        for name in ("max_days", "least", "every_days", "most"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: must be at least 1")
        if self.replicas < 0:
            raise ValueError("replicas: must not be negative")
        if self.seed < 0:
            raise ValueError("seed: must not be negative")


@dataclass(frozen=True)
class Cluster:
    """A cylinder with more incidents than expected.

    `cells`: indices of its cells, its centre first; (`x`, `y`): the centre; `radius_m`: distance to its
    farthest cell (0: one cell alone). `start`, `end`: first and last day, as columns of the counts.
    `ratio`: observed / expected. `llr`: log likelihood ratio. `p`: rank of the ratio among the replicas'
    highest (NaN without replicas). `recurrence_days`: how often chance alone gives as strong a cluster, in
    days (NaN where the scan looks back only).
    """

    cells: NDArray[np.int64]
    x: float
    y: float
    radius_m: float
    start: int
    end: int
    observed: int
    expected: float
    ratio: float
    llr: float
    p: float
    recurrence_days: float
