"""The road network in use: file, row and log entry change together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from anlan.cli import app
from anlan.engine.geo.roads import RoadGraph, road_links
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.places.models import RoadNetwork
from anlan.service.places.network import road_graph, store_network, warm
from anlan.service.staff.models import Account

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoCaptureOnCommitCallbacks

COUNTY = "990101"


def graph(links: int = 2) -> RoadGraph:
    """A small network of two-way roads."""
    tail, head = list(range(links)), list(range(1, links + 1))
    return RoadGraph.from_links(
        road_links(
            [106 + row / 100 for row in range(links + 1)],
            [29.0] * (links + 1),
            tail + head,
            head + tail,
            [900.0] * (2 * links),
            [10.0] * (2 * links),
        )
    )


def files(settings: object) -> list[str]:
    """Files in the folder of roads."""
    return sorted(path.name for path in Path(settings.ROADS_DIR).iterdir())  # type: ignore[attr-defined]


def test_a_county_without_roads_has_no_graph(db: None) -> None:
    """Nothing imported is None, not an error."""
    assert road_graph(COUNTY) is None


def test_storing_puts_the_graph_in_use(db: None) -> None:
    """Row, file and log entry tell the same."""
    network = store_network(COUNTY, graph(), "county.osm", None)
    loaded = road_graph(COUNTY)
    assert loaded is not None
    assert (network.nodes, network.edges) == (loaded.nodes, loaded.edges) == (3, 4)
    event = Event.objects.get(verb=Verb.ROADS_IMPORTED)
    assert event.data == {"source": "county.osm", "nodes": 3, "edges": 4, "length_km": 1.8}
    assert road_graph(COUNTY) is loaded


def test_a_second_import_replaces_the_first(
    db: None, settings: object, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """One row and one file per county; whoever still holds the old graph can go on using it."""
    store_network(COUNTY, graph(), "a.osm", None)
    old = road_graph(COUNTY)
    with django_capture_on_commit_callbacks(execute=True):
        network = store_network(COUNTY, graph(3), "b.osm", None)
    assert files(settings) == [network.file]
    assert RoadNetwork.objects.count() == 1
    assert road_graph(COUNTY).nodes == 4  # type: ignore[union-attr]
    assert old is not None
    assert old.times([0], [2]).shape == (1, 1)


def test_leftovers_of_killed_imports_are_removed(
    db: None, settings: object, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Old files that no row names go with the next import; a fresh one may belong to an import under way."""
    folder = Path(settings.ROADS_DIR)  # type: ignore[attr-defined]
    folder.mkdir(parents=True)
    for name in (
        f"{COUNTY}-old.roads",
        f".{COUNTY}-old.roads.1.part",
        f"{COUNTY}-new.roads",
        "990102-old.roads",
    ):
        (folder / name).write_bytes(b"")
    for name in (f"{COUNTY}-old.roads", f".{COUNTY}-old.roads.1.part", "990102-old.roads"):
        os.utime(folder / name, (0, 0))
    with django_capture_on_commit_callbacks(execute=True):
        network = store_network(COUNTY, graph(), "a.osm", None)
    assert files(settings) == sorted([network.file, f"{COUNTY}-new.roads", "990102-old.roads"])


def test_a_failure_leaves_the_network_in_use(db: None, settings: object) -> None:
    """When the change cannot be recorded, the old network stays and no file is left behind."""
    network = store_network(COUNTY, graph(), "a.osm", None)
    nobody = Account(username="not in the database")
    with pytest.raises(ValueError, match="unsaved related object"):
        store_network(COUNTY, graph(3), "b.osm", nobody)
    assert files(settings) == [network.file]
    assert RoadNetwork.objects.get().file == network.file
    assert road_graph(COUNTY).nodes == 3  # type: ignore[union-attr]


def test_a_lost_file_is_no_graph(db: None, settings: object) -> None:
    """Somebody deleted the file: the county has no roads until they are imported again."""
    network = store_network(COUNTY, graph(), "a.osm", None)
    (Path(settings.ROADS_DIR) / network.file).unlink()  # type: ignore[attr-defined]
    assert road_graph(COUNTY) is None


def test_warming_makes_the_first_query_ready(db: None) -> None:
    """After warming, the graph in use holds its matrices; a county whose file is lost does not matter."""
    store_network(COUNTY, graph(), "a.osm", None)
    RoadNetwork.objects.create(
        area_code="990102000000",
        file="lost.roads",
        source="x",
        nodes=1,
        edges=0,
        length_km=0,
        imported_at=timezone.now(),
    )
    warm()
    ready = road_graph(COUNTY)
    assert ready is not None
    assert ready.nearest(2, [0], 1)[1].tolist() == pytest.approx([2 * 90 * 1.05])


def test_the_command_imports_and_tells_what_it_left_out(db: None, tmp_path: Path) -> None:
    """`anlan import roads` prints size, what was dropped and where, time and memory."""
    (tmp_path / "nodes.csv").write_text(
        "node_id,lon,lat\na,106,29\nb,106.01,29\nc,106.02,29\n", encoding="utf-8"
    )
    (tmp_path / "links.csv").write_text(
        "from,to,length_m,freespeed_mps,name\na,b,900,10,\nb,a,900,10,\nb,c,400,10,出口路\n", encoding="utf-8"
    )
    result = CliRunner().invoke(
        app,
        [
            "import",
            "roads",
            str(tmp_path / "links.csv"),
            "--nodes",
            str(tmp_path / "nodes.csv"),
            "--county",
            COUNTY,
        ],
    )
    assert result.exit_code == 0, result.output
    assert "2 nodes, 2 directed edges, 0.9 km" in result.output
    assert "1 parts, 0.4 km" in result.output
    assert "出口路" in result.output
    assert road_graph(COUNTY) is not None


def test_the_command_refuses_in_one_sentence(db: None, tmp_path: Path) -> None:
    """A bad file changes nothing and ends with exit code 1."""
    (tmp_path / "bad.osm").write_text("", encoding="utf-8")
    result = CliRunner().invoke(app, ["import", "roads", str(tmp_path / "bad.osm"), "--county", COUNTY])
    assert result.exit_code == 1
    assert "bad.osm: the file is empty" in result.output
    assert RoadNetwork.objects.count() == 0
