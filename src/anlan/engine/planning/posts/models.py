"""The models by name, each one request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.engine.planning.posts.place import place
from anlan.engine.planning.posts.request import Model, Request, Rings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from anlan.engine.planning.posts.request import Effort
    from anlan.engine.planning.posts.result import PostPlan


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
    """Most demand covered twice, a share `alpha` once, all in the support ring (Gendreau et al. 1997)."""
    rings = Rings(ring_s, support_s, alpha)
    return place(Request(times, demand, cars, Model.DOUBLE_STANDARD, rings, high=cap), effort)


def mclp(
    times: ArrayLike, demand: ArrayLike, cars: int, *, ring_s: float = 300.0, effort: Effort | None = None
) -> PostPlan:
    """Most demand covered once, one car a site (Church & ReVelle 1974)."""
    rings = Rings(ring_s, 2 * ring_s, 0.0)
    return place(Request(times, demand, cars, Model.MCLP, rings, high=1), effort)


def mexclp(
    times: ArrayLike,
    demand: ArrayLike,
    cars: int,
    *,
    busy: ArrayLike | float,
    ring_s: float = 300.0,
    cap: ArrayLike | int = 2,
    effort: Effort | None = None,
) -> PostPlan:
    """Most expected cover when a car is busy with probability `busy` (Daskin 1983)."""
    rings = Rings(ring_s, 2 * ring_s, 0.0)
    return place(Request(times, demand, cars, Model.MEXCLP, rings, high=cap, busy=busy), effort)


def p_median(times: ArrayLike, demand: ArrayLike, cars: int, *, effort: Effort | None = None) -> PostPlan:
    """Least weighted time to the nearest car, one car a site (Hakimi 1964)."""
    return place(Request(times, demand, cars, Model.P_MEDIAN, high=1), effort)
