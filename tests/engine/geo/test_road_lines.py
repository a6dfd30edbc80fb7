"""Roads as lines to draw: each street once and whole, the best classes first."""

from __future__ import annotations

import shapely

from anlan.engine.geo.roads import CLASS_INDEX, RoadGraph, RoadLines, road_lines, road_links


def lines(most_vertices: int = 1000) -> RoadLines:
    """Return a bent two-way main street of three edges and a one-way lane of one, as lines."""
    lon, lat = [106.0, 106.01, 106.02, 106.03, 106.0], [29.0, 29.01, 29.0, 29.01, 29.05]
    tail, head = [0, 1, 2, 1, 2, 3, 0], [1, 2, 3, 0, 1, 2, 4]
    kind = [CLASS_INDEX["primary"]] * 6 + [CLASS_INDEX["residential"]]
    links = road_links(
        lon, lat, tail, head, [900.0] * 7, [10.0] * 7,
        road_class=kind, name=[1] * 6 + [0], names=("", "Long Street"),
    )  # fmt: skip
    return road_lines(RoadGraph.from_links(links), most_vertices=most_vertices)


def test_a_street_is_one_line_whatever_its_edges() -> None:
    """Six directed edges of one name become a single line of four vertices."""
    drawn = lines()
    assert drawn.name == ("Long Street", "")
    assert drawn.tier == ("main", "minor")
    assert [shape.geom_type for shape in drawn.shapes] == ["LineString", "LineString"]
    assert shapely.get_num_coordinates(drawn.shapes).tolist() == [4, 2]


def test_small_streets_give_way_where_there_are_too_many() -> None:
    """The main street stays; what does not fit is named."""
    drawn = lines(most_vertices=5)
    assert drawn.tier == ("main",)
    assert drawn.left_out == ("minor", "small")


def test_the_best_tier_is_drawn_whatever_its_size() -> None:
    """A map never loses all its streets to the limit."""
    assert lines(most_vertices=1).tier == ("main",)
