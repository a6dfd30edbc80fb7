"""Storing a whole force at once: accounts with their postings; agencies, teams and units with their crews.

Rows that are there already stay as they are. Each store is one transaction and one event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.domain import check_manages, full_code
from anlan.service.staff.models import Account, Agency, Posting, Team, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 500


@transaction.atomic
def store_accounts(rows: Sequence[tuple[Account, str, str]], area_code: str, actor: Account | None) -> int:
    """Store accounts, each with one posting (account, role, area code); return how many were new.

    Raises:
        ValidationError: no division code.
        PermissionDenied: an area outside the actor's.

    """
    names = [account.username for account, _role, _area in rows]
    there = set(Account.objects.filter(username__in=names).values_list("username", flat=True))
    new = [row for row in rows if row[0].username not in there]
    postings = [Posting(account=account, role=role, area_code=full_code(area)) for account, role, area in new]
    for posting in postings:
        check_manages(actor, posting)
    Account.objects.bulk_create([account for account, _role, _area in new], batch_size=BATCH)
    Posting.objects.bulk_create(postings, batch_size=BATCH)
    if new:
        data = {"accounts": len(new), "demo": all(account.is_demo for account, _role, _area in new)}
        log.append(Verb.ACCOUNT_CREATED, new[0][0], actor=actor, area_code=full_code(area_code), data=data)
    return len(new)


@transaction.atomic
def store_force(
    agencies: Sequence[Agency], teams: Sequence[Team], units: Sequence[Unit], actor: Account | None
) -> None:
    """Store agencies, then teams, then units; a team names its agency, a unit agency and team, by object.

    The first agency is the one that the event is about.

    Raises:
        PermissionDenied: an area outside the actor's.

    """
    for record in (*agencies, *teams, *units):
        check_manages(actor, record)
    stored_agencies = _stored(Agency, agencies)
    for record in (*teams, *units):
        record.agency = stored_agencies[record.agency.code]
    stored_teams = _stored(Team, teams)
    for unit in units:
        unit.team = None if unit.team is None else stored_teams[unit.team.code]
    Unit.objects.bulk_create(units, batch_size=BATCH, ignore_conflicts=True)
    data = {"agencies": len(agencies), "teams": len(teams), "units": len(units)}
    head = stored_agencies[agencies[0].code]
    log.append(Verb.ORGANISATION_SAVED, head, actor=actor, area_code=head.area_code, data=data)


def _stored[Record: (Agency, Team)](model: type[Record], records: Sequence[Record]) -> dict[str, Record]:
    model.objects.bulk_create(records, batch_size=BATCH, ignore_conflicts=True)
    found = model.objects.filter(code__in=[record.code for record in records])
    return {record.code: record for record in found}


@transaction.atomic
def crew_units(account: Account, units: Sequence[Unit], actor: Account | None) -> None:
    """Make the account crew of the units; raises PermissionDenied outside the actor's area."""
    for unit in units:
        check_manages(actor, unit)
    account.units.add(*units)
