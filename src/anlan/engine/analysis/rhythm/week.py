"""When: incidents by weekday and hour, as counts and as rates per exposed hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube

MONDAY = np.datetime64("1970-01-05", "D")


@dataclass(frozen=True)
class Rhythm:
    """Counts by weekday (0 = Monday) and hour, 7 lists of 24, and the exposed days of each weekday."""

    key: str
    counts: list[list[int]]
    weekday_days: list[int]

    @property
    def rates(self) -> NDArray[np.float64]:
        """Incidents per hour of an exposed day, shape (7, 24); 0 where a weekday was never exposed."""
        days = np.maximum(np.asarray(self.weekday_days), 1)[:, None]
        return np.asarray(self.counts) / days


def weekday(days: NDArray[Any]) -> NDArray[np.int64]:
    """Return 0 (Monday) to 6 for datetime64 days."""
    return (days.astype("datetime64[D]") - MONDAY).astype(np.int64) % 7


def rhythm(
    cube: CountCube, exposed: NDArray[np.bool_], *, key: str = "", types: Sequence[str] | None = None
) -> Rhythm:
    """Return the hour × weekday table of an hourly cube; `exposed` says which of its days had data.

    Raises:
        ValueError: the cube is not hourly, or `exposed` has another number of days.

    """
    if cube.step != "hour":
        raise ValueError(f"cube: step {cube.step!r}, expected hour")
    if len(exposed) * 24 != len(cube.periods):
        raise ValueError(f"exposed: {len(exposed)} days, the cube has {len(cube.periods) // 24}")
    per_day = cube.dense(types).sum(axis=0).reshape(-1, 24)
    days = weekday(cube.periods[::24])
    counts = np.zeros((7, 24), np.int64)
    np.add.at(counts, days[exposed], per_day[exposed])
    return Rhythm(key, counts.tolist(), np.bincount(days[exposed], minlength=7).tolist())


def busiest_hours(hours: NDArray[Any], *, share: float = 0.5) -> tuple[int, int] | None:
    """Return the shortest band (from, to exclusive; may pass midnight) that holds `share` of the incidents.

    Args:
        hours: incidents per hour of day, shape (24,).
        share: part of them that the band must hold, in (0, 1].

    """
    total = hours.sum()
    if not total:
        return None
    twice = np.concatenate(([0], np.cumsum(np.tile(hours, 2))))
    for length in range(1, 25):
        inside = twice[length : length + 24] - twice[:24]
        if inside.max() >= share * total:
            start = int(inside.argmax())
            return start, (start + length) % 24
    return 0, 0
