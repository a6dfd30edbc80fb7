"""`anlan import incidents` and `anlan history summary | carry-over`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.cli import app
from anlan.cli.imports import imports
from anlan.cli.told import told

if TYPE_CHECKING:
    from rich.console import Console

    from anlan.gateway.files.incidents import Progress, Summary
    from anlan.gateway.files.mapping import Mapping

history = typer.Typer(no_args_is_help=True, help="What is stored of past incidents.")
app.add_typer(history, name="history")

County = Annotated[str, typer.Option(help="Division code of the county, 6 or 12 digits")]
SHOWN = 10


@imports.command()
def incidents(  # noqa: PLR0913, PLR0917 - the options of one command
    files: Annotated[list[Path], typer.Argument(help="CSV (also .gz), Excel or Parquet")],
    county: County,
    preset: Annotated[str, typer.Option(help="A mapping that comes along; see docs/formats.md")] = "",
    mapping: Annotated[Path | None, typer.Option(help="Your own mapping file (TOML)")] = None,
    quarantine: Annotated[
        Path | None, typer.Option(help="CSV for refused rows; default: beside the file, .quarantine.csv")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Text encoding, if what is detected is wrong")] = "",
    crs: Annotated[str, typer.Option(help="WGS84, CGCS2000, GCJ02 or EPSG:<n>; overrides the mapping")] = "",
    zone: Annotated[str, typer.Option(help="Time zone of the file; overrides the mapping")] = "",
) -> None:
    """Import incident files into history: each file wholly or not at all."""
    with _told() as console:
        from anlan.service.incidents.imports import import_file

        meaning = _mapping(preset, mapping, crs, zone)
        for file in files:
            target = quarantine or Path(f"{file}.quarantine.csv")
            with _bar(console, file.name) as progress:
                summary = import_file(
                    file, meaning, county, None, quarantine=target, encoding=encoding, progress=progress
                )
            _tell(console, summary, target)


@history.command()
def summary(county: County) -> None:
    """Show what is stored of a county and what is odd about it."""
    from anlan.engine.geo import codes

    with _told() as console:
        from django.conf import settings

        from anlan.service.incidents.imports import store
        from anlan.service.places.queries import county_area

        area = county_area(codes.normalise(county))
        found = store().summary(codes.county(area.code), area.time_zone or settings.TIME_ZONE)
        if not found.first or not found.last:
            console.print("No history yet. Start with: anlan import incidents FILE --county CODE")
            return
        console.print(f"{found.rows:,} incidents, {found.first:%Y-%m-%d} to {found.last:%Y-%m-%d} (UTC)")
        for year, count in found.by_year():
            console.print(f"  {year}: {count:,}")
        for note in found.notes():
            console.print(f"  note: {note}")


@history.command(name="carry-over")
def carry_over(county: County) -> None:
    """Copy live incidents into history now; the worker does so each night."""
    with _told() as console:
        from anlan.service.incidents import imports as domain

        written = domain.carry_over(county)
        console.print(f"{written.stored:,} added, {written.replaced:,} brought up to date")


def _mapping(preset: str, file: Path | None, crs: str, zone: str) -> Mapping:
    from anlan.gateway.files import mapping

    if bool(preset) == bool(file):
        raise ValueError(f"give one of --preset ({', '.join(mapping.presets())}) and --mapping FILE")
    return mapping.load(file, crs=crs, zone=zone) if file else mapping.preset(preset, crs=crs, zone=zone)


@contextmanager
def _bar(console: Console, name: str) -> Iterator[Progress]:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(name), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]:,.0f} rows/s"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(name, total=None, rows=0, rate=0.0)

        def progress(done: int, total: int, rows: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(task, completed=done, total=total, rows=rows, rate=rows / max(elapsed, 1e-3))

        yield progress


def _tell(console: Console, summary: Summary, quarantine: Path) -> None:
    parts = (
        f"{summary.stored:,} stored + {summary.duplicate:,} duplicate + {summary.quarantined:,} quarantined"
    )
    console.print(f"{summary.file}: {summary.read:,} read = {parts}")
    if summary.encoding:
        console.print(f"  encoding: {summary.encoding}")
    if summary.merged:
        console.print(f"  of the duplicates, {summary.merged:,} are further rows of the same call")
    for note in summary.notes:
        console.print(f"  note: {note}")
    for reason, count in list(summary.reasons.items())[:SHOWN]:
        console.print(f"  quarantined: {count:,} {reason}")
    for text, count in list(summary.unmapped.items())[:SHOWN]:
        console.print(f"  type not in the mapping: {text} ({count:,})")
    if summary.quarantined:
        console.print(f"  {quarantine}: mend the rows there and import that file with the same mapping")


@contextmanager
def _told() -> Iterator[Console]:
    """Set Django up; say what is wrong in words, and that nothing was stored; Ctrl-C too."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True, markup=False)
    try:
        with told():
            yield console
    except KeyboardInterrupt:
        console.print("Stopped. Of the file at hand nothing was stored; files reported above are complete.")
        raise typer.Exit(130) from None
