"""Move-ups: which free unit to which standby post when units have left and the response ring is open.

One move at a time, the one after which most demand has a free unit in the response ring; what the unit leaves
uncovered behind it counts against it. Of moves that gain alike the shortest. This is the greedy step of the
maximal covering location problem (Church and ReVelle 1974, Papers of the Regional Science Association 32,
101-118) over the vehicles as they stand, with the limit on travel of the relocation models (Gendreau, Laporte
and Semet 2001, Parallel Computing 27, 1641-1653).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.dispatch.recommend import MAX_APPROACH_M
from anlan.engine.geo.roads import MAX_SNAP_M, HourClass

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from anlan.engine.dispatch.recommend import Demand, UnitTable
    from anlan.engine.geo.roads import RoadGraph

ALIKE = 1e-9


@dataclass(frozen=True)
class Terms:
    """What a move must be worth. Shares are of all demand (0-1).

    threshold   move only while less than this has a free unit in the response ring
    ring_s      the response ring
    longest_s   no move takes longer
    least_gain  no move gains less
    most        so many moves at most

    Raises:
        ValueError: names the field that is out of range.

    """

    threshold: float
    ring_s: float = 300.0
    longest_s: float = 600.0
    least_gain: float = 0.01
    most: int = 2

    def __post_init__(self) -> None:
        for name in ("threshold", "least_gain"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: from 0 to 1, not {getattr(self, name)}")
        for name in ("ring_s", "longest_s", "most"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: above 0, not {getattr(self, name)}")


@dataclass(frozen=True)
class MoveUp:
    """One move: places in the units and the posts, travel seconds, share in the ring before and after."""

    unit_index: int
    post_index: int
    seconds: float
    before: float
    after: float


@dataclass(frozen=True)
class Moves:
    """The share in the ring as it is, and the moves in the order to be given; none where none helps."""

    share: float
    moves: tuple[MoveUp, ...]


class Ground:
    """Posts and demand on the roads: what a unit at each post would have in its ring."""

    def __init__(
        self,
        graph: RoadGraph,
        demand: Demand,
        post_lon: NDArray[np.float64],
        post_lat: NDArray[np.float64],
        ring_s: float,
        hour_class: HourClass = HourClass.DAY,
    ) -> None:
        self.graph, self.ring_s, self.hour_class = graph, ring_s, hour_class
        self.posts, off = graph.snap(post_lon, post_lat)
        self.ends, far = graph.snap(demand.lon, demand.lat)
        self.on_roads = far <= MAX_SNAP_M
        self.weight = np.where(self.on_roads, demand.weight, 0.0)
        self.total = float(np.sum(demand.weight))
        seconds = graph.times(self.posts, self.ends, hour_class, ring_s)
        self.reach = (seconds <= ring_s) & (off <= MAX_APPROACH_M)[:, None]


def move_ups(ground: Ground, units: UnitTable, terms: Terms, fixed: Collection[int] = ()) -> Moves:
    """Return the moves; `fixed` are units that cover where they are but must not be moved."""
    graph = ground.graph
    free = np.flatnonzero(units.available & units.located)
    nodes, metres = graph.snap(units.lon[free], units.lat[free])
    free, nodes = free[metres <= MAX_APPROACH_M], nodes[metres <= MAX_APPROACH_M]
    if ground.total <= 0 or not len(free) or not len(ground.posts):
        return Moves(0.0, ())
    travel = graph.times(nodes, ground.posts, ground.hour_class, terms.longest_s)
    movable = ~np.isin(free, list(fixed))
    moves: list[MoveUp] = []
    share = _share(ground, nodes)
    begin = share
    while share < terms.threshold and len(moves) < terms.most:
        found = _best(ground, nodes, np.where(movable[:, None], travel, np.inf), terms)
        if found is None:
            break
        unit, post, gain = found
        moves.append(
            MoveUp(int(free[unit]), post, float(travel[unit, post]), share, share + gain / ground.total)
        )
        nodes[unit], movable[unit] = ground.posts[post], False
        share = moves[-1].after
    return Moves(begin, tuple(moves))


def _two(ground: Ground, nodes: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Who is soonest at each point of demand (m,), and whether the soonest two are in the ring (m, 2)."""
    who, seconds = ground.graph.soonest(nodes, ground.ends, 2, ground.hour_class, ground.ring_s)
    return who[:, 0], seconds <= ground.ring_s


def _share(ground: Ground, nodes: NDArray[np.int32]) -> float:
    _, inside = _two(ground, nodes)
    return float(ground.weight[inside[:, 0]].sum()) / ground.total


def _best(
    ground: Ground, nodes: NDArray[np.int32], travel: NDArray[np.float32], terms: Terms
) -> tuple[int, int, float] | None:
    """The move with the greatest gain of demand covered, the shortest of equals: unit, post, gain."""
    first, inside = _two(ground, nodes)
    alone = inside[:, 0] & ~inside[:, 1]
    only = np.where(alone, ground.weight, 0.0)
    owner = np.where(alone, first, 0)
    lost = np.bincount(owner, only, len(nodes))
    opened = ground.reach @ np.where(inside[:, 0], 0.0, ground.weight)
    kept = np.stack([np.bincount(owner, only * row, len(nodes)) for row in ground.reach], axis=1)
    gain = np.where(np.isfinite(travel), opened[None, :] + kept - lost[:, None], -np.inf)
    best = float(gain.max())
    if not best >= max(terms.least_gain, ALIKE) * ground.total:
        return None
    alike = gain >= best - ALIKE * ground.total
    unit, post = divmod(int(np.argmin(np.where(alike, travel, np.inf))), travel.shape[1])
    return unit, post, float(gain[unit, post])
