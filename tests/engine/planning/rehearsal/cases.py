"""Made-up counties for the tests of the rehearsal."""

from __future__ import annotations

import numpy as np

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.rehearsal.model import Calls, Force, Rules, Setup, Travel, Zones

UNTIL_S = 20_000.0


def plane(random: np.random.Generator, places: int, classes: int = 2, *, walls: bool = False) -> Travel:
    """Places in a plane, slower in the second hour class; behind walls, one place that nobody reaches."""
    at = random.uniform(0, 600, (places, 2))
    seconds = np.hypot(*(at[:, None] - at[None]).T).T
    table = np.stack([seconds * (1 + 0.3 * row) for row in range(classes)])
    if walls:
        table[:, :, 0] = np.inf
        table[:, 0, 0] = 0.0
    return Travel(table.astype(np.float32), np.array([0, 1, 1]) % classes)


def windows(random: np.random.Generator, units: int, places: int) -> Force:
    """Three windows a unit, some of them without a break between."""
    rows = []
    for unit in range(units):
        begin = random.uniform(0, 2000)
        for _ in range(3):
            end = begin + random.uniform(1000, 8000)
            rows.append((unit, begin, end, random.integers(places)))
            begin = end if random.random() < 0.5 else end + random.uniform(10, 3000)
    unit, start, end, post = np.array(rows).T
    return Force(
        [f"A-{number}" for number in range(units)], unit.astype(np.int64), start, end,
        post.astype(np.int64), random.integers(0, 4, units),
    )  # fmt: skip


def some_calls(random: np.random.Generator, count: int, places: int, *, called_off: bool = True) -> Calls:
    """Calls of every sort: several units, skills, delays, luck, some called off or ending elsewhere."""
    units = random.integers(1, 4, count)
    slots = int(units.sum())
    off = (random.random(slots) < 0.2) & called_off
    return Calls.of(
        UNTIL_S, np.sort(random.uniform(0, UNTIL_S, count)), random.integers(0, places, count),
        priority=random.integers(1, 4, count), beat=random.integers(0, 3, count), units=units,
        delay_s=random.uniform(0, 200, count), needs=np.bitwise_and(*random.integers(0, 4, (2, slots))),
        turnout_s=random.uniform(0, 100, slots), pace=random.uniform(0.5, 2, slots),
        service_s=random.exponential(random.choice([300, 1500]), slots),
        cancel_s=np.where(off, random.uniform(10, 600, slots), np.inf),
        end=np.where(random.random(slots) < 0.2, random.integers(0, places, slots), -1),
    )  # fmt: skip


def county(seed: int) -> tuple[Setup, Calls, Travel, Zones]:
    """A county with everything in it, by chance."""
    random = np.random.default_rng(seed)
    places, units, calls = 12, int(random.integers(1, 6)), int(random.integers(1, 60))
    rules = Rules(
        Policy(int(random.integers(3))), ring_s=float(random.uniform(100, 500)),
        preempt=bool(random.random() < 0.5), move_up=bool(random.random() < 0.4),
        rolling=float(random.choice([0, 0.5])),
    )  # fmt: skip
    zones = Zones(random.integers(0, places, 6), random.uniform(0.1, 1, 6), int(random.integers(0, 2)))
    travel = plane(random, places, walls=bool(random.random() < 0.2))
    return (
        Setup(windows(random, units, places), rules),
        some_calls(random, calls, places),
        travel,
        zones,
    )
