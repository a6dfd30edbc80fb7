"""From recorded trips to factors: routes and factors in turn, judged on trips that were held out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads.calibration.fit import Belief, Factor, Fitted
from anlan.engine.geo.roads.calibration.model import Model
from anlan.engine.geo.roads.calibration.score import Errors, by_hour
from anlan.engine.geo.roads.calibration.trips import GROUPS, Placed, Trips, placed
from anlan.engine.geo.roads.calibration.ways import group_of, spent
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.geo.roads.graph import RoadGraph

MOST_TRIPS = 4000
LEAST_TRIPS = 10
SAME = 0.01


@dataclass(frozen=True)
class Calibration:
    """What recorded trips say of a graph's travel times: plain numbers, ready for JSON.

    `factors` (hour classes × road classes) and `waits` (hour classes) replace the graph's; `fixed_s` comes on
    top of every trip and is in no travel time. `before` are the errors with the factors in force and no fixed
    time, `after` those of trips held out in turn (cross-validation), `fitted` those of the trips learnt from;
    each by hour class and for "all". `left_out` counts trips by reason, `why` has the reason of each row
    (empty = used). `rounds` of routing were done; in the last, the share `rerouted` of trips changed its way.
    """

    factors: tuple[tuple[float, ...], ...]
    waits: tuple[float, ...]
    fixed_s: float
    fixed_low_s: float
    fixed_high_s: float
    multipliers: tuple[Factor, ...]
    before: dict[str, Errors]
    after: dict[str, Errors]
    fitted: dict[str, Errors]
    left_out: dict[str, int]
    why: tuple[str, ...]
    rounds: int
    rerouted: float

    def applied(self, graph: RoadGraph) -> RoadGraph:
        """The graph with the factors and waits found."""
        return graph.with_factors(np.array(self.factors, np.float32), np.array(self.waits, np.float32))


def calibrate(  # noqa: PLR0913  the rules by name
    graph: RoadGraph,
    trips: Trips,
    *,
    groups: Mapping[str, Sequence[str]] = GROUPS,
    belief: Belief | None = None,
    rounds: int = 3,
    folds: int = 5,
    most_trips: int = MOST_TRIPS,
    seed: int = 0,
    watch: Watch = UNWATCHED,
) -> Calibration:
    """Learn factors per hour class and group, the wait at lights and a fixed time from recorded trips.

    Each round routes all trips by the factors so far and fits the factors to the times along those routes,
    until fewer than one in a hundred trips changes its way, or `rounds` are done. Stopped by the watch, it
    returns what the rounds and folds so far give; `after` then judges fewer trips.

    Raises:
        ValueError: rounds or folds out of range, groups that do not part the classes, or fewer than 10 trips
            that can be learnt from (with the reasons).

    """
    if rounds < 1 or folds < 2:
        raise ValueError(f"rounds: at least 1, folds: at least 2, not {rounds} and {folds}")
    model = Model(graph, group_of(groups), tuple(groups), belief or Belief())
    usable = placed(graph, trips, most_trips, seed)
    ways = spent(graph, graph, usable, model.group)
    reached = np.isfinite(ways[:, 0])
    usable.why[usable.row[~reached]] = "no_way"
    usable, ways = usable.only(reached), ways[reached]
    if len(usable) < LEAST_TRIPS:
        reasons = ", ".join(f"{count} {why}" for why, count in _counts(usable).items())
        raise ValueError(
            f"trips: {len(usable)} can be learnt from, at least {LEAST_TRIPS} are needed ({reasons})"
        )
    before = by_hour(model.base(ways, usable.hour_class), usable.seconds, usable.hour_class)
    found = _learn(model, usable, ways, rounds)
    watch.told("calibrate", 1 / (folds + 1))
    expected = _held_out(model, usable, ways, rounds, folds, seed, watch)
    judged = usable.only(np.isfinite(expected))
    fitted, (factors, waits) = found.fitted, model.factors(found.fitted.value)
    inside = model.table(found.ways, usable.hour_class) @ fitted.value
    return Calibration(
        factors=tuple(tuple(row) for row in factors.astype(float).tolist()),
        waits=tuple(waits.astype(float).tolist()),
        fixed_s=float(fitted.value[-1]),
        fixed_low_s=max(float(fitted.value[-1] - 1.96 * fitted.error[-1]), 0.0),
        fixed_high_s=float(fitted.value[-1] + 1.96 * fitted.error[-1]),
        multipliers=model.multipliers(fitted, found.ways, usable.hour_class),
        before=before,
        after=by_hour(expected[np.isfinite(expected)], judged.seconds, judged.hour_class),
        fitted=by_hour(inside, usable.seconds, usable.hour_class),
        left_out=_counts(usable),
        why=tuple(usable.why.tolist()),
        rounds=found.rounds,
        rerouted=found.rerouted,
    )


def _counts(trips: Placed) -> dict[str, int]:
    return dict(Counter(reason for reason in trips.why.tolist() if reason))


@dataclass(frozen=True, eq=False)
class _Learnt:
    fitted: Fitted
    ways: NDArray[np.float64]
    rounds: int
    rerouted: float


def _learn(model: Model, trips: Placed, ways: NDArray[np.float64], rounds: int) -> _Learnt:
    """Fit and route in turn; `ways` are those of the graph as it is."""
    fitted, done, rerouted = model.fit(ways, trips), 1, 1.0
    while done < rounds and rerouted >= SAME:
        now = model.routed(fitted.value, trips)
        rerouted = float((np.abs(now - ways).sum(axis=1) > SAME).mean())
        ways, done = now, done + 1
        fitted = model.fit(ways, trips)
    return _Learnt(fitted, ways, done, rerouted if done > 1 else 0.0)


def _held_out(
    model: Model,
    trips: Placed,
    ways: NDArray[np.float64],
    rounds: int,
    folds: int,
    seed: int,
    watch: Watch,
) -> NDArray[np.float64]:
    """Seconds expected of each trip by what the other folds taught; NaN where the watch stopped before."""
    expected = np.full(len(trips), np.nan)
    fold = np.random.default_rng(seed).permutation(len(trips)) % folds
    for one in range(min(folds, len(trips))):
        if watch.stopped():
            break
        out, rest = fold == one, fold != one
        learnt = _learn(model, trips.only(rest), ways[rest], rounds)
        held = trips.only(out)
        routed = model.routed(learnt.fitted.value, held)
        expected[out] = model.table(routed, held.hour_class) @ learnt.fitted.value
        watch.told("calibrate", (one + 2) / (folds + 1))
    return expected
