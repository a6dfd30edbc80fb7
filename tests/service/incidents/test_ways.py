"""The way by road of a unit that comes next, and of one that is ordered to a post."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.factories import COUNTY, LAT, LON, STEP, StandbyPostFactory

from anlan.engine.geo.roads import RoadGraph, road_links
from anlan.service.incidents import domain
from anlan.service.incidents.models import Move
from anlan.service.incidents.queries.asked import asked_of
from anlan.service.incidents.queries.ways import road_seconds
from anlan.service.places.network import store_network

CODE = COUNTY[:6]
WEST, EAST, SOUTH = LON + STEP / 2, LON + 3 * STEP / 2, LAT + STEP / 2


@pytest.fixture
def road(county: Any) -> None:
    """One road from the first grid to its neighbour in the east: 120 s by day."""
    links = road_links([WEST, EAST], [SOUTH, SOUTH], [0, 1], [1, 0], [1200.0] * 2, [10.0] * 2)
    store_network(CODE, RoadGraph.from_links(links), "county.osm", None)


def test_a_queued_unit_is_so_far_from_what_it_is_on(
    road: None, take: Any, units: Any, dispatcher: Any, client_as: Any
) -> None:
    """The card says how long from there; not from where the unit is now."""
    first, second = take(lon=EAST, lat=SOUTH), take(lon=WEST, lat=SOUTH)
    domain.assign(first, units[:1], dispatcher)
    domain.stack(second, units[0], dispatcher)
    (queued,) = asked_of(second).stacked
    assert (queued.behind, queued.seconds) == (first, road_seconds(CODE, (EAST, SOUTH), (WEST, SOUTH)))
    assert queued.seconds
    page = client_as("dispatcher").get(reverse("incidents:card", args=[second.pk])).content.decode()
    assert "by road from 0001" in page


def test_what_is_not_known_is_not_guessed(take: Any, county: Any) -> None:
    """Without roads, or without a place at one end, there is no time."""
    assert road_seconds(CODE, (EAST, SOUTH), (WEST, SOUTH)) is None
    assert road_seconds(CODE, None, (WEST, SOUTH)) is None


def test_an_order_by_the_command_line_shows_its_expected_travel(
    road: None, units: Any, client_as: Any
) -> None:
    """As one from the list of suggestions does."""
    unit = units[0]
    unit.post_lon, unit.post_lat = EAST, SOUTH
    unit.save()
    StandbyPostFactory(code="P03", area_code=unit.area_code, lon=WEST, lat=SOUTH)
    client = client_as("dispatcher")
    said = client.post(reverse("incidents:command"), {"line": f"mv {unit.call_sign} P03"}).json()
    assert said.get("message")
    assert Move.objects.get().expected_seconds == round(road_seconds(CODE, (EAST, SOUTH), (WEST, SOUTH)) or 0)
    rows = client.get(reverse("incidents:rows")).json()["parts"]["units"]["rows"]
    assert "expected" in "".join(rows.values())
