"""San Francisco from the public files, by the commands of the tutorial."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COUNTY = "060750"


def places(data: Path, zone: str) -> list[tuple[str, ...]]:
    """Return what to give `anlan` for the city's districts as beats, grids of 500 m, and roads."""
    mine = ("--county", COUNTY)
    districts = (str(data / "sfpd_districts.geojson"), "--mend", "--crs", "WGS84")
    named = ("--column", "code=district", "--column", "name=district")
    roads = (str(data / "roads_ne_links.csv"), "--nodes", str(data / "roads_ne_nodes.csv"))
    return [
        ("import", "county", COUNTY, "--name", "SF", "--zone", zone, "--boundary", *districts),
        ("import", "beats", *districts, *mine, *named),
        ("grids", "make", *mine, "--by", "square", "--size", "500"),
        ("import", "roads", *roads, *mine),
    ]
