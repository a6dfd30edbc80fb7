"""Valhalla's matrix as a peer of the recommendation: its tiles are built from our own graph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import valhalla

from anlan.gateway.roads.matching import _config, build_tiles
from anlan.gateway.roads.osmfile import write_osm

if TYPE_CHECKING:
    from pathlib import Path

    from anlan.engine.geo.roads import RoadGraph

PAIRS = 20_000


class ValhallaMatrix:
    """Times and metres from many places to one, by Valhalla's `sources_to_targets`."""

    def __init__(self, graph: RoadGraph, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        roads = folder / "roads.osm.pbf"
        write_osm(graph, roads)
        build_tiles(roads, folder)
        config = _config(valhalla, folder)
        limits = config["service_limits"]["auto"]
        limits |= {"max_matrix_location_pairs": PAIRS, "max_matrix_distance": 1e6, "max_locations": PAIRS}
        self.actor = valhalla.Actor(config)

    def ask(self, lon: np.ndarray, lat: np.ndarray, to: tuple[float, float], **auto: Any) -> np.ndarray:
        """Seconds and metres (n, 2) from each place; inf where Valhalla finds no way."""
        answer = self.actor.matrix(
            {
                "sources": [{"lon": x, "lat": y} for x, y in zip(lon.tolist(), lat.tolist(), strict=True)],
                "targets": [{"lon": to[0], "lat": to[1]}],
                "costing": "auto",
                "costing_options": {"auto": auto},
            }
        )
        rows = [row[0] for row in answer["sources_to_targets"]]
        return np.array(
            [
                (np.inf, np.inf) if row["time"] is None else (row["time"], 1000.0 * row["distance"])
                for row in rows
            ]
        )


def by_metres(graph: RoadGraph) -> RoadGraph:
    """The same roads with a second a metre, so that least time is least distance."""
    return replace(graph, seconds=np.asarray(graph.length_m, graph.seconds.dtype))
