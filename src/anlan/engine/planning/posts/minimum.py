"""The minimum force: fewest cars that have all reachable demand in the support ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from anlan.engine.planning.mip import Program, solve
from anlan.engine.planning.posts.problem import narrowest
from anlan.engine.planning.posts.result import MinimumForce

if TYPE_CHECKING:
    from numpy.typing import NDArray


def minimum_force(
    reach: NDArray[np.bool_], low: NDArray[np.int64], high: NDArray[np.int64], time_limit_s: float
) -> tuple[MinimumForce, NDArray[np.int64]]:
    """Set covering (Toregas et al. 1971) of `reach` (D, S), pinned cars counted in; and such a plan (S,).

    Points that no site with room reaches are left out; `low`, `high` (S,) bound the cars per site.
    """
    rows = np.unique(reach & (high > 0), axis=0)
    rows = rows[rows.any(axis=1) & ~rows[:, low > 0].any(axis=1)]
    pinned, plan = int(low.sum()), low.copy()
    if not len(rows):
        return MinimumForce(pinned, pinned), plan
    need, bound = smallest_cover(rows[narrowest(rows)], time_limit_s)
    plan[need] += 1
    return MinimumForce(pinned + len(need), pinned + bound), plan


def smallest_cover(rows: NDArray[np.bool_], time_limit_s: float) -> tuple[NDArray[np.int64], int]:
    """Fewest columns that hit every row of (R, S), and how many are needed at least."""
    start = _greedy(rows)
    sites, ones = rows.shape[1], np.ones(len(rows))
    program = Program(
        -np.ones(sites), rows.any(axis=0).astype(np.float64), np.ones(sites, np.bool_),
        csr_array(rows.astype(np.float64)), ones, np.inf * ones,
    )  # fmt: skip
    answer = solve(program, time_limit_s=time_limit_s, gap=0.0, start=start.astype(np.float64))
    chosen = start if answer.x is None or -answer.value >= start.sum() else answer.x > 0.5
    bound = int(np.ceil(-answer.bound - 1e-6)) if np.isfinite(answer.bound) else 1
    return np.flatnonzero(chosen), min(max(bound, _apart(rows)), int(chosen.sum()))


def _apart(rows: NDArray[np.bool_]) -> int:
    """Rows without a column in common, picked one by one: each needs its own."""
    count, taken = 0, np.zeros(rows.shape[1], np.bool_)
    for row in rows[np.argsort(rows.sum(axis=1), kind="stable")]:
        if not (row & taken).any():
            taken |= row
            count += 1
    return count


def _greedy(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    chosen = np.zeros(rows.shape[1], np.bool_)
    left = rows
    while len(left):
        best = int(np.argmax(left.sum(axis=0)))
        chosen[best] = True
        left = left[~left[:, best]]
    return chosen
