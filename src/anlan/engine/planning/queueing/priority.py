"""M/M/c with non-preemptive priorities: the most urgent call is next, then the oldest.

Mean waits: Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954), 70-76.
Distribution: Davis, Operations Research 14 (1966), 133-136; Kella & Yechiali, "Waiting times in the
non-preemptive priority M/M/c queue", Stochastic Models 1 (1985), 257-262. All classes share one service rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from anlan.engine.planning.queueing.erlang import Queue
from anlan.engine.planning.queueing.inversion import euler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class PriorityQueue:
    """`arrivals` of each class, most urgent first; `service` is the mean over all classes;
    `away` as in `Queue`.

    Raises:
        Unstable: the load of all classes is not below servers x (1 - away).
        ValueError: names the field that is out of range.

    """

    servers: int
    arrivals: Sequence[float]
    service: float
    away: float = 0.0

    def __post_init__(self) -> None:
        for row, rate in enumerate(self.arrivals):
            if not rate >= 0:
                raise ValueError(f"arrivals: class {row} must be 0 or more, not {rate}")
        self.queue  # noqa: B018  raises where the load is too great

    @cached_property
    def queue(self) -> Queue:
        """All classes together: who waits at all does not depend on the order of service."""
        return Queue(self.servers, float(sum(self.arrivals)), self.service, self.away)

    @property
    def wait_chance(self) -> float:
        """P(wait > 0), the same in every class."""
        return self.queue.wait_chance

    @cached_property
    def _left(self) -> NDArray[np.float64]:
        """Rate of completions less arrivals of the classes up to k, (K + 1,); the first is of none."""
        return self.servers / self.service - np.concatenate(([0.0], np.cumsum(self.arrivals)))

    @cached_property
    def mean_waits(self) -> NDArray[np.float64]:
        """Mean wait of each class, (K,), those that find a free unit included (Cobham's formula)."""
        full = self.servers / self.service
        waits: NDArray[np.float64] = self.wait_chance * full / (self._left[1:] * self._left[:-1])
        return waits

    def beyond(self, wait: ArrayLike, row: int) -> NDArray[np.float64]:
        """P(wait > `wait`) in class `row`, shape of `wait`; by numerical inversion, good to 1e-7.

        A call that waits stands behind a geometric number of its class and above; each completion, and every
        more urgent call that comes meanwhile, is a stage of rate c/service: W = V + busy periods of the more
        urgent, V exponential with the rate left over by classes up to `row`.
        """
        at = np.asarray(wait, np.float64)
        if row == 0 or not self._left[0] > self._left[row]:
            alone: NDArray[np.float64] = np.exp(-self._left[row + 1] * np.maximum(at, 0.0))
            return self.wait_chance * alone
        late = np.full(at.shape, self.wait_chance)
        some = at > 0
        late[some] *= np.clip(euler(lambda s: self._tail(s, row), at[some]), 0.0, 1.0)
        return late

    def _tail(self, s: NDArray[np.complex128], row: int) -> NDArray[np.complex128]:
        """Transform of P(wait > t) in class `row`, given that it waits."""
        full, urgent, left = self._left[0], self._left[0] - self._left[row], self._left[row + 1]
        both = s + urgent + full
        period = (both - np.sqrt(both * both - 4 * urgent * full)) / (2 * urgent)
        tail: NDArray[np.complex128] = (1.0 - left / (left + s + urgent * (1.0 - period))) / s
        return tail

    def quantile(self, share: float, row: int) -> float:
        """Wait that a share (0-1) of the calls of class `row` does not exceed."""
        late = 1.0 - share
        if self.wait_chance <= late:
            return 0.0
        if late <= 0:
            return inf
        high = max(float(self.mean_waits[row]), 1e-12)
        while self.beyond(high, row) > late:
            high *= 2
        return float(brentq(lambda at: float(self.beyond(at, row)) - late, 0.0, high, xtol=1e-9 * high))
