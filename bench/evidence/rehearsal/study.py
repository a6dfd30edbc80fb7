"""The whole study: learn, fit, choose a plan in rehearsal, plan the week, and what it would have changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.rehearsal.fit import NOT_OUT, learn
from bench.evidence.rehearsal.changed import Effect, effects
from bench.evidence.rehearsal.fitted import Fitted, fitted
from bench.evidence.rehearsal.planned import (
    EFFORT,
    SIGNED,
    WEEK,
    WeekPlan,
    engines,
    planned,
    rostered,
    standards_of,
)
from bench.evidence.rehearsal.record import LEARNED_WEEKS, WEEKS, City, city
from bench.evidence.rehearsal.ways import Sixth, sixths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.engine.planning.rehearsal.fit import Learned

CHOSEN_ON = (28, WEEK)
CHOOSE, OF_WEEK, OF_WEEKS, OF_LESS = 4, 100, 10, 5
JUDGED_BY = ("first unit", "urgent", "mean")


@dataclass(frozen=True, eq=False)
class Study:
    """All figures of the section.

    `tried`: the plans rehearsed on the weeks before, of which `plan` was signed. `week`: the planned week,
    `after`: that and all later ones; `otherwise`: the same with all learned from the second half. `less`: the
    plan without one engine against the plan, by engine.
    """

    runs: int
    calls: int
    stations: Sequence[int]
    moved: Sequence[str]
    stay: Sequence[str]
    learned: Learned
    fitted: Fitted
    sixths: list[Sixth]
    tried: list[Effect]
    plan: WeekPlan
    week: Effect
    after: Effect
    otherwise: Effect
    less: list[Effect]


def study() -> Study:
    """Measure everything; minutes."""
    sf = city()
    learned = sf.learn()
    duty, standards = rostered(), standards_of(learned, sf.kind("ENGINE"))
    drafts = {name: planned(sf, learned, name, one, duty, EFFORT) for name, one in standards.items()}
    homes = {name: one.homes for name, one in drafts.items()}
    tried = effects(sf, learned, sf.weeks(*CHOSEN_ON), homes, CHOOSE)
    best = min(tried, key=lambda one: one.of(*JUDGED_BY).change.value or 0.0).plan
    plan = planned(sf, learned, best, standards[best], duty, SIGNED)
    later, signed = sf.weeks(WEEK, WEEKS), {best: plan.homes}
    moved, stay = engines(sf)
    return Study(
        len(sf.record), len(np.unique(sf.record.call)), sf.stations,
        [sf.units[unit] for unit in moved], [sf.units[unit] for unit in stay], learned,
        fitted(sf, learned), sixths(sf, learned), tried, plan,
        effects(sf, learned, sf.weeks(WEEK, WEEK + 1), signed, OF_WEEK)[0],
        effects(sf, learned, later, signed, OF_WEEKS)[0],
        effects(sf, _other(sf), later, signed, OF_WEEKS)[0],
        effects(sf, learned, later, _less(sf, plan, moved), OF_LESS, plan.homes),
    )  # fmt: skip


def _other(sf: City) -> Learned:
    """What the second half of the year teaches."""
    return learn(sf.weeks(LEARNED_WEEKS, WEEKS), sf.ways, sf.station, sf.kind("ENGINE"))


def _less(sf: City, plan: WeekPlan, moved: Sequence[int]) -> dict[str, np.ndarray]:
    """The plan with each engine in turn not out; the others stay where they are."""
    found = {}
    for unit in moved:
        homes = plan.homes.copy()
        homes[unit] = NOT_OUT
        found[sf.units[unit]] = homes
    return found
