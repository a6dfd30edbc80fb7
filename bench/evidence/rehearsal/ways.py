"""Whether the lever of a plan is real: recorded engine runs of held-out weeks by the way that they had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.rehearsal.fit.learn import all_ways

if TYPE_CHECKING:
    from anlan.engine.planning.rehearsal.fit import Learned
    from bench.evidence.rehearsal.record import City

PARTS = 6
LONGEST_S = 1200.0


@dataclass(frozen=True)
class Sixth:
    """A sixth of the runs: mean way on the map in s, mean recorded drive, mean drive as learned."""

    runs: int
    way_s: float
    recorded_s: float
    learned_s: float


def sixths(city: City, learned: Learned) -> list[Sixth]:
    """Urgent first orders of engines, by the way from the inferred home."""
    held, engine = city.held_out, city.kind("ENGINE")
    way = all_ways(city.ways, learned.homes, city.station)[held.unit, held.place]
    took = held.arrived_s - held.left_s
    rows = np.flatnonzero(
        (held.kind == engine) & (held.priority == 1) & (held.sent_s == held.first_sent)
        & np.isfinite(way) & (took >= 0) & (took <= LONGEST_S)
    )  # fmt: skip
    pace = np.array([learned.pace.get(engine, sort).mean() for sort in held.sort[rows]])
    said = pace * learned.factor[held.hour_class[rows]] * (learned.homes.fixed_s + way[rows])
    order = np.argsort(way[rows], kind="stable")
    return [
        Sixth(len(part), *(float(of[part].mean()) for of in (way[rows], took[rows], said)))
        for part in np.array_split(order, PARTS)
    ]
