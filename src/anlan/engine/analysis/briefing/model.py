"""What a briefing is made from and what it says, as plain data; `dataclasses.asdict` makes JSON of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from anlan.engine.analysis import colours, ranking
    from anlan.engine.analysis.comparison import Change
    from anlan.engine.analysis.cube import CountCube
    from anlan.engine.analysis.reasons import TypeShare
    from anlan.engine.analysis.rhythm import Rhythm


@dataclass(frozen=True, eq=False)
class Points:
    """Located incidents of the last weeks: local time, WGS-84 degrees, type and beat codes; all (N,)."""

    occurred: NDArray[Any]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    type: NDArray[Any]
    beat: NDArray[Any]

    def within(self, beats: Sequence[str]) -> Points:
        """Return the points in the beats."""
        kept = np.isin(self.beat, np.asarray(beats, dtype=str))
        return Points(*(part[kept] for part in (self.occurred, self.lon, self.lat, self.type, self.beat)))


@dataclass(frozen=True, eq=False)
class Cells:
    """The county's grids: codes, middles in WGS-84 degrees, beat codes ("" for none); all (C,)."""

    code: NDArray[Any]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    beat: NDArray[Any]

    def within(self, beats: Sequence[str]) -> Cells:
        """Return the grids of the beats."""
        kept = np.isin(self.beat, np.asarray(beats, dtype=str))
        return Cells(*(part[kept] for part in (self.code, self.lon, self.lat, self.beat)))


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a briefing is made from, up to and including the day before it.

    `days`: beat × day; `hours`: beat × hour, None where only days are known; `grids`: grid × day over the
    last year; all resident-reported, with the same last day. `officer_days`: beat × day found by officers.
    `categories`: type → category. `cells`: all grids of the county, with or without incidents.
    `outline`: the county's shape in WGS-84 degrees, for the edge correction of densities; None leaves it out.
    """

    days: CountCube
    hours: CountCube | None
    grids: CountCube
    points: Points
    categories: Mapping[str, str]
    cells: Cells
    officer_days: CountCube | None = None
    outline: BaseGeometry | None = None

    def within(self, beats: Sequence[str]) -> Evidence:
        """Return the part that lies in some of the beats.

        Raises:
            ValueError: none of the beats has a row in `days`.

        """
        known = [code for code in self.days.cells.tolist() if code in set(beats)]
        if not known:
            raise ValueError("beats: none of them is in the evidence")
        cells = self.cells.within(known)
        mine = set(cells.code.tolist())
        return replace(
            self,
            days=self.days.select(cells=known),
            hours=None if self.hours is None else self.hours.select(cells=known),
            grids=self.grids.select(cells=[code for code in self.grids.cells.tolist() if code in mine]),
            points=self.points.within(known),
            cells=cells,
            officer_days=None if self.officer_days is None else _only(self.officer_days, known),
        )


def _only(cube: CountCube, beats: Sequence[str]) -> CountCube:
    return cube.select(cells=[code for code in cube.cells.tolist() if code in set(beats)])


@dataclass(frozen=True)
class Comparison:
    """Changes of a window against the one before or last year's; ISO dates, ends included."""

    window_days: int
    baseline: str
    start: str
    end: str
    base_start: str
    base_end: str
    total: Change
    categories: list[Change]
    types: list[Change]
    beats: list[Change]


@dataclass(frozen=True)
class BeatColour:
    """A beat's colour with its reason: the telling stream, its top types, its hours, near repeats."""

    alert: colours.Alert
    types: list[TypeShare]
    hours: tuple[int, int] | None
    near_repeats: int


@dataclass(frozen=True)
class ColourDays:
    """How many days of a period a beat had each colour, and its colour on each day, first to last."""

    beat_code: str
    red: int
    orange: int
    yellow: int
    days: list[str]


@dataclass(frozen=True)
class BeatDay:
    """Expected incidents of a beat in the coming period, with the 80 % interval of the count that will come.

    `shifts`: by shift (00–08, 08–16, 16–24); `types`: in its main types.
    """

    beat_code: str
    expected: float
    low: int
    high: int
    shifts: list[float]
    types: list[TypeShare]


@dataclass(frozen=True)
class Place:
    """A place on the map, WGS-84, with the beat and hours of most of its incidents, and the nearest grid."""

    lon: float
    lat: float
    count: int
    share: float
    type: str = ""
    last: str = ""
    beat_code: str = ""
    hours: tuple[int, int] | None = None
    cell_code: str = ""


@dataclass(frozen=True)
class RepeatWarning:
    """A place where an incident lately raised the risk of another of its type: WGS-84, metres, ISO days.

    `days`: how long risk is raised after an incident; `ratio`: pairs that near in space and time against
    chance; `count`: the incidents that raise it, `last` the day of the latest.
    """

    lon: float
    lat: float
    radius_m: float
    days: int
    last: str
    until: str
    ratio: float
    type: str
    count: int
    beat_code: str
    cell_code: str


@dataclass(frozen=True)
class ClusterPlace:
    """A cluster that is alive: circle (WGS-84, metres), ISO days, and how often chance gives as much.

    `type`: the most frequent type in it, with its count; `beat_code`: the beat of most of its `cells`.
    """

    lon: float
    lat: float
    radius_m: int
    cells: int
    start: str
    end: str
    observed: int
    expected: float
    p: float
    recurrence_days: float
    type: str
    type_count: int
    beat_code: str
    cell_code: str


@dataclass(frozen=True)
class TopCells:
    """The share of the expected incidents that the best cells hold."""

    cell_share: float
    cells: int
    share: float


@dataclass(frozen=True)
class CellMap:
    """Expected incidents of the coming period by grid, side by side with the codes."""

    codes: list[str]
    expected: list[float]
    top: list[TopCells]


@dataclass(frozen=True)
class Verdict:
    """The forecast of the period that ended, made on the day before it began, against what came.

    `low`, `high`: the 80 % interval that was forecast for the total; `inside`: beats whose count fell into
    theirs, of `judged`. `beats`: expected and observed by beat, the code in `type`.
    """

    date: str
    end: str
    expected: float
    low: int
    high: int
    observed: int
    inside: int
    judged: int
    beats: list[TypeShare]


@dataclass(frozen=True)
class Suggestion:
    """What the findings call for, by code with its figures; the screens put it in words.

    `key` is stable within the briefing; `kind` is "patrol", "spot", "warning", "repeat", "cluster" or
    "rise"; `evidence` names
    the section that shows why.
    """

    key: str
    kind: str
    beat_code: str
    hours: tuple[int, int] | None
    stream: str
    type: str
    evidence: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """A remark on the data, by code with its figures; the screens put it in words."""

    code: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Briefing:
    """A briefing: `start` to `end` is the period told about, `date` to `until` the one to come; ISO dates.

    `beats`: the beats it is about, empty for all of the county. `colours`: of a day's briefing;
    `colour_days`: of longer ones.
    """

    period: str
    date: str
    until: str
    start: str
    end: str
    beats: list[str]
    first_day: str
    last_day: str
    exposed_days: int
    incidents: int
    officer_found: int
    comparisons: list[Comparison]
    rhythm_days: int
    rhythms: list[Rhythm]
    hot_cells: list[ranking.HotCell]
    captured: list[ranking.Captured]
    hot_spots: list[Place]
    repeats: list[Place]
    warnings: list[RepeatWarning]
    clusters: list[ClusterPlace]
    colours: list[BeatColour]
    colour_days: list[ColourDays]
    expected_total: float
    expected_low: int
    expected_high: int
    expected: list[BeatDay]
    cells: CellMap | None
    verdict: Verdict | None
    suggestions: list[Suggestion]
    notes: list[Note]
    methods: dict[str, str]
