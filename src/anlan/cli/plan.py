"""`anlan plan`: standby posts and force for a day, from the newest briefing."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anlan.cli import app
from anlan.cli.told import told

if TYPE_CHECKING:
    from rich.console import Console

BINDS = {
    "cars": "the number of cars",
    "alpha": "the share owed to the response ring",
    "support": "the support ring",
    "cap": "posts that are full",
    "sites": "places without candidate posts near",
}
SHORT = {
    "unreachable": "no candidate post within the support ring",
    "support": "outside the support ring with this force",
    "alpha": "missing from the share owed to the response ring",
    "off_road": "not on the road network (over 500 m from any road node)",
}

BASIS = {
    "teams": "from the strengths of squads, community teams and guard posts",
    "crews": "from the crews on duty; no team has a strength",
}


@app.command()
def plan(
    county: Annotated[str, typer.Option(help="Division code of the county, 6 or 12 digits")],
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day to plan for")],
    cars: Annotated[
        int | None, typer.Option(min=1, help="Try another number of cars; nothing is kept")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the plan: .json or .geojson")
    ] = None,
) -> None:
    """Choose standby posts and the force on patrol for a day; needs that day's briefing."""
    from rich.console import Console

    console, begin = Console(highlight=False, soft_wrap=True), time.perf_counter()
    with told("No plan:", code=1):
        body = _body(county, date, cars)
    _tell(console, body)
    if out is not None:
        out.write_text(json.dumps(_written(out, body), ensure_ascii=False, indent=1), encoding="utf-8")
        console.print(f"Written to {out}")
    console.print(f"{time.perf_counter() - begin:.1f} s")


def _body(county: str, date: datetime, cars: int | None) -> dict[str, Any]:
    from django.core.exceptions import ObjectDoesNotExist

    from anlan.engine.geo import codes
    from anlan.service.planning.domain import make_plan

    county6 = codes.county(codes.normalise(county))
    try:
        return make_plan(county6, date.date(), None).body if cars is None else _tried(county6, date, cars)
    except ObjectDoesNotExist:
        raise ValueError(f"county {county6}: not imported") from None


def _tried(county6: str, date: datetime, cars: int) -> dict[str, Any]:
    from dataclasses import asdict

    from anlan.engine.planning.plan import assemble_plan
    from anlan.service.patrol import queries
    from anlan.service.planning.inputs import gather

    briefing = queries.colours_briefing(county6, date.date())
    if briefing is None:
        raise ValueError(f"no briefing for {date:%Y-%m-%d}; make it first with anlan brief")
    inputs = gather(county6, briefing, cars)
    return asdict(assemble_plan(inputs.graph, inputs.sites, inputs.demand, inputs.beats, cars))


def _tell(console: Console, body: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table("Post", "Cars", "Longitude", "Latitude", "Demand in its ring", title="Standby posts")
    for post in body["posts"]:
        share = f"{post['demand_share']:.1%}"
        table.add_row(post["code"], str(post["cars"]), f"{post['lon']:.5f}", f"{post['lat']:.5f}", share)
    console.print(table)
    ring, support = body["ring_s"] / 60, body["support_s"] / 60
    least = body["minimum_cars"]
    console.print(
        f"{body['placed']} of {body['cars']} cars placed; expected demand within {ring:g} min: "
        f"{body['share_ring']:.1%}, by two cars {body['share_ring_twice']:.1%}; "
        f"within {support:g} min: {body['share_support']:.1%}"
    )
    console.print(
        f"Minimum force for the {support:g}-minute ring: {'none suffices' if least is None else least}"
    )
    binds = ", ".join(BINDS.get(name, name) for name in body["binds"]) or "nothing"
    console.print(f"Optimality gap {body['gap']:.2%} ({body['status']}); what binds: {binds}")
    for short in body["shortfalls"]:
        reason = SHORT.get(short["kind"], short["kind"])
        where = f" ({short['places']} places)" if short["places"] else ""
        console.print(f"Short: {short['share']:.1%} of demand{where} {reason}")
    console.print(_force(body))


def _force(body: dict[str, Any]) -> str:
    if body["force_basis"] not in BASIS:
        return "Force on patrol: not known, the county has no team with a strength and no crew on duty"
    people = f"Force on patrol {body['force_total']}, in reserve {body['reserve_total']}"
    return f"{people} ({BASIS[body['force_basis']]})"


def _written(out: Path, body: dict[str, Any]) -> dict[str, Any]:
    if out.suffix.lower() != ".geojson":
        return body
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [post["lon"], post["lat"]]},
            "properties": {key: post[key] for key in ("code", "cars", "demand_share")},
        }
        for post in body["posts"]
    ]
    return {"type": "FeatureCollection", "features": features}
