"""The tightest ring that can be closed in time; where none can, the one with the fewest leaks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.dispatch.containment import cut
from anlan.engine.dispatch.containment.holding import Search, hold, matched
from anlan.engine.dispatch.containment.model import Containment, Leak, Post, Reason, Threat, Timing
from anlan.engine.dispatch.containment.threat import roads_both_ways
from anlan.engine.dispatch.recommend import MAX_APPROACH_M
from anlan.engine.geo.roads import Closure, HourClass
from anlan.engine.geo.roads.connect import road_km

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.geo.roads import RoadGraph


@dataclass(frozen=True, eq=False)
class _Race:
    """Seconds until each unit (U, rows) stands at each node (N), and who is in time where."""

    threat: Threat
    arrives: NDArray[np.float64]
    timing: Timing

    def slack(self, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
        """How long before the car a unit is at a node, (n, U); where nothing races, the sooner the more."""
        until = self.threat.until[nodes]
        return np.where(np.isfinite(until), until, 0.0)[:, None] - self.arrives[:, nodes].T

    def able(self, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Who is in time at each node, (n, U)."""
        arrives = self.arrives[:, nodes].T
        in_time = arrives + self.timing.margin_s <= self.threat.until[nodes][:, None]
        return np.isfinite(arrives) & in_time


def contain(  # noqa: PLR0913  the facts of one chase
    graph: RoadGraph,
    threat: Threat,
    unit_lon: ArrayLike,
    unit_lat: ArrayLike,
    rings: Sequence[float],
    *,
    hour_class: HourClass = HourClass.DAY,
    timing: Timing | None = None,
    exits: ArrayLike = (),
) -> Containment:
    """Close the tightest of `rings` (rising, as `threat.away` counts) that units can hold in time.

    A wider ring holds every closing of a tighter one, so the first that can be held is the tightest. `exits`
    are nodes at which roads leave the graph: beyond them lies the outside, however near they are.

    Raises:
        ValueError: no ring, or rings that do not rise.

    """
    levels = [float(ring) for ring in rings]
    if not levels or any(later <= earlier for earlier, later in pairwise(levels)):
        raise ValueError(f"rings: at least one, rising, not {levels}")
    race = _Race(threat, _arrivals(graph, threat, unit_lon, unit_lat, hour_class, timing), timing or Timing())
    roads = roads_both_ways(graph)
    out = graph.places(exits)
    search = Search()
    best: tuple[cut.Field, NDArray[np.int64], float] | None = None
    fewest = np.inf
    for ring in levels:
        ground = cut.field(roads, threat.away, ring, threat.starts, out)
        points = _points(ground, race, search) if ground.leads_out.any() else None
        if points is None:
            continue
        missing = len(points) - matched(race.able(ground.nodes[points]))
        if missing < fewest:
            best, fewest = (ground, points, ring), missing
        if not missing:
            break
    tried = tuple(ring for ring in levels if best is None or ring < best[2])
    return _nothing(levels, tried) if best is None else _answer(graph, race, *best, tried)


def _nothing(levels: list[float], tried: tuple[float, ...]) -> Containment:
    return Containment(levels[-1], (), (), (), 0.0, tried)


def _arrivals(
    graph: RoadGraph,
    threat: Threat,
    lon: ArrayLike,
    lat: ArrayLike,
    hour_class: HourClass,
    timing: Timing | None,
) -> NDArray[np.float64]:
    """Seconds until each unit stands at each node, (U, N): inf where it has no way or is far from roads."""
    lon, lat = np.asarray(lon, np.float64).ravel(), np.asarray(lat, np.float64).ravel()
    arrives = np.full((len(lon), graph.nodes), np.inf)
    placed = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if not len(placed):
        return arrives
    nodes, metres = graph.snap(lon[placed], lat[placed])
    placed, nodes = placed[metres <= MAX_APPROACH_M], nodes[metres <= MAX_APPROACH_M]
    passable = graph
    if threat.no_go.any():
        inside = np.flatnonzero(threat.no_go[graph.head] | threat.no_go[graph.tail])
        passable = graph.with_closures([Closure(inside)])
    times = passable.times(nodes, np.arange(graph.nodes), hour_class)
    arrives[placed] = times + (timing or Timing()).delay_s
    return arrives


def _points(ground: cut.Field, race: _Race, search: Search) -> NDArray[np.int64] | None:
    """The points to close (positions in the ground); None where a way out cannot be closed at all."""
    until = race.threat.until[ground.nodes]
    barred = race.threat.no_go[ground.nodes] | (until <= 0)
    if cut.open_way(ground, barred):
        return None
    able = race.able(ground.nodes)
    leak = able.shape[1] + 1  # dearer than every unit together: leaks are avoided first
    points = cut.cheapest(ground, np.where(able.any(axis=1), 1, leak), barred)
    if able[points].any(axis=1).all() and len(points) <= able.shape[1]:
        if matched(able[points]) == len(points):
            return points
        jointly = search.together(ground, able, barred)
        return points if jointly is None else jointly
    return points


def _answer(
    graph: RoadGraph,
    race: _Race,
    ground: cut.Field,
    points: NDArray[np.int64],
    ring: float,
    tried: tuple[float, ...],
) -> Containment:
    nodes = ground.nodes[points]
    able, slack = race.able(nodes), race.slack(nodes)
    unit = hold(slack, able)
    posts = [_post(race, int(node), int(one)) for node, one in zip(nodes, unit, strict=True) if one >= 0]
    leaks = [
        _leak(race, int(node), bool(can.any()))
        for node, one, can in zip(nodes, unit, able, strict=True)
        if one < 0
    ]
    closed = np.zeros(len(ground), np.bool_)
    closed[points] = True
    inside = np.zeros(graph.nodes, np.bool_)
    inside[ground.nodes[cut.within(ground, closed)]] = True
    km = road_km(graph.tail, graph.head, graph.length_m)[inside[graph.tail] | inside[graph.head]].sum()
    posts.sort(key=lambda post: (post.margin_s is None, post.margin_s or post.arrives_s))
    enclosed = tuple(np.flatnonzero(inside).tolist())
    return Containment(ring, tuple(posts), tuple(leaks), enclosed, float(km), tried)


def _threat_s(race: _Race, node: int) -> float | None:
    until = float(race.threat.until[node])
    return until if np.isfinite(until) else None


def _post(race: _Race, node: int, unit: int) -> Post:
    return Post(node, unit, float(race.arrives[unit, node]), _threat_s(race, node))


def _leak(race: _Race, node: int, in_time: bool) -> Leak:
    """A leak with the soonest unit, whatever else that one holds."""
    arrives = race.arrives[:, node]
    unit = int(np.argmin(arrives)) if len(arrives) and np.isfinite(arrives).any() else None
    if unit is None:
        return Leak(node, Reason.UNREACHED, _threat_s(race, node))
    reason = Reason.TAKEN if in_time else Reason.LATE
    return Leak(node, reason, _threat_s(race, node), unit, float(arrives[unit]))
