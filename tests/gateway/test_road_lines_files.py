"""Roads from plain street lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from anlan.engine.geo.roads import RoadGraph
from anlan.engine.geo.roads.connect import largest_part
from anlan.gateway.roads import read

if TYPE_CHECKING:
    from pathlib import Path


def street_file(folder: Path, lines: list[list[list[float]]]) -> Path:
    """Write the lines as GeoJSON."""
    shapes = [{"type": "LineString", "coordinates": line} for line in lines]
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in shapes]
    path = folder / "streets.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_lines_meet_where_they_share_a_vertex_and_go_both_ways(tmp_path: Path) -> None:
    """A crossing in the middle of one line joins the other: five nodes, four pieces, eight directed links."""
    path = street_file(
        tmp_path,
        [[[-87.0, 41.0], [-87.0, 41.01], [-87.0, 41.02]], [[-87.01, 41.01], [-87.0, 41.01], [-86.99, 41.01]]],
    )
    links = read(path, crs="WGS84", speed_kmh=36).links
    assert (links.nodes, len(links.tail)) == (5, 8)
    assert np.allclose(links.speed_mps, 10)
    graph = RoadGraph.from_links(largest_part(links).links)
    south, _ = graph.snap(np.array([-87.0]), np.array([41.0]))
    east, _ = graph.snap(np.array([-86.99]), np.array([41.01]))
    assert graph.nodes == 5
    assert np.isfinite(graph.times(south, east)).all()


@pytest.mark.parametrize("speed", [0, -5, 300])
def test_a_speed_that_is_none_is_refused(tmp_path: Path, speed: float) -> None:
    """The message names the speed and its bounds."""
    path = street_file(tmp_path, [[[-87.0, 41.0], [-87.0, 41.01]]])
    with pytest.raises(ValueError, match="km/h: expected above 0"):
        read(path, crs="WGS84", speed_kmh=speed)
