"""How far expected times are from recorded ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads.profile import HourClass

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Errors:
    """Errors (expected less recorded) of some trips in seconds: above 0 is too slow.

    `median_abs_s` half are closer; `bias_s` the mean; `low_s` and `high_s` one in ten below and above;
    `median_share` the median size of an error as a share of the recorded time.
    """

    trips: int
    median_abs_s: float
    mean_abs_s: float
    bias_s: float
    low_s: float
    high_s: float
    median_share: float


def errors(expected: NDArray[np.float64], recorded: NDArray[np.float64]) -> Errors:
    """The errors of trips (n,), n at least 1."""
    off = expected - recorded
    size = np.abs(off)
    low, high = np.quantile(off, (0.1, 0.9)).tolist()
    half, share = float(np.median(size)), float(np.median(size / recorded))
    return Errors(len(off), half, float(size.mean()), float(off.mean()), low, high, share)


def by_hour(
    expected: NDArray[np.float64], recorded: NDArray[np.float64], hour_class: NDArray[np.int8]
) -> dict[str, Errors]:
    """The errors of all trips ("all") and of those of each hour class, as far as there are any."""
    found = {"all": errors(expected, recorded)} if len(expected) else {}
    for hour in HourClass:
        mine = hour_class == hour
        if mine.any():
            found[hour.name.lower()] = errors(expected[mine], recorded[mine])
    return found
