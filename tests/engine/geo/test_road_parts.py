"""Keeping the part of a network that hangs together."""

import numpy as np
import pytest

from anlan.engine.geo.roads import RoadLinks, road_links
from anlan.engine.geo.roads.connect import largest_part


def ring_and_island(island: float) -> RoadLinks:
    """A one-way ring of 3 × 1 km, an exit of 500 m from it, and an island road of the given length."""
    tail, head = [0, 1, 2, 0, 4, 5], [1, 2, 0, 3, 5, 4]
    length = [1000, 1000, 1000, 500, island, island]
    return road_links(
        np.arange(6) * 0.01 + 106, np.full(6, 29.0), tail, head, length, np.full(6, 10.0),
        name=[0, 0, 0, 1, 2, 2], names=("", "出口路", "岛路"),
    )  # fmt: skip


def test_the_rest_is_listed_with_size_and_place() -> None:
    """Dropped parts come longest first, two-way roads counted once, an exit counted with its dead end."""
    connected = largest_part(ring_and_island(800))
    assert connected.links.nodes == 3
    assert connected.kept_km == pytest.approx(3)
    assert [(part.name, round(part.km, 3), part.links) for part in connected.dropped] == [
        ("岛路", 0.8, 2),
        ("出口路", 0.5, 1),
    ]
    assert connected.dropped[0].lon == pytest.approx(106.04)
    assert connected.kept_km + connected.dropped_km == pytest.approx(4.3)


def test_a_network_in_pieces_is_refused() -> None:
    """When the largest part holds under half the length, the import stops and says so."""
    with pytest.raises(ValueError, match=r"3\.0 of 9\.5 km \(32%"):
        largest_part(scattered())


def scattered() -> RoadLinks:
    """A ring of 3 km and 13 one-way stubs of 500 m."""
    stubs = 13
    tail = [0, 1, 2, *range(3, 3 + 2 * stubs, 2)]
    head = [1, 2, 0, *range(4, 4 + 2 * stubs, 2)]
    nodes = 3 + 2 * stubs
    return road_links(
        np.arange(nodes) * 0.01, np.zeros(nodes), tail, head, [1000] * 3 + [500] * stubs, [10.0] * (3 + stubs)
    )


def test_a_whole_network_loses_nothing() -> None:
    """Nothing is dropped from a network that hangs together."""
    links = road_links([0, 0.01], [0, 0], [0, 1], [1, 0], [900, 900], [10, 10])
    connected = largest_part(links)
    assert connected.dropped == ()
    assert connected.links.links == 2


def test_no_links_at_all_are_refused() -> None:
    """A file without roads is an error, not an empty network."""
    with pytest.raises(ValueError, match="no road"):
        largest_part(road_links([0], [0], [], [], [], []))
