"""From candidates to a design: who may take part, paired, with the level that each had before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.trials.eligible import eligible
from anlan.engine.planning.trials.match import distances, matched
from anlan.engine.planning.trials.model import Design, Excluded, Pair, Why

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.trials.eligible import Eligibility, Hotspots
    from anlan.engine.planning.trials.model import Protocol

CALIPER = 0.7  # log ratio: a place with twice the other's incidents is no pair


def design(spots: Hotspots, rules: Eligibility, protocol: Protocol, *, caliper: float = CALIPER) -> Design:
    """Choose the places and pair them; the same for the same input, whatever its order.

    Raises:
        ValueError: fewer than two places may take part, or no two are alike.

    """
    rows, excluded = eligible(spots, rules)
    if len(rows) < 2:
        raise ValueError(f"spots: {len(rows)} may take part, a trial needs two")
    chosen = spots.taken(rows)
    gaps = distances(chosen.history)
    pairs, optimal = _with_one_left(gaps)
    mean = chosen.mean()
    kept = []
    for a, b in pairs:
        if len(rows) in (a, b):
            excluded.append(Excluded(chosen.codes[min(a, b)], Why.ODD))
        elif gaps[a, b] > caliper:
            excluded += _unlike(chosen, a, b, float(gaps[a, b]), caliper)
        else:
            one, two = sorted((a, b), key=lambda row: chosen.codes[row])
            bases = float(mean[one]), float(mean[two])
            kept.append(Pair(chosen.codes[one], chosen.codes[two], *bases, float(gaps[a, b])))
    if not kept:
        raise ValueError(f"caliper: no two places are as alike as {caliper:g}")
    kept.sort(key=lambda pair: (-pair.base_first - pair.base_second, pair.first))
    return Design(tuple(kept), protocol, tuple(excluded), optimal)


def _with_one_left(gaps: NDArray[np.float64]) -> tuple[list[tuple[int, int]], bool]:
    """Pair the places; of an odd number the one is left over without whom the others are closest."""
    if len(gaps) % 2 == 0:
        return matched(gaps)
    return matched(np.pad(gaps, (0, 1)))


def _unlike(spots: Hotspots, a: int, b: int, gap: float, caliper: float) -> list[Excluded]:
    one, two = spots.codes[a], spots.codes[b]
    return [Excluded(one, Why.UNLIKE, gap, caliper, two), Excluded(two, Why.UNLIKE, gap, caliper, one)]
