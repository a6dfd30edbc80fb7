"""From the people whom the alert colours put on patrol to units in each shift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.force import apportion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.force import BeatForce

EVEN = (1 / 3, 1 / 3, 1 / 3)


@dataclass(frozen=True, eq=False)
class LevelUnits:
    """People and whole crews per beat and shift, both (B, S)."""

    people: NDArray[np.int64]
    units: NDArray[np.int64]
    crew: int

    def pooled(self) -> NDArray[np.int64]:
        """Crews per shift when people of all beats may ride together, (S,)."""
        return self.people.sum(axis=0) // self.crew


def level_units(force: Sequence[BeatForce], crew: int = 2, shares: Sequence[float] = EVEN) -> LevelUnits:
    """Spread each beat's people on patrol over the shifts of a day by `shares`, and crew them.

    Everybody serves one shift a day. Whole people by largest remainder within each beat, so that the day adds
    up; which shifts get the odd ones turns from beat to beat, so that the county's shifts stay even.

    Raises:
        ValueError: crew is below 1, or the shares are negative or do not sum to 1.

    """
    if crew < 1:
        raise ValueError(f"crew: at least 1, not {crew}")
    if min(shares, default=-1) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError("shares: 0 or more, and 1 together")
    people = np.zeros((len(force), len(shares)), np.int64)
    for row, beat in enumerate(force):
        quotas = np.roll(np.asarray(shares) * beat.on_patrol, -row)
        people[row] = np.roll(apportion(quotas.tolist(), beat.on_patrol), row)
    return LevelUnits(people, people // crew, crew)
