"""Varied from day to day, so that nobody can tell when a unit comes.

Among all plans that are worth at most a share `loss` less than the best found, one is looked for that begins
at each stop when it has not begun lately, and goes from stop to stop as it has not gone lately; a random
dislike of every half hour at every stop, drawn for the day, decides where the past does not. The search is
the same, started from the best plan, with the value as a limit and the dislikes as what is minimised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.routes.annealing import Budget, Task, anneal
from anlan.engine.planning.routes.model import build
from anlan.engine.planning.routes.search import Routed, begins_of, options_of, trimmed
from anlan.engine.planning.routes.table import recut_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.routes.arrays import Dislike
    from anlan.engine.planning.routes.edits import Pin
    from anlan.engine.planning.routes.model import Model
    from anlan.engine.planning.routes.plan import RoutePlan

FADES = 0.9  # a day's weight against the day after it
PAIR = 1.0  # dislike of a pair gone yesterday, against a begin in yesterday's half hour
CHANCE = 0.5  # the most that the day's draw dislikes a half hour
HEAT = (0.5, 0.02)  # of one dislike
ROUNDS = 3
WORTH = 0.1


@dataclass(frozen=True)
class Past:
    """An earlier day: seconds after midnight at which each stop was begun, and which stop followed which."""

    begins: Mapping[str, Sequence[int]]
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Vary:
    """How the plan of `day` (any whole number that changes daily) is varied; `past`: newest day last.

    `loss`: the largest share of the best plan's value that may be given up for it.

    Raises:
        ValueError: names the parameter that is out of range.

    """

    day: int
    loss: float = 0.02
    past: Sequence[Past] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.loss < 1:
            raise ValueError(f"loss: from 0 to below 1, not {self.loss}")
        if self.day < 0:
            raise ValueError(f"day: 0 or more, not {self.day}")


def day_seed(seed: int, vary: Vary) -> int:
    """The seed of a day: another best plan, among those of almost the same value, to start from."""
    return seed + 1009 * vary.day


def past_of(plan: RoutePlan) -> Past:
    """What later days need to know of a plan (or of the entries really driven, put into its form)."""
    begins: dict[str, list[int]] = {}
    pairs = []
    for route in plan.units:
        stops = [entry for entry in route.entries if entry.kind in {"point", "line", "stop"}]
        for entry in stops:
            begins.setdefault(entry.code, []).append(entry.begin_s)
        pairs += [(one.code, other.code) for one, other in pairwise(stops)]
    return Past({code: tuple(sorted(moments)) for code, moments in begins.items()}, tuple(pairs))


def varied(
    best: Routed, vary: Vary, budget: Budget, part: tuple[float, float], pins: Sequence[Pin]
) -> tuple[Routed, Routed]:
    """The best plan, and one of nearly its value, as unlike the past as the search finds.

    A plan found on the way that misses fewer owed visits is the best from then on, whatever its value.
    """
    current, iterations = best, 0
    step = (part[1] - part[0]) / ROUNDS
    for number in range(ROUNDS):
        draft = current.draft()
        model = build(best.model.ground, recut_table(best.model.ground, begins_of(draft), pins))
        start = trimmed(model, options_of(model, draft))
        spare = Routed(model, start).value() - best.value() + vary.loss * abs(best.value())
        if spare < 0 or budget.stopped:
            break
        at = part[0] + number * step
        how = _task(model, start, vary, spare, 500 + number)
        routes, done = anneal(model, start, budget, (at, at + step), how)
        current, iterations = Routed(model, routes), iterations + done
        if current.owed() < best.owed():
            best = Routed(model, routes, best.iterations)
    return best, Routed(current.model, current.routes, best.iterations + iterations)


def _task(model: Model, start: Sequence[Sequence[int]], vary: Vary, spare: float, seed: int) -> Task:
    """Less dislike, with so much value to spare; all of it is worth a tenth of today's dislike."""
    from anlan.engine.planning.routes import arrays  # noqa: PLC0415  Numba is slow to import

    dislike = _dislike(model, vary)
    work = arrays.pack(model, dislike)
    state = arrays.state_of(work, start)
    cost = arrays.worth(work, state, np.array([1.0, 0.0]))
    disliked = max(arrays.worth(work, state, np.array([0.0, 1.0])), 1e-9)
    weight = WORTH * disliked / max(spare, 1e-9)
    return Task(HEAT, seed, dislike, (weight, 1.0, cost + spare, 1 / weight))


def _dislike(model: Model, vary: Vary) -> Dislike:
    """What the past and the day's draw say against beginning when, and going where."""
    from anlan.engine.planning.routes import arrays  # noqa: PLC0415  Numba is slow to import

    origin, count = arrays.bins(model)
    row_of = {stop.code: row for row, stop in enumerate(model.ground.stops)}
    begin = CHANCE * np.random.default_rng(vary.day).random((len(row_of), count))
    pair = np.zeros((len(row_of), len(row_of)))
    for age, day in enumerate(reversed(vary.past)):
        weight = FADES**age
        for code, moments in day.begins.items():
            for moment in moments if code in row_of else ():
                _add(begin[row_of[code]], (moment - origin) / arrays.BIN_S, weight)
        for one, other in day.pairs:
            if one in row_of and other in row_of:
                pair[row_of[one], row_of[other]] += PAIR * weight
    return arrays.Dislike(begin, pair)


def _add(row: NDArray[np.float64], at: float, weight: float) -> None:
    """Add a begin: its half hour in full, those beside it by half."""
    for place, share in ((int(at) - 1, 0.5), (int(at), 1.0), (int(at) + 1, 0.5)):
        if 0 <= place < len(row):
            row[place] += weight * share


@dataclass(frozen=True)
class Unpredictability:
    """How well a run of days hides its pattern.

    `entropy`: of the hour at which each stop is begun over the days, as a share of the most possible with so
    many begins and hours; mean over stops begun on more than one day. `hours`: different hours a stop was
    begun at, mean. `repeats`: share of consecutive pairs of stops also gone, in that order, the day before.
    """

    entropy: float
    hours: float
    repeats: float


def unpredictability(days: Sequence[Past], from_s: int, until_s: int) -> Unpredictability:
    """Measure a run of days on one shift, oldest first.

    Raises:
        ValueError: fewer than two days.

    """
    if len(days) < 2:
        raise ValueError(f"days: at least 2, not {len(days)}")
    hours = max(1, -(-(until_s - from_s) // 3600))
    begins: dict[str, list[int]] = {}
    for day in days:
        for code, moments in day.begins.items():
            begins.setdefault(code, []).extend((moment - from_s) // 3600 for moment in moments)
    several = [found for code, found in begins.items() if sum(code in day.begins for day in days) > 1]
    shares = [_entropy(found) / np.log(min(len(found), hours)) for found in several if hours > 1]
    repeats = [
        len(set(new.pairs) & set(old.pairs)) / len(set(new.pairs)) for old, new in _steps(days) if new.pairs
    ]
    return Unpredictability(
        float(np.mean(shares)) if shares else 0.0,
        float(np.mean([len(set(found)) for found in several])) if several else 0.0,
        float(np.mean(repeats)) if repeats else 0.0,
    )


def _steps(days: Sequence[Past]) -> list[tuple[Past, Past]]:
    return list(pairwise(days))


def _entropy(hours: Sequence[int]) -> float:
    counts = np.array(list(Counter(hours).values()), np.float64)
    share = counts / counts.sum()
    return float(-(share * np.log(share)).sum())
