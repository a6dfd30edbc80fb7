"""A made-up town whose record of runs is known to the second, for the tests of what is learned from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.rehearsal.fit import Record, Ways
from anlan.engine.planning.rehearsal.model import DAY_S, Calls, Setup, Travel, standing
from anlan.engine.planning.rehearsal.simulate import simulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE, STEP_S = 15, 25.0
HOMES = np.array([32, 41, 112, 183, 192])
CAR, AMBULANCE = 0, 1
FIXED_S, DAYS, PER_DAY = 40.0, 150, 24
CLASSES = np.repeat([0, 1, 0], (8, 8, 8))
SLOWER = 1.25
AT = np.stack(np.divmod(np.arange(SIDE * SIDE), SIDE), axis=1)
CENTRE = np.exp(-((AT - SIDE // 2) ** 2).sum(axis=1) / 20)
CENTRE /= CENTRE.sum()


@dataclass(frozen=True, eq=False)
class Town:
    """Five cars with a home each and three ambulances without, and what they did."""

    record: Record
    ways: Ways
    station: NDArray[np.int64]


def town(seed: int = 0, grain_s: float = 60.0, homes: NDArray[np.int64] = HOMES) -> Town:
    """A square of streets, most calls in its centre; cars wait at `homes`, ambulances are anywhere."""
    random = np.random.default_rng(seed)
    seconds = (STEP_S * np.abs(AT[:, None] - AT).sum(axis=2)).astype(np.float32)
    nowhere = len(seconds)
    table = np.full((2, nowhere + 1, nowhere + 1), 1000.0)
    table[:, :nowhere, :nowhere] = (FIXED_S + seconds) * np.array([1, SLOWER])[:, None, None]
    table[:, :, nowhere] = 0.0
    travel = Travel(table.astype(np.float32), CLASSES)
    calls = _calls(random, nowhere)
    skills = np.left_shift(1, [CAR] * len(homes) + [AMBULANCE] * 3)
    posts = np.append(homes, [nowhere] * 3)
    run = simulate(Setup(standing(posts, calls.until_s + DAY_S, skills=skills)), calls, travel)
    return Town(
        _recorded(run, grain_s), Ways(seconds, seconds, seconds), np.append(np.arange(len(homes)), [-1] * 3)
    )


def _calls(random: np.random.Generator, nowhere: int) -> Calls:
    """Every call asks for a car; every second one, less urgent, for an ambulance too."""
    count = DAYS * PER_DAY
    both = np.arange(count) % 2
    units = 1 + both
    call = np.repeat(np.arange(count), units)
    ambulance = np.append(False, call[1:] == call[:-1])
    slots = len(call)
    return Calls.of(
        DAYS * DAY_S, np.sort(random.uniform(0, DAYS * DAY_S, count)),
        random.choice(nowhere, count, p=CENTRE),
        priority=1 + both, units=units, delay_s=random.uniform(30, 120, count),
        needs=np.left_shift(1, np.where(ambulance, AMBULANCE, CAR)),
        turnout_s=np.where(ambulance, 0.0, random.uniform(30, 90, slots)),
        pace=np.where(ambulance, random.gamma(9, 1 / 15, slots), random.lognormal(0.1, 0.2, slots)),
        service_s=random.exponential(900, slots), end=np.where(ambulance, nowhere, -1),
    )  # fmt: skip


def _recorded(run, grain_s: float) -> Record:
    """The run as a record with that grain holds it."""
    calls = run.calls
    call = calls.call
    kind = np.where(calls.needs == 1 << AMBULANCE, AMBULANCE, CAR)
    left = run.sent_s + calls.turnout_s
    times = (calls.time_s[call], run.sent_s, left, run.arrived_s, run.freed_s)
    hour_class = CLASSES[(run.sent_s // 3600).astype(np.int64) % 24]
    columns = (call, run.unit, kind, calls.place[call], calls.priority[call], hour_class)
    return Record(*columns, *(np.floor(one / grain_s) * grain_s for one in times), grain_s)
