"""`anlan account`: make accounts from the command line, the first one above all."""

from typing import Annotated

import typer

from anlan.cli import app

account = typer.Typer(no_args_is_help=True, help="Accounts of staff.")
app.add_typer(account, name="account")


@account.command()
def create(
    username: str,
    role: Annotated[str, typer.Option(help="administrator, dispatcher, analyst …")],
    area: Annotated[str, typer.Option(help="division code, 6 to 12 digits")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    display_name: Annotated[str, typer.Option(help="shown on screens")] = "",
) -> None:
    """Make an account with one posting; it sets up its second factor at the first sign-in."""
    import django

    django.setup()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from anlan.service.staff.domain import create_account

    try:
        validate_password(password)
        made = create_account(
            username=username,
            password=password,
            role=role,
            area_code=area,
            display_name=display_name,
            actor=None,
        )
    except ValidationError as error:
        typer.echo("\n".join(_lines(error)), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"made account {made.username} ({role} in {area})")


def _lines(error: object) -> list[str]:
    if hasattr(error, "message_dict"):
        return [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
    return [f"password: {text}" for text in error.messages]  # type: ignore[attr-defined]
