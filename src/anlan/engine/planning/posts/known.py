"""Whether the bound of an earlier plan still holds after a planner's edits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.request import Request


@dataclass(frozen=True, eq=False)
class Basis:
    """What a bound rests on: a digest of the question, and the freedom there was.

    `hard`: the support ring was a constraint, not a price. `reachable`: points that allowed sites reach.
    """

    digest: str
    cars: int
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    before: NDArray[np.int64] | None
    move_price: float
    hard: bool
    reachable: int

    def holds_for(self, later: Basis) -> bool:
        """Whether every plan of `later` was possible here too and was worth at least as much.

        More pins, more forbidden sites and fewer cars only take freedom away; a price on moves only takes
        worth away. A car more never makes a plan worth less, but must have found room here.
        """
        same = self.digest == later.digest and self.reachable == later.reachable
        room = self.cars == later.cars or (later.cars <= self.cars <= int(self.high.sum()))
        inside = bool((self.low <= later.low).all() and (self.high >= later.high).all())
        return same and room and inside and (later.hard or not self.hard) and self._cheaper(later)

    def _cheaper(self, later: Basis) -> bool:
        if self.move_price == 0 or self.before is None:
            return True
        same = later.before is not None and np.array_equal(self.before, later.before)
        return same and later.move_price >= self.move_price and self.cars == later.cars


def basis(request: Request, *, hard: bool, reachable: int) -> Basis:
    """The basis of a request's bound."""
    low, high = request.limits
    digest = hashlib.sha256(f"{request.model} {request.rings} {request.support_owed}".encode())
    digest.update(f"{request.beyond_s}".encode())
    for array in (request.table, request.weight, np.asarray(request.busy)):
        digest.update(np.ascontiguousarray(array).tobytes())
    before = None if request.before is None else np.asarray(request.before)
    return Basis(digest.hexdigest(), request.cars, low, high, before, request.move_price, hard, reachable)
