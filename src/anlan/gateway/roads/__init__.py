"""Road files to the engine's table of links: OSM, node and link CSV, plain street lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.gateway.roads.cut import RoadsRead
from anlan.gateway.roads.factors import read_factors, read_waits, write_factors
from anlan.gateway.roads.lines import is_lines, read_lines
from anlan.gateway.roads.osm import read_osm
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
    "is_lines",
    "read",
    "read_factors",
    "read_lines",
    "read_osm",
    "read_tables",
    "read_waits",
    "write_factors",
]


def read(
    path: Path,
    nodes: Path | None = None,
    profile: Profile = EMERGENCY,
    *,
    crs: str | None = None,
    speed_kmh: float = 30,
    turns: Path | None = None,
) -> RoadsRead:
    """Read a road file by its kind: CSV links (which need `nodes`), street lines, anything else as OSM.

    `crs` and `speed_kmh` are for street lines only, `turns` (a CSV of forbidden turns) for CSV links only.

    Raises:
        ValueError: see `read_osm`, `read_tables` and `read_lines`; or CSV links came without their nodes.
        OSError: a file cannot be read.

    """
    if is_lines(path):
        return read_lines(path, crs, speed_kmh)
    if path.suffix.lower() != ".csv":
        return read_osm(path, profile)
    if nodes is None:
        raise ValueError(f"{path.name}: a CSV of links needs the CSV of its nodes (--nodes)")
    return read_tables(path, nodes, turns)
