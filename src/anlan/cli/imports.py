"""`anlan import …`: bringing a county's places, roads and incidents in."""

import typer

imports = typer.Typer(no_args_is_help=True, help="Import areas, beats, grids, places, roads and incidents.")
