"""A week of 2018 planned: roster, posts and routes by the engine's planners, from the weeks before it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.forecast.predictive import dispersion
from anlan.engine.planning import roster
from anlan.engine.planning.demand import DayDemand, hour_shares, priority_shares
from anlan.engine.planning.deployment import (
    Ask,
    Beats,
    Crew,
    Day,
    DayPlan,
    How,
    Sites,
    assemble,
    spread_over,
)
from anlan.engine.planning.force import ForceBasis
from anlan.engine.planning.posts import Effort, Model, Rings
from anlan.engine.planning.rehearsal.fit import AS_LEARNED, NOT_OUT
from anlan.engine.planning.shifts import THREE_SHIFTS
from anlan.engine.planning.standards import Standards, Work
from bench.evidence.rehearsal.record import FIRST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.fit import Learned
    from bench.evidence.rehearsal.record import City

WEEK = 36  # from Monday, 10 September: the first week planned
WITHIN_S, SUPPORT_S = 300.0, 600.0
SITES = 150
MOSTLY_HERE = 2.5  # first orders a day above which an engine's work lies mostly in the recorded area
CREW, TEAMS, PEOPLE, ON_LEAVE = 2, "ABCD", 22, 2
URGENT = 4  # sorts of run: 4 x priority


@dataclass(frozen=True, eq=False)
class WeekPlan:
    """Days Monday to Sunday, the roster, and where each unit waits by hour of the week (units, 168)."""

    name: str
    standards: Standards
    days: list[DayPlan]
    roster: roster.Roster
    people: dict[str, list[int]]
    homes: NDArray[np.int64]


def engines(city: City) -> tuple[list[int], list[int]]:
    """Engines that a plan may move, and those that stay: they work mostly outside the record."""
    first = city.learned_from.sent_s == city.learned_from.first_sent
    number = np.bincount(city.learned_from.unit[first], minlength=len(city.units)) / 182
    ours = [unit for unit, name in enumerate(city.units) if name.startswith("E") and city.station[unit] >= 0]
    return [u for u in ours if number[u] >= MOSTLY_HERE], [u for u in ours if number[u] < MOSTLY_HERE]


def standards_of(learned: Learned, engine: int) -> dict[str, Standards]:
    """Standards to choose from: the default; rings as the record has them; the least mean way.

    A ring of 5 minutes from receipt is less by road: delay, turnout and access come off, and engines need
    longer than the map says.
    """
    delay, turnout, pace = (
        float(np.median(of.get(engine, URGENT)))
        for of in (learned.delay, learned.turnout, learned.pace)
    )  # fmt: skip
    slow = pace * float(learned.factor[1])

    def by_road(seconds: float) -> float:
        return (seconds - delay - turnout) / slow - learned.homes.fixed_s

    work = Work(turnout_s=turnout, dispatch_s=delay)
    plain = Standards(work=work)
    known = Rings(by_road(WITHIN_S), by_road(SUPPORT_S))
    return {
        "double standard, rings by the map": plain,
        "double standard, rings from the record": replace(plain, rings=known),
        "p-median": replace(plain, rings=known, model=Model.P_MEDIAN, move_price=0.0),
    }


def rostered() -> tuple[roster.Roster, dict[str, list[int]]]:
    """Four teams in three shifts (staff made up: none is recorded), and people by shift and day."""
    members = tuple(
        roster.Member(
            f"{team}-{place:02}", team, skills=("driver",) if place % 2 else (),
            leave=tuple(range(7)) if place < ON_LEAVE else (),
        )
        for team in TEAMS
        for place in range(PEOPLE)
    )  # fmt: skip
    wanted = CREW * 10
    needs = [
        roster.Need(day, shift.code, people, skill)
        for day in range(7)
        for shift in THREE_SHIFTS
        for people, skill in ((wanted, ""), (wanted // CREW, "driver"))
    ]
    rules = roster.Rules(
        nights_running=roster.Limit(2), days_running=roster.Limit(6),
        hours=(roster.Hours(7, most=roster.Limit(48 * 60)),),
    )  # fmt: skip
    asked = roster.Problem(str(monday()), 7, THREE_SHIFTS, members, tuple(needs), rules)
    cycle = roster.named("four_teams_8", shifts=THREE_SHIFTS)
    asked = replace(asked, base=roster.pattern_rows(asked, {"": cycle}))
    made = roster.solve(asked, effort=roster.Effort(60.0))
    people = {
        shift.code: [sum(row[day] == shift.code for row in made.rows.values()) for day in range(7)]
        for shift in THREE_SHIFTS
    }
    return made, people


def monday() -> dt.date:
    """First day of the week planned."""
    return FIRST.date() + dt.timedelta(weeks=WEEK)


def demand(city: City, weekday: int) -> DayDemand:
    """Calls for an engine expected on a weekday: those of such days in the weeks before, by hour."""
    past = city.weeks(0, WEEK)
    first = (past.kind == city.kind("ENGINE")) & (past.sent_s == past.first_sent)
    rows = np.flatnonzero(first)
    rows = rows[np.unique(past.call[rows], return_index=True)[1]]
    day, hour = np.divmod((past.first_received[rows] // 3600).astype(np.int64), 24)
    days = WEEK * 7
    like = (np.arange(days) % 7 >= 5) == (weekday >= 5)
    by_hour = np.zeros((len(city.beats), days, 24))
    np.add.at(by_hour, (city.beat_of[past.place[rows]], day, hour), 1)
    expected = np.bincount(past.place[rows][like[day]], minlength=len(city.nodes)) / like.sum()
    total = by_hour.sum(axis=(0, 2))[like][None]
    used = np.flatnonzero(expected)
    return DayDemand(
        [f"P{node}" for node in city.nodes[used]],
        city.graph.node_lon[city.nodes[used]],
        city.graph.node_lat[city.nodes[used]],
        [city.beats[city.beat_of[place]] for place in used],
        expected[used],
        hour_shares(by_hour, like, city.beat_of[used]),
        priority_shares(np.bincount(past.priority[rows], minlength=3)[1:3], 2),
        float(dispersion(total, np.full_like(total, total.mean()))[0]),
    )


def candidates(city: City, learned: Learned) -> Sites:
    """Posts to choose from: road nodes spread over the area, and the homes of all stations."""
    spread = spread_over(city.graph, SITES)
    homes = [f"N{node}" for node in learned.homes.station if f"N{node}" not in spread.codes]
    codes = [*spread.codes, *dict.fromkeys(homes)]
    nodes = np.array([int(code[1:]) for code in codes])
    return Sites(codes, city.graph.node_lon[nodes], city.graph.node_lat[nodes], [""] * len(codes))


def planned(
    city: City,
    learned: Learned,
    name: str,
    standards: Standards,
    duty: tuple[roster.Roster, dict[str, list[int]]],
    how: How,
) -> WeekPlan:
    """Seven days by one standard with the people that the roster has."""
    moved, stay = engines(city)
    sites = candidates(city, learned)
    crews = [_crew(city, learned, unit) for unit in (*moved, *stay)]
    homes = {city.units[unit]: _site(learned, city, unit) for unit in stay}
    service = {
        priority: learned.service.get(city.kind("ENGINE"), 4 * priority).tolist() for priority in (1, 2)
    }
    days = []
    for weekday in range(7):
        day = Day(
            city.graph, demand(city, weekday), sites,
            Beats(city.beats, ["yellow"] * len(city.beats), [0] * len(city.beats), ForceBasis.NONE),
            crews, weekday, WEEK * 7 + weekday, standards, recorded=service,
        )  # fmt: skip
        ask = Ask(
            cars={code: min(len(crews), row[weekday] // CREW) for code, row in duty[1].items()},
            pins={"": list(homes.values())},
            stay={f"{unit} {shift.code}": post for unit, post in homes.items() for shift in THREE_SHIFTS},
        )
        days.append(assemble(day, ask, how))
    return WeekPlan(name, standards, days, *duty, _homes(city, days))


def _crew(city: City, learned: Learned, unit: int) -> Crew:
    node = int(learned.homes.station[city.station[unit]])
    return Crew(city.units[unit], "car", float(city.graph.node_lon[node]), float(city.graph.node_lat[node]))


def _site(learned: Learned, city: City, unit: int) -> str:
    return f"N{int(learned.homes.station[city.station[unit]])}"


def _homes(city: City, days: list[DayPlan]) -> NDArray[np.int64]:
    """Where each unit waits by hour of the week; engines that the plan leaves in are not out."""
    homes = np.full((len(city.units), 168), AS_LEARNED)
    homes[[unit for units in engines(city) for unit in units]] = NOT_OUT
    for weekday, plan in enumerate(days):
        for one in plan.out:
            begin = one.start_min // 60
            hours = 24 * weekday + np.arange(begin, begin + one.minutes // 60)
            homes[city.units.index(one.unit), hours % 168] = int(one.post[1:])
    return homes


EFFORT = How(Effort(time_limit_s=2.0), routes_s=0.0, replications=0, staffing=False)
SIGNED = How(Effort(time_limit_s=8.0), routes_s=0.3, replications=0)
