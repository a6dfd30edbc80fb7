"""Storing agencies, teams, units and the demo's accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import override

from anlan.demo.accounts import PASSWORD, SIMULATED, leader, login
from anlan.demo.generate import names
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Account, Agency, Posting, Role, Team, Unit

if TYPE_CHECKING:
    from anlan.demo.generate import DemoCounty
    from anlan.demo.generate.force import UnitRow

COUNTY12 = f"{names.COUNTY6}000000"
BATCH = 500


@transaction.atomic
def store_accounts(demo: DemoCounty) -> None:
    """Make a login a role, the simulated staff, and for each village a grid leader without password."""
    with override("en"):
        posts = {login(role): (role, str(role.label), COUNTY12, PASSWORD) for role in Role}
    posts |= {name: (role, name, COUNTY12, "") for name, role in SIMULATED.items()}
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


def add_accounts(posts: dict[str, tuple[str, str, str, str]]) -> None:
    """Add those accounts (role, display name, area, password) that are not there yet, and log how many."""
    there = set(Account.objects.filter(username__in=posts).values_list("username", flat=True))
    hashes = {PASSWORD: make_password(PASSWORD), "": make_password(None)}
    new = [
        Account(username=name, display_name=shown, is_demo=True, password=hashes[password])
        for name, (_role, shown, _area, password) in posts.items()
        if name not in there
    ]
    Account.objects.bulk_create(new, batch_size=BATCH)
    Posting.objects.bulk_create(
        [
            Posting(account=account, role=posts[account.username][0], area_code=posts[account.username][2])
            for account in new
        ],
        batch_size=BATCH,
    )
    if new:
        data = {"accounts": len(new), "demo": True}
        log.append(Verb.ACCOUNT_CREATED, new[0], actor=None, area_code=COUNTY12, data=data)


@transaction.atomic
def store_force(demo: DemoCounty) -> None:
    """Store agencies, teams and units; the simulated crews crew all units, the patrol login the first."""
    force = demo.force
    Agency.objects.bulk_create([Agency(**vars(row)) for row in force.agencies], ignore_conflicts=True)
    agency = dict(Agency.objects.in_county(names.COUNTY6).values_list("code", "pk"))
    Team.objects.bulk_create(
        [team_of(vars(row), agency) for row in force.teams],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    team = dict(Team.objects.in_county(names.COUNTY6).values_list("code", "pk"))
    Unit.objects.bulk_create([unit_of(row, agency, team) for row in force.units], ignore_conflicts=True)
    crew_units()
    data = {
        "agencies": len(force.agencies),
        "teams": len(force.teams),
        "units": len(force.units),
        "demo": True,
    }
    bureau = Agency.objects.get(code=force.agencies[0].code)
    log.append(Verb.ORGANISATION_SAVED, bureau, actor=None, area_code=COUNTY12, data=data)


def team_of(row: dict[str, object], agency: dict[str, int]) -> Team:
    """A team as stored."""
    own = {key: value for key, value in row.items() if key != "agency"}
    return Team(**own, agency_id=agency[str(row["agency"])])


def unit_of(row: UnitRow, agency: dict[str, int], team: dict[str, int]) -> Unit:
    """A unit as stored."""
    return Unit(
        call_sign=row.call_sign,
        agency_id=agency[row.agency],
        team_id=team.get(row.team),
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
    crews = Account.objects.get(username="sim-crews")
    crews.units.add(*units)
    first = next(unit for unit in units if unit.call_sign == "P101")
    first.crew.add(Account.objects.get(username=login(Role.PATROL)))
