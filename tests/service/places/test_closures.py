"""Closing roads: what it means on the network, who may, and that dispatch and plans mind it at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE, LAT, LON, STEP, TOWNSHIPS, RoadClosureFactory
from tests.service.places.conftest import town

from anlan.service.log.models import Event
from anlan.service.places.closing import NoRoad, closed_edges, effect
from anlan.service.places.domain.closures import add_closure, end_closure
from anlan.service.places.forms import ClosureForm, drawn
from anlan.service.places.models import RoadClosure
from anlan.service.places.network import base_graph, road_graph, road_graph_within, store_network
from anlan.service.places.queries import grid_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
COUNTY6 = COUNTY[:6]
WEST = shapely.LineString([(LON + STEP / 2, LAT + STEP / 2), (LON + STEP / 2, LAT + 3 * STEP / 2)])
ADD = "/places/roads/close/"


def closed(kind: Any, slowdown: float | None = None) -> set[tuple[int, int]]:
    """Tail and head of the edges that a shape closes in the town."""
    graph = town()
    edges = closed_edges(graph, kind, slowdown).edges
    return set(zip(graph.tail[edges].tolist(), graph.head[edges].tolist(), strict=True))


@pytest.mark.parametrize(
    "shape",
    [
        WEST,
        shapely.Point(LON + STEP / 2 + 0.0001, LAT + STEP),
        shapely.LineString([(LON + STEP / 2 - 0.001, LAT + STEP), (LON + STEP / 2 + 0.001, LAT + STEP)]),
        shapely.box(LON, LAT + 0.9 * STEP, LON + 0.9 * STEP, LAT + 1.1 * STEP),
    ],
    ids=["along", "point", "across", "area"],
)
def test_a_shape_closes_the_road_that_it_means(shape: Any) -> None:
    """Along it, at a point of it, a barrier across it, an area over it: always both directions."""
    assert closed(shape) == {(0, 2), (2, 0)}


def test_a_shape_on_no_road_is_refused() -> None:
    """A point in a field says how far the nearest road may be; a line says what to do."""
    with pytest.raises(NoRoad, match="within 60 m"):
        closed(shapely.Point(LON + 0.7 * STEP, LAT + 0.7 * STEP))
    with pytest.raises(NoRoad, match="Draw it along"):
        closed(shapely.LineString([(LON + 0.7 * STEP, LAT + STEP), (LON + 0.8 * STEP, LAT + STEP)]))


def test_what_is_cut_off_is_told(roads: Any) -> None:
    """A way around: nothing; the dead end: its place; both roads into a corner: its grid and the rest."""
    graph, grids = base_graph(COUNTY6), grid_table(COUNTY6)
    around = effect(graph, WEST, None, grids)
    assert (around.closed_km, around.streets, around.nodes, around.grids) == (1.0, ["West Road"], 0, [])
    end = shapely.Point(LON + 1.7 * STEP, LAT + 1.7 * STEP)
    assert (effect(graph, end, None, grids).nodes, effect(graph, end, 2.0, grids).nodes) == (1, 0)
    corner = shapely.MultiPoint([(LON + 1.5 * STEP, LAT + STEP), (LON + STEP, LAT + 1.5 * STEP)])
    lost = effect(graph, corner, None, grids)
    assert lost.nodes == 2
    assert lost.km == pytest.approx(1.0)
    assert lost.grids == [f"{TOWNSHIPS[1]}0002"]


def test_closures_in_force_lie_over_the_graph(roads: Any) -> None:
    """Now, not before and not after; slowed roads take longer; the roads as imported stay."""
    now = timezone.now()
    made = add_closure(
        COUNTY6, "works", WEST, now - timedelta(hours=1), None, ends_at=now + timedelta(hours=1)
    )
    RoadClosureFactory(shape=shapely.Point(LON + STEP, LAT + STEP / 2), slowdown=3.0)
    seconds = road_graph(COUNTY6).times([0, 0], [2, 1])[0]
    assert seconds.tolist() == pytest.approx([3 * 115 + 105 + 105, 3 * 115])
    assert road_graph(COUNTY6) is road_graph(COUNTY6)
    assert road_graph(COUNTY6, made.ends_at).times([0], [2])[0, 0] == pytest.approx(115)
    assert road_graph_within(COUNTY6, made.ends_at - timedelta(minutes=1), made.ends_at).slow.max() == np.inf
    assert base_graph(COUNTY6).slow is None


def test_without_closures_the_graph_is_the_one_of_the_file(
    roads: Any, django_assert_num_queries: Any
) -> None:
    """No copy is made, and one query more tells."""
    with django_assert_num_queries(2):
        graph = road_graph(COUNTY6)
    assert graph is base_graph(COUNTY6)


def test_a_closure_that_new_roads_do_not_know_is_passed_over(roads: Any) -> None:
    """Other roads were imported since: what lies on none of them closes nothing and breaks nothing."""
    add_closure(COUNTY6, "works", shapely.Point(LON - 1, LAT), timezone.now(), None)
    assert np.isfinite(road_graph(COUNTY6).times([0], [4])).all()


def test_closing_twice_is_once_and_ending_twice_too(roads: Any) -> None:
    """Each change has one entry in the log."""
    now = timezone.now()
    one = add_closure(COUNTY6, "works", WEST, now, None)
    assert add_closure(COUNTY6, "works", WEST, now, None) == one
    end_closure(one, None)
    first_end = one.ends_at
    end_closure(one, None)
    assert one.ends_at == first_end
    assert list(Event.objects.values_list("verb", flat=True).order_by("id"))[-2:] == [
        "closure.added", "closure.ended",
    ]  # fmt: skip


def test_one_called_off_before_it_began_never_holds(roads: Any) -> None:
    """Neither at its time nor in the plan of its day."""
    begin = timezone.now() + timedelta(hours=2)
    one = end_closure(add_closure(COUNTY6, "works", WEST, begin, None), None)
    assert one.ends_at == begin
    assert road_graph(COUNTY6, begin) is base_graph(COUNTY6)
    day = begin - timedelta(days=1), begin + timedelta(days=1)
    assert road_graph_within(COUNTY6, *day) is base_graph(COUNTY6)


def test_only_those_who_may_close_roads_do(roads: Any, posted: Callable[..., Any]) -> None:
    """The domain itself refuses a patrol, and a dispatcher of elsewhere."""
    for account in (posted("patrol"), posted("dispatcher", ELSEWHERE)):
        with pytest.raises(PermissionDenied):
            add_closure(COUNTY6, "works", WEST, timezone.now(), account)
    with pytest.raises(PermissionDenied):
        end_closure(RoadClosureFactory(), posted("analyst"))


def asked(**changes: str) -> dict[str, str]:
    """What the form sends."""
    local = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return {"name": "Burst main", "starts_at": local, "kind": "line", "points": "", **changes}


def by_street(client: Client, **changes: str) -> Any:
    """The answer to a closure of West Road."""
    return client.post(ADD, asked(street="west road", **changes))


def test_the_page_tells_before_it_closes(roads: Any, client_as: Callable[..., Client]) -> None:
    """First what it does, with the button that closes; the button closes what was seen and nothing else."""
    client = client_as("dispatcher")
    first = by_street(client, save="1")
    text = first.content.decode()
    assert first.status_code == 200
    assert "Closes 1.00 km of road. West Road." in text
    assert not RoadClosure.objects.exists()
    seen = first.context["digest"]
    other = by_street(client, save="1", seen=seen, slowdown="2")
    assert "It was changed since" in other.content.decode()
    assert not RoadClosure.objects.exists()
    assert by_street(client, save="1", seen=seen).status_code == 302
    closure = RoadClosure.objects.get()
    assert (closure.name, closure.slowdown, closure.ends_at) == ("Burst main", None, None)
    assert np.isinf(road_graph(COUNTY6).slow).sum() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Choose a street, or give points."),
        ({"street": "West Rode"}, "Do you mean West Road"),
        ({"street": "West Road", "points": "105, 30"}, "not both"),
        ({"street": "West Road", "crossing": "North Street"}, "name both, or neither"),
        (
            {"street": "West Road", "crossing": "North Street", "other_crossing": "Dead End"},
            "West Road does not lead from North Street to Dead End.",
        ),
        ({"street": "West Road", "within": "nowhere"}, "not one of the available choices"),
        ({"street": "West Road", "within": f"{TOWNSHIPS[1][:9]}B001"}, "does not lead through it"),
        ({"points": "105.01 30.01\nnorth"}, "Row 2: write longitude, latitude"),
        ({"points": "205, 30\n1, 2"}, "Row 1: write longitude"),
        ({"points": "nan nan\n1, 2"}, "Row 1: write longitude"),
        ({"points": "105, 30"}, "A line needs two points"),
        ({"points": "105, 30\n105, 30", "kind": "area"}, "needs three"),
        ({"points": "0,0\n1,1\n1,0\n0,1", "kind": "area"}, "crosses itself"),
        ({"points": "105.007,30.007", "kind": "point"}, "no road within 60 m"),
        ({"points": "105.007,30.007", "kind": "sphere"}, "not one of the available choices"),
        ({"street": "West Road", "slowdown": "0.5"}, "greater than or equal to 1.05"),
        ({"street": "West Road", "starts_at": "tomorrow"}, "valid date/time"),
        ({"street": "West Road", "ends_at": "2020-01-01T00:00"}, "The end lies before the begin."),
        ({"street": "West Road", "name": "", "save": "1"}, "This field is required."),
        ({"street": "West\x00Road"}, "Null characters"),
    ],
)
def test_wrong_input_is_named_with_its_mend(
    changes: dict[str, str], said: str, roads: Any, client_as: Callable[..., Client]
) -> None:
    """Nothing is stored, and the page says what to do; htmx gets the same words."""
    client = client_as("watch_commander")
    answer = client.post(ADD, asked(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("&#x27;", "'")
    part = client.post(ADD, asked(**changes), headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert said in part.content.decode().replace("&#x27;", "'")
    assert not RoadClosure.objects.exists()


def test_a_stretch_between_crossings_or_in_a_beat_is_chosen_by_name(roads: Any) -> None:
    """By keyboard alone: the street, its two crossings, or the beat."""
    between = {"street": "West Road", "crossing": "South Street", "other_crossing": "North Street"}
    for changes in (between, {"street": "West Road", "within": f"{TOWNSHIPS[0][:9]}B001"}):
        form = ClosureForm(COUNTY6, base_graph(COUNTY6), asked(**changes))
        assert form.is_valid(), form.errors
        assert closed(form.shape) == {(0, 2), (2, 0)}


def test_points_are_read_as_people_write_them() -> None:
    """Commas of either script, blanks, empty rows."""
    found = drawn("line", "105.1，30.1\n\n 105.2 30.2 \n")
    assert shapely.get_coordinates(found).tolist() == [[105.1, 30.1], [105.2, 30.2]]
    with pytest.raises(ValidationError, match="At most 500"):
        drawn("line", "\n".join(f"105, {n / 1000}" for n in range(501)))


def test_streets_are_suggested(roads: Any, client_as: Callable[..., Client]) -> None:
    """Those that begin with the words first."""
    client = client_as("patrol")
    answer = client.get(reverse("places:streets"), {"street": "street"}).content.decode()
    assert answer.count("<option") == 2
    assert "<option" not in client.get(reverse("places:streets")).content.decode()


def test_roads_page_lists_what_is_in_force_to_come_and_over(
    roads: Any, client_as: Callable[..., Client]
) -> None:
    """Each under its head; only who may end one gets the button, and ends it."""
    now = timezone.now()
    open_one = RoadClosureFactory(name="Open works")
    RoadClosureFactory(name="Next fair", starts_at=now + timedelta(days=2))
    RoadClosureFactory(name="Old flood", ends_at=now - timedelta(hours=1))
    RoadClosureFactory(name="Elsewhere", area_code=ELSEWHERE)
    url = reverse("places:closure_end", args=[open_one.pk])
    page = client_as("patrol", TOWNSHIPS[0]).get("/places/roads/")
    shown = [[row.name for row in page.context[key]] for key in ("now", "coming", "ended")]
    assert shown == [["Open works"], ["Next fair"], ["Old flood"]]
    assert url not in page.content.decode()
    client = client_as("dispatcher")
    assert url in client.get("/places/roads/").content.decode()
    assert client.post(url).status_code == 302
    open_one.refresh_from_db()
    assert open_one.ends_at <= timezone.now()


def test_roads_page_takes_as_many_queries_for_thirty(
    roads: Any, client_as: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    """One or thirty closures make no difference."""
    client = client_as("dispatcher")
    counts = []
    for more in (1, 29):
        for _ in range(more):
            RoadClosureFactory()
            RoadClosureFactory(ends_at=timezone.now())
        client.get("/places/roads/")
        with django_assert_max_num_queries(40) as seen:
            client.get("/places/roads/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_pages_without_roads_say_what_to_do(county: Any, client_as: Callable[..., Client]) -> None:
    """Before roads are imported, each page names the command."""
    client = client_as("planner")
    for page in ("/places/roads/", ADD, "/places/roads/speeds/"):
        assert "anlan import roads" in client.get(page).content.decode()


def test_the_map_shows_what_is_closed_now(roads: Any, client_as: Callable[..., Client]) -> None:
    """A layer of those in force, under a tag that changes with them; other counties' are not found."""
    client = client_as("patrol", TOWNSHIPS[0])
    url = "/places/features/closures.geojson"
    empty = client.get(url, {"county": COUNTY6})
    closure = RoadClosureFactory(name="Works", shape=WEST, slowdown=2.0)
    RoadClosureFactory(ends_at=timezone.now())
    answer = client.get(url, {"county": COUNTY6})
    (feature,) = answer.json()["features"]
    facts = {"code": str(closure.pk), "name": "Works", "slowdown": 2.0, "until": None}
    assert feature["properties"] == facts
    assert feature["geometry"]["type"] == "LineString"
    assert empty["ETag"] != answer["ETag"]
    assert client_as("planner", ELSEWHERE).get(url, {"county": COUNTY6}).status_code == 404


def test_another_import_keeps_closures(roads: Any) -> None:
    """They are places on the map, not edges of a file."""
    RoadClosureFactory(shape=WEST)
    store_network(COUNTY6, town(), "again.osm", None)
    assert np.isinf(road_graph(COUNTY6).slow).sum() == 2
