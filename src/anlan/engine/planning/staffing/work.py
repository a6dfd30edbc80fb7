"""The work that a beat's shift brings: calls by priority, how sure their number is, how long each binds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import gamma

from anlan.engine.planning.shifts import THREE_SHIFTS, Shift, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Dispersion:
    """How uneven counts are: variance over mean, (B, S) or one number, 1 (Poisson) or more.

    What exceeds Poisson is uncertainty of the rate: gamma, its variance (ratio - 1) x the mean.
    """

    ratio: NDArray[np.float64] | float = 1.0

    def factor(self, expected: NDArray[np.float64], level: float) -> NDArray[np.float64]:
        """The rate's quantile over its mean, shape of `expected`."""
        ratio = np.broadcast_to(np.asarray(self.ratio, np.float64), expected.shape)
        found = np.ones(expected.shape)
        some = (ratio > 1) & (expected > 0)
        shape = expected[some] / (ratio[some] - 1)
        found[some] = gamma.ppf(level, shape) / shape
        return found


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Quantiles of the expected number: `levels` (Q,) rising, 0-1; `values` (Q, B, S)."""

    levels: Sequence[float]
    values: NDArray[np.float64]

    def factor(self, expected: NDArray[np.float64], level: float) -> NDArray[np.float64]:
        """The quantile over the mean, between the levels given by straight lines."""
        flat = np.asarray(self.values, np.float64).reshape(len(self.levels), -1)
        at = np.array([np.interp(level, self.levels, column) for column in flat.T]).reshape(expected.shape)
        found: NDArray[np.float64] = np.divide(at, expected, out=np.ones(expected.shape), where=expected > 0)
        return found


@dataclass(frozen=True, eq=False)
class Work:
    """Calls expected in each beat's shift, and what one takes.

    `calls` (K, B, S): expected number by priority, most urgent first. `service_s` (K,): seconds a unit is
    bound by one, travel included. `units` (K,): units sent to one, on average. `away`: share of a shift on
    activities of the unit's own (checks, reports, a meal). `spread`: how sure the numbers are.

    Raises:
        ValueError: names the field that is out of range or of the wrong shape.

    """

    beats: Sequence[str]
    calls: NDArray[np.float64]
    service_s: Sequence[float]
    shifts: Sequence[Shift] = THREE_SHIFTS
    units: Sequence[float] = ()
    away: float = 0.2
    spread: Dispersion | Quantiles = field(default_factory=Dispersion)

    def __post_init__(self) -> None:
        checked(self.shifts)
        shape = (len(self.service_s), len(self.beats), len(self.shifts))
        if np.shape(self.calls) != shape or not np.size(self.calls):
            raise ValueError(
                f"calls: expected (priorities, beats, shifts) = {shape}, not {np.shape(self.calls)}"
            )
        if not np.isfinite(self.calls).all() or (np.asarray(self.calls) < 0).any():
            raise ValueError("calls: must be finite and 0 or more")
        if not all(seconds > 0 for seconds in self.service_s):
            raise ValueError("service_s: must be above 0")
        if self.units and (len(self.units) != shape[0] or not all(sent >= 1 for sent in self.units)):
            raise ValueError(f"units: expected {shape[0]} numbers, each 1 or more")
        if not 0 <= self.away < 1:
            raise ValueError(f"away: from 0 to below 1, not {self.away}")

    @property
    def hours(self) -> NDArray[np.float64]:
        """Length of each shift in hours, (S,)."""
        return np.array([shift.minutes / 60 for shift in self.shifts])

    def rates(self, level: float | None = None) -> NDArray[np.float64]:
        """Units called for per hour, (K, B, S), at a quantile of the demand; None: as expected.

        Several units sent to one call count as so many calls (as in PCAM).
        """
        sent = np.asarray(self.units or np.ones(len(self.service_s)))[:, None, None]
        rate: NDArray[np.float64] = self.calls * sent / self.hours
        if level is None:
            return rate
        if not 0 < level < 1:
            raise ValueError(f"level: above 0 and below 1, not {level}")
        return rate * self.spread.factor(self.calls.sum(axis=0), level)
