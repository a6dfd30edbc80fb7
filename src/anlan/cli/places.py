"""`anlan import county|areas|beats|grids|places` and `anlan grids make|check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anlan.cli import app
from anlan.cli.imports import imports
from anlan.cli.told import told

if TYPE_CHECKING:
    from anlan.engine.geo.partition import Finding
    from anlan.engine.geo.repair import Repair
    from anlan.gateway.geofiles import PlaceTable
    from anlan.service.places.domain import Made
    from anlan.service.places.queries import PartitionState
    from anlan.service.places.rows import Stored

grids_app = typer.Typer(no_args_is_help=True, help="Make a county's grids, and check that they partition it.")
app.add_typer(grids_app, name="grids")

File = Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage, Shapefile or CSV")]
County = Annotated[str, typer.Option(help="County, 6 or 12 digits")]
CrsOption = Annotated[str | None, typer.Option(help="WGS84, CGCS2000, GCJ02 or EPSG:<n>; never guessed")]
Mend = Annotated[bool, typer.Option("--mend", help="Make invalid polygons valid, each reported")]
Layer = Annotated[str | None, typer.Option(help="Layer of a GeoPackage")]
Named = Annotated[list[str] | None, typer.Option("--column", help="what=COLUMN, e.g. code=beat_num")]
Zone = Annotated[str, typer.Option(help="The county's time zone, e.g. Asia/Shanghai")]
SHOWN = 20


def six(county: str) -> str:
    """Return a county's six digits."""
    from anlan.engine.geo import codes

    return codes.county(codes.normalise(county))


def pairs(named: list[str] | None) -> Any:
    """Return the Columns that `--column what=COLUMN` options give."""
    from anlan.service.places.loading import GUESSES, Columns

    given = dict(text.split("=", 1) if "=" in text else (text, "") for text in named or [])
    for what, column in given.items():
        if what not in GUESSES or not column:
            raise ValueError(f"--column {what}={column}: expected what=COLUMN with {', '.join(GUESSES)}")
    return Columns(given)


def read(
    file: Path, crs: str | None, layer: str | None = None, *, mend: bool = False, csv: Any = None
) -> PlaceTable:
    """Read a file of places, printing what was mended or noted."""
    from rich.console import Console

    from anlan.gateway.geofiles import read_places

    console = Console(highlight=False, soft_wrap=True)
    with console.status(f"reading {file.name}"):
        table = read_places(file, crs, layer=layer, csv=csv, mend=mend)
    for note in table.notes:
        console.print(f"  {note}", markup=False)
    console.print(f"{file.name}: {len(table):,} rows in {table.crs}", markup=False)
    return table


def report(what: str, stored: Stored) -> None:
    """Print what a store function did; the figures add up to the rows given."""
    typer.echo(
        f"{what}: {stored.total:,} stored ({stored.new:,} new, {stored.changed:,} changed, "
        f"{stored.same:,} as they were), {stored.removed:,} removed"
    )


@imports.command()
def county(
    code: Annotated[str, typer.Argument(help="Six digits; two each for province, city, county")],
    name: Annotated[str, typer.Option(help="What it is called")],
    zone: Zone = "Asia/Shanghai",
    boundary: Annotated[
        Path | None, typer.Option(help="File whose polygons together are its outline")
    ] = None,
    crs: CrsOption = None,
    english: Annotated[str, typer.Option(help="Its English name")] = "",
    mend: Mend = False,
) -> None:
    """Set up a county of its own: where no division table is at hand, or abroad."""
    with told():
        from anlan.engine.geo.partition import union
        from anlan.service.places.domain import store_county
        from anlan.service.places.loading import POLYGONS, require_types
        from anlan.service.places.rows import AreaRow

        shape = None
        if boundary is not None:
            table = read(boundary, crs, mend=mend)
            require_types(table, POLYGONS)
            shape = union(table.shapes)
        row = AreaRow(code, name, name_en=english, shape=shape, time_zone=zone)
        report("county", store_county(row, source=boundary.name if boundary else ""))


@imports.command()
def areas(
    file: File,
    crs: CrsOption = None,
    form: Annotated[
        str, typer.Option("--format", help="places, or divisions: the NBS table as CSV")
    ] = "places",
    zone: Zone = "",
    layer: Layer = None,
    column: Named = None,
    mend: Mend = False,
) -> None:
    """Import counties, townships, villages: names and codes, outlines, or both one after the other."""
    with told():
        from anlan.gateway.divisions import read_divisions
        from anlan.service.places.domain import store_areas
        from anlan.service.places.loading import area_rows, division_rows

        if form not in {"places", "divisions"}:
            raise ValueError(f"--format {form}: expected places or divisions")
        if form == "divisions":
            found = read_divisions(file, crs)
            rows = division_rows(found, zone)
            typer.echo(
                f"{file.name}: {len(rows):,} divisions, {found.without_centre:,} without centre point, "
                f"{found.skipped:,} rows above the county or nominal left out"
            )
        else:
            rows = area_rows(read(file, crs, layer, mend=mend), pairs(column), zone)
        report("areas", store_areas(rows, source=file.name))


@imports.command()
def beats(  # noqa: PLR0913, PLR0917
    file: File,
    county: County,
    crs: CrsOption = None,
    layer: Layer = None,
    column: Named = None,
    mend: Mend = False,
    replace: Annotated[bool, typer.Option("--replace", help="Remove beats that the file lacks")] = False,
    join: Annotated[bool, typer.Option("--join", help="Rows with the same code are one beat")] = False,
) -> None:
    """Import beats from polygons."""
    with told():
        from anlan.service.places.domain import store_beats
        from anlan.service.places.loading import beat_rows, joined, refuse_far
        from anlan.service.places.queries import county_outline

        table = read(file, crs, layer, mend=mend)
        refuse_far(table.shapes, county_outline(six(county)))
        if join:
            table = joined(table, pairs(column))
        rows = beat_rows(table, pairs(column), six(county))
        report("beats", store_beats(six(county), rows, source=file.name, replace=replace))


@imports.command()
def grids(
    file: File,
    county: County,
    crs: CrsOption = None,
    layer: Layer = None,
    column: Named = None,
    mend: Mend = False,
    replace: Annotated[bool, typer.Option("--replace", help="Remove grids that the file lacks")] = False,
) -> None:
    """Import grids from polygons, then check that they partition the county."""
    with told():
        from anlan.service.places.domain import store_grids
        from anlan.service.places.loading import grid_rows, refuse_far
        from anlan.service.places.queries import county_outline, partition

        table = read(file, crs, layer, mend=mend)
        refuse_far(table.shapes, county_outline(six(county)))
        rows = grid_rows(table, pairs(column), six(county))
        report("grids", store_grids(six(county), rows, source=file.name, replace=replace))
        summary(partition(six(county)))


@imports.command()
def places(  # noqa: PLR0913, PLR0917  (the options of a command)
    file: File,
    county: County,
    kind: Annotated[str, typer.Option(help="post, point, line, checkpoint or premises")],
    crs: CrsOption = None,
    layer: Layer = None,
    column: Named = None,
    lon: Annotated[str, typer.Option(help="Longitude column of a CSV")] = "",
    lat: Annotated[str, typer.Option(help="Latitude column of a CSV")] = "",
    wkt: Annotated[str, typer.Option(help="WKT column of a CSV")] = "",
) -> None:
    """Import standby posts, patrol points and lines, checkpoints, premises."""
    with told():
        from anlan.gateway.geofiles import CsvColumns
        from anlan.service.places.domain import store_points
        from anlan.service.places.loading import place_rows, refuse_far
        from anlan.service.places.queries import county_outline

        table = read(file, crs, layer, csv=CsvColumns(lon, lat, wkt))
        rows = place_rows(table, pairs(column), kind)
        refuse_far(table.shapes, county_outline(six(county)))
        report(kind, store_points(six(county), kind, rows, source=file.name))


@grids_app.command("make")
def make_command(  # noqa: PLR0913, PLR0917
    county: County,
    by: Annotated[str, typer.Option(help="square, hex, streets or population")] = "square",
    size: Annotated[float, typer.Option(help="Side in metres of a square of a cell's size")] = 250,
    streets: Annotated[Path | None, typer.Option(help="Street lines; else the imported roads")] = None,
    people: Annotated[Path | None, typer.Option(help="Places with their population")] = None,
    target: Annotated[float, typer.Option(help="People in each grid, by population")] = 0,
    crs: CrsOption = None,
    column: Named = None,
    across_beats: Annotated[
        bool, typer.Option("--across-beats", help="Let cells cross beat borders")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the grids that there are")] = False,
) -> None:
    """Make grids: an exact partition of the county, cut at township and beat borders."""
    with told():
        from anlan.service.places.domain import MakeOrder, make_grids
        from anlan.service.places.queries import partition

        order = MakeOrder(
            by=by, size_m=size, within_beats=not across_beats, replace=replace, target=target,
            streets=street_lines(six(county), streets, crs) if by == "streets" else None,
            weights=weights(people, crs, column) if people else None,
        )  # fmt: skip
        made = make_grids(six(county), order)
        tell_made(made)
        summary(partition(six(county)))


@grids_app.command("check")
def check_command(
    county: County,
    repair: Annotated[bool, typer.Option("--repair", help="Mend slivers smaller than --under")] = False,
    under: Annotated[float, typer.Option(help="Size in m² below which a piece is mended")] = 50,
    everything: Annotated[bool, typer.Option("--all", help="List every finding")] = False,
) -> None:
    """Check that the grids partition the county; exit code 1 when they do not, 2 when it cannot be told."""
    with told():
        from anlan.service.places.domain import repair_grids
        from anlan.service.places.queries import partition

        if repair:
            for item in repair_grids(six(county), under):
                tell_repair(item)
        state = partition(six(county))
        summary(state, every=everything)
        if state.result is None:
            raise typer.Exit(2)
        if any(finding.kind != "no_responsible" for finding in state.result.findings):
            raise typer.Exit(1)


def tell_repair(item: Repair) -> None:
    """Print what was done about one piece."""
    found, given = item.finding, item.given_to or "nobody, cut off"
    losers = f", from {', '.join(item.taken_from)}" if item.taken_from else ""
    place = f"{found.lon:.6f},{found.lat:.6f}"
    typer.echo(f"mended {found.kind.value} of {found.area_m2:.2f} m² at {place}: to {given}{losers}")


def street_lines(county6: str, file: Path | None, crs: str | None) -> Any:
    """Return street lines from a file, else the imported roads as they run."""
    import numpy as np
    import shapely

    if file is not None:
        return read(file, crs).shapes
    from anlan.service.places.network import base_graph

    graph = base_graph(county6)
    if graph is None:
        raise ValueError("by streets: import roads first, or give --streets FILE")
    _, edges = np.unique(graph.topology.road, return_index=True)
    points, line = graph.topology.polylines(edges)
    return np.asarray(shapely.linestrings(points, indices=line), dtype=object)


def weights(file: Path, crs: str | None, column: list[str] | None) -> Any:
    """Return places with their population from a file."""
    import numpy as np
    import shapely

    from anlan.service.places.domain import Weights
    from anlan.service.places.loading import whole_numbers

    table = read(file, crs)
    people = np.array([n or 0 for n in whole_numbers(table, pairs(column), "population")], dtype=float)
    xy = shapely.get_coordinates(shapely.point_on_surface(table.shapes))
    if len(xy) != len(table):
        raise ValueError(f"{file.name}: a row has no place")
    return Weights(xy[:, 0], xy[:, 1], people)


def tell_made(made: Made) -> None:
    """Print what was made and where it only approximates."""
    typer.echo(f"{made.cells:,} grids made in {made.areas:,} townships")
    report("grids", made.stored)
    if made.by_centre:
        typer.echo(
            f"  APPROXIMATION: {made.by_centre} townships have no outline; their grids are what lies nearest "
            "to their centre point"
        )
    if made.without_place:
        typer.echo(f"  no grids, having neither outline nor centre point: {', '.join(made.without_place)}")
    if made.unserved:
        typer.echo(f"  {made.unserved:,} grids lie in no beat")


def summary(state: PartitionState, *, every: bool = False) -> None:
    """Print the findings of a partition check by kind, the largest first."""
    if state.result is None:
        reason = "the county has no grids" if state.reason == "no_grids" else state.reason
        typer.echo(f"partition: could not check: {reason}")
        return
    result = state.result
    against = f"against the outline of the {state.against}" if state.against else "against each other only"
    typer.echo(f"partition: {result.cells:,} grids, {result.covered_m2 / 1e6:,.2f} km², checked {against}")
    kinds = sorted({finding.kind for finding in result.findings})
    if not [kind for kind in kinds if kind != "no_responsible"]:
        typer.echo("  valid: no gap, no overlap, no grid in two beats")
    for kind in kinds:
        found = [finding for finding in result.findings if finding.kind == kind]
        typer.echo(f"  {kind.value}: {len(found):,}, {sum(f.area_m2 for f in found):,.1f} m² in all")
        if kind == "two_beats":
            typer.echo("    (a grid that crosses a beat's border, or beats that overlap each other)")
        if kind != "no_responsible" or every:
            tell_findings(found if every else found[:SHOWN])
    typer.echo(f"  rounding of coordinates: {result.rounding_m2:.3f} m² in pieces thinner than a millimetre")


def tell_findings(findings: list[Finding]) -> None:
    """Print one line a finding."""
    for f in findings:
        sliver = " sliver" if f.sliver else ""
        typer.echo(f"    {f.area_m2:,.2f} m²{sliver} at {f.lon:.6f},{f.lat:.6f}: {', '.join(f.codes)}")
