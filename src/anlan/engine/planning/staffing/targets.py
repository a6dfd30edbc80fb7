"""What a beat's shift is to reach, and a table of what every number of units reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.staffing.service import service

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.staffing.service import Service
    from anlan.engine.planning.staffing.travel import Travel
    from anlan.engine.planning.staffing.work import Work

NAMES = ("wait", "response", "late", "taken")
PRICES: Mapping[str, float] = {"wait": 2.0, "response": 4.0, "late": 4.0, "taken": 1.0}
SLACK = 1e-9
LONGEST = 300  # units in a table, where a visible share that is nearly out of reach would ask for more


@dataclass(frozen=True)
class Targets:
    """Targets of each beat's shift; None leaves one out. Defaults: docs/methods/staffing.md.

    `wait_chance`: P(a call waits) at most. `response_s`: mean response of the most urgent calls at most.
    `within_s`, `within_share`: that share of them answered within the time at least. `visible`: share of a
    unit's shift free for visible patrol at least. `least`: units at least. `plan_for`: quantile of the demand
    at which all must hold, None for the expected number.

    Raises:
        ValueError: names the field that is out of range.

    """

    wait_chance: float | None = 0.1
    response_s: float | None = 300.0
    within_s: float = 600.0
    within_share: float | None = 0.9
    visible: float | None = 0.4
    least: int = 1
    plan_for: float | None = 0.8

    def __post_init__(self) -> None:
        for name in ("wait_chance", "within_share", "visible"):
            share = getattr(self, name)
            if share is not None and not 0 < share < 1:
                raise ValueError(f"{name}: above 0 and below 1, not {share}")
        for name in ("response_s", "within_s"):
            seconds = getattr(self, name)
            if seconds is not None and not seconds > 0:
                raise ValueError(f"{name}: must be above 0, not {seconds}")
        if self.least < 0:
            raise ValueError(f"least: 0 or more, not {self.least}")
        if self.plan_for is not None and not 0 < self.plan_for < 1:
            raise ValueError(f"plan_for: above 0 and below 1, not {self.plan_for}")

    def limits(self) -> dict[str, float]:
        """Most that is allowed of each measure of `NAMES`: P(wait), seconds, P(late), share not visible."""
        given = {
            "wait": self.wait_chance,
            "response": self.response_s,
            "late": None if self.within_share is None else 1.0 - self.within_share,
            "taken": None if self.visible is None else 1.0 - self.visible,
        }
        return {name: limit for name, limit in given.items() if limit is not None}


@dataclass(frozen=True, eq=False)
class Tables:
    """What c = 0 … C units reach: `measures` each (B, S, C + 1), less is better; `delay` (B, S, C + 1).

    `delay`: mean seconds from call to arrival over all calls by weight; inf where they cannot do the work.
    """

    measures: Mapping[str, NDArray[np.float64]] = field(repr=False)
    delay: NDArray[np.float64] = field(repr=False)

    @property
    def most(self) -> int:
        """C."""
        return int(self.delay.shape[2]) - 1


def travel_of(travel: Travel | Sequence[Travel], beats: int) -> list[Travel]:
    """One curve a beat.

    Raises:
        ValueError: there are not as many curves as beats.

    """
    curves = list(travel) if isinstance(travel, Sequence) else [travel] * beats
    if len(curves) != beats:
        raise ValueError(f"travel: {len(curves)} curves for {beats} beats")
    return curves


def tables(
    work: Work,
    travel: Travel | Sequence[Travel],
    targets: Targets,
    *,
    most: int = 20,
    weight: Sequence[float] = (),
) -> Tables:
    """Fill the tables up to `most` units, or further where the largest load or the visible share needs more.

    `weight` (K,): what a second of delay of each priority counts, all alike if empty.

    Raises:
        ValueError: the travel curves or weights do not fit.

    """
    rates = work.rates(targets.plan_for)
    load = np.tensordot(np.asarray(work.service_s) / 3600, rates, 1)
    most = max(most, _end(float(load.max()), work.away, targets))
    weights = np.asarray(weight or np.ones(len(rates)), np.float64)
    if weights.shape != (len(rates),) or (weights < 0).any() or not weights.any():
        raise ValueError(f"weight: expected {len(rates)} numbers, 0 or more and not all 0")
    curves = travel_of(travel, len(work.beats))
    parts = np.array([
        [_cell(work, rates[:, b, s], curves[b], targets, most, weights) for s in range(rates.shape[2])]
        for b in range(rates.shape[1])
    ])  # fmt: skip
    units = np.maximum(np.arange(most + 1), 1e-12)
    busy = np.minimum(load[..., None] / units, 1.0)
    measures = dict(zip(NAMES, np.moveaxis(parts[:, :, :3], 2, 0), strict=False))
    measures["taken"] = np.minimum(busy + work.away, 1.0)
    return Tables(measures, parts[:, :, 3])


def _end(load: float, away: float, targets: Targets) -> int:
    """Units that do the largest load with ten to spare, and give visible patrol its share if they can."""
    room = 1.0 - away - (targets.visible or 0.0)
    visible = int(np.ceil(load / room)) + 1 if room > 0 else 0
    return max(int(np.ceil(load / (1 - away))) + 10, min(visible, LONGEST))


def _cell(
    work: Work,
    rates: NDArray[np.float64],
    curve: Travel,
    targets: Targets,
    most: int,
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """P(wait), urgent response, P(late) and delay for 0 … most units, (4, most + 1)."""
    rate = rates.tolist()
    rows = [
        _figures(service(n, rate, work.service_s, curve, targets.within_s, work.away), rates, weights)
        for n in range(most + 1)
    ]
    return np.array(rows).T


def _figures(
    given: Service, rates: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    share = rates * weights
    total = float(share.sum())
    waits = np.asarray(given.waits_s)
    wait = float(np.where(share > 0, share * waits, 0.0).sum()) / total if total else 0.0
    if not np.isfinite(given.travel_s):
        wait = np.inf
    return given.wait_chance, given.response_s, given.late, wait + given.travel_s
