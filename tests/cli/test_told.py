"""What commands say when they cannot do their work."""

import pytest
import typer
from django.db import OperationalError

from anlan.cli.told import told
from anlan.gateway.files.errors import ImportRefusedError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("no such table: places_area"), "anlan manage migrate"),
        (ImportRefusedError("column date is missing"), "No plan: column date is missing"),
        (ValueError("date: in the future"), "No plan: date: in the future"),
    ],
)
def test_what_is_wrong_is_one_line(error, said, capsys):
    """Every refusal is one line on standard error with an exit code, never a traceback."""
    with pytest.raises(typer.Exit) as ended, told("No plan:"):
        raise error
    message = capsys.readouterr().err
    assert said in message
    assert (message.count("\n"), ended.value.exit_code) == (1, 2)
