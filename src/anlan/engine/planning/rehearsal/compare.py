"""Two plans on the same calls; a surge; one unit less; a dispatch rule before it may be switched on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.rehearsal.model import NO_ZONES, Calls, Setup, Travel, Zones
from anlan.engine.planning.rehearsal.report import ALL, cover_parts, groups, row_of
from anlan.engine.planning.rehearsal.spread import measured
from anlan.engine.planning.rehearsal.tally import Case, Figure, Tally, figure, rehearse_each
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.sample import Expected

Answer = Literal["better", "worse", "unclear"]


@dataclass(frozen=True)
class Change:
    """A figure before and after, and after less before with its 95 % interval."""

    before: float | None
    after: float | None
    change: Figure


@dataclass(frozen=True)
class Shift:
    """How a time's distribution moves, in seconds; `within`: share of calls within the ring."""

    mean: Change
    q50: Change
    q80: Change
    q90: Change
    q95: Change
    within: Change


@dataclass(frozen=True)
class ChangeRow:
    """Calls of a beat and a priority (-1: all); `share_slower`: of the calls, whose response is longer after.

    `share_slower` and `share_faster` are None where the two plans did not meet the same calls (a surge).
    """

    beat: int
    priority: int
    calls: float
    response: Shift
    reach: Shift
    unserved: Change
    share_faster: float | None
    share_slower: float | None


@dataclass(frozen=True)
class Comparison:
    """Plan B less plan A; `replications` of the same calls."""

    replications: int
    ring_s: float
    rows: list[ChangeRow]
    cover: Change

    def row(self, beat: int = ALL, priority: int = ALL) -> ChangeRow:
        """The row of a beat and a priority; -1 all.

        Raises:
            ValueError: there was no such call.

        """
        return row_of(self.rows, beat, priority)


def compare(
    before: Setup,
    after: Setup,
    source: Calls | Expected,
    travel: Travel,
    *,
    zones: Zones = NO_ZONES,
    replications: int = 100,
    watch: Watch = UNWATCHED,
) -> Comparison:
    """Rehearse both on the same calls with the same luck, and say what changes.

    Raises:
        ValueError: see `rehearse`.

    """
    cases = [Case(before, source), Case(after, source)]
    tallies = rehearse_each(cases, travel, zones=zones, replications=replications, watch=watch)
    return changes(*tallies)


def surge(
    setup: Setup,
    expected: Expected,
    factor: NDArray[np.float64],
    travel: Travel,
    *,
    zones: Zones = NO_ZONES,
    replications: int = 100,
    watch: Watch = UNWATCHED,
) -> Comparison:
    """An ordinary time against one with `factor` times the calls, by period and place ((T, D) or alike).

    The surge has all ordinary calls with their luck and those that come on top.

    Raises:
        ValueError: see `Expected` and `rehearse_each`.

    """
    cases = [Case(setup, expected), Case(setup, expected.surged(factor))]
    tallies = rehearse_each(cases, travel, zones=zones, replications=replications, watch=watch)
    return changes(*tallies)


def changes(before: Tally, after: Tally) -> Comparison:
    """What two tallies of the same replications differ in.

    Raises:
        ValueError: they are not of the same replications.

    """
    if (before.replications, before.sections) != (after.replications, after.sections):
        raise ValueError(f"replications: {before.replications} before, {after.replications} after")
    same = np.array_equal(before.section, after.section) and np.array_equal(before.beat, after.beat)
    other = {(beat, priority): calls for beat, priority, calls in groups(after)}
    rows = [
        _row(before, after, (beat, priority), (calls, other[beat, priority]), same=same)
        for beat, priority, calls in groups(before)
        if (beat, priority) in other
    ]
    return Comparison(before.replications, before.ring_s, rows, _between(_covers(before), _covers(after)))


def _covers(tally: Tally) -> NDArray[np.float64]:
    parts = cover_parts(tally)
    known = parts[np.isfinite(parts)]
    return np.append(known.mean() if len(known) else np.nan, parts)


def _row(
    before: Tally,
    after: Tally,
    key: tuple[int, int],
    calls: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    same: bool,
) -> ChangeRow:
    one, other = before.response_s[calls[0]], after.response_s[calls[1]]
    slower = float(np.mean(_order(other) > _order(one))) if same and len(one) else None
    faster = float(np.mean(_order(other) < _order(one))) if same and len(one) else None
    unserved = [_unserved(tally, mine) for tally, mine in zip((before, after), calls, strict=True)]
    return ChangeRow(
        *key,
        len(calls[0]) / before.replications,
        _shift(before, after, calls, "response_s"),
        _shift(before, after, calls, "reach_s"),
        _between(*unserved),
        faster,
        slower,
    )


def _order(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times to be compared: nobody came is later than any time."""
    return np.where(np.isnan(seconds), np.inf, seconds)


def _shift(
    before: Tally, after: Tally, calls: tuple[NDArray[np.int64], NDArray[np.int64]], name: str
) -> Shift:
    first = measured(before, calls[0], getattr(before, name))
    second = measured(after, calls[1], getattr(after, name))
    rows = zip(first.values(), second.values(), second.less(first).figures(), strict=True)
    return Shift(*(Change(_known(one), _known(other), moved) for one, other, moved in rows))


def _unserved(tally: Tally, calls: NDArray[np.int64]) -> NDArray[np.float64]:
    """Calls that did not get all their units, per replication: all, then each section's."""
    parts = np.bincount(tally.section[calls], tally.unserved[calls], tally.sections)
    return np.append(parts.sum(), parts * tally.sections) / tally.replications


def _between(before: NDArray[np.float64], after: NDArray[np.float64]) -> Change:
    """The change of a figure given for all and for each section, (1 + G,)."""
    moved = after - before
    return Change(_known(before[0]), _known(after[0]), figure(float(moved[0]), moved[1:]))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True)
class Loss:
    """What the county is without a unit: changes of the response and of calls not fully answered."""

    code: str
    mean: Change
    q90: Change
    within: Change
    unserved: Change


def criticality(
    setup: Setup,
    source: Calls | Expected,
    travel: Travel,
    *,
    zones: Zones = NO_ZONES,
    replications: int = 20,
    watch: Watch = UNWATCHED,
) -> list[Loss]:
    """What if there is one unit less: each in turn never on duty, the one missed most first.

    Raises:
        ValueError: see `rehearse_each`.

    """
    force = setup.force
    fewer = [replace(setup, force=force.without(unit)) for unit in range(force.units)]
    cases = [Case(one, source) for one in (setup, *fewer)]
    whole, *tallies = rehearse_each(cases, travel, zones=zones, replications=replications, watch=watch)
    found = [_loss(code, whole, tally) for code, tally in zip(force.codes, tallies, strict=True)]
    return sorted(found, key=lambda loss: -(loss.mean.change.value or 0.0))


def _loss(code: str, whole: Tally, tally: Tally) -> Loss:
    every = np.arange(len(whole.beat))
    shift = _shift(whole, tally, (every, every), "response_s")
    unserved = _between(_unserved(whole, every), _unserved(tally, every))
    return Loss(code, shift.mean, shift.q90, shift.within, unserved)


@dataclass(frozen=True)
class Verdict:
    """Whether another dispatch rule may be switched on here: only where the answer is "better".

    `reasons`: "urgent_slower" (mean response of the most urgent calls rises), "slower" (that of all calls),
    "fewer_within" (share within the ring falls): each beyond chance, and each alone makes it "worse".
    "more_within": the share rises beyond chance, which alone makes it "better". Neither: "unclear".
    """

    answer: Answer
    reasons: list[str]
    policy: str
    urgent_mean: Change
    mean: Change
    within: Change
    comparison: Comparison


def judge_rule(
    setup: Setup,
    policy: Policy,
    source: Calls | Expected,
    travel: Travel,
    *,
    zones: Zones,
    replications: int = 100,
    watch: Watch = UNWATCHED,
) -> Verdict:
    """Rehearse a dispatch rule against the closest unit on the same calls, and say whether it may be used.

    Raises:
        ValueError: see `rehearse_each`.

    """
    plain = replace(setup, rules=replace(setup.rules, policy=Policy.CLOSEST))
    other = replace(setup, rules=replace(setup.rules, policy=policy))
    found = compare(plain, other, source, travel, zones=zones, replications=replications, watch=watch)
    if not found.rows[0].calls:
        raise ValueError("source: no calls to judge by")
    urgent = min(row.priority for row in found.rows if row.priority != ALL)
    top, every = found.row(ALL, urgent).response.mean, found.row()
    reasons = _reasons(top, every.response.mean, every.response.within)
    good = reasons == ["more_within"]
    answer: Answer = "better" if good else "worse" if reasons and reasons != ["more_within"] else "unclear"
    return Verdict(
        answer, reasons, policy.name.lower(), top, every.response.mean, every.response.within, found
    )


def _reasons(urgent: Change, mean: Change, within: Change) -> list[str]:
    tests = (
        ("urgent_slower", urgent.change.low), ("slower", mean.change.low),
        ("fewer_within", _less(within.change.high)), ("more_within", within.change.low),
    )  # fmt: skip
    return [code for code, limit in tests if limit is not None and limit > 0]


def _less(value: float | None) -> float | None:
    return None if value is None else -value
