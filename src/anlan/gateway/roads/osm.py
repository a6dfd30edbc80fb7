"""Roads from an OSM file: .osm.pbf, .osm, .osm.gz (and whatever else libosmium reads)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from anlan.engine.geo.roads import CLASS_INDEX, RoadLinks, road_links
from anlan.gateway.roads.tags import EMERGENCY, Profile, directions, road_class, speed_mps, stops

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

EARTH_M = 6_371_008.8
LARGE = 100_000_000


@dataclass(frozen=True, eq=False)
class RoadsRead:
    """What a file held: links, how many ways or rows they are from, and what was passed over, by reason."""

    links: RoadLinks
    roads: int
    passed_over: dict[str, int]


@dataclass
class _Ways:
    """Columns of drivable ways and, one after another, the ids of their nodes."""

    refs: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    forward: list[float] = field(default_factory=list)
    backward: list[float] = field(default_factory=list)
    name: list[int] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"": 0})
    passed_over: dict[str, int] = field(default_factory=dict)

    def skip(self, reason: str, count: int = 1) -> None:
        if count:
            self.passed_over[reason] = self.passed_over.get(reason, 0) + count


def read_osm(path: Path, profile: Profile = EMERGENCY) -> RoadsRead:
    """Read the roads that the profile's driver may use, split where they meet.

    Ways that lose nodes because the extract was cut keep their connected pieces; what is missing is counted.

    Raises:
        ValueError: the file is empty, damaged, of an unknown kind, or holds no road.
        OSError: it cannot be read.

    """
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name}: the file is empty")
    try:
        ways = _ways(path, profile)
        if not ways.ends:
            raise ValueError(f"{path.name}: no road that a car may use")
        ids = np.unique(np.asarray(ways.refs, np.int64))
        lon, lat, blocked = _nodes(path, ids)
    except RuntimeError as error:
        raise ValueError(f"{path.name}: not a readable OSM file ({error})") from None
    return _read(ways, ids, lon, lat, blocked)


def _ways(path: Path, profile: Profile) -> _Ways:
    ways = _Ways()
    source: Any = osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway")
    )
    for way in source:
        tags = dict(way.tags)
        kind = road_class(tags, profile)
        along, against = directions(tags)
        if kind is None:
            ways.skip("ways not for cars")
        elif not (along or against):
            ways.skip("ways with reversible direction")
        else:
            _keep(ways, tags, kind, [node.ref for node in way.nodes], (along, against))
    return ways


def _keep(ways: _Ways, tags: dict[str, str], kind: str, refs: list[int], open_: tuple[bool, bool]) -> None:
    name = tags.get("name") or tags.get("ref") or ""
    ways.refs += refs
    ways.ends.append(len(ways.refs))
    ways.kind.append(CLASS_INDEX[kind])
    ways.forward.append(speed_mps(tags, kind, forward=True) if open_[0] else 0.0)
    ways.backward.append(speed_mps(tags, kind, forward=False) if open_[1] else 0.0)
    ways.name.append(ways.names.setdefault(name, len(ways.names)))


def _nodes(
    path: Path, ids: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Coordinates of the nodes (NaN where the file lacks one) and whether a barrier there stops a car."""
    lon, lat = np.full(len(ids), np.nan), np.full(len(ids), np.nan)
    blocked = np.zeros(len(ids), np.bool_)
    source: Any = osmium.FileProcessor(str(path), osmium.osm.NODE)
    if ids[0] >= 0 and path.stat().st_size > LARGE:
        # The index takes up to a gigabyte whatever the file's size, and holds no negative ids, which editors
        # give to objects not yet uploaded; small files are filtered here.
        source = source.with_filter(osmium.filter.IdFilter(ids.tolist()))
    place = {int(node): row for row, node in enumerate(ids)}
    for node in source:
        row = place.get(node.id)
        if row is None:
            continue
        if node.location.valid():
            lon[row], lat[row] = node.lon, node.lat
        if "barrier" in node.tags:
            blocked[row] = stops(dict(node.tags))
    return lon, lat, blocked


def _read(
    ways: _Ways,
    ids: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    blocked: NDArray[np.bool_],
) -> RoadsRead:
    refs = np.searchsorted(ids, np.asarray(ways.refs, np.int64))
    way = np.repeat(np.arange(len(ways.ends)), np.diff([0, *ways.ends]))
    missing = np.isnan(lon)
    ways.skip("nodes that the file lacks", int(missing.sum()))
    ways.skip("barriers that stop a car", int(blocked.sum()))
    pieces = _pieces(refs, way, missing, _junctions(refs, way, blocked, len(ids)))
    return RoadsRead(_links(ways, refs, way, pieces, lon, lat, blocked), len(ways.ends), ways.passed_over)


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


def _links(
    ways: _Ways,
    refs: NDArray[np.int64],
    way: NDArray[np.int64],
    pieces: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    blocked: NDArray[np.bool_],
) -> RoadLinks:
    along = np.concatenate(([0.0], np.cumsum(_steps(lon[refs], lat[refs]))))
    length = along[pieces[:, 1]] - along[pieces[:, 0]]
    # A loop from a node back to itself leads nowhere; a piece of no length is a doubled node.
    real = (length > 0) & (refs[pieces[:, 0]] != refs[pieces[:, 1]])
    pieces, length = pieces[real], np.maximum(length[real], 0.1)
    ends = refs[pieces]
    dead = blocked[ends]
    # Both sides of a barrier get an end of their own, so that no way leads through it.
    node = np.where(dead, len(lon) + np.arange(ends.size).reshape(ends.shape), ends)
    used, ends_now = np.unique(node, return_inverse=True)
    place = np.where(used < len(lon), used, ends.ravel()[np.maximum(used - len(lon), 0) % max(ends.size, 1)])
    ends_now = ends_now.reshape(ends.shape)
    owner = way[pieces[:, 0]]
    tables = [
        (ends_now[open_, first], ends_now[open_, last], length[open_], speed[owner[open_]], owner[open_])
        for speed, first, last in _both(ways)
        for open_ in [speed[owner] > 0]
    ]
    tail, head, metres, mps, from_way = (np.concatenate(column) for column in zip(*tables, strict=True))
    kind, name = np.asarray(ways.kind, np.uint8), np.asarray(ways.name, np.int32)
    return road_links(
        lon[place], lat[place], tail, head, metres, mps,
        road_class=kind[from_way], name=name[from_way], names=tuple(ways.names),
    )  # fmt: skip


def _both(ways: _Ways) -> Iterator[tuple[NDArray[np.float64], int, int]]:
    yield np.asarray(ways.forward), 0, 1
    yield np.asarray(ways.backward), 1, 0


def _steps(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres between consecutive points (haversine); 0 where one of them is missing."""
    x, y = np.radians(lon), np.radians(lat)
    half = np.sin(np.diff(y) / 2) ** 2 + np.cos(y[:-1]) * np.cos(y[1:]) * np.sin(np.diff(x) / 2) ** 2
    metres: NDArray[np.float64] = 2 * EARTH_M * np.arcsin(np.sqrt(half))
    return np.nan_to_num(metres, nan=0.0)
