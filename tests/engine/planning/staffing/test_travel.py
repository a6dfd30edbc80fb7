"""Travel of the nearest of n units: against random points, enumeration, real roads."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from anlan.engine.planning.staffing import (
    Travel,
)


def test_the_square_root_law_agrees_with_random_points() -> None:
    """Nearest of n of random units on a torus, right-angled ways: mean and tail."""
    random = np.random.default_rng(1)
    for free in (10, 40):
        gap = np.abs(random.random((4000, free, 2)) - random.random((4000, 1, 2)))
        distance = np.minimum(gap, 1 - gap).sum(axis=2).min(axis=1)
        law = Travel.square_root_law(1.0, 3600.0)
        assert float(law.mean(free)) == pytest.approx(distance.mean(), rel=0.04)
        at = float(np.quantile(distance, 0.8))
        assert float(law.late(at, free)) == pytest.approx(0.2, abs=0.035)


def test_random_patrol_equals_enumeration() -> None:
    """Two units anywhere among four places, every pair tried."""
    random = np.random.default_rng(2)
    times, calls = random.uniform(60, 900, (4, 5)), random.random(5)
    weight = np.array([0.1, 0.4, 0.3, 0.2])
    curve = Travel.random_patrol(times, calls, weight=weight, most=3, turnout_s=30.0)
    pairs = list(itertools.product(range(4), repeat=2))
    chance = np.array([weight[a] * weight[b] for a, b in pairs])
    nearest = np.array([np.minimum(times[a], times[b]) for a, b in pairs])
    share = calls / calls.sum()
    assert float(curve.mean(2)) == pytest.approx(30 + chance @ nearest @ share)
    late = chance @ (nearest > 300) @ share
    assert float(curve.late(330.0, 2)) == pytest.approx(late, abs=0.02)
    assert curve.late(5000.0, [1, 2]) == pytest.approx([0, 0])


@pytest.mark.realdata
def test_real_roads_follow_a_square_root_nearly(shared_data: Path) -> None:
    """On San Francisco's roads the nearest of n falls with a power of n near -0.4."""
    from anlan.engine.geo.roads import RoadGraph
    from anlan.engine.geo.roads.connect import largest_part
    from anlan.gateway.roads import read

    folder = shared_data / "sf"
    links = largest_part(read(folder / "roads_ne_links.csv", folder / "roads_ne_nodes.csv").links).links
    graph = RoadGraph.from_links(links)
    random = np.random.default_rng(0)
    times = graph.times(random.integers(0, graph.nodes, 150), random.integers(0, graph.nodes, 200))
    curve = Travel.random_patrol(times, np.ones(200), most=20)
    power = np.polyfit(np.log(np.arange(1, 21)), np.log(curve.mean_s), 1)[0]
    assert -0.5 < power < -0.3
