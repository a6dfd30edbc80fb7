"""Roads from an OSM file: .osm.pbf, .osm, .osm.gz (and whatever else libosmium reads)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from anlan.engine.geo.roads import CLASS_INDEX
from anlan.gateway.roads.cut import Places, RoadsRead, Ways, cut
from anlan.gateway.roads.restrictions import Restrictions, observe, read_restrictions
from anlan.gateway.roads.tags import (
    EMERGENCY,
    Profile,
    directions,
    is_roundabout,
    road_class,
    signal,
    speed_mps,
    stops,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LARGE = 100_000_000


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
        places = _nodes(path, ids)
        restrictions = read_restrictions(path, profile)
    except RuntimeError as error:
        raise ValueError(f"{path.name}: not a readable OSM file ({error})") from None
    return _read(ways, places, restrictions)


def _read(ways: Ways, places: Places, restrictions: Restrictions) -> RoadsRead:
    found = cut(ways, places)
    links, not_observed = observe(found, restrictions)
    counts = ways.passed_over | {
        "nodes that the file lacks": int(np.isnan(places.lon).sum()),
        "barriers that stop a car": int(places.blocked.sum()),
        **not_observed,
    }
    return RoadsRead(links, len(ways.ends), {reason: count for reason, count in counts.items() if count})


def _ways(path: Path, profile: Profile) -> Ways:
    ways = Ways()
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
            ways.ids.append(way.id)
            _keep(ways, tags, kind, [node.ref for node in way.nodes], (along, against))
    return ways


def _keep(ways: Ways, tags: dict[str, str], kind: str, refs: list[int], open_: tuple[bool, bool]) -> None:
    name = tags.get("name") or tags.get("ref") or ""
    ways.refs += refs
    ways.ends.append(len(ways.refs))
    ways.kind.append(CLASS_INDEX[kind])
    ways.forward.append(speed_mps(tags, kind, forward=True) if open_[0] else 0.0)
    ways.backward.append(speed_mps(tags, kind, forward=False) if open_[1] else 0.0)
    ways.name.append(ways.names.setdefault(name, len(ways.names)))
    ways.roundabout.append(is_roundabout(tags))


def _nodes(path: Path, ids: NDArray[np.int64]) -> Places:
    """Coordinates of the nodes (NaN where the file lacks one), barriers that stop a car, and signals."""
    lon, lat = np.full(len(ids), np.nan), np.full(len(ids), np.nan)
    blocked, signals = np.zeros(len(ids), np.bool_), np.zeros((len(ids), 2), np.bool_)
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
        if "highway" in node.tags:
            signals[row] = signal(dict(node.tags))
    return Places(ids, lon, lat, blocked, signals)
