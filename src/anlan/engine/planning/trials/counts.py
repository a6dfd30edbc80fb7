"""Incidents as points made into counts of places and of the rings around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.planning.trials.eligible import Eligibility, Hotspots

NOWHERE = -1


def counted(
    x: ArrayLike, y: ArrayLike, period: ArrayLike, periods: int, spots: Hotspots, rules: Eligibility
) -> NDArray[np.int64]:
    """Count incidents in the places (row 0) and in each ring (rows 1, 2), (1 + rings, places, periods).

    An incident belongs to the nearest edge's place; where the rings do not touch there is but one.

    Args:
        x: metres east, (m,).
        y: metres north, (m,).
        period: number of the period, (m,); outside 0 to periods - 1 it is not counted.
        periods: how many there are.
        spots: the places.
        rules: how many rings and how wide.

    """
    number = np.asarray(period, np.int64)
    inside = (number >= 0) & (number < periods)
    xy = np.column_stack((np.asarray(x, np.float64), np.asarray(y, np.float64)))[inside]
    band, place = _bands(xy, spots, rules)
    kept = band != NOWHERE
    table = np.zeros((1 + rules.rings, len(spots.codes), periods), np.int64)
    np.add.at(table, (band[kept], place[kept], number[inside][kept]), 1)
    return table


def _bands(
    xy: NDArray[np.float64], spots: Hotspots, rules: Eligibility
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each point's band (0 the place itself) and place, NOWHERE beyond all rings."""
    band, place = np.full(len(xy), NOWHERE), np.full(len(xy), NOWHERE)
    nearest = np.full(len(xy), np.inf)
    if not len(xy):
        return band, place
    tree = cKDTree(xy)
    for row in range(len(spots.codes)):
        centre, radius = (spots.x[row], spots.y[row]), float(spots.radius_m[row])
        near = np.array(tree.query_ball_point(centre, radius + rules.rings * rules.ring_m), np.int64)
        edge = np.hypot(*(xy[near] - centre).T) - radius
        closer = edge < nearest[near]
        near, edge = near[closer], edge[closer]
        nearest[near], place[near] = edge, row
        band[near] = np.maximum(np.ceil(edge / rules.ring_m), 0).astype(np.int64)
    return band, place
