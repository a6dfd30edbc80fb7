"""What encloses a fleeing car or a spill at an incident: the engine's answer in the county's words."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from anlan.engine.dispatch.containment import Timing, contain, fleeing_car, spill
from anlan.engine.dispatch.containment.threat import junctions_of_roads, reached, roads_both_ways
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import ContainmentPlan
from anlan.service.incidents.queries.board import AVAILABLE, unit_states
from anlan.service.incidents.queries.near import metres
from anlan.service.incidents.queries.recommended import hour_class
from anlan.service.places import network
from anlan.service.places.queries import county_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.dispatch.containment import Containment, Leak, Post, Threat
    from anlan.engine.geo.roads import RoadGraph
    from anlan.service.incidents.models import Incident
    from anlan.service.incidents.queries.board import UnitState
    from anlan.service.staff.models import Account

UNITS = 60
RING_S, RINGS = 60.0, 20
BORDER_DEG = 0.001
NAMED, DECIMALS = 3, 6


@dataclass(frozen=True)
class Ask:
    """What is to be enclosed: the place, how long ago, how fast or how wide; and the units' times."""

    kind: str
    lon: float
    lat: float
    passed_s: float = 0.0
    factor: float = 1.3
    radius_m: float = 200.0
    delay_s: float = 30.0
    margin_s: float = 30.0


def proposed(incident: Incident, account: Account, ask: Ask) -> dict[str, Any]:
    """Return the body of a plan: who closes which point when, what leaks and why, what is enclosed.

    Raises:
        Refused: there are no roads, none near the place, or a value is no good; the message names it.

    """
    graph = network.road_graph(incident.county)
    if graph is None:
        raise Refused(_("This county has no roads yet. Import them first."))
    begin = time.perf_counter()
    free = [state for state in unit_states(incident.county, account) if state.state == AVAILABLE]
    placed = nearest([state for state in free if state.lon_lat is not None], ask)
    spots = np.array([state.lon_lat for state in placed], np.float64).reshape(-1, 2)
    try:
        threat = threat_of(graph, ask)
        found = contain(
            graph, threat, spots[:, 0], spots[:, 1], rings(ask), hour_class=hour_class(incident.county),
            timing=Timing(ask.delay_s, ask.margin_s), exits=exits(graph, incident.county),
        )  # fmt: skip
    except ValueError as problem:
        raise Refused(_("The plan cannot be made: %(problem)s.") % {"problem": problem}) from problem
    return in_words(graph, threat, found, placed) | {
        "unlocated": [state.unit.call_sign for state in free if state.lon_lat is None],
        "seconds": round(time.perf_counter() - begin, 2),
    }


def nearest(states: list[UnitState], ask: Ask) -> list[UnitState]:
    """Return the units nearest to the place in a straight line: so many take part in the search."""
    return sorted(states, key=lambda state: metres(ask.lon, ask.lat, *state.lon_lat))[:UNITS]  # type: ignore[misc]


def threat_of(graph: RoadGraph, ask: Ask) -> Threat:
    """Return what is to be enclosed as the engine sees it."""
    if ask.kind == ContainmentPlan.Kind.CAR:
        return fleeing_car(graph, ask.lon, ask.lat, ask.passed_s, ask.factor)
    return spill(graph, ask.lon, ask.lat, ask.radius_m)


def rings(ask: Ask) -> list[float]:
    """Return the rings to try: minute by minute of the car's drive, or ever wider around the spill."""
    if ask.kind == ContainmentPlan.Kind.CAR:
        return [ask.passed_s + RING_S * step for step in range(1, RINGS + 1)]
    return [ask.radius_m * (1 + step / 4) for step in range(RINGS)]


def exits(graph: RoadGraph, county: str) -> NDArray[np.int64]:
    """Return the nodes at which roads leave the county: beyond its border, or dead ends right at it."""
    shape = county_area(county).shape
    if shape is None:
        return np.zeros(0, np.int64)
    shapely.prepare(shape)
    beyond = ~shapely.contains_xy(shape, graph.node_lon, graph.node_lat)
    ends = np.diff(roads_both_ways(graph).tocsr().indptr) == 1
    last = np.flatnonzero(ends & ~beyond)
    points = shapely.points(graph.node_lon[last], graph.node_lat[last])
    near = shapely.dwithin(shapely.boundary(shape), points, BORDER_DEG)
    return np.concatenate((np.flatnonzero(beyond), last[near]))


def in_words(
    graph: RoadGraph, threat: Threat, found: Containment, units: Sequence[UnitState]
) -> dict[str, Any]:
    """Return the answer as plain data, with call signs and street names."""
    return {
        "closed": found.closed,
        "ring": round(found.ring, 1),
        "tried": len(found.tried),
        "posts": [post_facts(graph, post, units) for post in found.posts],
        "leaks": [leak_facts(graph, leak, units) for leak in found.leaks],
        "units": len(units),
        "enclosed_km": round(found.enclosed_km, 1),
        "junctions": len(found.enclosed),
        "area": outline(graph, [*found.enclosed, *(one.node for one in (*found.posts, *found.leaks))]),
        "reached": outline(graph, reached(threat).tolist()),
    }


def place_of(graph: RoadGraph, node: int) -> dict[str, Any]:
    """Return where a node is: the streets that meet there, and its coordinates."""
    lon, lat = round(float(graph.node_lon[node]), DECIMALS), round(float(graph.node_lat[node]), DECIMALS)
    names = junctions_of_roads(graph, node)[:NAMED]
    return {"place": " / ".join(names) or f"{lon:.5f}, {lat:.5f}", "lon": lon, "lat": lat}


def rounded(seconds: float | None) -> int | None:
    """Return whole seconds."""
    return None if seconds is None else round(seconds)


def post_facts(graph: RoadGraph, post: Post, units: Sequence[UnitState]) -> dict[str, Any]:
    """Return who holds a point, when the unit is there and when the car could be."""
    unit, at = units[post.unit].unit, units[post.unit].lon_lat
    return place_of(graph, post.node) | {
        "unit": unit.call_sign, "unit_id": unit.pk, "from": at, "arrives_s": rounded(post.arrives_s),
        "threat_s": rounded(post.threat_s), "margin_s": rounded(post.margin_s),
    }  # fmt: skip


def leak_facts(graph: RoadGraph, leak: Leak, units: Sequence[UnitState]) -> dict[str, Any]:
    """Return a point that cannot be held, why, and who would be there first."""
    return place_of(graph, leak.node) | {
        "reason": str(leak.reason), "unit": None if leak.unit is None else units[leak.unit].unit.call_sign,
        "arrives_s": rounded(leak.arrives_s), "threat_s": rounded(leak.threat_s),
    }  # fmt: skip


def outline(graph: RoadGraph, nodes: list[int]) -> dict[str, Any] | None:
    """Return the ground around nodes as GeoJSON, for the map; None where there are fewer than three."""
    if len(nodes) < 3:
        return None
    points = shapely.multipoints(np.column_stack((graph.node_lon[nodes], graph.node_lat[nodes])))
    shape = shapely.concave_hull(points, ratio=0.3)
    if shape.geom_type != "Polygon":
        return None
    shape = shapely.transform(shape, lambda xy: xy.round(DECIMALS))
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found
