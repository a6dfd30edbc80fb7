"""What a plan of posts means: times, shortfalls with what would help, what binds, a car more or less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from anlan.engine.planning.cover import cover, shares
from anlan.engine.planning.posts.limits import Relief
from anlan.engine.planning.posts.minimum import smallest_cover
from anlan.engine.planning.posts.problem import CoverProblem, narrowest
from anlan.engine.planning.posts.request import Model
from anlan.engine.planning.posts.result import Response, Shortfall

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.cover import Shares
    from anlan.engine.planning.posts.problem import Problem
    from anlan.engine.planning.posts.request import Request
    from anlan.engine.planning.posts.result import MinimumForce

TINY = 1e-9
RELIEF_S = 2.0


def covered(request: Request, cars: NDArray[np.int64]) -> Shares:
    """Shares of all demand in the rings."""
    rings = request.rings
    return shares(cover(request.table, request.weight, rings.ring_s, rings.support_s), cars)


def response(request: Request, cars: NDArray[np.int64]) -> Response:
    """Time of the nearest car, weighted by demand."""
    open_ = np.flatnonzero(cars)
    soonest = request.table[open_].min(axis=0) if len(open_) else np.full(len(request.weight), np.inf)
    there = np.isfinite(soonest) & (request.weight > 0)
    total, weight = float(request.weight.sum()), request.weight[there]
    if not there.any():
        return Response(None, None, 0.0)
    order = np.argsort(soonest[there], kind="stable")
    passed = np.cumsum(weight[order])
    ninth = int(np.searchsorted(passed, 0.9 * passed[-1] - TINY))
    mean = float(weight @ soonest[there] / weight.sum())
    return Response(mean, float(soonest[there][order][ninth]), float(weight.sum() / total))


def expected(request: Request, cars: NDArray[np.int64]) -> float:
    """Expected share of demand that has a free car in the response ring (Daskin 1983)."""
    near = request.table <= request.rings.ring_s
    free = 1 - np.prod(np.where(near, np.asarray(request.busy)[:, None] ** cars[:, None], 1.0), axis=0)
    return float(request.weight @ free / (request.weight.sum() or 1.0))


@dataclass(frozen=True, eq=False)
class Marginal:
    """What a car more at a site gains, and one less at a site with cars loses, (S,) both: per unit of demand.

    Others stay. For the p-median the unit is seconds of the mean.
    """

    gain: NDArray[np.float64]
    loss: NDArray[np.float64]


def marginal(request: Request, of: Problem, cars: NDArray[np.int64]) -> Marginal:
    """Gains and losses of single cars, prices and moves left out."""
    total = float(request.weight.sum()) or 1.0
    if isinstance(of, CoverProblem):
        gain, loss = _cover_marginal(of, cars)
    else:
        gain, loss = _median_marginal(request, cars)
    return Marginal(gain / total, np.where(cars > 0, loss / total, np.inf))


def _cover_marginal(of: CoverProblem, cars: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    reach, weight = of.ring.reach, of.ring.weight
    if of.busy is not None:
        missed = reach.T @ (weight * np.exp(reach @ (cars * np.log(of.busy))))
        return (1 - of.busy) * missed, (1 / of.busy - 1) * missed
    top = len(of.table) - 2
    count = np.minimum((reach @ cars).astype(np.int64), top)
    less = np.minimum(np.maximum((reach @ cars).astype(np.int64) - 1, 0), top)
    more = of.table[count + 1] - of.table[count]
    return reach.T @ (weight * more), reach.T @ (weight * (of.table[count] - of.table[less]))


def _median_marginal(request: Request, cars: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    paid = np.minimum(request.table, float(request.beyond_s or 0.0)) * request.weight
    worst = float(request.beyond_s or 0.0) * request.weight
    open_ = np.flatnonzero(cars)
    ordered = np.sort(np.vstack((paid[open_], worst, worst)), axis=0)
    gain = np.maximum(ordered[0] - paid, 0).sum(axis=1)
    nearest = open_[np.argmin(paid[open_], axis=0)] if len(open_) else np.zeros(0, np.int64)
    loss = np.bincount(nearest, ordered[1] - ordered[0], len(cars)) if len(open_) else np.zeros(len(cars))
    return np.where(cars > 0, 0.0, gain), np.where(cars > 1, 0.0, loss)


def one_more_or_less(
    request: Request, by: Marginal, cars: NDArray[np.int64]
) -> tuple[float | None, float | None]:
    """The change by the best car more and by the most dispensable car less; None where there is none."""
    room, there = cars < request.limits[1], cars > 0
    sign = -1.0 if request.model is Model.P_MEDIAN else 1.0
    more = sign * float(by.gain[room].max()) + 0.0 if room.any() else None
    less = -sign * float(by.loss[there].min()) + 0.0 if there.any() else None
    return more, less


def shortfalls(request: Request, cars: NDArray[np.int64], least: MinimumForce) -> tuple[Shortfall, ...]:
    """What the plan leaves open, and the smallest change that helps."""
    within = request.table <= request.rings.support_s
    allowed = request.limits[1] > 0
    never, barred = ~within.any(axis=0), within.any(axis=0) & ~within[allowed].any(axis=0)
    outside = ~within[cars > 0].any(axis=0) & ~never & ~barred
    kinds: tuple[tuple[Literal["unreachable", "forbidden", "support"], NDArray[np.bool_], Relief | None], ...]
    kinds = (
        ("unreachable", never, _nearer(request, never)),
        ("forbidden", barred, _allow(within, barred)),
        ("support", outside, Relief("cars", float(least.cars))),
    )
    total = float(request.weight.sum()) or 1.0
    found = [
        Shortfall(kind, float(request.weight[points].sum()), float(request.weight[points].sum()) / total,
                  tuple(map(int, np.flatnonzero(points))), relief)
        for kind, points, relief in kinds
        if points.any()
    ]  # fmt: skip
    return (*found, *_alpha(request, cars, total))


def _nearer(request: Request, never: NDArray[np.bool_]) -> Relief | None:
    """The support ring that would reach all of these points; a new site where none has a way."""
    soonest = request.table[:, never].min(axis=0)
    if not len(soonest):
        return None
    if np.isfinite(soonest).all():
        return Relief("support_s", float(soonest.max()))
    lost = np.flatnonzero(never)[~np.isfinite(soonest)]
    return Relief("site", None, (), tuple(map(int, lost)))


def _allow(within: NDArray[np.bool_], barred: NDArray[np.bool_]) -> Relief | None:
    """The fewest forbidden sites that together reach all of these points."""
    if not barred.any():
        return None
    rows = np.unique(within[:, barred].T, axis=0)
    chosen, _ = smallest_cover(rows[narrowest(rows)], RELIEF_S)
    return Relief("allow", None, tuple(map(int, chosen)))


def _alpha(request: Request, cars: NDArray[np.int64], total: float) -> list[Shortfall]:
    near = (request.table[cars > 0] <= request.rings.ring_s).any(axis=0)
    once = float(request.weight[near].sum())
    below = request.required - once
    if below <= TINY * total:
        return []
    return [Shortfall("alpha", below, below / total, (), Relief("alpha", once / total))]
