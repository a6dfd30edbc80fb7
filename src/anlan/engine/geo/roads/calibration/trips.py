"""Recorded trips as a table, which of them can be learnt from, and why the others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from anlan.engine.geo.roads.graph import MAX_SNAP_M, RoadGraph
from anlan.engine.geo.roads.links import CLASSES
from anlan.engine.geo.roads.profile import COLLECTOR, THROUGH, HourClass, Hours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

GROUPS: Mapping[str, tuple[str, ...]] = {
    "through": THROUGH,
    "collector": COLLECTOR,
    "local": tuple(name for name in CLASSES if name not in {*THROUGH, *COLLECTOR}),
}
FASTEST_MPS = 50.0
LONGEST_S = 7200.0


@dataclass(frozen=True, eq=False)
class Trips:
    """Trips (n,): from and to in WGS-84 degrees, hour class, seconds from setting off to arriving.

    Raises:
        ValueError: columns of different lengths, or an hour class that is none.

    """

    from_lon: NDArray[np.float64]
    from_lat: NDArray[np.float64]
    to_lon: NDArray[np.float64]
    to_lat: NDArray[np.float64]
    hour_class: NDArray[np.int8]
    seconds: NDArray[np.float64]

    def __post_init__(self) -> None:
        columns = ("from_lon", "from_lat", "to_lon", "to_lat", "hour_class", "seconds")
        if len({len(getattr(self, column)) for column in columns}) != 1:
            raise ValueError(f"{', '.join(columns)}: different lengths")
        if not np.isin(self.hour_class, list(HourClass)).all():
            raise ValueError(f"hour_class: expected 0 to {len(HourClass) - 1}")

    @classmethod
    def of(
        cls,
        from_lon: ArrayLike,
        from_lat: ArrayLike,
        to_lon: ArrayLike,
        to_lat: ArrayLike,
        hour_class: ArrayLike,
        seconds: ArrayLike,
    ) -> Self:
        """Make a table from anything array-like; one hour class may stand for all."""
        time = np.asarray(seconds, np.float64)
        lon, lat, lon1, lat1 = (np.asarray(c, np.float64) for c in (from_lon, from_lat, to_lon, to_lat))
        return cls(lon, lat, lon1, lat1, np.broadcast_to(np.asarray(hour_class, np.int8), time.shape), time)

    def __len__(self) -> int:
        """Number of trips."""
        return len(self.seconds)


def hour_classes(hour: ArrayLike, weekday: ArrayLike, hours: Hours | None = None) -> NDArray[np.int8]:
    """The hour classes of local hours 0-23 on weekdays 0 (Monday) - 6, both (n,).

    Raises:
        ValueError: an hour or a weekday is out of range.

    """
    rule = hours or Hours()
    when = zip(np.asarray(hour, np.int64).tolist(), np.asarray(weekday, np.int64).tolist(), strict=True)
    return np.array([rule.of(*moment) for moment in when], np.int8)


@dataclass(frozen=True, eq=False)
class Placed:
    """Trips that can be learnt from: rows in the table, nodes, hour class, seconds.

    `why` says of every row of the table why not; it is empty for a trip that is used.
    """

    row: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    hour_class: NDArray[np.int8]
    seconds: NDArray[np.float64]
    why: NDArray[np.object_]

    def only(self, kept: NDArray) -> Placed:
        """Some of the trips."""
        ends = (self.source[kept], self.target[kept])
        return Placed(self.row[kept], *ends, self.hour_class[kept], self.seconds[kept], self.why)

    def __len__(self) -> int:
        """Number of trips."""
        return len(self.row)


def placed(graph: RoadGraph, trips: Trips, most: int, seed: int) -> Placed:
    """Put trips on the network and set aside those that tell nothing, and beyond `most` a random rest."""
    why = np.full(len(trips), "", dtype=object)
    there = np.isfinite(trips.from_lon + trips.from_lat + trips.to_lon + trips.to_lat)
    timed = np.isfinite(trips.seconds) & (trips.seconds > 0)
    why[~there] = "no_place"
    why[there & ~timed] = "no_time"
    why[there & timed & (trips.seconds > LONGEST_S)] = "too_long"
    row = np.flatnonzero(why == "")
    source, off = graph.snap(trips.from_lon[row], trips.from_lat[row])
    target, also = graph.snap(trips.to_lon[row], trips.to_lat[row])
    metres = np.hypot(*_apart(graph, trips, row).T)
    why[row[metres > FASTEST_MPS * trips.seconds[row]]] = "too_fast"
    why[row[source == target]] = "same_place"
    why[row[(off > MAX_SNAP_M) | (also > MAX_SNAP_M)]] = "off_road"
    good = np.flatnonzero(why[row] == "")
    if len(good) > most:
        rest = np.random.default_rng(seed).permutation(good)[most:]
        why[row[rest]] = "sampled"
        good = np.setdiff1d(good, rest)
    row = row[good]
    return Placed(
        row,
        source[good].astype(np.int64),
        target[good].astype(np.int64),
        trips.hour_class[row],
        trips.seconds[row],
        why,
    )


def _apart(graph: RoadGraph, trips: Trips, row: NDArray[np.int64]) -> NDArray[np.float64]:
    begin = graph.project(trips.from_lon[row], trips.from_lat[row])
    return graph.project(trips.to_lon[row], trips.to_lat[row]) - begin
