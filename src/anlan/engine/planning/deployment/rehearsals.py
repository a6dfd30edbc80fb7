"""Questions to a plan that is made: against another, on a surge day, with a unit less, by another rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.deployment.rehearsed import Stage, points, posts_of, setup, stage
from anlan.engine.planning.rehearsal import compare as comparing
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from anlan.engine.dispatch.recommend import Demand
    from anlan.engine.planning.deployment.inputs import Day
    from anlan.engine.planning.deployment.model import Out
    from anlan.engine.planning.rehearsal.compare import Comparison, Loss, Verdict
    from anlan.engine.planning.watch import Watch

RUNS = 200


def compared(
    day: Day,
    before: Sequence[Out],
    after: Sequence[Out],
    *,
    scene: Stage | None = None,
    runs: int = RUNS,
    watch: Watch = UNWATCHED,
) -> tuple[Comparison, list[str]]:
    """Two plans of a day on the same calls: what the second changes; and the beats that its rows number."""
    of = scene or stage(day, posts_of([*before, *after]))
    one, other = setup(day, of, before), setup(day, of, after)
    found = comparing.compare(
        one, other, of.expected, of.travel, zones=of.zones, replications=runs, watch=watch
    )
    return found, of.beats


def surged(
    day: Day,
    out: Sequence[Out],
    times: float,
    *,
    beats: Collection[str] = (),
    hours: tuple[int, int] = (0, 24),
    runs: int = RUNS,
    watch: Watch = UNWATCHED,
) -> tuple[Comparison, list[str]]:
    """A day with `times` as many calls in some beats (none named: all) from one hour to another.

    Raises:
        ValueError: `times` or the hours are out of range.

    """
    if not 0 <= times <= 20:
        raise ValueError(f"times: from 0 to 20, not {times}")
    if not 0 <= hours[0] < hours[1] <= 24:
        raise ValueError(f"hours: from 0 to 24 and rising, not {hours}")
    of = stage(day, posts_of(out))
    factor = np.ones((len(of.expected.expected), len(of.expected.place)))
    wanted = np.array([not beats or of.beats[beat] in beats for beat in of.expected.beat])
    factor[hours[0] : hours[1], wanted] = times
    played = setup(day, of, out)
    found = comparing.surge(
        played, of.expected, factor, of.travel, zones=of.zones, replications=runs, watch=watch
    )
    return found, of.beats


def without_each(day: Day, out: Sequence[Out], *, runs: int = 40, watch: Watch = UNWATCHED) -> list[Loss]:
    """What the day is without each car in turn, the one missed most first."""
    of = stage(day, posts_of(out))
    played = setup(day, of, out)
    return comparing.criticality(
        played, of.expected, of.travel, zones=of.zones, replications=runs, watch=watch
    )


def rule_judged(
    day: Day, out: Sequence[Out], policy: Policy, *, runs: int = RUNS, watch: Watch = UNWATCHED
) -> tuple[Verdict, Demand]:
    """A dispatch rule against the closest unit on the plan's day: it may be switched on only if better.

    The second are the points of demand that the rule spared units for, as it must when it is in force.
    """
    of = stage(day, posts_of(out))
    played = setup(day, of, out)
    found = comparing.judge_rule(
        played, policy, of.expected, of.travel, zones=of.zones, replications=runs, watch=watch
    )
    return found, points(day)
