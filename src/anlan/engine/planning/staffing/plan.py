"""The staffing of a day in one call: need, who is out by the levels, surplus and lack, what gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.staffing.levels import EVEN, LevelUnits, level_units
from anlan.engine.planning.staffing.need import CellNeed, Reached, cells, needs, reached, units_of
from anlan.engine.planning.staffing.shortfall import Relaxation, relaxations, shortfall_prices, spread
from anlan.engine.planning.staffing.targets import PRICES, SLACK, Tables, Targets, tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.force import BeatForce
    from anlan.engine.planning.staffing.travel import Travel
    from anlan.engine.planning.staffing.work import Work


class Rule(StrEnum):
    """Who is out.

    "need": units as needed, whatever the force. "own": each beat's own units by its level. "lend": a shift's
    units lent between beats. "hold": lent, but what no target needs is held in reserve.
    """

    NEED = "need"
    OWN = "own"
    LEND = "lend"
    HOLD = "hold"


@dataclass(frozen=True)
class Force:
    """Who there is: force per beat by colour, people in a unit, shares of the day's people per shift."""

    beats: Sequence[BeatForce]
    crew: int = 2
    shares: Sequence[float] = EVEN


@dataclass(frozen=True)
class StaffedCell:
    """One beat's shift: people on patrol by the level, units out, against the need.

    `own`: crews of the beat itself. `short`: what misses its limit, as a share of the limit. `price`: what
    that costs. `reached`, `low`, `high`: at the demand planned for, its 10 % and its 90 % quantile.
    """

    beat: str
    shift: str
    colour: str
    people: int
    own: int
    out: int
    need: int
    surplus: int
    lack: int
    binds: list[str]
    unmet: list[str]
    short: dict[str, float]
    price: float
    reached: Reached
    low: Reached
    high: Reached


@dataclass(frozen=True)
class StaffedShift:
    """All beats of a shift: people, units that could be out, are out, and are needed."""

    shift: str
    people: int
    available: int
    out: int
    need: int
    lack: int


@dataclass(frozen=True)
class StaffingPlan:
    """The staffing of a day as plain data; `price` is 0 where all targets that can be met are met."""

    rule: str
    crew: int
    cells: list[StaffedCell]
    shifts: list[StaffedShift]
    price: float
    relaxations: list[Relaxation]
    needs: list[CellNeed]


def staff(
    work: Work,
    travel: Travel | Sequence[Travel],
    targets: Targets | None = None,
    *,
    force: Force | None = None,
    rule: Rule = Rule.LEND,
    prices: Mapping[str, float] = PRICES,
    most: int = 20,
) -> StaffingPlan:
    """Set the units of every beat's shift against the need.

    Without a force the rule is "need". Lent units are spread at the least price of what is short; the spread
    is exact.

    Raises:
        ValueError: the force's beats or shares are not those of `work`, or a price is missing.

    """
    targets = targets or Targets()
    found = tables(work, travel, targets, most=most)
    least = needs(found, targets.limits())
    need = units_of(least, targets.least)
    level = None if force is None else _level(work, force)
    rule = Rule.NEED if level is None else rule
    price = shortfall_prices(work, targets, found, prices)
    out, available = _out(rule, level, need, price, targets.least)
    cost = _taken(shortfall_prices(work, targets, found, prices, tie=0.0), out)
    rows = cells(work, travel, targets, least)
    return StaffingPlan(
        rule.value,
        0 if force is None else force.crew,
        _cells(work, travel, targets, force, level, rows, out, cost, found),
        _shifts(work, level, out, need, available),
        float(cost.sum()),
        [] if level is None else relaxations(work, targets, found, available),
        rows,
    )


def _level(work: Work, force: Force) -> LevelUnits:
    if [beat.beat_code for beat in force.beats] != list(work.beats):
        raise ValueError("force: beats must be those of the work, in its order")
    if len(force.shares) != len(work.shifts):
        raise ValueError(f"shares: {len(force.shares)} for {len(work.shifts)} shifts")
    return level_units(force.beats, force.crew, force.shares)


def _out(
    rule: Rule,
    level: LevelUnits | None,
    need: NDArray[np.int64],
    price: NDArray[np.float64],
    floor: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Units out (B, S) and available (S,)."""
    if level is None or rule is Rule.NEED:
        have = need.sum(axis=0) if level is None else level.pooled()
        return need, have
    if rule is Rule.OWN:
        return level.units, level.units.sum(axis=0)
    pooled = level.pooled()
    out = spread(price, pooled, floor)
    return (np.minimum(out, need) if rule is Rule.HOLD else out), pooled


def _taken(price: NDArray[np.float64], out: NDArray[np.int64]) -> NDArray[np.float64]:
    """Price of what is short at the units out, (B, S)."""
    inside = np.minimum(out, price.shape[2] - 1)
    found: NDArray[np.float64] = np.take_along_axis(price, inside[..., None], axis=2)[..., 0]
    return found


def _cells(  # noqa: PLR0913, PLR0917  one argument a part of the plan
    work: Work,
    travel: Travel | Sequence[Travel],
    targets: Targets,
    force: Force | None,
    level: LevelUnits | None,
    rows: list[CellNeed],
    out: NDArray[np.int64],
    cost: NDArray[np.float64],
    found: Tables,
) -> list[StaffedCell]:
    levels = (targets.plan_for, 0.1, 0.9)
    plan, low, high = (reached(work, travel, targets, out, one) for one in levels)
    listed = []
    for place, row in enumerate(rows):
        b, s = divmod(place, len(work.shifts))
        units = int(out[b, s])
        listed.append(
            StaffedCell(
                row.beat,
                row.shift,
                "" if force is None else str(force.beats[b].colour),
                0 if level is None else int(level.people[b, s]),
                0 if level is None else int(level.units[b, s]),
                units,
                row.units,
                max(units - row.units, 0),
                max(row.units - units, 0),
                row.binds,
                row.unmet,
                _short(found, targets, b, s, units),
                float(cost[b, s]),
                plan[b][s],
                low[b][s],
                high[b][s],
            )
        )
    return listed


def _short(found: Tables, targets: Targets, b: int, s: int, units: int) -> dict[str, float]:
    """Excess over the limit as a share of it, by target; -1 where the units cannot do the work at all."""
    place = min(units, found.most)
    over = {
        name: float(found.measures[name][b, s, place] / limit - 1) for name, limit in targets.limits().items()
    }
    return {name: excess if np.isfinite(excess) else -1.0 for name, excess in over.items() if excess > SLACK}


def _shifts(
    work: Work,
    level: LevelUnits | None,
    out: NDArray[np.int64],
    need: NDArray[np.int64],
    available: NDArray[np.int64],
) -> list[StaffedShift]:
    lack = np.maximum(need - out, 0).sum(axis=0)
    return [
        StaffedShift(
            shift.code,
            0 if level is None else int(level.people[:, s].sum()),
            int(available[s]),
            int(out[:, s].sum()),
            int(need[:, s].sum()),
            int(lack[s]),
        )
        for s, shift in enumerate(work.shifts)
    ]
