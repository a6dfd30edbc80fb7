"""Bounds of cars per site, and what to answer where they contradict each other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.planning.posts.request import Rings

Cause = Literal["pins_exceed_cars", "pins_exceed_room", "all_forbidden"]


@dataclass(frozen=True)
class Relief:
    """The smallest change that helps.

    `kind` names what to change: "cars" to `amount` cars; "unpin" `amount` pinned cars in all, at any of
    `sites`; "high" of `sites` to `amount`; "allow" all of `sites`; "support_s" to `amount` seconds; "alpha"
    to `amount`; "site": a new candidate site is needed near `points`.
    """

    kind: Literal["cars", "unpin", "high", "allow", "support_s", "alpha", "site"]
    amount: float | None = None
    sites: tuple[int, ...] = ()
    points: tuple[int, ...] = ()


class ContradictionError(ValueError):
    """`low`, `high` and `cars` leave no plan.

    `code`: "pins_exceed_cars", "pins_exceed_room" (`low` above `high` at `sites`), "all_forbidden". `figures`
    are the numbers that clash, `reliefs` the smallest changes that help: any one of them is enough.
    """

    def __init__(
        self, code: Cause, figures: dict[str, int], sites: tuple[int, ...], reliefs: tuple[Relief, ...]
    ) -> None:
        self.code, self.figures, self.sites, self.reliefs = code, figures, sites, reliefs
        told = ", ".join(f"{name} {number}" for name, number in figures.items())
        super().__init__(f"{code}: {told}; relief: {', '.join(relief.kind for relief in reliefs)}")

    def plain(self) -> dict[str, object]:
        """The cause as plain data."""
        return {
            "code": self.code,
            "figures": self.figures,
            "sites": list(self.sites),
            "reliefs": [asdict(relief) for relief in self.reliefs],
        }


def checked_limits(
    low: ArrayLike,
    high: ArrayLike,
    cars: int,
    times: NDArray[np.float64],
    demand: NDArray[np.float64],
    rings: Rings,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fewest and most cars per site, (S,) each.

    Raises:
        ContradictionError: no plan keeps them.
        ValueError: not whole numbers of 0 or more, one or one a site.

    """
    fewest, most = _cars("low", low, len(times)), _cars("high", high, len(times))
    over = np.flatnonzero(fewest > most)
    if len(over):
        raise _over_room(fewest, most, over)
    if not most.any():
        raise _all_forbidden(times, demand, rings)
    if fewest.sum() > cars:
        raise _too_many_pins(fewest, cars)
    return fewest, most


def _cars(name: str, value: ArrayLike, sites: int) -> NDArray[np.int64]:
    given = np.asarray(value)
    if given.shape not in {(), (sites,)}:
        raise ValueError(f"{name}: expected one number or {sites}, not shape {given.shape}")
    whole = given.astype(np.int64)
    if (whole != given).any() or (whole < 0).any():
        raise ValueError(f"{name}: cars per site must be whole and 0 or more")
    return np.broadcast_to(whole, (sites,)).copy()


def _over_room(
    low: NDArray[np.int64], high: NDArray[np.int64], over: NDArray[np.int64]
) -> ContradictionError:
    sites = tuple(map(int, over))
    excess = int((low - high)[over].sum())
    figures = {"pinned": int(low[over].sum()), "room": int(high[over].sum())}
    reliefs = (
        Relief("high", float(low[over].max()), sites),
        Relief("unpin", float(excess), sites),
    )
    return ContradictionError("pins_exceed_room", figures, sites, reliefs)


def _too_many_pins(low: NDArray[np.int64], cars: int) -> ContradictionError:
    pinned, sites = int(low.sum()), tuple(map(int, np.flatnonzero(low)))
    reliefs = (Relief("cars", float(pinned)), Relief("unpin", float(pinned - cars), sites))
    return ContradictionError("pins_exceed_cars", {"pinned": pinned, "cars": cars}, sites, reliefs)


def _all_forbidden(
    times: NDArray[np.float64], demand: NDArray[np.float64], rings: Rings
) -> ContradictionError:
    """One site is enough to have a plan: the one that has most demand in its rings."""
    reach = (times <= rings.ring_s) @ demand + 1e-3 * ((times <= rings.support_s) @ demand)
    best = int(np.argmax(reach))
    reliefs = (Relief("allow", None, (best,)),)
    return ContradictionError("all_forbidden", {"sites": len(times)}, (), reliefs)
