"""Adherence with thinner positions: dose and line cover from a fix every 10, 30, 60 s against one a second.

Fifty vehicles in the centre of Athens, recorded from the air at 1 Hz (pNEUMA). Each stands for a unit; places
are middles of 100 m cells, lines are the street segments of the network and the vehicles' own ways.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import shapely

from anlan.engine.geo.crs import LocalPlane
from anlan.engine.planning.adherence import Duty, Positions, Rules
from anlan.engine.planning.adherence.near import Steps, covered, stay, steps
from anlan.engine.planning.adherence.track import Track, tracks
from bench.claims import machine
from bench.evidence.page import Claim
from bench.sets import DATA

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.float64]

EVERY_S = (10, 30, 60)
PHASES = 5  # where the first fix falls
CELL_M, LEAST_S, LINE_M, WAY_M = 100.0, 10.0, 80.0, 300.0
RULES = Rules()


@dataclass(frozen=True)
class Thinned:
    """Errors of one rate against 1 Hz.

    Attributes:
        every_s: seconds between fixes.
        stays: stays of at least ten seconds at 1 Hz.
        bias: sum of doses over that at 1 Hz, less one.
        error_s: mean absolute error of a stay.
        far_s: its 95th percentile.
        minute: share of stays that are on the same side of a minute.
        way: mean share of its own way that a vehicle is seen to cover.
        driven: street segments covered (80 %) at 1 Hz.
        driven_kept: share of them covered still.
        others: segments not covered at 1 Hz, though near.
        others_claimed: share of them that are now.

    """

    every_s: int
    stays: int
    bias: float
    error_s: float
    far_s: float
    minute: float
    way: float
    driven: int
    driven_kept: float
    others: int
    others_claimed: float


def athens() -> tuple[Positions, list[Duty], LocalPlane]:
    """Return the fixes in metres, and a duty for each vehicle from its first to its last."""
    table = pl.read_csv(DATA / "gps/athens_pneuma_1hz.csv").with_columns(pl.col("time").str.to_datetime())
    plane = LocalPlane(float(table["lon"].mean()), float(table["lat"].mean()))
    x, y = plane.metres(table["lon"].to_numpy(), table["lat"].to_numpy())
    time = table["time"].dt.epoch("ms").to_numpy() / 1000.0
    unit = table["track_id"].cast(pl.String).to_numpy().astype(str)
    duties = [
        Duty(str(one), float(time[unit == one].min()), float(time[unit == one].max()))
        for one in np.unique(unit)
    ]
    return Positions(unit, time, x, y), duties, plane


def segments(plane: LocalPlane) -> list[Steps]:
    """Return the street segments of at least 80 m."""
    root = ET.parse(DATA / "gps/athens_pneuma_network.graphml").getroot()  # noqa: S314  a data set of ours
    name = "{http://graphml.graphdrawing.org/xmlns}"
    keys = {key.get("id"): (key.get("for"), key.get("attr.name")) for key in root.iter(f"{name}key")}
    at: dict[str, tuple[float, float]] = {}
    for node in root.iter(f"{name}node"):
        found = {keys[data.get("key")][1]: data.text for data in node.iter(f"{name}data")}
        at[node.get("id")] = float(found["x"]), float(found["y"])
    shapes = {}
    for edge in root.iter(f"{name}edge"):
        found = {keys[data.get("key")][1]: data.text for data in edge.iter(f"{name}data")}
        ends = edge.get("source"), edge.get("target")
        straight = shapely.LineString([at[end] for end in ends])
        shapes[frozenset(ends)] = shapely.from_wkt(found["geometry"]) if "geometry" in found else straight
    flat = plane.flatten(np.array(list(shapes.values()), dtype=object))
    return [steps(shapely.get_coordinates(one)) for one in flat if one.length >= LINE_M]


def every(positions: Positions, duties: list[Duty], seconds: int, phase: float) -> dict[str, Track]:
    """Return the tracks with one fix every so many seconds, the first and the last one kept.

    The recordings are minutes long: what is lost at the ends of a shift of hours would count here for much.
    """
    ends = {duty.unit: (duty.begin_s, duty.end_s) for duty in duties}
    since, left = (np.abs(positions.time_s - np.array([ends[u][k] for u in positions.unit])) for k in (0, 1))
    kept = (np.round(since - phase) % seconds == 0) | (since < 0.5) | (left < 0.5)
    columns = (getattr(positions, name)[kept] for name in ("unit", "time_s", "x", "y"))
    return dict(tracks(Positions(*columns), duties, RULES.gap_s))


@dataclass(frozen=True, eq=False)
class Truth:
    """What 1 Hz shows of a vehicle: cells and seconds of its stays, its way, segments near with shares."""

    cells: NDArray[np.float64]
    seconds: NDArray[np.float64]
    way: Steps
    near: list[Steps]
    shares: NDArray[np.float64]


def figures() -> list[Thinned]:
    """Measure the three rates."""
    positions, duties, plane = athens()
    streets = segments(plane)
    truths = {unit: truth(track, streets) for unit, track in every(positions, duties, 1, 0).items()}
    return [_thinned(positions, duties, truths, seconds) for seconds in EVERY_S]


def truth(track: Track, streets: list[Steps]) -> Truth:
    """Return what all fixes show."""
    cells = np.unique(np.round(track.pieces[:, 1:3] / CELL_M), axis=0) * CELL_M
    seconds = np.array([stay(track.pieces, (x, y), RULES.radius_m).seconds for x, y in cells.tolist()])
    way = np.concatenate((track.pieces[:, 1:3], track.pieces[-1:, 4:6]))
    low, high = way.min(axis=0) - RULES.line_m, way.max(axis=0) + RULES.line_m
    around = [one for one in streets if ((one.middles >= low) & (one.middles <= high)).all(axis=1).any()]
    shares = np.array([covered(one, track.pieces, RULES.line_m).mean() for one in around])
    near = [one for one, share in zip(around, shares, strict=True) if share]
    long = seconds >= LEAST_S
    return Truth(cells[long], seconds[long], steps(way), near, shares[shares > 0])


def _thinned(positions: Positions, duties: list[Duty], truths: dict[str, Truth], seconds: int) -> Thinned:
    dose, got, ways, share, now = [], [], [], [], []
    for phase in np.linspace(0, seconds, PHASES, endpoint=False).round():
        for unit, track in every(positions, duties, seconds, float(phase)).items():
            known = truths[unit]
            dose.append(known.seconds)
            got += [stay(track.pieces, (x, y), RULES.radius_m).seconds for x, y in known.cells.tolist()]
            if known.way.length_m >= WAY_M:
                ways.append(covered(known.way, track.pieces, RULES.line_m).mean())
            share.append(known.shares)
            now += [covered(one, track.pieces, RULES.line_m).mean() for one in known.near]
    return _row(
        seconds, np.concatenate(dose), np.array(got), np.array(ways), np.concatenate(share), np.array(now)
    )


def _row(seconds: int, dose: Row, got: Row, ways: Row, share: Row, now: Row) -> Thinned:
    error, enough = np.abs(got - dose), RULES.line_share
    driven, still = share >= enough, now >= enough
    return Thinned(
        seconds, len(dose), float(got.sum() / dose.sum() - 1), float(error.mean()),
        float(np.quantile(error, 0.95)), float(((got >= 60) == (dose >= 60)).mean()), float(ways.mean()),
        int(driven.sum()), float(still[driven].mean()), int((~driven).sum()), float(still[~driven].mean()),
    )  # fmt: skip


def claims(found: list[Thinned]) -> list[Claim]:
    """Return what a fix every 10 s, as phones send them, is held to."""
    ten = found[0]
    return [
        Claim(
            "Adherence, a fix every 10 s: dose against 1 Hz", f"{ten.bias:+.1%}, {ten.error_s:.1f} s a stay",
            "within 2 %, 5 s", abs(ten.bias) <= 0.02 and ten.error_s <= 5,
        ),
        Claim(
            "Adherence, a fix every 10 s: driven segments found covered", f"{ten.driven_kept:.1%}",
            ">= 95 %", ten.driven_kept >= 0.95,
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    print(f"adherence, {machine()}")
    measured = figures()
    for one in measured:
        print(f"  {one}")
    for claim in claims(measured):
        print(claim.line)
