"""Storing agencies, teams, units and the demo's accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import override

from anlan.demo.accounts import DESKS, PARTNERS, PASSWORD, SIMULATED, colleague, desk, leader, login
from anlan.demo.generate import names
from anlan.service.staff import bulk, domain
from anlan.service.staff.models import Account, Agency, Role, Team, Unit

if TYPE_CHECKING:
    from anlan.demo.generate import DemoCounty
    from anlan.demo.generate.force import UnitRow

COUNTY12 = f"{names.COUNTY6}000000"


@transaction.atomic
def store_accounts(demo: DemoCounty) -> None:
    """Make a login a role, the simulated staff, and for each village a grid leader without password."""
    with override("en"):
        posts = {login(role): (role, str(role.label), COUNTY12, PASSWORD) for role in Role}
    posts |= simulated()
    villages = demo.divisions.villages
    posts |= {
        leader(code): (Role.GRID_LEADER, f"{title}网格长", str(code), "")
        for code, (title, _) in zip(villages.code, villages.name, strict=True)
    }
    posts[login(Role.GRID_LEADER)] = (Role.GRID_LEADER, "Grid leader", str(villages.code[0]), PASSWORD)
    posts[login(Role.COORDINATOR)] = (
        Role.COORDINATOR,
        "Township coordinator",
        str(villages.parent[0]),
        PASSWORD,
    )
    add_accounts(posts)


def simulated() -> dict[str, tuple[str, str, str, str]]:
    """The simulated staff, as accounts are added."""
    return {name: (role, name, COUNTY12, "") for name, role in SIMULATED.items()}


def add_simulated() -> None:
    """Add the simulated staff that a county loaded by an older version lacks."""
    if Account.objects.filter(username__in=SIMULATED).count() < len(SIMULATED):
        add_accounts(simulated())
    open_desks()


def add_accounts(posts: dict[str, tuple[str, str, str, str]]) -> None:
    """Add those accounts (role, display name, area, password) that are not there yet."""
    hashes = {PASSWORD: make_password(PASSWORD), "": make_password(None)}
    rows = [
        (
            Account(username=name, display_name=shown, is_demo=True, password=hashes[password]),
            str(role),
            area,
        )
        for name, (role, shown, area, password) in posts.items()
    ]
    bulk.store_accounts(rows, COUNTY12, None)


@transaction.atomic
def store_force(demo: DemoCounty) -> None:
    """Store agencies, teams and units; the simulated crews crew all units, the patrol login the first."""
    force = demo.force
    agency = {row.code: Agency(**vars(row)) for row in force.agencies}
    team = {row.code: team_of(vars(row), agency) for row in force.teams}
    units = [unit_of(row, agency, team) for row in force.units]
    bulk.store_force(list(agency.values()), list(team.values()), units, None)
    crew_units()
    open_desks()


def open_desks() -> None:
    """Give partner agencies a desk that reads their inbox, and a simulated colleague; who is there stays."""
    for agency in Agency.objects.filter(code__in=PARTNERS, area_code=COUNTY12):
        seat(agency, colleague(agency.code), colleague(agency.code), None)
        if agency.code in DESKS:
            seat(agency, desk(agency.code), f"{agency.name_en} desk", PASSWORD)


def seat(agency: Agency, username: str, shown: str, password: str | None) -> None:
    """Add an account that reads an agency's inbox, unless it is there."""
    if Account.objects.filter(username=username).exists():
        return
    domain.create_account(
        username=username, password=password, role=Role.HANDLER, area_code=COUNTY12, actor=None,
        display_name=shown, is_demo=True, agency=agency,
    )  # fmt: skip


def team_of(row: dict[str, object], agency: dict[str, Agency]) -> Team:
    """A team as stored."""
    own = {key: value for key, value in row.items() if key != "agency"}
    return Team(**own, agency=agency[str(row["agency"])])


def unit_of(row: UnitRow, agency: dict[str, Agency], team: dict[str, Team]) -> Unit:
    """A unit as stored."""
    return Unit(
        call_sign=row.call_sign,
        agency=agency[row.agency],
        team=team.get(row.team),
        area_code=row.area_code,
        beat_code=row.beat_code,
        vehicle=row.vehicle,
        capabilities=list(row.capabilities),
        crew_size=row.crew_size,
        post_lon=row.lon,
        post_lat=row.lat,
    )


def crew_units() -> None:
    """Give every unit the simulated crew, and the first one the patrol login too."""
    units = list(Unit.objects.in_county(names.COUNTY6).order_by("call_sign"))
    first = next(unit for unit in units if unit.call_sign == "P101")
    bulk.crew_units(Account.objects.get(username="sim-crews"), units, None)
    bulk.crew_units(Account.objects.get(username=login(Role.PATROL)), [first], None)
