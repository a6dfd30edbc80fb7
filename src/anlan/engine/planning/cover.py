"""What a choice of posts covers: the counts that every covering model is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Cover:
    """Which of S sites reach which of D demand points: `ring`, `support` (D, S) 0/1; `demand` (D,)."""

    ring: csc_array
    support: csc_array
    demand: NDArray[np.float64]

    @property
    def sites(self) -> int:
        """Number of candidate sites."""
        return int(self.ring.shape[1])

    @property
    def total(self) -> float:
        """All demand together."""
        return float(self.demand.sum())

    def merged(self) -> Cover:
        """The same with demand points that the same sites reach put together."""
        table = np.hstack((self.ring.toarray() > 0, self.support.toarray() > 0))
        packed = np.packbits(table, axis=1)
        _, first, inverse = np.unique(packed, axis=0, return_index=True, return_inverse=True)
        weight = np.bincount(inverse.ravel(), self.demand, len(first))
        return Cover(csc_array(self.ring[first]), csc_array(self.support[first]), weight)


def cover(times: ArrayLike, demand: ArrayLike, ring_s: float, support_s: float) -> Cover:
    """Cover by travel times (S, D) in seconds, inf where there is no way."""
    reached = np.asarray(times).T
    return Cover(
        csc_array((reached <= ring_s).astype(np.float64)),
        csc_array((reached <= support_s).astype(np.float64)),
        np.asarray(demand, np.float64),
    )


@dataclass(frozen=True)
class Shares:
    """Share of demand (0-1) within the response ring of one car, of two; the support ring of one, of two."""

    ring: float
    ring_twice: float
    support: float
    support_twice: float


def shares(of: Cover, cars: NDArray[np.int64]) -> Shares:
    """What cars at the sites, (S,), cover."""
    total = of.total or 1.0

    def share(reach: csc_array, times: int) -> float:
        return float(of.demand[reach @ cars >= times].sum() / total)

    return Shares(share(of.ring, 1), share(of.ring, 2), share(of.support, 1), share(of.support, 2))


@dataclass(frozen=True)
class Prices:
    """The objective: demand covered twice, less the price of what is short.

    One unit of demand left outside the support ring costs `support` units of double cover; one unit missing
    from the demand that the response ring is `required` to cover costs `alpha`.
    """

    required: float
    support: float = 100.0
    alpha: float = 10.0

    def value(self, of: Cover, cars: NDArray[np.int64]) -> float:
        """The objective of the double standard model with priced shortfalls."""
        ring, support = of.ring @ cars, of.support @ cars
        below = max(0.0, self.required - float(of.demand[ring >= 1].sum()))
        twice = float(of.demand[ring >= 2].sum())
        return twice - self.alpha * below - self.support * float(of.demand[support < 1].sum())
