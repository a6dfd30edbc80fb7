"""What is answered: the cars, what they cover, how good that provably is, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from anlan.engine.planning.posts.request import Model, Rings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.cover import Shares
    from anlan.engine.planning.mip import Status
    from anlan.engine.planning.posts.known import Basis
    from anlan.engine.planning.posts.limits import Relief

Binds = Literal["cars", "alpha", "support", "cap", "sites", "pins", "forbidden", "moves"]
BoundFrom = Literal["program", "relaxation", "earlier"]


@dataclass(frozen=True)
class MinimumForce:
    """Fewest cars, pinned ones included, with which all reachable demand lies in the support ring.

    At least `bound` are needed; the two differ only where time ran out.
    """

    cars: int
    bound: int


@dataclass(frozen=True)
class Shortfall:
    """What the plan leaves open: demand (in its own unit), its share of all demand, and what would help.

    `unreachable`: no candidate site lies within the support ring, whatever the force. `forbidden`: only sites
    that are forbidden do. `support`: reachable, but not with these cars. `alpha`: missing from the share owed
    to the response ring.
    """

    kind: Literal["unreachable", "forbidden", "support", "alpha"]
    demand: float
    share: float
    points: tuple[int, ...] = ()
    relief: Relief | None = None


@dataclass(frozen=True)
class Response:
    """Time of the nearest car, weighted by demand: mean and 90th percentile in seconds.

    Over the share `reached` of demand to which a car has a way; None where that is nothing.
    """

    mean_s: float | None
    p90_s: float | None
    reached: float


@dataclass(frozen=True, eq=False)
class PostPlan:
    """Cars per site (S,), what they cover, how good that provably is, and what stands in the way of better.

    `value` and `bound` are in the model's unit, more is better: demand covered (twice, once, expected) less
    priced shortfalls and moves; for the p-median minus the weighted seconds. `gap` = (bound - value) /
    |bound|. `bound_from` says where the bound comes from: the exact method, a relaxation, or an earlier
    plan whose bound still holds. `expected` is the expected share covered with busy cars (MEXCLP).
    `one_more` and `one_less` are the change with a car more or less while the others stay: of the share
    covered (twice, once, expected), for the p-median of the mean time in seconds. `moved` cars left the plan
    `before`.
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
    model: Model = Model.DOUBLE_STANDARD
    response: Response = field(default=Response(None, None, 0.0))
    expected: float | None = None
    moved: int = 0
    bound_from: BoundFrom = "program"
    basis: Basis | None = None

    @property
    def posts(self) -> NDArray[np.int64]:
        """Sites with at least one car."""
        return np.flatnonzero(self.cars)
