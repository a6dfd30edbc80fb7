"""Trips from the county's record, and speeds learnt from them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import (
    COUNTY,
    LAT,
    LON,
    STEP,
    AssignmentFactory,
    IncidentFactory,
    UnitFactory,
    posted,
    signed_in,
)
from tests.service.places.conftest import town
from typer.testing import CliRunner

from anlan.cli import app
from anlan.service.patrol.evidence import NoData
from anlan.service.places.models import Calibration
from anlan.service.places.network import base_graph, store_network
from anlan.service.places.queries.speeds import speed_origin
from anlan.service.planning.domain import learn_speeds, run_job
from anlan.service.planning.models import PlanningJob
from anlan.service.planning.trips import recorded_trips

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from anlan.service.incidents.models import Assignment
    from anlan.service.staff.models import Unit

COUNTY6 = COUNTY[:6]
HERE, THERE = (LON + STEP / 2, LAT + STEP / 2), (LON + 3 * STEP / 2, LAT + STEP / 2)


@pytest.fixture
def roads(county: Any) -> None:
    """The streets of the town."""
    store_network(COUNTY6, town(), "county.osm", None)


def sent(unit: Unit, at: datetime, seconds: float, place: tuple[float, float] | None = THERE) -> Assignment:
    """A unit sent to a place, there after some seconds, done ten minutes later."""
    lon, lat = place or (None, None)
    return AssignmentFactory(
        incident=IncidentFactory(lon=lon, lat=lat), unit=unit, assigned_at=at,
        on_scene_at=at + timedelta(seconds=seconds), ended_at=at + timedelta(seconds=seconds + 600),
    )  # fmt: skip


def test_a_trip_begins_where_the_unit_was(roads: None) -> None:
    """At its post; at the incident it has just left; not known while it was on its way back."""
    unit, nowhere = UnitFactory(post_lon=HERE[0], post_lat=HERE[1]), UnitFactory(post_lon=None, post_lat=None)
    begin = timezone.now().replace(microsecond=0) - timedelta(days=1)
    first = sent(unit, begin, 200)
    second = sent(unit, first.ended_at + timedelta(minutes=4), 90, HERE)
    sent(unit, second.ended_at + timedelta(minutes=20), 70)
    last = sent(unit, second.ended_at + timedelta(hours=3), 110)
    last.en_route_at = last.assigned_at + timedelta(seconds=30)
    last.save()
    sent(nowhere, begin, 60)
    sent(unit, begin + timedelta(hours=9), 60, None)
    sent(unit, begin - timedelta(days=500), 60)
    found = recorded_trips(COUNTY6)
    assert found.trips.from_lon.tolist() == [HERE[0], THERE[0], HERE[0]]
    assert found.trips.to_lon.tolist() == [THERE[0], HERE[0], THERE[0]]
    assert found.trips.seconds.tolist() == [200, 90, 80]
    assert found.left_out == {"under_way": 1, "no_post": 1, "no_pin": 1}


def record(count: int = 40, factor: float = 1.6) -> None:
    """Trips around the town by day that take longer than the factors in use say, one a day."""
    rng = np.random.default_rng(7)
    graph = base_graph(COUNTY6)
    places = list(zip(graph.node_lon.tolist(), graph.node_lat.tolist(), strict=True))
    noon = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0)  # 12:00 on the county's clock
    for day in range(1, count + 1):
        origin, goal = rng.permutation(4)[:2].tolist()
        seconds = float(graph.times([origin], [goal])[0, 0]) * factor * float(rng.normal(1, 0.03))
        unit = UnitFactory(post_lon=places[origin][0], post_lat=places[origin][1])
        sent(unit, noon - timedelta(days=day), seconds, places[goal])


def test_planted_speeds_are_found_and_put_in_use(roads: None) -> None:
    """Trips that take 1.6 times as long: the error falls, and one button puts what was learnt in use."""
    record()
    client = signed_in(posted("planner"))
    asked = client.post(reverse("places:calibrate"))
    job = PlanningJob.objects.get()
    assert asked.url == reverse("planning:job", args=[job.pk])
    run_job(job.pk)
    job.refresh_from_db()
    made = Calibration.objects.get()
    assert (job.state, job.result) == ("done", reverse("places:calibration", args=[made.pk]))
    body = made.body
    assert body["after"]["all"]["median_abs_s"] < 0.3 * body["before"]["all"]["median_abs_s"]
    by_day = {row["group"]: row["multiplier"] for row in body["multipliers"] if row["trips"]}
    assert by_day == pytest.approx({"through": 1.6, "local": 1.6}, abs=0.25)
    assert speed_origin(base_graph(COUNTY6))["from"] == "default"
    client.post(reverse("places:calibration_use", args=[made.pk]))
    assert speed_origin(base_graph(COUNTY6))["from"] == "calibrated"


def test_too_few_trips_are_said(roads: None) -> None:
    """Nine teach nothing."""
    record(9)
    with pytest.raises(NoData, match="9 recorded trips"):
        learn_speeds(COUNTY6, None)


def test_the_command_learns_from_a_file(roads: None, tmp_path: Path) -> None:
    """It says the errors and what was left out; --use puts it in use."""
    file = tmp_path / "trips.csv"
    graph = base_graph(COUNTY6)
    rows = []
    for number in range(30):
        a, b = divmod(number % 12, 3)
        b += b >= a
        seconds = float(graph.times([a], [b])[0, 0]) * 1.5 + 10
        ends = (graph.node_lon[a], graph.node_lat[a], graph.node_lon[b], graph.node_lat[b])
        rows.append(",".join(map(str, (*ends, "2026-03-04T12:00", seconds))))
    rows.append("105,30,106,31,2026-03-04T12:00,10")
    file.write_text("from_lon,from_lat,to_lon,to_lat,departed,seconds\n" + "\n".join(rows), encoding="utf-8")
    run = CliRunner().invoke(app, ["roads", "calibrate", "--county", COUNTY6, "--trips", str(file), "--use"])
    assert run.exit_code == 0, run.output
    assert "left out: 1 off road" in run.output
    assert speed_origin(base_graph(COUNTY6))["trips"] == 30
    assert Calibration.objects.get().source == "trips.csv"


def test_the_command_refuses_in_one_sentence(roads: None, tmp_path: Path) -> None:
    """No trips, a bad row, an unknown county."""
    file = tmp_path / "trips.csv"
    file.write_text("from_lon,from_lat,to_lon,to_lat,departed,seconds\n1,2,3,4,noon,5\n", encoding="utf-8")
    for arguments, said in (
        (["--county", COUNTY6], "0 recorded trips"),
        (["--county", COUNTY6, "--trips", str(file)], "row 2: departed"),
        (["--county", "990199"], "no such county"),
    ):
        run = CliRunner().invoke(app, ["roads", "calibrate", *arguments])
        assert run.exit_code == 1
        assert said in run.output
