"""What is asked: which model, where cars may wait, what is pinned, and how hard to try."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.posts.limits import checked_limits

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Model(StrEnum):
    """What a plan is worth.

    `double_standard`: demand with two cars in the response ring, a share alpha of it owed one (Gendreau,
    Laporte & Semet 1997). `mclp`: demand with one car in the response ring (Church & ReVelle 1974).
    `mexclp`: the same where a car is busy with probability `busy` (Daskin 1983). `p_median`: the least
    weighted seconds to the nearest car (Hakimi 1964).
    """

    DOUBLE_STANDARD = "double_standard"
    MCLP = "mclp"
    MEXCLP = "mexclp"
    P_MEDIAN = "p_median"


@dataclass(frozen=True)
class Effort:
    """How hard to try.

    `kicks` is how often the search starts anew from a shaken plan. `prove` False leaves it at the search and
    a bound that costs a fraction of a second. The search takes at most a third of `time_limit_s`; where that
    comes before `kicks`, results may differ from run to run.

    Raises:
        ValueError: names the parameter that is out of range.

    """

    time_limit_s: float = 30.0
    gap: float = 0.001
    kicks: int = 2000
    seed: int = 0
    prove: bool = True

    def __post_init__(self) -> None:
        if not self.time_limit_s > 0:
            raise ValueError(f"time_limit_s: must be above 0, not {self.time_limit_s}")
        if not 0 <= self.gap < 1:
            raise ValueError(f"gap: must be from 0 to below 1, not {self.gap}")
        if self.kicks < 0:
            raise ValueError(f"kicks: must be 0 or more, not {self.kicks}")


INTERACTIVE = Effort(time_limit_s=2.0, kicks=400, prove=False)


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


@dataclass(frozen=True, eq=False)
class Request:
    """Where `cars` should wait: travel times (S, D) in seconds, inf where there is no way; demand (D,).

    `low` and `high`, one number or (S,), are the fewest and the most cars at a site: a pin is a `low`, a
    forbidden site a `high` of 0. `start` (S,) is a plan to begin from. `before` (S,) is the plan in force:
    each car moved away from it costs `move_price`, in units of the model's value; cars withdrawn because
    there are fewer now are not moved. `busy` is the busy probability of MEXCLP, one number or (S,).
    `support_owed` says whether the support ring is a duty; None leaves it to the model: yes for the double
    standard, no for the others. `beyond_s` are the seconds that the p-median counts where no car can come;
    None: twice the longest time in `times`. More cars than all `high` together: the rest stays unplaced.

    Raises:
        ContradictionError: `low`, `high` and `cars` leave no plan; it says why and what would help.
        ValueError: names the argument that is out of range or of the wrong shape.

    """

    times: ArrayLike
    demand: ArrayLike
    cars: int
    model: Model = Model.DOUBLE_STANDARD
    rings: Rings = field(default=Rings())
    low: ArrayLike | int = 0
    high: ArrayLike | int = 2
    busy: ArrayLike | float = 0.3
    start: ArrayLike | None = None
    before: ArrayLike | None = None
    move_price: float = 0.0
    support_owed: bool | None = None
    beyond_s: float | None = None

    def __post_init__(self) -> None:
        table, weight = _times(self.times), np.asarray(self.demand, np.float64)
        _check_demand(weight, table.shape[1])
        if self.cars < 1:
            raise ValueError(f"cars: at least 1, not {self.cars}")
        low, high = checked_limits(self.low, self.high, self.cars, table, weight, self.rings)
        busy = _per_site("busy", self.busy, table.shape[0])
        if not ((busy >= 0) & (busy < 1)).all():
            raise ValueError("busy: must be from 0 to below 1")
        if not (np.isfinite(self.move_price) and self.move_price >= 0):
            raise ValueError(f"move_price: must be finite and 0 or more, not {self.move_price}")
        if self.move_price > 0 and self.before is None:
            raise ValueError("move_price: needs the plan `before`")
        if self.support_owed and self.model is Model.P_MEDIAN:
            raise ValueError("support_owed: the p-median has no support ring; its duty is the mean time")
        values = {"times": table, "demand": weight, "low": low, "high": high, "busy": busy,
                  "start": _plan("start", self.start, table.shape[0]),
                  "before": _plan("before", self.before, table.shape[0]),
                  "support_owed": _owed(self.support_owed, self.model),
                  "beyond_s": _beyond(self.beyond_s, table)}  # fmt: skip
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def table(self) -> NDArray[np.float64]:
        """Travel times (S, D) in seconds."""
        return self.times  # type: ignore[return-value]

    @property
    def weight(self) -> NDArray[np.float64]:
        """Demand (D,)."""
        return self.demand  # type: ignore[return-value]

    @property
    def limits(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Fewest and most cars per site, each (S,)."""
        return self.low, self.high  # type: ignore[return-value]

    @property
    def placed(self) -> int:
        """Cars that can be placed: all, unless the sites take fewer."""
        return min(self.cars, int(self.limits[1].sum()))

    @property
    def required(self) -> float:
        """Demand owed to the response ring; 0 where the model owes none."""
        return self.rings.alpha * float(self.weight.sum()) if self.model is Model.DOUBLE_STANDARD else 0.0


def _times(times: ArrayLike) -> NDArray[np.float64]:
    table = np.asarray(times, np.float64)
    if table.ndim != 2 or not table.size:
        raise ValueError(f"times: expected (sites, demand points), both at least 1, not {table.shape}")
    if np.isnan(table).any() or (table < 0).any():
        raise ValueError("times: must be 0 or more (inf where there is no way)")
    return table


def _check_demand(weight: NDArray[np.float64], points: int) -> None:
    if weight.shape != (points,):
        raise ValueError(f"demand: expected {points} weights, not shape {weight.shape}")
    good = np.isfinite(weight) & (weight >= 0)
    if not good.all():
        raise ValueError(f"demand: weight {int(np.argmin(good))} must be finite and 0 or more")


def _per_site(name: str, value: ArrayLike, sites: int) -> NDArray[np.float64]:
    given = np.asarray(value, np.float64)
    if given.shape not in {(), (sites,)}:
        raise ValueError(f"{name}: expected one number or {sites}, not shape {given.shape}")
    return np.broadcast_to(given, (sites,)).copy()


def _plan(name: str, cars: ArrayLike | None, sites: int) -> NDArray[np.int64] | None:
    if cars is None:
        return None
    given = np.asarray(cars, np.int64)
    if given.shape != (sites,) or (given < 0).any():
        raise ValueError(f"{name}: expected cars, 0 or more, at {sites} sites")
    return given


def _owed(owed: bool | None, model: Model) -> bool:
    return model is Model.DOUBLE_STANDARD if owed is None else owed


def _beyond(beyond_s: float | None, table: NDArray[np.float64]) -> float:
    longest = float(table[np.isfinite(table)].max(initial=0.0))
    if beyond_s is None:
        return 2 * longest if longest else 1.0
    if not (np.isfinite(beyond_s) and beyond_s >= longest):
        raise ValueError(
            f"beyond_s: must be finite and at least the longest time {longest:g}, not {beyond_s}"
        )
    return float(beyond_s)
