"""The plan of a day in one call."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from tests.engine.planning.deployment.made import day, demand, street

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.deployment import (
    QUICK,
    Ask,
    Bench,
    Contradicted,
    DayPlan,
    Duty,
    How,
    Place,
    Sites,
    assemble,
    spread_over,
)
from anlan.engine.planning.deployment.rehearsals import compared, rule_judged, surged, without_each
from anlan.engine.planning.deployment.rehearsed import posts_of, setup, stage
from anlan.engine.planning.posts import Effort
from anlan.engine.planning.standards import Standards, Stops

SHORT = How(Effort(time_limit_s=2.0, kicks=50), routes_s=0.1, replications=20)
SHIFTS = ["night", "day", "evening"]


@pytest.fixture(scope="module")
def plan() -> DayPlan:
    """The plan of the street."""
    return assemble(day(), how=SHORT)


def test_every_shift_has_its_posts_cars_and_hours(plan: DayPlan) -> None:
    """Shifts in order of the clock; as many cars stand as are placed, each unit once a shift."""
    assert [shift.code for shift in plan.shifts] == SHIFTS
    for shift in plan.shifts:
        cars = [out for out in plan.out if out.shift == shift.code and out.kind == "car"]
        assert shift.placed == sum(stand.cars for stand in shift.posts) == len(cars) == 3
        assert Counter(out.post for out in cars) == {stand.code: stand.cars for stand in shift.posts}
        assert len({out.unit for out in cars}) == 3
        assert {(out.start_min, out.minutes) for out in cars} == {(shift.start_min, shift.minutes)}
    assert plan.gap >= 0


def test_units_take_the_posts_of_their_own_beats(plan: DayPlan) -> None:
    """The car of beat A stands in the west, that of beat B in the east."""
    posts = {out.unit: out.post for out in plan.out if out.shift == "day"}
    assert (posts["1"], posts["2"]) == ("W", "E")


def test_points_lines_and_spots_are_visited_within_the_hours(plan: DayPlan) -> None:
    """Each shift's routes go to every patrol point and line of the beats, and no entry leaves its shift."""
    for shift in plan.shifts:
        entries = [
            entry
            for ways in plan.ways if ways.shift == shift.code
            for unit in ways.plan.units
            for entry in unit.entries
        ]  # fmt: skip
        visited = {entry.code for entry in entries if entry.kind in {"point", "line"}}
        assert visited == {"PA", "PB", "LB"}
        begin, end = 60 * shift.start_min, 60 * (shift.start_min + shift.minutes)
        assert all(begin <= entry.begin_s <= entry.leave_s <= end for entry in entries)
    assert [one.code for one in plan.problems if one.code == "not_visited"] == []


def test_the_plan_is_rehearsed_with_an_interval(plan: DayPlan) -> None:
    """Response of all calls and by beat and priority, each with its interval, from call to scene."""
    assert plan.rehearsal is not None
    every = plan.rehearsal.row()
    mean = every.response.mean
    assert mean.low < mean.value < mean.high
    standards = Standards()
    assert mean.value > standards.work.turnout_s + standards.work.dispatch_s
    assert {row.beat for row in plan.rehearsal.rows} == {-1, *range(len(plan.rehearsed_beats))}


def test_force_follows_colour_and_level_and_is_held_against_the_need(plan: DayPlan) -> None:
    """Four fifths of the red beat and a fifth of the green; the planner's level lifts the green one too."""
    assert [beat.on_patrol for beat in plan.force] == [19, 5]
    assert (plan.level_from, plan.force_total + plan.reserve_total) == ("colours", 48)
    assert plan.staffing is not None
    assert {(cell.beat, cell.shift) for cell in plan.staffing.cells} == {(b, s) for b in "AB" for s in SHIFTS}
    raised = assemble(day(), Ask(level="I"), QUICK)
    assert [beat.on_patrol for beat in raised.force] == [19, 19]
    assert (raised.level, raised.level_from) == ("I", "planner")


def test_a_plan_is_plain_json(plan: DayPlan) -> None:
    """What is stored and shown is JSON as it stands, without infinities."""
    text = json.dumps(asdict(plan), allow_nan=False)
    assert json.loads(text)["shifts"][0]["code"] == "night"


def test_pins_forbidden_posts_and_numbers_are_kept() -> None:
    """What the planner sets holds; the other shifts are left to the search."""
    ask = Ask(pins={"day": ["M"]}, forbidden={"": ["W"]}, cars={"night": 1})
    made = assemble(day(), ask, QUICK)
    posts = {shift.code: {stand.code: stand for stand in shift.posts} for shift in made.shifts}
    assert posts["day"]["M"].pinned
    assert not any("W" in stands for stands in posts.values())
    assert sum(stand.cars for stand in posts["night"].values()) == 1


def test_posts_set_by_hand_are_not_searched() -> None:
    """A shift set by hand stays as it is, says so, and has what it covers reckoned."""
    made = assemble(day(), Ask(posts={"day": {"M": 2, "E": 1}}), QUICK)
    by_hand = next(shift for shift in made.shifts if shift.code == "day")
    assert {stand.code: stand.cars for stand in by_hand.posts} == {"M": 2, "E": 1}
    assert (by_hand.by_hand, by_hand.bound_from) == (True, "hand")
    assert 0 < by_hand.share_ring <= 1


def test_hours_and_stays_of_single_units_are_kept() -> None:
    """A unit's own hours and post; a stay that no car of the plan allows is told."""
    ask = Ask(
        duties={"1 day": Duty(600, 300)}, stay={"2 day": "W", "3 day": "nowhere"},
        posts={"day": {"W": 1, "E": 1, "M": 1}}, out=["4"],
    )  # fmt: skip
    made = assemble(day(), ask, QUICK)
    mine = {out.unit: out for out in made.out if out.shift == "day"}
    assert (mine["1"].start_min, mine["1"].minutes, mine["1"].by_hand) == (600, 300, True)
    assert mine["2"].post == "W"
    assert [(one.code, one.about) for one in made.problems if one.code == "stay_not_kept"] == [
        ("stay_not_kept", "3 day")
    ]
    assert "4" not in {out.unit for out in made.out}


@pytest.mark.parametrize(
    ("ask", "code", "helps"),
    [
        (Ask(pins={"day": ["W", "M", "E"]}, cars={"day": 2}), "pins_exceed_cars", {"cars", "unpin"}),
        (Ask(pins={"day": ["W"]}, forbidden={"": ["W"]}), "pins_exceed_room", {"high", "unpin"}),
        (Ask(forbidden={"day": ["W", "M", "E"]}), "all_forbidden", {"allow"}),
    ],
)
def test_contradictions_say_why_and_what_helps(ask: Ask, code: str, helps: set[str]) -> None:
    """Cause, shift and the smallest changes as codes, with names of posts in place of rows."""
    with pytest.raises(Contradicted) as clash:
        assemble(day(), ask, QUICK)
    plain = clash.value.plain
    assert (plain["code"], plain["shift"]) == (code, "day")
    assert {one["kind"] for one in plain["reliefs"]} == helps
    assert all(post in {"W", "M", "E"} for post in plain["posts"])


@pytest.mark.parametrize(
    ("change", "ask", "told"),
    [
        ({"sites": Sites([], np.zeros(0), np.zeros(0), [])}, Ask(), "sites: none"),
        ({"demand": demand([])}, Ask(), "needs grids"),
        ({"crews": []}, Ask(), "cars: none"),
        ({}, Ask(posts={"day": {"X": 1}}), "no post X"),
        ({}, Ask(pins={"": ["Y"]}), "no post Y"),
    ],
)
def test_what_is_missing_is_told_by_name(change: dict[str, Any], ask: Ask, told: str) -> None:
    """No sites, no demand, no car, an unknown post."""
    with pytest.raises(ValueError, match=told):
        assemble(day(**change), ask, QUICK)


def test_a_grid_without_road_and_one_out_of_reach_are_told_apart() -> None:
    """Kilometres from any road, and at the end of the street beyond the support ring of every post."""
    west = Sites(["W"], np.array([0.0]), np.zeros(1), ["A"])
    made = assemble(day(demand=demand([0.001, 0.020, 0.5]), sites=west), how=QUICK)
    kinds = {(short.kind, tuple(short.codes)) for short in made.shifts[0].shortfalls if short.codes}
    assert kinds == {("off_road", ("G2",)), ("unreachable", ("G1",))}


def test_more_cars_than_there_are_and_too_few_units_are_problems() -> None:
    """Five cars asked of three: the plan shows where five would stand and says that two are missing."""
    made = assemble(day(), Ask(cars={"day": 5}), QUICK)
    codes = {(one.code, one.about) for one in made.problems}
    assert {("more_cars_than_there_are", "day"), ("more_posts_than_cars", "day")} <= codes


def test_a_trial_flags_its_places() -> None:
    """A treated place is visited in every shift, an untreated one in none, though much is expected there."""
    spots = [Place("G0", 0.001, 0.0, "A"), Place("G3", 0.018, 0.0, "B")]
    made = assemble(
        day(
            trial={"G0": True, "G3": False}, trial_places=spots, standards=Standards(stops=Stops(per_beat=2))
        ),
        how=replace(SHORT, replications=0),
    )
    stops = Counter(
        (ways.shift, entry.code)
        for ways in made.ways for unit in ways.plan.units for entry in unit.entries if entry.kind == "stop"
    )  # fmt: skip
    assert all(stops[shift, "G0"] >= 1 for shift in SHIFTS)
    assert not any(code == "G3" for _shift, code in stops)


def test_a_bench_gives_the_same_as_starting_over() -> None:
    """With the day at hand an edit is tried on the same times; only the stage has more places."""
    asked = Ask(posts={"day": {"M": 2, "E": 1}})
    bench = Bench.of(day())
    assert bench.knows(asked)
    assert not bench.knows(Ask(pins={"": ["nowhere"]}))
    one, other = assemble(day(), asked, QUICK, bench=bench), assemble(day(), asked, QUICK)
    assert one.shifts == other.shifts
    assert one.out == other.out


def test_two_plans_meet_the_same_calls() -> None:
    """A plan against itself changes nothing at all; one with all cars at one end is slower, beyond chance."""
    here = day()
    good = assemble(here, Ask(posts={s: {"W": 1, "M": 1, "E": 1} for s in SHIFTS}), QUICK).out
    bad = assemble(here, Ask(posts={s: {"W": 2, "M": 1} for s in SHIFTS}), QUICK).out
    same, _beats = compared(here, good, good, runs=10)
    assert same.row().response.mean.change.value == 0
    worse, beats = compared(here, good, bad, runs=40)
    change = worse.row().response.mean.change
    assert beats == ["A", "B"]
    assert change.low > 0


def test_questions_to_a_plan() -> None:
    """A surge, one car less, another rule: each answered on the same luck."""
    here = day()
    out = assemble(here, how=QUICK).out
    more, _beats = surged(here, out, 3.0, beats=["A"], runs=10)
    rows = {(row.beat, row.priority): row for row in more.rows}
    assert rows[-1, -1].share_slower is None
    losses = without_each(here, out, runs=5)
    assert {loss.code for loss in losses} == {"1", "2", "3"}
    assert (losses[0].mean.change.value or 0) >= (losses[-1].mean.change.value or 0)
    verdict, points = rule_judged(here, out, Policy.COVER, runs=10)
    assert points.weight.sum() == pytest.approx(here.demand.expected.sum())
    assert verdict.answer in {"better", "worse", "unclear"}
    for times, hours in ((-1.0, (0, 24)), (2.0, (5, 5))):
        with pytest.raises(ValueError, match=r"times|hours"):
            surged(here, out, times, hours=hours)


def test_a_plan_is_rehearsed_by_the_rule_in_force() -> None:
    """The rehearsal of a plan sends units as the dispatchers of that county do."""
    out = assemble(day(), how=QUICK).out
    for rule in (Policy.CLOSEST, Policy.COVER):
        here = day(rule=rule)
        assert setup(here, stage(here, posts_of(out)), out).rules.policy is rule


class Stopping:
    """Asks to stop as soon as the routes begin."""

    def __init__(self) -> None:
        self.step, self.steps = "", [""]

    def told(self, step: str, _done: float, _gap: float | None = None) -> None:
        """Note the step."""
        self.step = step
        if step != self.steps[-1]:
            self.steps.append(step)

    def stopped(self) -> bool:
        """From the routes on."""
        return "routes" in self.steps


def test_stopped_it_keeps_what_there_is() -> None:
    """Posts and crews are there, routes and rehearsal are left out, and the plan says that it was stopped."""
    watch = Stopping()
    made = assemble(day(), how=SHORT, watch=watch)
    assert made.stopped
    assert len(made.out) >= 9
    assert (made.ways, made.rehearsal) == ([], None)
    assert [step for step in watch.steps if step in {"times", "staffing", "posts", "crews", "routes"}] == [
        "times", "staffing", "posts", "crews", "routes",
    ]  # fmt: skip


def test_made_candidates_spread_over_the_roads() -> None:
    """Made sites start in the middle and go to the ends first."""
    sites = spread_over(street(), 3)
    assert sorted(np.round(sites.lon, 3).tolist()) == [0.0, 0.01, 0.02]
    assert len(spread_over(street(5), 50).codes) == 5
    with pytest.raises(ValueError, match="count"):
        spread_over(street(), 0)
