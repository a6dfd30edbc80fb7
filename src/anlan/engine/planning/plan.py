"""The deployment plan of one day in one call: posts on road times, minimum force, force per beat.

The plan is plain data (`dataclasses.asdict` gives JSON): codes and numbers, no sentences, so that every
language of the screens can say it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads import MAX_SNAP_M, HourClass
from anlan.engine.planning.force import LEVELS, BeatForce, ForceBasis, force_per_colour
from anlan.engine.planning.posts import Effort, PostPlan, Rings, double_standard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

METHOD = "double-standard/1"
MAX_LISTED = 200


@dataclass(frozen=True, eq=False)
class Sites:
    """Candidate posts, (S,): codes, WGS-84 coordinates, the most cars each takes."""

    codes: Sequence[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    cap: NDArray[np.int64] | int = 2


@dataclass(frozen=True, eq=False)
class Demands:
    """Where calls are expected, (D,): codes (grids), WGS-84 coordinates, expected number."""

    codes: Sequence[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    weight: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Beats:
    """Beats, (B,): codes, alert colours, strengths (people) and where those come from."""

    codes: Sequence[str]
    colours: Sequence[str]
    strengths: Sequence[int] | NDArray[np.int64]
    basis: ForceBasis


@dataclass(frozen=True)
class Post:
    """A chosen standby post; `demand_share` is the share of all demand inside its response ring."""

    code: str
    lon: float
    lat: float
    cars: int
    demand_share: float


@dataclass(frozen=True)
class Missing:
    """A shortfall: kind "unreachable", "support", "alpha" or "off_road"; at most 200 places are listed."""

    kind: str
    demand: float
    share: float
    places: int
    codes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """A deployment plan; all shares 0-1, times in seconds.

    `share_*` are of all demand: response ring by one car and by two, support ring by one and by two. `binds`
    names what keeps the double cover from being greater: "cars", "alpha", "support", "cap" (a post is full),
    "sites" (no candidate near enough). `minimum_cars` is None where no force suffices at the caps. `one_more`
    and `one_less`: change of `share_ring_twice` with a car more or less. `force_basis`: see `ForceBasis`.
    """

    method: str
    cars: int
    placed: int
    ring_s: float
    support_s: float
    alpha: float
    hour_class: str
    posts: list[Post]
    share_ring: float
    share_ring_twice: float
    share_support: float
    share_support_twice: float
    gap: float
    value: float
    bound: float
    status: str
    binds: list[str]
    minimum_cars: int | None
    minimum_bound: int
    one_more: float | None
    one_less: float | None
    shortfalls: list[Missing]
    force: list[BeatForce]
    force_basis: str
    force_total: int
    reserve_total: int
    sites: int
    demand_points: int
    demand: float


def assemble_plan(  # noqa: PLR0913  the plan's inputs
    graph: RoadGraph,
    sites: Sites,
    demand: Demands,
    beats: Beats,
    cars: int,
    *,
    rings: Rings | None = None,
    hour_class: HourClass = HourClass.DAY,
    levels: Mapping[str, float | Fraction] = LEVELS,
    effort: Effort | None = None,
) -> Plan:
    """Choose posts among `sites` for `cars`, and the force on patrol per beat.

    Points farther than `MAX_SNAP_M` from any road node cannot be reached; they are reported as "off_road".

    Raises:
        ValueError: names what is wrong: no sites, no demand, a bad weight, colour, strength or force.

    """
    rings = rings or Rings()
    times, off = site_times(graph, sites, demand, hour_class, rings.support_s)
    posts = double_standard(
        times, demand.weight, cars, ring_s=rings.ring_s, support_s=rings.support_s, alpha=rings.alpha,
        cap=sites.cap, effort=effort,
    )  # fmt: skip
    force = force_per_colour(beats.codes, beats.colours, beats.strengths, levels=levels)
    return _plan(posts, sites, demand, cars, hour_class, force, beats.basis, times, off)


def site_times(
    graph: RoadGraph, sites: Sites, demand: Demands, hour_class: HourClass, limit_s: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Seconds from every site to every demand point, (S, D), and which points are off the roads, (D,)."""
    if not len(sites.lon):
        raise ValueError("sites: none given; name candidate posts or let them be made from the roads")
    if not len(demand.lon):
        raise ValueError("demand: no points given; the county needs grids")
    starts, from_m = graph.snap(sites.lon, sites.lat)
    ends, to_m = graph.snap(demand.lon, demand.lat)
    times = graph.times(starts, ends, hour_class, limit_s)
    times = np.where((from_m <= MAX_SNAP_M)[:, None] & (to_m <= MAX_SNAP_M), times, np.float32(np.inf))
    return times, to_m > MAX_SNAP_M


def _plan(  # noqa: PLR0913, PLR0917  one argument a part of the plan
    posts: PostPlan,
    sites: Sites,
    demand: Demands,
    cars: int,
    hour_class: HourClass,
    force: list[BeatForce],
    basis: ForceBasis,
    times: NDArray[np.float32],
    off: NDArray[np.bool_],
) -> Plan:
    on_patrol = sum(beat.on_patrol for beat in force)
    return Plan(
        method=METHOD,
        cars=cars,
        placed=int(posts.cars.sum()),
        ring_s=posts.rings.ring_s,
        support_s=posts.rings.support_s,
        alpha=posts.rings.alpha,
        hour_class=hour_class.name.lower(),
        posts=_posts(posts, sites, demand, times),
        share_ring=posts.shares.ring,
        share_ring_twice=posts.shares.ring_twice,
        share_support=posts.shares.support,
        share_support_twice=posts.shares.support_twice,
        gap=posts.gap,
        value=posts.value,
        bound=posts.bound,
        status=posts.status.value,
        binds=list(posts.binds),
        minimum_cars=posts.minimum.cars,
        minimum_bound=posts.minimum.bound,
        one_more=posts.one_more,
        one_less=posts.one_less,
        shortfalls=_missing(posts, demand, off),
        force=force,
        force_basis=basis.value,
        force_total=on_patrol,
        reserve_total=sum(beat.reserve for beat in force),
        sites=len(sites.lon),
        demand_points=len(demand.lon),
        demand=float(np.sum(demand.weight)),
    )


def _posts(posts: PostPlan, sites: Sites, demand: Demands, times: NDArray[np.float32]) -> list[Post]:
    total = float(np.sum(demand.weight)) or 1.0
    near = times <= posts.rings.ring_s
    return [
        Post(
            str(sites.codes[int(site)]),
            float(sites.lon[site]),
            float(sites.lat[site]),
            int(posts.cars[site]),
            float(np.sum(demand.weight[near[site]])) / total,
        )
        for site in posts.posts
    ]


def _missing(posts: PostPlan, demand: Demands, off: NDArray[np.bool_]) -> list[Missing]:
    total = float(np.sum(demand.weight)) or 1.0
    found = []
    for short in posts.shortfalls:
        if short.kind == "alpha":
            found.append(Missing("alpha", short.demand, short.share, 0))
            continue
        points = np.asarray(short.points, np.int64)
        found += _listed("off_road", points[off[points]], demand, total)
        found += _listed(short.kind, points[~off[points]], demand, total)
    return found


def _listed(kind: str, points: NDArray[np.int64], demand: Demands, total: float) -> list[Missing]:
    if not len(points):
        return []
    weight = float(np.sum(demand.weight[points]))
    codes = [str(demand.codes[int(point)]) for point in points[:MAX_LISTED]]
    return [Missing(kind, weight, weight / total, len(points), codes)]


def candidate_nodes(graph: RoadGraph, count: int) -> Sites:
    """Make candidate posts where a county has none: road nodes, each the farthest from those before.

    Farthest-point selection (Gonzalez 1985); codes are N<node>.

    Raises:
        ValueError: count is below 1.

    """
    if count < 1:
        raise ValueError(f"count: at least 1, not {count}")
    points = graph.project(graph.node_lon, graph.node_lat)
    chosen = [int(np.argmin(np.sum((points - np.median(points, axis=0)) ** 2, axis=1)))]
    distance = np.sum((points - points[chosen[0]]) ** 2, axis=1)
    while len(chosen) < min(count, graph.nodes):
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, np.sum((points - points[chosen[-1]]) ** 2, axis=1))
    nodes = np.asarray(chosen)
    return Sites([f"N{node}" for node in nodes], graph.node_lon[nodes], graph.node_lat[nodes])
