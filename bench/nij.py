"""The 2017 crime forecasting challenge of the US National Institute of Justice, replayed on Portland.

Rules kept: cells of 62,500–360,000 ft² (ours: squares of 500 ft, 250,000 ft²), a forecast area of 0.25–0.75
mi², windows from 1 March 2017 of 1 week, 2 weeks, 1, 2 and 3 months, scored by PAI = (n/N) / (a/A) and
PEI = n / n*, n* the most that an equal area could have held. A is the area of the police districts. Forecasts
know nothing after 28 February 2017.

One such week holds some twenty burglaries: its score is luck. The claim is therefore a rolling one, 104
weekly origins of the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyogrio
import shapely

from anlan.engine.analysis.evaluation import Scores, hits, rolling_origins
from anlan.engine.analysis.forecast.candidates import FourYears, Kde, LastYear
from anlan.engine.analysis.forecast.history import CellHistory
from bench.evidence.candidates import OURS, learners
from bench.evidence.page import Claim
from bench.sets import DATA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SIDE_FT = 500.0
FT = 0.3048
MILE2 = 5280.0**2
FIRST = np.datetime64("2012-03-01")
OPENING = np.datetime64("2017-03-01")
END = np.datetime64("2017-06-01")
WINDOWS = {"1 week": 7, "2 weeks": 14, "1 month": 31, "2 months": 61, "3 months": 92}
SMALL, LARGE = 0.25, 0.75  # mi²
WEEKS = 104
EVERY = 26  # weeks between two times of learning
KINDS = {"burglary": "nij_burglary", "vehicle theft": "nij_motor_vehicle_theft"}
TARGET = {"burglary": 11.6, "vehicle theft": 28.0}


ROLLED_HEAD = """## The 2017 NIJ challenge (Portland)
Squares of 500 ft over the police districts. Rolling: the record's last 104 weeks, each forecast from what was
known before it. A prototype beforehand had, for burglary, counts 9.8 and KDE 10.4.

| kind | candidate | PAI 0.25 mi² | PEI | PAI 0.75 mi² | PEI | bits/event | total |
|---|---|---|---|---|---|---|---|""".splitlines()
OFFICIAL_HEAD = """
The official windows from 1 March 2017, forecast once from what was known on 28 February, 0.25 mi². A week of
burglaries is some twenty incidents: these are luck, good or bad; the rolling figure is the claim.

| kind | window | incidents | PAI | PEI |
|---|---|---|---|---|""".splitlines()


@dataclass(frozen=True, eq=False)
class Area:
    """Squares whose centre lies in a police district: their centres in feet, raster, index, and A in ft²."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    low: tuple[int, int]
    shape: tuple[int, int]
    index: NDArray[np.int64]
    total_ft2: float

    def share(self, mile2: float) -> float:
        """Return the least number of whole cells that make up `mile2`, as a share of all cells."""
        return float(np.ceil(mile2 * MILE2 / SIDE_FT**2 - 1e-9) / len(self.index))

    def pai(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what a hit rate is multiplied by: A over the area of that share of cells."""
        return self.total_ft2 / (share * len(self.index) * SIDE_FT**2)


def districts() -> Area:
    """Lay the squares over the police districts, on multiples of 500 ft of Oregon North (EPSG:2913)."""
    city = shapely.union_all(
        shapely.make_valid(
            shapely.from_wkb(pyogrio.raw.read(DATA / "portland/Portland_Police_Districts.shp")[2])
        )
    )
    west, south, east, north = (int(np.floor(edge / SIDE_FT)) for edge in city.bounds)
    shape = north - south + 1, east - west + 1
    row, column = np.divmod(np.arange(shape[0] * shape[1]), shape[1])
    x, y = (column + west + 0.5) * SIDE_FT, (row + south + 0.5) * SIDE_FT
    inside = shapely.contains_xy(city, x, y)
    return Area(x[inside], y[inside], (south, west), shape, np.flatnonzero(inside), float(city.area))


def history(kind: str, area: Area) -> CellHistory:
    """Return the kind's daily counts on the area's cells; incidents elsewhere are left out."""
    table = pl.read_csv(DATA / f"portland/{KINDS[kind]}_2012_2017.csv", try_parse_dates=True)
    day = (table["occ_date"].to_numpy().astype("datetime64[D]") - FIRST).astype(int)
    days = np.arange(FIRST, END)
    column = np.floor(table["x_coordina"].to_numpy() / SIDE_FT).astype(int) - area.low[1]
    row = np.floor(table["y_coordina"].to_numpy() / SIDE_FT).astype(int) - area.low[0]
    cell = np.full(area.shape, -1)
    cell.ravel()[area.index] = np.arange(len(area.index))
    on = (row >= 0) & (row < area.shape[0]) & (column >= 0) & (column < area.shape[1])
    on &= (day >= 0) & (day < len(days))
    at = np.where(on, cell[np.where(on, row, 0), np.where(on, column, 0)], -1)
    counts = np.zeros((len(area.index), len(days)), np.int16)
    np.add.at(counts, (at[at >= 0], day[at >= 0]), 1)
    return CellHistory(
        area.x * FT, area.y * FT, counts, days, np.ones(len(days), bool), SIDE_FT * FT, area.shape, area.index
    )


def rolling(kind: str, area: Area, candidates: Sequence[Any]) -> Scores:
    """Score the last 104 weeks of the record, at the smallest and the largest area allowed."""
    known = history(kind, area)
    origins = known.days[-7 * WEEKS :: 7]
    return rolling_origins(known, candidates, origins, 7, shares=(area.share(SMALL), area.share(LARGE)))


def replay(kind: str, area: Area, candidate: Any) -> dict[str, tuple[int, float, float]]:
    """Return incidents, PAI and PEI at 0.25 mi² of each official window."""
    known = history(kind, area)
    opening = int((OPENING - FIRST).astype(int))
    expected = candidate.fit(known.until(opening)).expected(max(WINDOWS.values()))
    share, found = area.share(SMALL), {}
    for name, length in WINDOWS.items():
        came = known.counts[:, opening : opening + length].sum(axis=1)
        hit, best = (float(hits(one, came, share)[0]) for one in (expected[:, :length].sum(axis=1), came))
        rate = hit / came.sum()
        found[name] = int(came.sum()), float(rate * area.pai(np.array(share))), hit / best
    return found


@dataclass(frozen=True)
class Rolled:
    """A candidate over the 104 weeks: PAI and PEI at the smallest and the largest area, bits, totals."""

    name: str
    pai: tuple[float, ...]
    pei: tuple[float, ...]
    bits: float
    totals: float


@dataclass(frozen=True)
class Found:
    """A kind of incident: the rolling figures and those of the official windows."""

    kind: str
    events: int
    rolled: tuple[Rolled, ...]
    official: dict[str, tuple[int, float, float]]


def figures() -> list[Found]:
    """Measure both kinds."""
    area = districts()
    return [_figures(kind, area) for kind in KINDS]


def _figures(kind: str, area: Area) -> Found:
    densities = [Kde(width, 4 * 365, f"kde {width:g} m, 4 years") for width in (100.0, 150.0, 250.0)]
    ours = learners(7, EVERY)
    scores = rolling(kind, area, [LastYear(), FourYears(), *densities, *ours])
    factor = area.pai(np.array(scores.shares))
    rolled = tuple(
        Rolled(
            name, tuple((scores.hit_rate(name) * factor).tolist()), tuple(scores.pei(name).tolist()),
            scores.bits_per_event(name), scores.totals_ratio(name),
        )
        for name in scores.names
    )  # fmt: skip
    return Found(kind, int(scores.events.sum()), rolled, replay(kind, area, ours[-1].of))


def claims(found: list[Found]) -> list[Claim]:
    """Return the two claims: rolling PAI at the smallest area allowed."""
    made = []
    for one in found:
        reached = next(row.pai[0] for row in one.rolled if row.name == OURS)
        least = TARGET[one.kind]
        made.append(
            Claim(
                f"NIJ 2017, {one.kind}, {WEEKS} rolling weeks: PAI at {SMALL} mi²", f"{reached:.2f}",
                f">= {least:g}", reached >= least,
            )
        )  # fmt: skip
    return made


def section(found: list[Found]) -> str:
    """Return the page's section."""
    rolled = [
        f"| {one.kind} ({one.events:,}) | {row.name} | {row.pai[0]:.2f} | {row.pei[0]:.3f} | "
        f"{row.pai[1]:.2f} | {row.pei[1]:.3f} | {row.bits:.3f} | {row.totals:.3f} |"
        for one in found
        for row in one.rolled
    ]
    official = [
        f"| {one.kind} | {name} | {events} | {pai:.2f} | {pei:.3f} |"
        for one in found
        for name, (events, pai, pei) in one.official.items()
    ]
    return "\n".join([*ROLLED_HEAD, *rolled, *OFFICIAL_HEAD, *official])


if __name__ == "__main__":
    for line in (claim.line for claim in claims(figures())):
        print(line)
