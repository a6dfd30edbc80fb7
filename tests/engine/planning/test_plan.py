"""The deployment plan in one call."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from anlan.engine.geo.roads import HourClass, RoadGraph, road_links
from anlan.engine.planning.force import ForceBasis
from anlan.engine.planning.plan import Beats, Demands, Plan, Sites, assemble_plan, candidate_nodes
from anlan.engine.planning.posts import Rings

BEATS = Beats(["A", "B"], ["red", "green"], [10, 5], ForceBasis.TEAMS)


def street(count: int = 21) -> RoadGraph:
    """A two-way street along the equator: nodes 111 m apart, 60 s a link."""
    west, east = np.arange(count - 1), np.arange(1, count)
    length = np.full(2 * (count - 1), 111.195)
    tail, head = np.concatenate((west, east)), np.concatenate((east, west))
    return RoadGraph.from_links(
        road_links(np.arange(count) / 1000, np.zeros(count), tail, head, length, length / 60)
    )


def demand(lon: list[float]) -> Demands:
    """One expected call at each longitude."""
    return Demands(
        [f"G{row}" for row in range(len(lon))], np.array(lon), np.zeros(len(lon)), np.ones(len(lon))
    )


def plan(lon: list[float], cars: int = 2) -> Plan:
    """A plan on the street with posts at its ends and in the middle."""
    sites = Sites(["W", "M", "E"], np.array([0.0, 0.010, 0.020]), np.zeros(3))
    return assemble_plan(
        street(), sites, demand(lon), BEATS, cars, rings=Rings(alpha=0.5), hour_class=HourClass.NIGHT
    )


def test_posts_stand_where_demand_is() -> None:
    """All calls in the middle: both cars there, everything covered twice, and the force adds up."""
    made = plan([0.009, 0.010, 0.011])
    assert [(post.code, post.cars, post.demand_share) for post in made.posts] == [("M", 2, 1.0)]
    assert (made.share_ring, made.share_ring_twice, made.gap) == (1.0, 1.0, 0.0)
    assert made.minimum_cars == 1
    assert [(beat.beat_code, beat.on_patrol) for beat in made.force] == [("A", 8), ("B", 1)]
    assert (made.force_total, made.reserve_total, made.force_basis) == (9, 6, "teams")


def test_a_plan_is_plain_json() -> None:
    """What is stored and shown is JSON as it stands."""
    made = plan([0.0, 0.02])
    assert json.loads(json.dumps(asdict(made)))["posts"][0]["code"] == "W"


def test_a_grid_without_road_is_told_apart() -> None:
    """A grid kilometres from any road is off the road, not merely unreachable."""
    made = plan([0.010, 0.5])
    assert [(short.kind, short.codes) for short in made.shortfalls] == [("off_road", ["G1"])]


def test_no_sites_or_no_grids_are_refused_with_the_mend() -> None:
    """The message says what the county lacks."""
    none = np.array([])
    with pytest.raises(ValueError, match="sites: none"):
        assemble_plan(street(), Sites([], none, none), demand([0.0]), BEATS, 1)
    with pytest.raises(ValueError, match="needs grids"):
        assemble_plan(street(), Sites(["W"], np.zeros(1), np.zeros(1)), demand([]), BEATS, 1)


def test_made_candidates_spread_over_the_roads() -> None:
    """Made sites start in the middle and go to the ends first."""
    sites = candidate_nodes(street(), 3)
    assert sorted(np.round(sites.lon, 3).tolist()) == [0.0, 0.01, 0.02]
    assert len(candidate_nodes(street(5), 50).codes) == 5
