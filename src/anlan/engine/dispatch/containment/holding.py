"""Who holds which point: the assignment whose tightest margin is greatest, and the joint choice of both.

The bottleneck assignment (Burkard, Dell'Amico & Martello 2012, *Assignment Problems*, chapter 6) raises a
threshold as long as a matching of that size exists; among the pairs above it the sum of margins is greatest.
Where the points of the cheapest cut compete for the same units, points and units are chosen together by an
integer program (HiGHS by SciPy): cut constraints are unimodular, so that only who goes where has to be
integer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import maximum_bipartite_matching

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.dispatch.containment.cut import Field

SEARCH_S, LEAST_S = 1.5, 0.1
FORBIDDEN = 1e9


def matched(able: NDArray[np.bool_]) -> int:
    """How many points (rows) can be held at once by distinct units (columns)."""
    return int((maximum_bipartite_matching(csr_array(able), perm_type="column") >= 0).sum())


def hold(slack: NDArray[np.float64], able: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The unit of each point (rows of both), -1 where none is left: most held, the tightest margin best."""
    most = matched(able)
    if not most:
        return np.full(len(slack), -1, np.int64)
    floors = np.unique(slack[able])
    low, high = 0, len(floors) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if matched(able & (slack >= floors[middle])) == most:
            low = middle
        else:
            high = middle - 1
    good = able & (slack >= floors[low])
    cost = np.where(good, -np.where(good, slack, 0.0), FORBIDDEN)
    rows, columns = linear_sum_assignment(cost)
    unit = np.full(len(slack), -1, np.int64)
    unit[rows] = np.where(good[rows, columns], columns, -1)
    return unit


@dataclass
class Search:
    """The joint choices of one plan: all its rings share the seconds, because somebody waits for it."""

    left_s: float = SEARCH_S

    def together(
        self, ground: Field, able: NDArray[np.bool_], barred: NDArray[np.bool_]
    ) -> NDArray[np.int64] | None:
        """As `together`; None once the seconds are used up."""
        if self.left_s < LEAST_S:
            return None
        begun = time.monotonic()
        found = together(ground, able, barred, self.left_s)
        self.left_s -= time.monotonic() - begun
        return found


def together(
    ground: Field, able: NDArray[np.bool_], barred: NDArray[np.bool_], limit_s: float
) -> NDArray[np.int64] | None:
    """The fewest points that distinct units hold and that enclose the danger; None where there are none.

    `able` (n, U) says who is in time where. None too where the search runs out of time.
    """
    count, units = able.shape
    point, unit = np.nonzero(able & ~barred[:, None])
    pairs = len(point)
    total = 2 * count + pairs  # entry sides, exit sides, then who goes where
    pair = 2 * count + np.arange(pairs)
    every = np.arange(count)
    # A node is cut only if somebody goes there: entry - exit - sum of pairs <= 0.
    cut = csr_array(
        (
            np.concatenate((np.ones(count), -np.ones(count), -np.ones(pairs))),
            (np.concatenate((every, every, point)), np.concatenate((every, every + count, pair))),
        ),
        shape=(count, total),
    )
    arcs = len(ground.tail)
    row = np.arange(arcs)
    along = csr_array(
        (
            np.concatenate((np.ones(arcs), -np.ones(arcs))),
            (np.tile(row, 2), np.concatenate((ground.tail + count, ground.head))),
        ),
        shape=(arcs, total),
    )
    once = csr_array((np.ones(pairs), (unit, pair)), shape=(units, total))
    bound = np.concatenate((np.zeros(count + arcs), np.ones(units)))
    lower, upper = np.zeros(total), np.ones(total)
    lower[ground.starts] = 1.0
    upper[count + np.flatnonzero(ground.leads_out)] = 0.0
    cost = np.concatenate((np.zeros(2 * count), np.ones(pairs)))
    found = milp(
        cost,
        constraints=LinearConstraint(vstack([cut, along, once]), -np.inf, bound),
        integrality=np.concatenate((np.zeros(2 * count), np.ones(pairs))),
        bounds=Bounds(lower, upper),
        options={"time_limit": limit_s},
    )
    if found.x is None:
        return None
    return np.unique(point[found.x[pair] > 0.5])
