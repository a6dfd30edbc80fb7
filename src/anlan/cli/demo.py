"""`anlan demo`: a fictional county with a live day, in one command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.cli import app

if TYPE_CHECKING:
    from rich.console import Console

    from anlan.demo.generate import Scale


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the site")] = 8000,
    speed: Annotated[float, typer.Option(min=0.1, max=60, help="How fast the simulated day runs")] = 5.0,
    seed: Annotated[int, typer.Option(min=0, help="Which county to generate")] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw the demo data away first")] = False,
    live: Annotated[bool, typer.Option("--live/--no-live", help="Simulate a live day")] = True,
    small: Annotated[bool, typer.Option("--small", help="A county of 200 grids instead of 2,594")] = False,
) -> None:
    """Show a fictional county with two years of incidents and a simulated live day."""
    os.environ["DEMO"] = "1"
    folder = Path(os.environ.setdefault("ANLAN_DATA_DIR", str(Path("var") / "demo")))
    if fresh:
        clear(folder)
    check_folder(folder, f"seed {seed}{', small' if small else ''}")
    from rich.console import Console

    console = Console()
    prepare(seed, console, small=small)
    tell(console, port)
    beside = start_beside(seed, speed, live=live)
    try:
        from anlan.cli.serve import serve

        serve(port=port)
    finally:
        for process in beside:
            process.terminate()


def check_folder(folder: Path, made_of: str) -> None:
    """Mark an empty folder as the demo's, whatever becomes of the loading; refuse one that is not.

    Raises:
        typer.BadParameter: the folder holds a database that no demo made, or another demo county.

    """
    mark = folder / "demo.part"
    if (folder / "anlan.sqlite3").exists() and not mark.exists():
        raise typer.BadParameter(
            f"{folder} was not made by `anlan demo`; set ANLAN_DATA_DIR to another folder"
        )
    if mark.exists() and mark.read_text() != made_of:
        raise typer.BadParameter(f"{folder} holds the demo of {mark.read_text()}; add --fresh to replace it")
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(made_of)


def clear(folder: Path) -> None:
    """Delete what a demo left in the folder, and nothing else.

    Raises:
        typer.BadParameter: no demo made the folder, or the data are in PostgreSQL.

    """
    if os.environ.get("ANLAN_DATABASE_URL"):
        raise typer.BadParameter("the data are in PostgreSQL: drop and create that database instead")
    if (folder / "anlan.sqlite3").exists() and not (folder / "demo.part").exists():
        raise typer.BadParameter(
            f"{folder} was not made by `anlan demo`; set ANLAN_DATA_DIR to another folder"
        )
    for name in (
        "anlan.sqlite3",
        "anlan.sqlite3-wal",
        "anlan.sqlite3-shm",
        "demo.json",
        "demo.part",
        "live_day.json",
    ):
        (folder / name).unlink(missing_ok=True)
    for name in ("history", "roads"):
        shutil.rmtree(folder / name, ignore_errors=True)


def prepare(seed: int, console: Console, *, small: bool) -> None:
    """Migrate, and load what is missing, with a line for each step."""
    import django
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    django.setup()
    from anlan.demo import generate, load

    scale: Scale = generate.SMALL if small else generate.FULL
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for name, step in (("Preparing the database", migrate), *load.steps(seed, scale)):
            task = progress.add_task(name, total=1)
            step()
            progress.update(task, completed=1)


def migrate() -> None:
    """Bring the database up to date, and refuse one that serves a real county.

    Raises:
        typer.BadParameter: the database holds another county than the demo's.

    """
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from anlan.demo.generate import names
    from anlan.service.places.queries import counties

    others = counties().exclude(code__startswith=names.COUNTY6)
    if others.exists():
        raise typer.BadParameter(
            f"the database serves {others[0].name}; give the demo an ANLAN_DATABASE_URL of its own"
        )


def tell(console: Console, port: int) -> None:
    """Print the address and the logins."""
    from rich.table import Table

    from anlan.demo.accounts import DESKS, PASSWORD, desk, login
    from anlan.service.staff.models import Role

    table = Table("Login", "Role", title=f"Password of all: {PASSWORD}")
    for role in Role:
        table.add_row(login(role), str(role.label))
    for agency in DESKS:
        table.add_row(desk(agency), f"{Role.HANDLER.label}: {agency}")
    console.print(table)
    console.print(f"Open [bold]http://localhost:{port}/[/bold]   (Ctrl-C ends it)")


def start_beside(seed: int, speed: float, *, live: bool) -> list[subprocess.Popen[bytes]]:
    """Start what runs beside the server: the day's plan where there is none, and the simulated day."""
    from anlan.demo import plan
    from anlan.demo.load.staff import add_simulated
    from anlan.service import live_day

    add_simulated()
    commands = []
    if plan.wanted():
        typer.echo(
            "The day is being planned; crews have their orders in a minute, in the full county in two."
        )
        commands.append(["anlan.demo.plan"])
    live_day.end()
    if live:
        commands.append(["anlan.demo.live", "--seed", str(seed), "--speed", str(speed)])
    return [subprocess.Popen([sys.executable, "-m", *command]) for command in commands]  # noqa: S603  our own
