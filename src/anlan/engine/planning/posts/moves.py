"""What it costs that cars change posts between two shifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Moves:
    """The price of moves between consecutive shifts, in units of the model's value.

    `price` is per car that changes its post or, where `times` (S, S) in seconds between sites are given, per
    second of its way. Cars that go off duty or come on duty do so at any post and do not count. `cyclic`: the
    last shift is followed by the first.

    Raises:
        ValueError: the price is negative, or `times` are not square, finite and 0 or more.

    """

    price: float
    times: ArrayLike | None = None
    cyclic: bool = True

    def __post_init__(self) -> None:
        if not (np.isfinite(self.price) and self.price >= 0):
            raise ValueError(f"price: must be finite and 0 or more, not {self.price}")
        if self.times is not None:
            table = np.asarray(self.times, np.float64)
            square = table.ndim == 2 and table.shape[0] == table.shape[1]
            if not square or not np.isfinite(table).all() or (table < 0).any():
                raise ValueError("times: between sites, square, finite and 0 or more")
            object.__setattr__(self, "times", table)

    def costs(self, sites: int) -> NDArray[np.float64]:
        """Price of a car's move from each site to each, (S, S)."""
        if self.times is None:
            return self.price * (1 - np.eye(sites))
        table = np.asarray(self.times, np.float64)
        if len(table) != sites:
            raise ValueError(f"times: between {sites} sites, not {len(table)}")
        return self.price * table * (1 - np.eye(sites))

    def pairs(self, shifts: int) -> list[tuple[int, int]]:
        """Shifts that follow each other."""
        following = [(shift, shift + 1) for shift in range(shifts - 1)]
        return [*following, (shifts - 1, 0)] if self.cyclic and shifts > 1 else following


def matched(
    costs: NDArray[np.float64], before: NDArray[np.int64], after: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cheapest way from one plan to the next, car by car: its site before and after.

    Where the numbers differ, as many cars as there are in the smaller plan.
    """
    # A car that stays is free, and with a detour never shorter than the way itself it may always stay.
    stay = np.minimum(before, after)
    leave = np.repeat(np.arange(len(before)), before - stay)
    come = np.repeat(np.arange(len(after)), after - stay)
    rows, columns = linear_sum_assignment(costs[np.ix_(leave, come)])
    kept = np.repeat(np.arange(len(stay)), stay)
    return np.concatenate((kept, leave[rows])), np.concatenate((kept, come[columns]))


def cost(costs: NDArray[np.float64], before: NDArray[np.int64], after: NDArray[np.int64]) -> float:
    """What the cheapest way from one plan to the next costs."""
    leave, come = matched(costs, before, after)
    return float(costs[leave, come].sum())


def moved(before: NDArray[np.int64], after: NDArray[np.int64]) -> int:
    """Cars that change their post from one plan to the next; those that go off duty do not count."""
    fewer = max(0, int(before.sum()) - int(after.sum()))
    return int(np.maximum(before - after, 0).sum()) - fewer


def shortest(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same where a way over other sites may be cheaper (Floyd & Warshall): no detour is shorter."""
    closed = costs.copy()
    for via in range(len(costs)):
        closed = np.minimum(closed, closed[:, via, None] + closed[None, via])
    return closed


def least(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least that a car pays for leaving each site, (S,): the count's price, a bound for ways by time."""
    if len(costs) == 1:
        return np.zeros(1)
    elsewhere: NDArray[np.float64] = (costs + np.where(np.eye(len(costs)) > 0, np.inf, 0.0)).min(axis=1)
    return elsewhere


def neighbours_worth(
    own: NDArray[np.float64],
    price: NDArray[np.float64],
    before: NDArray[np.int64] | None,
    after: NDArray[np.int64] | None,
) -> NDArray[np.float64]:
    """Worth of 0..C cars at each site, (S, C + 1), with the moves from and to the neighbouring plans."""
    worth = own.copy()
    count = np.arange(own.shape[1])
    if before is not None:
        worth -= price[:, None] * np.maximum(before[:, None] - count, 0)
    if after is not None:
        worth -= price[:, None] * np.maximum(count - after[:, None], 0)
    return worth
