"""What the trial did: the ratio, its p-value and interval, the difference, the rings around the places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from anlan.engine.planning.trials.randomisation import Assignments, Ratio, assignments, interval, p_value
from anlan.engine.planning.trials.spill import Spill, spill
from anlan.engine.planning.trials.units import Units, units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.trials.model import Design, Outcome, Protocol
    from anlan.engine.planning.trials.schedule import Schedule


@dataclass(frozen=True)
class Difference:
    """Incidents a place and period, treated minus control, with Neyman's conservative interval.

    `low`, `high` are None with a single coin: its variance is unknown. `prevented`: incidents fewer in all
    treated place-periods, from the ratio and its interval (None: unbounded).
    """

    value: float
    low: float | None
    high: float | None
    prevented: float | None
    prevented_low: float | None
    prevented_high: float | None


@dataclass(frozen=True)
class Effect:
    """A trial's result. Plain data: `asdict` gives JSON.

    Attributes:
        primary: the places themselves, by the statistic fixed beforehand.
        difference: the same as incidents.
        rings: each ring around treated places against those around untreated ones, nearest first.
        net: places and rings together; None without rings.
        spill: displacement or diffusion, one for each ring; empty without rings or without a past.

    """

    primary: Ratio
    difference: Difference
    rings: tuple[Ratio, ...]
    net: Ratio | None
    spill: tuple[Spill, ...]


def effect(design: Design, plan: Schedule, places: Outcome, rings: Sequence[Outcome] = ()) -> Effect:
    """Analyse a trial as far as it went; looks on the way are `looks.look`'s.

    Args:
        design: pairs and protocol.
        plan: which was treated when.
        places: incidents in the places.
        rings: incidents in the first, second ring around each place, nearest first.

    Raises:
        ValueError: an outcome lacks a place or has more periods than the trial.

    """
    mine = units(design, plan, places)
    around = [units(design, plan, ring) for ring in rings]
    protocol = design.protocol
    drawn = assignments(len(mine.periods), protocol.draws, protocol.seed)
    primary = ratio(mine, protocol, drawn)
    return Effect(
        primary,
        difference(mine, primary),
        tuple(ratio(one, protocol, drawn) for one in around),
        ratio(together([mine, *around]), protocol, drawn) if around else None,
        tuple(_spills(design, plan, places, rings)),
    )


def _spills(design: Design, plan: Schedule, places: Outcome, rings: Sequence[Outcome]) -> Iterator[Spill]:
    """Yield what each ring shows, the past taken as it was: the quotient knows no shrinking."""
    raw = replace(design, protocol=replace(design.protocol, prior=0.0))
    past = places.before.shape[1]
    for ring in rings if past else ():
        if ring.before.shape[1] == past:
            yield spill(units(raw, plan, places), units(raw, plan, ring), past, design.protocol.alpha)


def ratio(of: Units, protocol: Protocol, drawn: Assignments, alpha: float | None = None) -> Ratio:
    """Return the ratio of rates with its randomisation p-value and interval at 1 - alpha."""
    level = protocol.alpha if alpha is None else alpha
    x, z = of.scores(protocol)
    low, high = interval(x, z, drawn, level)
    return Ratio(
        ratio=float(x.sum() / z.sum()) if z.sum() > 0 else None,
        low=low,
        high=high if np.isfinite(high) else None,
        p=p_value(x, z, drawn),
        confidence=1 - level,
        exact=drawn.exact,
        assignments=len(drawn.signs),
        coins=int((of.periods > 0).sum()),
        treated=int(of.treated.sum()),
        control=int(of.control.sum()),
        place_periods=int(of.periods.sum()),
    )


def difference(of: Units, primary: Ratio) -> Difference:
    """Return Neyman's estimate for pairs (Imbens & Rubin 2015, Causal Inference, chapter 10).

    Each coin is a pair: its variance is estimated by that between the coins' differences, which is never
    less in expectation.
    """
    used = of.periods > 0
    gaps, weight = (of.treated - of.control)[used], of.periods[used].astype(float)
    value = float(gaps.sum() / weight.sum())
    return Difference(value, *_neyman(gaps, weight, value, primary.confidence), *_prevented(primary))


def _neyman(
    gaps: NDArray[np.float64], weight: NDArray[np.float64], value: float, confidence: float
) -> tuple[float | None, float | None]:
    n = len(gaps)
    if n < 2:
        return None, None
    off = gaps - value * weight
    error = float(np.sqrt(n / (n - 1) * (off**2).sum())) / float(weight.sum())
    reach = float(stats.t.ppf((1 + confidence) / 2, n - 1)) * error
    return value - reach, value + reach


def _prevented(of: Ratio) -> tuple[float | None, float | None, float | None]:
    """Return Σ treated · (1/θ - 1) at the estimate, at the greatest and at the least ratio."""
    ratios = (of.ratio, of.high, of.low)
    value, low, high = (of.treated * (1 / theta - 1) if theta else None for theta in ratios)
    return value, -float(of.treated) if of.high is None else low, high


def together(parts: Sequence[Units]) -> Units:
    """Add the incidents of several areas under the same coins."""
    first = parts[0]

    def total(name: str) -> NDArray[np.float64]:
        return np.asarray(np.sum([getattr(part, name) for part in parts], axis=0), np.float64)

    one, two = total("treated"), total("control")
    return Units(one, two, total("expected_treated"), total("expected_control"), first.periods, first.pair)
