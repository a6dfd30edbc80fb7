"""What a day's plan is made from: roads, demand, candidate posts, beats and their force, units, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.force import ForceBasis
from anlan.engine.planning.standards import Standards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph
    from anlan.engine.planning.demand import DayDemand
    from anlan.engine.planning.routes import Past
    from anlan.engine.planning.shifts import Shift

CAR = "car"


@dataclass(frozen=True, eq=False)
class Sites:
    """Candidate posts, (S,): codes, WGS-84 coordinates, whose beat ("" none)."""

    codes: Sequence[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    beat_codes: Sequence[str]

    def taken(self, rows: NDArray[np.int64]) -> Sites:
        """Some of them, in the order of `rows`."""
        beats = [self.beat_codes[row] for row in rows]
        return Sites([self.codes[row] for row in rows], self.lon[rows], self.lat[rows], beats)


@dataclass(frozen=True, eq=False)
class Beats:
    """Beats, (B,): codes, alert colours, strengths (people) and where those come from."""

    codes: Sequence[str]
    colours: Sequence[str]
    strengths: Sequence[int] | NDArray[np.int64]
    basis: ForceBasis


@dataclass(frozen=True)
class Crew:
    """A unit that can be sent out: how it moves, where it comes from, which beat is its own ("" none).

    `kind`: car, bike or foot; only cars stand at posts and answer calls in the rehearsal. `skills`: what it
    can do.
    """

    code: str
    kind: str
    lon: float
    lat: float
    beat: str = ""
    team: str = ""
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A place to visit: code, WGS-84 coordinates, beat."""

    code: str
    lon: float
    lat: float
    beat: str


@dataclass(frozen=True, eq=False)
class Stretch:
    """A patrol line that each shift goes along: code, beat, and its course as (lon, lat) rows, (n, 2)."""

    code: str
    beat: str
    course: NDArray[np.float64]


@dataclass(frozen=True)
class Duty:
    """A unit's time out as the planner set it: minutes after midnight, and length.

    Raises:
        ValueError: out of range.

    """

    start_min: int
    minutes: int

    def __post_init__(self) -> None:
        if not (0 <= self.start_min < 1440 and 0 < self.minutes <= 1440):
            raise ValueError(f"duties: from minute {self.start_min} for {self.minutes} is no time of a day")


@dataclass(frozen=True)
class Ask:
    """What the planner asks for besides the standards; what is empty is left to the engine.

    `level`: the county's alert level, "" from the colours. `cars`: number by shift. `pins`: posts with a car
    at least, by shift ("" for all); `forbidden`: posts with none, likewise. `posts`: the cars at every post
    of a shift, set by hand: that shift is not searched. `duties`: hours of units by "unit shift". `stay`: the
    post that a unit takes, by "unit shift". `out`: units that stay in.
    """

    level: str = ""
    cars: Mapping[str, int] = field(default_factory=dict)
    pins: Mapping[str, Sequence[str]] = field(default_factory=dict)
    forbidden: Mapping[str, Sequence[str]] = field(default_factory=dict)
    posts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    duties: Mapping[str, Duty] = field(default_factory=dict)
    stay: Mapping[str, str] = field(default_factory=dict)
    out: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Day:
    """Everything that the plan of a day is made from.

    `weekday`: 0 Monday to 6. `number`: a whole number that changes daily; it seeds what is drawn. `points`,
    `lines`: what each shift visits. `trial`: what running trials want of hot spots (code → treated or not),
    and `trial_places` where those are. `recorded`: seconds on scene by priority, where there are enough.
    `past`: earlier days' routes by "beat shift", newest last. `rule`: how dispatchers send units.
    """

    graph: RoadGraph
    demand: DayDemand
    sites: Sites
    beats: Beats
    crews: Sequence[Crew]
    weekday: int
    number: int
    standards: Standards = field(default_factory=Standards)
    points: Sequence[Place] = ()
    lines: Sequence[Stretch] = ()
    trial: Mapping[str, bool] = field(default_factory=dict)
    trial_places: Sequence[Place] = ()
    recorded: Mapping[int, Sequence[float]] = field(default_factory=dict)
    past: Mapping[str, Sequence[Past]] = field(default_factory=dict)
    rule: Policy = Policy.CLOSEST

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """The shifts in the order in which they begin."""
        return tuple(sorted(self.standards.shifts, key=lambda shift: shift.start_min))

    def cars(self, but: Sequence[str] = ()) -> list[Crew]:
        """The units that stand at posts."""
        return [crew for crew in self.crews if crew.kind == CAR and crew.code not in but]
