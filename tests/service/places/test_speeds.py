"""Road speeds: set by hand, reset, learnt from trips, each with its source and a line in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, CalibrationFactory
from tests.service.places.conftest import town

from anlan.engine.geo.roads import CLASS_INDEX, HourClass, default_factors
from anlan.service.log.models import Event
from anlan.service.places.domain.speeds import reset_speeds, set_speeds, use_calibration
from anlan.service.places.models import RoadNetwork
from anlan.service.places.network import base_graph, store_network
from anlan.service.places.queries.speeds import class_speeds, speed_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
COUNTY6, PAGE = COUNTY[:6], "/places/roads/speeds/"
PEAK_PRIMARY = HourClass.PEAK, CLASS_INDEX["primary"]


def slower(factor: float = 2.0) -> Any:
    """The default factors with one changed."""
    factors = default_factors()
    factors[PEAK_PRIMARY] = factor
    return factors


def changed(verb: str = "speeds.changed") -> list[dict[str, Any]]:
    """What the log has of changed speeds."""
    return [event.data for event in Event.objects.filter(verb=verb).order_by("id")]


def test_speeds_set_by_hand_hold_at_once(roads: RoadNetwork) -> None:
    """A new file with the source of the old, told in the log; the same again changes nothing."""
    waits = base_graph(COUNTY6).waits
    network = set_speeds(COUNTY6, slower(), waits, None)
    graph = base_graph(COUNTY6)
    assert network.file != roads.file
    assert (network.source, network.imported_at) == (roads.source, roads.imported_at)
    assert graph.times([0], [2], HourClass.PEAK)[0, 0] == pytest.approx(200)
    assert speed_origin(graph)["from"] == "edited"
    assert set_speeds(COUNTY6, slower(), waits, None).file == network.file
    assert changed() == [{"from": "edited", "changed": {"factors": 1, "first": {"peak primary": [1.5, 2.0]}}}]


def test_defaults_come_back(roads: RoadNetwork) -> None:
    """Reset says default again; a reset of defaults is nothing."""
    assert reset_speeds(COUNTY6, None).file == roads.file
    set_speeds(COUNTY6, slower(), base_graph(COUNTY6).waits, None)
    reset_speeds(COUNTY6, None)
    assert speed_origin(base_graph(COUNTY6))["from"] == "default"
    np.testing.assert_allclose(base_graph(COUNTY6).factors, default_factors())


def test_factors_of_an_import_are_called_so(county: Any) -> None:
    """They are neither defaults nor set by hand."""
    store_network(COUNTY6, town().with_factors(slower()), "county.osm", None)
    assert speed_origin(base_graph(COUNTY6)) == {"from": "imported"}


@pytest.mark.parametrize(
    ("factor", "said"), [(0.0, "A factor is"), (21.0, "A factor is"), (np.nan, "A factor")]
)
def test_factors_out_of_range_are_refused(factor: float, said: str, roads: RoadNetwork) -> None:
    """The domain itself refuses what a form would."""
    with pytest.raises(ValidationError, match=said):
        set_speeds(COUNTY6, slower(factor), base_graph(COUNTY6).waits, None)
    with pytest.raises(ValidationError, match="A wait is"):
        set_speeds(COUNTY6, slower(), np.array([-1.0, 0, 0]), None)


def test_only_planners_and_administrators_set_speeds(roads: RoadNetwork, posted: Callable[..., Any]) -> None:
    """A dispatcher may close roads, not change how fast they are."""
    with pytest.raises(PermissionDenied):
        set_speeds(COUNTY6, slower(), base_graph(COUNTY6).waits, posted("dispatcher"))
    set_speeds(COUNTY6, slower(), base_graph(COUNTY6).waits, posted("administrator"))


def test_a_calibration_is_used_once_and_only_on_its_roads(roads: RoadNetwork) -> None:
    """Its errors stand beside the factors; after another import it no longer holds."""
    learnt = CalibrationFactory(roads_at=roads.imported_at)
    use_calibration(learnt, None)
    origin = speed_origin(base_graph(COUNTY6))
    assert (origin["from"], origin["trips"], origin["before_s"], origin["after_s"]) == (
        "calibrated",
        100,
        60,
        40,
    )
    assert base_graph(COUNTY6).times([0], [2], HourClass.DAY)[0, 0] == pytest.approx(120)
    first = learnt.used_at
    use_calibration(learnt, None)
    assert (learnt.used_at, len(changed())) == (first, 1)
    store_network(COUNTY6, town(), "other.osm", None)
    with pytest.raises(ValidationError, match="Calibrate again"):
        use_calibration(learnt, None)


def test_class_speeds_count_each_road_once() -> None:
    """Length, free-flow speed, and the speed that each factor leaves."""
    primary, residential = class_speeds(town())
    assert (primary.name, primary.km, primary.free_kmh) == ("primary", 2.0, 36.0)
    assert residential.km == 3.0
    assert primary.kmh == pytest.approx((36, 36 / 1.15, 24))


def sent(client: Client, **changes: str) -> dict[str, str]:
    """What the page sends, with some fields changed."""
    form = client.get(PAGE).context["form"]
    return {name: field.initial for name, field in form.fields.items()} | changes


def test_the_page_shows_and_changes_the_table(roads: RoadNetwork, client_as: Callable[..., Client]) -> None:
    """Only road classes that the county has; a changed factor is stored, the rest to the bit as it was."""
    client = client_as("planner")
    text = client.get(PAGE).content.decode()
    assert "planning assumptions, not measurements" in text
    assert "Motorway" not in text
    assert client.post(PAGE, sent(client, **{"peak-primary": "1.8"})).status_code == 302
    factors = base_graph(COUNTY6).factors
    assert factors[PEAK_PRIMARY] == np.float32(1.8)
    assert (factors != default_factors()).sum() == 1
    assert "Set by hand" in client.get(PAGE).content.decode()
    assert client.post(reverse("places:speeds_reset")).status_code == 302
    assert base_graph(COUNTY6).factors[PEAK_PRIMARY] == 1.5


@pytest.mark.parametrize("value", ["", "fast", "0", "1e9", "nan"])
def test_a_wrong_factor_is_marked(value: str, roads: RoadNetwork, client_as: Callable[..., Client]) -> None:
    """By its field; nothing is stored."""
    client = client_as("administrator")
    answer = client.post(PAGE, sent(client, **{"peak-primary": value}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["peak-primary"]
    assert RoadNetwork.objects.get().file == roads.file


def test_others_look_and_may_not_change(roads: RoadNetwork, client_as: Callable[..., Client]) -> None:
    """A dispatcher sees the table without fields, and is refused."""
    client = client_as("dispatcher")
    assert '<input type="number"' not in client.get(PAGE).content.decode()
    assert client.post(PAGE, sent(client, **{"peak-primary": "1.8"})).status_code == 403


def test_a_calibration_shows_errors_and_what_was_left_out(
    roads: RoadNetwork, client_as: Callable[..., Client]
) -> None:
    """In words; the button puts it in use, and says why where it cannot."""
    client = client_as("planner")
    learnt = CalibrationFactory(roads_at=roads.imported_at)
    text = client.get(reverse("places:calibration", args=[learnt.pk])).content.decode()
    for words in ("the incident has no pin", "1.10–1.30", "is not kept", "local roads"):
        assert words in text
    assert client.post(reverse("places:calibration_use", args=[learnt.pk])).status_code == 302
    assert "Learnt from 100 trips" in client.get(PAGE).content.decode()
    stale = CalibrationFactory(roads_at=timezone.now())
    answer = client.post(reverse("places:calibration_use", args=[stale.pk]), follow=True)
    assert "Calibrate again" in answer.content.decode()


def test_speeds_page_takes_as_many_queries_for_thirty(
    roads: RoadNetwork, client_as: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    """One or thirty calibrations make no difference."""
    client = client_as("planner")
    counts = []
    for more in (1, 29):
        for _ in range(more):
            CalibrationFactory()
        client.get(PAGE)
        with django_assert_max_num_queries(40) as seen:
            client.get(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1]
