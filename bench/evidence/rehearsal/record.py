"""San Francisco's fire and medical runs of 2018 in the north-east as a record, on the north-east's roads.

Fire engines stand in for patrol cars: they wait at posts, the nearest is sent, minutes matter, and every time
is recorded. Homes of engines and trucks are not in the data; they are inferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from anlan.engine.geo.roads import HourClass, Hours
from anlan.engine.planning.rehearsal.fit import Learned, Record, Ways, learn
from anlan.engine.planning.rehearsal.model import HOUR_S, hour_classes
from bench.networks import data_folder, network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

FIRST = datetime(2018, 1, 1)  # a Monday; local time, as recorded
WEEK_S = 7 * 86_400.0
WEEKS, LEARNED_WEEKS = 52, 26
GRAIN_S = 60.0
LEAST_RUNS = 100  # of an engine in the weeks learned from, for its station to be placed
TIMES = ("Received", "Dispatch", "Response", "On Scene", "Available")
SAME_KIND = {"MEDIC": "AMBULANCE", "PRIVATE": "AMBULANCE"}


@dataclass(frozen=True, eq=False)
class City:
    """Roads, ways to the P places of calls (`nodes`), whose neighbourhood each is, and the record by week.

    `station` (units,): number of each unit's station, -1 without; `stations`: their names in order.
    """

    graph: RoadGraph
    ways: Ways
    nodes: NDArray[np.int64]
    beats: list[str]
    beat_of: NDArray[np.int64]
    record: Record
    units: list[str]
    kinds: list[str]
    station: NDArray[np.int64]
    stations: list[int]
    classes: NDArray[np.int64]

    @property
    def week(self) -> NDArray[np.int64]:
        """The week of each run's call, 0 from 1 January."""
        return (self.record.first_received // WEEK_S).astype(np.int64)

    def weeks(self, first: int, end: int) -> Record:
        """The runs of some weeks."""
        return self.record.only((self.week >= first) & (self.week < end))

    def kind(self, name: str) -> int:
        """Number of a kind of unit."""
        return self.kinds.index(name)

    @property
    def learned_from(self) -> Record:
        """The first half of the year."""
        return self.weeks(0, LEARNED_WEEKS)

    @property
    def held_out(self) -> Record:
        """The second half."""
        return self.weeks(LEARNED_WEEKS, WEEKS)

    def learn(self) -> Learned:
        """Learn from the first half."""
        return learn(self.learned_from, self.ways, self.station, self.kind("ENGINE"))


def city() -> City:
    """Read the record and the roads."""
    graph = network("sf")
    table = pl.read_parquet(data_folder() / "sf/sffd_cad_2018_ne.parquet")
    node, _ = graph.snap(table["lon"].to_numpy(), table["lat"].to_numpy())
    nodes, place = np.unique(node.astype(np.int64), return_inverse=True)
    kind_names = table["Unit Type"].replace(SAME_KIND)
    units, kinds = sorted(table["Unit ID"].unique()), sorted(kind_names.unique())
    classes = hour_classes(Hours(), FIRST.weekday())
    times = [_seconds(table, f"{name} DtTm") for name in TIMES]
    record = Record(
        table["Call Number"].to_numpy(), np.searchsorted(units, table["Unit ID"].to_list()),
        np.searchsorted(kinds, kind_names.to_list()), place, 4 - table["Final Priority"].to_numpy(),
        classes[(times[1] // HOUR_S).astype(np.int64) % len(classes)], *times, grain_s=GRAIN_S,
    )  # fmt: skip
    stations, station = _stations(record, units, kinds)
    beats, beat_of = _neighbourhoods(table["Neighborhood"].to_list(), place)
    return City(
        graph, _ways(graph, nodes), nodes, beats, beat_of, record, units, kinds, station, stations, classes
    )


def _seconds(table: pl.DataFrame, name: str) -> NDArray[np.float64]:
    gone = table.select((pl.col(name) - FIRST).dt.total_seconds().cast(pl.Float64))
    return gone.to_series().fill_null(np.nan).to_numpy()


def _ways(graph: RoadGraph, nodes: NDArray[np.int64]) -> Ways:
    """Times at night; how much slower the other hours are is learned."""
    every = np.arange(graph.nodes)
    return Ways(
        graph.times(every, nodes, HourClass.NIGHT),
        np.ascontiguousarray(graph.times(nodes, every, HourClass.NIGHT).T),
        graph.times(nodes, nodes, HourClass.NIGHT),
    )


def _stations(record: Record, units: list[str], kinds: list[str]) -> tuple[list[int], NDArray[np.int64]]:
    """Engines and trucks bear their station's number; stations with enough runs of an engine to place."""
    early = record.first_received < LEARNED_WEEKS * WEEK_S
    engine = early & (record.kind == kinds.index("ENGINE"))
    runs = np.bincount(record.unit[engine], minlength=len(units))
    stations = sorted(_number(name) for name, count in zip(units, runs, strict=True) if count >= LEAST_RUNS)
    at = [stations.index(_number(name)) if _number(name) in stations else -1 for name in units]
    return stations, np.array(at)


def _number(name: str) -> int:
    return int(name[1:]) if name[0] in "ET" and name[1:].isdigit() else -1


def _neighbourhoods(names: list[str], place: NDArray[np.int64]) -> tuple[list[str], NDArray[np.int64]]:
    """The most frequent neighbourhood of the calls at each place."""
    beats = sorted(set(names))
    table = np.zeros((int(place.max()) + 1, len(beats)))
    np.add.at(table, (place, np.searchsorted(beats, names)), 1)
    return beats, table.argmax(axis=1)
