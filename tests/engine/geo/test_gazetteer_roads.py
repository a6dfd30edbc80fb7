"""Streets and crossings out of a road graph."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from anlan.engine.geo.gazetteer import Gazetteer, crossings, streets
from anlan.engine.geo.roads import RoadGraph
from anlan.engine.geo.roads.links import RoadLinks
from anlan.gateway.roads import read

DATA = Path(os.environ.get("ANLAN_SHARED_DATA") or Path(__file__).resolve().parents[4] / "shared/data")
STEP = 0.001  # about 100 m


def graph(points: list[tuple[float, float]], edges: list[tuple[int, int, str]]) -> RoadGraph:
    """Roads of both directions between points, each with a name."""
    names = ("", *dict.fromkeys(name for *_ends, name in edges if name))
    both = [(tail, head, name) for a, b, name in edges for tail, head in ((a, b), (b, a))]
    lon, lat = np.array(points).T
    length = [111_000 * float(np.hypot(*(np.subtract(points[a], points[b])))) for a, b, _name in both]
    return RoadGraph.from_links(
        RoadLinks(
            node_lon=lon, node_lat=lat,
            tail=np.array([a for a, _b, _n in both], np.int32),
            head=np.array([b for _a, b, _n in both], np.int32),
            length_m=np.array(length, np.float32),
            speed_mps=np.full(len(both), 10.0, np.float32),
            road_class=np.zeros(len(both), np.uint8),
            name=np.array([names.index(name) for *_e, name in both], np.int32),
            names=names,
        )
    )  # fmt: skip


CROSS = graph(
    [(0, 0), (STEP, 0), (2 * STEP, 0), (STEP, STEP), (0.5, 0.5), (0.5 + STEP, 0.5)],
    [(0, 1, "East"), (1, 2, "East"), (1, 3, "North"), (4, 5, "East"), (2, 3, "")],
)


def test_a_name_borne_far_apart_is_two_streets() -> None:
    """Pieces of one name that lie kilometres apart are streets of their own, each with its length once."""
    found = [street for street in streets(CROSS) if street.name == "East"]
    assert sorted(round(street.metres, -1) for street in found) == [110, 220]


def test_the_pin_of_a_street_lies_on_it() -> None:
    """A street is stood for by its node nearest to its middle."""
    long = max(streets(CROSS), key=lambda street: street.metres)
    assert (long.lon, long.lat) == (STEP, 0)


def test_streets_that_meet_cross_once() -> None:
    """A node that two names share is their crossing; roads without a name cross nothing."""
    assert [(c.name, c.other, c.lon, c.lat) for c in crossings(CROSS)] == [("East", "North", STEP, 0)]


def test_two_carriageways_make_one_crossing() -> None:
    """Meetings a few metres apart are one crossing."""
    wide = graph(
        [(0, 0), (0, 0.0002), (STEP, 0), (STEP, 0.0002), (0, -STEP)],
        [(0, 2, "Broad"), (1, 3, "Broad"), (0, 1, "Side"), (4, 0, "Side")],
    )
    assert len(crossings(wide)) == 1


def test_roads_without_names_make_no_entries() -> None:
    """Nothing to search is no error."""
    bare = graph([(0, 0), (STEP, 0)], [(0, 1, "")])
    assert (streets(bare), crossings(bare)) == ([], [])
    assert Gazetteer([]).search("East") == []


@pytest.mark.realdata
def test_san_francisco_knows_its_corners() -> None:
    """On the real streets every crossing is found by its two names in either order."""
    folder = DATA / "sf"
    if not folder.exists():
        pytest.skip(f"no public data at {folder}")
    city = RoadGraph.from_links(read(folder / "roads_ne_links.csv", folder / "roads_ne_nodes.csv").links)
    corners = crossings(city)
    known = Gazetteer([*streets(city), *corners])
    missed = [
        (corner.name, corner.other)
        for corner in corners[::10]
        for said in (f"{corner.name} & {corner.other}", f"{corner.other} and {corner.name}")
        if (corner.name, corner.other) not in {(hit.name, hit.other) for hit in known.search(said)}
    ]
    assert missed == []
