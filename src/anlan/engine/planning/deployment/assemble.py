"""The deployment plan of one day in one call: strength, posts, crews, routes, rehearsal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anlan.engine.planning.deployment.crews import crewed
from anlan.engine.planning.deployment.inputs import Ask
from anlan.engine.planning.deployment.model import METHOD, DayPlan
from anlan.engine.planning.deployment.posted import Z80, hour_class_of, posts_of_shifts, shown
from anlan.engine.planning.deployment.rehearsed import setup, stage
from anlan.engine.planning.deployment.staffed import strength
from anlan.engine.planning.deployment.times import Times, thinned
from anlan.engine.planning.deployment.ways import routed
from anlan.engine.planning.posts import INTERACTIVE, Effort
from anlan.engine.planning.rehearsal.report import report
from anlan.engine.planning.rehearsal.tally import rehearse
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.engine.planning.deployment.inputs import Day
    from anlan.engine.planning.deployment.model import Out, Problem, ShiftPosts, Ways
    from anlan.engine.planning.deployment.staffed import Strength
    from anlan.engine.planning.posts import PostPlan
    from anlan.engine.planning.rehearsal.report import Report
    from anlan.engine.planning.watch import Watch


@dataclass(frozen=True)
class How:
    """How hard to try: seconds for the posts of a shift, seconds for a beat's routes, replications.

    `routes`, `replications` 0 leave those out, as a planner's quick try does.
    """

    posts: Effort = field(default_factory=lambda: Effort(time_limit_s=8.0))
    routes_s: float = 0.4
    replications: int = 200


QUICK = How(INTERACTIVE, 0.0, 40)


@dataclass
class _Steps:
    """Tells the watch the steps of a plan and times them."""

    watch: Watch
    seconds: dict[str, float] = field(default_factory=dict)
    begun: float = field(default_factory=time.perf_counter)

    def next(self, name: str) -> None:
        now = time.perf_counter()
        if self.seconds:
            last = next(reversed(self.seconds))
            self.seconds[last] = now - self.begun
        self.seconds[name], self.begun = 0.0, now
        self.watch.told(name, 0.0)


def assemble(
    day: Day,
    ask: Ask | None = None,
    how: How | None = None,
    watch: Watch = UNWATCHED,
    earlier: Mapping[str, PostPlan] | None = None,
) -> tuple[DayPlan, dict[str, PostPlan]]:
    """Make the plan of a day; also the solved posts of each shift, for a later edit to rest on.

    Stopped, it returns what there is by then: posts always, routes and rehearsal as far as they came.

    Raises:
        Contradicted: what the planner has set leaves no plan.
        ValueError: names what is wrong: no sites, no demand, no car, an unknown post.

    """  # fmt: skip
    ask, how, steps = ask or Ask(), how or How(), _Steps(watch)
    steps.next("times")
    times = _times(day, ask)
    steps.next("staffing")
    force = strength(day, ask, times)
    if not any(force.cars.values()):
        raise ValueError("cars: none in any shift; put units on duty or set their number")
    steps.next("posts")
    solved = posts_of_shifts(day, ask, times, force.cars, how.posts, watch, earlier)
    posts = [
        shown(day, ask, times, shift, solved[shift.code], force.cars[shift.code]) for shift in day.shifts
    ]
    steps.next("crews")
    out, unmanned = crewed(day, ask, posts, force.others)
    steps.next("routes")
    cells = force.staffing.cells if force.staffing else []
    ways, unvisited = routed(day, out, cells, watch, how.routes_s) if how.routes_s else ([], [])
    steps.next("rehearsal")
    rehearsal, beats = _rehearsed(day, out, how, watch)
    steps.next("keep")
    found = [*force.problems, *unmanned, *unvisited]
    return _plan(day, force, posts, out, (ways, rehearsal, beats, found), steps, times), solved


def _times(day: Day, ask: Ask) -> Times:
    times = Times.of(day.graph, day.sites, day.demand)
    kept = {code for codes in (*ask.pins.values(), *ask.posts.values()) for code in codes}
    return thinned(times, hour_class_of(day, day.shifts[0]), day.standards.rings.ring_s, kept)


def _rehearsed(day: Day, out: list[Out], how: How, watch: Watch) -> tuple[Report | None, list[str]]:
    if not how.replications or watch.stopped() or not any(one.post for one in out):
        return None, []
    of = stage(day, out)
    tally = rehearse(
        setup(day, of, out),
        of.expected,
        of.travel,
        zones=of.zones,
        replications=how.replications,
        watch=watch,
    )
    return report(tally), of.beats


def _plan(
    day: Day,
    force: Strength,
    posts: list[ShiftPosts],
    out: list[Out],
    made: tuple[list[Ways], Report | None, list[str], list[Problem]],
    steps: _Steps,
    times: Times,
) -> DayPlan:
    expected = float(day.demand.expected.sum())
    spread = Z80 * float((expected + day.demand.alpha * expected**2) ** 0.5)
    ways, rehearsal, beats, problems = made
    return DayPlan(
        method=METHOD,
        level=force.level,
        level_from=force.level_from,
        gap=max((one.gap for one in posts), default=0.0),
        expected=expected,
        low=max(0.0, expected - spread),
        high=expected + spread,
        demand_points=len(day.demand.codes),
        sites=len(times.sites.codes),
        shifts=posts,
        force=force.force,
        force_basis=day.beats.basis.value,
        force_total=sum(beat.on_patrol for beat in force.force),
        reserve_total=sum(beat.reserve for beat in force.force),
        staffing=force.staffing,
        out=out,
        ways=ways,
        rehearsal=rehearsal,
        rehearsed_beats=beats,
        problems=problems,
        seconds=steps.seconds,
        stopped=steps.watch.stopped(),
    )
