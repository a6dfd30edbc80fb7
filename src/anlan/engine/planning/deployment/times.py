"""Road times of a day's plan: candidate posts thinned out, posts to demand by hour class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads import MAX_SNAP_M, HourClass
from anlan.engine.planning.deployment.inputs import Sites

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph
    from anlan.engine.planning.demand import DayDemand

MOST_SITES = 400
LIMIT_S = 3600.0


@dataclass(eq=False)
class Times:
    """Seconds from S sites to D demand places by hour class, worked out when first asked for.

    `off` (D,): places farther than `MAX_SNAP_M` from every road; nothing reaches them.
    """

    graph: RoadGraph
    sites: Sites
    demand: DayDemand
    site_nodes: NDArray[np.int32]
    demand_nodes: NDArray[np.int32]
    off_sites: NDArray[np.bool_]
    off: NDArray[np.bool_]
    _tables: dict[HourClass, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: RoadGraph, sites: Sites, demand: DayDemand) -> Times:
        """Snap both to the roads.

        Raises:
            ValueError: there are no sites, or no demand.

        """
        if not len(sites.lon):
            raise ValueError("sites: none given; name candidate posts or let them be made from the roads")
        if not len(demand.lon):
            raise ValueError("demand: no points given; the county needs grids")
        starts, from_m = graph.snap(sites.lon, sites.lat)
        ends, to_m = graph.snap(demand.lon, demand.lat)
        return cls(graph, sites, demand, starts, ends, from_m > MAX_SNAP_M, to_m > MAX_SNAP_M)

    def table(self, hour_class: HourClass) -> NDArray[np.float32]:
        """Seconds, (S, D), inf beyond an hour or where there is no way."""
        if hour_class not in self._tables:
            found = self.graph.times(self.site_nodes, self.demand_nodes, hour_class, LIMIT_S)
            blocked = self.off_sites[:, None] | self.off
            self._tables[hour_class] = np.where(blocked, np.float32(np.inf), found)
        return self._tables[hour_class]


def thinned(
    times: Times, hour_class: HourClass, ring_s: float, kept: set[str], most: int = MOST_SITES
) -> Times:
    """At most `most` of the sites: those in `kept`, then each that adds most to demand reached fewer times.

    A site's gain counts demand in its ring by one over the square of one more than the chosen sites that
    reach it already, so that busy places keep several and quiet ones one.
    """
    count = len(times.sites.codes)
    if count <= most:
        return times
    near = times.table(hour_class) <= ring_s
    reached = np.zeros(near.shape[1])
    chosen = [row for row, code in enumerate(times.sites.codes) if code in kept][:most]
    left = np.ones(count, np.bool_)
    left[chosen] = False
    reached += near[chosen].sum(axis=0)
    while len(chosen) < most:
        gain = near @ (times.demand.expected / (1 + reached) ** 2)
        best = int(np.argmax(np.where(left, gain, -1.0)))
        chosen.append(best)
        left[best] = False
        reached += near[best]
    rows = np.sort(np.asarray(chosen))
    return Times(
        times.graph, times.sites.taken(rows), times.demand, times.site_nodes[rows], times.demand_nodes,
        times.off_sites[rows], times.off, {key: table[rows] for key, table in times._tables.items()},
    )  # fmt: skip


def spread_over(graph: RoadGraph, count: int) -> Sites:
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
    return Sites(
        [f"N{node}" for node in nodes], graph.node_lon[nodes], graph.node_lat[nodes], [""] * len(nodes)
    )
