"""What every command does around its work: set Django up, and say in one line what is wrong."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def told(outcome: str = "Nothing stored.", code: int = 2) -> Iterator[None]:
    """Turn a database without tables and wrong input into a line on standard error and an exit code."""
    import django

    django.setup()
    from django.core.exceptions import ObjectDoesNotExist
    from django.db import OperationalError, ProgrammingError

    from anlan.gateway.files.errors import ImportRefusedError
    from anlan.gateway.history import HistoryBusyError

    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        typer.echo(f"The database cannot be used ({error}). Run `anlan manage migrate` first.", err=True)
        raise typer.Exit(2) from None
    except ObjectDoesNotExist:
        typer.echo(f"{outcome} There is no such county yet: anlan import areas brings it in.", err=True)
        raise typer.Exit(code) from None
    except (ImportRefusedError, HistoryBusyError, ValueError, LookupError, OSError) as error:
        typer.echo(f"{outcome} {error}", err=True)
        raise typer.Exit(code) from None


def language_of(language: str) -> str:
    """Return a language of the screens.

    Raises:
        ValueError: the screens do not speak it.

    """
    from django.conf import settings

    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"language {language!r}: expected {', '.join(dict(settings.LANGUAGES))}")
    return language
