"""M/M/c: Poisson calls, exponential service times, c units, first come first served (Erlang 1917).

Time is in any unit, the same for rates and durations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp, inf, isfinite
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Unstable(ValueError):  # noqa: N818  the field's word
    """More work than the units can do: the queue would grow without end."""


def erlang_b(servers: int, load: float) -> float:
    """Chance that all of `servers` are busy where nobody waits; `load` = arrival rate x service time.

    By the recursion 1/B(n) = 1 + n/load / B(n - 1), which loses no digits at any size.

    Raises:
        ValueError: servers or load is negative, or load is not finite.

    """
    if servers < 0:
        raise ValueError(f"servers: 0 or more, not {servers}")
    if not (load >= 0 and isfinite(load)):
        raise ValueError(f"load: must be finite and 0 or more, not {load}")
    if not load:
        return float(servers == 0)
    inverse = 1.0
    for number in range(1, servers + 1):
        inverse = 1.0 + number / load * inverse
    return 1.0 / inverse


def erlang_c(servers: int, load: float) -> float:
    """Chance that a call must wait.

    Raises:
        Unstable: `load` is not below `servers`.
        ValueError: servers or load is negative.

    """
    blocked = erlang_b(servers, load)
    if load >= servers:
        raise Unstable(f"servers: {servers} cannot do a load of {load:g}; more than {load:g} are needed")
    return blocked / (1.0 - load / servers * (1.0 - blocked))


@dataclass(frozen=True)
class Queue:
    """M/M/c with `servers` units, `arrivals` per unit of time and a mean `service` time.

    `away`: share of its time that a unit spends on activities of its own, which it begins while free and ends
    before it answers a call; they last as long as a call on average, and calls that wait go first.

    Raises:
        Unstable: arrivals x service is not below servers x (1 - away).
        ValueError: names the field that is out of range.

    """

    servers: int
    arrivals: float
    service: float
    away: float = 0.0

    def __post_init__(self) -> None:
        if not (self.service > 0 and isfinite(self.service)):
            raise ValueError(f"service: must be above 0, not {self.service}")
        if not (self.arrivals >= 0 and isfinite(self.arrivals)):
            raise ValueError(f"arrivals: must be 0 or more, not {self.arrivals}")
        if not 0 <= self.away < 1:
            raise ValueError(f"away: from 0 to below 1, not {self.away}")
        if self.load >= self.servers * (1 - self.away):
            least = self.load / (1 - self.away)
            raise Unstable(
                f"servers: {self.servers} cannot do a load of {self.load:g}; more than {least:g} are needed"
            )

    @property
    def load(self) -> float:
        """Offered load: units busy on average (erlangs)."""
        return self.arrivals * self.service

    @property
    def utilisation(self) -> float:
        """Share of time that a unit is busy."""
        return self.load / self.servers

    @cached_property
    def wait_chance(self) -> float:
        """P(wait > 0)."""
        return float(self.busy[-1])

    @property
    def mean_wait(self) -> float:
        """Mean wait of all calls, those that find a free unit included."""
        return self.wait_chance * self.service / (self.servers - self.load)

    def beyond(self, wait: float) -> float:
        """P(wait > `wait`)."""
        if wait < 0:
            return 1.0
        return self.wait_chance * exp(-(self.servers - self.load) * wait / self.service)

    def quantile(self, share: float) -> float:
        """Wait that a share (0-1) of calls does not exceed; inf for 1 where some wait."""
        late = 1.0 - share
        if self.wait_chance <= late:
            return 0.0
        if late <= 0:
            return inf
        return float(np.log(self.wait_chance / late)) * self.service / (self.servers - self.load)

    @cached_property
    def busy(self) -> NDArray[np.float64]:
        """P(i units busy or away), i = 0 to c; the last is the chance that a call must wait.

        A birth-death chain: a free unit begins activities at the rate that makes their share of time `away`.
        """
        free = self.servers - np.arange(self.servers)
        own = self.away * self.servers / (self.servers * (1 - self.away) - self.load)
        with np.errstate(divide="ignore"):
            rise = np.log(self.load + own * free) - np.log(np.arange(1, self.servers + 1))
        logs = np.concatenate(([0.0], np.cumsum(rise)))
        chance = np.exp(logs - logs.max())
        chance[-1] /= 1.0 - self.load / self.servers
        return np.asarray(chance / chance.sum(), np.float64)
