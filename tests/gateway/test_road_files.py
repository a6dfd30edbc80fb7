"""Road files: what becomes a link, what does not, and how bad files are refused."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.geo.roads import CLASSES, HourClass, RoadGraph, edited
from anlan.engine.geo.roads.connect import largest_part
from anlan.gateway.roads import CAR, EMERGENCY, RoadsRead, read, read_factors, read_waits, write_factors
from anlan.gateway.roads.tags import directions, parse_limit, road_class, speed_mps, stops

if TYPE_CHECKING:
    from pathlib import Path

Tags = dict[str, str]


def osm(
    ways: list[tuple[list[int], Tags]], node_tags: dict[int, Tags] | None = None, lacking: int = 0
) -> str:
    """An OSM document; node n lies at longitude n/1000 on the equator; the node `lacking` is left out."""

    def tags(of: Tags) -> str:
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in of.items())

    nodes = sorted({node for refs, _ in ways for node in refs} - {lacking})
    lines = [
        f'<node id="{n}" version="1" lon="{n / 1000}" lat="0">{tags((node_tags or {}).get(n, {}))}</node>'
        for n in nodes
    ]
    for number, (refs, of) in enumerate(ways, 1):
        members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{number}" version="1">{members}{tags(of)}</way>')
    return f'<?xml version="1.0"?><osm version="0.6">{"".join(lines)}</osm>'


def read_text(folder: Path, text: str) -> RoadsRead:
    """Read a document as a file."""
    path = folder / "roads.osm"
    path.write_text(text, encoding="utf-8")
    return read(path)


def arrows(found: RoadsRead) -> set[tuple[int, int]]:
    """Directed links as pairs of node numbers (by longitude)."""
    place = np.rint(found.links.node_lon * 1000).astype(int)
    return {(int(place[a]), int(place[b])) for a, b in zip(found.links.tail, found.links.head, strict=True)}


def test_ways_are_split_where_they_meet(tmp_path: Path) -> None:
    """Nodes that only bend a road are no nodes of the graph; its length follows the bends."""
    found = read_text(
        tmp_path,
        osm([([1, 2, 3, 4], {"highway": "residential", "name": "人民路"}), ([3, 9], {"highway": "primary"})]),
    )
    assert arrows(found) == {(1, 3), (3, 1), (3, 4), (4, 3), (3, 9), (9, 3)}
    row = int(np.flatnonzero(found.links.length_m > 0)[0])
    assert found.links.length_m[row] == pytest.approx(2 * 111.195, rel=1e-3)
    assert found.links.names[found.links.name[row]] == "人民路"
    assert CLASSES[found.links.road_class[row]] == "residential"


def test_a_bollard_cuts_a_road_and_a_gate_does_not(tmp_path: Path) -> None:
    """Cars reach the bollard from both sides and pass it from none."""
    way = [([1, 2, 3], {"highway": "residential"})]
    cut = read_text(tmp_path, osm(way, {2: {"barrier": "bollard"}}))
    assert cut.passed_over == {"barriers that stop a car": 1}
    assert cut.links.nodes == 4
    assert RoadGraph.from_links(cut.links).times([0], [3])[0, 0] == np.inf
    assert arrows(read_text(tmp_path, osm(way, {2: {"barrier": "gate"}}))) == {(1, 3), (3, 1)}


def test_a_cut_extract_keeps_its_pieces(tmp_path: Path) -> None:
    """A node that the extract lost ends the road there; the rest stays, and the loss is counted."""
    found = read_text(tmp_path, osm([([1, 2, 3, 4, 5], {"highway": "primary"})], lacking=3))
    assert arrows(found) == {(1, 2), (2, 1), (4, 5), (5, 4)}
    assert found.passed_over == {"nodes that the file lacks": 1}


def test_a_roundabout_is_one_way_and_closed(tmp_path: Path) -> None:
    """Without a oneway tag a roundabout runs along its direction only."""
    ring = ([1, 2, 3, 1], {"highway": "tertiary", "junction": "roundabout"})
    found = read_text(
        tmp_path, osm([ring, ([2, 8], {"highway": "tertiary"}), ([3, 9], {"highway": "tertiary"})])
    )
    assert {(1, 2), (2, 3), (3, 1)} <= arrows(found)
    assert (2, 1) not in arrows(found)


def test_negative_ids_of_unsaved_objects_are_read(tmp_path: Path) -> None:
    """Editors number new objects below zero; such files are read."""
    found = read_text(tmp_path, osm([([-1, -2], {"highway": "primary"})]))
    assert found.links.links == 2


def test_gzip_is_read(tmp_path: Path) -> None:
    """The same document compressed."""
    path = tmp_path / "roads.osm.gz"
    path.write_bytes(gzip.compress(osm([([1, 2], {"highway": "primary"})]).encode()))
    assert read(path).links.links == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"not xml at all", "not a readable OSM file"),
        (osm([([1, 2], {"highway": "primary"})]).encode()[:150], "not a readable OSM file"),
        (osm([([1, 2], {"highway": "footway"})]).encode(), "no road that a car may use"),
        (osm([([1, 2], {"route": "ferry"})]).encode(), "no road that a car may use"),
    ],
)
def test_bad_osm_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Empty, damaged, without roads: each says which file and what."""
    path = tmp_path / "bad.osm"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"bad\.osm.*{message}"):
        read(path)


@pytest.mark.parametrize(
    ("tags", "emergency", "car"),
    [
        ({"highway": "residential"}, "residential", "residential"),
        ({"highway": "service", "access": "private"}, "service", None),
        ({"highway": "residential", "access": "no"}, None, None),
        ({"highway": "residential", "access": "no", "emergency": "yes"}, "residential", "residential"),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, "residential", "residential"),
        ({"highway": "pedestrian"}, "pedestrian", None),
        ({"highway": "busway"}, "busway", None),
        ({"highway": "footway"}, None, None),
        ({"highway": "footway", "emergency": "yes"}, "other", "other"),
        ({"highway": "construction"}, None, None),
        ({"highway": "service", "area": "yes"}, None, None),
        ({"highway": "road"}, "unclassified", "unclassified"),
    ],
)
def test_who_may_drive_where(tags: Tags, emergency: str | None, car: str | None) -> None:
    """A police car enters private ground and pedestrian streets; nobody drives where access is denied."""
    assert (road_class(tags, EMERGENCY), road_class(tags, CAR)) == (emergency, car)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "1"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "reverse"}, (False, True)),
        ({"oneway": "reversible"}, (False, False)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "roundabout", "oneway": "-1"}, (False, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway_link", "oneway": "no"}, (True, True)),
        ({"oneway": "yes", "oneway:emergency": "no"}, (True, True)),
    ],
)
def test_which_way(tags: Tags, expected: tuple[bool, bool]) -> None:
    """One-way rules, said and implied."""
    assert directions(tags) == expected


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("50", 50.0), ("50 km/h", 50.0), ("30 mph", 48.28032), ("30mph", 48.28032), ("CN:urban", 50.0),
        ("DE:zone30", 30.0), ("DE:zone:30", 30.0), ("none", 130.0), ("60;40", 40.0), ("walk", 5.0),
        ("signals", None), ("", None), ("0", None), ("-5", None), ("9999", None), ("50 furlongs", None),
    ],
)  # fmt: skip
def test_posted_limits(text: str, limit: float | None) -> None:
    """Limits as they are written in the world's maps."""
    assert parse_limit(text) == (None if limit is None else pytest.approx(limit))


@given(st.text(max_size=30))
def test_no_limit_breaks_the_reader(text: str) -> None:
    """Whatever somebody wrote gives a sensible limit or none."""
    limit = parse_limit(text)
    assert limit is None or 0 < limit <= 250


def test_each_direction_has_its_own_limit() -> None:
    """Four fifths of the limit of the direction; the class's default where there is none."""
    tags = {"maxspeed": "50", "maxspeed:backward": "30"}
    assert speed_mps(tags, "primary", forward=True) == pytest.approx(40 / 3.6)
    assert speed_mps(tags, "primary", forward=False) == pytest.approx(24 / 3.6)
    assert speed_mps({}, "primary", forward=True) == pytest.approx(65 / 3.6)


def test_barriers() -> None:
    """A bollard stops a car unless the map says that it may pass."""
    assert stops({"barrier": "bollard"})
    assert not stops({"barrier": "bollard", "motor_vehicle": "yes"})
    assert not stops({"barrier": "lift_gate"})


NODES = "node_id,lon,lat\na,106.0,29.0\nb,106.01,29.0\n"
LINKS = "from,to,length_m,freespeed_mps,highway,name\na,b,970,10,primary,A路\nb,a,970,10,primary,A路\n"


def read_csv(folder: Path, links: str, nodes: str) -> RoadsRead:
    """Read two CSV texts as files."""
    (folder / "links.csv").write_text(links, encoding="utf-8")
    (folder / "nodes.csv").write_text(nodes, encoding="utf-8")
    return read(folder / "links.csv", folder / "nodes.csv")


def test_tables_become_links(tmp_path: Path) -> None:
    """Nodes and directed links with class and name."""
    found = read_csv(tmp_path, LINKS, NODES)
    assert arrows(found) == {(106000, 106010), (106010, 106000)}
    assert found.links.names[found.links.name[0]] == "A路"


def test_links_not_for_cars_are_passed_over(tmp_path: Path) -> None:
    """A column of modes keeps trams and paths out."""
    links = 'from,to,length,speed_mps,modes\na,b,9,10,"bus,car"\nb,a,9,10,tram\n'
    found = read_csv(tmp_path, links, NODES)
    assert (found.links.links, found.passed_over) == (1, {"links not for cars": 1})


@pytest.mark.parametrize(
    ("links", "nodes", "message"),
    [
        (LINKS.replace("\nb,a", "\nb,z"), NODES, r"links\.csv row 3: to names node 'z'"),
        (LINKS.replace("\na,b", "\n,b"), NODES, r"links\.csv row 2: from names node None"),
        (LINKS.replace("970", "-1", 1), NODES, r"links\.csv row 2: length_m"),
        (LINKS.replace("970,10", "970,0"), NODES, r"links\.csv row 2, 3: freespeed_mps"),
        (LINKS.replace("970", "far", 1), NODES, r"links\.csv row 2: length_m"),
        (LINKS.replace("length_m", "metres"), NODES, r"links\.csv: no column length_m"),
        ("", NODES, r"links\.csv: the file is empty"),
        (LINKS.splitlines()[0] + "\n", NODES, r"links\.csv: no rows"),
        (LINKS, NODES.replace("106.0,29.0", "29.0,106.0"), r"nodes\.csv row 2: lon, lat .*swapped"),
        (LINKS, NODES + "a,106,29\n", r"nodes\.csv row 2, 4: node_id is there twice"),
        (LINKS, NODES.replace("29.0", "", 1), r"nodes\.csv row 2: lon, lat"),
    ],
)
def test_bad_tables_are_refused_by_row(tmp_path: Path, links: str, nodes: str, message: str) -> None:
    """File, row and reason are in the message."""
    with pytest.raises(ValueError, match=message):
        read_csv(tmp_path, links, nodes)


def test_many_bad_rows_are_counted(tmp_path: Path) -> None:
    """Five rows are named, the others counted."""
    links = "from,to,length_m,freespeed_mps\n" + "a,b,0,10\n" * 9
    with pytest.raises(ValueError, match="row 2, 3, 4, 5, 6 and 4 more"):
        read_csv(tmp_path, links, NODES)


def test_links_without_nodes_are_refused(tmp_path: Path) -> None:
    """The message says which option is missing."""
    (tmp_path / "links.csv").write_text(LINKS, encoding="utf-8")
    with pytest.raises(ValueError, match="--nodes"):
        read(tmp_path / "links.csv")


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """GB18030 bytes are not taken for UTF-8."""
    (tmp_path / "nodes.csv").write_text(NODES, encoding="utf-8")
    (tmp_path / "links.csv").write_bytes(LINKS.replace("A路", "人民路").encode("gb18030"))
    with pytest.raises(ValueError, match="UTF-8"):
        read(tmp_path / "links.csv", tmp_path / "nodes.csv")


def test_factors_from_a_file(tmp_path: Path) -> None:
    """A county's own factors replace the defaults; the others stay."""
    path = tmp_path / "factors.toml"
    path.write_text("[peak]\nprimary = 2.0\n", encoding="utf-8")
    factors = read_factors(path)
    assert factors[HourClass.PEAK, CLASSES.index("primary")] == 2.0
    assert factors[HourClass.NIGHT].tolist() == [1.0] * len(CLASSES)


def test_factors_written_are_read_again(tmp_path: Path) -> None:
    """What a calibration found goes into a file that an import takes; waits at lights are part of it."""
    factors, waits = edited({(HourClass.PEAK, "primary"): 1.75}), np.array([1, 2, 8.5], np.float32)
    write_factors(tmp_path / "factors.toml", factors, waits)
    np.testing.assert_array_equal(read_factors(tmp_path / "factors.toml"), factors)
    np.testing.assert_array_equal(read_waits(tmp_path / "factors.toml"), waits)
    write_factors(tmp_path / "bare.toml", factors)
    assert read_waits(tmp_path / "bare.toml").tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    "text",
    ["[noon]\nprimary = 2", "[peak]\nalley = 2", "[peak]\nprimary = -1", "[peak]\nprimary = 'x'", "=",
     "[peak]\ntraffic_light = -1"],
)  # fmt: skip
def test_wrong_factors_are_refused(tmp_path: Path, text: str) -> None:
    """A factor that would do nothing or harm is an error."""
    path = tmp_path / "factors.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"factors\.toml|road class|factor"):
        read_factors(path)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "nodes", "least_km", "name"),
    [
        ("sf/roads_ne_links.csv", "sf/roads_ne_nodes.csv", 500, "Green Street"),
        ("portland/portland-central-filtered.osm.pbf", None, 700, None),
        ("roads/liechtenstein-latest.osm.pbf", None, 409, "Planknerstrasse"),
        ("roads/monaco.osm.gz", None, 50, "Boulevard d'Italie"),
        ("roads/columbus-otp.osm.pbf", None, 3500, "North High Street"),
        ("china/nantong_small.osm", None, 8, None),
        ("china/jiangxi_yingtan_guixi.osm", None, 90, "冶金大道"),
    ],
)
def test_real_networks_hang_together(
    shared_data: Path, file: str, nodes: str | None, least_km: float, name: str | None
) -> None:
    """Real files of every kind give one network of about the known length with their street names."""
    connected = largest_part(read(shared_data / file, shared_data / nodes if nodes else None).links)
    assert connected.kept_km >= least_km
    assert connected.kept_km > 4 * connected.dropped_km
    assert name is None or name in connected.links.names
    graph = RoadGraph.from_links(connected.links)
    assert np.isfinite(graph.times([0], range(graph.nodes))).all()
