"""Alert colours on San Francisco and Chicago: false alarms kept, predictive calibrated, changes seen.

Everything is out of sample: a morning's mean, dispersion, weekday, season and calibration pool (a year) rest
on earlier days alone. "Alarms" are beat-days whose own calibrated p is red (1 %), red or orange (5 %), any
colour (20 %), overall and in each third of beats by volume. PIT: randomised, of the one-day negative
binomial, pooled over beats and days.

Power: in each beat, on three random days in a row with data, incidents are added (Poisson, of a mean of so
many standard deviations of the beat's daily counts); they are seen when one of the three mornings after has a
statistic beyond the threshold that 1 % of the untouched mornings pass, set per third by volume for ours and
for EARS C2. C2 gets the days with data strung together; "tuned" is C2 with that least deviation which sees
most here, which nobody would know beforehand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import shapely

from anlan.engine.analysis import colours
from anlan.engine.analysis.exposure import exposed_days
from anlan.engine.analysis.surveillance import ears
from bench.claims import at_least, at_most, measure
from bench.sets import DATA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

YEAR = 365
BUDGETS = (0.01, 0.05, 0.2)
SIGMAS = (1.0, 2.0, 3.0)
CLAIMED = 2.0
PLAIN, TUNED = 0.01, (0.25, 0.5, 1.0)  # least deviations; at 0 a quiet week divides by nothing
REPEATS = {"SF districts": 60, "SF neighbourhoods": 20, "Chicago beats": 4}
SF_TYPES = ("LARCENY/THEFT", "ASSAULT", "VANDALISM", "VEHICLE THEFT", "BURGLARY")
CHICAGO_TYPES = ("THEFT", "BATTERY", "CRIMINAL DAMAGE", "ASSAULT")


@dataclass(frozen=True, eq=False)
class Set:
    """Counts of all incidents and of each category, (streams, beats, T), and how many days are judged."""

    counts: NDArray[Any]
    days: NDArray[Any]
    judged: int

    @property
    def exposed(self) -> NDArray[np.bool_]:
        """Return which days had data."""
        return exposed_days(self.counts[0].sum(axis=0))


@dataclass(frozen=True)
class Figures:
    """What one set shows; shares, not per cents.

    `alarms`: rows all, quiet, middle, busy third × red, 5 %, 20 %; `shown`: red, orange, yellow with what is
    held; `starts`: beat-days on which red begins; `pit`: ten shares; `power`: (σ, ours, EARS C2, C2 tuned).
    """

    name: str
    beats: int
    mornings: int
    alarms: list[list[float]]
    shown: list[float]
    starts: float
    pit: list[float]
    power: list[tuple[float, float, float, float]]


def _placed(path: Path, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the polygon of each point, −1 for none."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    places, inverse = np.unique(np.stack((lon, lat), axis=1), axis=0, return_inverse=True)
    point, shape = shapely.STRtree(shapes).query(shapely.points(places), predicate="within")
    found = np.full(len(places), -1, np.int64)
    found[point] = shape
    return found[inverse.ravel()]


def _counted(
    beat: NDArray[np.int64], when: NDArray[Any], kind: NDArray[Any], kinds: Sequence[str], judged: int
) -> Set:
    day = when.astype("datetime64[D]")
    first = day.min()
    at = (day - first).astype(np.int64)
    shape = int(beat.max()) + 1, int(at.max()) + 1
    chosen = [beat >= 0, *((beat >= 0) & (kind == name) for name in kinds)]
    parts = [
        np.bincount(np.ravel_multi_index((beat[kept], at[kept]), shape), minlength=shape[0] * shape[1])
        for kept in chosen
    ]
    counts = np.stack(parts).reshape(-1, *shape)
    return Set(counts[:, counts[0].any(axis=1)], first + np.arange(shape[1]), judged)


@cache
def load(name: str) -> Set:
    """Return a set by name."""
    if name == "Chicago beats":
        return _chicago()
    rows = pl.read_parquet(DATA / "sf/sf_crime_2003_2015.parquet")
    rows = rows.filter((pl.col("Y") < 80) & (pl.col("Dates").dt.year() >= 2010))
    if name == "SF districts":
        beat = np.unique(rows["PdDistrict"].to_numpy(), return_inverse=True)[1].astype(np.int64)
    else:
        path = DATA / "sf/sf_analysis_neighborhoods.geojson"
        beat = _placed(path, rows["X"].to_numpy(), rows["Y"].to_numpy())
    return _counted(beat, rows["Dates"].to_numpy(), rows["Category"].to_numpy(), SF_TYPES, 2 * YEAR)


def _chicago() -> Set:
    early = pl.read_parquet(DATA / "chicago/chicago_crimes_2016_2017_4types.parquet")
    late = pl.read_parquet(DATA / "chicago/chicago_crimes_2018_jan_aug.parquet").select(early.columns)
    rows = pl.concat([early, late]).filter(pl.col("PrimaryType").is_in(CHICAGO_TYPES)).drop_nulls()
    place = rows["Longitude"].to_numpy(), rows["Latitude"].to_numpy()
    beat = _placed(DATA / "chicago/chicago_beats.geojson", *place)
    return _counted(beat, rows["Date"].to_numpy(), rows["PrimaryType"].to_numpy(), CHICAGO_TYPES, YEAR)


def surprise_of(found: Set, kept: int, streams: int | None = None) -> colours.Surprise:
    """Return the surprise of the last `kept` days."""
    counts = found.counts[:streams]
    names = ["", *map(str, range(1, len(counts)))]
    return colours.surprise(counts, found.days, found.exposed, names, colours.Watch(calibration=kept))


def rolling(of: colours.Surprise, judged: int) -> NDArray[np.float64]:
    """Return the calibrated p of each of the last mornings, each against the year before it."""
    level = of.expected[0, int(np.argmax(of.windows))]
    end = of.least.shape[1] - 1
    parts = [
        colours.Pool.of(of.least[:, max(day - YEAR, 0) : day], level[:, day]).calibrated(of.least[:, day])
        for day in range(end - judged, end)
    ]
    return np.stack(parts, axis=1)


def _alarms(p: NDArray[np.float64], thirds: list[NDArray[np.int64]]) -> list[list[float]]:
    groups = [p, *(p[third] for third in thirds)]
    return [[float((part[np.isfinite(part)] <= share).mean()) for share in BUDGETS] for part in groups]


def _shown(p: NDArray[np.float64]) -> tuple[list[float], float]:
    shown = colours.settled(p, colours.Budget(), colours.Hold())
    known = max(int((shown >= 0).sum()), 1)
    starts = ((shown[:, 1:] == 3) & (shown[:, :-1] < 3)).sum() / known
    return [float((shown == step).sum() / known) for step in (3, 2, 1)], float(starts)


def _pit(of: colours.Surprise, judged: int) -> list[float]:
    day = of.windows.index(1)
    count, mean, spread = (
        part[0, day, :, -judged - 1 : -1] for part in (of.observed, of.expected, of.dispersion)
    )
    known = mean > 0
    count, mean, spread = count[known], mean[known], spread[known]
    below = colours.up_to(count - 1, mean, spread)
    chance = np.random.default_rng(1).random(len(count))
    value = below + chance * (colours.up_to(count, mean, spread) - below)
    return (np.histogram(value, 10, (0, 1))[0] / len(value)).tolist()


def _threshold(values: NDArray[np.float64], volume: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the value that 1 % of the mornings of each beat's third pass; (beats, 1)."""
    found = [np.nanquantile(values[volume == number], 1 - BUDGETS[0]) for number in range(volume.max() + 1)]
    return np.array(found)[volume][:, None]


def _rises(found: Set, sigma: float, seed: int) -> tuple[Set, NDArray[np.int64]]:
    """Return the set with a rise in every beat, and its first day among the days with data."""
    rng = np.random.default_rng(seed)
    open_day = np.flatnonzero(found.exposed)
    early, late = open_day[:-2], open_day[2:]
    starts = np.flatnonzero((late == early + 2) & (early >= len(found.days) - YEAR + 3))
    start = rng.choice(starts, len(found.counts[0]))
    size = sigma * found.counts[0][:, open_day].std(axis=1)
    counts = found.counts[:1].copy()
    for offset in range(3):
        counts[0, np.arange(len(start)), open_day[start] + offset] += rng.poisson(size)
    return replace(found, counts=counts), start


def _seen(values: NDArray[np.float64], threshold: NDArray[np.float64], first: NDArray[np.int64]) -> float:
    three = np.take_along_axis(values, first[:, None] + np.arange(3), axis=1)
    return float((three >= threshold).any(axis=1).mean())


def _power(found: Set, sigma: float, repeats: int) -> tuple[float, float, float, float]:
    """Return σ and the share of rises seen by ours, by EARS C2, and by C2 tuned."""
    open_day = np.flatnonzero(found.exposed)
    before = np.searchsorted(open_day, len(found.days) - YEAR)
    plain = surprise_of(found, YEAR, 1)
    volume = colours.volume_classes(plain.expected[0, -1].mean(axis=1))
    ours, peer = _threshold(-plain.least[:, 1:], volume), {}
    for least in (PLAIN, *TUNED):
        score = ears(found.counts[0][:, open_day], "C2", least_sigma=least).score
        peer[least] = _threshold(score[:, before:], volume)
    seen: list[list[float]] = []
    for seed in range(repeats):
        risen, start = _rises(found, sigma, seed)
        of = surprise_of(risen, YEAR, 1)
        row = [_seen(-of.least[:, 1:], ours, open_day[start] - len(found.days) + YEAR)]
        for least, limit in peer.items():
            score = ears(risen.counts[0][:, open_day], "C2", least_sigma=least).score
            row.append(_seen(score, limit, start))
        seen.append(row)
    mean = np.mean(seen, axis=0)
    return sigma, float(mean[0]), float(mean[1]), float(mean[1:].max())


def figures(name: str) -> Figures:
    """Judge one set."""
    found = load(name)
    of = surprise_of(found, found.judged + YEAR)
    p = rolling(of, found.judged)
    order = np.argsort(found.counts[0].sum(axis=1), kind="stable")
    shown, starts = _shown(p)
    power = [_power(found, sigma, REPEATS[name]) for sigma in SIGMAS]
    return Figures(
        name, len(p), found.judged, _alarms(p, np.array_split(order, 3)), shown, starts,
        _pit(of, found.judged), power,
    )  # fmt: skip


@cache
def results() -> tuple[Figures, ...]:
    """Judge every set, each in a process of its own."""
    return tuple(measure(figures, name).value for name in REPEATS)


def table() -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the evidence page; shares in per cent."""
    header = [
        "Set", "Beats × mornings", "Alarms at 1 %: all (thirds by volume)", "At 5 %", "At 20 %",
        "Red shown (begins)", "PIT deciles", "Seen of +1σ: ours / EARS C2 / tuned", "+2σ", "+3σ",
    ]  # fmt: skip
    return header, [_row(found) for found in results()]


def _row(found: Figures) -> list[str]:
    def share(value: float) -> str:
        return f"{100 * value:.2f}"

    alarms = [
        f"{share(whole)} ({', '.join(share(part) for part in parts)})"
        for whole, *parts in np.array(found.alarms).T.tolist()
    ]
    power = [" / ".join(f"{100 * seen:.0f}" for seen in row[1:]) for row in found.power]
    return [
        found.name, f"{found.beats} × {found.mornings}", *alarms,
        f"{share(found.shown[0])} ({share(found.starts)})",
        f"{100 * min(found.pit):.1f}–{100 * max(found.pit):.1f}", *power,
    ]  # fmt: skip


def night() -> float:
    """Return the alerts of 32 beats × 30 types × 5 years: how many."""
    rng = np.random.default_rng(0)
    days = np.datetime64("2020-01-01") + np.arange(5 * YEAR)
    counts = rng.poisson(0.3, (31, 32, len(days)))
    counts[0] = counts[1:].sum(axis=0)
    found = Set(counts, days, 1)
    of = surprise_of(found, YEAR)
    return len(colours.alerts(of, [str(i) for i in range(32)], 80.0, colours.Budget()))


def main() -> None:
    """Print the claims."""
    for found in results():
        for place, row in zip(("all", "quiet", "middle", "busy"), found.alarms, strict=True):
            off = 100 * max(abs(value / share - 1) for value, share in zip(row, BUDGETS, strict=True))
            at_most(f"alarms {found.name}, {place}: greatest gap to 1, 5, 20 %", off, 30, "%")
        at_least(f"least PIT decile {found.name}", 100 * min(found.pit), 9, "%")
        at_most(f"greatest PIT decile {found.name}", 100 * max(found.pit), 11, "%")
        ours, plain = next((ours, plain) for sigma, ours, plain, _ in found.power if sigma == CLAIMED)
        name = f"3-day power, +2σ, 1 % {found.name} ({100 * ours:.0f} against {100 * plain:.0f} %)"
        at_least(name, ours / plain, 1.5, "x EARS C2")
    at_most("colours of 32 beats, 30 types, 5 years", measure(night).seconds, 2, "s")
    header, rows = table()
    print("\n".join("| " + " | ".join(row) + " |" for row in (header, *rows)))


if __name__ == "__main__":
    main()
