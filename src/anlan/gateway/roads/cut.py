"""Ways of an OSM file, cut into links where they meet, with the points between as bends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads import Bends, RoadLinks, road_links

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_M = 6_371_008.8


@dataclass(frozen=True, eq=False)
class RoadsRead:
    """What a file held: links, how many ways or rows they are from, and what was passed over, by reason."""

    links: RoadLinks
    roads: int
    passed_over: dict[str, int]


@dataclass
class Ways:
    """Columns of drivable ways and, one after another, the ids of their nodes."""

    ids: list[int] = field(default_factory=list)
    refs: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    forward: list[float] = field(default_factory=list)
    backward: list[float] = field(default_factory=list)
    name: list[int] = field(default_factory=list)
    roundabout: list[bool] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"": 0})
    passed_over: dict[str, int] = field(default_factory=dict)

    def skip(self, reason: str) -> None:
        """Count a way that is passed over."""
        self.passed_over[reason] = self.passed_over.get(reason, 0) + 1


@dataclass(frozen=True, eq=False)
class Places:
    """Nodes of ways (n,) by id: degrees (NaN = not in the file), barriers, and signals (n, 2).

    The two columns of `signals` are whether one meets a traffic light there along the way's direction, and
    against it.
    """

    ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    blocked: NDArray[np.bool_]
    signals: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cut:
    """Links, and for each the OSM ids of its way and of the nodes at its ends."""

    links: RoadLinks
    way: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


def cut(ways: Ways, places: Places) -> Cut:
    """Cut ways where they meet, at barriers, and where a node is missing."""
    refs = np.searchsorted(places.ids, np.asarray(ways.refs, np.int64))
    way = np.repeat(np.arange(len(ways.ends)), np.diff([0, *ways.ends]))
    junctions = _junctions(refs, way, places.blocked, len(places.ids))
    pieces = _halved(refs, _pieces(refs, way, np.isnan(places.lon), junctions))
    along = np.concatenate(([0.0], np.cumsum(_steps(places.lon[refs], places.lat[refs]))))
    length = along[pieces[:, 1]] - along[pieces[:, 0]]
    # A loop of a single point is no road; a piece of no length is a doubled node.
    real = (length > 0) & (refs[pieces[:, 0]] != refs[pieces[:, 1]])
    return _links(ways, places, refs, way[pieces[real, 0]], pieces[real], np.maximum(length[real], 0.1))


def _junctions(
    refs: NDArray[np.int64], way: NDArray[np.int64], blocked: NDArray[np.bool_], nodes: int
) -> NDArray[np.bool_]:
    """Places in `refs` where a link begins or ends: a node met more than once, an end of a way, a barrier."""
    ends = np.ones(len(refs), np.bool_)
    ends[1:-1] = (way[1:-1] != way[:-2]) | (way[1:-1] != way[2:])
    ends |= np.bincount(refs, minlength=nodes)[refs] > 1
    ends |= blocked[refs]
    return ends


def _pieces(
    refs: NDArray[np.int64], way: NDArray[np.int64], missing: NDArray[np.bool_], cut: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """First and last place in `refs` of each link, (links, 2); a gap of missing nodes ends a link."""
    there = ~missing[refs]
    edge = np.zeros(len(refs), np.bool_)
    edge[:-1] |= there[:-1] & ~there[1:]
    edge[1:] |= there[1:] & ~there[:-1]
    stop = np.flatnonzero((cut | edge) & there)
    pairs = np.stack((stop[:-1], stop[1:]), axis=1)
    gap = np.concatenate(([0], np.cumsum(~there)))
    whole = (way[pairs[:, 0]] == way[pairs[:, 1]]) & (gap[pairs[:, 0]] == gap[pairs[:, 1]])
    whole_pairs: NDArray[np.int64] = pairs[whole]
    return whole_pairs


def _halved(refs: NDArray[np.int64], pieces: NDArray[np.int64]) -> NDArray[np.int64]:
    """The pieces with each loop from a node back to itself cut in two, so that its far end is a place too."""
    loop = (refs[pieces[:, 0]] == refs[pieces[:, 1]]) & (pieces[:, 1] - pieces[:, 0] > 2)
    first, last = pieces[loop].T
    middle = (first + last) // 2
    halves = np.column_stack((first, middle, middle, last)).reshape(-1, 2)
    return np.concatenate((pieces[~loop], halves))


def _links(
    ways: Ways,
    places: Places,
    refs: NDArray[np.int64],
    owner: NDArray[np.int64],
    pieces: NDArray[np.int64],
    length: NDArray[np.float64],
) -> Cut:
    ends = refs[pieces]
    node, lon, lat = _parted(ends, places)
    piece, forward, speed = _open(ways, owner)
    first, last = np.where(forward, 0, 1), np.where(forward, 1, 0)
    from_way = owner[piece]
    kind, name = np.asarray(ways.kind, np.uint8), np.asarray(ways.name, np.int32)
    links = road_links(
        lon, lat, node[piece, first], node[piece, last], length[piece], speed,
        road_class=kind[from_way], name=name[from_way], names=tuple(ways.names),
        signals=_signals(places, refs, pieces)[piece, first],
        roundabout=np.asarray(ways.roundabout, np.bool_)[from_way],
        bends=_bends(places, refs, pieces, piece, forward),
    )  # fmt: skip
    ids = np.asarray(ways.ids, np.int64)
    return Cut(links, ids[from_way], places.ids[ends[piece, first]], places.ids[ends[piece, last]])


def _parted(
    ends: NDArray[np.int64], places: Places
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Node of both ends of each piece, one of its own at a barrier, and where the nodes lie."""
    dead = places.blocked[ends]
    node = np.where(dead, len(places.ids) + np.arange(ends.size).reshape(ends.shape), ends)
    _, first, number = np.unique(node, return_index=True, return_inverse=True)
    place = ends.ravel()[first]
    return number.reshape(ends.shape), places.lon[place], places.lat[place]


def _open(
    ways: Ways, owner: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]:
    """Pieces that one may drive, first all along their way, then all against it, with direction and speed."""
    speeds = [np.asarray(column, np.float64)[owner] for column in (ways.forward, ways.backward)]
    rows = [np.flatnonzero(speed > 0) for speed in speeds]
    forward = np.repeat([True, False], [len(some) for some in rows])
    return np.concatenate(rows), forward, np.concatenate([speeds[side][rows[side]] for side in (0, 1)])


def _signals(places: Places, refs: NDArray[np.int64], pieces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Traffic lights met along each piece, and against it, (pieces, 2); the light where one starts is not."""
    passed = np.concatenate((np.zeros((1, 2), np.int64), np.cumsum(places.signals[refs], axis=0)))
    first, last = pieces.T
    along = passed[last + 1, 0] - passed[first + 1, 0]
    against = passed[last, 1] - passed[first, 1]
    met: NDArray[np.int64] = np.minimum(np.stack((along, against), axis=1), 255)
    return met


def _bends(
    places: Places,
    refs: NDArray[np.int64],
    pieces: NDArray[np.int64],
    piece: NDArray[np.int64],
    forward: NDArray[np.bool_],
) -> Bends:
    count = pieces[:, 1] - pieces[:, 0] - 1
    bent = np.flatnonzero(count)
    begin = np.concatenate(([0], np.cumsum(count[bent])))
    inner = np.arange(begin[-1]) + np.repeat(pieces[bent, 0] + 1 - begin[:-1], count[bent])
    shape = np.zeros(len(pieces), np.int32)
    shape[bent] = np.arange(1, len(bent) + 1)
    node, first = refs[inner], refs[pieces[bent, 0]]
    of = np.where(forward, shape[piece], -shape[piece])
    return Bends.from_points(
        of, begin, places.lon[node], places.lat[node], (places.lon[first], places.lat[first])
    )


def _steps(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres between consecutive points (haversine); 0 where one of them is missing."""
    x, y = np.radians(lon), np.radians(lat)
    half = np.sin(np.diff(y) / 2) ** 2 + np.cos(y[:-1]) * np.cos(y[1:]) * np.sin(np.diff(x) / 2) ** 2
    metres: NDArray[np.float64] = 2 * EARTH_M * np.arcsin(np.sqrt(half))
    return np.nan_to_num(metres, nan=0.0)
