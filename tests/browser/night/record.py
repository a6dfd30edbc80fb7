"""The night's calls and units, taken from the recorded dispatches of San Francisco's north-east."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "sffd_cad_2018_ne.parquet"
FROM = datetime(2018, 9, 14, 19)
BOX = ((-122.4573, -122.3830), (37.7419, 37.8110))
CREWS = 40
PARAMEDIC = 0.5  # share of its runs as an advanced-life-support unit
AMBULANCES = {"MEDIC", "PRIVATE", "RESCUE CAPTAIN"}
KINDS = {
    "Medical Incident": "medical",
    "Structure Fire": "fire",
    "Alarms": "alarm",
    "Traffic Collision": "traffic",
}
OTHER = "help"
URGENCY = {"3": 1, "2": 2}
ROUTINE = 3
STAGES = {"turnout": 1.0, "travel": 5.0, "scene": 20.0}  # minutes, where the record has none
LONGEST_MIN = 240.0


@dataclass(frozen=True)
class Recorded:
    """A call: seconds after the first, the address as recorded, and how long each stage took, in seconds."""

    after_s: float
    address: str
    kind: str
    priority: int
    lon: float
    lat: float
    turnout_s: float
    travel_s: float
    scene_s: float


@dataclass(frozen=True)
class Crew:
    """A unit of the record, where it was sent most."""

    call_sign: str
    capabilities: tuple[str, ...]
    lon: float
    lat: float


def runs(folder: Path) -> pl.DataFrame:
    """Return the recorded unit runs inside the road network's box."""
    (west, east), (south, north) = BOX
    frame = pl.read_parquet(folder / FILE)
    return frame.filter(pl.col("lon").is_between(west, east), pl.col("lat").is_between(south, north))


def calls(folder: Path, count: int) -> list[Recorded]:
    """Return `count` consecutive calls of the record, from an evening on."""
    first = runs(folder).filter(pl.col("Received DtTm") >= FROM).sort("Received DtTm", "Dispatch DtTm")
    rows = first.unique("Call Number", keep="first", maintain_order=True).head(count).to_dicts()
    begin = rows[0]["Received DtTm"]
    return [recorded(row, row["Received DtTm"] - begin) for row in rows]


def recorded(row: dict[str, Any], after: timedelta) -> Recorded:
    """Turn the first unit run of a call into the call."""
    ends = [row[f"{name} DtTm"] for name in ("Dispatch", "Response", "On Scene", "Available")]
    took = [seconds(name, *pair) for name, pair in zip(STAGES, pairwise(ends), strict=True)]
    return Recorded(
        after.total_seconds(), row["Address"], KINDS.get(row["Call Type"], OTHER),
        URGENCY.get(row["Priority"], ROUTINE), row["lon"], row["lat"], *took,
    )  # fmt: skip


def seconds(stage: str, begin: datetime | None, end: datetime | None) -> float:
    """Return how long a stage took, the usual length where the record does not say or is absurd."""
    took = STAGES[stage] if begin is None or end is None else (end - begin).total_seconds() / 60
    return 60 * (took if 0 <= took <= LONGEST_MIN else STAGES[stage])


def crews(folder: Path, count: int = CREWS) -> list[Crew]:
    """Return the busiest units, each in the middle of where it was sent."""
    busiest = (
        runs(folder)
        .group_by("Unit ID")
        .agg(pl.len(), pl.col("Unit Type").first(), pl.col("ALS Unit").mean(), pl.col("lon", "lat").median())
        .sort("len", "Unit ID", descending=[True, False])
        .head(count)
    )
    return [Crew(row["Unit ID"], tuple(skills(row)), row["lon"], row["lat"]) for row in busiest.to_dicts()]


def skills(row: dict[str, Any]) -> Iterator[str]:
    """Yield what a unit can do: engines with a paramedic take medical calls too."""
    if row["Unit Type"] not in AMBULANCES:
        yield "fire"
    if row["Unit Type"] in AMBULANCES or row["ALS Unit"] > PARAMEDIC:
        yield "medical"
