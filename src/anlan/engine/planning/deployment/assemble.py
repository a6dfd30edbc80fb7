"""The deployment plan of one day in one call: strength, posts, crews, routes, rehearsal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from anlan.engine.planning.deployment.crews import crewed
from anlan.engine.planning.deployment.inputs import Ask
from anlan.engine.planning.deployment.model import METHOD, DayPlan
from anlan.engine.planning.deployment.posted import Z80, hour_class_of, posts_of_shifts, shown
from anlan.engine.planning.deployment.rehearsed import Stage, posts_of, setup, stage
from anlan.engine.planning.deployment.staffed import strength
from anlan.engine.planning.deployment.times import Times, thinned
from anlan.engine.planning.deployment.ways import routed
from anlan.engine.planning.posts import INTERACTIVE, Effort
from anlan.engine.planning.rehearsal.report import report
from anlan.engine.planning.rehearsal.tally import rehearse
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from anlan.engine.planning.deployment.inputs import Day
    from anlan.engine.planning.deployment.model import Out, Problem, ShiftPosts, Ways
    from anlan.engine.planning.deployment.staffed import Strength
    from anlan.engine.planning.rehearsal.report import Report
    from anlan.engine.planning.watch import Watch


@dataclass(frozen=True)
class How:
    """How hard to try: the posts of a shift, seconds for a beat's routes, replications of the rehearsal.

    `routes_s`, `replications` 0 leave those out, and `staffing` False the need by queueing, as a planner's
    quick try does.
    """

    posts: Effort = field(default_factory=lambda: Effort(time_limit_s=8.0))
    routes_s: float = 0.4
    replications: int = 200
    staffing: bool = True


QUICK = How(INTERACTIVE, 0.0, 0, staffing=False)


class NobodyOut(ValueError):  # noqa: N818  a state of the county, said to the planner
    """No car goes out in any shift: none is there, or too few people to crew one."""


@dataclass(frozen=True, eq=False)
class Bench:
    """A day kept at hand for one try after another: its road times and the stage of its rehearsals."""

    day: Day
    times: Times
    stage: Stage

    @classmethod
    def of(cls, day: Day, ask: Ask | None = None) -> Bench:
        """Work out the times to all candidate posts, those that `ask` names among them."""
        times = _times(day, ask or Ask())
        sites = times.sites
        names = list(zip(sites.codes, sites.lon.tolist(), sites.lat.tolist(), strict=True))
        return cls(day, times, stage(day, names))

    def knows(self, ask: Ask) -> bool:
        """Whether every post that is asked for is among its candidates."""
        return _named(ask) <= set(self.times.sites.codes)


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
    bench: Bench | None = None,
) -> DayPlan:
    """Make the plan of a day; `bench`: the same day, at hand.

    Stopped, it returns what there is by then: posts always, routes and rehearsal as far as they came.

    Raises:
        Contradicted: what the planner has set leaves no plan.
        NobodyOut: no car goes out in any shift.
        ValueError: names what is wrong: no sites, no demand, an unknown post.

    """
    ask, how, steps = ask or Ask(), how or How(), _Steps(watch)
    steps.next("times")
    times = bench.times if bench else _times(day, ask)
    steps.next("staffing")
    force = strength(day, ask, times, staffed=how.staffing)
    if not any(force.cars.values()):
        raise NobodyOut("cars: none in any shift; put units on duty or set their number")
    steps.next("posts")
    posted = posts_of_shifts(day, ask, times, force.cars, how.posts, watch)
    posts = [shown(day, ask, times, one, posted, force.cars[one.code]) for one in day.shifts]
    steps.next("crews")
    out, unmanned = crewed(day, ask, posts, force.others)
    steps.next("routes")
    cells = force.staffing.cells if force.staffing else []
    ways, unvisited = routed(day, out, cells, watch, how.routes_s) if how.routes_s else ([], [])
    steps.next("rehearsal")
    rehearsal, beats = _rehearsed(day, out, how, watch, bench)
    steps.next("keep")
    found = [*force.problems, *unmanned, *unvisited]
    plan = _plan(day, force, posts, out, (ways, rehearsal, beats, found), steps, times)
    return replace(plan, gap=posted.gap)


def _named(ask: Ask) -> set[str]:
    return {code for codes in (*ask.pins.values(), *ask.posts.values()) for code in codes}


def _times(day: Day, ask: Ask) -> Times:
    times = Times.of(day.graph, day.sites, day.demand)
    return thinned(times, hour_class_of(day, day.shifts[0]), day.standards.rings.ring_s, _named(ask))


def _rehearsed(
    day: Day, out: list[Out], how: How, watch: Watch, bench: Bench | None
) -> tuple[Report | None, list[str]]:
    if not how.replications or watch.stopped() or not any(one.post for one in out):
        return None, []
    of = bench.stage if bench else stage(day, posts_of(out))
    played, runs = setup(day, of, out), how.replications
    tally = rehearse(played, of.expected, of.travel, zones=of.zones, replications=runs, watch=watch)
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
        gap=0.0,
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
