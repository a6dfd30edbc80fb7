"""`anlan brief`: make a day's briefing and write it as files."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from anlan.cli import app
from anlan.cli.told import language_of, told


@app.command()
def brief(
    county: Annotated[str, typer.Option(help="Division code of the county, 6 or 12 digits")],
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="A day of the coming period")],
    period: Annotated[str, typer.Option(help="day, week, half-month or month")] = "day",
    area: Annotated[str, typer.Option(help="Code of an area or a beat; empty: the county")] = "",
    out: Annotated[Path, typer.Option(help="Folder for the files")] = Path(),
    language: Annotated[str, typer.Option(help="en or zh-hans")] = "en",
    formats: Annotated[
        str, typer.Option(help="pdf, png, html, xlsx, parquet, geojson, json, by comma")
    ] = "html,pdf,json",
) -> None:
    """Make the briefing of a period from the history up to the day before, and write it as files."""
    from rich.console import Console

    console, begin = Console(highlight=False, soft_wrap=True), time.perf_counter()
    with told("No briefing:", code=1):
        kinds = [part.strip() for part in formats.split(",")]
        files = _write(county, date, out, language, kinds, period, area)
    for file in files:
        console.print(f"{file} ({file.stat().st_size:,} bytes)")
    console.print(f"{time.perf_counter() - begin:.1f} s")


def _write(
    county: str, date: datetime, out: Path, language: str, kinds: list[str], period: str, area: str
) -> list[Path]:
    from django.core.exceptions import ObjectDoesNotExist
    from django.utils import translation

    from anlan.engine.geo import codes
    from anlan.service.patrol import domain, exports

    unknown = set(kinds) - set(exports.KINDS)
    if unknown:
        raise ValueError(f"formats: {', '.join(sorted(unknown))}: expected {', '.join(exports.KINDS)}")
    county6 = codes.county(codes.normalise(county))
    with translation.override(language_of(language)):
        try:
            briefing = domain.make_briefing(county6, date.date(), None, period=period, area=area)
        except ObjectDoesNotExist:
            raise ValueError(f"county {county6}: not imported") from None
        out.mkdir(parents=True, exist_ok=True)
        files = []
        for kind in kinds:
            file = out / exports.file_name(briefing, kind)
            file.write_bytes(exports.export(briefing, kind))
            files.append(file)
    return files
