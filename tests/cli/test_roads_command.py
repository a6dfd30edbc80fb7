"""`anlan import roads` from CSV: turns and waits at lights taken over; `grids make` by roads as they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.factories import COUNTY
from typer.testing import CliRunner

from anlan.cli import app
from anlan.cli.places import street_lines
from anlan.engine.geo.roads import HourClass
from anlan.service.places.network import base_graph

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
COUNTY6 = COUNTY[:6]
NODES = "node_id,lon,lat\na,106,29\nb,106.01,29\nc,106.02,29\nd,106.01,29.01\n"
LINKS = """from,to,length_m,freespeed_mps,signals,geometry
a,b,1000,10,1,
b,a,1000,10,0,
b,c,1400,10,0,"LINESTRING (106.01 29, 106.015 29.005, 106.02 29)"
c,b,1400,10,0,"LINESTRING (106.02 29, 106.015 29.005, 106.01 29)"
b,d,1100,10,0,
d,b,1100,10,0,
c,d,1500,10,0,
d,c,1500,10,0,
"""


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    """A triangle of roads with a spur, one of them bent, one with a traffic light."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "nodes.csv").write_text(NODES, encoding="utf-8")
    (tmp_path / "links.csv").write_text(LINKS, encoding="utf-8")
    return tmp_path


def run(files: Path, *more: str, links: str = "links.csv") -> Any:
    """Import the roads with some more options."""
    nodes = ["--nodes", str(files / "nodes.csv")]
    return CliRunner().invoke(
        app, ["import", "roads", str(files / links), *nodes, "--county", COUNTY6, *more]
    )


def test_forbidden_turns_are_observed(files: Path) -> None:
    """Not from a over b to c: one goes round by d."""
    (files / "turns.csv").write_text("from,via,to\na,b,c\n", encoding="utf-8")
    before = run(files)
    assert before.exit_code == 0, before.output
    plain = base_graph(COUNTY6)
    assert run(files, "--turns", str(files / "turns.csv")).exit_code == 0
    turned = base_graph(COUNTY6)
    assert plain is not None
    assert turned is not None
    (a,), (c,) = (turned.snap([lon], [29.0])[0] for lon in (106.0, 106.02))
    assert turned.times([a], [c])[0, 0] > plain.times([a], [c])[0, 0] + 100


def test_turns_that_would_cut_places_off_are_told(files: Path) -> None:
    """Without the turn nobody could leave a: it is not observed, and the command says so."""
    (files / "turns.csv").write_text("from,via,to\na,b,c\na,b,d\n", encoding="utf-8")
    result = run(files, "--turns", str(files / "turns.csv"))
    assert result.exit_code == 0, result.output
    assert "forbidden turns are not observed" in result.output
    assert "forbidden turns are not observed" not in run(files).output


def test_turns_are_for_csv_links_only(files: Path) -> None:
    """Beside an OSM file they are refused, with the reason."""
    (files / "turns.csv").write_text("from,via,to\na,b,c\n", encoding="utf-8")
    (files / "town.osm").write_text("<osm/>", encoding="utf-8")
    result = run(files, "--turns", str(files / "turns.csv"), links="town.osm")
    assert result.exit_code == 1
    assert "--turns turns.csv: for a CSV of links only" in result.output


def test_waits_at_lights_come_with_the_factors(files: Path) -> None:
    """The file's wait by night counts at the light, elsewhere the default."""
    (files / "factors.toml").write_text("[night]\ntraffic_light = 3\nother = 1.0\n", encoding="utf-8")
    assert run(files, "--factors", str(files / "factors.toml")).exit_code == 0
    graph = base_graph(COUNTY6)
    assert graph is not None
    assert graph.waits is not None
    lit = np.flatnonzero(graph.signals)
    assert graph.waits[HourClass.NIGHT] == 3
    assert graph.edge_seconds(HourClass.NIGHT)[lit] == pytest.approx([103.0])


def test_street_lines_run_as_the_roads_do(files: Path) -> None:
    """Each road once, the bent one with its bend."""
    assert run(files).exit_code == 0
    lines = street_lines(COUNTY6, None, None)
    assert len(lines) == 4
    bent = next(line for line in lines if len(line.coords) == 3)
    assert bent.coords[1] == pytest.approx((106.015, 29.005), abs=1e-6)


def test_street_lines_without_roads_are_refused(files: Path) -> None:
    """The message says what to do."""
    with pytest.raises(ValueError, match="import roads first"):
        street_lines(COUNTY6, None, None)
