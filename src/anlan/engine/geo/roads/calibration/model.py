"""What is unknown: a multiplier per hour class and group of road classes, waits at lights, a fixed time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads.calibration.fit import LOWEST, Belief, Factor, Fitted, fit
from anlan.engine.geo.roads.calibration.ways import spent
from anlan.engine.geo.roads.profile import HourClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads.calibration.trips import Placed
    from anlan.engine.geo.roads.graph import RoadGraph


@dataclass(frozen=True, eq=False)
class Model:
    """Columns: a multiplier per hour class and group, seconds at a light, fixed seconds."""

    graph: RoadGraph
    group: NDArray[np.int64]
    names: tuple[str, ...]
    belief: Belief

    @property
    def lights(self) -> bool:
        """Whether the graph knows of traffic lights."""
        return self.graph.signals is not None and bool(self.graph.signals.any())

    @property
    def wait(self) -> float:
        """Mean seconds at a light as the graph has them."""
        waits = self.graph.waits
        return float(np.mean(waits)) if waits is not None and self.lights else 0.0

    def table(self, ways: NDArray[np.float64], hour_class: NDArray[np.int8]) -> NDArray[np.float64]:
        """Rows of the regression: what each coefficient is multiplied with in a trip's time."""
        count = len(self.names)
        table = np.zeros((len(ways), len(HourClass) * count + 2))
        place = hour_class.astype(np.int64)[:, None] * count + np.arange(count)
        np.put_along_axis(table, place, ways[:, :-1], axis=1)
        table[:, -2] = ways[:, -1] if self.lights else 0.0
        table[:, -1] = 1.0
        return table

    def base(self, ways: NDArray[np.float64], hour_class: NDArray[np.int8]) -> NDArray[np.float64]:
        """Seconds that the graph as it is expects."""
        waits = self.graph.waits
        each = 0.0 if waits is None or not self.lights else waits.astype(np.float64)[hour_class]
        expected: NDArray[np.float64] = ways[:, :-1].sum(axis=1) + ways[:, -1] * each
        return expected

    def fit(self, ways: NDArray[np.float64], trips: Placed) -> Fitted:
        """Coefficients that give the recorded seconds along these ways."""
        columns = len(HourClass) * len(self.names)
        prior = np.append(np.ones(columns), (self.wait, 0.0))
        spread = np.append(np.full(columns, self.belief.factor), (self.belief.wait_s, self.belief.fixed_s))
        least = np.append(np.full(columns, LOWEST), (0.0, 0.0))
        return fit(self.table(ways, trips.hour_class), trips.seconds, prior, spread, least)

    def factors(self, value: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The factors (hour classes, road classes) and waits (hour classes) of coefficients."""
        multiplier = value[:-2].reshape(len(HourClass), -1)[:, self.group]
        factors = (self.graph.factors * multiplier).astype(np.float32)
        kept = None if self.lights else self.graph.waits
        return factors, np.full(len(HourClass), value[-2], np.float32) if kept is None else kept

    def routed(self, value: NDArray[np.float64], trips: Placed) -> NDArray[np.float64]:
        """Where the time of trips is spent along the routes that are fastest by coefficients."""
        now = self.graph.with_factors(*self.factors(value))
        return spent(self.graph, now, trips, self.group)

    def multipliers(
        self, fitted: Fitted, ways: NDArray[np.float64], hour_class: NDArray[np.int8]
    ) -> tuple[Factor, ...]:
        """The multipliers found, with what each rests on."""
        low, high = (fitted.value + side * 1.96 * fitted.error for side in (-1, 1))
        found = []
        for column in range(len(HourClass) * len(self.names)):
            hour, place = divmod(column, len(self.names))
            over = ways[hour_class == hour, place]
            found.append(
                Factor(
                    HourClass(hour).name.lower(),
                    self.names[place],
                    float(fitted.value[column]),
                    max(float(low[column]), LOWEST),
                    float(high[column]),
                    int((over > 0).sum()),
                    float(over.sum() / 3600),
                )
            )
        return tuple(found)
