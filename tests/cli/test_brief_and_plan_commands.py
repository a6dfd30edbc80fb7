"""`anlan brief` and `anlan plan` where all is there: the small generated county, its history, its force."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from anlan.cli import app
from anlan.demo import generate
from anlan.demo.generate import names
from anlan.demo.load import history, places, staff
from anlan.service.patrol.models import Briefing
from anlan.service.planning.models import DeploymentPlan

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 3, 10)
OF_DAY = ("--county", names.COUNTY6, "--date", DAY.isoformat())

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> generate.DemoCounty:
    """The small county with two years of incidents, no briefing yet."""
    settings.DATA_DIR = tmp_path
    made = generate.county(4, generate.SMALL)
    steps = (
        places.store_areas, staff.store_accounts, places.store_grids, places.store_spots,
        places.store_roads, staff.store_force, history.store_types,
    )  # fmt: skip
    for step in steps:
        step(made)
    history.store_history(made, DAY)
    return made


def run(*arguments: str) -> str:
    """Run a command that must succeed; return what it printed."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def brief(out: Path) -> dict[str, Path]:
    """Make the briefing's files; return them by kind."""
    told = run("brief", *OF_DAY, "--out", str(out))
    files = {path.suffix[1:]: path for path in out.iterdir()}
    assert all(path.name in told for path in files.values())
    return files


def test_a_day_is_briefed_and_planned_as_files(demo: generate.DemoCounty, tmp_path: Path) -> None:
    """Page, print and data of one stored briefing; then a plan whose points are the posts that were kept."""
    files = brief(tmp_path / "briefing")
    assert set(files) == {"html", "json", "pdf"}
    assert files["pdf"].read_bytes().startswith(b"%PDF-")
    assert "</html>" in files["html"].read_text(encoding="utf-8")
    body = json.loads(files["json"].read_text(encoding="utf-8"))
    kept = Briefing.objects.get()
    assert (body["county"], body["date"]) == (kept.area_code, DAY.isoformat())
    assert len(body["colours"]) == 10
    assert body["expected_total"] == kept.body["expected_total"] > 0

    told = run("plan", *OF_DAY, "--out", str(tmp_path / "posts.geojson"))
    posts = json.loads((tmp_path / "posts.geojson").read_text(encoding="utf-8"))["features"]
    plan = DeploymentPlan.objects.get()
    assert "Optimality gap" in told
    kept_posts = [(shift["code"], post["code"]) for shift in plan.body["shifts"] for post in shift["posts"]]
    assert [(f["properties"]["shift"], f["properties"]["code"]) for f in posts] == kept_posts
    placed = sum(shift["placed"] for shift in plan.body["shifts"])
    assert sum(f["properties"]["cars"] for f in posts) == placed > 0
    assert all(f["geometry"]["type"] == "Point" for f in posts)


def test_trying_other_cars_keeps_nothing(demo: generate.DemoCounty, tmp_path: Path) -> None:
    """`--cars` writes the trial's plan in full and stores none; `--formats` makes only what was asked for."""
    run("brief", *OF_DAY, "--out", str(tmp_path), "--formats", "json", "--language", "zh-hans")
    assert [path.suffix for path in tmp_path.glob("briefing-*")] == [".json"]
    run("plan", *OF_DAY, "--cars", "3", "--out", str(tmp_path / "trial.json"))
    tried = json.loads((tmp_path / "trial.json").read_text(encoding="utf-8"))
    assert {shift["cars"] for shift in tried["shifts"]} == {3}
    assert not DeploymentPlan.objects.exists()
