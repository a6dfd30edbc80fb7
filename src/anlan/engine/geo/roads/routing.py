"""Routes with their line on the map and directions by street name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from anlan.engine.geo.roads.graph import INFINITY, RoadGraph
from anlan.engine.geo.roads.profile import HourClass
from anlan.engine.geo.roads.trees import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

Turn = Literal[
    "depart", "straight", "slight_left", "left", "sharp_left", "slight_right", "right", "sharp_right",
    "u_turn", "roundabout",
]  # fmt: skip
# Least angle of each turn in degrees; a bend below the first is straight on.
TURNS: tuple[tuple[float, Turn, Turn], ...] = (
    (120.0, "sharp_left", "sharp_right"),
    (45.0, "left", "right"),
    (20.0, "slight_left", "slight_right"),
)
STRAIGHT: frozenset[Turn] = frozenset({"straight", "slight_left", "slight_right"})
LOOK_M = 15.0  # how far back and ahead of a junction its directions are taken: mappers round corners off


@dataclass(frozen=True)
class Step:
    """One instruction: the turn to take, onto which street (empty = nameless), how far and how long it is.

    `exit` is the exit to take where the turn is "roundabout" (1 = the first), else None; `at` is the place in
    the route's coordinates where the step begins.
    """

    turn: Turn
    name: str
    metres: float
    seconds: float
    at: int
    exit: int | None = None


@dataclass(frozen=True)
class Route:
    """The fastest way: plain numbers, ready for JSON.

    `edges` are those of the graph; `coordinates` (lon, lat) run as the road does, `passed_s` is the second at
    which each of them is passed.
    """

    seconds: float
    metres: float
    edges: tuple[int, ...]
    coordinates: tuple[tuple[float, float], ...]
    passed_s: tuple[float, ...]
    steps: tuple[Step, ...]


def route(
    graph: RoadGraph,
    source: int,
    target: int,
    hour_class: HourClass = HourClass.DAY,
    limit_s: float = INFINITY,
) -> Route | None:
    """The fastest way from a node to another; None where no way leads there within the limit.

    Raises:
        ValueError: a node is not in the graph.

    """
    return routes(graph, source, [target], hour_class, limit_s)[0]


def routes(
    graph: RoadGraph,
    source: int,
    targets: ArrayLike,
    hour_class: HourClass = HourClass.DAY,
    limit_s: float = INFINITY,
) -> list[Route | None]:
    """The fastest ways from a node to each target, from one search; None where no way leads.

    Raises:
        ValueError: a node is not in the graph.

    """
    ends = graph.places(targets)
    found = tree(graph, [source], ends, hour_class, limit_s)
    times = graph.edge_seconds(hour_class)
    paths = [found.path(int(end)) for end in ends]
    return [None if path is None else _route(graph, path, int(source), times[path]) for path in paths]


def described(graph: RoadGraph, edges: ArrayLike, hour_class: HourClass = HourClass.DAY) -> Route:
    """The route along edges that somebody drives, whether or not it is the fastest.

    Raises:
        ValueError: there are no edges, or one does not begin where the one before it ends.

    """
    path = np.asarray(edges, np.int64).ravel()
    if not len(path):
        raise ValueError("edges: at least one")
    apart = graph.head[path[:-1]] != graph.tail[path[1:]]
    if apart.any():
        raise ValueError(f"edges: edge {path[1:][apart][0]} does not begin where the one before it ends")
    return _route(graph, path, int(graph.tail[path[0]]), graph.edge_seconds(hour_class)[path])


def _route(graph: RoadGraph, path: NDArray, source: int, seconds: NDArray[np.float64]) -> Route:
    if not len(path):
        place = (float(graph.node_lon[source]), float(graph.node_lat[source]))
        return Route(0.0, 0.0, (), (place,), (0.0,), ())
    points, row = graph.topology.polylines(path)
    line = _Line.of(graph, points, row)
    metres = graph.length_m[path].astype(np.float64)
    kept = np.append(True, row[1:] == row[:-1])  # the first point of an edge is the last of the one before
    passed = _passed(line, seconds)
    return Route(
        float(seconds.sum()),
        float(metres.sum()),
        tuple(path.tolist()),
        tuple(map(tuple, points[kept].tolist())),
        tuple(passed[kept].tolist()),
        tuple(_steps(graph, path, line, metres, seconds)),
    )


@dataclass(frozen=True, eq=False)
class _Line:
    """Points of a path in metres, (M, 2), the edge of each, and where each edge's points begin and end."""

    points: NDArray[np.float64]
    edge: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    @classmethod
    def of(cls, graph: RoadGraph, degrees: NDArray[np.float64], edge: NDArray[np.int64]) -> _Line:
        count = np.bincount(edge)
        last = np.cumsum(count) - 1
        return cls(graph.project(degrees[:, 0], degrees[:, 1]), edge, last - count + 1, last)

    @classmethod
    def of_edges(cls, graph: RoadGraph, edges: NDArray) -> _Line:
        return cls.of(graph, *graph.topology.polylines(edges))

    def headings(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Degrees (anticlockwise from east) in which each edge is driven at its beginning, and at its end."""
        place = np.arange(len(self.points))
        begin, end = self.points[self.first], self.points[self.last]
        ahead = np.minimum.reduceat(np.where(self._off(begin), place, len(place)), self.first)
        behind = np.maximum.reduceat(np.where(self._off(end), place, -1), self.first)
        return _degrees(self.points[ahead] - begin), _degrees(end - self.points[behind])

    def _off(self, ends: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points are as far from an end of their edge as directions are taken, or farthest."""
        away = np.hypot(*(self.points - ends[self.edge]).T)
        farthest = np.maximum.reduceat(away, self.first)
        off: NDArray[np.bool_] = away >= np.minimum(LOOK_M, farthest)[self.edge]
        return off

    def angles(self) -> NDArray[np.float64]:
        """The angle in degrees from each edge of a path into the next, left positive, within ±180."""
        leaving, arriving = self.headings()
        return _within(leaving[1:] - arriving[:-1])


def _degrees(way: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.degrees(np.arctan2(way[:, 1], way[:, 0]))


def _within(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return (angle + 180.0) % 360.0 - 180.0


def _passed(line: _Line, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The second at which each point is passed: along an edge in proportion to its length."""
    walked = np.append(0.0, np.cumsum(np.hypot(*np.diff(line.points, axis=0).T)))
    within = walked - walked[line.first][line.edge]
    whole = np.maximum(walked[line.last] - walked[line.first], 1e-9)
    before = np.cumsum(seconds) - seconds
    passed: NDArray[np.float64] = before[line.edge] + within / whole[line.edge] * seconds[line.edge]
    return passed


def turn_of(angle: float, *, back: bool = False) -> Turn:
    """The turn of an angle in degrees, left positive; `back` where it leads back along the same road."""
    if back:
        return "u_turn"
    for least, left, right in TURNS:
        if abs(angle) >= least:
            return left if angle > 0 else right
    return "straight"


def _steps(
    graph: RoadGraph,
    path: NDArray,
    line: _Line,
    metres: NDArray[np.float64],
    seconds: NDArray[np.float64],
) -> list[Step]:
    begins = _begins(graph, path, line)
    ends = [*(begin for begin, _, _ in begins[1:]), len(path)]
    steps = []
    for (begin, turn, exit_), end in zip(begins, ends, strict=True):
        span = slice(begin, end)
        at = int(line.first[begin]) - begin  # each edge before gave its first point to the one before it
        name = graph.names[graph.name[path[end - 1 if turn == "roundabout" else begin]]]
        steps.append(Step(turn, name, float(metres[span].sum()), float(seconds[span].sum()), at, exit_))
    return steps


def _begins(graph: RoadGraph, path: NDArray, line: _Line) -> list[tuple[int, Turn, int | None]]:
    """Where in the path a step begins, with which turn, and by which exit of a roundabout."""
    name, ring, angles = graph.name[path].tolist(), _ring(graph, path), line.angles().tolist()
    road = graph.topology.road[path].tolist()
    first = ("roundabout", _exit(graph, path, ring, 0)) if ring[0] else ("depart", None)
    begins: list[tuple[int, Turn, int | None]] = [(0, *first)]  # type: ignore[list-item]
    for edge, angle in enumerate(angles, start=1):
        turn = turn_of(angle, back=road[edge] == road[edge - 1])
        if ring[edge] and not ring[edge - 1]:
            begins.append((edge, "roundabout", _exit(graph, path, ring, edge)))
        elif ring[edge - 1]:
            continue  # within a roundabout, or leaving it: part of its step
        elif (
            name[edge] != name[edge - 1]
            or turn == "u_turn"
            or (turn not in STRAIGHT and _straighter(graph, path[edge - 1], abs(angle)))
        ):
            begins.append((edge, turn, None))
    return begins


def _straighter(graph: RoadGraph, edge: int, angle: float) -> bool:
    """Whether an edge goes on by another way at less than an angle, so that the street's name is no guide."""
    others = _leaving(graph, edge)
    others = others[graph.head[others] != graph.tail[edge]]
    if len(others) < 2:
        return False
    leaving, arriving = _Line.of_edges(graph, np.append(others, edge)).headings()
    return bool((np.abs(_within(leaving[:-1] - arriving[-1])) < angle - 1.0).any())


def _leaving(graph: RoadGraph, edge: int) -> NDArray[np.int64]:
    begin, end = np.searchsorted(graph.tail, [graph.head[edge], graph.head[edge] + 1])
    return np.arange(begin, end)


def _ring(graph: RoadGraph, path: NDArray) -> Sequence[bool]:
    if graph.roundabout is None:
        return [False] * len(path)
    ring: list[bool] = graph.roundabout[path].tolist()
    return ring


def _exit(graph: RoadGraph, path: NDArray, ring: Sequence[bool], edge: int) -> int | None:
    """The number of the exit by which a path leaves the roundabout that it enters with an edge."""
    exits = 0
    while edge < len(path) and ring[edge]:
        exits += not all(_ring(graph, _leaving(graph, path[edge])))
        edge += 1
    return exits if edge < len(path) else None
