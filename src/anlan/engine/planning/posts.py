"""Standby posts by the double standard model.

Gendreau, Laporte & Semet, "Solving an ambulance location model by tabu search", Location Science 5 (1997),
75-88: choose where p cars wait so that the demand with two cars inside the response ring is greatest, while
all demand has one inside the support ring and a share alpha has one inside the response ring. Where the cars
do not suffice for the last two, what is missing is priced and reported instead of refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.sparse import block_array, csr_array, eye_array

from anlan.engine.planning.cover import Cover, Prices, Shares, cover, shares
from anlan.engine.planning.mip import Program, Solution, Status, solve
from anlan.engine.planning.swap import TINY, search

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Binds = Literal["cars", "alpha", "support", "cap", "sites"]


@dataclass(frozen=True)
class Effort:
    """How hard to try.

    Raises:
        ValueError: names the parameter that is out of range.

    """

    time_limit_s: float = 30.0
    gap: float = 0.001
    kicks: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.time_limit_s > 0:
            raise ValueError(f"time_limit_s: must be above 0, not {self.time_limit_s}")
        if not 0 <= self.gap < 1:
            raise ValueError(f"gap: must be from 0 to below 1, not {self.gap}")
        if self.kicks < 0:
            raise ValueError(f"kicks: must be 0 or more, not {self.kicks}")


@dataclass(frozen=True)
class Rings:
    """Response and support ring in seconds, and the share `alpha` of demand owed to the response ring.

    Raises:
        ValueError: names the parameter that is out of range.

    """

    ring_s: float = 300.0
    support_s: float = 600.0
    alpha: float = 0.9

    def __post_init__(self) -> None:
        if not self.ring_s > 0:
            raise ValueError(f"ring_s: must be above 0, not {self.ring_s}")
        if not self.support_s >= self.ring_s:
            raise ValueError(f"support_s: must be at least ring_s ({self.ring_s}), not {self.support_s}")
        if not 0 <= self.alpha <= 1:
            raise ValueError(f"alpha: must be from 0 to 1, not {self.alpha}")


@dataclass(frozen=True)
class MinimumForce:
    """Fewest cars with which all reachable demand lies in the support ring; at least `bound` are needed.

    `cars` is None where the caps of the sites do not allow it at all.
    """

    cars: int | None
    bound: int


@dataclass(frozen=True)
class Shortfall:
    """What the plan leaves open: demand (in its own unit) and its share of all demand.

    `unreachable`: no candidate site lies within the support ring, whatever the force. `support`: reachable,
    but not with these cars. `alpha`: missing from the share owed to the response ring.
    """

    kind: Literal["unreachable", "support", "alpha"]
    demand: float
    share: float
    points: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class PostPlan:
    """Cars per site, what they cover, how good that provably is, and what stands in the way of better.

    `value` and `bound` are demand covered twice less priced shortfalls; `gap` = (bound - value) / |bound|.
    `one_more` and `one_less` are the change of the share covered twice with a car more or less.
    """

    cars: NDArray[np.int64]
    shares: Shares
    value: float
    bound: float
    gap: float
    status: Status
    minimum: MinimumForce
    shortfalls: tuple[Shortfall, ...]
    binds: tuple[Binds, ...]
    one_more: float | None
    one_less: float | None
    rings: Rings = field(default=Rings())

    @property
    def posts(self) -> NDArray[np.int64]:
        """Sites with at least one car."""
        return np.flatnonzero(self.cars)


def double_standard(  # noqa: PLR0913  the model's parameters by name
    times: ArrayLike,
    demand: ArrayLike,
    cars: int,
    *,
    ring_s: float = 300.0,
    support_s: float = 600.0,
    alpha: float = 0.9,
    cap: ArrayLike | int = 2,
    effort: Effort | None = None,
) -> PostPlan:
    """Place `cars` at sites by travel times (S, D) in seconds and demand weights (D,).

    `cap` is the most cars a site takes, one number or (S,). More cars than all caps together: the rest stays
    unplaced.

    Raises:
        ValueError: names the argument that is out of range or of the wrong shape.

    """
    rings, effort = Rings(ring_s, support_s, alpha), effort or Effort()
    table, weight = _checked(times, demand, cars)
    caps = _caps(cap, table.shape[0])
    full = cover(table, weight, ring_s, support_s)
    reachable = np.flatnonzero(np.diff(full.support.tocsr().indptr))
    model = Cover(full.ring[reachable], full.support[reachable], weight[reachable]).merged()
    placed = min(cars, int(caps.sum()))
    least = minimum_force(model, caps, effort)
    return _plan(_Task(full, model, caps, placed, rings, effort, least))


def _checked(
    times: ArrayLike, demand: ArrayLike, cars: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table, weight = np.asarray(times, np.float64), np.asarray(demand, np.float64)
    if table.ndim != 2 or not table.size:
        raise ValueError(f"times: expected (sites, demand points), both at least 1, not {table.shape}")
    if weight.shape != (table.shape[1],):
        raise ValueError(f"demand: expected {table.shape[1]} weights, not shape {weight.shape}")
    if np.isnan(table).any() or (table < 0).any():
        raise ValueError("times: must be 0 or more (inf where there is no way)")
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise ValueError(f"demand: weight {int(np.argmax(~(weight >= 0)))} must be finite and 0 or more")
    if cars < 1:
        raise ValueError(f"cars: at least 1, not {cars}")
    return table, weight


def _caps(cap: ArrayLike | int, sites: int) -> NDArray[np.int64]:
    caps = np.broadcast_to(np.asarray(cap, np.int64), (sites,)).copy()
    if (caps < 0).any() or not caps.any():
        raise ValueError("cap: must be 0 or more, and above 0 somewhere")
    return caps


def minimum_force(of: Cover, caps: NDArray[np.int64], effort: Effort) -> MinimumForce:
    """Fewest cars that have all demand of `of` inside the support ring (Toregas et al. 1971)."""
    open_ = np.minimum(caps, 1).astype(np.float64)
    if (of.support @ open_ < 1).any():
        return MinimumForce(None, 0)
    rows = csr_array(of.support)
    ones = np.ones(rows.shape[0])
    program = Program(-np.ones(of.sites), open_, np.ones(of.sites, np.bool_), rows, ones, np.inf * ones)
    answer = solve(program, time_limit_s=effort.time_limit_s / 3, gap=0.0)
    bound = int(np.ceil(-answer.bound - 1e-6)) if np.isfinite(answer.bound) else 1
    return MinimumForce(of.sites if answer.x is None else round(-answer.value), bound)


@dataclass(frozen=True, eq=False)
class _Task:
    full: Cover
    model: Cover
    caps: NDArray[np.int64]
    cars: int
    rings: Rings
    effort: Effort
    least: MinimumForce

    @property
    def prices(self) -> Prices:
        return Prices(required=self.rings.alpha * self.full.total)

    @property
    def hard(self) -> bool:
        """Whether the cars suffice for the support ring, which then is a constraint and not a price."""
        return self.least.cars is not None and self.least.cars <= self.cars


def _plan(task: _Task) -> PostPlan:
    # Dearer than all that could be won elsewhere: a point outside the support ring comes first.
    dear = (2 + task.prices.alpha) * (1 + task.model.total) if task.hard else 0.0
    guard = np.full(len(task.model.demand), dear)
    start = search(task.model, task.prices, task.caps, task.cars, guard=guard, kicks=task.effort.kicks,
                   seed=task.effort.seed)  # fmt: skip
    kept = bool((task.model.support @ start >= 1).all()) or not task.hard
    program = _program(task)
    answer = solve(program, time_limit_s=task.effort.time_limit_s, gap=task.effort.gap,
                   start=_columns(task, start) if kept else None)  # fmt: skip
    cars = _better(task, start if kept else None, answer)
    value = task.prices.value(task.model, cars)
    bound = max(value, min(answer.bound, _most(task)))
    gap = (bound - value) / abs(bound) if abs(bound) > TINY else 0.0
    more, less = _marginal(task, cars)
    return PostPlan(
        cars, shares(task.full, cars), value, bound, gap, answer.status, task.least,
        _shortfalls(task, cars), _binds(task, cars, more), more, less, task.rings,
    )  # fmt: skip


def _most(task: _Task) -> float:
    """What no plan exceeds: the demand that full posts cover twice; holds where HiGHS has no bound yet."""
    return float(task.model.demand[task.model.ring @ task.caps >= 2].sum())


def _better(task: _Task, start: NDArray[np.int64] | None, answer: Solution) -> NDArray[np.int64]:
    found = [] if answer.x is None else [np.rint(answer.x[: task.model.sites]).astype(np.int64)]
    found += [] if start is None else [start]
    if not found:
        raise RuntimeError("no plan found in time_limit_s; allow more time")
    return max(found, key=lambda cars: task.prices.value(task.model, cars))


def _program(task: _Task) -> Program:
    """Columns: cars per site, covered once, covered twice, outside support (D each), missing alpha (1)."""
    of, prices = task.model, task.prices
    d = len(of.demand)
    one, none = eye_array(d), csr_array((d, d))
    last = csr_array((d, 1))
    weight = csr_array(of.demand[None, :])
    parts: list[list[Any]] = [

        [of.ring, -one, -one, none, last],
        [csr_array((d, of.sites)), one, -one, none, last],
        [of.support, none, none, one, last],
        [None, weight, None, None, csr_array([[1.0]])],
        [csr_array(np.ones((1, of.sites))), None, None, None, None],
    ]  # fmt: skip
    rows = block_array(parts)
    low = np.concatenate((np.zeros(2 * d), np.ones(d), [prices.required, task.cars]))
    high = np.concatenate((np.full(3 * d + 1, np.inf), [task.cars]))
    cost = np.concatenate((np.zeros(of.sites + d), of.demand, -prices.support * of.demand, [-prices.alpha]))
    outside = np.full(d, 0.0 if task.hard else 1.0)
    top = np.concatenate((task.caps, np.ones(2 * d), outside, [np.inf])).astype(np.float64)
    whole = np.concatenate((np.ones(of.sites + d), np.zeros(2 * d + 1))).astype(np.bool_)
    return Program(cost, top, whole, csr_array(rows), low, high)


def _columns(task: _Task, cars: NDArray[np.int64]) -> NDArray[np.float64]:
    of = task.model
    ring = of.ring @ cars
    outside = of.support @ cars < 1
    missing = max(0.0, task.prices.required - float(of.demand[ring >= 1].sum()))
    return np.concatenate((cars, ring >= 1, ring >= 2, outside, [missing])).astype(np.float64)


def _marginal(task: _Task, cars: NDArray[np.int64]) -> tuple[float | None, float | None]:
    """Change of the share covered twice by the best car more, and by the most dispensable car less."""
    total = task.full.total or 1.0
    ring = task.full.ring @ cars
    demand = task.full.demand
    gain = task.full.ring.T @ (demand * (ring == 1))
    loss = task.full.ring.T @ (demand * (ring == 2))
    room, there = cars < task.caps, cars > 0
    more = float(gain[room].max()) / total if room.any() else None
    return more, -float(loss[there].min()) / total if there.any() else None


def _shortfalls(task: _Task, cars: NDArray[np.int64]) -> tuple[Shortfall, ...]:
    full, total = task.full, task.full.total or 1.0
    never = np.diff(full.support.tocsr().indptr) == 0
    outside = (full.support @ cars < 1) & ~never
    found: list[Shortfall] = []
    kinds: tuple[tuple[Literal["unreachable", "support"], NDArray[np.bool_]], ...]
    kinds = (("unreachable", never), ("support", outside))
    for kind, points in kinds:
        if points.any():
            demand = float(full.demand[points].sum())
            found.append(Shortfall(kind, demand, demand / total, tuple(map(int, np.flatnonzero(points)))))
    below = task.prices.required - float(full.demand[full.ring @ cars >= 1].sum())
    if below > TINY * total:
        found.append(Shortfall("alpha", below, below / total))
    return tuple(found)


def _binds(task: _Task, cars: NDArray[np.int64], more: float | None) -> tuple[Binds, ...]:
    """What keeps the double cover from being greater, by name."""
    full = task.full
    binds: list[Binds] = []
    if more:
        binds.append("cars")
    once = float(full.demand[full.ring @ cars >= 1].sum())
    if task.rings.alpha > 0 and once < task.prices.required + 0.01 * full.total:
        binds.append("alpha")
    if task.least.cars is None or task.least.cars >= task.cars:
        binds.append("support")
    tight = (cars == task.caps) & (cars > 0)
    if (full.ring.T @ (full.demand * (full.ring @ cars == 1)))[tight].any():
        binds.append("cap")
    if full.demand[full.ring @ task.caps < 2].any():
        binds.append("sites")
    return tuple(binds)
