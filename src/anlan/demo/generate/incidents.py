"""Two years of incidents: rhythm, hot spots, near repeats, a growing problem place, a rising beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from anlan.demo.generate.land import Character
from anlan.demo.generate.plane import to_degrees
from anlan.demo.generate.rhythm import BURGLARY, COMMON, RARE, RHYTHMS, Rhythm, day_factors, hours, is_weekend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.demo.generate.cells import Cells
    from anlan.demo.generate.divisions import Divisions
    from anlan.demo.generate.scale import Scale
    from anlan.demo.generate.sites import Sites
    from anlan.demo.generate.streets import Streets
    from anlan.gateway.files.taxonomy import TypeEntry

UTC_OFFSET_S = 8 * 3600
DAY_S = 86_400
UNSEEN, UNSEEN_SHARE = ("burglary", "vehicle-theft", "bike-theft", "theft-from-vehicle"), 0.7
OFFICER_SHARE = 0.15
OFFSPRING, REPEAT_DAYS, REPEAT_M = 0.35, 7.0, 130.0
GROWTH_DAYS, GROWTH_A_DAY = 150, 2.4
RISE_DAYS, RISE_FACTOR = 21, 1.1
TRAVEL_S = np.array((230.0, 380.0, 520.0, 900.0))  # median by character


@dataclass(frozen=True)
class Plot:
    """What the generator hid for the analysis to find: cell of the growing place, beat that rises."""

    problem_cell: int
    rising_beat: int


@dataclass(frozen=True, eq=False)
class Town:
    """What incidents are drawn from."""

    cells: Cells
    divisions: Divisions
    streets: Streets
    sites: Sites


Drawn = tuple["NDArray[np.float64]", "NDArray[np.int64]", "NDArray[np.float64]"]  # local second, cell, point


def history(
    town: Town, scale: Scale, types: Sequence[TypeEntry], today: date, rng: np.random.Generator
) -> tuple[pl.DataFrame, Plot]:
    """Draw all incidents of the `scale.days` days before `today`, and say what was hidden in them."""
    days = [today - timedelta(days=offset) for offset in range(scale.days, 0, -1)]
    plot = choose_plot(town)
    rates = daily_rates(types, scale.per_day)
    drawn = [
        (index, background(town, rate, rhythm_of(types[index]), days, rng))
        for index, rate in enumerate(rates)
    ]
    drawn = [
        (i, with_repeats(town, d, len(days), rng) if "burglary" in types[i].code else d) for i, d in drawn
    ]
    drawn += hidden(town, types, plot, days, scale, rng)
    return frame(town, types, drawn, days[0], rng), plot


def rhythm_of(entry: TypeEntry) -> Rhythm:
    """The rhythm of a type: its category's; burglaries have their own."""
    return BURGLARY if "burglary" in entry.code else RHYTHMS[entry.category]


def daily_rates(types: Sequence[TypeEntry], per_day: float) -> NDArray[np.float64]:
    """Mean number a day of each type: the category's share by how common the type is."""
    rate = np.array([COMMON.get(entry.code, RARE) for entry in types])
    officer = np.array([entry.source == "officer" for entry in types])
    category = np.array([entry.category for entry in types])
    for found, share in ((False, 1 - OFFICER_SHARE), (True, OFFICER_SHARE)):
        for name in np.unique(category[officer == found]):
            mine = np.flatnonzero((category == name) & (officer == found))
            rate[mine] *= RHYTHMS[name].share / rate[mine].sum()
        total = rate[officer == found].sum()
        if total:
            rate[officer == found] *= per_day * share / total
    return rate


def choose_plot(town: Town) -> Plot:
    """The problem place is a busy block by night; the rising beat a suburban one of middling load."""
    night = np.where(town.cells.urban, town.sites.weight["night"], 0)
    problem = int(np.argsort(night)[-max(3, len(night) // 40)])
    beats = town.divisions.beats
    load = np.bincount(beats.cell, town.sites.weight["shops"])
    suburb = [index for index in range(len(beats)) if character_of_beat(town, index) == Character.SUBURB]
    return Plot(problem, sorted(suburb, key=lambda index: load[index])[len(suburb) // 2])


def character_of_beat(town: Town, beat: int) -> int:
    """The character of the township that a beat lies in."""
    first = int(np.argmax(town.divisions.beats.cell == beat))
    return int(town.divisions.character[town.divisions.townships.cell[first]])


def background(town: Town, rate: float, rhythm: Rhythm, days: list[date], rng: np.random.Generator) -> Drawn:
    """Incidents of one type: Poisson a day with some days livelier, hour by rhythm, place by weight."""
    mood = rng.gamma(40, 1 / 40, len(days))
    day = np.repeat(np.arange(len(days)), rng.poisson(rate * day_factors(rhythm, days) * mood))
    cell = rng.choice(len(town.cells.seed), len(day), p=town.sites.weight[rhythm.where])
    return day * DAY_S + second_of_day(rhythm, is_weekend(days)[day], rng), cell, town.sites.draw(cell, rng)


def second_of_day(
    rhythm: Rhythm, weekend: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float64]:
    """A second of the day for each incident, by the hours of a working day or a weekend."""
    chance = rng.random(len(weekend))
    quarter = np.empty(len(weekend), np.int64)
    for kind in (False, True):
        mine = weekend == kind
        quarter[mine] = np.searchsorted(np.cumsum(hours(rhythm, weekend=kind)), chance[mine])
    return (np.minimum(quarter, 95) + rng.random(len(weekend))) * 900


def with_repeats(town: Town, drawn: Drawn, days: int, rng: np.random.Generator) -> Drawn:
    """The incidents and, near some and soon after, repeats, and repeats of those (Mohler et al. 2011)."""
    second, cell, point = drawn
    tree = cKDTree(town.cells.seed)
    parents_second, parents_point = second, point
    for _ in range(4):
        parent = np.repeat(np.arange(len(parents_second)), rng.poisson(OFFSPRING, len(parents_second)))
        delay = np.round(rng.exponential(REPEAT_DAYS, len(parent))) * DAY_S + rng.normal(0, 3600, len(parent))
        child_second = parents_second[parent] + np.maximum(delay, 1800)
        child_point = parents_point[parent] + rng.normal(0, REPEAT_M, (len(parent), 2))
        nearest = tree.query(child_point)[1]
        kept = child_second < days * DAY_S
        parents_second, parents_point = child_second[kept], town.sites.draw(nearest[kept], rng)
        near = np.hypot(*(parents_point - child_point[kept]).T) < 400
        parents_point = np.where(near[:, None], parents_point, town.cells.seed[nearest[kept]])
        second = np.concatenate((second, parents_second))
        cell, point = np.concatenate((cell, nearest[kept])), np.concatenate((point, parents_point))
    return second, cell, point


def hidden(
    town: Town,
    types: Sequence[TypeEntry],
    plot: Plot,
    days: list[date],
    scale: Scale,
    rng: np.random.Generator,
) -> list[tuple[int, Drawn]]:
    """The growing problem place and the beat about to turn red."""
    return [
        (commonest(types, "disorder"), growing(town, plot, days, scale, rng)),
        (commonest(types, "theft"), rising(town, plot, days, scale, rng)),
    ]


def commonest(types: Sequence[TypeEntry], category: str) -> int:
    """Index of the commonest type of a category that residents report."""
    mine = [i for i, entry in enumerate(types) if entry.category == category and entry.source == "resident"]
    return max(mine, key=lambda i: COMMON.get(types[i].code, RARE))


def growing(town: Town, plot: Plot, days: list[date], scale: Scale, rng: np.random.Generator) -> Drawn:
    """Late-night disorder at one place, from nothing to several a day within the last months."""
    ramp = np.clip((np.arange(len(days)) - (len(days) - GROWTH_DAYS)) / GROWTH_DAYS, 0, 1)
    day = np.repeat(np.arange(len(days)), rng.poisson(GROWTH_A_DAY * scale.share**0.5 * ramp**1.5))
    cell = np.full(len(day), plot.problem_cell)
    rhythm = RHYTHMS["disorder"]
    return day * DAY_S + second_of_day(rhythm, is_weekend(days)[day], rng), cell, town.sites.draw(cell, rng)


def rising(town: Town, plot: Plot, days: list[date], scale: Scale, rng: np.random.Generator) -> Drawn:
    """Thefts in one beat that set in three weeks ago and roughly double all that happens there."""
    mine = np.flatnonzero(town.divisions.beats.cell == plot.rising_beat)
    usual = sum(town.sites.weight[rhythm.where][mine].sum() * rhythm.share for rhythm in RHYTHMS.values())
    ramp = np.clip((np.arange(len(days)) - (len(days) - RISE_DAYS)) / 7, 0, 1)
    day = np.repeat(np.arange(len(days)), rng.poisson(RISE_FACTOR * usual * scale.per_day * ramp))
    weight = town.sites.weight["shops"][mine]
    cell = rng.choice(mine, len(day), p=weight / weight.sum())
    return (
        day * DAY_S + second_of_day(RHYTHMS["theft"], is_weekend(days)[day], rng),
        cell,
        town.sites.draw(cell, rng),
    )


def frame(
    town: Town,
    types: Sequence[TypeEntry],
    drawn: list[tuple[int, Drawn]],
    first: date,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """All incidents in order of time, in the columns of the history files."""
    kind = np.concatenate([np.full(len(second), index) for index, (second, _, _) in drawn])
    second = np.concatenate([part[0] for _, part in drawn])
    cell = np.concatenate([part[1] for _, part in drawn])
    point = np.concatenate([part[2] for _, part in drawn])
    order = np.argsort(second, kind="stable")
    kind, second, cell, point = kind[order], np.floor(second[order]), cell[order], point[order]
    start = np.datetime64(first, "s") - np.timedelta64(UTC_OFFSET_S, "s")
    occurred = (start + second.astype("timedelta64[s]")).astype("datetime64[us]")
    degrees = to_degrees(point)
    columns: dict[str, Any] = {
        "key": keys(first, second),
        "lon": degrees[:, 0],
        "lat": degrees[:, 1],
        **type_columns(types, kind),
        **place_columns(town, cell, point),
        **times(town, types, kind, occurred, cell, rng),
    }
    return in_order(pl.DataFrame(columns))


def keys(first: date, second: NDArray[np.float64]) -> pl.Series:
    """A key for each incident, in order of time: its local day and a serial within the day."""
    day = (second // DAY_S).astype(np.int64)
    serial = np.arange(len(day)) - np.searchsorted(day, day) + 1
    local = pl.Series(np.datetime64(first, "D") + day.astype("timedelta64[D]")).dt.strftime("%Y%m%d")
    return pl.select(
        pl.format("demo-{}-{}", local, pl.Series(serial).cast(pl.String).str.zfill(4))
    ).to_series()


ORDER = (
    "key",
    "occurred",
    "occurred_to",
    "lon",
    "lat",
    "type",
    "category",
    "priority",
    "source",
    "area_code",
    "grid_code",
    "beat_code",
    "address",
    "received",
    "dispatched",
    "on_scene",
    "closed",
)


def in_order(table: pl.DataFrame) -> pl.DataFrame:
    """Columns in the order of the history, times marked as UTC."""
    return table.select(ORDER).with_columns(
        pl.col(
            "occurred", "occurred_to", "received", "dispatched", "on_scene", "closed"
        ).dt.replace_time_zone("UTC")
    )


def type_columns(types: Sequence[TypeEntry], kind: NDArray[np.int64]) -> dict[str, Any]:
    """Type, category, priority and source of each incident."""
    take = lambda field: pl.Series([getattr(entry, field) for entry in types]).gather(kind)  # noqa: E731
    return {
        "type": take("code"),
        "category": take("category"),
        "priority": take("priority").cast(pl.UInt8),
        "source": take("source"),
    }


def place_columns(town: Town, cell: NDArray[np.int64], point: NDArray[np.float64]) -> dict[str, Any]:
    """Codes of each incident's place, and its address: village and nearest road."""
    divisions = town.divisions
    take = lambda values, index: pl.Series(values).gather(index)  # noqa: E731
    return {
        "area_code": take(divisions.villages.code, divisions.villages.cell[cell]),
        "grid_code": take(divisions.grid_code, cell),
        "beat_code": take(divisions.beats.code, divisions.beats.cell[cell]),
        "address": addresses(town, cell, point),
    }


def addresses(town: Town, cell: NDArray[np.int64], point: NDArray[np.float64]) -> pl.Series:
    """Township, village and the road nearby, as a caller would say it."""
    streets, divisions = town.streets, town.divisions
    middle = (streets.node[streets.tail] + streets.node[streets.head]) / 2
    road = streets.name[cKDTree(middle).query(point, workers=-1)[1]]
    township = pl.Series([name for name, _ in divisions.townships.name]).gather(
        divisions.townships.cell[cell]
    )
    village = pl.Series([name for name, _ in divisions.villages.name]).gather(divisions.villages.cell[cell])
    return pl.select(pl.concat_str(township, village, pl.Series(streets.names).gather(road))).to_series()


def times(
    town: Town,
    types: Sequence[TypeEntry],
    kind: NDArray[np.int64],
    occurred: NDArray[np.datetime64],
    cell: NDArray[np.int64],
    rng: np.random.Generator,
) -> dict[str, NDArray[np.datetime64]]:
    """When it occurred, was received, dispatched, reached, closed; officers are there when they find it."""
    size = len(occurred)
    found = np.array([entry.source == "officer" for entry in types])[kind]
    priority = np.array([entry.priority for entry in types])[kind]
    travel = TRAVEL_S[town.divisions.character[town.divisions.townships.cell[cell]]] * rng.lognormal(
        0, 0.45, size
    )
    queue = rng.lognormal(np.log(40 + 25 * priority), 0.5, size)
    step = lambda at, wait: at + np.where(found, 0, np.floor(wait)).astype("timedelta64[s]")  # noqa: E731
    until = discovered(types, kind, occurred, rng.spawn(1)[0])  # leaves the other draws as they were
    received = step(np.where(np.isnat(until), occurred, until), rng.exponential(240, size))
    dispatched = step(received, queue)
    on_scene = step(dispatched, travel * (0.85 + 0.1 * priority))
    closed = on_scene + np.floor(rng.lognormal(np.log(1500), 0.6, size)).astype("timedelta64[s]")
    return {
        "occurred": occurred,
        "occurred_to": until,
        "received": received,
        "dispatched": dispatched,
        "on_scene": on_scene,
        "closed": closed,
    }


def discovered(
    types: Sequence[TypeEntry],
    kind: NDArray[np.int64],
    occurred: NDArray[np.datetime64],
    rng: np.random.Generator,
) -> NDArray[np.datetime64]:
    """When a theft that nobody saw was found out, NaT for what was seen: so only its interval is known."""
    unseen = np.array([entry.code in UNSEEN for entry in types])[kind] & (
        rng.random(len(kind)) < UNSEEN_SHARE
    )
    hours = np.minimum(rng.lognormal(np.log(7), 0.6, len(kind)), 72)
    found = occurred + np.floor(hours * 3600).astype("timedelta64[s]")
    return np.where(unseen, np.minimum(found, occurred.max()), np.datetime64("NaT", "s"))
