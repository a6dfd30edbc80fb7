"""`anlan analyse`: lists its methods, writes what a method found, says what is wrong in one line."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from tests.factories import COUNTY
from tests.service.analysis.conftest import rows
from typer.testing import CliRunner

from anlan.cli import app
from anlan.gateway.history import HistoryStore
from anlan.service.analysis.methods import METHODS
from anlan.service.places.models import Grid

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Any:
    """Run the command on the test county."""
    return CliRunner().invoke(app, ["analyse", *arguments, "--county", COUNTY])


def test_help_lists_the_methods():
    """Each by its name, with its question."""
    told = CliRunner().invoke(app, ["analyse", "--help"], terminal_width=200).output
    assert [name for name in METHODS if f"{name}:" not in told] == []


def test_a_method_writes_tables_map_and_pictures(county, settings, tmp_path):
    """One file per table and picture, named after method, county and days; numbers in the tables."""
    grids = list(Grid.objects.order_by("code"))
    HistoryStore(settings.HISTORY_DIR).write(COUNTY[:6], rows(60, grids, 1, "a"))
    day = ("--start", "2026-02-15", "--end", "2026-02-28", "--set", "against=before")
    result = run("comparison", *day, "--out", str(tmp_path / "out"), "--language", "zh-hans")
    assert result.exit_code == 0, result.output
    stem = "comparison-990101-2026-02-15-2026-02-28"
    assert sorted(path.name.removeprefix(stem) for path in (tmp_path / "out").iterdir()) == [
        "-beats.csv", "-beats.parquet", "-change.png", "-change.svg", "-map.geojson", "-map.png", "-map.svg",
        "-types.csv", "-types.parquet", ".pdf", ".xlsx",
    ]  # fmt: skip
    frame = pl.read_csv(tmp_path / "out" / f"{stem}-beats.csv")
    assert (frame["observed"].sum(), frame["baseline"].sum()) == (56, 56)
    assert len(json.loads((tmp_path / "out" / f"{stem}-map.geojson").read_text())["features"]) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("magic",), "method 'magic': expected comparison"),
        (("comparison", "--start", "2026-03-01", "--end", "2026-02-01"), "end:"),
        (("comparison", "--set", "colour=red"), "colour: comparison knows start"),
        (("comparison", "--set", "against"), "name=value"),
        (("comparison", "--formats", "doc"), "formats: doc"),
        (("comparison", "--language", "xx"), "language 'xx'"),
        (("comparison", "--types", "murder"), "types:"),
        (("comparison",), "There are no"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(county, arguments, told, tmp_path):
    """On standard error, with exit code 1 and no file."""
    result = run(*arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_unknown_county_is_said(db, tmp_path):
    """The way out is named."""
    assert "no such county" in run("comparison").stderr
