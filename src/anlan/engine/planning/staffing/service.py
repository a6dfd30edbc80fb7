"""What n units give in one beat's shift."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.queueing import PriorityQueue, Unstable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.staffing.travel import Travel

NODES = 120


@dataclass(frozen=True)
class Service:
    """With n units: P(wait), mean waits (K,) and mean travel in seconds, P(urgent late).

    `late`: chance that wait and travel of an urgent call together exceed the limit that was asked about.
    """

    wait_chance: float
    waits_s: tuple[float, ...]
    travel_s: float
    late: float

    @property
    def response_s(self) -> float:
        """Mean response of the most urgent calls."""
        return self.waits_s[0] + self.travel_s


def service(
    units: int,
    rates: Sequence[float],
    service_s: Sequence[float],
    travel: Travel,
    within_s: float,
    away: float = 0.0,
) -> Service:
    """Service by so many units at `rates` (K,) per hour; all infinite where they cannot do the work."""
    total = sum(rates)
    mean_s = float(np.dot(rates, service_s) / total) if total else float(np.mean(service_s))
    try:
        queue = PriorityQueue(units, tuple(rate / 3600 for rate in rates), mean_s, away)
    except Unstable:
        return Service(1.0, (inf,) * len(rates), inf, 1.0)
    busy = queue.queue.busy
    free = units - np.arange(units)
    ride = float(busy[:-1] @ travel.mean(free) + busy[-1] * travel.mean_s[0])
    late = float(busy[:-1] @ travel.late(within_s, free)) + queue.wait_chance * _late_after_wait(
        queue, travel, within_s
    )
    return Service(queue.wait_chance, tuple(map(float, queue.mean_waits)), ride, min(late, 1.0))


def _late_after_wait(queue: PriorityQueue, travel: Travel, within_s: float) -> float:
    """P(wait + travel > limit) of an urgent call that waits; the unit that gets free comes from anywhere."""
    rate = queue.servers / queue.service - queue.arrivals[0]
    node = (np.arange(NODES) + 0.5) / NODES
    # Waits up to the limit at quantiles of equal chance, so that a short wait is not skipped by the grid.
    within = 1.0 - exp(-rate * within_s)
    wait: NDArray[np.float64] = -np.log1p(-node * within) / rate
    return exp(-rate * within_s) + within * float(travel.late_alone(within_s - wait).mean())
