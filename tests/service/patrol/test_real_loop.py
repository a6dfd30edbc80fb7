"""San Francisco from empty tables to a plan: districts, grids, roads, seventeen months, briefing, posts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests import san_francisco
from tests.factories import UnitFactory
from typer.testing import CliRunner

from anlan.cli import app
from anlan.service.patrol import domain
from anlan.service.places.models import Beat, Grid
from anlan.service.planning.domain import make_plan

if TYPE_CHECKING:
    from pathlib import Path

COUNTY = san_francisco.COUNTY
DAY = date(2015, 5, 12)
CARS = 12

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.django_db]


def run(*arguments: object) -> str:
    """Run a command that must succeed; return what it printed."""
    result = CliRunner().invoke(app, [str(part) for part in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def set_up(data: Path, scratch: Path) -> None:
    """Bring the city in by the commands of the tutorial, squares of 500 m."""
    for arguments in san_francisco.places(data, "America/Los_Angeles"):
        run(*arguments)
    refused = ("--quarantine", scratch / "refused.csv")
    file = data / "sf_crime_2014_2015.csv.gz"
    told = run("import", "incidents", file, "--county", COUNTY, "--preset", "sfpd", *refused)
    assert "102,350 read = 102,350 stored" in told


def came_that_day(data: Path) -> int:
    """Count the rows of the day in the file itself."""
    rows = pl.read_csv(data / "sf_crime_2014_2015.csv.gz", columns=["Dates"])
    return rows.filter(pl.col("Dates").str.starts_with(DAY.isoformat())).height


def check_briefing(body: dict[str, Any], came: int) -> None:
    """Hold what a briefing of a real day owes."""
    assert {row["alert"]["beat_code"] for row in body["colours"]} == set(
        Beat.objects.values_list("code", flat=True)
    )
    assert body["expected_total"] == pytest.approx(came, rel=0.2)
    assert sum(beat["expected"] for beat in body["expected"]) == pytest.approx(
        body["expected_total"], rel=0.01
    )


def check_plan(body: dict[str, Any]) -> None:
    """Hold what a plan over roads of only a quarter of the city owes, in each of its shifts."""
    assert 0 <= body["gap"] <= 0.01
    for shift in body["shifts"]:
        assert (shift["cars"], sum(post["cars"] for post in shift["posts"])) == (CARS, CARS)
        off = [short for short in shift["shortfalls"] if short["kind"] == "off_road"]
        assert len(off) == 1
        assert 0 < off[0]["share"] < 1
        assert shift["share_ring"] <= 1 - off[0]["share"] + 1e-9


def test_san_francisco_from_files_to_posts(shared_data: Path, tmp_path: Path) -> None:
    """Ten beats get alerts, the forecast is within a fifth of that day, and the plan is near its bound."""
    data = shared_data / "sf"
    set_up(data, tmp_path)
    assert (Beat.objects.count(), Grid.objects.count() > 400) == (10, True)
    UnitFactory.create_batch(CARS, area_code=f"{COUNTY}000000")
    came = came_that_day(data)
    assert came > 0
    briefing = domain.make_briefing(COUNTY, DAY, None)
    check_briefing(briefing.body, came)
    assert briefing.alerts.count() == 10
    plan = make_plan(COUNTY, DAY, None)
    check_plan(plan.body)
    assert plan.gap == plan.body["gap"]
