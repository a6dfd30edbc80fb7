"""Map matching by Valhalla: recorded positions to the edges that were driven."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest

from anlan.engine.geo.roads import Bends, HourClass, RoadGraph, Turns, road_links, route
from anlan.engine.geo.roads.connect import largest_part
from anlan.gateway.roads import read
from anlan.gateway.roads.matching import Fixes, Matcher, build_tiles, decoded
from anlan.gateway.roads.osmfile import write_osm

if TYPE_CHECKING:
    from pathlib import Path

METRE = 1 / 111_195


def town() -> RoadGraph:
    """A grid of 5 × 5 places, 200 m apart at the equator; row 2 is one-way eastward, one street is bent."""
    place = np.arange(25)
    east = [(p, p + 1) for p in place if p % 5 < 4]
    north = [(p, p + 5) for p in place if p < 20]
    pairs = [*east, *north, *((b, a) for a, b in (*east, *north) if not (a // 5 == b // 5 == 2))]
    tail, head = (np.array(column) for column in zip(*pairs, strict=True))
    of = np.where((tail == 0) & (head == 1), 1, np.where((tail == 1) & (head == 0), -1, 0))
    step = 200 * METRE
    bends = Bends.from_points(of, [0, 1], [step / 2], [-step / 4], ([0.0], [0.0]))
    return RoadGraph.from_links(
        road_links(
            place % 5 * step, place // 5 * step, tail, head, np.where(of != 0, 224.0, 200.0),
            np.full(len(tail), 10.0), name=np.ones(len(tail)), names=("", "人民路"), bends=bends,
            turns=Turns.of([(int(np.flatnonzero((tail == 5) & (head == 6))[0]),
                             int(np.flatnonzero((tail == 6) & (head == 11))[0]))]),
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> RoadGraph:
    """The town, once."""
    return town()


@pytest.fixture(scope="module")
def matcher(graph: RoadGraph, tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """Tiles of the town."""
    return Matcher(graph, tmp_path_factory.mktemp("tiles"))


def driven(
    graph: RoadGraph, source: int, target: int, seed: int, noise_m: float = 4.0
) -> tuple[Fixes, list[int]]:
    """A fix every three seconds along the fastest way but its ends, off by metres, and the way's edges."""
    way = route(graph, source, target, HourClass.NIGHT)
    assert way is not None
    second = np.arange(7.0, way.seconds - 7.0, 3.0)
    lon, lat = (np.interp(second, way.passed_s, axis) for axis in zip(*way.coordinates, strict=True))
    off = np.random.default_rng(seed).normal(0, noise_m * METRE, (2, len(second)))
    return Fixes(lon + off[0], lat + off[1], 1e9 + second, np.full(len(second), noise_m)), list(way.edges)


@pytest.mark.parametrize(("source", "target"), [(0, 24), (20, 4), (10, 14), (2, 22), (1, 0)])
def test_the_way_driven_comes_back(graph: RoadGraph, matcher: Matcher, source: int, target: int) -> None:
    """Every edge of the way, in its direction, along bends and one-way streets; its metres within 40."""
    fixes, edges = driven(graph, source, target, source + target)
    found = matcher.match(fixes)
    assert found.parts == (tuple(edges),)
    metres = graph.length_m[edges].sum() - 10 * (7 + 7)
    assert found.metres == pytest.approx(metres, abs=40)
    assert len(found.fix_edge) == len(fixes.lon)
    assert all(off is not None and off < 25 for off in found.fix_off_m)
    assert json.loads(json.dumps(asdict(found)))["metres"] == found.metres


def test_fixes_far_from_every_road_are_no_way(matcher: Matcher) -> None:
    """A kilometre off the map there is nothing to match."""
    far = np.full(5, -0.05)
    with pytest.raises(ValueError, match="no way along the roads"):
        matcher.match(Fixes(far, far, np.arange(5.0)))


def test_tiles_are_built_once(graph: RoadGraph, tmp_path: Path) -> None:
    """A second matcher takes the tiles that are there."""
    Matcher(graph, tmp_path)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.gph")}
    fixes, edges = driven(graph, 0, 24, 1)
    assert set(Matcher(graph, tmp_path).match(fixes).edges) <= set(edges)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.gph")} == stamps


def test_the_file_written_reads_back_as_the_same_roads(graph: RoadGraph, tmp_path: Path) -> None:
    """Places, lengths, directions, bends, names and forbidden turns survive the way through OSM."""
    write_osm(graph, tmp_path / "g.osm.pbf")
    again = RoadGraph.from_links(largest_part(read(tmp_path / "g.osm.pbf").links).links)
    assert (again.nodes, again.edges) == (graph.nodes, graph.edges)
    place, metres = again.snap(graph.node_lon, graph.node_lat)
    assert metres.max() < 0.1
    ends = {(int(place[a]), int(place[b])) for a, b in zip(graph.tail, graph.head, strict=True)}
    assert ends == set(zip(again.tail.tolist(), again.head.tolist(), strict=True))
    assert again.length_km == pytest.approx(graph.length_km, rel=2e-3)
    assert again.names == ("", "人民路")
    assert again.bends is not None
    assert len(again.bends.step) == 1
    assert again.turns is not None
    (turn,) = again.turns.sequences()
    assert [int(again.tail[turn[0]]), *again.head[list(turn)].tolist()] == place[[5, 6, 11]].tolist()


def test_without_valhalla_the_error_says_what_to_install(
    graph: RoadGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Matching is an extra; the rest works without it."""
    monkeypatch.setitem(sys.modules, "valhalla", None)
    with pytest.raises(RuntimeError, match=r"anlan\[matching\]"):
        Matcher(graph, tmp_path)


def test_a_file_that_is_no_osm_builds_no_tiles(tmp_path: Path) -> None:
    """What Valhalla says comes with the file's name."""
    (tmp_path / "bad.osm.pbf").write_bytes(b"nothing of the kind")
    with pytest.raises(RuntimeError, match=r"bad\.osm\.pbf: Valhalla could not build"):
        build_tiles(tmp_path / "bad.osm.pbf", tmp_path / "tiles")


@pytest.mark.parametrize(
    ("lon", "second", "message"),
    [([0.0], [0.0], "at least two"), ([0.0, 0.1], [5.0, 4.0], "fix 1: earlier"),
     ([0.0, 0.1], [0.0], "different"), ([0.0, np.nan], [0.0, 1.0], "finite")],
)  # fmt: skip
def test_bad_fixes_are_refused(lon: list[float], second: list[float], message: str) -> None:
    """Each error says what is wrong."""
    with pytest.raises(ValueError, match=message):
        Fixes(np.array(lon), np.array(lon), np.array(second))


def test_polylines_are_decoded() -> None:
    """Google's published example, in six digits instead of five."""
    expected = np.array([[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]]) / 10
    np.testing.assert_allclose(decoded("_p~iF~ps|U_ulLnnqC_mqNvxq`@"), expected)


@pytest.mark.realdata
def test_traces_of_hof_are_matched_to_their_true_routes(shared_data: Path, tmp_path: Path) -> None:
    """Of every twentieth track over 94 % of the true route is matched; under 3 % of the match is wrong."""
    from bench.hof import hof, shares

    graph, true = hof(shared_data / "gps")
    right, wrong, judged, _ = shares(Matcher(graph, tmp_path), true, every=20)
    assert judged >= 10
    assert right > 0.94
    assert wrong < 0.03
