"""`anlan night`: every method's files, the outlook by grid, type and shift, and the briefing, in one go."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from tests.factories import COUNTY
from tests.service.analysis.conftest import rows
from typer.testing import CliRunner

from anlan.cli import app
from anlan.gateway.history import HistoryStore
from anlan.service.analysis.ground import Ground
from anlan.service.analysis.inputs import Inputs, Question
from anlan.service.analysis.methods import METHODS
from anlan.service.analysis.outlook import outlook
from anlan.service.patrol.models import Briefing
from anlan.service.places.models import Grid

pytestmark = pytest.mark.django_db
MORNING = "2026-03-01"


def test_a_night_makes_everything_for_the_morning(county, settings, tmp_path):
    """A line and files for each method, or why not; the outlook holds a week's level; a briefing is made."""
    grids = list(Grid.objects.order_by("code"))
    HistoryStore(settings.HISTORY_DIR).write(COUNTY[:6], rows(200, grids, 2, "a"))
    asked = ["night", "--county", COUNTY, "--date", MORNING, "--out", str(tmp_path / "night")]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    told = [line.split()[0] for line in result.output.splitlines()]
    assert told[:-1] == [*METHODS, "outlook", "briefing"]
    ahead = pl.read_parquet(tmp_path / "night" / f"outlook-990101-{MORNING}.parquet")
    assert ahead.select(pl.col("days_7").sum()).item() == pytest.approx(7 * 8, rel=0.1)
    assert ahead.select(pl.sum_horizontal("00-08", "08-16", "16-24").sum()).item() == pytest.approx(
        8, rel=0.3
    )
    assert set(ahead["type"]) == {"theft-other", "burglary"}
    assert Briefing.objects.get().date.isoformat() == MORNING
    assert len(list((tmp_path / "night").glob("*.pdf"))) == 1


def test_a_type_that_knows_only_its_days_has_even_shifts(county, settings):
    """It is among the most frequent by day and not by shift, which once was a missing key."""
    grids = list(Grid.objects.order_by("code"))
    some = rows(200, grids, 1, "a")
    only_days = pl.when(pl.col("type") == "burglary").then(pl.lit("day")).otherwise("precision")
    HistoryStore(settings.HISTORY_DIR).write(COUNTY[:6], some.with_columns(only_days.alias("precision")))
    question = Question(date(2025, 9, 1), date(2026, 3, 1))
    found = pl.concat(outlook(Inputs(Ground(county), question))).filter(pl.col("type") == "burglary")
    assert found["00-08"].to_list() == pytest.approx(found["16-24"].to_list())


def test_an_unknown_language_is_told_in_a_line(county, tmp_path):
    """Nothing is made, and what was expected is said."""
    asked = ["night", "--county", COUNTY, "--date", MORNING, "--out", str(tmp_path), "--language", "xx"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 1
    assert "expected en, zh-hans" in result.output
