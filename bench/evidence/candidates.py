"""The candidates that the evidence compares, and learning less often than forecasting.

Counts, densities and the bank's kernels are brought up to date at every origin; what is *learned* (weights,
trees, the choice) is learned anew at every `every`-th one only, as a service that forecasts daily and learns
monthly does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anlan.engine.analysis.forecast.bank import KernelBank
from anlan.engine.analysis.forecast.boosted import Boosted
from anlan.engine.analysis.forecast.candidates import Decayed, FourYears, Kde, LastYear
from anlan.engine.analysis.forecast.choose import Chosen

if TYPE_CHECKING:
    from anlan.engine.analysis.forecast.candidates import Candidate, Fitted
    from anlan.engine.analysis.forecast.history import CellHistory

COUNTS = ("last year", "four years")
OURS = "anlan"


@dataclass(frozen=True)
class Seldom:
    """A candidate that learns at every `every`-th origin; in between its kernels are brought up to date."""

    of: Any
    every: int
    last: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the candidate itself."""
        return str(self.of.name)

    def fit(self, history: CellHistory) -> Fitted:
        """Learn, or go on from what was learned before this history's end."""
        if not self.last or self.last[1] % self.every == 0 or len(history.days) < self.last[2]:
            self.last[:] = [self.of.fit(history), 0, 0]
        fitted = self.last[0].moved(history) if self.last[1] else self.last[0]
        self.last[1:] = [self.last[1] + 1, len(history.days)]
        return fitted


def peers() -> list[Candidate]:
    """Return the simple forecasts; three densities, so that the best for each set is the one to beat."""
    densities = [Kde(bandwidth, 365, f"kde {bandwidth:g} m") for bandwidth in (100.0, 150.0, 250.0)]
    return [LastYear(), FourYears(), Decayed(), *densities]


def learners(horizon: int, every: int) -> list[Seldom]:
    """Return kernel bank, trees on it, and the product's own choice among all, gate included."""
    bank = KernelBank(horizon=horizon)
    return [Seldom(one, every) for one in (bank, Boosted(bank), Chosen(horizon=horizon))]
