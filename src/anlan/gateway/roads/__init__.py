"""Road files to the engine's table of links: OSM, and node and link CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.gateway.roads.factors import read_factors
from anlan.gateway.roads.osm import RoadsRead, read_osm
from anlan.gateway.roads.table import read_tables
from anlan.gateway.roads.tags import CAR, EMERGENCY, PROFILES, Profile

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "CAR",
    "EMERGENCY",
    "PROFILES",
    "Profile",
    "RoadsRead",
    "read",
    "read_factors",
    "read_osm",
    "read_tables",
]


def read(path: Path, nodes: Path | None = None, profile: Profile = EMERGENCY) -> RoadsRead:
    """Read a road file by its kind: CSV links (which need `nodes`), anything else as OSM.

    Raises:
        ValueError: see `read_osm` and `read_tables`; or a CSV of links came without its nodes.
        OSError: a file cannot be read.

    """
    if path.suffix.lower() != ".csv":
        return read_osm(path, profile)
    if nodes is None:
        raise ValueError(f"{path.name}: a CSV of links needs the CSV of its nodes (--nodes)")
    return read_tables(path, nodes)
