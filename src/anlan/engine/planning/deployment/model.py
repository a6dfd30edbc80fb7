"""A day's plan as plain data (`dataclasses.asdict` gives JSON): codes and figures, no sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anlan.engine.planning.force import BeatForce
    from anlan.engine.planning.rehearsal.report import Report
    from anlan.engine.planning.routes import RoutePlan
    from anlan.engine.planning.staffing import StaffingPlan

METHOD = "deployment/2"
MAX_LISTED = 200


@dataclass(frozen=True)
class Stand:
    """A post with cars; `share` of the shift's demand lies within its response ring."""

    code: str
    lon: float
    lat: float
    beat: str
    cars: int
    share: float
    pinned: bool


@dataclass(frozen=True)
class Missing:
    """A shortfall: kind "unreachable", "forbidden", "support", "alpha" or "off_road"; some places listed.

    `relief`: the smallest change that helps, as `posts.Relief` tells it; empty where none is known.
    """

    kind: str
    demand: float
    share: float
    places: int
    codes: list[str] = field(default_factory=list)
    relief: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ShiftPosts:
    """One shift's posts; shares 0-1, times in seconds.

    `expected` incidents with their 80 % interval. `share_*`: of the shift's demand by one car and by two in
    the response ring, then in the support ring. `mean_s`, `p90_s`: road time of the nearest car.
    `minimum_cars` have all that can be reached in the support ring; `one_more`, `one_less`: see
    `posts.PostPlan`. `moved`: cars that changed post since the shift before. `by_hand`: the planner set all
    posts.
    """

    code: str
    start_min: int
    minutes: int
    hour_class: str
    expected: float
    low: float
    high: float
    cars: int
    placed: int
    posts: list[Stand]
    share_ring: float
    share_ring_twice: float
    share_support: float
    share_support_twice: float
    mean_s: float | None
    p90_s: float | None
    value: float
    bound: float
    gap: float
    bound_from: str
    status: str
    binds: list[str]
    minimum_cars: int
    minimum_bound: int
    one_more: float | None
    one_less: float | None
    moved: int
    by_hand: bool
    shortfalls: list[Missing]


@dataclass(frozen=True)
class Out:
    """A unit out in a shift: hours, post (cars) or beat, and seconds from its home to the post.

    `extra`: the shift's number of cars is fewer; it is out because the planner said so.
    """

    unit: str
    team: str
    kind: str
    shift: str
    start_min: int
    minutes: int
    beat: str
    post: str
    lon: float
    lat: float
    to_post_s: float | None
    by_hand: bool


@dataclass(frozen=True)
class Ways:
    """The routes of some beats' units in a shift, planned together."""

    shift: str
    beats: list[str]
    plan: RoutePlan


@dataclass(frozen=True)
class Problem:
    """Something that a planner must know: a code, whom it is about, figures by name."""

    code: str
    about: str = ""
    figures: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class DayPlan:
    """A deployment plan. `gap` is over all shifts and the moves between them.

    `level_from` is "colours" or "planner". `force_basis`: see `ForceBasis`. `seconds`: how long each step
    took. `stopped`: the planner cut it short.
    """

    method: str
    level: str
    level_from: str
    gap: float
    expected: float
    low: float
    high: float
    demand_points: int
    sites: int
    shifts: list[ShiftPosts]
    force: list[BeatForce]
    force_basis: str
    force_total: int
    reserve_total: int
    staffing: StaffingPlan | None
    out: list[Out]
    ways: list[Ways]
    rehearsal: Report | None
    rehearsed_beats: list[str]
    problems: list[Problem]
    seconds: dict[str, float]
    stopped: bool
