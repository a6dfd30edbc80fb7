"""`anlan import roads`: a road network from OSM or CSV into use for a county."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.cli.imports import imports
from anlan.cli.told import told

if TYPE_CHECKING:
    from rich.console import Console

    from anlan.engine.geo.roads.connect import Connected
    from anlan.gateway.roads import RoadsRead
    from anlan.service.places.models import RoadNetwork

LISTED = 10


@imports.command()
def roads(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help=".osm.pbf, .osm, .osm.gz or links .csv")
    ],
    county: Annotated[str, typer.Option(help="Division code of the county, 6 or 12 digits")],
    nodes: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Nodes of a links .csv")
    ] = None,
    profile: Annotated[str, typer.Option(help="Who drives: emergency or car")] = "emergency",
    factors: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="TOML: travel-time factors by time of day"),
    ] = None,
) -> None:
    """Import roads; the part that does not hang together with the rest is left out and listed."""
    from rich.console import Console

    console, begin = Console(highlight=False, soft_wrap=True), time.perf_counter()
    with told("Not imported:", code=1):
        read, connected, network = _import(file, county, nodes, profile, factors)
    _tell(console, read, connected, network)
    console.print(f"{time.perf_counter() - begin:.1f} s, peak memory {_peak_mb():.0f} MB")


def _import(
    file: Path, county: str, nodes: Path | None, profile: str, factors: Path | None
) -> tuple[RoadsRead, Connected, RoadNetwork]:
    from anlan.engine.geo import codes
    from anlan.engine.geo.roads import RoadGraph
    from anlan.engine.geo.roads.connect import largest_part
    from anlan.gateway.roads import PROFILES, read, read_factors
    from anlan.service.places.network import store_network

    if profile not in PROFILES:
        raise ValueError(f"profile {profile!r}: expected {' or '.join(PROFILES)}")
    county6 = codes.county(codes.normalise(county))
    table = None if factors is None else read_factors(factors)
    found = read(file, nodes, PROFILES[profile])
    connected = largest_part(found.links)
    facts = {"source": file.name, "profile": profile, "dropped_km": round(connected.dropped_km, 3)}
    graph = RoadGraph.from_links(connected.links, factors=table, facts=facts)
    return found, connected, store_network(county6, graph, file.name, None)


def _tell(console: Console, read: RoadsRead, connected: Connected, network: RoadNetwork) -> None:
    console.print(
        f"{network.nodes:,} nodes, {network.edges:,} directed edges, {network.length_km:,.1f} km of road "
        f"from {read.roads:,} roads"
    )
    for reason, count in read.passed_over.items():
        console.print(f"  passed over: {count:,} {reason}")
    if not connected.dropped:
        return
    console.print(
        f"Left out, because one cannot drive there and back: {len(connected.dropped):,} parts, "
        f"{connected.dropped_km:.1f} km. The longest:"
    )
    for part in connected.dropped[:LISTED]:
        place = f"{part.lon:.5f},{part.lat:.5f} {part.name}".rstrip()
        console.print(f"  {part.km:.2f} km, {part.links} links at {place}", markup=False)


def _peak_mb() -> float:
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
