"""Loading the small county into the site: what is stored, and that it is safe to repeat."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from django.contrib.auth.hashers import is_password_usable
from tests.factories import IncidentFactory

from anlan.demo import generate, load
from anlan.demo.accounts import DESKS, PASSWORD, SIMULATED, desk, login
from anlan.demo.generate import names
from anlan.demo.load import history, places, staff
from anlan.gateway.history import HistoryStore
from anlan.service.log.models import Event
from anlan.service.patrol.models import Briefing
from anlan.service.places.models import Area, Beat, Checkpoint, Grid, PatrolLine, Premises, RoadNetwork
from anlan.service.places.network import road_graph
from anlan.service.places.queries import counties, resolve
from anlan.service.staff.models import Account, Role, Team, Unit

if TYPE_CHECKING:
    from pathlib import Path

    from anlan.demo.generate import DemoCounty

pytestmark = pytest.mark.django_db
DEMO = generate.county(4, generate.SMALL)


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> DemoCounty:
    """The small county, stored."""
    settings.DATA_DIR = tmp_path
    store(DEMO)
    return DEMO


def store(demo: DemoCounty) -> None:
    """Run the storing steps in their order."""
    for step in (places.store_areas, staff.store_accounts, places.store_grids, places.store_spots):
        step(demo)
    places.store_roads(demo)
    staff.store_force(demo)
    history.store_types(demo)


def counts() -> tuple[int, ...]:
    """Rows of everything that is stored."""
    kinds = (Area, Beat, Grid, Premises, PatrolLine, Checkpoint, RoadNetwork, Account, Team, Unit)
    return tuple(kind.objects.count() for kind in kinds)


def test_the_county_is_stored_whole(demo: DemoCounty) -> None:
    """Areas, beats, grids, teams, units and roads are all there, in the log too."""
    assert counties().get().code == f"{names.COUNTY6}000000"
    assert Area.objects.filter(level=9).count() == 8
    assert (Beat.objects.count(), Grid.objects.count()) == (10, 200)
    assert Unit.objects.count() == len(demo.force.units)
    assert road_graph(names.COUNTY6).nodes == len(demo.streets.node)
    assert Event.objects.filter(verb="places.imported").count() >= 7


def test_storing_again_changes_nothing(demo: DemoCounty) -> None:
    """A second run of all steps leaves every count as it is."""
    before = counts()
    store(demo)
    assert counts() == before


def test_one_grid_lacks_a_responsible_person(demo: DemoCounty) -> None:
    """Exactly one grid is left for the partition check to find."""
    assert Grid.objects.filter(responsible=None).count() == 1


def test_a_point_resolves_to_the_grid_it_was_drawn_in(demo: DemoCounty) -> None:
    """The site finds the generator's own grid and beat for every cell's seed."""
    point = demo.cells.polygon[17].representative_point()
    found = resolve(names.COUNTY6, point.x, point.y)
    assert found.grid_code == demo.divisions.grid_code[17]
    assert found.beat_code == demo.divisions.beats.code[demo.divisions.beats.cell[17]]


def test_roles_and_desks_have_logins_and_nobody_else_a_password(demo: DemoCounty) -> None:
    """One demo login a role and a partner desk, with the printed password; all other accounts have none."""
    usable = {a.username for a in Account.objects.all() if is_password_usable(a.password)}
    assert usable == {login(role) for role in Role} | {desk(agency) for agency in DESKS}
    assert Account.objects.get(username="watch-commander").check_password(PASSWORD)
    assert not Account.objects.filter(is_demo=False).exists()


def test_the_simulated_crews_crew_every_unit(demo: DemoCounty) -> None:
    """Every unit can be advanced by the simulated crews; the patrol login has the first car."""
    assert set(SIMULATED) <= set(Account.objects.values_list("username", flat=True))
    assert not Unit.objects.exclude(crew__username="sim-crews").exists()
    assert Account.objects.get(username=login(Role.PATROL)).units.get().call_sign == "P101"


def test_history_is_written_once(demo: DemoCounty, settings: Any) -> None:
    """The same history again stores nothing; a later day adds only the days since."""
    assert history.store_history(demo, date(2026, 3, 10)) > 9000
    assert history.store_history(demo, date(2026, 3, 10)) == 0
    added = history.store_history(demo, date(2026, 3, 12), since=date(2026, 3, 10))
    assert 20 < added < 120
    stored = HistoryStore(settings.HISTORY_DIR).scan(names.COUNTY6).select("occurred").collect()
    assert stored.select(pl.col("occurred").max()).item() > datetime(2026, 3, 11, tzinfo=UTC)


def test_hours_of_the_live_day_are_not_generated_too(demo: DemoCounty) -> None:
    """Where the simulated day left incidents, a later day's history has none of that hour and all others."""
    at = datetime(2026, 3, 10, 9, 15, tzinfo=UTC)
    IncidentFactory(received_at=at, area_code=f"{names.COUNTY6}000000")
    hours = [at + timedelta(hours=step, minutes=30) for step in (-1, 0, 1)]
    table = pl.DataFrame({"occurred": hours}, schema={"occurred": pl.Datetime("us", "UTC")})
    kept = history.without_live(table, datetime(2026, 3, 10, tzinfo=UTC))
    assert kept["occurred"].to_list() == [hours[0], hours[2]]


def test_a_loaded_folder_of_the_same_day_needs_nothing(settings: Any, tmp_path: Path) -> None:
    """The second start of a day has no step to do; another seed is refused with the mend."""
    settings.DATA_DIR = tmp_path
    facts = {"seed": 1, "grids": 200, "day": "2026-03-10"}
    load.marker().write_text(json.dumps(facts))
    assert list(load.steps(1, generate.SMALL, date(2026, 3, 10))) == []
    with pytest.raises(ValueError, match="seed 2: the data folder holds another county, of seed 1"):
        list(load.steps(2, generate.SMALL, date(2026, 3, 10)))


def test_loading_cut_short_is_made_good_by_the_next_start(settings: Any, tmp_path: Path) -> None:
    """Stopped in the middle, nothing counts as loaded; the next start does all and ends with the briefing."""
    settings.DATA_DIR = tmp_path
    for name, step in load.steps(4, generate.SMALL, date(2026, 3, 10)):
        if name == "Storing roads":
            break
        step()
    assert load.loaded() is None
    load.load(4, generate.SMALL, date(2026, 3, 10))
    assert load.loaded() == load.Loaded(4, 200, "2026-03-10")
    assert Grid.objects.count() == 200
    assert Briefing.objects.get().date == date(2026, 3, 10)


def test_a_later_day_adds_the_days_since(settings: Any, tmp_path: Path) -> None:
    """The next morning's start keeps the county, adds a day of history and makes that day's briefing."""
    settings.DATA_DIR = tmp_path
    load.load(4, generate.SMALL, date(2026, 3, 10))
    before = counts()
    names_of_steps = [name for name, _ in load.steps(4, generate.SMALL, date(2026, 3, 11))]
    assert len(names_of_steps) == 6
    load.load(4, generate.SMALL, date(2026, 3, 11))
    assert counts() == before
    assert Briefing.objects.count() == 2
