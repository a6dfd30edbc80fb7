"""`python -m anlan` is the `anlan` command."""

from anlan.cli import app

if __name__ == "__main__":  # web processes import this module afresh
    app(prog_name="anlan")
