"""A small town of streets with names, for closures and speeds."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import COUNTY, LAT, LON, STEP

from anlan.engine.geo.roads import CLASS_INDEX, RoadGraph, road_links
from anlan.service.places.models import RoadNetwork
from anlan.service.places.network import store_network

NAMES = ("", "West Road", "South Street", "East Road", "North Street", "Dead End")
PAIRS = [(0, 2, 1), (0, 1, 2), (1, 3, 3), (2, 3, 4), (3, 4, 5)]


def town() -> RoadGraph:
    """Five places: the middles of the four grids, 0 and 1 in the south, and a dead end in the north-east."""
    lon = [LON + STEP / 2, LON + 3 * STEP / 2] * 2 + [LON + 1.9 * STEP]
    lat = [LAT + STEP / 2] * 2 + [LAT + 3 * STEP / 2] * 2 + [LAT + 1.9 * STEP]
    tail, head, name = zip(*PAIRS, *((b, a, street) for a, b, street in PAIRS), strict=True)
    kinds = [CLASS_INDEX["primary"] if street in (1, 2) else CLASS_INDEX["residential"] for street in name]
    links = road_links(
        lon, lat, tail, head, [1000.0] * 10, [10.0] * 10, road_class=kinds, name=name, names=NAMES
    )
    return RoadGraph.from_links(links)


@pytest.fixture
def roads(county: Any) -> RoadNetwork:
    """The cast's county with the streets of the town."""
    return store_network(COUNTY[:6], town(), "county.osm", None)
