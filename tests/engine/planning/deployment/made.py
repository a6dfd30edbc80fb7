"""A street of 21 crossings a minute apart, with calls, posts, crews and places on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from anlan.engine.geo.roads import RoadGraph, road_links
from anlan.engine.planning.demand import DayDemand
from anlan.engine.planning.deployment import Beats, Crew, Day, Place, Sites, Stretch
from anlan.engine.planning.force import ForceBasis
from anlan.engine.planning.standards import Standards, Stops

STEP = 0.001
PRIORITIES = np.array([0.1, 0.2, 0.5, 0.2])


def street(count: int = 21) -> RoadGraph:
    """A two-way street along the equator: nodes 111 m apart, 60 s a link."""
    west, east = np.arange(count - 1), np.arange(1, count)
    length = np.full(2 * (count - 1), 111.195)
    tail, head = np.concatenate((west, east)), np.concatenate((east, west))
    return RoadGraph.from_links(
        road_links(np.arange(count) * STEP, np.zeros(count), tail, head, length, length / 60)
    )


def demand(lon: list[float], expected: float = 6.0) -> DayDemand:
    """As many calls at each longitude, alike at all hours; west of the middle is beat A, east of it B."""
    places = np.array(lon)
    beats = ["A" if one < 0.010 else "B" for one in lon]
    count = len(lon)
    return DayDemand(
        [f"G{row}" for row in range(count)], places, np.zeros(count), beats, np.full(count, expected),
        np.full((count, 24), 1 / 24), PRIORITIES, 0.05,
    )  # fmt: skip


def day(**change: Any) -> Day:
    """Two beats, three posts, three cars and a foot patrol; a point and a line in each beat."""
    given: dict[str, Any] = {
        "graph": street(),
        "demand": demand([0.001, 0.004, 0.012, 0.018]),
        "sites": Sites(["W", "M", "E"], np.array([0.002, 0.010, 0.018]), np.zeros(3), ["A", "", "B"]),
        "beats": Beats(["A", "B"], ["red", "green"], [24, 24], ForceBasis.TEAMS),
        "crews": [
            Crew("1", "car", 0.0, 0.0, "A", "squad-a"), Crew("2", "car", 0.020, 0.0, "B", "squad-b"),
            Crew("3", "car", 0.010, 0.0, ""), Crew("4", "foot", 0.003, 0.0, "A", "squad-a"),
        ],
        "weekday": 2,
        "number": 739_000,
        "standards": Standards(stops=Stops(per_beat=1)),
        "points": [Place("PA", 0.003, 0.0, "A"), Place("PB", 0.016, 0.0, "B")],
        "lines": [Stretch("LB", "B", np.array([[0.014, 0.0], [0.015, 0.0]]))],
    }  # fmt: skip
    return Day(**(given | change))
