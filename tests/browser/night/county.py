"""The county of the night: its places by the product's own commands, its units and staff by rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests import san_francisco
from tests.browser.night.record import Crew, crews
from tests.browser.site import noon
from tests.sessions import session_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.site import Site

COUNTY = san_francisco.COUNTY
AREA = f"{COUNTY}000000"
DESKS = 3
TYPES = (
    ("medical", "Medical", "rescue", 1, ["medical"]),
    ("fire", "Fire", "fire", 1, ["fire"]),
    ("alarm", "Fire alarm", "fire", 2, ["fire"]),
    ("traffic", "Traffic collision", "traffic", 2, ["medical"]),
    ("help", "Help", "help", 3, []),
)


def bring_in(site: Site, data: Path) -> None:
    """Import the city as an operator would; no midnight comes, at which numbers begin anew."""
    for arguments in san_francisco.places(data, noon()):
        site.run(*arguments)


def staff(site: Site, data: Path) -> dict[str, Any]:
    """Make units, crews and desks; return `desks` (sessions), `crews` and `accounts` by the unit's id."""
    made = json.dumps([vars(crew) for crew in crews(data)])
    code = f"from tests.browser.night.county import make; make({made!r})"
    found: dict[str, Any] = json.loads(site.shell(code).split("made ", 1)[1])
    return found


def make(text: str) -> None:
    """Write the rows; runs inside the installation, and prints the sessions."""
    from anlan.service.incidents.models import IncidentType
    from anlan.service.staff.models import Agency

    for code, name, category, priority, capabilities in TYPES:
        IncidentType.objects.create(
            county=COUNTY, code=code, name=name, name_en=name, category=category, priority=priority,
            capabilities=capabilities,
        )  # fmt: skip
    agency = Agency.objects.create(code="sffd", name="SFFD", name_en="SFFD", area_code=AREA, kind="fire")
    desks = [session(f"desk-{number}", "dispatcher") for number in range(DESKS)]
    units = [unit(agency, Crew(**facts)) for facts in json.loads(text)]
    crews = {pk: key for pk, key, _account in units}
    accounts = {pk: account for pk, _key, account in units}
    print("made", json.dumps({"desks": desks, "crews": crews, "accounts": accounts}))


def unit(agency: Any, crew: Crew) -> tuple[int, str, int]:
    """Make a unit and its crew's account; return the unit's id, the session and the account's id."""
    from anlan.service.staff.models import Account, Unit

    made = Unit.objects.create(
        call_sign=crew.call_sign, agency=agency, area_code=AREA, capabilities=list(crew.capabilities),
        post_lon=crew.lon, post_lat=crew.lat,
    )  # fmt: skip
    key = session(f"crew-{crew.call_sign}", "patrol")
    account = Account.objects.get(username=f"crew-{crew.call_sign}")
    made.crew.add(account)
    return made.pk, key, account.pk


def session(name: str, role: str) -> str:
    """Make an account with a posting, signed in; return its session."""
    from anlan.service.staff.models import Account, Posting

    account = Account.objects.create_user(name, is_demo=True, language="en")
    Posting.objects.create(account=account, role=role, area_code=AREA)
    return session_of(account)
