"""Trials by coin: do they find a planted fall as often as stated, and nothing where nothing happened?

Each world gives a past and what comes after it. Places are chosen and paired and the power is stated on the
past alone; then a thousand trials are run on what came after (stretches of four weeks drawn from it), their
coins tossed from a thousand secrets, with nothing planted and with 15 % fewer incidents where treated.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal

from anlan.engine.planning.trials import (
    Design,
    Eligibility,
    Hotspots,
    Kind,
    Outcome,
    Plays,
    PowerPoint,
    Protocol,
    Schedule,
    clopper_pearson,
    counted,
    design,
    effect,
    look,
    plant,
    rehearse,
    schedule,
)
from anlan.engine.planning.trials.play import stretches
from bench.claims import machine
from bench.evidence.page import Claim
from bench.sets import chicago, san_francisco

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bench.sets import EventSet

    Counts = NDArray[np.int64]
    Planting = Callable[[Counts, NDArray[np.bool_], float, np.random.Generator], Counts]

TRIALS, FALL, SEED = 1_000, -0.15, 20
CELL_M, RING_M, CANDIDATES, PLACES = 250.0, 125.0, 300, 60
FIRST = dt.date(2026, 3, 2)
DRAWS = 1_999
PLAYS = Plays(number=1_000)


@dataclass(frozen=True, eq=False)
class World:
    """Candidates with their past, and what came after: (1 + rings, places, weeks).

    `planting` takes the effect out; `moved` is the share of it that lands in the ring; `truth` the ratio that
    the planted effect amounts to where the trial's model does not hold (NaN: none to be told).
    """

    name: str
    spots: Hotspots
    after: Counts
    planting: Planting = plant
    moved: float = 0.0
    truth: float = 1 + FALL


@dataclass(frozen=True)
class Run:
    """A thousand trials with one effect: rejections, intervals holding the truth, bias, weeks to the end."""

    rejected: int
    covered: int
    bias: float
    bias_error: float
    weeks: float
    quotient_covered: int | None
    trials: int = TRIALS

    @property
    def rate(self) -> float:
        """Share rejected."""
        return self.rejected / self.trials

    @property
    def limits(self) -> tuple[float, float]:
        """Its exact 95 % interval."""
        return clopper_pearson(self.rejected, self.trials)


@dataclass(frozen=True)
class Found:
    """A world's figures: the design, the power stated, and what the trials did at 0 and at the fall."""

    name: str
    kind: str
    pairs: int
    weeks: int
    looks: tuple[int, ...]
    stated: PowerPoint
    inflation: float
    nothing: Run
    fall: Run
    seconds: float

    @property
    def label(self) -> str:
        """Name, kind, looks."""
        return f"{self.name}, {self.kind}" + (f", looks at {list(self.looks)}" if self.looks else "")


# Worlds -----------------------------------------------------------------------------------------------------


def recorded(data: EventSet) -> World:
    """Return a city's cells with most incidents in the first half of the weeks recorded whole."""
    day = (data.when.astype("datetime64[D]") - data.first).astype(int)
    weeks = len(data.exposed) // 7
    whole = data.exposed[: weeks * 7].reshape(weeks, 7).all(axis=1)
    number = np.where(whole, np.cumsum(whole) - 1, -1)
    week = np.append(number, -1)[np.minimum(day // 7, weeks)]
    half = int(whole.sum()) // 2
    codes, x, y = busiest(data, week < half)
    empty = Hotspots(codes, x, y, np.full(len(codes), CELL_M / 2), np.zeros((len(codes), 1), np.int64))
    rules = Eligibility(rings=1, ring_m=RING_M)
    table = counted(data.x, data.y, week, int(whole.sum()), empty, rules)
    return World(data.name, replace(empty, history=table[0, :, :half]), table[:, :, half:])


def busiest(
    data: EventSet, past: NDArray[np.bool_]
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Codes and middles of the cells with most incidents in the past."""
    cells = np.floor(np.stack((data.x, data.y))[:, past] / CELL_M)
    middles, number = np.unique(cells, axis=1, return_counts=True)
    top = np.argsort(-number, kind="stable")[:CANDIDATES]
    x, y = (middles[:, top] + 0.5) * CELL_M
    return [f"{a:.0f}-{b:.0f}" for a, b in zip(x, y, strict=True)], x, y


def made(
    name: str, rate: Callable[[np.random.Generator, NDArray[np.float64], int], Counts], **rest: object
) -> World:
    """Places far apart; `rate` gives counts from means over 208 weeks of past and 208 after; rings alike."""
    random = np.random.default_rng(SEED)
    means = random.gamma(4, 1.0, PLACES) + 0.5
    codes, x = [f"P{k:02}" for k in range(PLACES)], 2000.0 * np.arange(PLACES)
    empty = np.zeros((PLACES, 1), np.int64)
    spots = Hotspots(codes, x, np.zeros(PLACES), np.full(PLACES, 100.0), empty)
    table = np.stack([rate(random, means, 416) for _ in range(2)])
    return World(name, replace(spots, history=table[0, :, :208]), table[:, :, 208:], **rest)


def uneven(random: np.random.Generator, means: NDArray[np.float64], weeks: int) -> Counts:
    """Gamma-Poisson, variance m + 0.3 m²."""
    return random.poisson(means[:, None] * random.gamma(1 / 0.3, 0.3, (len(means), weeks)))


def drifting(random: np.random.Generator, means: NDArray[np.float64], weeks: int) -> Counts:
    """Each place on its own way up or down: to between a third and three times as many by the end."""
    slope = random.uniform(-np.log(3), np.log(3), len(means))
    return uneven_at(random, means[:, None] * np.exp(slope[:, None] * np.arange(weeks) / weeks))


def seasonal(random: np.random.Generator, means: NDArray[np.float64], weeks: int) -> Counts:
    """A year's wave of ±50 %, and weeks that are busy everywhere (log-normal, 0.3)."""
    wave = 1 + 0.5 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    return uneven_at(random, means[:, None] * wave * np.exp(random.normal(0, 0.3, weeks)))


def uneven_at(random: np.random.Generator, rate: NDArray[np.float64]) -> Counts:
    """Gamma-Poisson counts about a rate."""
    return random.poisson(rate * random.gamma(1 / 0.3, 0.3, rate.shape))


def clustered(random: np.random.Generator, means: NDArray[np.float64], weeks: int) -> Counts:
    """Self-exciting: each incident draws half another one a week later; levels wander for months."""
    steps = random.normal(0, 0.4 * np.sqrt(1 - 0.97**2), (len(means), weeks))
    wander = np.exp(signal.lfilter([1.0], [1.0, -0.97], steps, axis=1))
    table = np.zeros((len(means), weeks), np.int64)
    for week in range(weeks):
        drawn = random.binomial(table[:, week - 1], 0.5) if week else 0
        table[:, week] = random.poisson(0.5 * means * wander[:, week]) + drawn
    return table


def by_place(
    counts: Counts, treated: NDArray[np.bool_], change: float, random: np.random.Generator
) -> Counts:
    """The effect differs from place to place, from none to twice the mean."""
    if not change:
        return counts
    chance = np.linspace(0, 2 * change, len(counts))[random.permutation(len(counts)), None]
    return np.where(treated, random.binomial(counts, 1 + chance), counts)


def lasting(counts: Counts, treated: NDArray[np.bool_], change: float, random: np.random.Generator) -> Counts:
    """Half of the effect lasts into the week after: the trial's own comparison is spoilt by it."""
    after = np.zeros_like(treated)
    after[:, 1:] = treated[:, :-1] & ~treated[:, 1:]
    return plant(plant(counts, treated, change, random), after, change / 2, random)


# Trials -----------------------------------------------------------------------------------------------------


def protocol_for(world: World, tried: Protocol) -> tuple[Protocol, Eligibility]:
    """The shortest trial that is stated to find the fall in 80 of 100 cases, among the busiest places."""
    rules = Eligibility(rings=1, ring_m=RING_M, least_periods=13, most=PLACES if world.moved else 40)
    weeks = rehearse(world.spots, rules, tried, replace(PLAYS, number=400)).periods
    return replace(tried, periods=-(-(weeks or 52) // tried.hold) * tried.hold), rules


def measured(world: World, tried: Protocol, *, looks: bool = False) -> Found:
    """State the power, then run the trials."""
    begin = time.perf_counter()
    protocol, rules = protocol_for(world, tried)
    if looks:
        planned = tuple(sorted({round(share * protocol.periods) for share in (0.5, 0.75)}))
        protocol = replace(protocol, looks=planned)
    power = rehearse(world.spots, rules, protocol, PLAYS)
    of = design(world.spots, rules, protocol)
    nothing, fall = (trials(world, of, change) for change in (0.0, FALL))
    return Found(
        world.name, protocol.kind, len(of.pairs), protocol.periods, protocol.looks, power.stated,
        power.inflation, nothing, fall, time.perf_counter() - begin,
    )  # fmt: skip


def trials(world: World, of: Design, change: float) -> Run:
    """Run a thousand trials of a design on what came after."""
    rows = [world.spots.codes.index(code) for code in of.places]
    past, after = world.spots.history[rows], world.after[:, rows]
    truth = world.truth if change else 1.0
    random = np.random.default_rng(SEED)
    rejected = covered = quotient = 0
    logs, weeks = [], []
    for number in range(TRIALS):
        plan = schedule(of, FIRST, f"{zlib.crc32(world.name.encode()):08x}{number:024x}")
        tables = after_planting(world, after, plan, change, random)
        end, (ratio, low, high, found), spill = verdict(of, plan, tables, past, ring=bool(world.moved))
        rejected += found
        covered += low <= truth <= (np.inf if high is None else high)
        weeks.append(end)
        logs.append(np.log(ratio / truth) if ratio else np.nan)
        if spill is not None:
            least, most = (
                (-np.inf if spill[0] is None else spill[0]),
                (np.inf if spill[1] is None else spill[1]),
            )
            quotient += least <= -world.moved <= most
    error = float(np.nanstd(logs) / np.sqrt(TRIALS))
    asked = world.moved and change
    return Run(
        rejected, covered, float(np.nanmean(logs)), error, float(np.mean(weeks)), quotient if asked else None
    )


def after_planting(
    world: World, after: Counts, plan: Schedule, change: float, random: np.random.Generator
) -> Counts:
    """Draw stretches of what came after and take the effect out of the treated place-weeks."""
    both = stretches(after.reshape(-1, after.shape[2]), plan.periods, 4, random).reshape(2, -1, plan.periods)
    left = world.planting(both[0], plan.table(), change, random)
    landed = random.binomial(np.maximum(both[0] - left, 0), world.moved)
    return np.stack((left, both[1] + landed))


def verdict(
    of: Design, plan: Schedule, tables: Counts, past: Counts, *, ring: bool
) -> tuple[int, tuple[float | None, float, float | None, bool], tuple[float | None, float | None] | None]:
    """Return the week of the end, ratio with limits and whether it is a claim, the quotient's limits."""
    taken: list[int] = []
    for at in of.protocol.looks:
        seen = look(of, plan, Outcome(of.places, tables[0, :, :at], past), taken=taken)
        if seen.crossed_at:
            return at, (seen.ratio.ratio, seen.ratio.low, seen.ratio.high, True), None
        taken.append(at)
    whole = Outcome(of.places, tables[0], past)
    if taken:
        seen = look(of, plan, whole, taken=taken)
        return plan.periods, (seen.ratio.ratio, seen.ratio.low, seen.ratio.high, bool(seen.crossed_at)), None
    rings = [Outcome(of.places, tables[1], past)] if ring else []
    one = effect(of, plan, whole, rings)
    spill = (one.spill[0].low, one.spill[0].high) if ring else None
    return plan.periods, (one.primary.ratio, one.primary.low, one.primary.high, one.primary.p <= 0.05), spill


def figures() -> list[Found]:
    """Measure every world."""
    theft, larceny = (
        recorded(chicago("THEFT", "Chicago theft")),
        recorded(san_francisco("LARCENY/THEFT", "SF theft")),
    )
    plain = made("made, uneven", uneven)
    cross = Protocol(periods=26, draws=DRAWS)
    lasts = replace(plain, name="made, half the effect lasts a week", planting=lasting)
    cases: list[tuple[World, Protocol, bool]] = [
        *((world, cross, False) for world in (theft, larceny, plain)),
        *((world, cross, True) for world in (theft, plain)),
        (plain, replace(cross, kind=Kind.PARALLEL), False),
        (theft, replace(cross, kind=Kind.MIRRORED), False),
        (made("made, places drift apart", drifting), cross, False),
        (made("made, season and busy weeks", seasonal), cross, False),
        (made("made, clustered in time", clustered), cross, False),
        (replace(plain, name="made, half displaced", moved=0.5), cross, False),
        (replace(plain, name="made, effect differs by place", planting=by_place), cross, False),
        (lasts, cross, False),
        (
            replace(lasts, name=f"{lasts.name}, two-week holds, the first washed out"),
            replace(cross, periods=40, hold=2, washout=1),
            False,
        ),
    ]
    found = []
    for world, tried, looks in cases:
        found.append(measured(world, tried, looks=looks))
        print(told(found[-1]), file=sys.stderr, flush=True)
    return found


def told(one: Found) -> str:
    """One line on a world."""
    low, high = one.nothing.limits
    return (
        f"  {one.label}: {one.pairs} pairs, {one.weeks} weeks; "
        f"at 0 {one.nothing.rate:.3f} [{low:.3f}, {high:.3f}]; "
        f"at -15 % {one.fall.rate:.3f}, stated {one.stated.power:.3f}; "
        f"coverage {one.fall.covered / TRIALS:.3f}; bias {one.fall.bias:+.4f} ± {one.fall.bias_error:.4f}; "
        f"{one.seconds:.0f} s"
    )


SPOILT = ("made, half the effect lasts a week",)


def claims(found: list[Found]) -> list[Claim]:
    """Return what each world is held to, within what its trials can tell, and all worlds together."""
    listed = [claim for one in found for claim in (_false(one), _power(one)) if claim is not None]
    return [pooled(found), *listed]


def pooled(found: list[Found]) -> Claim:
    """False positives of all worlds; those of another name have other coins."""
    hits, number = sum(one.nothing.rejected for one in found), TRIALS * len(found)
    low, high = clopper_pearson(hits, number)
    return Claim(
        f"Trials, all {len(found)} worlds: false positives in {number:,}",
        f"{hits / number:.2%} [{low:.2%}, {high:.2%}]",
        "5 % or less, within the interval",
        low <= 0.05,
    )


def _false(one: Found) -> Claim:
    low, high = one.nothing.limits
    return Claim(
        f"Trial, {one.label}: false positives in {TRIALS:,}",
        f"{one.nothing.rate:.1%} [{low:.1%}, {high:.1%}]",
        "5 % or less, within the interval",
        low <= 0.05,
    )


def _power(one: Found) -> Claim | None:
    if one.name in SPOILT:
        return None
    low, high = one.fall.limits
    stated = one.stated
    return Claim(
        f"Trial, {one.label}: 15 % fewer found",
        f"{one.fall.rate:.1%} [{low:.1%}, {high:.1%}]",
        f"as stated, {stated.power:.1%} [{stated.low:.1%}, {stated.high:.1%}]",
        high >= stated.low,
    )


if __name__ == "__main__":
    print(f"trials, {machine()}")
    for claim in claims(figures()):
        print(claim.line)
