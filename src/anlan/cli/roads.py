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
def roads(  # noqa: PLR0913, PLR0917  (the options of a command)
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help=".osm.pbf, .osm, .osm.gz, links .csv, street lines"),
    ],
    county: Annotated[str, typer.Option(help="Division code of the county, 6 or 12 digits")],
    nodes: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Nodes of a links .csv")
    ] = None,
    profile: Annotated[str, typer.Option(help="Who drives: emergency or car")] = "emergency",
    factors: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="TOML: travel-time factors, waits at lights, by hour"),
    ] = None,
    crs: Annotated[str | None, typer.Option(help="Street lines: WGS84, CGCS2000, GCJ02 or EPSG:<n>")] = None,
    speed: Annotated[float, typer.Option(help="Street lines: km/h assumed on all, both ways")] = 30,
    turns: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Forbidden turns of a links .csv: from, via, to"),
    ] = None,
) -> None:
    """Import roads; the part that does not hang together with the rest is left out and listed."""
    from rich.console import Console

    from anlan.gateway.roads import is_lines

    console, begin = Console(highlight=False, soft_wrap=True), time.perf_counter()
    with told("Not imported:", code=1):
        read = _read(file, nodes, profile, crs, speed, turns)
        connected, network = _store(read, file, county, profile, factors)
    _tell(console, read, connected, network)
    if is_lines(file):
        console.print(f"Street lines know no one-ways and speeds: all taken both ways at {speed:g} km/h.")
    console.print(f"{time.perf_counter() - begin:.1f} s, peak memory {_peak_mb():.0f} MB")


def _read(
    file: Path, nodes: Path | None, profile: str, crs: str | None, speed: float, turns: Path | None
) -> RoadsRead:
    from anlan.gateway.roads import PROFILES, read

    if profile not in PROFILES:
        raise ValueError(f"profile {profile!r}: expected {' or '.join(PROFILES)}")
    if turns is not None and file.suffix.lower() != ".csv":
        raise ValueError(f"--turns {turns.name}: for a CSV of links only; OSM has its own turn restrictions")
    return read(file, nodes, PROFILES[profile], crs=crs, speed_kmh=speed, turns=turns)


def _store(
    found: RoadsRead, file: Path, county: str, profile: str, factors: Path | None
) -> tuple[Connected, RoadNetwork]:
    from anlan.engine.geo import codes
    from anlan.engine.geo.roads import RoadGraph
    from anlan.engine.geo.roads.connect import largest_part
    from anlan.gateway.roads import read_factors, read_waits
    from anlan.service.places.network import store_network

    county6 = codes.county(codes.normalise(county))
    table, waits = (None, None) if factors is None else (read_factors(factors), read_waits(factors))
    connected = largest_part(found.links)
    facts = {"source": file.name, "profile": profile, "dropped_km": round(connected.dropped_km, 3)}
    graph = RoadGraph.from_links(connected.links, factors=table, waits=waits, facts=facts)
    return connected, store_network(county6, graph, file.name, None)


def _tell(console: Console, read: RoadsRead, connected: Connected, network: RoadNetwork) -> None:
    console.print(
        f"{network.nodes:,} nodes, {network.edges:,} directed edges, {network.length_km:,.1f} km of road "
        f"from {read.roads:,} roads"
    )
    for reason, count in read.passed_over.items():
        console.print(f"  passed over: {count:,} {reason}")
    if connected.dropped_turns:
        console.print(
            f"{connected.dropped_turns:,} forbidden turns are not observed: with them places could not be "
            "reached, or left"
        )
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
