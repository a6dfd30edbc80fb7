"""Turn restrictions, traffic lights, roundabouts and bends: from OSM and from tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from anlan.engine.geo.roads import HourClass, RoadGraph, road_lines
from anlan.engine.geo.roads.connect import largest_part
from anlan.gateway.roads import CAR, EMERGENCY, Profile, RoadsRead, read
from anlan.gateway.roads.restrictions import OTHERS, TIMED, UNREADABLE, binding

if TYPE_CHECKING:
    from pathlib import Path

Tags = dict[str, str]
# A cross: the node 1 in the middle, arms 2 (west), 3 (south), 4 (east), 5 (north); ways 12, 13, 14, 15.
PLACES = {1: (0.0, 0.0), 2: (-0.001, 0.0), 3: (0.0, -0.001), 4: (0.001, 0.0), 5: (0.0, 0.001)}
ARMS = {12: [2, 1], 13: [3, 1], 14: [1, 4], 15: [1, 5]}


def document(
    relations: list[tuple[Tags, list[tuple[str, str, int]]]],
    node_tags: dict[int, Tags] | None = None,
    ways: dict[int, list[int]] | None = None,
    way_tags: dict[int, Tags] | None = None,
) -> str:
    """An OSM document of the cross (or other ways), with relations as (tags, members)."""

    def tags(of: Tags) -> str:
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in of.items())

    lines = [
        f'<node id="{n}" version="1" lon="{x}" lat="{y}">{tags((node_tags or {}).get(n, {}))}</node>'
        for n, (x, y) in PLACES.items()
    ]
    for way, refs in (ways or ARMS).items():
        members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        own = tags({"highway": "residential"} | (way_tags or {}).get(way, {}))
        lines.append(f'<way id="{way}" version="1">{members}{own}</way>')
    for number, (of, members) in enumerate(relations, 1):
        inside = "".join(f'<member type="{kind}" role="{role}" ref="{ref}"/>' for kind, role, ref in members)
        lines.append(f'<relation id="{number}" version="1">{inside}{tags(of)}</relation>')
    return f'<?xml version="1.0"?><osm version="0.6">{"".join(lines)}</osm>'


def read_text(folder: Path, text: str, profile: Profile = EMERGENCY) -> RoadsRead:
    """Read a document as a file."""
    path = folder / "roads.osm"
    path.write_text(text, encoding="utf-8")
    return read(path, profile=profile)


def sign(kind: str, from_: int = 12, to: int = 15, **more: str) -> tuple[Tags, list[tuple[str, str, int]]]:
    """A restriction at node 1 from a way to a way."""
    members = [("way", "from", from_), ("node", "via", 1), ("way", "to", to)]
    return {"type": "restriction", "restriction": kind, **more}, members


def forbidden(found: RoadsRead) -> set[tuple[int, ...]]:
    """Forbidden sequences as the OSM nodes that one drives through."""
    links = found.links
    if links.turns is None:
        return set()
    number = {place: node for node, place in PLACES.items()}
    places = zip(links.node_lon.tolist(), links.node_lat.tolist(), strict=True)
    node = [number[lon, lat] for lon, lat in places]
    return {
        (node[links.tail[path[0]]], *(node[links.head[link]] for link in path))
        for path in links.turns.sequences()
    }


def test_no_and_only(tmp_path: Path) -> None:
    """No left turn forbids one way on, only straight on all others, turning round among them."""
    assert forbidden(read_text(tmp_path, document([sign("no_left_turn")]))) == {(2, 1, 5)}
    only = read_text(tmp_path, document([sign("only_straight_on", to=14)]))
    assert forbidden(only) == {(2, 1, 5), (2, 1, 3), (2, 1, 2)}
    u_turn = read_text(tmp_path, document([sign("no_u_turn", to=12)]))
    assert forbidden(u_turn) == {(2, 1, 2)}


def test_several_ways_in_or_out(tmp_path: Path) -> None:
    """A sign `no_entry` names several ways from which one may not enter."""
    members = [("way", "from", 12), ("way", "from", 13), ("node", "via", 1), ("way", "to", 15)]
    found = read_text(tmp_path, document([({"type": "restriction", "restriction": "no_entry"}, members)]))
    assert forbidden(found) == {(2, 1, 5), (3, 1, 5)}


def test_via_a_way(tmp_path: Path) -> None:
    """From the west over the short way 11 to the north: forbidden as a whole only."""
    ways = {12: [2, 1], 13: [3, 1], 16: [1, 4], 15: [4, 5]}
    members = [("way", "from", 12), ("way", "via", 16), ("way", "to", 15)]
    for kind, expected in (("no_u_turn", {(2, 1, 4, 5)}), ("only_left_turn", {(2, 1, 4, 1)})):
        relation = ({"type": "restriction", "restriction": kind}, members)
        assert forbidden(read_text(tmp_path, document([relation], ways=ways))) == expected


def test_a_driver_gets_around_what_is_forbidden(tmp_path: Path) -> None:
    """The graph built from the file takes the longer way."""
    graph = RoadGraph.from_links(read_text(tmp_path, document([sign("no_left_turn")])).links)
    (west, north), _ = graph.snap([-0.001, 0.0], [0.0, 0.001])
    free = RoadGraph.from_links(read_text(tmp_path, document([])).links)
    bound, there = (float(one.times([west], [north], HourClass.NIGHT)[0, 0]) for one in (graph, free))
    assert bound == pytest.approx(2 * there, rel=1e-3)


@pytest.mark.parametrize(
    ("tags", "emergency", "car"),
    [
        ({"restriction": "no_left_turn"}, False, False),
        ({"restriction": "only_left_turn"}, True, True),
        ({"restriction": "no_left_turn", "except": "emergency"}, OTHERS, False),
        ({"restriction": "no_left_turn", "except": "bicycle;psv"}, OTHERS, False),
        ({"restriction": "no_left_turn", "except": "hgv; motorcar"}, OTHERS, OTHERS),
        ({"restriction:hgv": "no_left_turn"}, OTHERS, OTHERS),
        ({"restriction:motorcar": "no_left_turn"}, False, False),
        ({"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"}, TIMED, TIMED),
        ({"restriction": "no_left_turn", "hour_on": "07:00", "hour_off": "09:00"}, TIMED, TIMED),
        ({"restriction": "give_way"}, UNREADABLE, UNREADABLE),
    ],
)
def test_whom_a_restriction_binds(tags: Tags, emergency: bool | str, car: bool | str) -> None:
    """Exceptions free the driver they name; restrictions at certain times only are passed over."""
    assert (binding(tags, EMERGENCY), binding(tags, CAR)) == (emergency, car)


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (sign("no_left_turn", to=99), "turn restrictions of roads not driven"),
        (sign("only_left_turn", to=99), "turn restrictions of roads not driven"),
        (sign("only_left_turn", from_=15, to=15), None),
        (sign("no_left_turn", **{"except": "emergency"}), OTHERS),
        (({"type": "restriction", "restriction": "no_left_turn"}, [("way", "from", 12)]), UNREADABLE),
    ],
)
def test_what_is_passed_over_is_counted(
    tmp_path: Path, relation: tuple[Tags, list[tuple[str, str, int]]], reason: str | None
) -> None:
    """Each restriction that is not observed has its reason."""
    found = read_text(tmp_path, document([relation]))
    assert found.passed_over == ({} if reason is None else {reason: 1})


def test_a_way_that_passes_through_is_ambiguous(tmp_path: Path) -> None:
    """Where the way of `from` runs through the junction nobody knows which side is meant."""
    ways = {12: [2, 1, 4], 13: [3, 1], 15: [1, 5]}
    found = read_text(tmp_path, document([sign("no_left_turn")], ways=ways))
    assert found.passed_over == {"turn restrictions that do not fit the roads": 1}


def test_a_restriction_that_cuts_a_street_off_is_dropped(tmp_path: Path) -> None:
    """Nobody could enter the north arm: it stays in the network, and one restriction is counted."""
    rows = [
        sign("no_left_turn"),
        sign("no_straight_on", 13),
        sign("no_right_turn", 14),
        sign("no_u_turn", 15),
    ]
    connected = largest_part(read_text(tmp_path, document(rows)).links)
    graph = RoadGraph.from_links(connected.links)
    assert graph.nodes == 5
    assert np.isfinite(graph.times(range(5), range(5))).all()
    assert connected.dropped_turns == 4


def test_traffic_lights_are_met_where_a_link_ends(tmp_path: Path) -> None:
    """A light at the junction is met by who arrives; one before it on the way only in its direction."""
    lights: dict[int, Tags] = {1: {"highway": "traffic_signals"}}
    links = read_text(tmp_path, document([], lights)).links
    assert links.signals is not None
    number = {place: node for node, place in PLACES.items()}
    head = [number[float(links.node_lon[n]), float(links.node_lat[n])] for n in links.head]
    assert links.signals.tolist() == [int(node == 1) for node in head]
    one_sided = {4: {"highway": "traffic_signals", "traffic_signals:direction": "backward"}}
    bent = read_text(tmp_path, document([], one_sided, {14: [1, 4, 5]})).links
    assert bent.signals is not None
    assert dict(zip(bent.node_lat[bent.head].tolist(), bent.signals.tolist(), strict=True)) == {
        0.001: 0,
        0.0: 1,
    }


def test_waits_are_editable_and_none_without_lights(tmp_path: Path) -> None:
    """Two seconds a light as read; as many as the county says."""
    links = read_text(tmp_path, document([], {1: {"highway": "traffic_signals"}})).links
    graph = RoadGraph.from_links(links)
    plain = RoadGraph.from_links(read_text(tmp_path, document([])).links)
    (west, middle), _ = graph.snap([-0.001, 0.0], [0.0, 0.0])
    free = float(plain.times([west], [middle])[0, 0])
    assert float(graph.times([west], [middle])[0, 0]) == pytest.approx(free + 2.0)
    assert float(graph.times([middle], [west])[0, 0]) == pytest.approx(free)
    patient = graph.with_factors(graph.factors, waits=np.array([0.0, 20.0, 30.0], np.float32))
    assert float(patient.times([west], [middle])[0, 0]) == pytest.approx(free + 20.0)


def test_roundabouts_are_marked(tmp_path: Path) -> None:
    """Every link of a way tagged so, and no other."""
    ways = {12: [2, 1], 20: [1, 3, 4, 1], 15: [4, 5]}
    links = read_text(tmp_path, document([], None, ways, {20: {"junction": "roundabout"}})).links
    assert links.roundabout is not None
    assert int(links.roundabout.sum()) == 3 - 1
    assert links.links == 2 + 2 + 2


def test_points_between_junctions_are_kept_once(tmp_path: Path) -> None:
    """A bent way gives two links over one shape; drawn, it runs through its bend."""
    found = read_text(tmp_path, document([], ways={12: [2, 1, 5]}))
    bends = found.links.bends
    assert bends is not None
    assert sorted(bends.of.tolist()) == [-1, 1]
    assert len(bends.step) == 1
    (line,) = road_lines(RoadGraph.from_links(found.links)).shapes
    expected = shapely.LineString([PLACES[2], PLACES[1], PLACES[5]])
    assert shapely.hausdorff_distance(line, expected) < 2e-6


def test_a_street_that_is_a_loop_stays_reachable(tmp_path: Path) -> None:
    """A loop from a junction back to itself is cut in two: its far side is a place of its own."""
    found = read_text(tmp_path, document([], ways={12: [2, 1], 16: [1, 3, 4, 5, 1]}))
    graph = RoadGraph.from_links(largest_part(found.links).links)
    assert graph.nodes == 3
    assert graph.length_km == pytest.approx(0.111195 * (1 + 2 + 2 * np.sqrt(2)), rel=1e-3)


NODES = "node_id,lon,lat\na,0.0,0.0\nb,0.001,0.0\nc,0.001,0.001\n"
LINKS = (
    "from,to,length_m,freespeed_mps,signals,geometry\n"
    'a,b,120,10,1,"LINESTRING (0 0, 0.0005 0.0002, 0.001 0)"\n'
    'b,a,120,10,,"LINESTRING (0.001 0, 0.0005 0.0002, 0 0)"\n'
    "b,c,111,10,0,\nc,b,111,10,2,\na,c,200,10,,\nc,a,200,10,,\n"
)


def read_csv(folder: Path, links: str, turns: str | None = None) -> RoadsRead:
    """Read the tables as files."""
    (folder / "links.csv").write_text(links, encoding="utf-8")
    (folder / "nodes.csv").write_text(NODES, encoding="utf-8")
    if turns is not None:
        (folder / "turns.csv").write_text(turns, encoding="utf-8")
    return read(folder / "links.csv", folder / "nodes.csv", turns=folder / "turns.csv" if turns else None)


def test_tables_may_hold_lights_lines_and_turns(tmp_path: Path) -> None:
    """Columns `signals` and `geometry`, and a file of turns; a line and its reverse are one shape."""
    found = read_csv(tmp_path, LINKS, "from,via,to\na,b,c\n")
    links = found.links
    assert links.signals is not None
    assert links.signals.tolist() == [1, 0, 0, 2, 0, 0]
    assert links.bends is not None
    assert links.bends.of.tolist() == [1, -1, 0, 0, 0, 0]
    assert links.turns is not None
    assert links.turns.sequences() == [(0, 2)]
    only = read_csv(tmp_path, LINKS, "from,via,to,kind\na,b,a,only\n").links.turns
    assert only is not None
    assert only.sequences() == [(0, 2)]
    assert read_csv(tmp_path, LINKS).links.turns is None
    plain = "\n".join(line.split(",")[0:4] and ",".join(line.split(",")[:4]) for line in LINKS.splitlines())
    bare = read_csv(tmp_path, plain).links
    assert (bare.signals, bare.bends) == (None, None)


def test_turns_without_their_roads_are_counted(tmp_path: Path) -> None:
    """A row whose links are not there, since they are not for cars, forbids nothing."""
    few = "\n".join(LINKS.splitlines()[:4]) + "\n"
    assert read_csv(tmp_path, few, "from,via,to\na,c,b\n").passed_over == {"turns of roads not driven": 1}


@pytest.mark.parametrize(
    ("links", "turns", "message"),
    [
        (LINKS, "from,via,to\na,b,z\n", r"turns\.csv row 2: from, via or to is no node"),
        (LINKS, "from,via,to,kind\na,b,c,never\n", r"turns\.csv row 2: kind 'never'"),
        (LINKS, "from,to\na,b\n", r"turns\.csv: no column via"),
        (LINKS.replace("10,1,", "10,-1,"), None, r"links\.csv row 2: signals"),
        (LINKS.replace("10,1,", "10,many,"), None, r"links\.csv row 2: signals"),
        (LINKS.replace("LINESTRING (0 0,", "LINE (0 0,"), None, r"links\.csv row 2: geometry is no LINE"),
        (LINKS.replace("LINESTRING (0 0,", "LINESTRING (1 0,"), None, r"links\.csv row 2: .*not run"),
    ],
)  # fmt: skip
def test_bad_parts_of_tables_are_refused_by_row(
    tmp_path: Path, links: str, turns: str | None, message: str
) -> None:
    """File, row and reason."""
    with pytest.raises(ValueError, match=message):
        read_csv(tmp_path, links, turns)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "turns", "signals"),
    [("portland/portland-central-filtered.osm.pbf", 300, 500)],
)
def test_real_restrictions_are_observed(shared_data: Path, file: str, turns: int, signals: int) -> None:
    """Real extracts carry hundreds; few are dropped, none is taken on any fastest way."""
    from anlan.engine.geo.roads.routing import routes

    connected = largest_part(read(shared_data / file).links)
    links = connected.links
    assert links.turns is not None
    assert links.signals is not None
    assert len(links.turns) >= turns
    assert connected.dropped_turns <= 0.05 * len(links.turns)
    assert int(links.signals.sum()) >= signals
    graph = RoadGraph.from_links(links)
    assert graph.turns is not None
    banned = set(graph.turns.sequences())
    nodes = np.random.default_rng(1).integers(0, graph.nodes, 40)
    for found in routes(graph, int(graph.tail[graph.turns.link[0]]), nodes):
        assert found is not None
        assert banned.isdisjoint(zip(found.edges, found.edges[1:], strict=False))
