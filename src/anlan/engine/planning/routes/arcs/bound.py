"""Lower bounds of what rounds along all lines cost, both cheap; the larger counts.

Pairs: between two lines of a round lies a way from an end of one to an end of the other, and every round has
two ways at the depot. So all ends are paired off, 2 K of them with the depot, K the fewest rounds that the
loads allow (the matching bounds that begin with Golden & Wong, "Capacitated arc routing problems", Networks
11, 1981, 305-315). Pairs may be halves here, which makes it an assignment problem. A way counts in its better
direction, and by the depot where that is nearer: more rounds than K never cost less then.

Rings: the lines with an end beyond some distance from the depot need K rounds, which pass that distance 2 K
times, an even number of times anyway; whichever passages no line makes are ways (the cuts of Win's and
Benavent et al.'s bounds, "The capacitated arc routing problem: lower bounds", Networks 22, 1992, 669-690,
here by distance only and summed over all of it).
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.routes.arcs.lines import Lines

HAIR = 1e-6


def fewest_rounds(lines: Lines) -> int:
    """No fewer rounds can take all loads."""
    return max(1, _rounds(float(np.sum(lines.load)), lines.capacity))


def _rounds(load: float, capacity: float) -> int:
    return ceil(load / capacity - HAIR)


def cost_bound(lines: Lines) -> float:
    """Rounds along all lines, each of which a round can take alone, cost no less."""
    if not len(lines.start):
        return 0.0
    along = float(lines.along.min(axis=1).sum())
    return _rounded(lines, along + max(_pairs(lines), _rings(lines)))


def _pairs(lines: Lines) -> float:
    ends = lines.enter.ravel()
    ways = np.asarray(lines.ways, np.float64)
    home = np.minimum(ways[lines.depot, ends], ways[ends, lines.depot])
    between = ways[np.ix_(ends, ends)]
    pair = np.minimum(np.minimum(between, between.T), home[:, None] + home)
    rows = np.arange(len(ends))
    pair[rows, rows ^ 1] = home[rows] + home[rows ^ 1]  # a line's two ends are joined by the depot only
    pair[rows, rows] = np.inf
    depot = 2 * min(fewest_rounds(lines), len(lines.start))
    table = np.full((len(ends) + depot,) * 2, np.inf)
    table[: len(ends), : len(ends)] = pair
    table[: len(ends), len(ends) :] = home[:, None]
    table[len(ends) :, : len(ends)] = home
    known = table[np.isfinite(table)]
    never = float(known.max(initial=0.0) + 1) * len(table)
    chosen = linear_sum_assignment(np.where(np.isfinite(table), table, never))
    return float(table[chosen].sum()) / 2


def _rings(lines: Lines) -> float:
    far = _distances(np.asarray(lines.ways, np.float64), lines.depot)
    ends = far[lines.enter]
    near_end, far_end = ends.min(axis=1), ends.max(axis=1)
    load = np.asarray(lines.load, np.float64)
    total = 0.0
    for inner, outer in pairwise(np.unique(np.concatenate([[0.0], near_end, far_end]))):
        passages = 2 * max(1, _rounds(float(load[far_end >= outer].sum()), lines.capacity))
        made = int(((near_end <= inner) & (far_end >= outer)).sum())
        total += float(outer - inner) * max(passages - made, made % 2)
    return total


def _distances(ways: NDArray[np.float64], depot: int) -> NDArray[np.float64]:
    """From the depot by ways in their better directions: no way leads farther out or in than it is long."""
    either = np.minimum(ways, ways.T)
    far: NDArray[np.float64] = either[depot].copy()
    far[depot] = 0.0
    while True:
        nearer = np.minimum(far, (far[:, None] + either).min(axis=0))
        if np.array_equal(nearer, far):
            return far
        far = nearer


def _rounded(lines: Lines, bound: float) -> float:
    """Up to the next whole number where all costs are whole."""
    figures = np.concatenate([np.ravel(lines.ways), lines.along.ravel()]).astype(np.float64)
    figures = figures[np.isfinite(figures)]
    return float(ceil(bound - HAIR)) if (figures == np.floor(figures)).all() else bound
