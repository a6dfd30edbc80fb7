"""The briefing of one day: everything the page, the PDF and the file say, as plain data.

A briefing for day D knows the days up to D − 1 and nothing later. Only incidents reported by residents are
learned from; what officers found is counted beside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis import colours, density, forecast, ranking, repeats
from anlan.engine.analysis.comparison import Change, compare_each
from anlan.engine.analysis.decay import Decay
from anlan.engine.analysis.exposure import exposed_days
from anlan.engine.analysis.reasons import Reasons, TypeShare
from anlan.engine.analysis.rhythm import Rhythm, rhythm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube

WINDOWS = (7, 28)
BASELINES = {"previous": None, "last_year": 364}
TYPES_SHOWN, STREAMS, BANDWIDTH_M = 15, 5, 400.0


@dataclass(frozen=True, eq=False)
class Points:
    """Located incidents of the last weeks: local time, WGS-84 degrees, type and beat codes; all (N,)."""

    occurred: NDArray[Any]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    type: NDArray[Any]
    beat: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a briefing is made from, up to and including the day before it.

    `days`: beat × day; `hours`: beat × hour, None where only days are known; `grids`: grid × day over the
    last year; all resident-reported, with the same last day. `officer_days`: beat × day found by officers.
    `categories`: type → category. `grid_count`: cells of the county, with or without incidents.
    """

    days: CountCube
    hours: CountCube | None
    grids: CountCube
    points: Points
    categories: Mapping[str, str]
    grid_count: int
    officer_days: CountCube | None = None


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
class BeatDay:
    """Expected incidents of a beat on the day, by shift (00–08, 08–16, 16–24) and in its main types."""

    beat_code: str
    expected: float
    shifts: list[float]
    types: list[TypeShare]


@dataclass(frozen=True)
class Place:
    """A place on the map, WGS-84."""

    lon: float
    lat: float
    count: int
    share: float
    type: str = ""
    last: str = ""


@dataclass(frozen=True)
class Verdict:
    """Yesterday's forecast, made on the day before, against what came."""

    date: str
    expected: float
    observed: int
    beats: list[TypeShare]


@dataclass(frozen=True)
class Note:
    """A remark on the data, by code with its figures; the screens put it in words."""

    code: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Briefing:
    """A day's briefing; `dataclasses.asdict` makes JSON of it."""

    date: str
    first_day: str
    last_day: str
    exposed_days: int
    incidents: int
    officer_found: int
    comparisons: list[Comparison]
    rhythms: list[Rhythm]
    hot_cells: list[ranking.HotCell]
    captured: list[ranking.Captured]
    hot_spots: list[Place]
    repeats: list[Place]
    colours: list[BeatColour]
    expected_total: float
    expected: list[BeatDay]
    yesterday: Verdict | None
    notes: list[Note]
    methods: dict[str, str]


def assemble(evidence: Evidence, date: Date, *, watch: colours.Watch | None = None) -> Briefing:
    """Make the briefing for `date`.

    Raises:
        ValueError: the evidence does not end on the day before, or holds no beat or no day.

    """
    days = evidence.days
    if not len(days.periods) or not len(days.cells):
        raise ValueError("days: the cube has no day or no beat")
    last = days.periods[-1].astype("datetime64[D]")
    if last != np.datetime64(date - timedelta(days=1), "D"):
        raise ValueError(f"days: the cube ends {last}, expected the day before {date}")
    exposed = exposed_days(days.dense().sum(axis=0))
    outlook, by_beat = _outlook(evidence, exposed)
    spots, near = _places(evidence.points)
    lately = exposed[-len(evidence.grids.periods) :]
    return Briefing(
        date=date.isoformat(), first_day=str(days.periods[0].astype("datetime64[D]")), last_day=str(last),
        exposed_days=int(exposed.sum()), incidents=days.total,
        officer_found=_officer_found(evidence, last),
        comparisons=[_comparison(evidence, exposed, size, name) for size in WINDOWS for name in BASELINES],
        rhythms=_rhythms(evidence, exposed),
        hot_cells=ranking.hot_cells(evidence.grids, lately),
        captured=ranking.captured(evidence.grids, lately, evidence.grid_count),
        hot_spots=spots, repeats=near[0],
        colours=_colours(evidence, exposed, outlook.effective_days, near[1], watch or colours.Watch()),
        expected_total=float(outlook.by_beat.sum()), expected=by_beat,
        yesterday=_yesterday(evidence, exposed),
        notes=_notes(evidence, exposed),
        methods={"colours": colours.METHOD, "forecast": forecast.METHOD},
    )  # fmt: skip


def _outlook(evidence: Evidence, exposed: NDArray[np.bool_]) -> tuple[forecast.Forecast, list[BeatDay]]:
    shifts = None if evidence.hours is None else evidence.hours.coarsen("shift")
    found = forecast.next_day(evidence.days, exposed, shifts)
    rows = []
    for i, code in enumerate(evidence.days.cells):
        order = np.argsort(-found.by_type[i], kind="stable")[:5]
        types = [TypeShare(str(evidence.days.types[j]), 0, float(found.by_type[i, j])) for j in order]
        by_shift = [] if found.by_shift is None else found.by_shift[i].tolist()
        rows.append(BeatDay(str(code), float(found.by_beat[i]), by_shift, types))
    return found, rows


def _comparison(evidence: Evidence, exposed: NDArray[np.bool_], window: int, baseline: str) -> Comparison:
    days = evidence.days
    back = BASELINES[baseline] or window
    size = len(days.periods)
    now, then = slice(size - window, size), slice(max(size - window - back, 0), max(size - back, 0))
    open_now, open_then = int(exposed[now].sum()), int(exposed[then].sum())

    def changes(keys: Iterable[Any], rows: NDArray[Any]) -> list[Change]:
        counts = rows[:, now].sum(axis=1), rows[:, then].sum(axis=1)
        return compare_each([str(key) for key in keys], *counts, open_now, open_then)

    by_type, by_beat = days.by_type(), days.dense()
    grouped = days.regroup_types(evidence.categories)
    by_category = grouped.by_type()
    busiest = np.argsort(-(by_type[:, now].sum(axis=1) + by_type[:, then].sum(axis=1)), kind="stable")[
        :TYPES_SHOWN
    ]
    first = days.periods[-1].astype("datetime64[D]") - np.timedelta64(window - 1, "D")
    gap = np.timedelta64(back, "D")
    last = days.periods[-1].astype("datetime64[D]")
    return Comparison(
        window, baseline, str(first), str(last), str(first - gap), str(last - gap),
        changes([""], by_beat.sum(axis=0, keepdims=True))[0],
        changes(grouped.types, by_category),
        changes(days.types[busiest], by_type[busiest]),
        changes(days.cells, by_beat),
    )  # fmt: skip


def _rhythms(evidence: Evidence, exposed: NDArray[np.bool_]) -> list[Rhythm]:
    hours = evidence.hours
    if hours is None:
        return []
    start = max(
        hours.periods[-1].astype("datetime64[D]") - np.timedelta64(363, "D"),
        hours.periods[0].astype("datetime64[D]"),
    )
    late = hours.select(start=start)
    open_days = exposed[-(len(late.periods) // 24) :]
    kinds = _main_categories(evidence)
    by_kind = {kind: [code for code, name in evidence.categories.items() if name == kind] for kind in kinds}
    return [rhythm(late, open_days)] + [
        rhythm(late, open_days, key=kind, types=by_kind[kind]) for kind in kinds
    ]


def _main_categories(evidence: Evidence) -> list[str]:
    """Return the categories with at least one incident per beat in ten days, busiest first, at most five."""
    grouped = evidence.days.regroup_types(evidence.categories)
    totals = grouped.by_type()[:, -364:].sum(axis=1)
    order = np.argsort(-totals, kind="stable")[:STREAMS]
    return [str(grouped.types[i]) for i in order if totals[i] >= 0.1 * 364 * len(evidence.days.cells)]


def _colours(
    evidence: Evidence,
    exposed: NDArray[np.bool_],
    effective: float,
    near: dict[str, int],
    watch: colours.Watch,
) -> list[BeatColour]:
    streams = ["", *_main_categories(evidence)]
    grouped = evidence.days.regroup_types(evidence.categories)
    counts = np.stack([grouped.dense(None if not stream else [stream]) for stream in streams])
    found = colours.surprise(counts, evidence.days.periods, exposed, streams, watch)
    rows = colours.alerts(found, [str(code) for code in evidence.days.cells], effective, watch.budget)
    reasons = Reasons(evidence.days, evidence.hours, evidence.categories, exposed)
    return [_with_reason(reasons, alert, near.get(alert.beat_code, 0)) for alert in rows]


def _with_reason(reasons: Reasons, alert: colours.Alert, near: int) -> BeatColour:
    if alert.colour == "unknown":
        return BeatColour(alert, [], None, near)
    where = alert.beat_code, alert.stream, alert.window_days
    return BeatColour(alert, reasons.types(*where), reasons.band(*where), near)


def _places(points: Points) -> tuple[list[Place], tuple[list[Place], dict[str, int]]]:
    """Return hot spots, and near-repeat chains with their incidents by beat."""
    if not len(points.lon):
        return [], ([], {})
    origin = float(np.median(points.lon)), float(np.median(points.lat))
    x, y = density.to_metres(points.lon, points.lat, origin)
    real = ~repeats.shared_places(x, y)
    near_middle = np.hypot(x, y) < 100_000.0
    kept = np.flatnonzero(real & near_middle)
    surface = density.surface(x[kept], y[kept], bandwidth_m=BANDWIDTH_M)
    peaks = density.hot_spots(surface, x[kept], y[kept])
    spots = [Place(*_degrees(peak.x, peak.y, origin), peak.count, peak.share) for peak in peaks]
    day = points.occurred[kept].astype("datetime64[D]").astype(np.int64)
    late = day > day.max(initial=0) - 28
    found = repeats.chains(x[kept][late], y[kept][late], day[late], points.type[kept][late])
    beats = points.beat[kept][late]
    named, number = np.unique(
        beats[[member for chain in found for member in chain.members]], return_counts=True
    )
    total = max(int(late.sum()), 1)
    near = [
        Place(*_degrees(chain.x, chain.y, origin), chain.count, chain.count / total, chain.type, chain.last)
        for chain in found[:8]
    ]
    return spots, (near, dict(zip(named.tolist(), number.tolist(), strict=True)))


def _degrees(x: float, y: float, origin: tuple[float, float]) -> tuple[float, float]:
    scale = density.METRES_PER_DEGREE
    return round(origin[0] + x / scale / float(np.cos(np.radians(origin[1]))), 6), round(
        origin[1] + y / scale, 6
    )


def _yesterday(evidence: Evidence, exposed: NDArray[np.bool_]) -> Verdict | None:
    """Forecast the last day from the days before it and compare; None where that day has no data."""
    days = evidence.days
    if len(days.periods) < 2 or not exposed[-1]:
        return None
    counts = days.dense()
    expected, _ = forecast.expected_next(counts[:, :-1], days.periods[:-1], exposed[:-1], Decay())
    rows = [TypeShare(str(code), int(counts[i, -1]), float(expected[i])) for i, code in enumerate(days.cells)]
    return Verdict(
        str(days.periods[-1].astype("datetime64[D]")), float(expected.sum()), int(counts[:, -1].sum()), rows
    )


def _officer_found(evidence: Evidence, last: Any) -> int:
    if evidence.officer_days is None:
        return 0
    return evidence.officer_days.select(start=last - np.timedelta64(27, "D")).total


def _notes(evidence: Evidence, exposed: NDArray[np.bool_]) -> list[Note]:
    notes = []
    missing = int((~exposed[-28:]).sum())
    if missing:
        notes.append(Note("missing_days", {"missing": missing, "of": min(28, len(exposed))}))
    if not exposed[-1]:
        notes.append(Note("no_yesterday", {}))
    if len(exposed) < 2 * 365:
        notes.append(Note("short_history", {"days": len(exposed)}))
    notes.extend(_point_notes(evidence.points))
    if evidence.hours is None:
        notes.append(Note("no_hours", {}))
    return notes


def _point_notes(points: Points) -> list[Note]:
    """Name default addresses and midnight-only times."""
    if not len(points.lon):
        return [Note("no_points", {})]
    notes = []
    origin = float(np.median(points.lon)), float(np.median(points.lat))
    shared = repeats.shared_places(*density.to_metres(points.lon, points.lat, origin)).mean()
    if shared:
        notes.append(Note("default_address", {"share": round(float(shared), 4)}))
    seconds = (
        (points.occurred - points.occurred.astype("datetime64[D]")).astype("timedelta64[s]").astype(np.int64)
    )
    midnight = float((seconds == 0).mean())
    if midnight > 0.02:
        notes.append(Note("midnight", {"share": round(midnight, 4)}))
    return notes
