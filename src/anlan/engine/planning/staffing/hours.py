"""PCAM's question in one call: so many car-hours a day over all beats and shifts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.staffing.allocate import allocate, equal_service
from anlan.engine.planning.staffing.need import Reached, reached
from anlan.engine.planning.staffing.targets import Targets, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.engine.planning.staffing.travel import Travel
    from anlan.engine.planning.staffing.work import Work


class Aim(StrEnum):
    """Least weighted delay of all calls, or the worst beat's urgent response as good as it can be."""

    DELAY = "delay"
    EQUAL = "equal"


@dataclass(frozen=True)
class HoursCell:
    """One beat's shift: its units and what they reach at the demand planned for."""

    beat: str
    shift: str
    units: int
    reached: Reached


@dataclass(frozen=True)
class HoursPlan:
    """Car-hours given and used; `delay_s`: mean weighted delay a call, `bound_s` what no spread is below.

    `worst_s`: the worst beat's mean urgent response. `one_more`: change of `delay_s` with a unit more where
    it helps most. `method`: see `Allocation`.
    """

    aim: str
    hours: float
    used: float
    delay_s: float
    bound_s: float
    gap: float
    worst_s: float
    one_more: float
    method: str
    cells: list[HoursCell]


def share_hours(
    work: Work,
    travel: Travel | Sequence[Travel],
    hours: float,
    targets: Targets | None = None,
    *,
    aim: Aim = Aim.DELAY,
    weight: Sequence[float] = (),
    most: int = 20,
) -> HoursPlan:
    """Spread `hours` car-hours of a day; `weight` (K,) is what a second of delay of each priority counts.

    Raises:
        ValueError: the hours are too few for a finite delay everywhere; the message says how many are needed.

    """
    targets = targets or Targets()
    found = tables(work, travel, targets, most=most, weight=weight)
    shape = found.delay.shape
    counts = np.asarray(weight or np.ones(len(work.service_s)), np.float64)
    calls = np.tensordot(counts, work.rates(targets.plan_for) * work.hours, 1)[..., None]
    quiet = np.maximum(calls, 1e-9)
    cost = (quiet * found.delay).reshape(-1, shape[2])
    each = np.broadcast_to(work.hours, shape[:2]).ravel()
    response = found.measures["response"].reshape(-1, shape[2])
    if aim is Aim.EQUAL:
        chosen, _ = equal_service(response, cost, each, hours, targets.least)
    else:
        chosen = allocate(cost, each, hours, targets.least)
    rows = np.arange(len(cost))
    total = float(quiet.sum())
    more = np.minimum(chosen.units + 1, shape[2] - 1)
    units = chosen.units.reshape(shape[:2])
    given = reached(work, travel, targets, units, targets.plan_for)
    return HoursPlan(
        aim.value,
        float(hours),
        chosen.hours,
        chosen.value / total,
        chosen.bound / total,
        chosen.gap,
        float(response[rows, chosen.units].max()),
        float((cost[rows, more] - cost[rows, chosen.units]).min()) / total,
        chosen.method,
        [
            HoursCell(beat, shift.code, int(units[b, s]), given[b][s])
            for b, beat in enumerate(work.beats)
            for s, shift in enumerate(work.shifts)
        ],
    )
