"""Recorded positions to the roads that were driven, by Valhalla's map matching (the extra `anlan[matching]`).

Valhalla matches by a hidden Markov model (Newson & Krumm 2009). Its tiles are built from the road graph
itself, written as a small OSM file: what it answers are edges of that graph, whatever the roads came from.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod

from anlan.gateway.roads.osmfile import write_osm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

LEAST_ACCURACY_M, MOST_ACCURACY_M = 1.0, 100.0
SEARCH_M = 50.0
GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, eq=False)
class Fixes:
    """Positions (n,) in WGS-84 in the order taken: seconds, and accuracy in m if known.

    Raises:
        ValueError: columns of different lengths, fewer than two fixes, or seconds that go back.

    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    second: NDArray[np.float64]
    accuracy_m: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        columns = [self.lon, self.lat, self.second, *([] if self.accuracy_m is None else [self.accuracy_m])]
        if len({len(column) for column in columns}) != 1:
            raise ValueError("lon, lat, second, accuracy_m: different lengths")
        if len(self.lon) < 2:
            raise ValueError("fixes: at least two")
        if not np.isfinite(np.concatenate((self.lon, self.lat, self.second))).all():
            raise ValueError("fixes: lon, lat and second must be finite")
        if (np.diff(self.second) < 0).any():
            raise ValueError(
                f"fix {int(np.argmax(np.diff(self.second) < 0)) + 1}: earlier than the one before"
            )


@dataclass(frozen=True)
class Match:
    """The roads driven, in parts where the trace breaks off; plain numbers, ready for JSON.

    `parts` are edges of the graph in the order driven, `lines` the way along them (lon, lat) from the first
    fix to the last, `metres` its length. Of each fix `fix_edge` is its edge (-1 = none) and `fix_off_m` its
    distance from it (None = no edge).
    """

    parts: tuple[tuple[int, ...], ...]
    lines: tuple[tuple[tuple[float, float], ...], ...]
    metres: float
    fix_edge: tuple[int, ...]
    fix_off_m: tuple[float | None, ...]

    @property
    def edges(self) -> tuple[int, ...]:
        """All edges, one part after another."""
        return tuple(edge for part in self.parts for edge in part)


def _valhalla() -> Any:
    try:
        import valhalla  # noqa: PLC0415  an optional extra
    except ImportError:
        raise RuntimeError("map matching needs Valhalla: pip install 'anlan[matching]'") from None
    return valhalla


def build_tiles(osm: Path, folder: Path) -> None:
    """Build Valhalla's tiles from an .osm.pbf into a folder.

    Raises:
        RuntimeError: Valhalla is not installed, or it could not build them (with what it said last).
        OSError: the folder cannot be written.

    """
    valhalla = _valhalla()
    folder.mkdir(parents=True, exist_ok=True)
    config = _config(valhalla, folder)
    settings = folder / "valhalla.json"
    settings.write_text(json.dumps(config), encoding="utf-8")
    tool = Path(valhalla.PYVALHALLA_DIR) / "bin" / "valhalla_build_tiles"
    command = [str(tool), "-c", str(settings), "-j", "1", str(osm)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  its own tool
    if done.returncode or not any(folder.glob("*/**/*.gph")):
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise RuntimeError(f"{osm.name}: Valhalla could not build its tiles ({''.join(said) or 'no roads'})")


def _config(valhalla: Any, folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = valhalla.get_config(tile_extract="", tile_dir=folder)
    tiles = config["mjolnir"]
    for name in ("traffic_extract", "admin", "landmarks", "timezone", "transit_dir", "transit_feeds_dir"):
        tiles.pop(name, None)
    # What is asked for are the roads as they are: no shortcuts over several, no classes guessed anew.
    tiles |= {
        "hierarchy": False,
        "shortcuts": False,
        "reclassify_links": False,
        "max_cache_size": 100_000_000,
    }
    tiles["id_table_size"] = 1_000_000
    tiles["data_processing"] |= {"use_admin_db": False, "apply_country_overrides": False}
    return config


class Matcher:
    """Matches fixes to the edges of one graph; its tiles are built in `folder` unless they are there already.

    Raises:
        RuntimeError: see `build_tiles`.
        OSError: the folder cannot be written.

    """

    def __init__(self, graph: RoadGraph, folder: Path) -> None:
        valhalla = _valhalla()
        self.graph = graph
        _, self.edge = np.unique(graph.topology.road, return_index=True)
        if not any(folder.glob("*/**/*.gph")):
            folder.mkdir(parents=True, exist_ok=True)
            roads = folder / "roads.osm.pbf"
            write_osm(graph, roads)
            build_tiles(roads, folder)
        self._fault = valhalla.ValhallaError
        self._actor = valhalla.Actor(_config(valhalla, folder))

    def match(self, fixes: Fixes, *, search_m: float = SEARCH_M) -> Match:
        """The roads that a vehicle drove, looked for within `search_m` of each fix.

        Raises:
            ValueError: no road is near enough to any of it.

        """
        answer = self._asked(fixes, search_m)
        pieces = answer["edges"]
        edges = [self._edge(one, answer["shape"]) for one in pieces]
        spans = [(one["begin_shape_index"], one["end_shape_index"]) for one in pieces]
        parts, lines = _parts(self.graph, edges, spans, answer["shape"])
        of_fix: list[int] = []
        off: list[float | None] = []
        for point in answer["matched_points"]:
            place = point.get("edge_index", len(edges))
            matched = point["type"] != "unmatched" and place < len(edges)
            of_fix.append(edges[place] if matched else -1)
            off.append(float(point["distance_from_trace_point"]) if matched else None)
        return Match(parts, lines, sum(map(_metres, lines)), tuple(of_fix), tuple(off))

    def _asked(self, fixes: Fixes, search_m: float) -> dict[str, Any]:
        columns = zip(fixes.lon.tolist(), fixes.lat.tolist(), fixes.second.tolist(), strict=True)
        accuracy = 5.0 if fixes.accuracy_m is None else float(np.median(fixes.accuracy_m))
        request = {
            "shape": [{"lon": lon, "lat": lat, "time": second} for lon, lat, second in columns],
            "costing": "auto",
            "shape_match": "map_snap",
            "trace_options": {
                "search_radius": search_m,
                "gps_accuracy": float(np.clip(accuracy, LEAST_ACCURACY_M, MOST_ACCURACY_M)),
            },
        }
        try:
            answer: dict[str, Any] = self._actor.trace_attributes(request)
        except self._fault as error:
            raise ValueError(f"fixes: no way along the roads ({error})") from None
        answer["shape"] = decoded(answer["shape"])
        return answer

    def _edge(self, one: dict[str, Any], shape: NDArray[np.float64]) -> int:
        """The edge of a matched piece of road: that of its way in the direction driven."""
        edge = int(self.edge[one["way_id"] - 1])
        begin, end = shape[one["begin_shape_index"]], shape[one["end_shape_index"]]
        line = shapely.LineString(self.graph.topology.polylines(np.array([edge]))[0])
        at = shapely.line_locate_point(line, shapely.points([begin, end]))
        return edge if at[1] >= at[0] else self._back(edge)

    def _back(self, edge: int) -> int:
        tail, head = int(self.graph.head[edge]), int(self.graph.tail[edge])
        begin, end = np.searchsorted(self.graph.tail, [tail, tail + 1])
        road = self.graph.topology.road
        others = [
            row for row in range(begin, end) if self.graph.head[row] == head and road[row] == road[edge]
        ]
        return others[0] if others else edge


def _parts(
    graph: RoadGraph, edges: list[int], spans: list[tuple[int, int]], shape: NDArray[np.float64]
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[tuple[float, float], ...], ...]]:
    """The edges driven, and the way along them, cut where one does not begin at the end of the last."""
    parts: list[list[int]] = []
    lines: list[list[tuple[float, float]]] = []
    for edge, (begin, end) in zip(edges, spans, strict=True):
        points = [(float(lon), float(lat)) for lon, lat in shape[begin : end + 1]]
        last = parts[-1][-1] if parts else None
        if last is not None and (last == edge or graph.head[last] == graph.tail[edge]):
            parts[-1] += [] if last == edge else [edge]
            lines[-1] += points[1:]
        else:
            parts.append([edge])
            lines.append(points)
    return tuple(map(tuple, parts)), tuple(map(tuple, lines))


def _metres(line: tuple[tuple[float, float], ...]) -> float:
    lon, lat = zip(*line, strict=True)
    return float(abs(GEOD.line_length(lon, lat)))


def decoded(text: str) -> NDArray[np.float64]:
    """Points (n, 2) of an encoded polyline of six digits (Google's algorithm), lon and lat in degrees."""
    values, value, shift = [], 0, 0
    for character in text:
        byte = ord(character) - 63
        value |= (byte & 0x1F) << shift
        shift += 5
        if byte < 0x20:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    return np.cumsum(np.array(values, np.int64).reshape(-1, 2), axis=0)[:, ::-1] / 1e6
