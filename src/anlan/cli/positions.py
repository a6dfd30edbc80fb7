"""`anlan positions mqtt`: positions from an MQTT broker."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from anlan.cli import app

positions = typer.Typer(no_args_is_help=True, help="Positions of units.")
app.add_typer(positions, name="positions")


@positions.callback()
def about() -> None:
    """Positions of units."""


@positions.command()
def mqtt(
    host: Annotated[str, typer.Option(help="The broker")] = "localhost",
    port: Annotated[int, typer.Option(help="Its port: 1883, with --tls usually 8883")] = 1883,
    user: Annotated[str, typer.Option(help="User that may read owntracks/#")] = "",
    password: Annotated[
        str, typer.Option(help="Better in the environment than here", envvar="ANLAN_MQTT_PASSWORD")
    ] = "",
    tls: Annotated[bool, typer.Option("--tls", help="Encrypt, and check the broker's certificate")] = False,
    client: Annotated[
        str, typer.Option(help="Name of the session that the broker keeps")
    ] = "anlan-positions",
) -> None:
    """Take OwnTracks positions from an MQTT broker until stopped."""
    import django

    django.setup()
    from anlan.service.patrol.positions.mqtt import Broker, Subscriber
    from anlan.service.patrol.positions.writer import writer

    subscriber = Subscriber(Broker(host, port, user, password, tls, client), writer)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: subscriber.stop())
    try:
        subscriber.run()
    except OSError as error:
        typer.echo(f"The broker at {host}:{port} cannot be reached: {error}", err=True)
        raise typer.Exit(1) from error
