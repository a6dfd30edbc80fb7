"""`anlan analyse METHOD`: a method's tables, maps and pictures as files."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from anlan.cli import app
from anlan.cli.told import language_of, told

if TYPE_CHECKING:
    import click

    from anlan.service.analysis.forms import AskForm
    from anlan.service.analysis.method import Method

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


class Listing(TyperCommand):
    """A command whose help lists the methods; they are read only when help is asked for."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help with the methods and their questions at its end."""
        import django

        django.setup()
        from anlan.service.analysis.methods import METHODS

        lines = [f"{name}: {one.question}" for name, one in METHODS.items()]
        self.epilog = "\n\n".join(["Methods:", *lines])
        super().format_help(ctx, formatter)


@app.command(cls=Listing)
def analyse(  # noqa: PLR0913, PLR0917 - the options of one command
    method: Annotated[str, typer.Argument(help="Name of the method; --help lists them")],
    county: Annotated[str, typer.Option(help="Division code of the county, 6 or 12 digits")],
    start: Day = None,
    end: Day = None,
    types: Annotated[str, typer.Option(help="Types by comma; category:theft is a whole category")] = "",
    area: Annotated[str, typer.Option(help="Code of a township or beat; the whole county without")] = "",
    out: Annotated[Path, typer.Option(help="Folder for the files")] = Path(),
    language: Annotated[str, typer.Option(help="en or zh-hans")] = "en",
    formats: Annotated[
        str, typer.Option(help="By comma: csv, xlsx, parquet, geojson, svg, png, pdf")
    ] = "csv,xlsx,parquet,geojson,svg,png,pdf",
    given: Annotated[
        list[str] | None, typer.Option("--set", help="name=value of the method's own; may be repeated")
    ] = None,
) -> None:
    """Answer one question about places and times; write its tables, maps, pictures and report."""
    from rich.console import Console

    console, begin = Console(highlight=False, soft_wrap=True, markup=False), time.perf_counter()
    asked: dict[str, Any] = {
        "area": area,
        "types": [part.strip() for part in types.split(",") if part.strip()],
    }
    asked |= {name: f"{day:%Y-%m-%d}" for name, day in (("start", start), ("end", end)) if day}
    with told("No analysis:", code=1):
        kinds = [part.strip() for part in formats.split(",")]
        for line in _run(method, county, asked | _pairs(given or []), language, kinds, out):
            console.print(line)
    console.print(f"{time.perf_counter() - begin:.1f} s")


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign:
            raise ValueError(f"--set {one}: write it as name=value")
        pairs[name.strip()] = value.strip()
    return pairs


def _run(
    name: str, county: str, asked: dict[str, Any], language: str, kinds: list[str], out: Path
) -> list[str]:
    """Return what is said to the user: the finding in words and the files written."""
    from django.utils import timezone, translation

    from anlan.engine.geo import codes
    from anlan.service.analysis import files, kept
    from anlan.service.analysis.ground import Ground
    from anlan.service.analysis.methods import METHODS
    from anlan.service.places.queries import county_area

    if name not in METHODS:
        raise ValueError(f"method {name!r}: expected {', '.join(METHODS)}")
    if unknown := set(kinds) - set(files.KINDS):
        raise ValueError(f"formats: {', '.join(sorted(unknown))}: expected {', '.join(files.KINDS)}")
    with translation.override(language_of(language)):
        ground = Ground(county_area(codes.normalise(county)))
        with timezone.override(ground.zone):
            form = _checked(METHODS[name], ground, asked)
            finding = kept.found(METHODS[name], form)
            out.mkdir(parents=True, exist_ok=True)
            written = []
            for file, content in files.every(METHODS[name], form, finding, kinds):
                (out / file).write_bytes(content)
                written.append(f"{out / file} ({len(content):,} bytes)")
        return [files.subject(form), *finding.says, *written]


def _checked(method: Method, ground: Any, asked: dict[str, Any]) -> AskForm:
    """Return the valid form of what was asked.

    Raises:
        ValueError: a parameter is unknown or wrong, named.

    """
    form = method.form(ground, asked)
    if unknown := set(asked) - set(form.fields):
        own = {name: one.initial for name, one in form.base_fields.items() if name not in ("types", "area")}
        known = ", ".join(name if value is None else f"{name}={value}" for name, value in own.items())
        raise ValueError(f"--set {', '.join(sorted(unknown))}: {method.name} knows {known}")
    if not form.is_valid():
        raise ValueError("; ".join(f"{name}: {' '.join(said)}" for name, said in form.errors.items()))
    return form
