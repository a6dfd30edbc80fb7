"""Whether calls were answered and worked on as fast as a standard asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.engine.proportion import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Met:
    """Of `known` calls `within` kept the time; `missing` could not be checked. Shares are None of no call."""

    known: int
    within: int
    missing: int
    needed: float
    share: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def verdict(self) -> str:
        """`met` or `not_met` as counted, `uncertain` where the interval spans the need, else `unknown`."""
        if self.share is None or self.low is None or self.high is None:
            return "unknown"
        if self.low < self.needed <= self.high:
            return "uncertain"
        return "met" if self.share >= self.needed else "not_met"


def measure(seconds: Iterable[float | None], limit: float, needed: float) -> Met:
    """Return the share of calls within `limit` seconds with its 95 % interval.

    A None is a call of which a moment is missing: it counts neither way.
    """
    listed = list(seconds)
    known = [taken for taken in listed if taken is not None]
    within = sum(taken <= limit for taken in known)
    missing = len(listed) - len(known)
    if not known:
        return Met(0, 0, missing, needed)
    return Met(len(known), within, missing, needed, within / len(known), *wilson(within, len(known)))
