"""Looking before the end: boundaries that keep the level, against harm, and for want of promise.

The level is spent as Lan & DeMets (1983, Biometrika 70) do with an O'Brien-Fleming-like function,
2 - 2Φ(z / √t) on each side, t being the share of the periods done. What is spent is measured on the
randomisation distribution itself: every assignment is followed through the looks, and at each look as many
of those that have not crossed yet may cross as the function allows. So the level holds for any number of
coins and any counts, and a look that is added later costs nothing but what the function says at its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from anlan.engine.planning.trials.effect import ratio
from anlan.engine.planning.trials.randomisation import TIE, Ratio, assignments
from anlan.engine.planning.trials.units import units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.planning.trials.model import Design, Outcome, Protocol
    from anlan.engine.planning.trials.schedule import Schedule


class Verdict(StrEnum):
    """What a look says.

    REFUSED: not planned; nothing was opened. GO_ON: no boundary crossed. EFFECT: fewer incidents where
    treated, beyond chance. HARM: more. FUTILE: the planned effect will hardly show any more (advice, may be
    overruled). NO_EFFECT: the end was reached and no boundary crossed.
    """

    REFUSED = "refused"
    GO_ON = "go_on"
    EFFECT = "effect"
    HARM = "harm"
    FUTILE = "futile"
    NO_EFFECT = "no_effect"


@dataclass(frozen=True)
class Look:
    """One look; all but `at`, `planned` and `verdict` are None where it was refused.

    Attributes:
        at: periods done.
        planned: whether the protocol has this look.
        verdict: what it says.
        spent: level that may be spent up to here, of the protocol's alpha.
        p: share of assignments that would have crossed earlier or are as extreme now: the trial's p-value
            if it ends here.
        crossed_at: the look at which the boundary was crossed, this or an earlier one.
        harm_p: one-sided share as high or crossed earlier, against the guard's own level.
        conditional_power: of the planned effect for the rest, given what is known.
        ratio: estimate with the interval that holds at all looks together.

    """

    at: int
    planned: bool
    verdict: Verdict
    spent: float | None = None
    p: float | None = None
    crossed_at: int | None = None
    harm_p: float | None = None
    conditional_power: float | None = None
    ratio: Ratio | None = None


def spent(share: ArrayLike, alpha: float) -> NDArray[np.float64]:
    """O'Brien-Fleming-like spending: level used up, both sides, when `share` of the trial is done."""
    done = np.clip(np.asarray(share, np.float64), 1e-12, 1.0)
    return np.asarray(4 * stats.norm.sf(stats.norm.isf(alpha / 4) / np.sqrt(done)))


def spent_on_harm(share: ArrayLike, level: float) -> NDArray[np.float64]:
    """Pocock-like spending of the guard against harm, level · ln(1 + (e - 1) t): early harm counts early."""
    done = np.clip(np.asarray(share, np.float64), 0.0, 1.0)
    return np.asarray(level * np.log1p((np.e - 1) * done))


@dataclass(frozen=True, eq=False)
class Course:
    """All assignments followed through the looks.

    Attributes:
        first: the look at which the observed one crosses, K where it does not, (...).
        p: share that crossed earlier or is as extreme as the observed one, at each look, (K, ...).
        critical: what must be exceeded to cross, at each look, (K, ...).

    """

    first: NDArray[np.int64]
    p: NDArray[np.float64]
    critical: NDArray[np.float64]


def follow(
    drawn: NDArray[np.float64], observed: NDArray[np.float64], levels: NDArray[np.float64], *, exact: bool
) -> Course:
    """Follow all assignments through the looks.

    Args:
        drawn: how extreme each assignment is at each look, (K, n, ...).
        observed: the same of the observed one, (K, ...).
        levels: level spent up to each look, (K,).
        exact: whether the assignments are all there are (the observed one among them).

    """
    looks, total = len(levels), drawn.shape[1] + (not exact)
    out = np.zeros(drawn.shape[1:], bool)
    first, p, critical = (
        np.full(observed.shape[1:], looks),
        np.empty(observed.shape),
        np.empty(observed.shape),
    )
    for k in range(looks):
        slack = TIE * np.maximum(1.0, np.abs(drawn[k]).max(axis=0))
        p[k] = ((out | (drawn[k] >= observed[k] - slack)).sum(axis=0) + (not exact)) / total
        first = np.where((first == looks) & (p[k] <= levels[k] + TIE), k, first)
        critical[k] = _critical(drawn[k], out, np.floor(levels[k] * total + TIE)) + slack
        out |= drawn[k] > critical[k]
    return Course(first, p, critical)


def _critical(values: NDArray[np.float64], out: NDArray[np.bool_], allowed: float) -> NDArray[np.float64]:
    """Return the greatest value that must not cross, so that no more than `allowed` have, (...)."""
    still = np.where(out, -np.inf, values)
    room = np.maximum(allowed - out.sum(axis=0), 0).astype(np.int64)
    ordered = -np.sort(-still, axis=0)
    at = np.minimum(room, len(values) - 1)
    return np.asarray(np.take_along_axis(ordered, at[None], axis=0)[0])


def look(
    design: Design,
    plan: Schedule,
    places: Outcome,
    *,
    taken: Sequence[int] = (),
    count_unplanned: bool = False,
) -> Look:
    """Look at a trial after the periods that `places` has.

    Args:
        design: pairs and protocol.
        plan: which was treated when.
        places: incidents so far.
        taken: periods done at the looks before this one, also the unplanned ones that were counted.
        count_unplanned: take a look that the protocol does not have, and count it. By default it is refused.

    Raises:
        ValueError: `taken` does not rise or lies beyond this look; the outcome does not fit.

    """
    protocol, at = design.protocol, places.during.shape[1]
    if list(taken) != sorted(set(taken)) or any(not 0 < k < at for k in taken):
        raise ValueError(f"taken: rising, from 1 to {at - 1}, not {list(taken)}")
    planned = at in protocol.looks or at == protocol.periods
    if not planned and not count_unplanned:
        return Look(at, planned, Verdict.REFUSED)
    return _opened(design, plan, places, [*taken, at], planned=planned)


def _opened(design: Design, plan: Schedule, places: Outcome, looks: list[int], *, planned: bool) -> Look:
    protocol, at = design.protocol, looks[-1]
    share = np.array(looks) / protocol.periods
    of = [units(design, plan, places, periods) for periods in looks]
    score = np.stack([np.subtract(*one.scores(protocol)) for one in of])
    drawn = assignments(score.shape[1], protocol.draws, protocol.seed)
    every, seen = score @ drawn.signs.T, score.sum(axis=1)
    levels = spent(share, protocol.alpha)
    proof = follow(np.abs(every), np.abs(seen), levels, exact=drawn.exact)
    guard = follow(every, seen, spent_on_harm(share, protocol.harm), exact=drawn.exact)
    curtailed = conditional_power(score[-1], float(share[-1]), protocol)
    crossed = int(proof.first) if proof.first < len(looks) else None
    # What is left to a single look of the level that all looks share: its interval holds at all of them.
    nominal = float(
        (np.abs(every[-1]) > proof.critical[-1]).sum() / (drawn.signs.shape[0] + (not drawn.exact))
    )
    return Look(
        at=at,
        planned=planned,
        verdict=_verdict(
            seen, crossed, harmed=bool(guard.first < len(looks)), curtailed=curtailed, of=protocol
        ),
        spent=float(levels[-1]),
        p=float(proof.p[-1]),
        crossed_at=None if crossed is None else looks[crossed],
        harm_p=float(guard.p[-1]),
        conditional_power=curtailed,
        ratio=ratio(of[-1], protocol, drawn, nominal),
    )


def _verdict(
    seen: NDArray[np.float64], crossed: int | None, *, harmed: bool, curtailed: float | None, of: Protocol
) -> Verdict:
    if crossed is not None:
        return Verdict.EFFECT if seen[crossed] < 0 else Verdict.HARM
    if harmed:
        return Verdict.HARM
    if curtailed is None:
        return Verdict.NO_EFFECT
    return Verdict.FUTILE if curtailed < of.futility else Verdict.GO_ON


def conditional_power(score: NDArray[np.float64], share: float, protocol: Protocol) -> float | None:
    """Power for what is left if the effect is the planned one (Lan & Wittes 1988, Biometrics 44).

    B = z √t; the planned drift is the one at which the whole trial has the stated power. None at the end.
    """
    if share >= 1:
        return None
    spread = float(np.sqrt((score**2).sum()))
    z = -float(score.sum()) / spread if spread else 0.0
    limit = float(stats.norm.isf(protocol.alpha / 2))
    drift = limit + float(stats.norm.ppf(protocol.power))
    short = limit - z * np.sqrt(share) - drift * (1 - share)
    return float(stats.norm.sf(short / np.sqrt(1 - share)))
