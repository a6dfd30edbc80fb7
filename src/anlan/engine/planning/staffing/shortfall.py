"""Where the force is smaller than the need: who goes where, what is missing, what would have to give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.staffing.allocate import allocate
from anlan.engine.planning.staffing.need import needs, units_of
from anlan.engine.planning.staffing.targets import PRICES, SLACK, Tables, Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.engine.planning.staffing.work import Work

MOST_EXCESS = 10.0  # beyond ten times its limit a target is missed, not missed more
TIE = 1e-6
HOPELESS_S = 36_000.0


@dataclass(frozen=True)
class Relaxation:
    """The smallest step that alone lets a shift's units suffice.

    `kind`: "units" (that many more), "all" (every limit times `value`), or a target: "wait" (P(wait) up to),
    "response" (seconds up to), "late" (share within the time, down to), "taken" (visible share, down to).
    `value` is None where that alone does not help.
    """

    shift: str
    kind: str
    value: float | None


def shortfall_prices(
    work: Work, targets: Targets, found: Tables, prices: Mapping[str, float] = PRICES, tie: float = TIE
) -> NDArray[np.float64]:
    """Price (B, S, C + 1) of what c units leave short.

    Per target the excess over its limit as a share of the limit, at most `MOST_EXCESS`, times its price,
    times the calls of the shift (1 at least, so that no beat counts nothing). `tie` times the delay
    decides among what is equal.

    Raises:
        ValueError: a price is missing or negative.

    """
    calls = np.maximum(work.calls.sum(axis=0), 1.0)
    total = np.zeros(found.delay.shape)
    for name, limit in targets.limits().items():
        if not prices.get(name, -1) >= 0:
            raise ValueError(f"prices: {name} needs one, 0 or more")
        excess = np.clip(found.measures[name] / limit - 1.0 - SLACK, 0.0, MOST_EXCESS)
        total += prices[name] * excess * calls[..., None]
    delay = np.minimum(found.delay, HOPELESS_S) / HOPELESS_S
    return total + tie * delay * calls[..., None]


def spread(price: NDArray[np.float64], available: NDArray[np.int64], floor: int = 0) -> NDArray[np.int64]:
    """Units (B, S) of the units available in each shift (S,) at the least price; exact."""
    beats, shifts, _ = price.shape
    units = np.zeros((beats, shifts), np.int64)
    for shift in range(shifts):
        least = min(floor, int(available[shift]) // beats)
        units[:, shift] = allocate(price[:, shift], np.ones(beats), float(available[shift]), least).units
    return units


def relaxations(
    work: Work, targets: Targets, found: Tables, available: NDArray[np.int64]
) -> list[Relaxation]:
    """What would let each shift that is short suffice: more units, one target less, or all a little less."""
    limits = targets.limits()
    need = units_of(needs(found, limits), targets.least).sum(axis=0)
    out = []
    for s in np.flatnonzero(need > available).tolist():
        part = Tables({name: rows[:, [s]] for name, rows in found.measures.items()}, found.delay[:, [s]])
        code, have = work.shifts[s].code, int(available[s])
        out.append(Relaxation(code, "units", float(need[s] - have)))
        for name in limits:
            limit = _least_limit(part, limits, name, have, targets.least)
            out.append(Relaxation(code, name, _in_own_words(name, limit)))
        out.append(Relaxation(code, "all", _least_factor(part, limits, have, targets.least)))
    return out


def _need(part: Tables, limits: Mapping[str, float], floor: int) -> int:
    return int(units_of(needs(part, limits), floor).sum())


def _least_limit(part: Tables, limits: Mapping[str, float], name: str, have: int, floor: int) -> float | None:
    """The smallest limit of one target, the others kept; searched among the values that occur."""
    values = np.unique(part.measures[name])
    values = values[np.isfinite(values) & (values > limits[name])]
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if _need(part, {**limits, name: float(values[middle])}, floor) <= have:
            high = middle
        else:
            low = middle + 1
    return float(values[low]) if low < len(values) else None


def _in_own_words(name: str, limit: float | None) -> float | None:
    if limit is None:
        return None
    return 1.0 - limit if name in {"late", "taken"} else limit


def _least_factor(part: Tables, limits: Mapping[str, float], have: int, floor: int) -> float | None:
    """The smallest factor on all limits at once, to 1 in 1,000."""

    def fits(factor: float) -> bool:
        return _need(part, {name: factor * limit for name, limit in limits.items()}, floor) <= have

    low, high = 1.0, 1e4
    if not fits(high):
        return None
    while high / low > 1.001:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high
