"""The units of one call chosen one after another by the dispatch rule in force, as the rehearsal chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.dispatch.policy import BUSY, SPARE_FROM, Policy
from anlan.engine.dispatch.recommend import MAX_APPROACH_M, Basis

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from anlan.engine.dispatch.recommend import Demand, Recommendation, UnitTable
    from anlan.engine.geo.roads import HourClass, RoadGraph


@dataclass(frozen=True, eq=False)
class InForce:
    """The rule in force: who is sent, and for a rule that spares units the points that it spares them for.

    A rule other than CLOSEST holds for priorities from `spare_from` on, inside `ring_s` seconds of road.
    """

    policy: Policy = Policy.CLOSEST
    points: Demand | None = None
    ring_s: float = 300.0
    spare_from: int = SPARE_FROM
    busy: float = BUSY

    def spares(self, priority: int) -> bool:
        """Whether a call of this priority may get another than the closest unit."""
        return self.policy is not Policy.CLOSEST and self.points is not None and priority >= self.spare_from


CLOSEST = InForce()


class Choice:
    """Picks from the ranked units of one call; whoever was picked is no longer there for the next one."""

    def __init__(self, ranked: Sequence[Recommendation]) -> None:
        self.order = [one.unit_index for one in ranked if one.seconds is not None]

    def pick(self, able: Collection[int]) -> int | None:
        """Return the closest of the `able` units that is still there; None where there is none."""
        found = next((unit for unit in self.order if unit in able), None)
        if found is not None:
            self.order.remove(found)
        return found


class SparingChoice(Choice):
    """Picks, inside the response ring, the unit whose leaving costs least elsewhere."""

    def __init__(
        self,
        ranked: Sequence[Recommendation],
        graph: RoadGraph,
        units: UnitTable,
        rule: InForce,
        hour_class: HourClass,
    ) -> None:
        if rule.points is None:
            raise ValueError("points: none for a rule that spares units")
        super().__init__(ranked)
        self.rule = rule
        self.seconds = np.full(len(units.lon), np.inf)
        for one in ranked:
            if one.basis is Basis.ROAD and one.seconds is not None:
                self.seconds[one.unit_index] = one.seconds
        self.idle = np.zeros(len(units.lon), np.bool_)
        self.to_points = np.full((len(units.lon), len(rule.points.lon)), np.inf)
        free = np.flatnonzero(units.available & units.located)
        nodes, metres = graph.snap(units.lon[free], units.lat[free])
        near = metres <= MAX_APPROACH_M
        ends, _ = graph.snap(rule.points.lon, rule.points.lat)
        self.idle[free[near]] = True
        self.to_points[free[near]] = graph.times(nodes[near], ends, hour_class)

    def pick(self, able: Collection[int]) -> int | None:
        """Return the able unit that the rule sends; beyond the ring and off the roads the closest."""
        from anlan.engine.dispatch.rule import sparing  # noqa: PLC0415  compiled when first asked

        mask = np.zeros(len(self.seconds), np.bool_)
        mask[[unit for unit in self.order if unit in able]] = True
        rule = self.rule
        weight = np.asarray(rule.points.weight, np.float64) if rule.points else np.zeros(0)
        found = int(
            sparing(
                int(rule.policy),
                self.seconds,
                mask,
                rule.ring_s,
                self.to_points,
                self.idle,
                weight,
                rule.busy,
            )
        )
        chosen = super().pick({found} if found >= 0 else able)
        if chosen is not None:
            self.idle[chosen] = False
        return chosen


def chooser(
    rule: InForce,
    priority: int,
    ranked: Sequence[Recommendation],
    graph: RoadGraph | None,
    units: UnitTable,
    hour_class: HourClass,
) -> Choice:
    """Return who picks the units of a call of this priority: the rule in force, else the closest first."""
    if graph is None or not rule.spares(priority):
        return Choice(ranked)
    return SparingChoice(ranked, graph, units, rule, hour_class)
