"""`anlan roads calibrate`: road speeds learnt from recorded trips."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anlan.cli import app
from anlan.cli.told import told

if TYPE_CHECKING:
    from rich.console import Console

    from anlan.service.places.models import Calibration

roads = typer.Typer(no_args_is_help=True, help="Speeds of the roads in use.")
app.add_typer(roads, name="roads")
HOURS = {"all": "all", "night": "night", "day": "day", "peak": "peak"}


@roads.callback()
def about() -> None:
    """Speeds of the roads in use."""


@roads.command()
def calibrate(
    county: Annotated[str, typer.Option(help="Division code of the county, 6 or 12 digits")],
    trips: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="CSV: from_lon, from_lat, to_lon, to_lat, departed (local), seconds; without it the record",
        ),
    ] = None,
    use: Annotated[bool, typer.Option("--use", help="Put what was learnt in use at once")] = False,
) -> None:
    """Learn factors by kind of road and time of day, and say how far off they are on trips held out."""
    from rich.console import Console

    console, begin = Console(highlight=False, soft_wrap=True), time.perf_counter()
    with told("Nothing learnt:", code=1):
        made = _learn(county, trips)
        _tell(console, made)
        if use:
            _use(made)
            console.print("In use: dispatch and plans reckon with these speeds now.")
        else:
            console.print("Not in use yet: choose it under Roads, Road speeds, or run this again with --use.")
    console.print(f"{time.perf_counter() - begin:.1f} s")


def _learn(county: str, file: Path | None) -> Calibration:
    from anlan.engine.geo import codes
    from anlan.gateway.roads.trips import read_trips
    from anlan.service.planning.domain import learn_speeds

    county6 = codes.county(codes.normalise(county))
    if file is None:
        return learn_speeds(county6, None)
    return learn_speeds(county6, None, read_trips(file), source=file.name)


def _use(made: Calibration) -> None:
    from anlan.service.places.domain.speeds import use_calibration

    use_calibration(made, None)


def _tell(console: Console, made: Calibration) -> None:
    from rich.table import Table

    body: dict[str, Any] = made.body
    errors = Table("Time of day", "Trips", "Half closer than, before", "after", "Mean, before", "after")
    for name, label in HOURS.items():
        if name not in body["before"]:
            continue
        before, after = body["before"][name], body["after"].get(name)
        figures = [f"{before['median_abs_s']:.0f} s", f"{after['median_abs_s']:.0f} s" if after else "–"]
        figures += [f"{before['bias_s']:+.0f} s", f"{after['bias_s']:+.0f} s" if after else "–"]
        errors.add_row(label, str(before["trips"]), *figures)
    console.print(errors)
    console.print("After: each trip judged by what the others taught.")
    learnt = Table("Time of day", "Kind of road", "Times as long as now", "95 % interval", "Trips")
    for row in filter(lambda row: row["trips"], body["multipliers"]):
        interval = f"{row['low']:.2f}-{row['high']:.2f}"
        learnt.add_row(row["hour"], row["group"], f"{row['multiplier']:.2f}", interval, str(row["trips"]))
    console.print(learnt)
    console.print(f"{body['fixed_s']:.0f} s of a trip are explained by no road (setting off, parking).")
    for reason, count in sorted(body["left_out"].items(), key=lambda item: -item[1]):
        console.print(f"  left out: {count:,} {reason.replace('_', ' ')}")
