"""`anlan plan` from the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from anlan.cli import app
from anlan.cli.plan import _written

if TYPE_CHECKING:
    from pathlib import Path

    from anlan.service.places.models import Area


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    result = CliRunner().invoke(app, ["plan", *arguments])
    return result.exit_code, result.output


def test_a_day_without_briefing_is_told(county: Area) -> None:
    """The message says what to do first, for a plan and for a trial of other cars alike."""
    for extra in ([], ["--cars", "3"]):
        code, output = run("--county", county.code, "--date", "2026-05-04", *extra)
        assert code == 1
        assert "briefing" in output


def test_an_unknown_county_is_told(db: None) -> None:
    """A county that was never imported is named."""
    code, output = run("--county", "500117", "--date", "2026-05-04")
    assert code == 1
    assert "500117" in output


def test_a_plan_is_written_as_json_or_geojson(tmp_path: Path) -> None:
    """The file's ending chooses the form; GeoJSON holds one point a post of a shift."""
    post = {"code": "P1", "lon": 106.0, "lat": 29.0, "cars": 2, "share": 0.5, "lines": []}
    body = {"shifts": [{"code": "day", "posts": [post]}, {"code": "night", "posts": []}], "gap": 0.0}
    assert _written(tmp_path / "plan.json", body) is body
    features = json.loads(json.dumps(_written(tmp_path / "plan.geojson", body)))["features"]
    assert [feature["geometry"] for feature in features] == [{"type": "Point", "coordinates": [106.0, 29.0]}]
    assert features[0]["properties"] == {"shift": "day", "code": "P1", "cars": 2, "share": 0.5}
