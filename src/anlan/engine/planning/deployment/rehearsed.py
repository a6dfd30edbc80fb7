"""The plan rehearsed: drawn calls on road times, the cars at their posts for their hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.dispatch.recommend import Demand
from anlan.engine.geo.roads import Hours
from anlan.engine.planning.deployment.inputs import CAR
from anlan.engine.planning.rehearsal.model import Force, Rules, Setup, Travel, Zones
from anlan.engine.planning.rehearsal.sample import Expected, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.deployment.inputs import Day
    from anlan.engine.planning.deployment.model import Out

type Standing = tuple[str, float, float]

MOST_POINTS = 600
DRAWN = np.linspace(0.025, 0.975, 20)


@dataclass(frozen=True, eq=False)
class Stage:
    """What every rehearsal of a day shares: places, road times, what calls are expected, beats by number."""

    travel: Travel
    expected: Expected
    zones: Zones
    beats: list[str]
    posts: dict[str, int]


def posts_of(out: Sequence[Out]) -> list[Standing]:
    """The posts at which cars stand, each once."""
    return sorted({(one.post, one.lon, one.lat) for one in out if one.kind == CAR})


def stage(day: Day, names: Sequence[Standing]) -> Stage:
    """Set the scene with these posts (code, longitude, latitude), of one plan or of several to be compared.

    Demand is gathered on the `MOST_POINTS` busiest places: what is expected elsewhere counts at the nearest
    of them, in its own beat where that has one.
    """
    rows = _busiest(day)
    posts = {name: len(rows) + place for place, (name, _lon, _lat) in enumerate(names)}
    lon = np.concatenate((day.demand.lon[rows], [one[1] for one in names]))
    lat = np.concatenate((day.demand.lat[rows], [one[2] for one in names]))
    nodes, _ = day.graph.snap(lon, lat)
    weight = _gathered(day, rows)
    beats = sorted(set(day.demand.beat_codes))
    beat_of = np.array([beats.index(day.demand.beat_codes[row]) for row in rows], np.int64)
    places = np.arange(len(rows))
    kinds = tuple(_kind(day, priority + 1) for priority in range(len(day.demand.priorities)))
    hourly = (weight[:, None] * day.demand.hours[rows]).T[:, :, None] * day.demand.priorities
    return Stage(
        Travel.from_graph(day.graph, nodes, Hours(), day.weekday),
        Expected(hourly, places, beat_of, kinds, alpha=day.demand.alpha, seed=day.number),
        Zones(places, weight),
        beats,
        posts,
    )


def points(day: Day) -> Demand:
    """The points of demand of a rehearsal with their expected incidents of the day."""
    rows = _busiest(day)
    return Demand(day.demand.lon[rows], day.demand.lat[rows], _gathered(day, rows))


def _busiest(day: Day) -> NDArray[np.int64]:
    order = np.argsort(-day.demand.expected, kind="stable")[:MOST_POINTS]
    return np.sort(order)


def _gathered(day: Day, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Expected incidents at the kept places, those of the others added to the nearest in the same beat."""
    points = day.graph.project(day.demand.lon, day.demand.lat)
    beats = np.asarray(day.demand.beat_codes)
    weight = np.zeros(len(rows))
    for row, expected in enumerate(day.demand.expected):
        mine = np.flatnonzero(beats[rows] == beats[row])
        mine = mine if len(mine) else np.arange(len(rows))
        away = ((points[rows[mine]] - points[row]) ** 2).sum(axis=1)
        weight[mine[int(np.argmin(away))]] += expected
    return weight


def _kind(day: Day, priority: int) -> Kind:
    """A call of a priority: seconds on scene as recorded, else spread about the standard's mean."""
    work = day.standards.work
    recorded = day.recorded.get(priority, ())
    mean = 60 * work.on_scene_min[min(priority, len(work.on_scene_min)) - 1]
    return Kind(
        priority,
        service_s=np.asarray(recorded, np.float64) if len(recorded) else mean * _erlang_two(DRAWN),
        turnout_s=np.array([work.turnout_s]),
        delay_s=np.array([work.dispatch_s]),
    )


def _erlang_two(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of Erlang's distribution of two stages, mean 1: neither constant nor as wild as one stage."""
    from scipy.special import gammaincinv  # noqa: PLC0415  slow to import

    found = np.asarray(gammaincinv(2.0, chance) / 2.0, np.float64)
    return found / found.mean()


def setup(day: Day, of: Stage, out: Sequence[Out]) -> Setup:
    """The cars of a plan on the stage; a day is from midnight to midnight, duties beyond it count into it."""
    cars = sorted({one.unit for one in out if one.kind == CAR})
    row = {code: place for place, code in enumerate(cars)}
    windows = [
        (row[one.unit], 60.0 * one.start_min, 60.0 * (one.start_min + one.minutes), of.posts[one.post])
        for one in out
        if one.kind == CAR
    ]
    columns = np.array(_apart(windows), np.float64).reshape(-1, 4).T
    force = Force(
        cars, columns[0].astype(np.int64), columns[1], columns[2], columns[3].astype(np.int64),
        np.zeros(len(cars), np.int64),
    )  # fmt: skip
    return Setup(force, Rules(day.rule, day.standards.rings.ring_s))


def _apart(windows: list[tuple[int, float, float, int]]) -> list[tuple[int, float, float, int]]:
    """The same without overlaps of one unit: a duty that was lengthened ends where the unit's next begins."""
    found: list[tuple[int, float, float, int]] = []
    for unit, begin, end, post in sorted(windows):
        if found and found[-1][0] == unit and found[-1][2] > begin:
            last = found.pop()
            if last[1] < begin:
                found.append((last[0], last[1], begin, last[3]))
        found.append((unit, begin, end, post))
    return found
