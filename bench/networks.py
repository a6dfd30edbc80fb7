"""Real road networks for the benchmarks, read once and kept as graphs in a temporary folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np

from anlan.engine.geo.roads import RoadGraph
from anlan.engine.geo.roads.connect import largest_part
from anlan.gateway.roads import read

FILES = {
    "sf": ("sf/roads_ne_links.csv", "sf/roads_ne_nodes.csv"),
    "columbus": ("roads/columbus-otp.osm.pbf", None),
    "liechtenstein": ("roads/liechtenstein-latest.osm.pbf", None),
    "portland": ("portland/portland-central-filtered.osm.pbf", None),
}


def data_folder() -> Path:
    """Where the public data sets are: ANLAN_SHARED_DATA, else ../shared/data beside the checkout."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared/data"
    return Path(os.environ.get("ANLAN_SHARED_DATA") or beside)


def import_network(name: str, folder: str) -> tuple[int, int, float]:
    """Read a network and save its graph: nodes, edges, km."""
    links, nodes = FILES[name]
    data = data_folder()
    found = read(data / links, data / nodes if nodes else None)
    graph = RoadGraph.from_links(largest_part(found.links).links)
    graph.save(Path(folder) / f"{name}.roads")
    return graph.nodes, graph.edges, graph.length_km


def network(name: str) -> RoadGraph:
    """The graph of a network, imported for this process."""
    with tempfile.TemporaryDirectory() as folder:
        import_network(name, folder)
        return RoadGraph.load(Path(folder) / f"{name}.roads")


def somewhere(graph: RoadGraph, count: int, seed: int) -> np.ndarray:
    """Random nodes."""
    return np.random.default_rng(seed).integers(0, graph.nodes, count)
