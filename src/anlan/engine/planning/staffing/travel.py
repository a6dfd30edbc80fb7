"""How long the nearest of n free units travels: by the square-root law, or on road times."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, pi, sqrt
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

STEPS, LONGEST = 400, 3.5
RIGHT_ANGLED = sqrt(pi / 8)  # mean distance over sqrt(area / units) where ways run along two axes


@dataclass(frozen=True, eq=False)
class Travel:
    """Travel time of the nearest of n = 1 … N free units, turn-out included.

    `mean_s` (N,); `at_s` (G,) and `beyond` (N, G): P(travel > at_s). With more free units than N: as with N.
    """

    mean_s: NDArray[np.float64]
    at_s: NDArray[np.float64]
    beyond: NDArray[np.float64]

    @classmethod
    def square_root_law(
        cls,
        area_km2: float,
        speed_kmh: float,
        *,
        most: int = 60,
        factor: float = RIGHT_ANGLED,
        turnout_s: float = 0.0,
    ) -> Self:
        """Mean distance = factor x sqrt(area / free units), for units and calls anywhere in a beat.

        Kolesar & Blum, "Square root laws for fire engine response distances", Management Science 19 (1973),
        1368-1378; Larson, "Urban Police Patrol Analysis" (1972). Distances are Rayleigh about that mean.

        Raises:
            ValueError: names the parameter that is out of range.

        """
        _above("area_km2", area_km2)
        _above("speed_kmh", speed_kmh)
        _above("factor", factor)
        ride = factor * np.sqrt(area_km2 / np.arange(1, _most(most) + 1)) / speed_kmh * 3600
        at = np.linspace(0.0, LONGEST * ride[0], STEPS)
        beyond = np.exp(-pi / 4 * (at / ride[:, None]) ** 2)
        return cls(ride, at, beyond)._later(turnout_s)

    @classmethod
    def random_patrol(
        cls,
        times_s: ArrayLike,
        demand: ArrayLike,
        *,
        weight: ArrayLike | None = None,
        most: int = 60,
        turnout_s: float = 0.0,
    ) -> Self:
        """Free units anywhere among S places of a beat (by `weight`, else alike), on road times (S, D).

        Exact for units placed independently: the nearest of n is later than t with chance (1 - F(t))^n.

        Raises:
            ValueError: a shape is wrong, nothing is demanded, or a point cannot be reached from a place.

        """
        table, calls = np.asarray(times_s, np.float64), np.asarray(demand, np.float64)
        places = np.ones(len(table)) if weight is None else np.asarray(weight, np.float64)
        if table.ndim != 2 or table.shape != (len(places), len(calls)) or not table.size:
            raise ValueError(f"times_s: expected (places, points) = ({len(places)}, {len(calls)})")
        if not np.isfinite(table).all():
            point = int(np.argmax(~np.isfinite(table).all(axis=0)))
            raise ValueError(f"times_s: point {point} has no way from some place; leave it or the place out")
        if not (calls.sum() > 0 and places.sum() > 0):
            raise ValueError("demand, weight: all are 0")
        return cls(*_nearest(table, calls / calls.sum(), places / places.sum(), _most(most)))._later(
            turnout_s
        )

    def _later(self, by_s: float) -> Self:
        if not (by_s >= 0 and isfinite(by_s)):
            raise ValueError(f"turnout_s: 0 or more, not {by_s}")
        if not by_s:
            return self
        at = np.concatenate(([0.0], self.at_s + by_s))
        beyond = np.hstack((np.ones((len(self.beyond), 1)), self.beyond))
        return type(self)(self.mean_s + by_s, at, beyond)

    def mean(self, free: ArrayLike) -> NDArray[np.float64]:
        """Mean travel with so many free units (1 or more)."""
        return np.asarray(self.mean_s[np.minimum(np.asarray(free), len(self.mean_s)) - 1], np.float64)

    def late(self, after_s: float, free: ArrayLike) -> NDArray[np.float64]:
        """P(travel > after_s) with so many free units."""
        rows = np.minimum(np.asarray(free), len(self.mean_s)) - 1
        place = int(np.searchsorted(self.at_s, after_s, side="right"))
        if place == len(self.at_s):
            return np.zeros(rows.shape)
        share = (after_s - self.at_s[place - 1]) / (self.at_s[place] - self.at_s[place - 1])
        late: NDArray[np.float64] = (1 - share) * self.beyond[rows, place - 1] + share * self.beyond[
            rows, place
        ]
        return late

    def late_alone(self, after_s: ArrayLike) -> NDArray[np.float64]:
        """P(travel > after_s) of one free unit, shape of `after_s`."""
        return np.asarray(
            np.interp(np.asarray(after_s, np.float64), self.at_s, self.beyond[0], right=0.0), np.float64
        )


def _nearest(
    table: NDArray[np.float64], calls: NDArray[np.float64], places: NDArray[np.float64], most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    order = np.argsort(table, axis=0)
    times = np.take_along_axis(table, order, axis=0)
    left = np.maximum(1.0 - np.cumsum(places[order], axis=0), 0.0)
    left[-1] = 0.0
    at = np.linspace(0.0, times.max(), STEPS)
    place = [np.searchsorted(column, at, side="right") for column in times.T]
    tail = np.stack([np.append(1.0, column)[rows] for column, rows in zip(left.T, place, strict=True)])
    before = np.vstack((np.ones(len(calls)), left[:-1]))
    free = np.arange(1, most + 1)
    mean = [float((times * (before**n - left**n)).sum(axis=0) @ calls) for n in free]
    return np.array(mean), at, np.stack([calls @ tail**n for n in free])


def _above(name: str, value: float) -> None:
    if not (value > 0 and isfinite(value)):
        raise ValueError(f"{name}: must be above 0, not {value}")


def _most(most: int) -> int:
    if most < 1:
        raise ValueError(f"most: at least 1, not {most}")
    return most
