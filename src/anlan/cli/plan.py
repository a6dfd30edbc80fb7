"""`anlan plan`: a day's deployment, from its newest briefing: posts, units, routes, and what they buy."""

from __future__ import annotations

import json
import signal
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anlan.cli import app
from anlan.cli.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

BINDS = {
    "cars": "the number of cars",
    "alpha": "the share owed to the response ring",
    "support": "the support ring",
    "cap": "posts that are full",
    "sites": "places without candidate posts near",
    "pins": "pinned posts",
    "forbidden": "forbidden posts",
    "moves": "the price of moving between shifts",
}
SHORT = {
    "unreachable": "no candidate post within the support ring",
    "forbidden": "only forbidden posts within the support ring",
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
    level: Annotated[str, typer.Option(help="Alert level I, II, III or IV; from the colours without")] = "",
    cars: Annotated[
        int | None, typer.Option(min=1, help="Try another number of cars in every shift; nothing is kept")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the plan: .json or .geojson")
    ] = None,
) -> None:
    """Plan a day; needs that day's briefing. Ctrl-C ends the search and keeps the best found so far."""
    from rich.console import Console

    console, begin = Console(highlight=False, soft_wrap=True), time.perf_counter()
    with told("No plan:", code=1), watched(console) as watch:
        body = _body(county, date, level, cars, watch)
    _tell(console, body)
    if out is not None:
        out.write_text(json.dumps(_written(out, body), ensure_ascii=False, indent=1), encoding="utf-8")
        console.print(f"Written to {out}")
    console.print(f"{time.perf_counter() - begin:.1f} s")


class Shown:
    """Shows the steps of long work as a bar; the first Ctrl-C asks it to end, the second breaks it off."""

    def __init__(self, progress: Any) -> None:
        self.progress, self.task, self.step, self.stop = progress, None, "", False

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Show a step, how far it is, and the gap."""
        if step != self.step:
            self.step, self.task = step, self.progress.add_task(step, total=1.0)
        shown = step if gap is None else f"{step} (gap {gap:.2%})"
        self.progress.update(self.task, completed=done, description=shown)

    def stopped(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.stop

    def ask(self, *_signal: object) -> None:
        """Take note of Ctrl-C."""
        if self.stop:
            raise KeyboardInterrupt
        self.stop = True


@contextmanager
def watched(console: Console) -> Iterator[Shown]:
    """Show progress on standard error while the block runs."""
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=Terminal(stderr=True), transient=True, disable=not console.is_terminal
    ) as bar:
        shown = Shown(bar)
        before = signal.signal(signal.SIGINT, shown.ask)
        try:
            yield shown
        finally:
            signal.signal(signal.SIGINT, before)


def _body(county: str, date: datetime, level: str, cars: int | None, watch: Shown) -> dict[str, Any]:
    from django.core.exceptions import ObjectDoesNotExist

    from anlan.engine.geo import codes
    from anlan.engine.planning.deployment import Ask
    from anlan.service.planning import asks
    from anlan.service.planning.domain import make_plan

    county6 = codes.county(codes.normalise(county))
    ask = asks.parsed({"level": level}) if level else Ask()
    try:
        if cars is not None:
            return _tried(county6, date, level, cars, watch)
        return make_plan(county6, date.date(), None, ask, watch=watch).body
    except ObjectDoesNotExist:
        raise ValueError(f"county {county6}: not imported") from None


def _tried(county6: str, date: datetime, level: str, cars: int, watch: Shown) -> dict[str, Any]:
    from anlan.engine.planning.deployment import Ask, assemble
    from anlan.service.patrol.domain.common import plain
    from anlan.service.patrol.queries import colours_briefing
    from anlan.service.places.queries import county_area
    from anlan.service.planning.inputs import gather

    county_area(county6)
    briefing = colours_briefing(county6, date.date())
    if briefing is None:
        raise ValueError(f"no briefing for {date:%Y-%m-%d}; make it first with anlan brief")
    day = gather(county6, briefing, date.date())
    ask = Ask(level=level, cars={shift.code: cars for shift in day.shifts})
    return plain(assemble(day, ask, watch=watch))


def _tell(console: Console, body: dict[str, Any]) -> None:
    for shift in body["shifts"]:
        _tell_shift(console, shift)
    by = "set by the planner" if body["level_from"] == "planner" else "from the colours"
    console.print(f"Level {body['level']} ({by}); optimality gap over all shifts {body['gap']:.2%}")
    console.print(_force(body))
    _tell_response(console, body["rehearsal"])
    units = len({out["unit"] for out in body["out"]})
    visits = sum(ways["plan"]["visits"] for ways in body["ways"])
    console.print(f"{units} units out, {len(body['out'])} duties, {visits} visits planned")
    for problem in body["problems"]:
        figures = ", ".join(f"{name} {value}" for name, value in problem["figures"].items())
        console.print(f"Problem: {problem['code'].replace('_', ' ')} {problem['about']} ({figures})")


def _tell_shift(console: Console, shift: dict[str, Any]) -> None:
    from rich.table import Table

    begin, end = shift["start_min"], shift["start_min"] + shift["minutes"]
    title = f"{shift['code']} {begin // 60:02}:{begin % 60:02}-{end // 60 % 24:02}:{end % 60:02}"
    table = Table("Post", "Cars", "Longitude", "Latitude", "Demand in its ring", title=title)
    for post in shift["posts"]:
        where = f"{post['lon']:.5f}", f"{post['lat']:.5f}"
        table.add_row(post["code"], str(post["cars"]), *where, f"{post['share']:.1%}")
    console.print(table)
    console.print(
        f"{shift['placed']} of {shift['cars']} cars placed for {shift['expected']:.1f} expected incidents "
        f"({shift['low']:.0f}-{shift['high']:.0f}); in the response ring {shift['share_ring']:.1%}, by two "
        f"cars {shift['share_ring_twice']:.1%}; in the support ring {shift['share_support']:.1%}"
    )
    binds = ", ".join(BINDS.get(name, name) for name in shift["binds"]) or "nothing"
    least = f"minimum force for the support ring {shift['minimum_cars']}"
    console.print(f"Optimality gap {shift['gap']:.2%} ({shift['status']}); {least}; what binds: {binds}")
    for short in shift["shortfalls"]:
        reason = SHORT.get(short["kind"], short["kind"])
        where = f" ({short['places']} places)" if short["places"] else ""
        console.print(f"Short: {short['share']:.1%} of demand{where} {reason}")


def _tell_response(console: Console, rehearsal: dict[str, Any] | None) -> None:
    if rehearsal is None:
        return
    every = rehearsal["rows"][0]["response"]
    mean, late, within = every["mean"], every["q90"], every["within"]
    if mean["value"] is None:
        return
    console.print(
        f"Rehearsed {rehearsal['replications']} times: mean response {mean['value']:.0f} s "
        f"({mean['low']:.0f}-{mean['high']:.0f}), nine in ten within {late['value']:.0f} s, "
        f"{within['value']:.1%} within {rehearsal['ring_s'] / 60:g} min of the call"
    )


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
            "properties": {"shift": shift["code"]} | {key: post[key] for key in ("code", "cars", "share")},
        }
        for shift in body["shifts"]
        for post in shift["posts"]
    ]
    return {"type": "FeatureCollection", "features": features}
