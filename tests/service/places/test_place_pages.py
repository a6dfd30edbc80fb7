"""The places pages: who sees what, empty and error states, constant query counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from tests.factories import COUNTY, ELSEWHERE, TOWNSHIPS, BeatFactory, GridFactory, square

from anlan.service.places import queries
from anlan.service.places.models import Area, Beat, Grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
PAGES = ("/places/", "/places/areas/", "/places/partition/", "/places/list/grids/", "/places/list/premises/")


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_for_staff(page: str, county: Area, client_as: Callable[..., Client]) -> None:
    """Every role may look at places."""
    assert client_as("patrol").get(page).status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "/places/features/grids.geojson", "/places/partition.geojson"])
def test_pages_send_strangers_to_sign_in(page: str, county: Area, client: Client) -> None:
    """Nobody sees places without an account."""
    assert client.get(page).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_pages_say_what_to_do_where_no_county_is(page: str, client_as: Callable[..., Client]) -> None:
    """Before the first import each page names the command."""
    assert "anlan import areas" in client_as("administrator").get(page).content.decode()


def features(client: Client, kind: str = "grids", county: str = COUNTY) -> dict[str, Any]:
    """Return the features that a client gets."""
    return client.get(f"/places/features/{kind}.geojson", {"county": county[:6]}).json()


def test_features_are_scoped_to_the_readers_areas(county: Area, client_as: Callable[..., Client]) -> None:
    """A township's account gets its township's grids alone."""
    codes = {f["properties"]["area_code"] for f in features(client_as("planner", TOWNSHIPS[0]))["features"]}
    assert codes == {TOWNSHIPS[0]}


def test_features_of_another_county_are_not_found(county: Area, client_as: Callable[..., Client]) -> None:
    """An account of elsewhere learns nothing, not even how many."""
    answer = client_as("planner", ELSEWHERE).get("/places/features/grids.geojson", {"county": COUNTY[:6]})
    assert answer.status_code == 404


def test_features_of_an_unknown_kind_are_not_found(county: Area, client_as: Callable[..., Client]) -> None:
    """A wrong address is a 404, never a 500."""
    assert client_as("planner").get("/places/features/people.geojson").status_code == 404


def test_features_are_answered_from_cache_until_they_change(
    county: Area, client_as: Callable[..., Client]
) -> None:
    """The same tag gives 304; another grid gives a new answer."""
    client = client_as("planner")
    tag = client.get("/places/features/grids.geojson")["ETag"]
    assert client.get("/places/features/grids.geojson", headers={"if-none-match": tag}).status_code == 304
    GridFactory(code=f"{TOWNSHIPS[0]}0999", shape=square(8, 8))
    assert client.get("/places/features/grids.geojson", headers={"if-none-match": tag}).status_code == 200


def test_features_round_to_a_tenth_of_a_metre(county: Area, client_as: Callable[..., Client]) -> None:
    """Coordinates carry six decimals."""
    GridFactory(code=f"{TOWNSHIPS[0]}0998", shape=shapely.box(105.123456789, 30, 105.2, 30.1))
    coordinates = [
        f for f in features(client_as("planner"))["features"] if f["properties"]["code"][-3:] == "998"
    ]
    assert coordinates[0]["geometry"]["coordinates"][0][2][0] in {105.123457, 105.2}


def queries_of(client: Client, page: str, counter: Any) -> int:
    """Return how many queries a page takes."""
    client.get(page)
    with counter() as seen:
        client.get(page)
    return len(seen)


@pytest.mark.parametrize("page", ["/places/list/grids/", "/places/list/beats/", "/places/areas/", "/places/"])
def test_query_count_does_not_grow_with_rows(
    page: str, county: Area, client_as: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    """Thirty more rows take as many queries as before."""
    client = client_as("planner")

    def counter() -> Any:
        return django_assert_max_num_queries(40)

    client.get(page)
    with counter() as few:
        client.get(page)
    for n in range(30):
        beat = BeatFactory(code=f"{TOWNSHIPS[0][:9]}X{n:03}")
        GridFactory(code=f"{TOWNSHIPS[0]}1{n:03}", beat=beat, shape=square(n, 20))
    with counter() as many:
        client.get(page)
    assert len(few) == len(many)


def test_partition_page_lists_a_planted_overlap(county: Area, client_as: Callable[..., Client]) -> None:
    """Two grids on top of each other are named with their size, and nothing is repaired."""
    before = Grid.objects.count()
    grid = Grid.objects.order_by("code").first()
    GridFactory(code=f"{TOWNSHIPS[0]}0777", shape=grid.shape, beat=Beat.objects.first())
    page = client_as("planner").get("/places/partition/").content.decode()
    assert "Overlap" in page
    assert f"{grid.code}, {TOWNSHIPS[0]}0777" in page
    assert Grid.objects.count() == before + 1


def test_partition_says_when_it_could_not_check(county: Area, client_as: Callable[..., Client]) -> None:
    """A county without grids is neither valid nor faulty."""
    Grid.objects.all().delete()
    assert "No grids yet" in client_as("planner").get("/places/partition/").content.decode()


def test_partition_lists_grids_without_a_responsible_person(county: Area) -> None:
    """Each grid that nobody answers for is a finding."""
    found = queries.partition(COUNTY[:6]).of_kind("no_responsible")
    assert len(found) == Grid.objects.filter(responsible=None).count()


def test_search_finds_by_name(county: Area, client_as: Callable[..., Client]) -> None:
    """Part of a name leads to the area."""
    page = client_as("planner").get("/places/areas/", {"q": TOWNSHIPS[1]}).content.decode()
    assert TOWNSHIPS[1] in page
    assert TOWNSHIPS[0] not in page
