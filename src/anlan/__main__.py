"""`python -m anlan` is the `anlan` command."""

from anlan.cli import app

app(prog_name="anlan")
