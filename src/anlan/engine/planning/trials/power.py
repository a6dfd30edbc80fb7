"""Power stated before: the trial played many times on the places' own past.

Each play takes stretches of the past, all places together so that what they have in common stays in common,
puts them end to end, tosses the coins, takes the effect out of the treated place-periods, and runs the very
test of the protocol, its looks included. Counts keep their unevenness in place and time; no model is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from anlan.engine.planning.trials.design import CALIPER, design
from anlan.engine.planning.trials.eligible import Hotspots
from anlan.engine.planning.trials.model import Outcome
from anlan.engine.planning.trials.play import Plays, found
from anlan.engine.planning.trials.units import inflation
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.trials.eligible import Eligibility
    from anlan.engine.planning.trials.model import Design, Protocol
    from anlan.engine.planning.watch import Watch

EFFECTS = (-0.05, -0.1, -0.15, -0.2, -0.25, -0.3, -0.4)
LENGTHS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class PowerPoint:
    """Share of plays in which the trial finds the effect, with its exact 95 % interval."""

    effect: float
    periods: int
    power: float
    low: float
    high: float


@dataclass(frozen=True)
class Power:
    """What a trial can be expected to find. Plain data: `asdict` gives JSON.

    Attributes:
        stated: at the planned effect and length.
        by_effect: at the planned length.
        by_length: at the planned effect.
        detectable: the smallest fall found with the wanted power at the planned length, between those tried
            by a straight line; None: none that was tried.
        periods: the shortest length with the wanted power at the planned effect, in the same way.
        expected: incidents a period in all places together.
        inflation: how much more the coins' differences vary than Poisson counts would.
        plays: on which each of these rests; points that a stop came before are left out.
        past: periods of the past that were played on.

    """

    stated: PowerPoint
    by_effect: tuple[PowerPoint, ...]
    by_length: tuple[PowerPoint, ...]
    detectable: float | None
    periods: int | None
    expected: float
    inflation: float
    plays: int
    past: int


def rehearse(
    spots: Hotspots,
    rules: Eligibility,
    protocol: Protocol,
    plays: Plays = Plays(),  # noqa: B008  frozen
    *,
    caliper: float = CALIPER,
    watch: Watch = UNWATCHED,
) -> Power:
    """State the power of a trial among these candidates.

    Places are chosen and paired on the older half of the past and played on the newer half, as the trial
    itself will be: on the half that they were chosen by, hot spots look hotter and pairs more alike than they
    will be.

    Periods in which one of them was not recorded are left out.

    Raises:
        ValueError: fewer than two places may take part, or the past is shorter than two stretches a half.

    """
    half = spots.history.shape[1] // 2
    if half < 2 * plays.stretch:
        raise ValueError(f"history: at least {4 * plays.stretch} periods, not {spots.history.shape[1]}")
    older = Hotspots(spots.codes, spots.x, spots.y, spots.radius_m, spots.history[:, :half])
    looser = replace(rules, least_periods=max(1, min(rules.least_periods, half)))
    made = design(older, looser, protocol, caliper=caliper)
    rows = [list(spots.codes).index(code) for code in made.places]
    before, during = (_recorded(part[rows]) for part in np.split(spots.history, [half], axis=1))
    return power(made, Outcome(made.places, during, before), plays, watch=watch)


def _recorded(history: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the periods in which every place was recorded: a gap is not a quiet week."""
    return np.asarray(history[:, (history >= 0).all(axis=0)])


def power(of: Design, past: Outcome, plays: Plays = Plays(), *, watch: Watch = UNWATCHED) -> Power:  # noqa: B008
    """State the power of a design: played on `past.during`, the levels before being `past.before`.

    Raises:
        ValueError: the past lacks a place or is shorter than a stretch.

    """
    protocol = of.protocol
    if past.during.shape[1] < plays.stretch:
        raise ValueError(f"past: at least a stretch of {plays.stretch} periods, not {past.during.shape[1]}")
    effects = sorted({*EFFECTS, protocol.effect}, reverse=True)
    lengths = sorted({max(protocol.hold, round(share * protocol.periods)) for share in LENGTHS})
    cases = [(protocol.effect, protocol.periods), *((effect, protocol.periods) for effect in effects)]
    cases += [(protocol.effect, periods) for periods in lengths]
    points: dict[tuple[float, int], PowerPoint] = {}
    for done, (effect, periods) in enumerate(cases):
        watch.told("power", done / len(cases))
        if (effect, periods) not in points and (not watch.stopped() or not points):
            points[effect, periods] = _point(of, past, plays, effect, periods)
    return _assembled(of, past, plays, points)


def _assembled(of: Design, past: Outcome, plays: Plays, points: dict[tuple[float, int], PowerPoint]) -> Power:
    protocol = of.protocol
    by_effect = tuple(
        sorted((o for o in points.values() if o.periods == protocol.periods), key=lambda o: -o.effect)
    )
    by_length = tuple(
        sorted((o for o in points.values() if o.effect == protocol.effect), key=lambda o: o.periods)
    )
    stated = points[protocol.effect, protocol.periods]
    fall = _reached([-one.effect for one in by_effect], by_effect, protocol.power)
    long = _reached([float(one.periods) for one in by_length], by_length, protocol.power)
    rows = past.rows(of.places)
    return Power(
        stated, by_effect, by_length,
        None if fall is None else -fall, None if long is None else ceil(long - 1e-9),
        float(past.during[rows].mean(axis=1).sum()), inflation(of, past), plays.number, past.during.shape[1],
    )  # fmt: skip


def _reached(at: list[float], points: tuple[PowerPoint, ...], wanted: float) -> float | None:
    """Return where the power first reaches what is wanted; `at` rises."""
    if points[0].power >= wanted:
        return at[0]
    for (low, one), (high, two) in pairwise(zip(at, points, strict=True)):
        if two.power >= wanted > one.power:
            return low + (high - low) * (wanted - one.power) / (two.power - one.power)
    return None


def _point(of: Design, past: Outcome, plays: Plays, effect: float, periods: int) -> PowerPoint:
    protocol = of.protocol
    if periods != protocol.periods:
        looks = sorted({round(k * periods / protocol.periods) for k in protocol.looks} - {0, periods})
        protocol = replace(protocol, periods=periods, looks=tuple(looks))
    hits = int(found(replace(of, protocol=protocol), past, plays, effect).sum())
    return PowerPoint(effect, periods, hits / plays.number, *clopper_pearson(hits, plays.number))


def clopper_pearson(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact limits of a share (Clopper & Pearson 1934)."""
    found = stats.binomtest(hits, of).proportion_ci(confidence)
    return float(found.low), float(found.high)
