"""The road network: two rings, radials, the core's streets, roads between townships and to every village."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

from anlan.demo.generate import names
from anlan.demo.generate.cells import turned
from anlan.demo.generate.land import Character
from anlan.demo.generate.plane import to_degrees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from anlan.demo.generate.cells import Cells
    from anlan.demo.generate.divisions import Divisions
    from anlan.demo.generate.land import Land

SPEEDS = {"trunk": 80, "primary": 60, "secondary": 50, "tertiary": 45, "residential": 30, "unclassified": 35}
SNAP_M = 1.0
STEP_M = 400.0


@dataclass(frozen=True)
class Road:
    """A road as drawn: better classes come first where roads run together; `bridge` may cross the river."""

    line: Any
    kind: str
    name: str
    bridge: bool


@dataclass(frozen=True, eq=False)
class Streets:
    """Nodes in the plane and in degrees (n, 2); directed links with length, speed, class and name."""

    node: NDArray[np.float64]
    degrees: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    speed_mps: NDArray[np.float64]
    kind: NDArray[np.str_]
    name: NDArray[np.int32]
    names: tuple[str, ...]


def build(land: Land, cells: Cells, divisions: Divisions) -> Streets:
    """Draw all roads, cut them where they meet, and join what the river would leave without a way out."""
    river = shapely.transform(land.river, lambda points: points * cells.stretch)
    roads = [road for road in drawn(land, cells, divisions) if road.bridge or not road.line.crosses(river)]
    edges, source = noded(roads)
    return joined(edges, source, roads)


def drawn(land: Land, cells: Cells, divisions: Divisions) -> Iterator[Road]:
    """All roads, better classes first."""
    core = land.core_radius * cells.stretch
    yield Road(loop(2.45 * core), "trunk", "外环路", bridge=True)
    yield Road(loop(1.06 * core), "primary", "内环路", bridge=True)
    yield from radials(land, cells)
    yield from blocks(land, cells)
    yield from between_townships(land, cells)
    yield from to_villages(cells, divisions)


def loop(radius: float) -> shapely.LineString:
    """A ring road, slightly out of round."""
    angle = np.linspace(0, 2 * np.pi, 97)
    reach = radius * (1 + 0.03 * np.cos(2 * angle + 1) + 0.015 * np.cos(5 * angle))
    return shapely.LineString(np.column_stack((np.cos(angle), np.sin(angle))) * reach[:, None])


def radials(land: Land, cells: Cells) -> Iterator[Road]:
    """Eight roads from the inner ring to the county's edge, gently curved."""
    core, far = land.core_radius * cells.stretch, 1.6 * land.radius * cells.stretch
    inside = shapely.Polygon(shapely.LinearRing(outline_metres(land, cells)))
    shapely.prepare(inside)
    for index, (chinese, _english) in enumerate(names.DIRECTIONS):
        along = np.arange(0.45 * core, far, STEP_M)
        bend = 0.14 * np.sin(along / far * 5 + index) * np.clip(along / core - 1, 0, 1)
        angle = land.tilt + index * np.pi / 4 + bend
        line = np.column_stack((np.cos(angle), np.sin(angle))) * along[:, None]
        kept = line[np.logical_and.accumulate(shapely.contains_xy(inside, line))]
        yield Road(shapely.LineString(kept), "primary", f"澜{chinese}大道", bridge=True)


def outline_metres(land: Land, cells: Cells) -> NDArray[np.float64]:
    """The county's outline in the stretched plane, a little inside the border."""
    return np.array(shapely.buffer(land.outline, -0.01 * land.radius).exterior.coords) * cells.stretch


def blocks(land: Land, cells: Cells) -> Iterator[Road]:
    """Streets between the core's blocks; every fourth is a main street, in one direction with bridges."""
    core, along = land.core_radius * cells.stretch, cells.block
    count = int(core / min(along)) + 1
    for axis in (0, 1):
        for number in range(-count, count + 1):
            offset = (number + 0.5) * along[axis]
            if abs(offset) >= 0.99 * core:
                continue
            half = np.sqrt((1.06 * core) ** 2 - offset**2)
            main = number % 4 == 0
            middle = names.SECOND[(number + count) % len(names.SECOND)][0]
            name = f"安{middle}街" if axis else f"澜{middle}路"
            kind = "secondary" if main else "residential"
            for line in street(offset, half, along[1 - axis], axis, land.tilt, whole=main and axis == 0):
                yield Road(line, kind, name, bridge=main and axis == 0)


def street(
    offset: float, half: float, step: float, axis: int, tilt: float, *, whole: bool
) -> Iterator[shapely.LineString]:
    """A straight street of the core, whole or block by block."""
    stops = (np.arange(np.ceil(-half / step), np.floor(half / step) + 1) + 0.5) * step
    stops = stops[np.abs(stops) <= half]
    ends = [np.array((-half, half))] if whole else [np.array(pair) for pair in pairwise(stops)]
    for pair in ends:
        points = np.full((len(pair), 2), offset)
        points[:, 1 - axis] = pair
        yield shapely.LineString(turned(points, tilt))


def between_townships(land: Land, cells: Cells) -> Iterator[Road]:
    """Roads between neighbouring township centres (Gabriel graph), bridges included."""
    outer = np.flatnonzero(land.character > Character.URBAN)
    centres = land.centres[outer] * cells.stretch
    spare = turned(
        np.array(((1.0, 0), (-1, 0), (0, 1), (0, -1))) * land.core_radius * cells.stretch, land.tilt + 0.4
    )
    points = np.concatenate((centres, spare))
    for a, b in gabriel(points, 0.97):
        if max(a, b) < len(centres) or min(a, b) < len(centres):
            middle = (points[a] + points[b]) / 2 + 0.06 * (points[b] - points[a])[::-1] * (1, -1)
            yield Road(
                shapely.LineString((points[a], middle, points[b])),
                "tertiary",
                f"{name_of(land, outer, a, b)}公路",
                bridge=(a + b) % 3 == 0,
            )


def name_of(land: Land, outer: NDArray[np.int64], a: int, b: int) -> str:
    """The first characters of the two ends' names."""
    place = np.arange(len(land.character)) - np.searchsorted(land.character, land.character)
    full = [names.TOWNSHIPS[land.character[i]][place[i]][0][:1] for i in outer] + ["城"] * 4
    return full[a] + full[b]


def to_villages(cells: Cells, divisions: Divisions) -> Iterator[Road]:
    """Roads from each cell outside the core to its neighbours."""
    outer = np.flatnonzero(~cells.urban)
    titles = [name.removesuffix("村").removesuffix("社区") for name, _ in divisions.villages.name]
    for a, b in gabriel(cells.seed[outer], 0.8):
        village = titles[divisions.villages.cell[outer[a]]]
        yield Road(
            shapely.LineString(cells.seed[outer[[a, b]]]), "unclassified", f"{village}路", bridge=False
        )


def gabriel(points: NDArray[np.float64], share: float) -> NDArray[np.int64]:
    """Edges (k, 2) of the Delaunay graph without a third point in the disc of `share` of the edge."""
    indptr, indices = Delaunay(points).vertex_neighbor_vertices
    tail = np.repeat(np.arange(len(points)), np.diff(indptr))
    edges = np.column_stack((tail, indices))[tail < indices]
    middle = points[edges].mean(1)
    half = np.hypot(*(points[edges[:, 0]] - points[edges[:, 1]]).T) / 2
    nearest = cKDTree(points).query(middle)[0]
    return edges[nearest >= half * share]


def noded(roads: list[Road]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Straight pieces between meeting points (k,), and which road each came from."""
    lines = np.array([road.line for road in roads])
    whole = shapely.union_all(shapely.set_precision(lines, SNAP_M), grid_size=SNAP_M)
    points, part = shapely.get_coordinates(shapely.get_parts(whole), return_index=True)
    start = np.flatnonzero(part[:-1] == part[1:])
    pieces = shapely.linestrings(np.stack((points[start], points[start + 1]), 1))
    tree = shapely.STRtree(lines)
    piece, road = tree.query(
        shapely.line_interpolate_point(pieces, 0.5, normalized=True), "dwithin", 3 * SNAP_M
    )
    source = np.full(len(pieces), len(roads))
    np.minimum.at(source, piece, road)
    known = source < len(roads)
    return pieces[known], source[known]


def joined(pieces: NDArray[Any], source: NDArray[np.int64], roads: list[Road]) -> Streets:
    """The network of the pieces, each passable both ways, with a link to every part left apart."""
    ends = shapely.get_coordinates(pieces).reshape(-1, 2)
    node, index = np.unique(ends, axis=0, return_inverse=True)
    pair = index.reshape(-1, 2)
    name_list = ("", *dict.fromkeys(road.name for road in roads))
    name_index = {name: position for position, name in enumerate(name_list)}
    kind = np.array([road.kind for road in roads])[source]
    name = np.array([name_index[road.name] for road in roads], np.int32)[source]
    extra = missing_links(node, pair)
    pair = np.concatenate((pair, extra))
    kind = np.concatenate((kind, np.full(len(extra), "unclassified")))
    name = np.concatenate((name, np.zeros(len(extra), np.int32)))
    length = np.maximum(np.hypot(*(node[pair[:, 0]] - node[pair[:, 1]]).T), 1.0)
    speed = np.array([SPEEDS[k] for k in kind]) / 3.6
    tail, head = np.concatenate((pair, pair[:, ::-1])).T.astype(np.int32)
    twice = lambda column: np.concatenate((column, column))  # noqa: E731
    return Streets(
        node, to_degrees(node), tail, head, twice(length), twice(speed), twice(kind), twice(name), name_list
    )


def missing_links(node: NDArray[np.float64], pair: NDArray[np.int64]) -> NDArray[np.int64]:
    """The shortest links (k, 2) that join each part to the largest, one after the other."""
    extra: list[tuple[int, int]] = []
    while True:
        links = np.concatenate((pair, np.array(extra, np.int64).reshape(-1, 2)))
        graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(len(node),) * 2)
        count, part = connected_components(graph, directed=False)
        if count == 1:
            return np.array(extra, np.int64).reshape(-1, 2)
        main = part == np.argmax(np.bincount(part))
        inside = np.flatnonzero(main)
        tree = cKDTree(node[inside])
        for other in np.unique(part[~main]):
            mine = np.flatnonzero(part == other)
            distance, nearest = tree.query(node[mine])
            best = int(np.argmin(distance))
            extra.append((int(mine[best]), int(inside[nearest[best]])))
