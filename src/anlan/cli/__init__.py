"""The `anlan` command."""

import os
from importlib import import_module
from pkgutil import iter_modules

import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.service.settings")

app = typer.Typer(no_args_is_help=True, help="Anlan: keep a county's streets safe.")


@app.callback()
def main() -> None:
    """Anlan: keep a county's streets safe."""


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """Run one of Django's own commands (migrate, createsuperuser …)."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["anlan manage", *context.args])


for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")  # each registers its commands
