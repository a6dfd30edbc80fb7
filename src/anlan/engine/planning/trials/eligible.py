"""Which hot spots may take part: busy enough, recorded long enough, their rings apart from each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from anlan.engine.planning.trials.model import Excluded, Why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

TOUCH_M = 1e-6  # rings of a regular grid meet exactly; the last digit must not decide


@dataclass(frozen=True, eq=False)
class Hotspots:
    """Candidates for a trial.

    Attributes:
        codes: (n,).
        x: metres east on a local plane, (n,).
        y: metres north, (n,).
        radius_m: the place's own radius, (n,).
        history: incidents by period, oldest first, (n, w); -1 where the place was not recorded.

    Raises:
        ValueError: shapes differ or a code comes twice.

    """

    codes: Sequence[str]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    history: NDArray[np.int64]

    def __post_init__(self) -> None:
        n = len(self.codes)
        if len(set(self.codes)) < n:
            raise ValueError("codes: a place twice")
        for name in ("x", "y", "radius_m"):
            if getattr(self, name).shape != (n,):
                raise ValueError(f"{name}: expected ({n},), not {getattr(self, name).shape}")
        if self.history.ndim != 2 or len(self.history) != n:
            raise ValueError(f"history: expected ({n}, periods), not {self.history.shape}")

    def mean(self) -> NDArray[np.float64]:
        """Incidents in a recorded period, (n,); 0 where none was recorded."""
        known = (self.history >= 0).sum(axis=1)
        return np.asarray(np.maximum(self.history, 0).sum(axis=1) / np.maximum(known, 1), np.float64)

    def taken(self, rows: NDArray[np.int64]) -> Hotspots:
        """Return some of them, in the order of `rows`."""
        codes = [self.codes[row] for row in rows]
        return Hotspots(codes, self.x[rows], self.y[rows], self.radius_m[rows], self.history[rows])


@dataclass(frozen=True)
class Eligibility:
    """Who may take part.

    Attributes:
        rings: rings of spill-over around each place that must not touch another's, 0 to 2.
        ring_m: width of one ring.
        least: incidents a period.
        least_periods: recorded periods of past.
        most: number of places at most; the busiest are taken.
        left_out: places that the planner leaves out, with the code of why.

    Raises:
        ValueError: names the field that is out of range.

    """

    rings: int = 1
    ring_m: float = 150.0
    least: float = 0.25
    least_periods: int = 26
    most: int | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rings not in (0, 1, 2):
            raise ValueError(f"rings: 0, 1 or 2, not {self.rings}")
        if self.ring_m <= 0:
            raise ValueError(f"ring_m: positive, not {self.ring_m}")
        if self.least < 0 or self.least_periods < 1:
            raise ValueError("least, least_periods: not negative, at least 1")
        if self.most is not None and self.most < 2:
            raise ValueError(f"most: at least 2, not {self.most}")


def eligible(spots: Hotspots, rules: Eligibility) -> tuple[NDArray[np.int64], list[Excluded]]:
    """Return the rows of those who may take part, busiest first, and the others with their reasons.

    Where rings would touch, the busier place stays (of equal ones the first by code).
    """
    mean, out = spots.mean(), []
    open_rows = []
    for row in sorted(range(len(spots.codes)), key=lambda row: (-mean[row], spots.codes[row])):
        reason = _alone(spots, rules, row, float(mean[row]))
        if reason is None:
            open_rows.append(row)
        else:
            out.append(reason)
    kept, near = _apart(spots, rules, open_rows)
    limit = len(kept) if rules.most is None else rules.most
    full = [Excluded(spots.codes[row], Why.FULL, float(mean[row]), float(limit)) for row in kept[limit:]]
    return np.array(kept[:limit], np.int64), out + near + full


def _alone(spots: Hotspots, rules: Eligibility, row: int, mean: float) -> Excluded | None:
    """Return the reason that lies in the place itself."""
    code = spots.codes[row]
    if code in rules.left_out:
        return Excluded(code, Why.NAMED, other=rules.left_out[code])
    known = int((spots.history[row] >= 0).sum())
    if known < rules.least_periods:
        return Excluded(code, Why.SHORT, known, rules.least_periods)
    if mean < rules.least:
        return Excluded(code, Why.QUIET, mean, rules.least)
    return None


def _apart(spots: Hotspots, rules: Eligibility, rows: list[int]) -> tuple[list[int], list[Excluded]]:
    """Go through the places in order; keep those whose rings touch none kept so far."""
    if not rows:
        return [], []
    order, where = {row: rank for rank, row in enumerate(rows)}, np.column_stack((spots.x, spots.y))
    tree, widest = cKDTree(where[rows]), float(spots.radius_m[rows].max())
    kept: set[int] = set()
    near: list[Excluded] = []
    for row in rows:
        reach = float(spots.radius_m[row]) + widest + 2 * rules.rings * rules.ring_m
        others = sorted((rows[i] for i in tree.query_ball_point(where[row], reach)), key=order.__getitem__)
        clash = next((o for o in others if o in kept and _touch(spots, rules, row, o)), None)
        if clash is None:
            kept.add(row)
        else:
            far = float(np.hypot(*(where[row] - where[clash])))
            near.append(
                Excluded(
                    spots.codes[row], Why.NEAR, far, _limit(spots, rules, row, clash), spots.codes[clash]
                )
            )
    return [row for row in rows if row in kept], near


def _limit(spots: Hotspots, rules: Eligibility, row: int, other: int) -> float:
    return float(spots.radius_m[row] + spots.radius_m[other] + 2 * rules.rings * rules.ring_m)


def _touch(spots: Hotspots, rules: Eligibility, row: int, other: int) -> bool:
    far = np.hypot(spots.x[row] - spots.x[other], spots.y[row] - spots.y[other])
    return bool(far < _limit(spots, rules, row, other) - TOUCH_M)
