"""Which place is treated when: the coins as dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.trials.coins import coins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from anlan.engine.planning.trials.model import Design, Protocol


@dataclass(frozen=True)
class Schedule:
    """Plain data: `treated` has one row for each place, one flag for each period.

    `first`: ISO date of the first period's first day; `counted`: whether a period is no wash-out.
    """

    first: str
    period_days: int
    places: tuple[str, ...]
    treated: tuple[tuple[bool, ...], ...]
    counted: tuple[bool, ...]

    @property
    def periods(self) -> int:
        """Length of the trial."""
        return len(self.counted)

    @property
    def end(self) -> dt.date:
        """The day after the last one."""
        return dt.date.fromisoformat(self.first) + dt.timedelta(days=self.periods * self.period_days)

    def period(self, date: dt.date) -> int | None:
        """Return the period that a day lies in; None before and after the trial."""
        days = (date - dt.date.fromisoformat(self.first)).days
        number = days // self.period_days
        return number if 0 <= number < self.periods else None

    def is_treated(self, place: str, date: dt.date) -> bool | None:
        """Whether a place is treated on a day; None where the trial says nothing about it."""
        period = self.period(date)
        if period is None or place not in self.places:
            return None
        return self.treated[self.places.index(place)][period]

    def flags(self, date: dt.date) -> dict[str, bool]:
        """Return what the trial wants of each of its places on a day; empty outside the trial."""
        period = self.period(date)
        if period is None:
            return {}
        return {place: row[period] for place, row in zip(self.places, self.treated, strict=True)}

    def rows(self) -> Iterator[tuple[str, str, bool]]:
        """Yield (ISO date of the period's first day, place, treated) by period."""
        first = dt.date.fromisoformat(self.first)
        for period in range(self.periods):
            day = (first + dt.timedelta(days=period * self.period_days)).isoformat()
            for place, row in zip(self.places, self.treated, strict=True):
                yield day, place, row[period]

    def table(self) -> NDArray[np.bool_]:
        """Return `treated` as an array, (places, periods)."""
        return np.array(self.treated, bool)


def first_treated(protocol: Protocol, tossed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the pair's first place is treated, (..., pairs, periods), from coins (..., pairs, coins)."""
    return np.asarray(tossed[..., protocol.coin_of()] ^ protocol.mirrored())


def schedule(design: Design, first: dt.date, secret: str, beacon: str = "") -> Schedule:
    """Toss the coins of the whole trial.

    Raises:
        ValueError: the secret is short or not hexadecimal.

    """
    face = first_treated(design.protocol, coins(design, secret, beacon))
    treated = np.concatenate((face, ~face))
    return Schedule(
        first.isoformat(),
        design.protocol.period_days,
        design.places,
        tuple(tuple(row) for row in treated.tolist()),
        tuple(design.protocol.counted().tolist()),
    )
