"""All shifts' covering programs in one, tied by the price of moves: the bound over the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, eye_array, kron

from anlan.engine.planning import mip
from anlan.engine.planning.posts.moves import matched
from anlan.engine.planning.posts.program import Columns, add_cover, completed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.joint import Joint
    from anlan.engine.planning.posts.problem import CoverProblem
    from anlan.engine.planning.watch import Watch


MOST_SITES = 60


def joint_bound(
    problems: list[CoverProblem],
    joint: Joint,
    plans: list[NDArray[np.int64]],
    gap: float,
    seconds: float,
    watch: Watch,
) -> tuple[float, list[NDArray[np.int64]] | None]:
    """What no plans are worth more than, and the plans found, if any.

    Exact for moves by count, and for moves by time at up to `MOST_SITES` sites; beyond that they are priced
    at the least that leaving a site costs, which is a bound.
    """
    to = Columns()
    blocks = [add_cover(to, of, [plan]) for of, plan in zip(problems, plans, strict=True)]
    fits = all((of.low <= plan).all() and (plan <= of.high).all()
               for of, plan in zip(problems, plans, strict=True))  # fmt: skip
    for here, there in joint.pairs:
        _moves(to, joint, (blocks[here], blocks[there]), problems[here].cars - problems[there].cars)
    start = _start(problems, joint, plans) if fits else None
    answer = mip.solve(to.program(), time_limit_s=seconds, gap=gap, start=start, watch=watch)
    bound = answer.bound + sum(of.constant for of in problems)
    if answer.x is None:
        return bound, None
    ends = np.cumsum([len(block) for block in to.cost])
    found = [np.rint(answer.x[ends[block] - len(to.cost[block]) : ends[block]]) for block in blocks]
    return bound, [cars.astype(np.int64) for cars in found]


def _moves(to: Columns, joint: Joint, blocks: tuple[int, int], fewer: int) -> None:
    """Cars that leave a site for the next shift, less those that go off duty there."""
    sites = len(joint.price)
    one = eye_array(sites, format="csr")
    if _by_way(joint):
        _ways(to, joint, blocks, fewer)
        return
    away = to.add(-joint.price, 0, np.inf)
    off = to.add(np.zeros(sites), 0, max(0, fewer))
    to.row({away: one, off: one, blocks[0]: -one, blocks[1]: one}, 0)
    to.row({off: csr_array(np.ones((1, sites)))}, 0, max(0, fewer))


def _by_way(joint: Joint) -> bool:
    """Whether each way between two sites gets a column of its own."""
    return not joint.counted and len(joint.price) <= MOST_SITES


def _ways(to: Columns, joint: Joint, blocks: tuple[int, int], fewer: int) -> None:
    """Cars by the way they take; those that go off or come on duty take none."""
    sites = len(joint.price)
    one, every = eye_array(sites, format="csr"), np.ones((1, sites))
    way = to.add(-joint.costs.ravel(), 0, np.inf)
    off = to.add(np.zeros(sites), 0, max(0, fewer))
    on = to.add(np.zeros(sites), 0, max(0, -fewer))
    to.row({way: csr_array(kron(one, every)), off: one, blocks[0]: -one}, 0, 0)
    to.row({way: csr_array(kron(every, one)), on: one, blocks[1]: -one}, 0, 0)
    to.row({off: csr_array(every)}, max(0, fewer), max(0, fewer))
    to.row({on: csr_array(every)}, max(0, -fewer), max(0, -fewer))


def _start(
    problems: list[CoverProblem], joint: Joint, plans: list[NDArray[np.int64]]
) -> NDArray[np.float64] | None:
    parts: list[NDArray[np.float64]] = []
    for of, plan in zip(problems, plans, strict=True):
        whole = completed(of, plan)
        if whole is None:
            return None
        parts.append(whole)
    for here, there in joint.pairs:
        if _by_way(joint):
            parts += _ways_taken(joint, plans[here], plans[there])
            continue
        leave = np.maximum(plans[here] - plans[there], 0)
        off = _off(leave, joint.price, max(0, problems[here].cars - problems[there].cars))
        parts += [(leave - off).astype(np.float64), off.astype(np.float64)]
    return np.concatenate(parts)


def _off(leave: NDArray[np.int64], price: NDArray[np.float64], fewer: int) -> NDArray[np.int64]:
    """Who goes off duty: those whose move would be dearest."""
    off, left = np.zeros_like(leave), fewer
    for site in np.argsort(-price, kind="stable"):
        off[site] = min(int(leave[site]), left)
        left -= int(off[site])
    return off


def _ways_taken(
    joint: Joint, before: NDArray[np.int64], after: NDArray[np.int64]
) -> list[NDArray[np.float64]]:
    sites = len(before)
    leave, come = matched(joint.costs, before, after)
    way = np.bincount(leave * sites + come, minlength=sites * sites)
    off, on = before - np.bincount(leave, minlength=sites), after - np.bincount(come, minlength=sites)
    return [part.astype(np.float64) for part in (way, off, on)]
