"""What a candidate is, and the simple ones: counts with neighbours, decayed counts, a kernel density.

All of them forecast shares of the county; how many incidents there are to share is the county's own level
(`level.county`), the same for every candidate, so that they differ only in *where*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from anlan.engine.analysis.forecast.level import county
from anlan.engine.analysis.forecast.smoothing import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.forecast.history import CellHistory

YEAR = 365
UNIFORM = 0.02


class Fitted(Protocol):
    """A candidate that has seen a history."""

    def expected(self, horizon: int) -> NDArray[np.float64]:
        """Return incidents expected per cell on each of the days after the history's last, (C, horizon).

        Days are forecast as if recorded; whoever knows that a day will not be multiplies by its exposure.
        """
        ...

    def moved(self, history: CellHistory) -> Fitted:
        """Return what was learned, applied at the end of another, later history."""
        ...


class Candidate(Protocol):
    """A way to forecast; `fit` looks at nothing but the history it is given."""

    @property
    def name(self) -> str:
        """Short name in tables, unique among candidates."""
        ...

    def fit(self, history: CellHistory) -> Fitted:
        """Learn from a history of at least one exposed day."""
        ...


@dataclass(frozen=True, eq=False)
class Shares:
    """A fixed map of shares, (C,) with sum 1, under the county's level."""

    history: CellHistory
    share: NDArray[np.float64]
    made_by: Candidate | None = None

    def moved(self, history: CellHistory) -> Fitted:
        """Return what the same candidate makes of another history; there is nothing learned to keep."""
        return self if self.made_by is None else self.made_by.fit(history)

    def expected(self, horizon: int) -> NDArray[np.float64]:
        """Return share × the county's level on each day, (C, horizon)."""
        return np.asarray(np.outer(self.share, county(self.history, horizon)))


def shares(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights as shares with 2 % of them spread evenly, so that no cell is impossible."""
    total = float(weight.sum())
    even = 1.0 / len(weight)
    return weight * ((1 - UNIFORM) / total) + UNIFORM * even if total > 0 else np.full(len(weight), even)


def counted(history: CellHistory, days: int) -> NDArray[np.float64]:
    """Return incidents per cell on the exposed ones of the last `days` days, (C,)."""
    size = len(history.days)
    return history.came(max(size - days, 0), size)


@dataclass(frozen=True)
class Counts:
    """Counts of the last `days`, with `neighbour` times the eight cells around; the analyst's usual map."""

    name: str
    days: int
    neighbour: float = 0.05

    def __post_init__(self) -> None:
        """Refuse values without meaning."""
        if self.days < 1:
            raise ValueError(f"days: {self.days} is not positive")
        if self.neighbour < 0:
            raise ValueError(f"neighbour: {self.neighbour} is negative")

    def fit(self, history: CellHistory) -> Fitted:
        """Count."""
        own = counted(history, self.days)
        return Shares(history, shares(own + self.neighbour * Raster(history).neighbours(own)), self)


def LastYear() -> Counts:  # noqa: N802 reads as the candidate it makes
    """Return 12-month counts with neighbours."""
    return Counts("last year", YEAR)


def FourYears() -> Counts:  # noqa: N802
    """Return four-year counts with neighbours."""
    return Counts("four years", 4 * YEAR)


@dataclass(frozen=True)
class Decayed:
    """Exponentially discounted counts with neighbours; `half_life` in days."""

    half_life: float = 180.0
    neighbour: float = 0.05
    name: str = "decayed"

    def __post_init__(self) -> None:
        """Refuse values without meaning."""
        if not self.half_life > 0:
            raise ValueError(f"half_life: {self.half_life} is not positive")

    def fit(self, history: CellHistory) -> Fitted:
        """Weigh each day by its age."""
        age = np.arange(len(history.days))[::-1]
        own = history.weighed(0.5 ** (age / self.half_life))
        return Shares(history, shares(own + self.neighbour * Raster(history).neighbours(own)), self)


@dataclass(frozen=True)
class Kde:
    """Gaussian kernel density of the last `days`, edge-corrected (see docs/methods/density.md)."""

    bandwidth_m: float = 150.0
    days: int = YEAR
    name: str = "kde"

    def __post_init__(self) -> None:
        """Refuse values without meaning."""
        if not self.bandwidth_m > 0 or self.days < 1:
            raise ValueError(f"bandwidth_m, days: {self.bandwidth_m}, {self.days}; expected positive")

    def fit(self, history: CellHistory) -> Fitted:
        """Smooth."""
        spread = Raster(history).gaussian(counted(history, self.days), self.bandwidth_m)
        return Shares(history, shares(spread), self)
