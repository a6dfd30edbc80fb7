"""The fewest units per beat and shift that meet every target, and which target asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.staffing.service import service
from anlan.engine.planning.staffing.targets import SLACK, Tables, Targets, tables, travel_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.staffing.travel import Travel
    from anlan.engine.planning.staffing.work import Work

LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True)
class Reached:
    """What a number of units gives: P(wait), mean urgent response, P(urgent late), busy and visible shares.

    `response_s` is None where the units cannot do the work.
    """

    wait_chance: float
    response_s: float | None
    late: float
    busy: float
    visible: float


@dataclass(frozen=True)
class CellNeed:
    """One beat's shift: the fewest `units`, what each target alone needs, and what they reach.

    `binds` are the targets that need them all: "wait", "response", "late", "taken" (visible patrol),
    "least" or "stable" (the work must be done). `unmet` are targets that no number of units up to the table's
    end meets: they are left out. `reached` at the demand planned for; `low`, `high` at its 10 % and 90 %
    quantiles.
    """

    beat: str
    shift: str
    calls: float
    load: float
    units: int
    needs: dict[str, int | None]
    binds: list[str]
    unmet: list[str]
    reached: Reached
    low: Reached
    high: Reached


def minimum(
    work: Work, travel: Travel | Sequence[Travel], targets: Targets | None = None, *, most: int = 20
) -> list[CellNeed]:
    """The fewest units of every beat's shift, beats outer, shifts inner; see `tables` for the arguments."""
    targets = targets or Targets()
    found = tables(work, travel, targets, most=most)
    return cells(work, travel, targets, needs(found, targets.limits()))


def needs(found: Tables, limits: Mapping[str, float]) -> dict[str, NDArray[np.int64]]:
    """Fewest units by target, each (B, S); -1 where the table's most do not meet it."""
    least = {}
    for name, limit in limits.items():
        good = found.measures[name] <= limit * (1 + SLACK)
        least[name] = np.where(good.any(axis=2), good.argmax(axis=2), -1)
    # The work must be done, whatever targets are left out.
    least["stable"] = np.isfinite(found.delay).argmax(axis=2)
    return least


def units_of(least: Mapping[str, NDArray[np.int64]], floor: int) -> NDArray[np.int64]:
    """Units that meet all that can be met, (B, S)."""
    return np.maximum(np.max(np.stack(list(least.values())), axis=0), floor)


def cells(
    work: Work,
    travel: Travel | Sequence[Travel],
    targets: Targets,
    least: Mapping[str, NDArray[np.int64]],
) -> list[CellNeed]:
    """Put the needs into words of data."""
    units = units_of(least, targets.least)
    plan, low, high = (
        reached(work, travel, targets, units, level) for level in (targets.plan_for, LOW, HIGH)
    )
    load = np.tensordot(np.asarray(work.service_s) / 3600, work.rates(targets.plan_for), 1)
    return [
        CellNeed(
            beat,
            shift.code,
            float(work.calls[:, b, s].sum()),
            float(load[b, s]),
            int(units[b, s]),
            {name: int(rows[b, s]) if rows[b, s] >= 0 else None for name, rows in least.items()},
            _binds(least, targets.least, b, s),
            [name for name, rows in least.items() if rows[b, s] < 0],
            plan[b][s],
            low[b][s],
            high[b][s],
        )
        for b, beat in enumerate(work.beats)
        for s, shift in enumerate(work.shifts)
    ]


def _binds(least: Mapping[str, NDArray[np.int64]], floor: int, b: int, s: int) -> list[str]:
    most = max(floor, *(int(rows[b, s]) for rows in least.values()))
    named = [name for name, rows in least.items() if rows[b, s] == most and name != "stable"]
    # Doing the work at all binds only where nothing that was asked does.
    return named or ["least" if floor == most else "stable"]


def reached(
    work: Work,
    travel: Travel | Sequence[Travel],
    targets: Targets,
    units: NDArray[np.int64],
    level: float | None,
) -> list[list[Reached]]:
    """What `units` (B, S) give at a quantile of the demand."""
    rates = work.rates(level)
    curves = travel_of(travel, len(work.beats))
    return [
        [
            _reached(work, rates[:, b, s], curves[b], targets.within_s, int(units[b, s]))
            for s in range(rates.shape[2])
        ]
        for b in range(rates.shape[1])
    ]


def _reached(work: Work, rates: NDArray[np.float64], curve: Travel, within_s: float, units: int) -> Reached:
    given = service(units, rates.tolist(), work.service_s, curve, within_s, work.away)
    load = float(rates @ work.service_s) / 3600
    busy = min(load / units, 1.0 - work.away) if units else 1.0
    response = given.response_s if np.isfinite(given.response_s) else None
    visible = max(1.0 - work.away - load / units, 0.0) if units else 0.0
    return Reached(given.wait_chance, response, given.late, busy, visible)
