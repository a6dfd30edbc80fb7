"""The ground of the map: base shapes and the streets of the network in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from tests.factories import COUNTY, ELSEWHERE, TOWNSHIPS

from anlan.engine.geo.roads import CLASS_INDEX, RoadGraph, road_links
from anlan.service.log.models import Event
from anlan.service.places.domain import PlaceError, store_features
from anlan.service.places.network import store_network
from anlan.service.places.rows import FeatureRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from anlan.service.places.models import Area

pytestmark = pytest.mark.django_db
RIVER = FeatureRow("river", "water", shapely.box(105.0, 30.0, 105.1, 30.01), "河", "River")


def store_street(name: str) -> None:
    """Put a network of one street in use."""
    links = road_links(
        [105.0, 105.01], [30.0, 30.0], [0, 1], [1, 0], [960.0] * 2, [10.0] * 2,
        road_class=[CLASS_INDEX["primary"]] * 2, name=[1, 1], names=("", name),
    )  # fmt: skip
    store_network(COUNTY[:6], RoadGraph.from_links(links), "test", None)


def asked(client: Client, kind: str) -> Any:
    """Return the answer for a kind of ground."""
    return client.get(f"/places/features/{kind}.geojson", {"county": COUNTY[:6]})


@pytest.mark.parametrize("kind", ["base", "roads"])
def test_a_county_without_ground_gets_an_empty_collection(
    kind: str, county: Area, client_as: Callable[..., Client]
) -> None:
    """Nothing imported is no error on the map."""
    assert asked(client_as("planner"), kind).json() == {"type": "FeatureCollection", "features": []}


@pytest.mark.parametrize("kind", ["base", "roads"])
def test_the_ground_of_another_county_is_not_found(
    kind: str, county: Area, client_as: Callable[..., Client]
) -> None:
    """An account of elsewhere gets nothing."""
    assert asked(client_as("planner", ELSEWHERE), kind).status_code == 404


def test_a_township_sees_the_ground_of_its_whole_county(
    county: Area, client_as: Callable[..., Client]
) -> None:
    """A river does not end at the border of a posting."""
    store_features(COUNTY[:6], [RIVER])
    found = asked(client_as("planner", TOWNSHIPS[0]), "base").json()["features"]
    assert [feature["properties"] for feature in found] == [{"kind": "water", "name": "River"}]


def test_streets_are_those_of_the_network_in_use(county: Area, client_as: Callable[..., Client]) -> None:
    """Another import shows at once, under another tag."""
    client = client_as("planner")
    store_street("Old Street")
    first = asked(client, "roads")
    store_street("New Street")
    second = asked(client, "roads")
    assert [f["properties"]["name"] for f in second.json()["features"]] == ["New Street"]
    assert first["ETag"] != second["ETag"]


def test_storing_the_ground_again_changes_it_and_is_logged(
    county: Area, client_as: Callable[..., Client]
) -> None:
    """A shape keeps its code; each store is one event and a new tag."""
    client = client_as("planner")
    assert store_features(COUNTY[:6], [RIVER]).new == 1
    tag = asked(client, "base")["ETag"]
    moved = FeatureRow("river", "water", shapely.box(105.0, 30.0, 105.2, 30.01), "河", "River")
    assert store_features(COUNTY[:6], [moved]).changed == 1
    assert Event.objects.filter(verb="places.imported", data__what="base").count() == 2
    assert asked(client, "base")["ETag"] != tag


def test_an_unknown_kind_of_ground_is_refused(county: Area) -> None:
    """The error names the row and what may stand there."""
    with pytest.raises(PlaceError, match="row 1: kind 'lava': expected one of water, green, rail"):
        store_features(COUNTY[:6], [FeatureRow("hot", "lava", shapely.box(0, 0, 1, 1))])
