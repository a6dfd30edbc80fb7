"""`anlan import …`: bringing a county's places, roads and incidents in."""

import typer

from anlan.cli import app

imports = typer.Typer(no_args_is_help=True, help="Import areas, beats, grids, places, roads and incidents.")
app.add_typer(imports, name="import")
