"""Loading a generated county into the site, step by step, each step safe to repeat."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from anlan.demo import generate
from anlan.demo.generate import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from anlan.demo.generate import DemoCounty, Scale

Step = tuple[str, "Callable[[], object]"]


@dataclass(frozen=True)
class Loaded:
    """What the data folder holds: the seed, and the day up to which history was made."""

    seed: int
    grids: int
    day: str


def marker() -> Path:
    """Where the data folder says what was loaded into it."""
    return settings.DATA_DIR / "demo.json"


def loaded() -> Loaded | None:
    """Return what is loaded, None where nothing is or loading did not end."""
    path = marker()
    return Loaded(**json.loads(path.read_text())) if path.exists() else None


def local_today() -> date:
    """Today in the county's zone."""
    return timezone.localdate()


def steps(seed: int, scale: Scale = generate.FULL, today: date | None = None) -> Iterator[Step]:
    """Yield what is left to do as (name, function), in order; nothing when all is there."""
    day, before = today or local_today(), loaded()
    if before is not None and (before.seed, before.grids) != (seed, scale.grids):
        raise ValueError(f"seed {seed}: the data folder holds another county, of seed {before.seed}")
    if before is not None and before.day == day.isoformat():
        return
    made: list[DemoCounty] = []
    yield "Generating the county", lambda: made.append(generate.county(seed, scale))
    if before is None:
        yield from first_steps(made)
    since = None if before is None else date.fromisoformat(before.day)
    yield "Writing two years of incidents", lambda: write_history(made[0], day, since)
    yield "Making the briefing", lambda: make_briefing(day)
    yield "Storing run cards, devices, a monitoring centre", furnish_room
    yield "Filling the duty room's desk", lambda: fill_desk(made[0], day)
    yield (
        "Noting what is loaded",
        lambda: marker().write_text(json.dumps(asdict(Loaded(seed, scale.grids, str(day))))),
    )


def first_steps(made: list[DemoCounty]) -> Iterator[Step]:
    """Yield what only an empty data folder needs."""
    from anlan.demo.load import command, history, places, reports, staff  # noqa: PLC0415  needs Django's apps

    yield "Storing areas", lambda: places.store_areas(made[0])
    yield "Storing accounts", lambda: staff.store_accounts(made[0])
    yield "Storing beats and grids", lambda: places.store_grids(made[0])
    yield "Storing premises, patrol points, posts", lambda: places.store_spots(made[0])
    yield "Storing the river", lambda: places.store_river(made[0])
    yield "Storing roads", lambda: places.store_roads(made[0])
    yield "Storing agencies, teams, units", lambda: staff.store_force(made[0])
    yield "Storing incident types", lambda: history.store_types(made[0])
    yield "Storing the escalation plan", command.store_command
    yield "Storing place reports", reports.store_reports


def write_history(demo: DemoCounty, day: date, since: date | None) -> None:
    """Write the incidents of the days before `day`."""
    from anlan.demo.load import history  # noqa: PLC0415

    history.store_history(demo, day, since)


def furnish_room() -> None:
    """Store what the duty room works with and a county loaded by an older version lacks."""
    from anlan.demo.load import cards, devices, staff  # noqa: PLC0415

    staff.add_simulated()
    cards.store_asked()
    devices.store_reporting()


def fill_desk(demo: DemoCounty, day: date) -> None:
    """Put what waits for the duty room on its desk."""
    from anlan.demo.load import desk  # noqa: PLC0415

    desk.fill_desk(demo, day)


def make_briefing(day: date) -> None:
    """Make the day's briefing."""
    from anlan.service.patrol import domain  # noqa: PLC0415

    domain.make_briefing(names.COUNTY6, day, None)


def load(seed: int = 1, scale: Scale = generate.FULL, today: date | None = None) -> None:
    """Do all that is left to do."""
    for _name, step in steps(seed, scale, today):
        step()
