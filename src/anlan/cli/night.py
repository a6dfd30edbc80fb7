"""`anlan night`: everything the morning needs, in one go."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.cli import app
from anlan.cli.told import language_of, told

if TYPE_CHECKING:
    from collections.abc import Iterator


@app.command()
def night(
    county: Annotated[str, typer.Option(help="Division code of the county, 6 or 12 digits")],
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The morning it is for")],
    out: Annotated[Path, typer.Option(help="Folder for the files")] = Path(),
    language: Annotated[str, typer.Option(help="en or zh-hans")] = "en",
) -> None:
    """Run every analysis with its defaults, make the day's briefing, and write all of it as files."""
    from rich.console import Console

    console, begin = Console(highlight=False, soft_wrap=True, markup=False), time.perf_counter()
    with told("No night:", code=1):
        for line in _lines(county, date, out, language):
            console.print(line)
    console.print(f"{time.perf_counter() - begin:.1f} s")


def _lines(county: str, date: datetime, out: Path, language: str) -> Iterator[str]:
    """Yield a line for each piece as it is done."""
    from django.utils import translation

    from anlan.engine.geo import codes
    from anlan.service.analysis.night import night as nightly
    from anlan.service.places.queries import county_area

    with translation.override(language_of(language)):
        for done in nightly(county_area(codes.normalise(county)), date.date(), out):
            yield f"{done.name:<14}{done.seconds:7.1f} s  {done.why or f'{done.files} files'}"
